import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseCore } from "./database-core.js";
import type { Connection, IsolationLevel, Pool } from "../databases/ports/index.js";
import { ConfigurationError, DeadlockError, SerializationError, TransactionError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { Block, currentBlock, runWithin, surroundingBlock } from "./context.js";
import { translated } from "./translated.js";

/** Options of `db.atomic(fn, options)`. */
export interface AtomicOptions {
  readonly isolation?: IsolationLevel;
  readonly readOnly?: boolean;
  /** Refuses to be a savepoint: this must be the outermost block. */
  readonly durable?: boolean;
  /** How many times the whole function is run again after a deadlock or a serialization failure; 0 unless given. */
  readonly retries?: number;
}

const KNOWN = ["isolation", "readOnly", "durable", "retries"];
const LEVELS: readonly unknown[] = ["read uncommitted", "read committed", "repeatable read", "serializable"];

/**
 * Runs a function with everything it awaits in one transaction, or inside another block in a savepoint: it is kept
 * when the function returns and undone when it throws.
 */
export async function atomic<T>(database: DatabaseCore, fn: () => Promise<T>, options: AtomicOptions): Promise<T> {
  checkOptions(fn, options);
  const parent = currentBlock(database);
  if (parent === null) return transactionWithRetries(database, fn, options);
  parent.check();
  if (options.durable === true) {
    throw new TransactionError("atomic(fn, { durable: true }) was called inside another atomic block.", {
      hint: "A durable block must be the outermost one, since only that one commits.",
    });
  }
  if (options.isolation !== undefined || options.readOnly === true) {
    throw new TransactionError("isolation and readOnly belong to a whole transaction.", {
      hint: "Give them to the outermost atomic block.",
    });
  }
  return savepoint(parent, fn);
}

function checkOptions(fn: unknown, options: AtomicOptions): void {
  if (typeof fn !== "function") {
    throw new ConfigurationError(`db.atomic(async () => { … }): expected a function, got ${printable(fn)}.`);
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`db.atomic takes no option "${unknown}". Options: ${KNOWN.join(", ")}.`);
  }
  const { retries = 0 } = options;
  if (!Number.isInteger(retries) || retries < 0) {
    throw new ConfigurationError(`retries: expected a whole number from 0 upwards, got ${printable(retries)}.`);
  }
  if (options.isolation !== undefined && !LEVELS.includes(options.isolation)) {
    throw new ConfigurationError(
      `isolation: expected one of ${LEVELS.join(", ")}, got ${printable(options.isolation)}.`,
    );
  }
}

async function transactionWithRetries<T>(
  database: DatabaseCore,
  fn: () => Promise<T>,
  options: AtomicOptions,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    let done: { readonly result: T; readonly block: Block };
    try {
      done = await transaction(database, fn, options);
    } catch (error) {
      const again = error instanceof DeadlockError || error instanceof SerializationError;
      if (!again || attempt >= (options.retries ?? 0)) throw error;
      // Full jitter: those who collided must not meet again.
      await sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
      continue;
    }
    // Past the commit nothing may be run again, whatever a callback throws.
    const { result, block } = done;
    for (const callback of block.afterCommit) await runWithin(block.around, () => Promise.resolve().then(callback));
    return result;
  }
}

async function transaction<T>(
  database: DatabaseCore,
  fn: () => Promise<T>,
  options: AtomicOptions,
): Promise<{ readonly result: T; readonly block: Block }> {
  const pool = database.pool ?? (await database.open());
  const connection = await acquire(database, pool);
  const block = new Block(database, connection, surroundingBlock(), null);
  // A connection whose transaction did not end in a known way must not be used by others.
  let clean = false;
  let result: T;
  try {
    await translating(database, () => connection.begin(options));
    result = await settle(block, fn);
    clean = true;
  } catch (error) {
    block.isOver = true;
    clean ||= await rolledBack(block);
    throw error;
  } finally {
    block.isOver = true;
    pool.release(connection, { destroy: !clean });
  }
  return { result, block };
}

async function acquire(database: DatabaseCore, pool: Pool): Promise<Connection> {
  return translating(database, () => pool.acquire());
}

/** Runs the function in its block and commits. */
async function settle<T>(block: Block, fn: () => Promise<T>): Promise<T> {
  const result = await runWithin(block, async () => fn());
  await translating(block.database, () => block.turns.run(() => end(block, () => block.connection.commit())));
  return result;
}

/** Ends a block at its turn: what asks for a turn from now on comes too late, and must not run outside of it. */
function end<T>(block: Block, how: () => T): T {
  if (block.brokenBy !== null) block.check();
  block.isOver = true;
  return how();
}

async function rolledBack(block: Block): Promise<boolean> {
  try {
    // In turn, too: what is under way, an inner block say, would else go on after it, outside of any transaction.
    await block.turns.run(() => block.connection.rollback());
    return true;
  } catch {
    // The error that led here is the one to hear of; the connection is thrown away.
    return false;
  } finally {
    // Last, for what was under way has changed its rows by now.
    for (const restore of block.onRollback.reverse()) restore();
  }
}

async function savepoint<T>(parent: Block, fn: () => Promise<T>): Promise<T> {
  const release = await parent.turns.hold();
  const { connection, database } = parent;
  const outermost = outermostOf(parent);
  outermost.savepoints += 1;
  const name = `dunder_${outermost.savepoints}`;
  const block = new Block(database, connection, surroundingBlock(), parent);
  try {
    parent.check();
    await translating(database, () => connection.savepoint("create", name));
    try {
      const result = await runWithin(block, async () => fn());
      await translating(database, () => block.turns.run(() => end(block, () => connection.savepoint("release", name))));
      block.handOver(parent);
      return result;
    } catch (error) {
      block.isOver = true;
      await block.turns.run(() => undo(parent, name));
      for (const restore of block.onRollback.reverse()) restore();
      throw error;
    }
  } finally {
    block.isOver = true;
    release();
  }
}

async function undo(parent: Block, name: string): Promise<void> {
  try {
    await parent.connection.savepoint("rollback", name);
    await parent.connection.savepoint("release", name);
  } catch (error) {
    // Without its savepoint the transaction is as it should not be: the blocks around can only be rolled back, too.
    parent.brokenBy ??= error;
  }
}

function outermostOf(block: Block): Block {
  let at = block;
  while (at.parent !== null) at = at.parent;
  return at;
}

async function translating<T>(database: DatabaseCore, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(database, error);
  }
}

/** Has a function called if the innermost block around, or one that it is part of, is undone. */
export function onRollback(database: DatabaseCore, restore: () => void): void {
  currentBlock(database)?.onRollback.push(restore);
}

/** Calls a function once the outermost block around has committed; outside of blocks at once. */
export async function onCommit(database: DatabaseCore, callback: () => unknown): Promise<void> {
  const block = currentBlock(database);
  if (block === null) {
    await callback();
    return;
  }
  block.check();
  block.afterCommit.push(callback);
}
