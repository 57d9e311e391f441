import { bind, compileDelete, compileUpdate, type Plan } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { isReady, makeReady, run } from "../../execute/index.js";
import { type ColumnMeta, homeOf } from "../../models/index.js";
import { type Query, shapeKey } from "../../query/index.js";
import type { CompiledSql } from "../../types/index.js";
import { statementOf } from "../reading/commented.js";
import { type Computed, NOTHING } from "./computed-columns.js";
import { isEmpty } from "../reading/fetch.js";
import { withNextVersion } from "./row-version.js";
import type { ColumnValues } from "../rows/same-value.js";

type Request = Parameters<typeof run>[1];

/** Sets columns of one table in all rows of a query; gives the number of rows matched. */
export async function updateTable(
  database: DatabaseCore,
  query: Query,
  values: ColumnValues,
  given: Computed = NOTHING,
): Promise<number> {
  if (isEmpty(query)) return 0;
  const computed = withVersionHere(query, values, given);
  const { needs } = computed;
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  if (!isReady(database, needs)) await makeReady(database, needs);
  const { affected } = await run(database, preparedUpdate(database, query, values, computed));
  return affected;
}

function withVersionHere(query: Query, values: ColumnValues, given: Computed): Computed {
  const { version } = query.model;
  const isHere = version !== null && homeOf(query.model, version) === query.model;
  return isHere ? withNextVersion(query, version, values, given) : given;
}

function preparedUpdate(database: DatabaseCore, query: Query, values: ColumnValues, computed: Computed): Request {
  const columns: ColumnMeta[] = [...values.keys()];
  const key = `update ${columns.map((column) => column.index).join()} ${computed.key} ${shapeKey(query)}`;
  const plan = database.plans.get(key, () => compileUpdate(database, query, columns, computed.columns));
  const all = [...query.values, ...values.values(), ...computed.values];
  return requestOf(query, plan, bind(plan, { values: all, limit: null, offset: 0 }));
}

/** Deletes all rows of a query; gives their number, not counting what the database deletes along with them. */
export async function deleteRows(database: DatabaseCore, query: Query): Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  const { affected } = await run(database, preparedDelete(database, query));
  return affected;
}

function preparedDelete(database: DatabaseCore, query: Query): Request {
  const plan = database.plans.get(`delete ${shapeKey(query)}`, () => compileDelete(database, query));
  return requestOf(query, plan, bind(plan, query));
}

function requestOf(query: Query, plan: Plan, parameters: unknown[]): Request {
  const statement = query.comment === null ? plan.statement : statementOf(plan, query);
  return { statement, parameters, model: query.model.name };
}

/** What `updateTable` would send. */
export function updateSql(database: DatabaseCore, query: Query, values: ColumnValues, given: Computed): CompiledSql {
  return toldSql(preparedUpdate(database, query, values, withVersionHere(query, values, given)));
}

/** What `deleteRows` would send. */
export function deleteSql(database: DatabaseCore, query: Query): CompiledSql {
  return toldSql(preparedDelete(database, query));
}

function toldSql({ statement, parameters }: Request): CompiledSql {
  return { sql: statement.sql, parameters };
}
