import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Connection, IsolationLevel, QueryResult, Row, Statement, TransactionSettings } from "../ports/index.js";
import { refuseLockMode } from "../lock-mode.js";
import { SerialQueue } from "../serial.js";
import { bindAll } from "./bind.js";
import type { BindInteger, MysqlError, MysqlField, MysqlSession } from "./driver.js";
import { type SessionOnServer, WHICH_SERVER } from "./kill-query.js";
import { RowStream } from "./row-stream.js";

/** Has the server stop what a session is doing. */
export type Kill = (session: SessionOnServer) => Promise<void>;

/** What a statement that gives no rows is answered with. */
interface Header {
  readonly affectedRows: number;
  readonly insertId: number | string;
  readonly serverStatus?: number;
  readonly warningStatus?: number;
}

/** Milliseconds for a polite goodbye. */
const CLOSING_TIME = 1000;
/** Of a server's status: a transaction is open. */
const IN_TRANSACTION = 1;
const NO_ROWS: readonly Row[] = Object.freeze([]);
const NOT_PREPARABLE = 1295;
/** Server shutdown, packet too large, connection killed, idle for too long. */
const FATAL = new Set([1053, 1153, 1927, 4031]);
const WRITES = /^\s*(insert|replace|delete|update)\b/i;
/** What a session keeps when such a statement is done: settings, variables, its database, locks. */
const ALTERING =
  /^[\s(]*(?:\/\*.*?\*\/\s*)*(?:set\s+(?!transaction\b|global\b|persist|password\b|@@global\b)|use\s|lock\s+tables?\b)|\bget_lock\s*\(/i;
const ISOLATION: Readonly<Record<IsolationLevel, string>> = {
  "read uncommitted": "READ UNCOMMITTED",
  "read committed": "READ COMMITTED",
  "repeatable read": "REPEATABLE READ",
  serializable: "SERIALIZABLE",
};
const SAVEPOINT = { create: "SAVEPOINT", release: "RELEASE SAVEPOINT", rollback: "ROLLBACK TO SAVEPOINT" };

/** One session of a MySQL or MariaDB server. */
export class MysqlConnection implements Connection {
  readonly #session: MysqlSession;
  readonly #bindInteger: BindInteger;
  readonly #kill: Kill;
  readonly #serial = new SerialQueue();
  #stream: RowStream | null = null;
  /** Callers waiting for their turn. */
  #queued = 0;
  #broken = false;
  #inTransaction = false;
  /** The user's own SQL has begun a transaction. */
  #leftOpen = false;
  #altered = false;
  /** Which server this is of those that may share the address; null for one that does not tell, undefined until it was asked. */
  #server: string | null | undefined;
  lastSql: string | null = null;

  constructor(session: MysqlSession, bindInteger: BindInteger, kill: Kill) {
    this.#session = session;
    this.#kill = kill;
    this.#bindInteger = bindInteger;
    // Without a listener, a server that drops an idle connection would end the whole process.
    session.on("error", (error: Error) => {
      this.#broken = true;
      this.#stream?.fail(error);
    });
    session.on("end", () => (this.#broken = true));
  }

  /** False when the session is over, or was left inside a transaction, or as its user set it: nobody else may get it. */
  get isHealthy(): boolean {
    return !this.#broken && !this.#altered && !this.#inTransaction && !this.#leftOpen;
  }

  execute(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    this.lastSql = statement.sql;
    return this.#run(() => this.#answer(statement, parameters));
  }

  /**
   * The server sends all rows in one go, and the network holds them back. A statement sent meanwhile (`await row.save()`
   * in the loop) makes the rest be read into memory first. Leaving the loop early lets the rest pass by inside a
   * transaction; outside one the session is given up, which is quicker than reading what nobody wants.
   */
  async *stream(
    statement: Statement,
    parameters: readonly unknown[],
    chunkSize: number,
  ): AsyncGenerator<readonly Row[]> {
    this.lastSql = statement.sql;
    const stream = await this.#openStream(statement, parameters, chunkSize);
    try {
      for (let rows = await stream.next(); rows !== null; rows = await stream.next()) yield rows;
    } finally {
      if (!stream.ended) await (this.#inTransaction ? stream.discardRest() : this.#abandon());
    }
  }

  async begin(settings: TransactionSettings): Promise<void> {
    const { isolation, readOnly } = settings;
    refuseLockMode(settings, "MySQL or MariaDB");
    await this.#run(async () => {
      if (isolation !== undefined) await this.#query(`SET TRANSACTION ISOLATION LEVEL ${ISOLATION[isolation]}`);
      await this.#query(readOnly === true ? "START TRANSACTION READ ONLY" : "START TRANSACTION");
    });
    this.#inTransaction = true;
    this.#leftOpen = false;
  }

  async commit(): Promise<void> {
    await this.#run(() => this.#query("COMMIT"));
    this.#inTransaction = false;
  }

  async rollback(): Promise<void> {
    await this.#run(() => this.#query("ROLLBACK"));
    this.#inTransaction = false;
  }

  async savepoint(action: "create" | "release" | "rollback", name: string): Promise<void> {
    await this.#run(() => this.#query(`${SAVEPOINT[action]} \`${name}\``));
  }

  /** Runs the statement that sets a new session up. */
  async setUp(sql: string): Promise<void> {
    await this.#run(() => this.#query(sql));
  }

  ping(): Promise<unknown> {
    return this.#run(() => this.#query("SELECT 1"));
  }

  prepareCancel(): Promise<void> | null {
    if (this.#server !== undefined) return null;
    return this.#run(() => this.#query(WHICH_SERVER)).then(
      ({ rows }) => void (this.#server = typeof rows[0]?.[0] === "string" ? rows[0][0] : null),
      // What is asked next will tell what is wrong, if it is not the question.
      () => void (this.#server = null),
    );
  }

  async cancel(): Promise<void> {
    // Nothing of its caller's was sent yet.
    if (this.#server === undefined) return;
    await this.#kill({ thread: this.#session.threadId, server: this.#server });
  }

  abandon(): void {
    this.#broken = true;
    // With an error, so that the driver fails what is under way.
    this.#socket.destroy(Object.assign(new Error("The server did not answer"), { code: "PROTOCOL_CONNECTION_LOST" }));
  }

  /** A network that swallows everything would let it wait for ever. */
  async close(): Promise<void> {
    if (this.#broken) {
      this.#session.destroy();
      this.#socket.destroy();
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#socket.destroy();
        resolve();
      }, CLOSING_TIME);
      this.#session.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  get #socket(): Socket {
    return (this.#session as unknown as { readonly stream: Socket }).stream;
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    this.#queue();
    return this.#serial.run(() => {
      this.#queued -= 1;
      return work();
    }) as Promise<T>;
  }

  #queue(): void {
    this.#queued += 1;
    this.#stream?.keepRest();
  }

  async #openStream(statement: Statement, parameters: readonly unknown[], size: number): Promise<RowStream> {
    this.#queue();
    const release = await this.#serial.hold();
    this.#queued -= 1;
    try {
      const command: EventEmitter = this.#session.execute(statement.sql, this.#bind(statement, parameters));
      const stream = new RowStream(this.#session, command, size);
      command.on("error", (error: MysqlError) => this.#noted(error));
      this.#stream = stream;
      if (this.#queued > 0) stream.keepRest();
      void stream.whenEnded().then(() => {
        if (this.#stream === stream) this.#stream = null;
        if (statement.once === true) this.#session.unprepare(statement.sql);
        release();
      });
      return stream;
    } catch (error) {
      release();
      throw error;
    }
  }

  #abandon(): void {
    this.#broken = true;
    this.#session.destroy();
    // Closing politely would first read all that the server still sends.
    this.#socket.destroy();
    this.#stream?.fail(new Error("The stream was left."));
  }

  /** Statements without parameters or rows are mostly DDL, SET and the like, much of which cannot be prepared. */
  #answer(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    const { sql } = statement;
    if (statement.named && ALTERING.test(sql)) this.#altered = true;
    return new Promise((resolve, reject) => {
      const asText = (): void => this.#send(sql, resolve, reject, statement);
      if (parameters.length === 0 && !statement.returnsRows) return asText();
      this.#session.execute(sql, this.#bind(statement, parameters), (error: MysqlError | null, result, fields) => {
        if (statement.once === true) this.#session.unprepare(sql);
        if (error === null) resolve(asResult(statement, result as Row[] | Header, fields));
        else if (error.errno === NOT_PREPARABLE && parameters.length === 0) asText();
        else reject(this.#noted(error));
      });
    });
  }

  #query(sql: string): Promise<QueryResult> {
    return new Promise((resolve, reject) => this.#send(sql, resolve, reject, null));
  }

  #send(
    sql: string,
    resolve: (result: QueryResult) => void,
    reject: (error: Error) => void,
    statement: Statement | null,
  ): void {
    const file = statement?.data === undefined ? null : { sql, infileStreamFactory: fileOf(statement.data) };
    this.#session.query(file ?? { sql }, (error: MysqlError | null, result, fields) => {
      if (error === null) {
        if (!Array.isArray(result)) this.#leftOpen = !this.#inTransaction && isOpen(result);
        resolve(asResult(statement, result as Row[] | Header, fields));
      } else reject(this.#noted(error));
    });
  }

  /** The server says that it ends the session a moment before it does: too late for the pool to hear of it. */
  #noted(error: MysqlError): MysqlError {
    if (error.fatal || FATAL.has(error.errno ?? 0)) this.#broken = true;
    return error;
  }

  #bind({ named }: Statement, parameters: readonly unknown[]): Parameters<MysqlSession["execute"]>[1] {
    return bindAll(parameters, this.#bindInteger, named) as Parameters<MysqlSession["execute"]>[1];
  }
}

