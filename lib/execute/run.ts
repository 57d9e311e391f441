import type { DatabaseCore } from "./database-core.js";
import type { Connection, ConnectionUse, Pool, QueryResult } from "../databases/ports/index.js";
import { DatabaseError, OrmError } from "../errors/index.js";
import { awaitedCallersLine, ledToCaller } from "../util/own-frames.js";
import { isAtOnce, runAtOnce } from "./at-once.js";
import { type Block, currentBlock } from "./context.js";
import { isObserved, isSlow, report } from "./events.js";
import { guarded, release } from "./guard.js";
import { currentLimit, hasLimits, type Limit } from "./limits.js";
import { observers, type Within } from "./observers.js";
import type { Request } from "./request.js";
import { inside } from "./tracing.js";
import { translated } from "./translated.js";
import { afterNews, inTurn } from "./turns.js";

type Answer = QueryResult | Promise<QueryResult>;

/** How a connection is asked. */
type Ask = (connection: Connection, request: Request) => Answer;

const execute: Ask = (connection, { statement, parameters }) => connection.execute(statement, parameters);

/** Runs a statement in a way of one's own, where `run` would: in the transaction that the calling code is in, or by itself. */
export function runBy(database: DatabaseCore, request: Request, ask: Ask): Promise<QueryResult> {
  const block = currentBlock(database);
  const limit = currentLimit();
  return observed(database, request, block, () =>
    block === null ? sendBound(database, request, limit, ask) : sendWithin(block, request, limit, ask),
  );
}

/**
 * Runs a statement: inside the transaction that the calling code is in, else on a connection of its own. Answers
 * without a promise where the driver does, and nothing stands in the way.
 */
export function run(database: DatabaseCore, request: Request): Answer {
  if (isAtOnce) return runAtOnce(database, request);
  return isObserved(database) ? runObserved(database, request) : send(database, request);
}

function send(database: DatabaseCore, request: Request): Answer {
  const block = currentBlock(database);
  const limit = hasLimits ? currentLimit() : null;
  if (block !== null) return sendWithin(block, request, limit);
  // On a pipeline, statements share connections that none of them may end.
  const isWatched = database.patience > 0 && database.options.pipeline !== true;
  if (limit !== null || isWatched) return sendBound(database, request, limit);
  const { pool } = database;
  return pool === null ? openAndSend(database, request) : sendFree(database, pool, request);
}

async function openAndSend(database: DatabaseCore, request: Request): Promise<QueryResult> {
  const pool = await database.open();
  return database.unit === null ? sendFree(database, pool, request) : send(database, request);
}

function sendFree(database: DatabaseCore, pool: Pool, request: Request): Answer {
  let answer: Answer;
  try {
    answer = pool.execute(request.statement, request.parameters);
  } catch (error) {
    throw translated(database, error, request.statement.sql);
  }
  return answer instanceof Promise ? settled(database, request, answer) : answer;
}

async function settled(database: DatabaseCore, request: Request, answer: Promise<QueryResult>): Promise<QueryResult> {
  try {
    return await answer;
  } catch (error) {
    throw translated(database, error, request.statement.sql);
  }
}

async function sendWithin(
  block: Block,
  request: Request,
  limit: Limit | null,
  ask: Ask = execute,
): Promise<QueryResult> {
  const { database, connection } = block;
  const { statement } = request;
  // What was given up while it waited for its turn has broken nothing.
  let sent = false;
  try {
    block.check();
    return await inTurn(block, limit, () => {
      block.check();
      sent = true;
      block.root.begins();
      const bounds = { limit, patience: database.patience, mayCancel: true };
      return guarded(connection, bounds, statement.sql, () => ask(connection, request));
    });
  } catch (error) {
    const ours = translated(database, error, statement.sql);
    if (sent && ours instanceof DatabaseError) block.brokenBy ??= ours;
    if (!sent) await afterNews(block);
    throw ours instanceof OrmError ? await ledToCaller(ours) : ours;
  } finally {
    if (sent) block.root.underWay -= 1;
  }
}

/** A statement by itself that does not wait for ever. */
async function sendBound(
  database: DatabaseCore,
  request: Request,
  limit: Limit | null,
  ask: Ask = execute,
): Promise<QueryResult> {
  const { statement } = request;
  try {
    return await onFreeConnection(database, limit, statement.sql, (connection) => ask(connection, request), statement);
  } catch (error) {
    throw translated(database, error, statement.sql);
  }
}

/** Lends a connection of the pool for a piece of work, all within a limit. */
export async function onFreeConnection<T>(
  database: DatabaseCore,
  limit: Limit | null,
  sql: string | undefined,
  work: (connection: Connection) => T | Promise<T>,
  use?: ConnectionUse,
): Promise<T> {
  const { pool, connection } = await acquired(database, limit, use);
  try {
    const bounds = { limit, patience: database.patience, mayCancel: true };
    return await guarded(connection, bounds, sql, () => work(connection));
  } finally {
    release(pool, connection);
  }
}

/** A connection of the pool, waited for no longer than a limit allows. */
export async function acquired(
  database: DatabaseCore,
  limit: Limit | null,
  use?: ConnectionUse,
): Promise<{ readonly pool: Pool; readonly connection: Connection }> {
  const pool = database.pool ?? (await within(limit, database.open()));
  const connection = pool.acquire(limit?.signal, use);
  if (!(connection instanceof Promise)) return { pool, connection };
  try {
    return { pool, connection: await within(limit, connection) };
  } catch (error) {
    // It may have been lent in the very moment in which the limit was over.
    connection.then(
      (lent) => pool.release(lent),
      () => undefined,
    );
    throw error;
  }
}

function within<T>(limit: Limit | null, promise: Promise<T>): Promise<T> {
  return limit === null ? promise : limit.race(promise);
}

async function runObserved(database: DatabaseCore, request: Request): Promise<QueryResult> {
  return observed(database, request, currentBlock(database), () => send(database, request));
}

/** Tells those who watch of a statement and what became of it. */
export async function observed(
  database: DatabaseCore,
  request: Request,
  within: Within | null,
  work: () => Answer,
): Promise<QueryResult> {
  const traced = observers.tracer?.statement(request, database, within) ?? null;
  const start = performance.now();
  let result: QueryResult;
  try {
    result = await inside(traced, work);
  } catch (error) {
    report(database, request, within, { start, rows: 0, error, traced });
    throw error;
  }
  const place = isSlow(database, start) ? await awaitedCallersLine() : undefined;
  const rows = result.rows.length || result.affected;
  report(database, request, within, { start, rows, error: null, traced, place, node: result.node });
  return result;
}
