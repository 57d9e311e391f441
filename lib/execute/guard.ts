import type { Connection, Pool } from "../databases/ports/index.js";
import { QueryTimeoutError } from "../errors/index.js";
import type { Limit } from "./limits.js";

/** How long a server has for stopping what it was told to stop, before its connection is given up. */
const GRACE = 1000;
/** How long it has before it is told again. */
const AGAIN = 250;

/** Connections on which somebody may yet stop a statement that is over: the next one would be hit instead. */
const distrusted = new WeakSet<Connection>();

/** What a statement is bound by. */
export interface Bounds {
  readonly limit: Limit | null;
  /** Milliseconds after which a server that said nothing is not waited for any longer; 0 for no limit. */
  readonly patience: number;
  /** Whether the server may be told to stop: not where its answer is the one thing that matters. */
  readonly mayCancel: boolean;
}

/** What a server says about statements that run for too long should have arrived by then; 0 for no limit. */
export function patienceFor(statementTimeout = 0): number {
  return statementTimeout > 0 ? statementTimeout + GRACE : 0;
}

/**
 * Waits for a connection's answer within bounds. When they are over the server is told to stop; a connection that says
 * nothing even then is given up. An answer that comes all the same is one: what was written is not told to be lost.
 */
export function guarded<T>(
  connection: Connection,
  bounds: Bounds,
  sql: string | undefined,
  work: () => T | Promise<T>,
): T | Promise<T> {
  const { limit, patience } = bounds;
  limit?.check({ sql });
  if (limit === null && patience === 0) return work();
  const answer = cancellable(connection, bounds, sql, work);
  return answer instanceof Promise ? watched(connection, bounds, sql, answer) : answer;
}

function cancellable<T>(
  connection: Connection,
  { limit, mayCancel }: Bounds,
  sql: string | undefined,
  work: () => T | Promise<T>,
): T | Promise<T> {
  const preparing = mayCancel ? (connection.prepareCancel?.() ?? null) : null;
  if (preparing === null) return work();
  return preparing.then(() => {
    limit?.check({ sql });
    return work();
  });
}

async function watched<T>(
  connection: Connection,
  bounds: Bounds,
  sql: string | undefined,
  answer: Promise<T>,
): Promise<T> {
  const watch = new Watch(connection, bounds);
  try {
    const result = await answer;
    if (watch.stopping !== null) distrusted.add(connection);
    return result;
  } catch (error) {
    const { limit, patience, mayCancel } = bounds;
    if (watch.stopping === null || !mayCancel) throw error;
    throw limit?.isOver === true ? limit.error({ sql, cause: error }) : silentServer(patience, sql, error);
  } finally {
    watch.end();
    await watch.stopping?.done();
  }
}

/** Has a statement stopped when its bounds are over. */
class Watch {
  stopping: Stopping | null = null;
  readonly #signal: AbortSignal | null;
  readonly #timer: NodeJS.Timeout | null;
  readonly #stop: () => void;

  constructor(connection: Connection, { limit, patience, mayCancel }: Bounds) {
    this.#stop = () => void (this.stopping ??= new Stopping(connection, mayCancel));
    this.#timer = patience > 0 ? setTimeout(this.#stop, patience) : null;
    this.#signal = limit?.signal ?? null;
    if (this.#signal?.aborted === true) this.#stop();
    else this.#signal?.addEventListener("abort", this.#stop);
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#stop);
  }
}

function silentServer(patience: number, sql: string | undefined, cause: unknown): QueryTimeoutError {
  const problem = `The server said nothing for ${patience} ms, not even that statementTimeout was over.`;
  return new QueryTimeoutError(problem, { sql, cause, hint: "Look at the network in between." });
}

/** A statement being stopped. */
class Stopping {
  readonly #connection: Connection;
  /** The request under way. */
  #asked: Promise<void> = Promise.resolve();
  readonly #timers: NodeJS.Timeout[];
  #gaveUp = false;

  constructor(connection: Connection, mayCancel: boolean) {
    this.#connection = connection;
    this.#timers = [setTimeout(() => this.#giveUp(), GRACE)];
    if (!mayCancel) return;
    this.#ask();
    // A request that came before the statement itself has stopped nothing.
    this.#timers.push(setInterval(() => this.#ask(), AGAIN));
  }

  #ask(): void {
    this.#asked = this.#asked
      .then(() => this.#connection.cancel?.())
      // A server that cannot be told will not stop: that the statement was not waited for is what its caller hears.
      .catch(() => this.#giveUp());
  }

  #giveUp(): void {
    this.#gaveUp = true;
    this.#connection.abandon?.();
  }

  /** The answer is there. Before anything else is sent the request to stop must have arrived, too. */
  async done(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#gaveUp) return;
    let timer: NodeJS.Timeout | null = null;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        distrusted.add(this.#connection);
        resolve();
      }, GRACE);
    });
    await Promise.race([this.#asked, late]);
    if (timer !== null) clearTimeout(timer);
  }
}

/** Gives a connection back, or up. */
export function release(pool: Pool, connection: Connection, options: { readonly destroy?: boolean } = {}): void {
  pool.release(connection, { destroy: options.destroy === true || distrusted.has(connection) });
}