function asResult(
  statement: Statement | null,
  result: readonly Row[] | Header,
  fields: readonly MysqlField[] | undefined,
): QueryResult {
  const plain = Array.isArray(result)
    ? { rows: result as readonly Row[], affected: isWrite(statement) ? result.length : 0, insertId: null }
    : { rows: NO_ROWS, affected: (result as Header).affectedRows, insertId: insertIdOf(result as Header) };
  if (statement?.data !== undefined) return { ...plain, warnings: (result as Header).warningStatus ?? 0 };
  return statement?.named === true ? { ...plain, columns: fields?.map((field) => field.name) ?? [] } : plain;
}

/** The driver asks for a stream whatever file the server has asked for: none of ours is ever read. */
function fileOf(data: readonly Uint8Array[]): () => Readable {
  return () => process.getBuiltinModule("node:stream").Readable.from(data, { objectMode: false });
}

function isOpen({ serverStatus = 0 }: Header): boolean {
  return (serverStatus & IN_TRANSACTION) !== 0;
}

function isWrite(statement: Statement | null): boolean {
  return statement !== null && WRITES.test(statement.sql);
}

function insertIdOf({ insertId }: Header): number | bigint | null {
  if (typeof insertId === "string") return BigInt(insertId);
  return insertId === 0 ? null : insertId;
}
