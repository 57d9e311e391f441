import { AsyncLocalStorage } from "node:async_hooks";
import type { DatabaseCore } from "./database-core.js";
import type { Connection, IsolationLevel, Pool } from "../databases/ports/index.js";
import { SerialQueue } from "../databases/serial.js";
import { TransactionError } from "../errors/index.js";
import type { Mark, Traced, Within } from "./observers.js";

/** Something to be done after a commit. */
export interface AfterCommit {
  readonly callback: () => unknown;
  /** Hears of the callback's error, which then keeps the others from nothing; null lets it through. */
  readonly onError: ((error: unknown) => void) | null;
}

/** What code runs in: a block, and around it those that it was started in. */
export interface Surroundings {
  readonly block: Block;
  readonly around: Surroundings | null;
}

let transactions = 0;

/** A number that no other transaction of this process has. */
export function nextTransaction(): number {
  transactions += 1;
  return transactions;
}

/**
 * One `atomic` block under way: a transaction, or inside another block a savepoint. Blocks know the block around them,
 * of this database or another one, and that chain is what asynchronous code carries along.
 */
export class Block implements Surroundings, Within {
  readonly block = this;
  readonly database: DatabaseCore;
  readonly connection: Connection;
  /** Where a transaction's connection is from. */
  readonly pool: Pool | null;
  readonly around: Surroundings | null;
  /** The block of the same database that this one is a savepoint in; null for a transaction. */
  readonly parent: Block | null;
  /** Statements and inner blocks take turns, so that what `Promise.all` starts together does not mix. */
  readonly turns = new SerialQueue();
  /** Blocks inside that have the turns, or are waiting for them. */
  innerBlocks = 0;
  /** The outermost block: the transaction, which keeps what concerns all of it. */
  readonly root: Block;
  /** The transaction's number, for those who watch. */
  readonly id: number;
  /** How many savepoints it is inside of. */
  readonly depth: number;
  /** Savepoints made so far in the whole transaction, for their names. */
  savepoints = 0;
  /** Statements of the whole transaction that were sent so far, and those of them not answered yet. */
  activity = 0;
  underWay = 0;
  /** The error after which the block can only be rolled back. */
  brokenBy: unknown = null;
  isOver = false;
  /** The isolation that a transaction was begun with; null for the server's own. */
  isolation: IsolationLevel | null = null;
  /** Part of it is committed: it cannot be run again. */
  hasCommitted = false;
  /** The savepoints made by hand that are in force. */
  readonly marks: Mark[] = [];
  /** What those who trace see of a transaction begun by hand. */
  traced: Traced | null = null;
  readonly afterCommit: AfterCommit[] = [];
  /** What puts objects in memory back as they were, should the block be undone. */
  readonly onRollback: (() => void)[] = [];

  constructor(
    database: DatabaseCore,
    connection: Connection,
    around: Surroundings | null,
    parent: Block | null,
    pool: Pool | null = null,
  ) {
    this.pool = pool;
    this.database = database.origin;
    this.connection = connection;
    this.around = around;
    this.parent = parent;
    this.root = parent === null ? this : parent.root;
    // Not by nextTransaction(): a call for every transaction.
    this.id = parent === null ? (transactions += 1) : parent.id;
    this.depth = parent === null ? 0 : parent.depth + 1;
  }

  /** Notes, of a transaction, that a statement is under way. */
  begins(): void {
    this.activity += 1;
    this.underWay += 1;
  }

  /** Has a piece of work noted while it is under way. */
  async working<T>(answer: Promise<T>): Promise<T> {
    const { root } = this;
    root.begins();
    try {
      return await answer;
    } finally {
      root.underWay -= 1;
    }
  }

  /** Leaves what is still to be done about its end to the block around: one by one, for there may be very many. */
  handOver(): void {
    const { parent, afterCommit, onRollback } = this;
    if (parent === null) return;
    for (const callback of afterCommit) parent.afterCommit.push(callback);
    for (const restore of onRollback) parent.onRollback.push(restore);
    afterCommit.length = 0;
    onRollback.length = 0;
  }

  /** Throws where nothing can be asked in this block any more. */
  check(): void {
    this.checkOpen();
    if (this.brokenBy !== null) {
      throw new TransactionError("An error happened in this atomic block, so it can only be rolled back.", {
        cause: this.brokenBy,
        hint: "Let the error leave the block, or put what may fail in an atomic block of its own and catch it around that.",
      });
    }
  }

  /** Throws where the block has ended, or nothing can be asked in one around it. */
  checkOpen(): void {
    this.parent?.check();
    if (this.isOver) {
      throw new TransactionError("This ran after the atomic block it was started in had ended.", {
        hint:
          "Await everything that is started inside db.atomic(…) before its function returns; nor does a block go on " +
          "whose time was over.",
      });
    }
  }
}

const storage = new AsyncLocalStorage<Surroundings | null>();
// Until the first transaction there is nothing to look up, and looking costs every query.
let used = false;

/** The transactions that units of work hold, by how these see their database. */
const held = new WeakMap<DatabaseCore, Block>();

/** Has all that is asked of a unit of work's database be in a transaction from now on; null: in none. */
export function holdBlock(view: DatabaseCore, block: Block | null): void {
  if (block === null) held.delete(view);
  else held.set(view, block);
}

/** A unit's transaction is its own, whatever transactions it is used in. */
function heldBlock(view: DatabaseCore): Block | null {
  const root = held.get(view) ?? null;
  let at = storage.getStore() ?? null;
  while (at !== null && at.block.root !== root) at = at.around;
  return at === null || root === null ? root : at.block;
}

/** The innermost block of a database that the present code runs in, or null outside. */
export function currentBlock(database: DatabaseCore): Block | null {
  if (!used) return null;
  if (database.unit !== null) return heldBlock(database);
  let at = storage.getStore() ?? null;
  const { origin } = database;
  while (at !== null && at.block.database !== origin) at = at.around;
  return at === null ? null : at.block;
}

/** The blocks of any database that the present code runs in. */
export function surroundings(): Surroundings | null {
  return used ? (storage.getStore() ?? null) : null;
}

/** Runs a function with a block (null: outside all blocks) as its surroundings. */
export function runWithin<T>(block: Surroundings | null, fn: () => T): T {
  used = true;
  return storage.run(block, fn);
}

/** Runs a function in a block that was opened elsewhere, beside the blocks of other databases that it is called in. */
export function runBeside<T>(block: Block, fn: () => T): T {
  return runWithin({ block, around: surroundings() }, fn);
}
