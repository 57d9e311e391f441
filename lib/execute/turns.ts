import { TransactionError } from "../errors/index.js";
import type { Block } from "./context.js";
import type { Limit } from "./limits.js";

/** As for connections: who waits for so long, and nothing happens meanwhile, waits for ever. */
const PATIENCE = 30_000;

/**
 * Does some work at a block's turn. Waiting for it ends when the limit is over; and when a block inside has had its
 * turn for long without doing anything, for it may be waiting for the very work that waits for it.
 */
export function inTurn<T>(block: Block, limit: Limit | null, work: () => T | Promise<T>): T | Promise<T> {
  if (limit === null && block.innerBlocks === 0) return block.turns.run(work);
  return new Promise<T>((resolve, reject) => new Waiting(block, limit, reject).workAtTurn(work, resolve));
}

/** In a broken block, waits until what broke it was heard of: `Promise.all` tells the first error alone. */
export async function afterNews({ brokenBy }: Block): Promise<void> {
  if (brokenBy !== null) await new Promise((resolve) => setImmediate(resolve));
}

/** Takes a block's turns until the function answered is called. */
export function holdTurns(block: Block, limit: Limit | null): Promise<() => void> {
  let letGo!: () => void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  return new Promise((begin, fail) => {
    const turn = inTurn(block, limit, () => {
      begin(letGo);
      return held;
    });
    if (turn instanceof Promise) turn.catch(fail);
  });
}

/** One who waits for his turn. */
class Waiting {
  readonly #block: Block;
  readonly #limit: Limit | null;
  readonly #reject: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout | null;
  #isOver = false;

  constructor(block: Block, limit: Limit | null, reject: (error: unknown) => void) {
    this.#block = block;
    this.#limit = limit;
    this.#reject = reject;
    const patience = block.database.options.pool?.acquireTimeout ?? PATIENCE;
    this.#timer = patience === 0 || block.innerBlocks === 0 ? null : this.#watch(patience);
    if (limit?.signal.aborted === true) this.#leave();
    else limit?.signal.addEventListener("abort", this.#leave);
  }

  workAtTurn<T>(work: () => T | Promise<T>, resolve: (result: T | Promise<T>) => void): void {
    const turn = this.#block.turns.run(() => {
      if (this.#isOver) return undefined;
      this.#stopWaiting();
      try {
        const result = work();
        resolve(result);
        return result;
      } catch (error) {
        this.#reject(error);
        return undefined;
      }
    });
    // Whoever waits hears of its failure by his own promise.
    if (turn instanceof Promise) turn.catch(() => undefined);
  }

  #stopWaiting(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#limit?.signal.removeEventListener("abort", this.#leave);
  }

  readonly #leave = (): void => {
    this.#stopWaiting();
    this.#reject(this.#limit?.error());
  };

  #watch(patience: number): NodeJS.Timeout {
    const { root } = this.#block;
    let seen = root.activity;
    return setInterval(() => {
      if (root.underWay === 0 && root.activity === seen) {
        this.#stopWaiting();
        this.#reject(waitingForEachOther(patience));
      } else seen = root.activity;
    }, patience);
  }
}

function waitingForEachOther(patience: number): TransactionError {
  return new TransactionError(
    `This waited for an atomic block inside its own to end, which asked the database nothing for ${patience} ms.`,
    {
      hint:
        "Does the inner block await this? Await what the outer block has started before opening the inner one, " +
        "or start it in the inner one.",
    },
  );
}
