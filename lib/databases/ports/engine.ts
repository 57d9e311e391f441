import type { QueryCompiler } from "kysely";
import type { Connection, Pool } from "./connection.js";
import type { PoolEvent } from "./pool-events.js";
import type { Explain } from "./explain.js";
import type { Features } from "./features.js";
import type { Functions } from "./functions.js";
import type { Operations } from "./operations.js";
import type { SchemaOperations } from "./schema.js";
import type { EngineTypes } from "./types.js";

/** Where to connect: what a URL says, or what the user wrote out. */
export interface ConnectionConfig {
  /** Engine by URL scheme: "sqlite", "postgres", "mysql", "mariadb". */
  readonly scheme: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** Database name, or the file's path (":memory:" too) on SQLite. */
  readonly database?: string;
  /** The URL's query parameters and whatever else the driver is to be given as it is. */
  readonly driverOptions?: Readonly<Record<string, unknown>>;
}

/** Times are milliseconds; 0 means no limit. */
export interface PoolOptions {
  /** Connections open at once, at most; 10 unless given. */
  readonly max?: number;
  /** Connections kept open, from `connect()` on. */
  readonly min?: number;
  /** For how long to wait for a free connection; 30,000 unless given. */
  readonly acquireTimeout?: number;
  /** After so long unused a connection is closed; 30,000 unless given. */
  readonly idleTimeout?: number;
  /** A connection older than this is not lent again. */
  readonly staleTimeout?: number;
  /** After so long unused a connection is asked for a sign of life before it is lent; a dead one is replaced. */
  readonly pingAfter?: number;
  /** Notes for each connection which line of the program has it, for the message of a `PoolTimeoutError`. */
  readonly traceHolders?: boolean;
}

export interface EngineOptions {
  readonly pool?: PoolOptions;
  readonly onPool?: (event: PoolEvent) => unknown;
  /** Milliseconds a statement may run on the server. */
  readonly statementTimeout?: number;
  /** Milliseconds to wait for a connection to be made. */
  readonly connectTimeout?: number;
  /**
   * Statements kept prepared on each connection; false or 0 for none. 256 unless given, on PostgreSQL 100, where they are
   * named statements on the server. Behind a pooler that gives every transaction another session of the server they
   * are given up by themselves when the server has lost two; saying false spares those errors.
   */
  readonly preparedStatements?: boolean | number;
  /**
   * PostgreSQL only: statements outside of transactions and streams share two connections beside the pool's, on which they
   * are sent ahead of the answers to those before them. That halves the work of many queries at once; but an answer
   * waits for those before it, so keep slow statements in `db.atomic(…)`, which has a connection of its own.
   */
  readonly pipeline?: boolean;
  /**
   * MySQL and MariaDB only: sessions may be asked for data by the server, which is what `loadData(…)` of
   * "dunder-orm/mysql" needs. No file is ever read for it.
   */
  readonly localInfile?: boolean;
  /** What the engine is reached through, where there is a choice: its own folder knows which. */
  readonly driver?: unknown;
  /** The key of an encrypted file. */
  readonly key?: string;
}

/** What the engine's error is about, as far as we know it. */
export interface ErrorContext {
  readonly sql?: string;
}

/** One kind of database: everything the rest of the library knows of it stands behind this port. */
export interface Engine {
  /** For messages: "SQLite", "PostgreSQL", "MySQL", "MariaDB". */
  readonly label: string;
  /** For custom fields and for people: "sqlite", "postgres", "mysql". */
  readonly name: "sqlite" | "postgres" | "mysql";
  readonly features: Features;
  readonly operations: Operations;
  readonly functions: Functions;
  readonly types: EngineTypes;
  readonly schema: SchemaOperations;
  readonly explain: Explain;
  createCompiler(): QueryCompiler;
  /**
   * Makes a pool; the driver is imported at the first connection, and a missing one is a `ConfigurationError`. `owner` is
   * the database that it is for, by which an extension may have said more of its connections.
   */
  createPool(config: ConnectionConfig, options: EngineOptions, owner?: object): Pool;
  /** Looks at the server once and answers with the engine that fits its flavour and version (MySQL or MariaDB). */
  identify(connection: Connection): Promise<Engine> | Engine;
  /** Maps a driver's error to ours; an error that is ours already, or not a driver's, comes back as it is. */
  translateError(error: unknown, context: ErrorContext): unknown;
  /** Throws `ConfigurationError` for an option `driver` that is none; absent where there is no choice. */
  checkDriver?(driver: unknown): void;
  /** Throws `NotSupportedError` where the server lacks what it takes to use a time zone; absent where none can. */
  checkTimeZone?(connection: Connection, timeZone: string): Promise<void>;
}
