import { OrmError, TransactionError } from "../errors/index.js";
import { leadToCaller } from "../util/own-frames.js";
import { checkTransactionOptions, type TransactionOptions } from "./atomic-options.js";
import { beginNow, callBack, commitNow, restoreSince, savepointNow, undoSavepointNow } from "./block-control.js";
import { type Block, currentBlock, runBeside } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { checkSettings } from "./local-settings.js";
import type { Ending, Mark } from "./observers.js";
import { endMarks, endTrace, failed, inside, KEPT, traceOf, UNDONE } from "./tracing.js";
import { atOwnTurn } from "./transaction-handles.js";
import { end, giveBack, openBlock, rolledBack } from "./transactions.js";

/**
 * A transaction that is begun, committed and rolled back by hand.
 *
 * @example
 * ```ts
 * await using transaction = await db.transaction(); // rolled back at the end of this scope, unless committed
 * await transaction.run(() => Album.objects.create({ name: "Ventura" }));
 * await transaction.run(() => Album.objects.create({ name: "Malibu 2" }));
 * await transaction.commit();
 * ```
 */
export class ManualTransaction implements AsyncDisposable {
  readonly #block: Block;

  constructor(block: Block) {
    this.#block = block;
  }

  /** False once it was committed or rolled back. */
  get isActive(): boolean {
    return !this.#block.isOver;
  }

  /**
   * Runs a function, and all that it awaits, in the transaction, which goes on afterwards, even when the function
   * throws. `db.atomic` inside is a savepoint.
   */
  async run<T>(fn: () => Promise<T>): Promise<T> {
    this.#refuseInside("run(…)");
    this.#block.check();
    return inside(this.#block.traced, () => runBeside(this.#block, async () => fn()));
  }

  /** Keeps what was written. Throws where an error broke the transaction, which is rolled back then. */
  async commit(): Promise<void> {
    this.#refuseInside("commit()");
    const block = this.#block;
    block.checkOpen();
    try {
      await inside(block.traced, () => block.turns.run(() => end(block, () => commitNow(block))));
    } catch (error) {
      await this.#undo(failed(error));
      if (error instanceof OrmError) leadToCaller(error);
      throw error;
    }
    giveBack(block, true);
    endTrace(block.traced, block, KEPT);
    await callBack(block, block.afterCommit);
  }

  /** Undoes what was written. */
  async rollback(): Promise<void> {
    this.#refuseInside("rollback()");
    this.#block.checkOpen();
    await this.#undo(UNDONE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isActive) await this.#undo(UNDONE);
  }

  async #undo(ending: Ending): Promise<void> {
    const block = this.#block;
    block.isOver = true;
    giveBack(block, await inside(block.traced, () => rolledBack(block)));
    endTrace(block.traced, block, ending);
  }

  /** A block inside has the turns until it ends, which it never would. */
  #refuseInside(what: string): void {
    const at = currentBlock(this.#block.database);
    if (at === null || at === this.#block || at.root !== this.#block) return;
    throw new TransactionError(`transaction.${what} was called in an atomic block inside that transaction.`, {
      hint: "Let the block end first.",
    });
  }
}

/** Begins a transaction that goes on until somebody ends it. */
export async function beginTransaction(
  database: DatabaseCore,
  options: TransactionOptions,
): Promise<ManualTransaction> {
  checkTransactionOptions(options);
  checkSettings(database, options);
  if (currentBlock(database) !== null) {
    throw new TransactionError("db.transaction() was called inside a transaction.", {
      hint: "Use db.savepoint() or db.atomic(…) there.",
    });
  }
  const { isolation, readOnly } = options;
  const traced = traceOf(database, { within: null, attempt: 1, isolation, readOnly });
  try {
    const block = await inside(traced, () => begunBlock(database, options));
    block.traced = traced;
    return new ManualTransaction(block);
  } catch (error) {
    traced?.end(failed(error));
    throw error;
  }
}

async function begunBlock(database: DatabaseCore, options: TransactionOptions): Promise<Block> {
  const block = await openBlock(database, options);
  try {
    await beginNow(block, options);
    return block;
  } catch (error) {
    block.isOver = true;
    giveBack(block, await rolledBack(block));
    throw error;
  }
}

/**
 * A place in a transaction to go back to.
 *
 * @example
 * ```ts
 * await db.atomic(async () => {
 *   await Album.objects.create({ name: "Ventura" });
 *   const savepoint = await db.savepoint();
 *   await Album.objects.create({ name: "Venice" });
 *   await savepoint.rollback(); // "Ventura" is there, "Venice" is not
 * });
 * ```
 */
export class Savepoint implements AsyncDisposable {
  readonly #block: Block;
  readonly #name: string;
  readonly #mark: Mark;
  readonly #restores: number;
  readonly #callbacks: number;

  constructor(block: Block, name: string, mark: Mark) {
    this.#block = block;
    this.#name = name;
    this.#mark = mark;
    this.#restores = block.onRollback.length;
    this.#callbacks = block.afterCommit.length;
  }

  /** False once it was given up or gone back to, or an earlier one was. */
  get isActive(): boolean {
    return !this.#block.isOver && this.#block.marks.includes(this.#mark);
  }

  /** Gives the savepoint up: what was written since is part of the rest. */
  commit(): Promise<void> {
    return this.#end("commit()", KEPT, async () => {
      this.#block.check();
      await savepointNow(this.#block, "release", this.#name);
    });
  }

  /** Undoes what was written since. A transaction that an error broke since is whole again. */
  rollback(): Promise<void> {
    return this.#end("rollback()", UNDONE, async () => {
      const block = this.#block;
      await undoSavepointNow(block, this.#name);
      restoreSince(block, this.#restores);
      block.afterCommit.length = this.#callbacks;
      block.brokenBy = null;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isActive) await this.rollback();
  }

  #end(what: string, ending: Ending, work: () => Promise<void>): Promise<void> {
    const block = this.#block;
    return atOwnTurn(block, `savepoint.${what}`, async () => {
      const place = block.marks.indexOf(this.#mark);
      if (place < 0) {
        throw new TransactionError(`savepoint.${what}: it is over, as an earlier savepoint or its block may be.`);
      }
      // Those that came later go with it.
      const marks = block.marks.splice(place);
      try {
        await inside(this.#mark.traced, work);
        endMarks(marks, ending);
      } catch (error) {
        block.brokenBy ??= error;
        endMarks(marks, failed(error));
        throw error;
      }
    });
  }
}

/** Marks a place in the innermost block around. */
export async function markSavepoint(database: DatabaseCore): Promise<Savepoint> {
  const block = currentBlock(database);
  if (block === null) {
    throw new TransactionError("db.savepoint() is a place in a transaction, and none is under way.", {
      hint: "Call it inside db.atomic(async () => { … }), or in the function of transaction.run(…).",
    });
  }
  let savepoint: Savepoint | null = null;
  await atOwnTurn(block, "db.savepoint()", async () => {
    block.check();
    block.root.savepoints += 1;
    const name = `dunder_${block.root.savepoints}`;
    const traced = traceOf(database, { within: block, attempt: 1 });
    try {
      await inside(traced, () => savepointNow(block, "create", name));
    } catch (error) {
      traced?.end(failed(error));
      throw error;
    }
    const mark = { traced };
    savepoint = new Savepoint(block, name, mark);
    block.marks.push(mark);
  });
  return savepoint as unknown as Savepoint;
}
