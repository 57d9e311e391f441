import { bind } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { checkLock, isReady, makeReady, streamRows } from "../../execute/index.js";
import type { Query } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { statementOf } from "./commented.js";
import { followed } from "./followed.js";
import type { Along } from "./prefetch-tree.js";
import { withLinks } from "./with-links.js";
import { isEmpty, readerFor, rowsPlan } from "./fetch.js";

export const DEFAULT_CHUNK = 1000;

/** A query's rows one after another, read in chunks through a cursor, so that never all are in memory. */
export async function* streamInstances(
  database: DatabaseCore,
  asked: Query,
  chunkSize: number,
  along: Along | null = null,
): AsyncGenerator<object, void, undefined> {
  checkChunkSize(asked, chunkSize);
  if (isEmpty(asked)) return;
  const query = along === null ? asked : withLinks(asked, along.tree);
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  if (query.lock !== null) checkLock(database, query);
  const plan = rowsPlan(database, query);
  const request = { statement: statementOf(plan, query), parameters: bind(plan, query), model: query.model.name };
  const read = readerFor(database, plan);
  const alone = query.picked !== null || (along === null && !database.tellsResults);
  for await (const chunk of streamRows(database, request, chunkSize)) {
    if (alone) for (const row of chunk) yield read(row) as object;
    else {
      const rows = chunk.map((row) => read(row) as object);
      yield* await followed(database, rows, along);
    }
  }
}

function checkChunkSize({ model }: Query, chunkSize: unknown): void {
  if (Number.isInteger(chunkSize) && (chunkSize as number) >= 1) return;
  throw new FieldError(`${model.name}: chunkSize is a whole number above 0, got ${printable(chunkSize)}.`);
}
