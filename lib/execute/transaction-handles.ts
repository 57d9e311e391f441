import type { TransactionSettings } from "../databases/ports/index.js";
import { TransactionError } from "../errors/index.js";
import {
  backToSavepointNow,
  beginNow,
  callBack,
  commitNow,
  restoreSince,
  rollbackNow,
  savepointNow,
} from "./block-control.js";
import { type Block, currentBlock } from "./context.js";
import type { Ending } from "./observers.js";
import { endMarks, failed, KEPT, UNDONE } from "./tracing.js";

/** What the function of `db.atomic(fn)` is given: its block, to be ended and begun anew in the middle. */
export interface Transaction {
  /**
   * Keeps what the block wrote so far, whatever becomes of the rest; what `db.onCommit` took is called now. In an inner
   * block it is kept for as long as the one around is.
   */
  commit(): Promise<void>;
  /** Undoes what the block wrote so far, and goes on; a block that an error broke is whole again. */
  rollback(): Promise<void>;
}

/** Does something at a block's turn, for code that runs in that very block: inside another one it would never come. */
export async function atOwnTurn(block: Block, what: string, work: () => Promise<void>): Promise<void> {
  const at = currentBlock(block.database);
  if (at !== block && !block.isOver) {
    throw new TransactionError(`${what} was called outside of its own block${at === null ? "" : ", in another one"}.`, {
      hint: "Call it in the function of the block that it belongs to, not in a block inside.",
    });
  }
  await block.turns.run(() => {
    block.checkOpen();
    return work();
  });
}

/** What ends there and then; the block is what it was when it began, but for what was kept. */
async function renewed(block: Block, ending: Ending, work: () => Promise<void>): Promise<void> {
  const marks = block.marks.splice(0);
  try {
    await work();
    block.brokenBy = null;
    endMarks(marks, ending);
  } catch (error) {
    block.brokenBy ??= error;
    endMarks(marks, failed(error));
    throw error;
  }
}

/** Of an outermost block. */
export class TransactionHandle implements Transaction {
  readonly #block: Block;
  readonly #settings: TransactionSettings;

  constructor(block: Block, settings: TransactionSettings) {
    this.#block = block;
    this.#settings = settings;
  }

  async commit(): Promise<void> {
    const block = this.#block;
    await atOwnTurn(block, "commit()", () => {
      block.check();
      return renewed(block, KEPT, async () => {
        await commitNow(block);
        block.hasCommitted = true;
        block.onRollback.length = 0;
        await beginNow(block, this.#settings);
      });
    });
    await callBack(block, block.afterCommit.splice(0));
  }

  async rollback(): Promise<void> {
    const block = this.#block;
    await atOwnTurn(block, "rollback()", () =>
      renewed(block, UNDONE, async () => {
        await rollbackNow(block);
        restoreSince(block, 0);
        block.afterCommit.length = 0;
        await beginNow(block, this.#settings);
      }),
    );
  }
}

/** Of a block inside another one. */
export class SavepointHandle implements Transaction {
  readonly #block: Block;
  readonly #name: string;

  constructor(block: Block, name: string) {
    this.#block = block;
    this.#name = name;
  }

  async commit(): Promise<void> {
    const block = this.#block;
    await atOwnTurn(block, "commit()", () => {
      block.check();
      return renewed(block, KEPT, async () => {
        await savepointNow(block, "release", this.#name);
        block.handOver();
        await savepointNow(block, "create", this.#name);
      });
    });
  }

  async rollback(): Promise<void> {
    const block = this.#block;
    await atOwnTurn(block, "rollback()", () =>
      renewed(block, UNDONE, async () => {
        await backToSavepointNow(block, this.#name);
        restoreSince(block, 0);
        block.afterCommit.length = 0;
      }),
    );
  }
}
