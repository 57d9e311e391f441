import type { PoolTimeoutError } from "../errors/index.js";
import { ConnectionError } from "../errors/index.js";
import { callersLine } from "../util/own-frames.js";
import { PoolLog } from "./pool-log.js";
import type {
  Connection,
  Pool,
  PoolEvent,
  PoolOptions,
  PoolStats,
  QueryResult,
  RemovalReason,
  Statement,
} from "./ports/index.js";
import { type Lease, poolTimeout } from "./pool-timeout.js";
import { type Waited, WaitingLine } from "./waiting-line.js";

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
  /** Hears of everything. */
  readonly onPool?: (event: PoolEvent) => unknown;
}

/** How long a connection has for a sign of life. */
const PING_TIME = 2000;
/** For how long one is lent until `closeStale()` takes it for forgotten. */
const FORGOTTEN = 600_000;

const DEFAULTS: Required<PoolOptions> = {
  max: 10,
  min: 0,
  acquireTimeout: 30_000,
  idleTimeout: 30_000,
  staleTimeout: 0,
  pingAfter: 0,
  traceHolders: false,
};

/**
 * Connections kept open and lent to one user at a time.
 *
 * At most `max` are open, counting those being opened. Whoever finds none free waits in line, first come first served,
 * for at most `acquireTimeout` ms. A connection unused for `idleTimeout` ms is closed, down to `min`; one older than
 * `staleTimeout` ms is not lent again; one unused for `pingAfter` ms is asked whether it lives before it is lent. 0
 * switches a time limit off.
 */
export class ConnectionPool<C extends Connection> implements Pool {
  readonly #settings: PoolSettings<C>;
  readonly #options: Required<PoolOptions>;
  readonly #leases = new Map<Connection, Lease>();
  /** The last one returned is lent first, so that those not needed grow old and are closed. */
  readonly #idle: C[] = [];
  readonly #line = new WaitingLine<C>();
  readonly #closing = new Set<Promise<void>>();
  readonly #log: PoolLog;
  #opening = 0;
  #opened = 0;
  #reaper: NodeJS.Timeout | null = null;
  #isWarm = false;
  #closed = false;

