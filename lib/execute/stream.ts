import type { DatabaseCore } from "./database-core.js";
import type { Connection, Row, Statement } from "../databases/ports/index.js";
import { currentBlock } from "./context.js";

/** Streams a statement's rows in chunks through a server-side cursor, on a connection kept for it until the end. */
export async function* streamRows(
  database: DatabaseCore,
  statement: Statement,
  parameters: readonly unknown[],
  chunkSize: number,
): AsyncGenerator<readonly Row[]> {
  const block = currentBlock(database);
  if (block !== null) {
    block.check();
    yield* translating(database, statement, block.connection.stream(statement, parameters, chunkSize));
    return;
  }
  const pool = database.pool ?? (await database.open());
  let connection: Connection;
  try {
    connection = await pool.acquireForStream();
  } catch (error) {
    throw database.engine.translateError(error, {});
  }
  try {
    yield* translating(database, statement, connection.stream(statement, parameters, chunkSize));
  } finally {
    // A loop left early has closed its cursor by now; a connection that could not is broken, and its pool drops it.
    pool.release(connection);
  }
}

async function* translating(
  database: DatabaseCore,
  { sql }: Statement,
  chunks: AsyncIterable<readonly Row[]>,
): AsyncGenerator<readonly Row[]> {
  try {
    yield* chunks;
  } catch (error) {
    throw database.engine.translateError(error, { sql });
  }
}
