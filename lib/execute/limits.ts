import { AsyncLocalStorage } from "node:async_hooks";
import { AbortError, type DatabaseErrorDetails, type OperationalError, QueryTimeoutError } from "../errors/index.js";
import type { AbortSignalLike } from "../types/index.js";
import { printable } from "../util/printable.js";

/** How long something may take, and who may stop it. */
export interface LimitOptions {
  /** Milliseconds for all of it, waiting for a connection included; 0 for no limit. */
  readonly timeout?: number;
  /** Stops it when it aborts. */
  readonly signal?: AbortSignalLike;
}

/** Beyond this, Node's timers go off at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Time and signal that the work under way is bound by, those around it included. */
export class Limit {
  readonly #around: Limit | null;
  readonly #timeout: number;
  readonly #endsAt: number;
  readonly #given: AbortSignalLike | null;
  #controller: AbortController | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isPast = false;

  constructor({ timeout = 0, signal }: LimitOptions, around: Limit | null) {
    this.#around = around;
    this.#timeout = timeout;
    this.#endsAt = timeout > 0 ? performance.now() + timeout : Infinity;
    this.#given = signal ?? null;
  }

  get isOver(): boolean {
    return this.#isPast || this.#given?.aborted === true || performance.now() >= this.#endsAt || this.#isOverAround;
  }

  get #isOverAround(): boolean {
    return this.#around?.isOver === true;
  }

  /** Throws what {@link error} gives when the limit is over. */
  check(details?: DatabaseErrorDetails): void {
    if (this.isOver) throw this.error(details);
  }

  /** Aborts when the limit is over. Made when it is first asked for, for most work ends without. */
  get signal(): AbortSignal {
    if (this.#controller !== null) return this.#controller.signal;
    this.#controller = new AbortController();
    if (this.isOver) this.#abort();
    else this.#watch();
    return this.#controller.signal;
  }

  /** Why the work was stopped, as an error for whoever asked for it. */
  error(details: DatabaseErrorDetails = {}): OperationalError {
    if (this.#given?.aborted === true) return abortedError(this.#given.reason, details);
    if (this.#around !== null && this.#isOverAround) return this.#around.error(details);
    return new QueryTimeoutError(`The database was not done within the time limit of ${this.#timeout} ms.`, {
      ...details,
      hint: "Give it more time, or less to do.",
    });
  }

  /** Settles as a promise does, but no later than the limit is over; what comes of the promise then is dropped. */
  race<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(this.error());
      const settled = (): void => signal.removeEventListener("abort", stop);
      promise.then(resolve, reject).finally(settled);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop);
    });
  }

  /** The work is done: nothing is watched any more. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#given?.removeEventListener("abort", this.#abort);
    if (this.#controller !== null) this.#around?.signal.removeEventListener("abort", this.#abort);
  }

  #watch(): void {
    const left = this.#endsAt - performance.now();
    if (left <= LONGEST_TIMER) {
      this.#timer = setTimeout(() => {
        this.#isPast = true;
        this.#abort();
      }, left);
    }
    this.#given?.addEventListener("abort", this.#abort);
    this.#around?.signal.addEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => this.#controller?.abort();
}

function abortedError(reason: unknown, details: DatabaseErrorDetails): OperationalError {
  const { cause = reason, ...others } = details;
  if ((reason as { name?: unknown } | null)?.name === "TimeoutError") {
    return new QueryTimeoutError("The signal's time was over before the database was done.", { ...others, cause });
  }
  return new AbortError("The signal aborted it before the database was done.", { ...others, cause: reason });
}

const storage = new AsyncLocalStorage<Limit>();
/** False until the first limit: there is nothing to look up, and looking costs every query. */
export let hasLimits = false;

/** What the present code is bound by; null for nothing. */
export function currentLimit(): Limit | null {
  return hasLimits ? (storage.getStore() ?? null) : null;
}

/** Runs some work, which ends no later than these limits say, and those around it. */
export async function withinLimits<T>(options: LimitOptions, work: () => T | Promise<T>): Promise<T> {
  const limit = new Limit(options, currentLimit());
  limit.check();
  hasLimits = true;
  try {
    return await storage.run(limit, work);
  } finally {
    limit.end();
  }
}

/** Runs something that is not to be stopped by the limits that its caller is bound by. */
export function withoutLimits<T>(work: () => T): T {
  return hasLimits ? storage.exit(work) : work();
}

/** What is wrong with given limits; null for nothing. */
export function limitsProblem({ timeout, signal }: { timeout?: unknown; signal?: unknown }): string | null {
  if (timeout !== undefined && !(typeof timeout === "number" && timeout >= 0)) {
    return `timeout: expected milliseconds, a number from 0 upwards, got ${printable(timeout)}.`;
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    return `signal: expected an AbortSignal, got ${printable(signal)}.`;
  }
  return null;
}
