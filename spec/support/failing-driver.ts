import type { Database } from "dunder-orm";
import type { Connection, ConnectionUse, Pool, PoolStats, QueryResult } from "../../lib/databases/ports/index.js";

/** Whether only one call fails, or all after it, too. */
export type FailureMode = "once" | "for ever";

interface Failure {
  readonly at: number;
  readonly mode: FailureMode;
  readonly error: () => Error;
}

/**
 * A driver between the library and the real one, that fails at the call it is told to: one that sends a statement, or
 * begins, ends or marks a place in a transaction. What fails is never sent.
 *
 * @example
 * ```ts
 * const driver = await FailingDriver.before(db);
 * const calls = await driver.callsOf(() => Note.objects.create({ text: "x" }));
 * driver.fail(1, "once", () => new Error("no")); // at the next call
 * ```
 */
export class FailingDriver implements Pool {
  readonly #pool: Pool;
  readonly #real = new WeakMap<Connection, Connection>();
  #calls = 0;
  #failures = 0;
  #lent = 0;
  #failure: Failure | null = null;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  static async before(db: Database): Promise<FailingDriver> {
    const driver = new FailingDriver(await db.open());
    Object.defineProperty(db, "pool", { value: driver });
    Object.defineProperty(db, "open", { value: () => Promise.resolve(driver) });
    return driver;
  }

  /** Connections lent and not given back. */
  get lent(): number {
    return this.#lent;
  }

  /** Calls that failed since it was last told to. */
  get failures(): number {
    return this.#failures;
  }

  get stats(): PoolStats {
    return this.#pool.stats;
  }

  closeIdle(): number {
    return this.#pool.closeIdle();
  }

  closeStale(age?: number): number {
    return this.#pool.closeStale(age);
  }

  closeAll(): number {
    return this.#pool.closeAll();
  }

  /** How many calls some work takes. */
  async callsOf(work: () => Promise<unknown>): Promise<number> {
    this.pass();
    const before = this.#calls;
    await work();
    return this.#calls - before;
  }

  /** From now on, the call of this number fails: 1 for the next. */
  fail(call: number, mode: FailureMode, error: () => Error): void {
    this.#failure = { at: this.#calls + call, mode, error };
    this.#failures = 0;
  }

  /** Nothing fails any more. */
  pass(): void {
    this.#failure = null;
  }

  execute(...args: Parameters<Pool["execute"]>): QueryResult | Promise<QueryResult> {
    this.#count();
    return this.#pool.execute(...args);
  }

  acquire(signal?: AbortSignal, use?: ConnectionUse): Connection | Promise<Connection> {
    return this.#lend(this.#pool.acquire(signal, use));
  }

  release(connection: Connection, options?: { destroy?: boolean }): void {
    this.#lent -= 1;
    this.#pool.release(this.#real.get(connection) ?? connection, options);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #count(): void {
    this.#calls += 1;
    const failure = this.#failure;
    if (failure === null || (failure.mode === "once" ? this.#calls !== failure.at : this.#calls < failure.at)) return;
    this.#failures += 1;
    throw failure.error();
  }

  #lend(connection: Connection | Promise<Connection>): Connection | Promise<Connection> {
    if (connection instanceof Promise) return connection.then((acquired) => this.#wrap(acquired));
    return this.#wrap(connection);
  }

  #wrap(real: Connection): Connection {
    this.#lent += 1;
    const count = (): void => this.#count();
    const wrapped: Connection = {
      buffersStreams: real.buffersStreams,
      execute(statement, parameters) {
        count();
        return real.execute(statement, parameters);
      },
      async *stream(...args) {
        count();
        yield* real.stream(...args);
      },
      async begin(settings) {
        count();
        await real.begin(settings);
      },
      async commit() {
        count();
        await real.commit();
      },
      async rollback() {
        count();
        await real.rollback();
      },
      async savepoint(action, name) {
        count();
        await real.savepoint(action, name);
      },
      cancel: () => real.cancel?.() ?? Promise.resolve(),
      abandon: () => real.abandon?.(),
      ...(real.executeMany !== undefined && {
        executeMany(statement, parameters, times) {
          count();
          return (real as Required<Connection>).executeMany(statement, parameters, times);
        },
      }),
    };
    this.#real.set(wrapped, real);
    return wrapped;
  }
}
