import type { Connection, Pool, QueryResult } from "../databases/ports/index.js";
import { ConnectionError, DatabaseError, NotSupportedError, TransactionError } from "../errors/index.js";
import { type Block, currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { isObserved, report } from "./events.js";
import { observers } from "./observers.js";
import type { Request } from "./request.js";
import { inside } from "./tracing.js";
import { translated } from "./translated.js";

/** True while statements are to be answered before anything else of this process goes on. */
export let isAtOnce = false;

/**
 * Does work whose statements are all answered at once. The work may be anything that gives no promise where its statements
 * give none.
 */
export function atOnce<T>(work: () => T | Promise<T>): T {
  const before = isAtOnce;
  isAtOnce = true;
  let answer: T | Promise<T>;
  try {
    answer = work();
  } finally {
    isAtOnce = before;
  }
  if (!(answer instanceof Promise)) return answer;
  answer.catch(() => undefined);
  throw new Error("What was to be done at once gave a promise.");
}

/** Throws where a database cannot be asked at once: its driver, or the state that it is in, would have others wait for it. */
export function checkAtOnce(database: DatabaseCore, what: string): void {
  if (database.unit !== null) {
    throw new NotSupportedError(`${what}: a session may have something to write before, which takes its time.`, {
      hint: "Await the queryset's own method instead.",
    });
  }
  if (database.engine.features.answersAtOnce !== true) {
    throw new NotSupportedError(`${what}: drivers of ${database.engine.label} answer later, all of them.`, {
      hint: "Await the queryset's own method instead. SQLite alone can be asked at once.",
    });
  }
  if (!database.isConnected) {
    throw new ConnectionError(`${what}: the database is not connected, and connecting takes its time.`, {
      hint: "Call await db.connect() first.",
    });
  }
}

/** Runs a statement in the transaction that the calling code is in, or by itself, and answers it. */
export function runAtOnce(database: DatabaseCore, request: Request): QueryResult {
  const block = currentBlock(database);
  if (!isObserved(database)) return ask(database, block, request);
  const traced = observers.tracer?.statement(request, database, block) ?? null;
  const start = performance.now();
  let result: QueryResult;
  try {
    result = inside(traced, () => ask(database, block, request));
  } catch (error) {
    report(database, request, block, { start, rows: 0, error, traced });
    throw error;
  }
  report(database, request, block, { start, rows: result.rows.length || result.affected, error: null, traced });
  return result;
}

function ask(database: DatabaseCore, block: Block | null, request: Request): QueryResult {
  return block === null ? askFree(database, request) : askWithin(block, request);
}

function askFree(database: DatabaseCore, { statement, parameters }: Request): QueryResult {
  let answer: QueryResult | null;
  try {
    answer = (database.pool as Required<Pool>).executeNow(statement, parameters);
  } catch (error) {
    throw translated(database, error, statement.sql);
  }
  if (answer !== null) return answer;
  throw new TransactionError(
    "Somebody else has the database's one connection for writing, and cannot be waited for here.",
    {
      hint: "An atomic block or a statement is under way: do this inside the block, or await the queryset's own method.",
    },
  );
}

function askWithin(block: Block, { statement, parameters }: Request): QueryResult {
  block.check();
  if (block.turns.isBusy) throw underWay();
  let answer: QueryResult | null;
  try {
    answer = (block.connection as Required<Connection>).executeNow(statement, parameters);
  } catch (error) {
    const ours = translated(block.database, error, statement.sql);
    if (ours instanceof DatabaseError) block.brokenBy ??= ours;
    throw ours;
  }
  if (answer === null) throw underWay();
  block.root.activity += 1;
  return answer;
}

function underWay(): TransactionError {
  return new TransactionError("Something else is under way in this atomic block, and cannot be waited for here.", {
    hint: "Await it first.",
  });
}
