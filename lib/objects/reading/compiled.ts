import { bind } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { Query, Totals } from "../../query/index.js";
import type { CompiledSql } from "../../types/index.js";
import { statementOf } from "./commented.js";
import { rowsPlan, totalsPlan } from "./fetch.js";

/** What a query would send: before the first connection, as the engine named by the URL would be sent it. */
export function compiledSql(database: DatabaseCore, query: Query): CompiledSql {
  const plan = rowsPlan(database, query);
  return { sql: statementOf(plan, query).sql, parameters: bind(plan, query) };
}

/** The same for what is worked out over all rows together. */
export function compiledTotals(database: DatabaseCore, totals: Totals): CompiledSql {
  const plan = totalsPlan(database, totals);
  return { sql: statementOf(plan, totals.query).sql, parameters: bind(plan, totals.query) };
}
