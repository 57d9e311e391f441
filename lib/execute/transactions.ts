import { setTimeout as sleep } from "node:timers/promises";
import { DeadlockError, OrmError, SerializationError, TransactionError } from "../errors/index.js";
import { leadToCaller } from "../util/own-frames.js";
import { type AtomicOptions, checkAtomicOptions, type TransactionOptions } from "./atomic-options.js";
import {
  beginNow,
  callBack,
  commitNow,
  restoreSince,
  rollbackNow,
  savepointNow,
  translating,
  undoSavepointNow,
} from "./block-control.js";
import { type AfterCommit, Block, currentBlock, runWithin, surroundings } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { release } from "./guard.js";
import { checkSettings } from "./local-settings.js";
import { currentLimit, withinLimits } from "./limits.js";
import { observers } from "./observers.js";
import { acquired } from "./run.js";
import { SavepointHandle, type Transaction, TransactionHandle } from "./transaction-handles.js";
import { type Begun, tracedBlock } from "./tracing.js";
import { holdTurns } from "./turns.js";

/** What runs in a block; it may take the block's handle. */
export type AtomicFunction<T> = (transaction: Transaction) => Promise<T>;

/**
 * Runs a function with everything it awaits in one transaction, or inside another block in a savepoint: it is kept
 * when the function returns and undone when it throws.
 */
export async function atomic<T>(database: DatabaseCore, fn: AtomicFunction<T>, options: AtomicOptions): Promise<T> {
  checkAtomicOptions(fn, options);
  checkSettings(database, options);
  const { timeout, signal } = options;
  if (timeout === undefined && signal === undefined) return begun(database, fn, options);
  return withinLimits({ timeout, signal }, () => begun(database, fn, options));
}

async function begunOnceOpen<T>(database: DatabaseCore, fn: AtomicFunction<T>, options: AtomicOptions): Promise<T> {
  await database.open();
  return begun(database, fn, options);
}

function begun<T>(database: DatabaseCore, fn: AtomicFunction<T>, options: AtomicOptions): Promise<T> {
  // The transaction of a unit of work is begun at its first statement.
  if (database.unit !== null && currentBlock(database) === null) return begunOnceOpen(database, fn, options);
  const parent = currentBlock(database);
  if (parent === null) return transactionWithRetries(database, fn, options);
  parent.check();
  refuseInside(options);
  const begun: Begun<Block> = { block: null };
  const work = (): Promise<T> => savepoint(parent, fn, begun);
  return observers.tracer === null ? work() : tracedBlock(database, { within: parent, attempt: 1 }, begun, work);
}

function refuseInside({ durable, isolation, readOnly, lockMode, replica, settings }: AtomicOptions): void {
  if (settings !== undefined) {
    throw new TransactionError("settings belong to a whole transaction, and go on to its end.", {
      hint: "Give them to the outermost atomic block.",
    });
  }
  if (durable === true) {
    throw new TransactionError("atomic(fn, { durable: true }) was called inside another atomic block.", {
      hint: "A durable block must be the outermost one, since only that one commits.",
    });
  }
  if (isolation === undefined && readOnly !== true && lockMode === undefined && replica !== true) return;
  throw new TransactionError("isolation, readOnly, replica and lockMode belong to a whole transaction.", {
    hint: "Give them to the outermost atomic block.",
  });
}

async function transactionWithRetries<T>(
  database: DatabaseCore,
  fn: AtomicFunction<T>,
  options: AtomicOptions,
): Promise<T> {
  const { isolation, readOnly, retries = 0 } = options;
  for (let attempt = 0; ; attempt += 1) {
    const begun: Begun<Block> = { block: null };
    const work = (): Promise<T> => transaction(database, fn, options, begun);
    let result: T;
    try {
      const event = { within: null, attempt: attempt + 1, isolation, readOnly };
      result = await (observers.tracer === null ? work() : tracedBlock(database, event, begun, work));
    } catch (error) {
      const again = mayPass(database, error) || mayPass(database, begun.block?.brokenBy);
      if (!again || attempt >= retries || begun.block?.hasCommitted === true) throw error;
      await pauseBefore(attempt);
      continue;
    }
    const block = begun.block as unknown as Block;
    // Past the commit nothing may be run again, whatever a callback throws.
    await callBack(block, block.afterCommit);
    return result;
  }
}

/** True for what may not happen again, when all is run again: on another server, where this one was lost. */
function mayPass(database: DatabaseCore, error: unknown): boolean {
  if (error instanceof DeadlockError || error instanceof SerializationError) return true;
  return database.pool?.hears?.(error) === true;
}

