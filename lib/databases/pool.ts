import { ConnectionError, PoolTimeoutError } from "../errors/index.js";
import type { Connection, Pool, PoolOptions, QueryResult, Statement } from "./ports/index.js";
import { WaitingLine } from "./waiting-line.js";

/** What a pool must be told about its kind of connection. */
export interface PoolSettings<C extends Connection> {
  /** Names the database in messages: `PostgreSQL database "music"`. */
  readonly label: string;
  /** Opens a connection; one that opens at once keeps `acquire` free of promises. */
  create(): Promise<C> | C;
  /** Closes a connection. What it throws is dropped: nobody is left to hear of it. */
  destroy(connection: C): void | Promise<void>;
  /** False for a connection that knows itself broken. It is asked before each use, so it must be quick. */
  isHealthy?(connection: C): boolean;
  readonly options?: PoolOptions;
}

/** A connection's life, in milliseconds of `performance.now()`. */
interface Lease {
  readonly openedAt: number;
  idleSince: number | null;
}

const DEFAULTS: Required<PoolOptions> = {
  max: 10,
  min: 0,
  acquireTimeout: 30_000,
  idleTimeout: 30_000,
  staleTimeout: 0,
};

/**
 * Connections kept open and lent to one user at a time.
 *
 * At most `max` are open, counting those being opened. Whoever finds none free waits in line, first come first served,
 * for at most `acquireTimeout` ms. A connection unused for `idleTimeout` ms is closed, down to `min`; one older than
 * `staleTimeout` ms is not lent again. 0 switches a time limit off.
 */
