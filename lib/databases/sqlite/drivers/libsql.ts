import type {
  SqliteConstructor,
  SqliteDatabase,
  SqliteDriver,
  SqliteLacks,
  SqliteOpenOptions,
  SqliteStatement,
} from "../face.js";
import { isQuery } from "./is-query.js";
import { lacking, limitNamed } from "../lacking.js";
import { outerOrder } from "./outer-order.js";
import { codeName } from "./result-codes.js";

interface LibsqlStatement extends Omit<SqliteStatement, "readonly" | "iterate"> {
  iterate(values: unknown[]): Iterator<unknown>;
}

interface LibsqlDatabase extends Omit<SqliteDatabase, "prepare"> {
  prepare(sql: string): LibsqlStatement;
}

/** Its SQLite is of January 2024, 3.45. */
const LACKS: SqliteLacks = {
  driver: "libsql",
  functions: true,
  missing: outerOrder,
  texts: [[/%[GV]/, "ISO weeks and their years (week, iso_year)"]],
};

/**
 * libsql, which is better-sqlite3 in most names, but not in all that they do. Functions, aggregates and backups throw "not
 * implemented" there.
 */
export function libsql(Constructor: SqliteConstructor): SqliteDriver {
  return { name: "libsql", takesKey: true, open: (path, options) => new Libsql(Constructor, path, options) };
}

class Libsql implements SqliteDatabase {
  readonly lacks = LACKS;
  readonly readonly: boolean;
  readonly #database: LibsqlDatabase;

  constructor(Constructor: SqliteConstructor, path: string, options: SqliteOpenOptions) {
    const { readonly = false, fileMustExist = false, key, cipher, ...others } = options;
    if (path !== ":memory:" && (readonly || fileMustExist)) checkFile(path);
    const encryption = key === undefined ? {} : { encryptionKey: key, encryptionCipher: cipher ?? "aes256cbc" };
    try {
      this.#database = new Constructor(path, { ...others, ...encryption } as never) as LibsqlDatabase;
    } catch (error) {
      throw Object.assign(error as Error, { code: codeName(14) });
    }
    this.readonly = readonly;
    if (readonly) this.pragma("query_only = ON");
  }

  get open(): boolean {
    return this.#database.open;
  }

  get inTransaction(): boolean {
    return this.open && this.#database.inTransaction;
  }

  prepare(sql: string): SqliteStatement {
    return new PreparedByLibsql(this.#database, sql);
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  pragma(sql: string, { simple = false }: { readonly simple?: boolean } = {}): unknown {
    const statement = this.#database.prepare(`PRAGMA ${sql}`);
    if (!simple) return statement.all([]);
    statement.raw(true);
    return (statement.all([]) as unknown[][])[0]?.[0];
  }

  function(): never {
    throw new TypeError("libsql takes no functions.");
  }

  aggregate(): never {
    throw new TypeError("libsql takes no aggregates.");
  }

  loadExtension(path: string): void {
    this.#database.loadExtension?.(path);
  }

  close(): void {
    this.#database.close();
  }
}

class PreparedByLibsql implements SqliteStatement {
  readonly reader: boolean;
  readonly readonly: boolean;
  readonly #database: LibsqlDatabase;
  readonly #statement: LibsqlStatement;
  readonly #asksJson: boolean;

  constructor(database: LibsqlDatabase, sql: string) {
    const statement = prepared(database, sql);
    this.#asksJson = /\bjson_|->/i.test(sql);
    this.#database = database;
    this.#statement = statement;
    this.reader = statement.reader;
    this.readonly = this.reader && isQuery(sql);
  }

  raw(toggle: boolean): void {
    this.#statement.raw(toggle);
  }

  safeIntegers(toggle: boolean): void {
    this.#statement.safeIntegers(toggle);
  }

  run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint } {
    const { changes, lastInsertRowid } = this.#statement.run(this.#checked(values));
    // It is a double there, whatever was asked for.
    const isExact = Number.isSafeInteger(lastInsertRowid);
    return { changes, lastInsertRowid: isExact ? lastInsertRowid : this.#readRowid() };
  }

  /** Its own `get` runs with the values of the time before, where not all rows of that were read. */
  get(...values: unknown[]): unknown {
    return this.all(...values)[0];
  }

  all(...values: unknown[]): unknown[] {
    return this.#statement.all(this.#checked(values));
  }

  iterate(...values: unknown[]): Iterator<unknown> {
    return this.#statement.iterate(this.#checked(values));
  }

  columns(): readonly { readonly name: string }[] {
    return this.#statement.columns();
  }

  #checked(values: unknown[]): unknown[] {
    const list = checked(values);
    if (this.#asksJson && list.some(isQuotedPath)) throw lacking("libsql", "JSON keys with a quotation mark");
    return list;
  }

  #readRowid(): bigint {
    const statement = this.#database.prepare("select last_insert_rowid()");
    statement.raw(true);
    statement.safeIntegers(true);
    return (statement.all([]) as bigint[][])[0]![0]!;
  }
}

/** Its parser's stack is as deep as that of SQLite was then. */
function prepared(database: LibsqlDatabase, sql: string): LibsqlStatement {
  try {
    return database.prepare(sql);
  } catch (error) {
    throw limitNamed("libsql", error);
  }
}

const QUOTED_PATH = /^\$(?:\."(?:[^"\\]|\\.)*"|\[\d+\])+$/s;

/** Such a key is not found there, in silence. */
function isQuotedPath(value: unknown): boolean {
  return typeof value === "string" && value.includes('\\"') && QUOTED_PATH.test(value);
}

/** A list. What it does not know ends the whole process there; texts it cuts off at NUL when it reads them. */
function checked(values: unknown[]): unknown[] {
  const list = values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
  for (const value of list) {
    if (typeof value === "string" ? value.includes("\0") : !isBindable(value)) throw refusal(value);
  }
  return list;
}

function isBindable(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "bigint" || value instanceof Uint8Array;
}

function refusal(value: unknown): TypeError {
  return typeof value === "string"
    ? new TypeError("SQLite3 can only bind texts without NUL through libsql, which reads them up to there")
    : new TypeError("SQLite3 can only bind numbers, strings, bigints, buffers, and null");
}

function checkFile(path: string): void {
  if (process.getBuiltinModule("node:fs").existsSync(path)) return;
  throw Object.assign(new Error("unable to open database file"), { code: codeName(14) });
}
