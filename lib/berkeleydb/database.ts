import type { AggregateOptions, FunctionOptions, SqliteDatabase, SqliteStatement } from "../databases/sqlite/face.js";
import { berkeleyError } from "./errors.js";
import type { Functions } from "./functions.js";
import { LACKS, syntaxNamed } from "./lacks.js";
import type { Loaded, Pointer } from "./library.js";
import { bindValue, columnValue } from "./values.js";

const ROW = 100;
const DONE = 101;
const READ_ONLY = 1;
const READ_WRITE = 2;
const CREATE = 4;

/** A connection by BerkeleyDB's library, with the face of better-sqlite3. */
export class BerkeleyDatabase implements SqliteDatabase {
  readonly lacks = LACKS;
  readonly loaded: Loaded;
  readonly functions: Functions;
  readonly #statements = new Set<BerkeleyStatement>();
  #pointer: Pointer;

  constructor(loaded: Loaded, functions: Functions, path: string, options: { readonly: boolean; create: boolean }) {
    this.loaded = loaded;
    this.functions = functions;
    const flags = options.readonly ? READ_ONLY : READ_WRITE | (options.create ? CREATE : 0);
    const opened: [Pointer] = [null];
    const result = loaded.sqlite.open_v2(path, opened, flags, null);
    this.#pointer = opened[0];
    if (result === 0) return;
    const message = loaded.sqlite.errmsg(this.#pointer);
    this.close();
    throw berkeleyError(result, message, "");
  }

  get open(): boolean {
    return this.#pointer !== null;
  }

  get inTransaction(): boolean {
    return this.open && this.loaded.sqlite.get_autocommit(this.#pointer) === 0;
  }

  /** The library's; throws when it is closed. */
  get pointer(): Pointer {
    if (this.#pointer === null) throw new TypeError("The database connection is not open");
    return this.#pointer;
  }

  prepare(sql: string): BerkeleyStatement {
    const statement = new BerkeleyStatement(this, sql);
    this.#statements.add(statement);
    return statement;
  }

  exec(sql: string): void {
    const statement = this.prepare(sql);
    try {
      statement.run();
    } finally {
      statement.end();
      this.#statements.delete(statement);
    }
  }

  pragma(sql: string, { simple = false }: { readonly simple?: boolean } = {}): unknown {
    const statement = this.prepare(`PRAGMA ${sql}`);
    try {
      statement.raw(simple);
      return simple ? (statement.get() as unknown[] | undefined)?.[0] : statement.all();
    } finally {
      statement.end();
      this.#statements.delete(statement);
    }
  }

  function(name: string, options: FunctionOptions, call: (...values: never[]) => unknown): void {
    this.functions.define(this.pointer, name, options, call);
  }

  aggregate<T>(name: string, options: AggregateOptions<T>): void {
    this.functions.defineAggregate(this.pointer, name, options);
  }

  close(): void {
    if (this.#pointer === null) return;
    for (const statement of this.#statements) statement.end();
    this.#statements.clear();
    this.loaded.sqlite.close(this.#pointer);
    this.#pointer = null;
  }
}

class BerkeleyStatement implements SqliteStatement {
  readonly reader: boolean;
  readonly readonly: boolean;
  readonly #database: BerkeleyDatabase;
  readonly #sql: string;
  #pointer: Pointer = null;
  #names: readonly string[] = [];
  #raw = false;
  #wide = false;

  constructor(database: BerkeleyDatabase, sql: string) {
    this.#database = database;
    this.#sql = sql;
    const { sqlite } = database.loaded;
    const text = Buffer.from(`${sql}\0`, "utf8");
    const prepared: [Pointer] = [null];
    try {
      this.#check(sqlite.prepare_v2(database.pointer, text, text.length, prepared, [null]));
    } catch (error) {
      throw syntaxNamed(error, sql);
    }
    if (prepared[0] === null) throw new RangeError("The supplied SQL string contains no statements");
    this.#pointer = prepared[0];
    this.#names = Array.from({ length: sqlite.column_count(this.#pointer) }, (_, column) =>
      sqlite.column_name(this.#pointer, column),
    );
    this.reader = this.#names.length > 0;
    this.readonly = this.reader && sqlite.stmt_readonly(this.#pointer) !== 0;
  }

  raw(toggle: boolean): void {
    this.#raw = toggle;
  }

  safeIntegers(toggle: boolean): void {
    this.#wide = toggle;
  }

  run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint } {
    const { sqlite } = this.#database.loaded;
    this.all(...values);
    const rowid = sqlite.last_insert_rowid(this.#database.pointer);
    return {
      changes: sqlite.changes(this.#database.pointer),
      lastInsertRowid: this.#wide ? BigInt(rowid) : Number(rowid),
    };
  }

  get(...values: unknown[]): unknown {
    return this.#reading(values, () => this.#next());
  }

  all(...values: unknown[]): unknown[] {
    return this.#reading(values, () => {
      const rows: unknown[] = [];
      for (let row = this.#next(); row !== undefined; row = this.#next()) rows.push(row);
      return rows;
    });
  }

  *iterate(...values: unknown[]): IterableIterator<unknown> {
    this.#bind(values);
    try {
      for (let row = this.#next(); row !== undefined; row = this.#next()) yield row;
    } finally {
      this.#reset();
    }
  }

  columns(): readonly { readonly name: string }[] {
    return this.#names.map((name) => ({ name }));
  }

  end(): void {
    if (this.#pointer === null) return;
    this.#database.loaded.sqlite.finalize(this.#pointer);
    this.#pointer = null;
  }

  #reading<T>(values: unknown[], work: () => T): T {
    try {
      this.#bind(values);
      return work();
    } finally {
      this.#reset();
    }
  }

  #bind(values: unknown[]): void {
    const list = values.length === 1 && Array.isArray(values[0]) ? (values[0] as unknown[]) : values;
    const { sqlite } = this.#database.loaded;
    if (!this.#database.open) throw new TypeError("The database connection is not open");
    const expected = sqlite.bind_parameter_count(this.#pointer);
    if (list.length !== expected) {
      throw new RangeError(`Too ${list.length < expected ? "few" : "many"} parameter values were provided`);
    }
    list.forEach((value, index) => this.#check(bindValue(sqlite, this.#pointer, index + 1, value)));
  }

  #next(): unknown {
    const { loaded } = this.#database;
    const result = loaded.sqlite.step(this.#pointer);
    if (result === DONE) return undefined;
    // What went wrong exactly is told after a reset.
    if (result !== ROW) this.#check(loaded.sqlite.reset(this.#pointer) || result);
    const values = this.#names.map((_, column) => columnValue(loaded, this.#pointer, column, this.#wide));
    return this.#raw ? values : Object.fromEntries(this.#names.map((name, column) => [name, values[column]]));
  }

  #reset(): void {
    if (this.#pointer !== null) this.#database.loaded.sqlite.reset(this.#pointer);
  }

  #check(result: number): void {
    if (result === 0) return;
    const thrown = this.#database.functions.takeThrown();
    if (thrown !== null) throw thrown.error;
    throw berkeleyError(result, this.#database.loaded.sqlite.errmsg(this.#database.pointer), this.#sql);
  }
}
