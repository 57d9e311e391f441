import type { DatabaseCore } from "./database-core.js";
import type { Pool, QueryResult } from "../databases/ports/index.js";
import { DatabaseError, OrmError } from "../errors/index.js";
import { ledToCaller } from "../util/own-frames.js";
import { type Block, currentBlock } from "./context.js";
import { isObserved, report } from "./events.js";
import type { Request } from "./request.js";
import { translated } from "./translated.js";

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
  return pool === null ? openAndSend(database, request) : sendFree(database, pool, request);
}

async function openAndSend(database: DatabaseCore, request: Request): Promise<QueryResult> {
  return sendFree(database, await database.open(), request);
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

async function sendWithin(block: Block, request: Request): Promise<QueryResult> {
  block.check();
  try {
    return await block.turns.run(() => {
      block.check();
      return block.connection.execute(request.statement, request.parameters);
    });
  } catch (error) {
    const ours = translated(block.database, error, request.statement.sql);
    if (ours instanceof DatabaseError) block.brokenBy ??= ours;
    throw ours instanceof OrmError ? await ledToCaller(ours) : ours;
  }
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