/** Full jitter: those who collided must not meet again. */
async function pauseBefore(attempt: number): Promise<void> {
  const limit = currentLimit();
  const pause = sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
  await (limit === null ? pause : limit.race(pause));
}

/** A block of its own, on a connection of the pool that was not told anything yet. */
export async function openBlock(
  database: DatabaseCore,
  { readOnly, lockMode, replica }: TransactionOptions,
): Promise<Block> {
  const reading = replica === true ? "replica" : "block";
  const use = readOnly === true && lockMode === undefined ? reading : undefined;
  const { pool, connection } = await translating(database, () => acquired(database, currentLimit(), use));
  return new Block(database, connection, surroundings(), null, pool);
}

async function transaction<T>(
  database: DatabaseCore,
  fn: AtomicFunction<T>,
  options: AtomicOptions,
  begun: Begun<Block>,
): Promise<T> {
  const block = await openBlock(database, options);
  begun.block = block;
  try {
    await beginNow(block, options);
    const result = await running(block, fn, new TransactionHandle(block, options));
    await block.turns.run(() => end(block, () => commitNow(block)));
    giveBack(block, true);
    return result;
  } catch (error) {
    block.isOver = true;
    // A connection whose transaction did not end in a known way must not be used by others.
    giveBack(block, await rolledBack(block));
    // A commit's turn is taken where no stack leads from.
    if (error instanceof OrmError) leadToCaller(error);
    throw error;
  }
}

/** Runs the function in its block, which does not wait for it any longer than it is allowed to. */
async function running<T>(block: Block, fn: AtomicFunction<T>, handle: Transaction): Promise<T> {
  const limit = currentLimit();
  const result = runWithin(block, async () => fn(handle));
  if (limit === null) return result;
  const inTime = await limit.race(result);
  limit.check();
  return inTime;
}

/** Ends a block at its turn: what asks for a turn from now on comes too late, and must not run outside of it. */
export function end<T>(block: Block, how: () => T): T {
  if (block.brokenBy !== null) block.check();
  block.isOver = true;
  return how();
}

export function giveBack({ pool, connection }: Block, clean: boolean): void {
  if (pool !== null) release(pool, connection, { destroy: !clean });
}

/** Undoes a transaction; false where that failed. */
export async function rolledBack(block: Block): Promise<boolean> {
  try {
    // In turn, too: what is under way, an inner block say, would else go on after it, outside of any transaction.
    await block.turns.run(() => rollbackNow(block));
    return true;
  } catch {
    // The error that led here is the one to hear of; the connection is thrown away.
    return false;
  } finally {
    // Last, for what was under way has changed its rows by now.
    restoreSince(block, 0);
  }
}

async function savepoint<T>(parent: Block, fn: AtomicFunction<T>, begun: Begun<Block>): Promise<T> {
  const holding = holdTurns(parent, currentLimit());
  parent.innerBlocks += 1;
  let letGo: (() => void) | null = null;
  try {
    letGo = await holding;
    parent.check();
    const { database, connection, root } = parent;
    root.savepoints += 1;
    const block = new Block(database, connection, surroundings(), parent);
    begun.block = block;
    return await withinSavepoint(block, `dunder_${root.savepoints}`, fn);
  } finally {
    parent.innerBlocks -= 1;
    letGo?.();
  }
}

async function withinSavepoint<T>(block: Block, name: string, fn: AtomicFunction<T>): Promise<T> {
  await savepointNow(block, "create", name);
  try {
    const result = await running(block, fn, new SavepointHandle(block, name));
    await block.turns.run(() => end(block, () => savepointNow(block, "release", name)));
    block.handOver();
    return result;
  } catch (error) {
    block.isOver = true;
    await block.turns.run(() => undo(block, name));
    restoreSince(block, 0);
    throw error;
  } finally {
    block.isOver = true;
  }
}

async function undo(block: Block, name: string): Promise<void> {
  try {
    await undoSavepointNow(block, name);
  } catch (error) {
    // Without its savepoint the transaction is as it should not be: the blocks around can only be rolled back, too.
    if (block.parent !== null) block.parent.brokenBy ??= error;
  }
}

/** Has a function called if the innermost block around, or one that it is part of, is undone. */
export function onRollback(database: DatabaseCore, restore: () => void): void {
  currentBlock(database)?.onRollback.push(restore);
}

/** Calls a function once the outermost block around has committed; outside of blocks at once. */
export async function onCommit(
  database: DatabaseCore,
  callback: () => unknown,
  onError: AfterCommit["onError"] = null,
): Promise<void> {
  const block = currentBlock(database);
  if (block !== null) {
    block.check();
    block.afterCommit.push({ callback, onError });
    return;
  }
  try {
    await callback();
  } catch (error) {
    if (onError === null) throw error;
    onError(error);
  }
}
