import { bind, compileDelete, compileUpdate } from "../compile/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { isReady, makeReady, run } from "../execute/index.js";
import type { ColumnMeta } from "../models/index.js";
import { type Query, shapeKey } from "../query/index.js";
import { isEmpty } from "./fetch.js";
import type { ColumnValues } from "./row-values.js";

/** Sets columns of all rows of a query; gives the number of rows matched. */
export async function updateRows(database: DatabaseCore, query: Query, values: ColumnValues): Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  const columns: ColumnMeta[] = [...values.keys()];
  const key = `update ${columns.map((column) => column.index).join()} ${shapeKey(query)}`;
  const plan = database.plans.get(key, () => compileUpdate(database, query, columns));
  const parameters = bind(plan, { values: [...query.values, ...values.values()], limit: null, offset: 0 });
  const { affected } = await run(database, { statement: plan.statement, parameters, model: query.model.name });
  return affected;
}

/** Deletes all rows of a query; gives their number, not counting what the database deletes along with them. */
export async function deleteRows(database: DatabaseCore, query: Query): Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  const plan = database.plans.get(`delete ${shapeKey(query)}`, () => compileDelete(database, query));
  const parameters = bind(plan, query);
  const { affected } = await run(database, { statement: plan.statement, parameters, model: query.model.name });
  return affected;
}
