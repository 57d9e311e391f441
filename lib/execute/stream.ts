import type { DatabaseCore } from "./database-core.js";
import type { Connection, Pool, Row } from "../databases/ports/index.js";
import { DatabaseError } from "../errors/index.js";
import { type Block, currentBlock } from "./context.js";
import { isObserved, report } from "./events.js";
import { guarded, release } from "./guard.js";
import { currentLimit } from "./limits.js";
import { acquired, run } from "./run.js";
import { observers, type Within } from "./observers.js";
import type { Request } from "./request.js";
import { translated } from "./translated.js";

/** Streams a statement's rows in chunks through a server-side cursor, on a connection kept for it until the end. */
export async function* streamRows(
  database: DatabaseCore,
  request: Request,
  chunkSize: number,
): AsyncGenerator<readonly Row[]> {
  const block = currentBlock(database);
  if (block !== null) {
    block.check();
    yield* chunksFrom(database, block, block.connection, request, { chunkSize, within: block });
    return;
  }
  let pool: Pool;
  let connection: Connection;
  try {
    ({ pool, connection } = await acquired(database, currentLimit(), "reading"));
  } catch (error) {
    throw translated(database, error);
  }
  if (connection.buffersStreams === true) {
    // Its rows come all at once, so that it need not be kept from the loop's own statements.
    pool.release(connection);
    const { rows } = await run(database, request);
    for (let start = 0; start < rows.length; start += chunkSize) yield rows.slice(start, start + chunkSize);
    return;
  }
  try {
    yield* chunksFrom(database, null, connection, request, { chunkSize, within: null });
  } finally {
    // A loop left early has closed its cursor by now; a connection that could not is broken, and its pool drops it.
    release(pool, connection);
  }
}

interface StreamOptions {
  readonly chunkSize: number;
  readonly within: Within | null;
  readonly onNames?: Parameters<Connection["stream"]>[3];
}

/** Those who watch hear of a stream once, at its end: how long it was open, and how many rows came. */
export async function* chunksFrom(
  database: DatabaseCore,
  block: Block | null,
  connection: Connection,
  request: Request,
  { chunkSize, within, onNames }: StreamOptions,
): AsyncGenerator<readonly Row[]> {
  const { statement, parameters } = request;
  const traced = observers.tracer?.statement(request, database, within) ?? null;
  const start = performance.now();
  let rows = 0;
  let failure: unknown = null;
  try {
    const chunks = connection.stream(statement, parameters, chunkSize, onNames);
    for await (const chunk of inTime(database, block, connection, statement.sql, chunks)) {
      // What is left of it belongs to a block that may be over by now, and its connection to somebody else.
      block?.check();
      rows += chunk.length;
      yield chunk;
    }
  } catch (error) {
    failure = translated(database, error, statement.sql);
    if (block !== null && failure instanceof DatabaseError) block.brokenBy ??= failure;
    throw failure;
  } finally {
    const isWatched = traced !== null || isObserved(database);
    if (isWatched) report(database, request, within, { start, rows, error: failure, traced, node: connection.node });
  }
}

/** Each chunk comes within the limits of whoever asks for it. */
async function* inTime<T>(
  database: DatabaseCore,
  block: Block | null,
  connection: Connection,
  sql: string,
  chunks: AsyncIterable<T>,
): AsyncGenerator<T> {
  const iterator = chunks[Symbol.asyncIterator]();
  const next = (): Promise<IteratorResult<T>> => iterator.next();
  try {
    for (;;) {
      const bounds = { limit: currentLimit(), patience: database.patience, mayCancel: true };
      const answer = Promise.resolve(guarded(connection, bounds, sql, next));
      const step = await (block === null ? answer : block.working(answer));
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await iterator.return?.();
  }
}
