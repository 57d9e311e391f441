import type { DatabaseCore } from "../../execute/database-core.js";
import { type Block, currentBlock } from "../../execute/context.js";
import { scopeOf } from "../../execute/index.js";

/** Loads of one kind that are waiting for the end of the tick, to be one query. */
interface Batch {
  readonly kind: object;
  readonly database: DatabaseCore;
  readonly block: Block | null;
  /** Where it reads: those who are to see what they wrote do not share the answer of those who need not. */
  readonly scope: object | null;
  readonly rows: object[];
  /** What those wait for who joined: the first of them runs the query. */
  answer: Answer | null;
}

interface Answer {
  readonly promise: Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

const open: Batch[] = [];

/**
 * Runs something once for all rows for which the same is asked in one tick, of the same database, in the same
 * transaction and with the same claims on what is read. `kind` tells what is the same.
 */
export async function inOneBatch<T>(
  database: DatabaseCore,
  kind: object,
  row: object,
  run: (rows: readonly object[]) => T | Promise<T>,
): Promise<T> {
  const block = currentBlock(database);
  const scope = scopeOf(database.origin);
  const joined = openBatch(database, kind, block, scope);
  if (joined !== null) {
    joined.rows.push(row);
    joined.answer ??= newAnswer();
    return joined.answer.promise as Promise<T>;
  }
  const batch: Batch = { kind, database, block, scope, rows: [row], answer: null };
  open.push(batch);
  await endOfTick();
  open.splice(open.indexOf(batch), 1);
  try {
    const running = run(batch.rows);
    const result = running instanceof Promise ? await running : running;
    batch.answer?.resolve(result);
    return result;
  } catch (error) {
    batch.answer?.reject(error);
    throw error;
  }
}

function openBatch(database: DatabaseCore, kind: object, block: Block | null, scope: object | null): Batch | null {
  for (const one of open) {
    if (one.kind === kind && one.database === database && one.block === block && one.scope === scope) return one;
  }
  return null;
}

const now = Promise.resolve();

/** After what is running now and all that its promises lead to. */
function endOfTick(): Promise<void> {
  return new Promise((resolve) => {
    // By way of a promise, since at the end of a callback Node turns to nextTick before it turns to promises.
    void now.then(() => process.nextTick(resolve));
  });
}

function newAnswer(): Answer {
  let resolve: Answer["resolve"] = () => undefined;
  let reject: Answer["reject"] = () => undefined;
  const promise = new Promise((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  return { promise, resolve, reject };
}
