import type { OperationNode } from "kysely";
import type { Features, Operations, SchemaOperations } from "../ports/index.js";

/** What is asked of a driver's statement, by better-sqlite3's names, so that it is its own adapter. */
export interface SqliteStatement {
  /** Rows come back. */
  readonly reader: boolean;
  /** It changes nothing. */
  readonly readonly: boolean;
  raw(toggle: boolean): unknown;
  safeIntegers(toggle: boolean): unknown;
  run(...values: unknown[]): { readonly changes: number; readonly lastInsertRowid: number | bigint };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  iterate(...values: unknown[]): Iterator<unknown>;
  columns(): readonly { readonly name: string }[];
}

export interface FunctionOptions {
  readonly deterministic?: boolean;
  readonly varargs?: boolean;
  readonly safeIntegers?: boolean;
  readonly directOnly?: boolean;
}

export interface AggregateOptions<T> extends FunctionOptions {
  readonly start?: T | (() => T);
  readonly step: (total: T, ...values: never[]) => T | void;
  readonly inverse?: (total: T, ...values: never[]) => T;
  readonly result?: (total: T) => unknown;
}

export interface VirtualTableOptions {
  readonly rows: (...parameters: never[]) => Iterator<unknown> | Iterable<unknown>;
  readonly columns: readonly string[];
  readonly parameters?: readonly string[];
  readonly safeIntegers?: boolean;
  readonly directOnly?: boolean;
}

export interface BackupProgress {
  readonly totalPages: number;
  readonly remainingPages: number;
}

export interface BackupOptions {
  /** Which database of the connection: "main" unless given. */
  readonly attached?: string;
  /** Pages to be copied at a time, for drivers that ask once. */
  readonly pages?: number;
  /** Told how far it is; gives the pages to be copied next. */
  readonly progress: (progress: BackupProgress) => number;
}

/** What is asked of a driver's connection. What may be absent is asked for by the extensions, who look for it first. */
export interface SqliteDatabase {
  readonly open: boolean;
  readonly inTransaction: boolean;
  /** Nothing can be written by it. */
  readonly readonly?: boolean;
  /** What this connection has not, where it is known to have less than better-sqlite3's. */
  readonly lacks?: SqliteLacks;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  pragma(sql: string, options?: { readonly simple?: boolean }): unknown;
  function(name: string, options: FunctionOptions, call: (...values: never[]) => unknown): unknown;
  aggregate<T>(name: string, options: AggregateOptions<T>): unknown;
  close(): unknown;
  key?(key: Buffer): unknown;
  backup?(file: string, options?: BackupOptions): Promise<BackupProgress>;
  serialize?(options?: { readonly attached?: string }): Uint8Array;
  table?(name: string, options: VirtualTableOptions): unknown;
  loadExtension?(path: string): unknown;
}

/** better-sqlite3's, and what is our adapters' own; `fileMustExist` and `readonly` all of them keep. */
export interface SqliteOpenOptions {
  readonly readonly?: boolean;
  readonly fileMustExist?: boolean;
  readonly [option: string]: unknown;
}

/** What a driver cannot do that others can, so that it is refused by name before any SQL is sent. */
export interface SqliteLacks {
  /** Whose: "libsql". */
  readonly driver: string;
  /** Functions and aggregates written in JavaScript. */
  readonly functions?: boolean;
  /** Transactions that take no writes: it knows no `query_only`, and says nothing of it. */
  readonly readOnlyTransactions?: boolean;
  /** Answers to the questions of `Features` that differ from those of SQLite as it is now. */
  readonly features?: Partial<Features>;
  /** What is written in another way. */
  readonly operations?: Partial<Operations>;
  /** Parts of tables that are written in another way, or refused. */
  readonly schema?: Partial<SchemaOperations>;
  /** What a node of Kysely's needs that is not there; null for one that can be written. */
  readonly missing?: (node: OperationNode) => string | null;
  /** Says in older words what has newer ones. */
  readonly reword?: (text: string) => string;
  /** By what stands in SQL that is no node: what it is called. */
  readonly texts?: readonly (readonly [text: RegExp, feature: string])[];
}

/** How a file is encrypted. */
export interface SqliteKey {
  readonly key: string;
  readonly cipher?: string;
}

/** How SQLite is reached: better-sqlite3, or an adapter that has its face. */
export interface SqliteDriver {
  /** For messages: "node:sqlite". */
  readonly name: string;
  /** `open` takes the options `key` and `cipher`; else the key is given to the file when it is open. */
  readonly takesKey?: boolean;
  /** Opens a file; may throw as better-sqlite3's constructor does. */
  open(path: string, options: SqliteOpenOptions): SqliteDatabase;
}

/** A class as better-sqlite3's. */
export type SqliteConstructor = new (path: string, options?: never) => object;

/** Packages that are known by name. */
export const SQLITE_DRIVERS = ["better-sqlite3", "better-sqlite3-multiple-ciphers", "libsql", "node:sqlite"] as const;
export type SqliteDriverName = (typeof SQLITE_DRIVERS)[number];