  constructor(settings: PoolSettings<C>) {
    this.#settings = settings;
    this.#options = withDefaults(settings.options);
    this.#log = new PoolLog(this, settings.onPool);
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

  get stats(): PoolStats {
    return this.#log.stats;
  }

  /** See {@link Pool.acquire}. Throws {@link ConnectionError} once the pool is closed. */
  acquire(signal?: AbortSignal): C | Promise<C> {
    return this.#acquireFor(signal, this.#options.traceHolders ? callersLine() : null);
  }

  #acquireFor(signal: AbortSignal | undefined, holder: string | null): C | Promise<C> {
    if (this.#closed) throw this.#closedError();
    if (this.#line.length > 0) return this.#wait(signal, holder);
    const free = this.#takeIdle(signal, holder);
    if (free !== undefined) return free;
    return this.size < this.#options.max ? this.#openFirst(signal, holder) : this.#wait(signal, holder);
  }

  /** The connection that `acquire` would give at once, left where it is; null where it would have to wait or open one. */
  peek(): C | null {
    const free = this.#idle.at(-1);
    if (free === undefined || this.#closed || this.#line.length > 0) return null;
    return this.#unusable(free, this.#leases.get(free)!) === null ? free : null;
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
    this.#log.released(lease.number, lease.lentAt);
    const own = connection as C;
    const reason = destroy ? "untrusted" : this.#closed ? "closed" : this.#unusable(own, lease);
    if (reason !== null) this.#discard(own, reason);
    else this.#serveOrPark(own, lease);
  }

  /** Opens `min` connections, and from then on sees to it that as many are open. */
  async warm(): Promise<void> {
    this.#isWarm = true;
    await Promise.all(this.#openMissing());
  }

  closeIdle(): number {
    const closed = this.#idle.splice(0);
    for (const connection of closed) this.#discard(connection, "idle");
    return closed.length;
  }

  closeStale(age = FORGOTTEN): number {
    const before = performance.now() - age;
    return this.#takeBack("stale", ({ lentAt }) => lentAt <= before);
  }

  closeAll(): number {
    return this.closeIdle() + this.#takeBack("closed", () => true);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reaper !== null) clearTimeout(this.#reaper);
    this.#line.rejectAll(() => this.#closedError());
    for (const connection of this.#idle.splice(0)) this.#discard(connection, "closed");
    await Promise.all(this.#closing);
  }

  /** Closes connections under those who have them: what they are doing fails, and what they give back is nobody's. */
  #takeBack(reason: RemovalReason, which: (lease: Lease) => boolean): number {
    const lent = [...this.#leases].filter(([, lease]) => lease.idleSince === null && which(lease));
    for (const [connection] of lent) {
      connection.abandon?.();
      this.#discard(connection as C, reason);
    }
    return lent.length;
  }

  #takeIdle(signal: AbortSignal | undefined, holder: string | null): C | Promise<C> | undefined {
    for (let free = this.#idle.pop(); free !== undefined; free = this.#idle.pop()) {
      const lease = this.#leases.get(free)!;
      const reason = this.#unusable(free, lease);
      if (reason === null) {
        const { pingAfter } = this.#options;
        const isTrusted = pingAfter === 0 || performance.now() - lease.idleSince! < pingAfter;
        if (isTrusted || free.ping === undefined) return this.#handOut(free, lease, 0, holder);
        return this.#pinged(free, lease, signal, holder);
      }
      this.#discard(free, reason);
    }
    return undefined;
  }

  /** A connection that was asked for a sign of life, or where none came another one. */
  async #pinged(connection: C, lease: Lease, signal: AbortSignal | undefined, holder: string | null): Promise<C> {
    // It is not idle any more, and nobody else may get it.
    lease.idleSince = null;
    const since = (lease.lentAt = performance.now());
    const alive = await isAlive(connection);
    const isLeft = signal?.aborted === true;
    if (this.#leases.has(connection)) {
      if (!alive || this.#closed) this.#discard(connection, alive ? "closed" : "dead");
      else if (isLeft) this.#serveOrPark(connection, lease);
      else return this.#handOut(connection, lease, performance.now() - since, holder);
    }
    return isLeft ? new Promise<never>(() => undefined) : this.#acquireFor(signal, holder);
  }

  #handOut(connection: C, lease: Lease, waitMs: number, holder: string | null): C {
    lease.idleSince = null;
    lease.lentAt = performance.now();
    lease.holder = holder;
    this.#log.acquired(lease.number, waitMs);
    return connection;
  }

  /** Why a connection is not to be used any more; null for one that is. */
  #unusable(connection: C, lease: Lease): RemovalReason | null {
    const { staleTimeout } = this.#options;
    if (staleTimeout > 0 && performance.now() - lease.openedAt > staleTimeout) return "stale";
    return (this.#settings.isHealthy?.(connection) ?? true) ? null : "broken";
  }

  /** Opens a connection for a caller ahead of whom nobody waits. */
  #openFirst(signal: AbortSignal | undefined, holder: string | null): C | Promise<C> {
    const start = performance.now();
    const opened = this.#settings.create();
    if (!(opened instanceof Promise)) return this.#handOut(opened, this.#lend(opened, start), 0, holder);
    this.#expect(opened, start);
    return this.#wait(signal, holder);
  }

  #lend(connection: C, start: number): Lease {
    const now = performance.now();
    const lease: Lease = { number: (this.#opened += 1), openedAt: now, idleSince: null, lentAt: now, holder: null };
    this.#leases.set(connection, lease);
    this.#log.created(lease.number, now - start);
    return lease;
  }

  /** What is opened goes to whoever is first in line by then, and so does the error of what could not be. */
  #expect(opened: Promise<C>, start: number): void {
    this.#opening++;
    opened.then(
      (connection) => {
        this.#opening--;
        const lease = this.#lend(connection, start);
        const reason = this.#closed ? "closed" : this.#unusable(connection, lease);
        if (reason !== null) this.#discard(connection, reason);
        else this.#serveOrPark(connection, lease);
      },
      (error: unknown) => {
        this.#opening--;
        this.#line.reject(error);
        this.#openForLine();
      },
    );
  }

  #open(): Promise<C> {
    const opened = new Promise<C>((resolve) => resolve(this.#settings.create()));
    this.#expect(opened, performance.now());
    return opened;
  }

  /** A place became free: those in line whom no connection being opened will serve get one opened. */
  #openForLine(): void {
    while (!this.#closed && this.#line.length > this.#opening && this.size < this.#options.max) void this.#open();
  }

  #openMissing(): Promise<C>[] {
    const missing = this.#isWarm && !this.#closed ? this.#options.min - this.size : 0;
    return Array.from({ length: Math.max(0, missing) }, () => this.#open());
  }

  #wait(signal: AbortSignal | undefined, holder: string | null): Promise<C> {
    const { acquireTimeout } = this.#options;
    const place = this.#line.join(acquireTimeout, (waited) => this.#timeoutError(waited), signal, holder);
    this.#openForLine();
    return place;
  }

  #serveOrPark(connection: C, lease: Lease): void {
    const served = this.#line.serve(connection);
    if (served === null) this.#park(connection, lease);
    else this.#handOut(connection, lease, performance.now() - served.since, served.note);
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
      this.#discard(oldest, "idle");
    }
    this.#reaper = null;
    if (this.#idle.length > 0) this.#scheduleReaper();
  }

  #discard(connection: C, reason: RemovalReason): void {
    const { number } = this.#leases.get(connection)!;
    this.#leases.delete(connection);
    this.#log.removed(number, reason);
    const closing = Promise.resolve(this.#closeOne(connection));
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
    this.#openForLine();
    // Nobody waits for them: where the server is not there, those who come will hear of it.
    for (const opened of this.#openMissing()) opened.catch(() => undefined);
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

  #timeoutError({ since }: Waited): PoolTimeoutError {
    this.#log.timedOut(performance.now() - since);
    return poolTimeout(this.#settings.label, this.#options, this, this.#leases);
  }
}

async function isAlive(connection: Connection): Promise<boolean> {
  let timer: NodeJS.Timeout | null = null;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      connection.abandon?.();
      reject(new Error("The server said nothing."));
    }, PING_TIME);
  });
  try {
    await Promise.race([connection.ping?.(), silence]);
    return true;
  } catch {
    return false;
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
}

function withDefaults(options: PoolOptions = {}): Required<PoolOptions> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const all = { ...DEFAULTS, ...(Object.fromEntries(given) as PoolOptions) };
  return { ...all, max: Math.max(1, all.max) };
}
