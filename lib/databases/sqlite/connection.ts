import { NotSupportedError } from "../../errors/index.js";
import type {
  Connection,
  LockMode,
  ManyResult,
  QueryResult,
  Row,
  Statement,
  TransactionSettings,
} from "../ports/index.js";
import { SerialQueue } from "../serial.js";
import { blockingWhileBusy, isBusy, retryWhileBusy } from "./busy.js";
import type { SqliteDatabase, SqliteLacks } from "./face.js";
import { lackingHere } from "./lacking.js";
import { prepare, StatementCache, type Prepared } from "./statement-cache.js";
import { toBindable } from "./values.js";

export interface SqliteConnectionOptions {
  /** Statements kept prepared. */
  readonly preparedStatements: number;
  /** Milliseconds to wait for a lock that another connection or process holds. */
  readonly busyTimeout: number;
}

const BEGIN: Readonly<Record<LockMode, string>> = {
  deferred: "BEGIN DEFERRED",
  immediate: "BEGIN IMMEDIATE",
  exclusive: "BEGIN EXCLUSIVE",
};

/** Up to here the driver takes values faster one by one than as a list. */
const SPREAD = 100;

/** What makes runs one whole: a transaction, or inside one a savepoint. */
const WHOLE = { begin: "BEGIN IMMEDIATE", commit: "COMMIT", undo: ["ROLLBACK"] };
const PART = {
  begin: "SAVEPOINT dunder_many",
  commit: "RELEASE dunder_many",
  undo: ["ROLLBACK TO dunder_many", "RELEASE dunder_many"],
};

/**
 * A better-sqlite3 database. Statements run at once and are answered without a promise, except while another
 * connection or process holds the lock that is needed.
 */
export class SqliteConnection implements Connection {
  /** Its streams are read at once: see `stream`. */
  readonly buffersStreams: boolean = true;
  protected readonly database: SqliteDatabase;
  readonly #statements: StatementCache;
  readonly #busyTimeout: number;
  readonly #queue = new SerialQueue();
  #writesForbidden = false;
  /** While a statement waits for a lock. */
  #waiting: AbortController | null = null;
  lastSql: string | null = null;

  constructor(database: SqliteDatabase, options: SqliteConnectionOptions) {
    this.database = database;
    this.#busyTimeout = options.busyTimeout;
    this.#statements = new StatementCache(database, options.preparedStatements);
  }

  get open(): boolean {
    return this.database.open;
  }

  /** What the driver has less than others, if anything. */
  get lacks(): SqliteLacks | undefined {
    return this.database.lacks;
  }

  get inTransaction(): boolean {
    return this.database.inTransaction;
  }

  /** True for a query that can be asked here: what it asks about may be another connection's alone. */
  canRead(statement: Statement): boolean {
    try {
      const { reader, readonly } = this.#statements.get(statement);
      return reader && readonly;
    } catch {
      return false;
    }
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    this.lastSql = statement.sql;
    return this.#attempt(() => run(this.#statements.get(statement), statement, parameters));
  }

  executeNow(statement: Statement, parameters: readonly unknown[]): QueryResult | null {
    if (this.#queue.isBusy) return null;
    this.lastSql = statement.sql;
    return blockingWhileBusy(() => run(this.#statements.get(statement), statement, parameters), this.#busyTimeout);
  }

  executeMany(statement: Statement, parameters: readonly unknown[], times: number): ManyResult | Promise<ManyResult> {
    return this.#attempt(() => {
      const { begin, commit, undo } = this.database.inTransaction ? PART : WHOLE;
      this.#runNow(begin);
      try {
        const result = runMany(this.#statements.get(statement), parameters, times);
        this.#runNow(commit);
        return result;
      } catch (error) {
        // Some errors (a full disk, a lost file) have rolled back already.
        if (this.database.inTransaction) for (const sql of undo) this.#runNow(sql);
        throw error;
      }
    });
  }

  /** Reads all rows before the first chunk, because an open cursor would keep this connection from writing. */
  async *stream(
    statement: Statement,
    parameters: readonly unknown[],
    chunkSize: number,
    onColumns?: (names: readonly string[]) => void,
  ): AsyncIterable<readonly Row[]> {
    const { rows, columns } = await this.execute(statement, parameters);
    if (columns !== undefined) onColumns?.(columns);
    for (let start = 0; start < rows.length; start += chunkSize) yield rows.slice(start, start + chunkSize);
  }

  async begin({ isolation, readOnly, lockMode }: TransactionSettings): Promise<void> {
    if (isolation !== undefined && isolation !== "serializable") {
      throw new NotSupportedError(`SQLite has no isolation level "${isolation}".`, {
        hint: 'Its transactions are always "serializable": name that, or none.',
      });
    }
    if (readOnly === true && this.lacks?.readOnlyTransactions === true) {
      throw lackingHere(this.database, "read-only transactions");
    }
    await this.#control(BEGIN[lockMode ?? (readOnly === true ? "deferred" : "immediate")]);
    if (readOnly === true) this.#forbidWrites(true);
  }

  async commit(): Promise<void> {
    await this.#control("COMMIT");
    this.#forbidWrites(false);
  }

  async rollback(): Promise<void> {
    // Some errors (a full disk, a lost file) have rolled back already.
    if (this.database.inTransaction) await this.#control("ROLLBACK");
    this.#forbidWrites(false);
  }

  async savepoint(action: "create" | "release" | "rollback", name: string): Promise<void> {
    const verb = { create: "SAVEPOINT", release: "RELEASE", rollback: "ROLLBACK TO" }[action];
    await this.#control(`${verb} ${name}`);
  }

  /** Something that only the driver itself can do, beside the statements of others. */
  direct<T>(work: (database: SqliteDatabase) => T): T {
    return work(this.database);
  }

  /** Statements run at once: the one thing that can be stopped is waiting for a lock. */
  cancel(): Promise<void> {
    this.#waiting?.abort();
    return Promise.resolve();
  }

  /** Ends a transaction that its user left open. */
  reset(): void {
    if (this.database.inTransaction) this.database.exec("ROLLBACK");
    this.#forbidWrites(false);
  }

  close(): void {
    this.database.close();
  }

  #control(sql: string): unknown {
    return this.#attempt(() => this.#runNow(sql));
  }

  #runNow(sql: string): void {
    this.#statements.get({ sql, returnsRows: false, wideIntegers: false, named: false }).statement.run();
  }

