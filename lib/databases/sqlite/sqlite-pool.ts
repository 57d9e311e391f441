import { ConnectionPool } from "../pool.js";
import { statsOf } from "../pool-log.js";
import type {
  Connection,
  ConnectionUse,
  EngineOptions,
  Pool,
  PoolOptions,
  PoolStats,
  QueryResult,
  Statement,
} from "../ports/index.js";
import { SqliteConnection, SqliteReader } from "./connection.js";
import { loadSqlite } from "./driver.js";
import type { SqliteDriver } from "./face.js";
import { openDatabase } from "./open.js";
import { isMemory, type SqliteSettings } from "./settings.js";
import { SqliteSetup } from "./setup.js";

/** Queries: what else answers with rows may change some, or the connection. */
const QUERY = /^[\s(]*(?:\/\*.*?\*\/\s*)*(?:select|with|values)\b/is;

/**
 * One connection for everything, since SQLite has one writer at a time and answers at once; and, where the file allows
 * it (WAL), read-only connections: for streams and read-only transactions, which see the database as it was when they
 * began, and for queries that would have to wait for somebody else's transaction.
 */
export class SqlitePool implements Pool {
  readonly #settings: SqliteSettings;
  readonly #setup: SqliteSetup;
  readonly #main: ConnectionPool<SqliteConnection>;
  readonly #readers: ConnectionPool<SqliteReader>;
  /** Answers at once, as the main connection does, so that it need not be lent. */
  #beside: SqliteReader | null = null;
  #driver: SqliteDriver | null = null;
  #readersAllowed = false;

  constructor(
    settings: SqliteSettings,
    { pool: options = {}, onPool }: Pick<EngineOptions, "pool" | "onPool"> = {},
    setup = new SqliteSetup(),
  ) {
    this.#settings = settings;
    this.#setup = setup;
    const label = `SQLite database ${JSON.stringify(settings.path)}`;
    const destroy = (connection: SqliteConnection): void => connection.close();
    const isHealthy = (connection: SqliteConnection): boolean => connection.open;
    this.#main = new ConnectionPool<SqliteConnection>({
      label,
      destroy: (connection) => {
        destroy(connection);
        this.#closeBeside();
      },
      isHealthy,
      create: () => this.#withDriver((driver) => this.#openMain(driver)),
      options: this.#mainOptions(options),
      onPool,
    });
    this.#readers = new ConnectionPool<SqliteReader>({
      label: `${label} (streams)`,
      destroy,
      isHealthy,
      create: () => this.#withDriver((driver) => this.#openReader(driver)),
      options,
      onPool,
    });
  }

  get stats(): PoolStats {
    return statsOf([this.#main, this.#readers]);
  }

  closeIdle(): number {
    return this.#readers.closeIdle() + (this.#isForGood ? 0 : this.#main.closeIdle());
  }

  closeStale(age?: number): number {
    return this.#readers.closeStale(age) + (this.#isForGood ? 0 : this.#main.closeStale(age));
  }

  closeAll(): number {
    return this.#readers.closeAll() + (this.#isForGood ? 0 : this.#main.closeAll());
  }

  /** A database in memory ends with its connection. */
  get #isForGood(): boolean {
    return isMemory(this.#settings.path);
  }

  /**
   * Statements run at once, so that the connection is free again before anybody could ask for it: while it is not lent,
   * it need not be lent for one of them.
   */
  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    const free = this.#main.peek();
    if (free === null) return (this.#besideFor(statement) ?? this.#main).execute(statement, parameters);
    const answer = free.execute(statement, parameters);
    // SQL of the user's own may have begun a transaction, in which the next to come would find himself.
    if (statement.named && free.inTransaction) free.reset();
    return answer instanceof Promise ? this.#lendUntil(answer) : answer;
  }

  executeNow(statement: Statement, parameters: readonly unknown[]): QueryResult | null {
    const free = this.#main.peek();
    if (free === null) return this.#besideFor(statement)?.executeNow(statement, parameters) ?? null;
    const answer = free.executeNow(statement, parameters);
    if (statement.named && free.inTransaction) free.reset();
    return answer;
  }

  /** A statement that waits for a lock keeps its connection, above all from being closed. */
  async #lendUntil(answer: Promise<QueryResult>): Promise<QueryResult> {
    const lent = await this.#main.acquire();
    try {
      return await answer;
    } finally {
      this.release(lent);
    }
  }

  acquire(signal?: AbortSignal, use?: ConnectionUse): Connection | Promise<Connection> {
    if (use === undefined || use === "look") return this.#main.acquire(signal);
    if (typeof use !== "string") {
      return (this.#main.peek() === null ? this.#besideFor(use) : null) ?? this.#main.acquire(signal);
    }
    // The main connection goes first: it makes the file, and sees whether readers can work beside a writer.
    if (this.#driver === null || this.#main.size === 0) return this.#openThenRead(signal);
    return this.#readersAllowed ? this.#readers.acquire(signal) : this.#main.acquire(signal);
  }

  /**
   * The reader for a query that comes while somebody has the main connection; null where that alone can answer, since it
   * knows the temporary table, say.
   */
  #besideFor(statement: Statement): SqliteReader | null {
    if (!this.#readersAllowed || this.#driver === null || this.#main.size === 0) return null;
    if (!QUERY.test(statement.sql)) return null;
    try {
      this.#beside ??= this.#openReader(this.#driver);
    } catch {
      return null;
    }
    return this.#beside.canRead(statement) ? this.#beside : null;
  }

  release(connection: Connection, { destroy = false }: { destroy?: boolean } = {}): void {
    const own = connection as SqliteConnection;
    if (own === this.#beside) return;
    if (own.open) {
      own.reset();
      own.direct((database) => this.#setup.settle(database));
    }
    if (own instanceof SqliteReader) this.#readers.release(own, { destroy });
    // A database in memory is kept whatever happened.
    else this.#main.release(own, { destroy: destroy && !this.#isForGood });
  }

  #closeBeside(): void {
    this.#beside?.close();
    this.#beside = null;
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.close(), this.#main.close()]);
  }

  async #openThenRead(signal?: AbortSignal): Promise<Connection> {
    const main = await this.#main.acquire(signal);
    if (!this.#readersAllowed) return main;
    this.#main.release(main);
    return this.#readers.acquire(signal);
  }

  /** Unless asked to, the main connection is not closed when idle; nor ever, when the database would end with it. */
  #mainOptions({ idleTimeout = 0, staleTimeout = 0, acquireTimeout, traceHolders }: PoolOptions): PoolOptions {
    return this.#isForGood
      ? { max: 1, idleTimeout: 0, staleTimeout: 0, acquireTimeout, traceHolders }
      : { max: 1, idleTimeout, staleTimeout, acquireTimeout, traceHolders };
  }

  #withDriver<C>(open: (driver: SqliteDriver) => C): C | Promise<C> {
    if (this.#driver !== null) return open(this.#driver);
    return loadSqlite(this.#settings).then((driver) => {
      this.#driver = driver;
      return open(driver);
    });
  }

  #openMain(driver: SqliteDriver): SqliteConnection {
    const { database, wal } = openDatabase(driver, this.#settings, this.#settings.readonly, this.#setup);
    this.#readersAllowed = wal && !this.#isForGood;
    return new SqliteConnection(database, this.#settings.connection);
  }

  #openReader(driver: SqliteDriver): SqliteReader {
    const { database } = openDatabase(driver, this.#settings, true, this.#setup);
    return new SqliteReader(database, this.#settings.connection);
  }
}
