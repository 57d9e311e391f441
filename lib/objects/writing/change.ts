import { bind, compileDelete, compileUpdate } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { isReady, makeReady, run } from "../../execute/index.js";
import { type ColumnMeta, homeOf } from "../../models/index.js";
import { type Query, shapeKey } from "../../query/index.js";
import { statementOf } from "../reading/commented.js";
import { type Computed, NOTHING } from "./computed-columns.js";
import { isEmpty } from "../reading/fetch.js";
import { withNextVersion } from "./row-version.js";
import type { ColumnValues } from "../rows/same-value.js";

/** Sets columns of one table in all rows of a query; gives the number of rows matched. */
export async function updateTable(
  database: DatabaseCore,
  query: Query,
  values: ColumnValues,
  given: Computed = NOTHING,
): Promise<number> {
  if (isEmpty(query)) return 0;
  const { version } = query.model;
  const isHere = version !== null && homeOf(query.model, version) === query.model;
  const computed = isHere ? withNextVersion(query, version, values, given) : given;
  const { needs } = computed;
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  if (!isReady(database, needs)) await makeReady(database, needs);
  const columns: ColumnMeta[] = [...values.keys()];
  const key = `update ${columns.map((column) => column.index).join()} ${computed.key} ${shapeKey(query)}`;
  const plan = database.plans.get(key, () => compileUpdate(database, query, columns, computed.columns));
  const all = [...query.values, ...values.values(), ...computed.values];
  const parameters = bind(plan, { values: all, limit: null, offset: 0 });
  const { affected } = await run(database, {
    statement: query.comment === null ? plan.statement : statementOf(plan, query),
    parameters,
    model: query.model.name,
  });
  return affected;
}

/** Deletes all rows of a query; gives their number, not counting what the database deletes along with them. */
export async function deleteRows(database: DatabaseCore, query: Query): Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  const plan = database.plans.get(`delete ${shapeKey(query)}`, () => compileDelete(database, query));
  const parameters = bind(plan, query);
  const { affected } = await run(database, {
    statement: query.comment === null ? plan.statement : statementOf(plan, query),
    parameters,
    model: query.model.name,
  });
  return affected;
}