  #forbidWrites(forbidden: boolean): void {
    if (forbidden !== this.#writesForbidden) this.database.pragma(`query_only = ${forbidden ? "ON" : "OFF"}`);
    this.#writesForbidden = forbidden;
  }

  async #retry<T>(work: () => T, error: unknown): Promise<T> {
    const waiting = (this.#waiting = new AbortController());
    try {
      return await retryWhileBusy(work, this.#busyTimeout, error, waiting.signal);
    } finally {
      this.#waiting = null;
    }
  }

  #attempt<T>(work: () => T): T | Promise<T> {
    return this.#queue.run(() => {
      try {
        return work();
      } catch (error) {
        if (this.#busyTimeout === 0 || !isBusy(error)) throw error;
        return this.#retry(work, error);
      }
    });
  }
}

/** A read-only connection for one reader at a time: a stream's cursor stays open while other connections write. */
export class SqliteReader extends SqliteConnection {
  override readonly buffersStreams = false;

  override async *stream(
    statement: Statement,
    parameters: readonly unknown[],
    chunkSize: number,
    onColumns?: (names: readonly string[]) => void,
  ): AsyncIterable<readonly Row[]> {
    // Not from the cache: a statement being iterated must not be run a second time.
    const prepared = prepare(this.database, statement.sql, statement.wideIntegers);
    if (statement.named) onColumns?.(columnNames(prepared));
    const cursor = prepared.statement.iterate(...bindings(statement, parameters));
    try {
      for (let chunk = nextChunk(cursor, chunkSize); chunk.length > 0; chunk = nextChunk(cursor, chunkSize)) {
        yield chunk;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      cursor.return?.();
    }
  }
}

function nextChunk(cursor: Iterator<unknown>, size: number): Row[] {
  const rows: Row[] = [];
  while (rows.length < size) {
    const next = cursor.next();
    if (next.done === true) break;
    rows.push(next.value as Row);
  }
  return rows;
}

function run(prepared: Prepared, statement: Statement, parameters: readonly unknown[]): QueryResult {
  const values = bindings(statement, parameters);
  if (!prepared.reader) return write(prepared, values, statement.named);
  const rows = prepared.statement.all(values) as Row[];
  const affected = prepared.readonly ? 0 : rows.length;
  if (!statement.named) return { rows, affected, insertId: null };
  return { rows, affected, insertId: null, columns: columnNames(prepared) };
}

function write({ statement, insert }: Prepared, values: readonly unknown[], named: boolean): QueryResult {
  const { changes, lastInsertRowid } = values.length > SPREAD ? statement.run(values) : statement.run(...values);
  // After an insert that did nothing the last id is that of an earlier one.
  const insertId = insert && changes > 0 ? lastInsertRowid : null;
  return named ? { rows: [], affected: changes, insertId, columns: [] } : { rows: [], affected: changes, insertId };
}

function runMany({ statement, reader, insert }: Prepared, parameters: readonly unknown[], times: number): ManyResult {
  const width = parameters.length / times;
  const values = new Array<unknown>(width);
  const rows: Row[] = [];
  const insertIds: (number | bigint)[] = [];
  let affected = 0;
  let at = 0;
  for (let run = 0; run < times; run += 1) {
    for (let index = 0; index < width; index += 1) values[index] = parameters[at++];
    if (reader) {
      rows.push(statement.get(...values) as Row);
      continue;
    }
    const { changes, lastInsertRowid } = statement.run(...values);
    affected += changes;
    if (insert) insertIds.push(lastInsertRowid);
  }
  return { rows, insertIds, affected: reader ? times : affected };
}

function bindings({ named }: Statement, parameters: readonly unknown[]): readonly unknown[] {
  return named ? parameters.map(toBindable) : parameters;
}

function columnNames({ statement }: Prepared): string[] {
  return statement.columns().map((column) => column.name);
}
