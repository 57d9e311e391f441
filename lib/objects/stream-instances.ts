import { bind } from "../compile/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { FieldError } from "../errors/index.js";
import { checkLock, isReady, makeReady, streamRows } from "../execute/index.js";
import type { Query } from "../query/index.js";
import { printable } from "../util/printable.js";
import { statementOf } from "./commented.js";
import { isEmpty, readerFor, rowsPlan } from "./fetch.js";

export const DEFAULT_CHUNK = 1000;

/** A query's rows one after another, read in chunks through a cursor, so that never all are in memory. */
export async function* streamInstances(
  database: DatabaseCore,
  query: Query,
  chunkSize: number,
): AsyncGenerator<object, void, undefined> {
  if (!Number.isInteger(chunkSize) || chunkSize < 1) {
    throw new FieldError(`${query.model.name}: chunkSize is a whole number above 0, got ${printable(chunkSize)}.`);
  }
  if (isEmpty(query)) return;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  if (query.lock !== null) checkLock(database, query);
  const plan = rowsPlan(database, query);
  const request = { statement: statementOf(plan, query), parameters: bind(plan, query), model: query.model.name };
  const read = readerFor(database, plan);
  for await (const chunk of streamRows(database, request, chunkSize)) {
    for (const row of chunk) yield read(row) as object;
  }
}
