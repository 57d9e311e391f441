import type { PoolStats } from "./pool-events.js";

/** SQL ready to be sent, with what the driver must know beside its text. One object per plan: drivers may key on it. */
export interface Statement {
  readonly sql: string;
  /** True when rows come back: SELECT, or a write with RETURNING. */
  readonly returnsRows: boolean;
  /** True when a column may hold integers beyond 2^53, which SQLite then reads as bigint. */
  readonly wideIntegers: boolean;
  /** True when the caller needs column names (`QueryResult.columns`): raw SQL and Kysely, not our own plans. */
  readonly named: boolean;
  /** True for a text that may never come again, since a comment is in it: nothing is to be kept prepared for it. */
  readonly once?: boolean;
  /** What a server is answered with that asks for the file which the statement names (MySQL's LOAD DATA). */
  readonly data?: readonly Uint8Array[];
}

export type Row = readonly unknown[];

export interface QueryResult {
  /** One array a row, values by position, as the driver gives them before decoding. Empty where none are returned. */
  readonly rows: readonly Row[];
  /** Rows inserted, deleted, or matched by an update; 0 for a query. */
  readonly affected: number;
  /** The generated key of a single-row insert where the engine tells it so (MySQL, SQLite), else null. */
  readonly insertId: number | bigint | null;
  /** Column names by position, when the statement asked for them. */
  readonly columns?: readonly string[];
  /** Of a statement that came with data: how many times the server did otherwise than it was told. */
  readonly warnings?: number;
  /** The server that answered, where there are several. */
  readonly node?: QueryNode;
}

/** One of the servers of a database with replicas. */
export interface QueryNode {
  readonly role: "primary" | "replica";
  /** "db2.example:5432" */
  readonly address: string;
}

/** What `Connection.executeMany` gives: one entry a run, in order. */
export interface ManyResult {
  /** The one row that each run gave back; empty for statements that give none. */
  readonly rows: readonly Row[];
  /** The generated keys, where no rows come back. */
  readonly insertIds: readonly (number | bigint)[];
  /** Rows that all runs together have inserted, or matched. */
  readonly affected: number;
}

export type IsolationLevel = "read uncommitted" | "read committed" | "repeatable read" | "serializable";

/** When SQLite locks the file: at the first write, at once against other writers, or against readers, too. */
export type LockMode = "deferred" | "immediate" | "exclusive";

export interface TransactionSettings {
  readonly isolation?: IsolationLevel;
  readonly readOnly?: boolean;
  readonly lockMode?: LockMode;
  /** Settings of the session that end with the transaction; where `Features.localSettings` says so. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * One open session with an engine. It runs one statement at a time: calls made while another is under way wait their
 * turn (so `Promise.all` inside a transaction is safe). Errors are the driver's own; `Engine.translateError` maps them.
 */
export interface Connection {
  /** The server that answers, where there are several and it need not be the primary. */
  readonly node?: QueryNode;
  /** True where `stream` reads all rows before it gives the first. */
  readonly buffersStreams?: boolean;
  /** Runs a statement. May answer at once, without a promise, where the driver is synchronous. */
  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult>;
  /**
   * Runs a statement and answers it, or throws, before anything else of this process goes on; null where another one is under
   * way. Where a lock is waited for, the whole process waits. Absent where the driver is not synchronous.
   */
  executeNow?(statement: Statement, parameters: readonly unknown[]): QueryResult | null;
  /**
   * Runs a write of one row so many times, all or none: `parameters` holds those of each run one after another. There
   * where `Features.executeMany` says so.
   */
  executeMany?(statement: Statement, parameters: readonly unknown[], times: number): ManyResult | Promise<ManyResult>;
  /**
   * Streams rows in chunks through a server-side cursor; leaving the loop early closes it. Where the statement is
   * `named`, `onColumns` is told the column names before the first chunk comes, or before the end of an empty stream.
   */
  stream(
    statement: Statement,
    parameters: readonly unknown[],
    chunkSize: number,
    onColumns?: (names: readonly string[]) => void,
  ): AsyncIterable<readonly Row[]>;
  begin(settings: TransactionSettings): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Runs `savepoint`, `release` or `rollback to` for a name we generated (`[a-z0-9_]+`). */
  savepoint(action: "create" | "release" | "rollback", name: string): Promise<void>;
  /**
   * Learns what `cancel` has to know, before a statement that may have to be stopped; null once that is known. Absent where
   * there is nothing to learn.
   */
  prepareCancel?(): Promise<void> | null;
  /**
   * Has the statement under way stopped, which then fails; settles when the server has been told. Absent where nothing is
   * ever under way.
   */
  cancel?(): Promise<void>;
  /** Ends the session at once, without a word to the server: what is under way fails. */
  abandon?(): void;
  /** Asks the server for a sign of life; absent where there is nothing to lose on the way. */
  ping?(): Promise<unknown>;
  /** What was asked last, for messages. */
  readonly lastSql?: string | null;
}

/**
 * What a connection is for, where it is for less than anything: one statement; a "look" at what the server is; or "reading":
 * by a stream, in a read-only transaction ("block"), or in one that may be on a replica. SQLite has connections for reading
 * which neither wait for a writer nor keep one waiting.
 */
export type ConnectionUse = "look" | "reading" | "block" | "replica" | Statement;

/** Where connections come from. `release` returns one for others to use, or destroys it when it can't be trusted. */
export interface Pool {
  /** Runs one statement, outside of any transaction, on whichever connection is free. Its errors are the driver's own. */
  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult>;
  /** The same as a connection's, on one that is free; null where none is. */
  executeNow?(statement: Statement, parameters: readonly unknown[]): QueryResult | null;
  /**
   * A free connection, at once where one is free, else when one becomes free; throws `PoolTimeoutError` in the end. When
   * the signal aborts, its place in line is given up, and the promise never settles.
   */
  acquire(signal?: AbortSignal, use?: ConnectionUse): Connection | Promise<Connection>;
  release(connection: Connection, options?: { destroy?: boolean }): void;
  /** Waits for nobody: closes idle connections now and the others as they come back. */
  close(): Promise<void>;
  /** Opens as many connections as are to be kept open. */
  warm?(): Promise<void>;
  readonly stats: PoolStats;
  /** Closes the connections that nobody has, and tells how many. */
  closeIdle(): number;
  /** Closes connections that somebody has had for longer than `age` ms, whose work fails, and tells how many. */
  closeStale(age?: number): number;
  /** Closes all connections; what is under way on them fails. New ones are opened when they are asked for. */
  closeAll(): number;
  /** Where the primary is, which may be another server by now than was named, where there are several. */
  readonly primaryConfig?: object;
  /** The servers, the primary first, where there are several. */
  readonly nodes?: readonly NodeState[];
  /**
   * Told, where there are several servers, of an error that somebody met. True where it is of a server rather than of what
   * was asked, and nothing of it was kept: the whole may be tried again.
   */
  hears?(error: unknown): boolean;
  /** Which of several servers an error is of: the primary, unless it is known to be another's. */
  nodeOf?(error: unknown): QueryNode | null;
}

/** How one of the servers of a database with replicas is. */
export interface NodeState extends QueryNode {
  /** False while it is not asked, since it could not answer. */
  readonly isHealthy: boolean;
}
