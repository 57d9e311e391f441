import type {
  AggregateOptions,
  BackupOptions,
  BackupProgress,
  FunctionOptions,
  SqliteDatabase,
  SqliteDriver,
  SqliteOpenOptions,
  SqliteStatement,
} from "../face.js";
import { isQuery } from "./is-query.js";
import { codeName } from "./result-codes.js";

type Changes = { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };

/** What is used of the builtin module, as of Node.js 22.16. */
interface StatementSync {
  run(...values: unknown[]): Changes;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): Iterator<unknown>;
  columns(): readonly { readonly name: string }[];
  setReturnArrays(enabled: boolean): void;
  setReadBigInts(enabled: boolean): void;
}

interface DatabaseSync {
  readonly isOpen: boolean;
  readonly isTransaction: boolean;
  prepare(sql: string): StatementSync;
  exec(sql: string): void;
  function(name: string, options: object, call: (...values: never[]) => unknown): void;
  aggregate(name: string, options: object): void;
  loadExtension(path: string): void;
  enableLoadExtension(allow: boolean): void;
  close(): void;
}

interface NodeBackupOptions {
  readonly source: string;
  readonly rate: number;
  readonly progress: (progress: BackupProgress) => void;
}

export interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: object) => DatabaseSync;
  backup(source: DatabaseSync, file: string, options: NodeBackupOptions): Promise<number>;
}

/** Node's own SQLite, with the face of better-sqlite3. */
export function nodeSqlite(sqlite: NodeSqlite): SqliteDriver {
  return { name: "node:sqlite", open: (path, options) => new NodeDatabase(sqlite, path, options) };
}

class NodeDatabase implements SqliteDatabase {
  readonly driver = "node:sqlite";
  readonly readonly: boolean;
  readonly #sqlite: NodeSqlite;
  readonly #database: DatabaseSync;

  constructor(sqlite: NodeSqlite, path: string, { readonly = false, fileMustExist = false }: SqliteOpenOptions) {
    this.#sqlite = sqlite;
    this.readonly = readonly;
    if (fileMustExist) checkFile(path);
    this.#database = told(() => new sqlite.DatabaseSync(path, { readOnly: readonly, allowExtension: true }));
    this.#database.enableLoadExtension(false);
  }

  get open(): boolean {
    return this.#database.isOpen;
  }

  get inTransaction(): boolean {
    return this.open && this.#database.isTransaction;
  }

  prepare(sql: string): SqliteStatement {
    return told(() => new NodeStatement(this.#database.prepare(sql), sql));
  }

  exec(sql: string): void {
    told(() => this.#database.exec(sql));
  }

  pragma(sql: string, { simple = false }: { readonly simple?: boolean } = {}): unknown {
    return told(() => {
      const statement = this.#database.prepare(`PRAGMA ${sql}`);
      if (!simple) return statement.all();
      statement.setReturnArrays(true);
      return (statement.get() as unknown[] | undefined)?.[0];
    });
  }

  function(name: string, options: FunctionOptions, call: (...values: never[]) => unknown): void {
    this.#database.function(name, namedByNode(options), call);
  }

  aggregate<T>(name: string, { start, step, inverse, result, ...options }: AggregateOptions<T>): void {
    const kept = (total: T, next: T | void): T => (next === undefined ? total : next);
    this.#database.aggregate(name, {
      ...namedByNode({ ...options, varargs: options.varargs ?? false }),
      start: start ?? null,
      // Node counts a function's parameters to know how many arguments it takes.
      step: withLength(step.length, (total: T, ...values: never[]) => kept(total, step(total, ...values))),
      ...(inverse && { inverse }),
      ...(result && { result }),
    });
  }

  async backup(
    file: string,
    { attached = "main", pages = 100, progress }: Partial<BackupOptions> = {},
  ): Promise<BackupProgress> {
    const told = (now: BackupProgress): void => void progress?.(now);
    const options = { source: attached, rate: pages, progress: told };
    const totalPages = await this.#sqlite.backup(this.#database, file, options).catch((error: unknown) => {
      throw named(error as Error);
    });
    return { totalPages, remainingPages: 0 };
  }

  loadExtension(path: string): void {
    this.#database.enableLoadExtension(true);
    try {
      told(() => this.#database.loadExtension(path));
    } finally {
      this.#database.enableLoadExtension(false);
    }
  }

  close(): void {
    if (this.open) this.#database.close();
  }
}

class NodeStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly readonly: boolean;
  readonly #statement: StatementSync;

  constructor(statement: StatementSync, sql: string) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
    this.readonly = this.reader && isQuery(sql);
  }

  raw(toggle: boolean): void {
    this.#statement.setReturnArrays(toggle);
  }

  safeIntegers(toggle: boolean): void {
    this.#statement.setReadBigInts(toggle);
  }

  run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint } {
    return told(() => {
      const { changes, lastInsertRowid } = this.#statement.run(...spread(values));
      return { changes: Number(changes), lastInsertRowid };
    });
  }

  get(...values: unknown[]): unknown {
    return told(() => this.#statement.get(...spread(values)));
  }

  all(...values: unknown[]): unknown[] {
    return told(() => this.#statement.all(...spread(values)));
  }

  iterate(...values: unknown[]): Iterator<unknown> {
    return told(() => this.#statement.iterate(...spread(values)));
  }

  columns(): readonly { readonly name: string }[] {
    return this.#statement.columns();
  }
}

/** better-sqlite3 takes values one by one or as a list; Node only the former. */
function spread(values: unknown[]): unknown[] {
  return values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
}

function namedByNode({ safeIntegers = false, ...options }: FunctionOptions): object {
  return { ...options, useBigIntArguments: safeIntegers };
}

function withLength<F extends object>(length: number, call: F): F {
  return Object.defineProperty(call, "length", { value: length });
}

function checkFile(path: string): void {
  if (process.getBuiltinModule("node:fs").existsSync(path)) return;
  throw Object.assign(new Error("unable to open database file"), { code: codeName(14) });
}

/** Node tells SQLite's result as a number; better-sqlite3 as a name, and so do we. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw named(error as Error & { code?: unknown; errcode?: unknown });
  }
}

function named(error: Error & { code?: unknown; errcode?: unknown }): Error {
  if (error.code === "ERR_SQLITE_ERROR" && typeof error.errcode === "number") error.code = codeName(error.errcode);
  else if (error.message === "database is not open") error.message = "The database connection is not open";
  else if (error.code === "ERR_INVALID_ARG_TYPE")
    error.message = `SQLite3 can only bind what it knows: ${error.message}`;
  return error;
}
