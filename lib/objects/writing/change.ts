import { bind, compileDelete, compileUpdate, type Plan } from "../../compile/index.js";
import type { QueryResult } from "../../databases/ports/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { isReady, makeReady, run } from "../../execute/index.js";
import { type ColumnMeta, homeOf } from "../../models/index.js";
import { type Need, type Query, shapeKey } from "../../query/index.js";
import type { CompiledSql } from "../../types/index.js";
import { statementOf } from "../reading/commented.js";
import { type Computed, NOTHING } from "./computed-columns.js";
import { isEmpty } from "../reading/fetch.js";
import { withNextVersion } from "./row-version.js";
import type { ColumnValues } from "../rows/same-value.js";

type Request = Parameters<typeof run>[1];

/**
 * Sets columns of one table in all rows of a query; gives the number of rows matched, without a promise where the driver
 * answers without one.
 */
export function updateTable(
  database: DatabaseCore,
  query: Query,
  values: ColumnValues,
  given: Computed = NOTHING,
): number | Promise<number> {
  if (isEmpty(query)) return 0;
  const computed = withVersionHere(query, values, given);
  const { needs } = computed;
  if (!isReady(database, query.needs) || !isReady(database, needs)) {
    return readyThen(database, [...query.needs, ...needs], () => updateTable(database, query, values, given));
  }
  const answer = run(database, updateRequest(database, query, values, computed));
  return answer instanceof Promise ? affectedBy(answer) : answer.affected;
}

function withVersionHere(query: Query, values: ColumnValues, given: Computed): Computed {
  const { version } = query.model;
  const isHere = version !== null && homeOf(query.model, version) === query.model;
  return isHere ? withNextVersion(query, version, values, given) : given;
}

function updateRequest(database: DatabaseCore, query: Query, values: ColumnValues, computed: Computed): Request {
  const columns: ColumnMeta[] = [...values.keys()];
  const key = `update ${columns.map((column) => column.index).join()} ${computed.key} ${shapeKey(query)}`;
  const plan = database.plans.get(key, () => compileUpdate(database, query, columns, computed.columns));
  const all = [...query.values, ...values.values(), ...computed.values];
  return requestOf(plan, query, bind(plan, { values: all, limit: null, offset: 0 }));
}

/** What `updateTable` would send. */
export function updateSql(database: DatabaseCore, query: Query, values: ColumnValues, given: Computed): CompiledSql {
  return toldSql(updateRequest(database, query, values, withVersionHere(query, values, given)));
}

/** Deletes all rows of a query; gives their number, not counting what the database deletes along with them. */
export function deleteRows(database: DatabaseCore, query: Query): number | Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.needs)) return readyThen(database, query.needs, () => deleteRows(database, query));
  const answer = run(database, deleteRequest(database, query));
  return answer instanceof Promise ? affectedBy(answer) : answer.affected;
}

function deleteRequest(database: DatabaseCore, query: Query): Request {
  const plan = database.plans.get(`delete ${shapeKey(query)}`, () => compileDelete(database, query));
  return requestOf(plan, query, bind(plan, query));
}

/** What `deleteRows` would send. */
export function deleteSql(database: DatabaseCore, query: Query): CompiledSql {
  return toldSql(deleteRequest(database, query));
}

function toldSql({ statement, parameters }: Request): CompiledSql {
  return { sql: statement.sql, parameters };
}

function requestOf(plan: Plan, query: Query, parameters: readonly unknown[]): Request {
  const statement = query.comment === null ? plan.statement : statementOf(plan, query);
  return { statement, parameters, model: query.model.name };
}

// Awaited rather than handed to `then`, so that the stack of an error leads back to the caller.
async function readyThen(
  database: DatabaseCore,
  needs: readonly Need[],
  work: () => number | Promise<number>,
): Promise<number> {
  await makeReady(database, needs);
  return work();
}

async function affectedBy(answer: Promise<QueryResult>): Promise<number> {
  return (await answer).affected;
}
