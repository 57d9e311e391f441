import { AsyncLocalStorage } from "node:async_hooks";
import type { DatabaseCore } from "./database-core.js";
import type { Connection } from "../databases/ports/index.js";
import { SerialQueue } from "../databases/serial.js";
import { TransactionError } from "../errors/index.js";

/**
 * One `atomic` block under way: a transaction, or inside another block a savepoint. Blocks know the block around them,
 * of this database or another one, and that chain is what asynchronous code carries along.
 */
export class Block {
  readonly database: DatabaseCore;
  readonly connection: Connection;
  readonly around: Block | null;
  /** The block of the same database that this one is a savepoint in; null for a transaction. */
  readonly parent: Block | null;
  /** Statements and inner blocks take turns, so that what `Promise.all` starts together does not mix. */
  readonly turns = new SerialQueue();
  /** Savepoints made so far in the whole transaction, for their names. Kept by the outermost block. */
  savepoints = 0;
  /** The error after which the block can only be rolled back. */
  brokenBy: unknown = null;
  isOver = false;
  readonly afterCommit: (() => unknown)[] = [];
  /** What puts objects in memory back as they were, should the block be undone. */
  readonly onRollback: (() => void)[] = [];

  constructor(database: DatabaseCore, connection: Connection, around: Block | null, parent: Block | null) {
    this.database = database;
    this.connection = connection;
    this.around = around;
    this.parent = parent;
  }

  /** Leaves what is still to be done about its end to the block around: one by one, for there may be very many. */
  handOver(parent: Block): void {
    for (const callback of this.afterCommit) parent.afterCommit.push(callback);
    for (const restore of this.onRollback) parent.onRollback.push(restore);
  }

  /** Throws where nothing can be asked in this block any more. */
  check(): void {
    this.parent?.check();
    if (this.isOver) {
      throw new TransactionError("This ran after the atomic block it was started in had ended.", {
        hint: "Await everything that is started inside db.atomic(…) before its function returns.",
      });
    }
    if (this.brokenBy !== null) {
      throw new TransactionError("An error happened in this atomic block, so it can only be rolled back.", {
        cause: this.brokenBy,
        hint: "Let the error leave the block, or put what may fail in an atomic block of its own and catch it around that.",
      });
    }
  }
}

const storage = new AsyncLocalStorage<Block | null>();
// Until the first transaction there is nothing to look up, and looking costs every query.
let used = false;

/** The innermost block of a database that the present code runs in, or null outside. */
export function currentBlock(database: DatabaseCore): Block | null {
  if (!used) return null;
  let block = storage.getStore() ?? null;
  while (block !== null && block.database !== database) block = block.around;
  return block;
}

/** The innermost block of any database. */
export function surroundingBlock(): Block | null {
  return used ? (storage.getStore() ?? null) : null;
}

/** Runs a function with a block (null: outside all blocks) as its surroundings. */
export function runWithin<T>(block: Block | null, fn: () => T): T {
  used = true;
  return storage.run(block, fn);
}
