import type { Statement } from "../ports/index.js";
import type { SqliteDatabase, SqliteStatement } from "./face.js";

/** A prepared statement with what we ask of it every time. */
export interface Prepared {
  readonly statement: SqliteStatement;
  /** Rows come back. */
  readonly reader: boolean;
  /** It changes nothing, so its rows are not rows affected. */
  readonly readonly: boolean;
  readonly insert: boolean;
}

/** Statements kept prepared, the least recently used dropped first. */
export class StatementCache {
  readonly #database: SqliteDatabase;
  readonly #limit: number;
  readonly #narrow = new Map<string, Prepared>();
  readonly #wide = new Map<string, Prepared>();

  constructor(database: SqliteDatabase, limit: number) {
    this.#database = database;
    this.#limit = limit;
  }

  get({ sql, wideIntegers, once }: Statement): Prepared {
    if (once === true) return prepare(this.#database, sql, wideIntegers);
    const known = wideIntegers ? this.#wide : this.#narrow;
    const found = known.get(sql);
    if (found === undefined) return this.#add(known, sql, wideIntegers);
    // Order matters only when the next one drops the oldest.
    if (known.size >= this.#limit) {
      known.delete(sql);
      known.set(sql, found);
    }
    return found;
  }

  #add(known: Map<string, Prepared>, sql: string, wideIntegers: boolean): Prepared {
    const prepared = prepare(this.#database, sql, wideIntegers);
    if (this.#limit === 0) return prepared;
    known.set(sql, prepared);
    if (known.size > this.#limit) known.delete(known.keys().next().value!);
    return prepared;
  }
}

/** Prepares a statement that answers with arrays, and with bigints for integers where they may be wide. */
export function prepare(database: SqliteDatabase, sql: string, wideIntegers: boolean): Prepared {
  const statement = database.prepare(sql);
  if (statement.reader) statement.raw(true);
  if (wideIntegers) statement.safeIntegers(true);
  return {
    statement,
    reader: statement.reader,
    readonly: statement.readonly,
    insert: /^\s*(?:insert|replace)\b/i.test(sql),
  };
}
