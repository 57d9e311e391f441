import type { DatabaseCore } from "./database-core.js";
import type { Connection, Pool, QueryResult } from "../databases/ports/index.js";
import { DatabaseError } from "../errors/index.js";
import { type Block, currentBlock } from "./context.js";
import { isObserved, report } from "./events.js";
import type { Request } from "./request.js";

type Answer = QueryResult | Promise<QueryResult>;

/**
 * Runs a statement: inside the transaction that the calling code is in, else on a connection of its own. Answers
 * without a promise where the driver does, and nothing stands in the way.
 */
export function run(database: DatabaseCore, request: Request): Answer {
  return isObserved(database) ? runObserved(database, request) : send(database, request);
}

function send(database: DatabaseCore, request: Request): Answer {
  const block = currentBlock(database);
  if (block !== null) return sendWithin(block, request);
  const { pool } = database;
  if (pool === null) return database.open().then((opened) => sendOnFree(database, opened, request));
  return sendOnFree(database, pool, request);
}

function sendOnFree(database: DatabaseCore, pool: Pool, request: Request): Answer {
  const connection = pool.acquire();
  if (connection instanceof Promise) return sendWhenFree(database, pool, connection, request);
  return sendAndRelease(database, pool, connection, request);
}

async function sendWhenFree(
  database: DatabaseCore,
  pool: Pool,
  acquiring: Promise<Connection>,
  request: Request,
): Promise<QueryResult> {
  let connection: Connection;
  try {
    connection = await acquiring;
  } catch (error) {
    throw database.engine.translateError(error, {});
  }
  return sendAndRelease(database, pool, connection, request);
}

function sendAndRelease(database: DatabaseCore, pool: Pool, connection: Connection, request: Request): Answer {
  let answer: Answer;
  try {
    answer = connection.execute(request.statement, request.parameters);
  } catch (error) {
    pool.release(connection);
    throw translated(database, request, error);
  }
  if (answer instanceof Promise) return awaitAndRelease(database, pool, connection, request, answer);
  pool.release(connection);
  return answer;
}

async function awaitAndRelease(
  database: DatabaseCore,
  pool: Pool,
  connection: Connection,
  request: Request,
  answer: Promise<QueryResult>,
): Promise<QueryResult> {
  try {
    return await answer;
  } catch (error) {
    throw translated(database, request, error);
  } finally {
    pool.release(connection);
  }
}

async function sendWithin(block: Block, request: Request): Promise<QueryResult> {
  block.check();
  try {
    return await block.turns.run(() => {
      block.check();
      return block.connection.execute(request.statement, request.parameters);
    });
  } catch (error) {
    const ours = translated(block.database, request, error);
    if (ours instanceof DatabaseError) block.brokenBy ??= ours;
    throw ours;
  }
}

function translated(database: DatabaseCore, request: Request, error: unknown): unknown {
  return database.engine.translateError(error, { sql: request.statement.sql });
}

async function runObserved(database: DatabaseCore, request: Request): Promise<QueryResult> {
  const start = performance.now();
  let result: QueryResult;
  try {
    result = await send(database, request);
  } catch (error) {
    report(database, request, performance.now() - start, 0, error);
    throw error;
  }
  report(database, request, performance.now() - start, result.rows.length || result.affected, null);
  return result;
}