export class ConnectionPool<C extends Connection> implements Pool {
  readonly #settings: PoolSettings<C>;
  readonly #options: Required<PoolOptions>;
  readonly #leases = new Map<Connection, Lease>();
  /** The last one returned is lent first, so that those not needed grow old and are closed. */
  readonly #idle: C[] = [];
  readonly #line = new WaitingLine<C>();
  readonly #closing = new Set<Promise<void>>();
  #opening = 0;
  #reaper: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(settings: PoolSettings<C>) {
    this.#settings = settings;
    this.#options = withDefaults(settings.options);
  }

  /** Connections open or being opened. */
  get size(): number {
    return this.#leases.size + this.#opening;
  }

  /** Connections open and free. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Callers in line. */
  get waiting(): number {
    return this.#line.length;
  }

  /** See {@link Pool.acquire}. Throws {@link ConnectionError} once the pool is closed. */
  acquire(signal?: AbortSignal): C | Promise<C> {
    if (this.#closed) throw this.#closedError();
    if (this.#line.length > 0) return this.#wait(signal);
    return this.#takeIdle() ?? (this.size < this.#options.max ? this.#openFirst(signal) : this.#wait(signal));
  }

  /** The connection that `acquire` would give at once, left where it is; null where it would have to wait or open one. */
  peek(): C | null {
    const free = this.#idle.at(-1);
    if (free === undefined || this.#closed || this.#line.length > 0) return null;
    return this.#usable(free, this.#leases.get(free)!) ? free : null;
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    const connection = this.acquire();
    if (connection instanceof Promise) return this.#executeLater(connection, statement, parameters);
    return this.#executeOn(connection, statement, parameters);
  }

  async #executeLater(acquiring: Promise<C>, ...call: Parameters<Pool["execute"]>): Promise<QueryResult> {
    return this.#executeOn(await acquiring, ...call);
  }

  #executeOn(connection: C, ...call: Parameters<Pool["execute"]>): QueryResult | Promise<QueryResult> {
    let answer: QueryResult | Promise<QueryResult>;
    try {
      answer = connection.execute(...call);
    } catch (error) {
      this.release(connection);
      throw error;
    }
    const release = (): void => this.release(connection);
    // Beside what the caller awaits, and before it: the connection is free when the caller goes on.
    if (answer instanceof Promise) void answer.then(release, release);
    else release();
    return answer;
  }

  /** See {@link Pool.release}. A connection that is not lent by this pool (any more) is left alone. */
  release(connection: Connection, { destroy = false }: { destroy?: boolean } = {}): void {
    const lease = this.#leases.get(connection);
    if (lease === undefined || lease.idleSince !== null) return;
    const own = connection as C;
    if (destroy || this.#closed || !this.#usable(own, lease)) this.#discard(own);
    else if (!this.#line.serve(own)) this.#park(own, lease);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reaper !== null) clearTimeout(this.#reaper);
    this.#line.rejectAll(() => this.#closedError());
    for (const connection of this.#idle.splice(0)) this.#discard(connection);
    await Promise.all(this.#closing);
  }

  #takeIdle(): C | undefined {
    for (let free = this.#idle.pop(); free !== undefined; free = this.#idle.pop()) {
      const lease = this.#leases.get(free)!;
      if (this.#usable(free, lease)) {
        lease.idleSince = null;
        return free;
      }
      this.#discard(free);
    }
    return undefined;
  }

  #usable(connection: C, lease: Lease): boolean {
    const { staleTimeout } = this.#options;
    if (staleTimeout > 0 && performance.now() - lease.openedAt > staleTimeout) return false;
    return this.#settings.isHealthy?.(connection) ?? true;
  }

  /** Opens a connection for a caller ahead of whom nobody waits. */
  #openFirst(signal?: AbortSignal): C | Promise<C> {
    const opened = this.#settings.create();
    if (!(opened instanceof Promise)) return this.#lend(opened);
    this.#expect(opened);
    return this.#wait(signal);
  }

  #lend(connection: C): C {
    this.#leases.set(connection, { openedAt: performance.now(), idleSince: null });
    return connection;
  }

  /** What is opened goes to whoever is first in line by then, and so does the error of what could not be. */
  #expect(opened: Promise<C>): void {
    this.#opening++;
    opened.then(
      (connection) => {
        this.#opening--;
        this.release(this.#lend(connection));
      },
      (error: unknown) => {
        this.#opening--;
        this.#line.reject(error);
        this.#openForLine();
      },
    );
  }

  /** A place became free: those in line whom no connection being opened will serve get one opened. */
  #openForLine(): void {
    while (!this.#closed && this.#line.length > this.#opening && this.size < this.#options.max) {
      this.#expect(new Promise((resolve) => resolve(this.#settings.create())));
    }
  }

  #wait(signal?: AbortSignal): Promise<C> {
    const place = this.#line.join(this.#options.acquireTimeout, () => this.#timeoutError(), signal);
    this.#openForLine();
    return place;
  }

  #park(connection: C, lease: Lease): void {
    lease.idleSince = performance.now();
    this.#idle.push(connection);
    if (this.#options.idleTimeout > 0 && this.#reaper === null) this.#scheduleReaper();
  }

  #scheduleReaper(): void {
    this.#reaper = setTimeout(() => this.#reap(), this.#options.idleTimeout);
    this.#reaper.unref();
  }

  #reap(): void {
    const before = performance.now() - this.#options.idleTimeout;
    while (this.#idle.length > 0 && this.size > this.#options.min) {
      const oldest = this.#idle[0]!;
      if (this.#leases.get(oldest)!.idleSince! > before) break;
      this.#idle.shift();
      this.#discard(oldest);
    }
    this.#reaper = null;
    if (this.#idle.length > 0) this.#scheduleReaper();
  }

  #discard(connection: C): void {
    this.#leases.delete(connection);
    const closing = Promise.resolve(this.#closeOne(connection));
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
    this.#openForLine();
  }

  async #closeOne(connection: C): Promise<void> {
    try {
      await this.#settings.destroy(connection);
    } catch {
      // It was to be thrown away: that it is broken too is no news to anybody.
    }
  }

  #closedError(): ConnectionError {
    return new ConnectionError(`The pool of ${this.#settings.label} is closed.`, {
      hint: "Close a database when nothing uses it any more, or connect again.",
    });
  }

  #timeoutError(): PoolTimeoutError {
    const { acquireTimeout, max } = this.#options;
    return new PoolTimeoutError(
      `No connection to ${this.#settings.label} became free within ${acquireTimeout} ms: ` +
        `${this.size} of at most ${max} are open, ${this.idle} idle, ${this.waiting} more waiting.`,
      {
        hint:
          "Shorten transactions, finish streams that were left half read, have what belongs to a transaction begun by " +
          "hand in its run(…), or raise pool.max.",
      },
    );
  }
}

function withDefaults(options: PoolOptions = {}): Required<PoolOptions> {
  return {
    max: Math.max(1, options.max ?? DEFAULTS.max),
    min: options.min ?? DEFAULTS.min,
    acquireTimeout: options.acquireTimeout ?? DEFAULTS.acquireTimeout,
    idleTimeout: options.idleTimeout ?? DEFAULTS.idleTimeout,
    staleTimeout: options.staleTimeout ?? DEFAULTS.staleTimeout,
  };
}
