import type { Socket } from "node:net";
import { TransactionRolledBack } from "../../errors/index.js";
import type { Connection, IsolationLevel, QueryResult, Row, Statement, TransactionSettings } from "../ports/index.js";
import { refuseLockMode } from "../lock-mode.js";
import { SerialQueue } from "../serial.js";
import { requestCancel } from "./cancel.js";
import { createCursor, type PgClient } from "./driver.js";
import { NamedStatements, type NamingPolicy } from "./named-statements.js";
import { type NamedStatement, PgQuery } from "./query.js";
import { TEXT_PARSERS } from "./text-parsers.js";
import { wireValues } from "./wire-values.js";

const BEGIN: Readonly<Record<IsolationLevel, string>> = {
  "read uncommitted": "BEGIN ISOLATION LEVEL READ UNCOMMITTED",
  "read committed": "BEGIN ISOLATION LEVEL READ COMMITTED",
  "repeatable read": "BEGIN ISOLATION LEVEL REPEATABLE READ",
  serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE",
};
const SAVEPOINT = { create: "SAVEPOINT", release: "RELEASE SAVEPOINT", rollback: "ROLLBACK TO SAVEPOINT" };

/** Milliseconds for a polite goodbye. */
const CLOSING_TIME = 1000;
const NOTHING: readonly string[] = [];

/** Connection exceptions, shutdowns, timeouts of idle sessions and of transactions, and answers that came too late. */
function isFatal({ code, message }: Error & { readonly code?: unknown }): boolean {
  if (typeof code === "string") return /^(08...|57P0[1-5]|25P0[34])$/.test(code);
  return message === "Query read timeout";
}

/** What a session keeps when a statement of the user's own is done: settings, subscriptions, names, locks. */
const ALTERING = new Set(["SET", "LISTEN", "PREPARE"]);
const OF_TRANSACTION = /\bset\s+(?:local|transaction|constraints)\b/i;
const ALTERING_CALL = /\bset_config\s*\((?![^)]*,\s*true\s*\))|\bpg_(?:try_)?advisory_lock/i;

function isAltering(sql: string, tag: string): boolean {
  return (ALTERING.has(tag) && !OF_TRANSACTION.test(sql)) || ALTERING_CALL.test(sql);
}

/** One session of a PostgreSQL server. */
export class PostgresConnection implements Connection {
  readonly #client: PgClient;
  readonly #names: NamedStatements;
  readonly #serial = new SerialQueue();
  /** Settles when the server or the network ends the session. */
  readonly #ended: Promise<void>;
  #broken = false;
  #inTransaction = false;
  #isGathering = false;
  #altered = false;
  #cursors = 0;
  lastSql: string | null = null;

  constructor(client: PgClient, naming: NamingPolicy) {
    this.#client = client;
    this.#names = new NamedStatements(naming, () => this.#findPooler(naming));
    this.#ended = new Promise((resolve) => {
      const end = () => {
        this.#broken = true;
        resolve();
      };
      // Without a listener, a server that drops an idle connection would end the whole process.
      client.on("error", end);
      client.on("end", end);
    });
  }

  /** False when the session is over, or was left inside a transaction, or as its user set it: nobody else may get it. */
  get isHealthy(): boolean {
    return !this.#broken && !this.#altered && !this.#isWithinTransaction();
  }

  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    this.lastSql = statement.sql;
    return this.#serial.run(() => this.#ask(statement, parameters));
  }

  /** Sends a statement ahead of the answers to those before it: for a client that pipelines. */
  executeAtOnce(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    if (!this.#isGathering) this.#gather();
    return this.#ask(statement, parameters);
  }

  #ask(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    return new Promise((resolve, reject) => {
      const values = wireValues(parameters);
      const answered = (query: PgQuery): void => resolve(this.#resultOf(statement, query));
      if (statement.named || statement.once === true) this.#submit(statement.sql, values, null, answered, reject);
      else this.#submitNamed(statement.sql, values, answered, reject);
    });
  }

  /** Statements that the same turn of the event loop asks for leave in one packet. */
  #gather(): void {
    const { stream } = this.#client.connection;
    this.#isGathering = true;
    stream.cork();
    process.nextTick(() => {
      this.#isGathering = false;
      stream.uncork();
    });
  }

  #resultOf(statement: Statement, { answeredRows: rows, affected, columns, tag }: PgQuery): QueryResult {
    if (!statement.named) return { rows, affected, insertId: null };
    if (tag.startsWith("DEALLOCATE") || tag === "DISCARD ALL") this.#names.forget();
    if (tag === "DISCARD ALL") this.#altered = false;
    else if (isAltering(statement.sql, tag)) this.#altered = true;
    return { rows, affected, insertId: null, columns };
  }

  #submitNamed(
    sql: string,
    values: readonly unknown[],
    answered: (query: PgQuery) => void,
    reject: (error: unknown) => void,
  ): void {
    const statement = this.#names.find(sql, values);
    if (statement === null) {
      this.#submit(sql, values, null, answered, reject);
      return;
    }
    this.#submit(sql, values, statement, answered, (error) => {
      const remedy = this.#names.remedy(statement, sql, error);
      // Within a transaction the error has ended it: nothing can be run in it again.
      if (remedy === "tell" || this.#isWithinTransaction()) return reject(error);
      const again = remedy === "run renamed" ? this.#names.find(sql, values) : null;
      this.#submit(sql, values, again, answered, reject);
    });
  }

  /** A pooler tells every connection of its own an id that is no process of the server's. */
  #findPooler(naming: NamingPolicy): void {
    const { processID } = this.#client as PgClient & { readonly processID: number };
    const query = new PgQuery("select pg_backend_pid()", [], null, NOTHING, (error, { answeredRows: [row] }) =>
      naming.settle(error === null ? row?.[0] !== processID : null),
    );
    this.#client.query(query);
  }

  #submit(
    sql: string,
    values: readonly unknown[],
    statement: NamedStatement | null,
    answered: (query: PgQuery) => void,
    failed: (error: Error) => void,
  ): void {
    const closing = statement === null && values.length === 0 ? NOTHING : this.#names.takeDropped();
    const query = new PgQuery(sql, values, statement, closing, (error, done) => {
      if (statement !== null) this.#names.learn(statement, done);
      if (error === null) answered(done);
      else failed(this.#noted(error));
    });
    this.#client.query(query);
  }

  /**
   * Outside a transaction a portal is read to its end, and the connection does nothing else meanwhile. Inside one, other
   * statements may come between two chunks (`await row.save()` in the loop), which takes a cursor of SQL's own.
   */
  stream(statement: Statement, parameters: readonly unknown[], chunkSize: number): AsyncIterable<readonly Row[]> {
    this.lastSql = statement.sql;
    return this.#inTransaction
      ? this.#streamDeclared(statement.sql, parameters, chunkSize)
      : this.#streamPortal(statement.sql, parameters, chunkSize);
  }

  async begin(settings: TransactionSettings): Promise<void> {
    const { isolation, readOnly, settings: local } = settings;
    refuseLockMode(settings, "PostgreSQL");
    const begin = isolation === undefined ? "BEGIN" : BEGIN[isolation];
    await this.#run(() => this.#send(readOnly === true ? `${begin} READ ONLY` : begin));
    this.#inTransaction = true;
    const own = Object.entries(local ?? {});
    if (own.length === 0) return;
    const calls = own.map((_, index) => `set_config($${2 * index + 1}, $${2 * index + 2}, true)`);
    await this.#run(() => this.#send(`SELECT ${calls.join(", ")}`, own.flat().map(String)));
  }

  async commit(): Promise<void> {
    const { tag } = await this.#run(() => this.#endTransaction("COMMIT"));
    if (tag === "COMMIT") return;
    throw new TransactionRolledBack("PostgreSQL rolled the transaction back instead of committing it.", {
      hint: "A statement in it had failed; let its error leave the block, or nest a block around what may fail.",
    });
  }

  async rollback(): Promise<void> {
    await this.#run(() => this.#endTransaction("ROLLBACK"));
  }

  async savepoint(action: "create" | "release" | "rollback", name: string): Promise<void> {
    await this.#run(() => this.#send(`${SAVEPOINT[action]} "${name}"`));
  }

  /** Lends the driver's client for what this port has no word for: nothing else is sent meanwhile. */
  lend<T>(work: (client: PgClient) => Promise<T>): Promise<T> {
    return this.#run(() => work(this.#client));
  }

  ping(): Promise<unknown> {
    return this.#run(() => this.#send("SELECT 1"));
  }

  cancel(): Promise<void> {
    return requestCancel(this.#client);
  }

  abandon(): void {
    this.#broken = true;
    this.#socket.destroy();
  }

  /** A network that swallows everything would let it wait for ever. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), CLOSING_TIME);
    await this.#client.end();
    clearTimeout(timer);
  }

  get #socket(): Socket {
    return this.#client.connection.stream as Socket;
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    return await this.#serial.run(work);
  }

  #send(sql: string, parameters: readonly unknown[] = []): Promise<PgQuery> {
    return new Promise((resolve, reject) => this.#submit(sql, wireValues(parameters), null, resolve, reject));
  }

  /** SQL of the user's own may have begun one, too; the driver tells, unless it is an old one. */
  #isWithinTransaction(): boolean {
    if (this.#inTransaction) return true;
    const status = (this.#client as Partial<PgClient>).getTransactionStatus?.() ?? "I";
    return status !== "I";
  }

  /** The server says that it ends the session a moment before it does: too late for the pool to hear of it. */
  #noted<E extends Error>(error: E): E {
    if (isFatal(error)) this.#broken = true;
    return error;
  }

  async #endTransaction(sql: string): Promise<PgQuery> {
    try {
      return await this.#send(sql);
    } finally {
      // A COMMIT that fails ends the transaction all the same.
      this.#inTransaction = false;
    }
  }

  async *#streamPortal(sql: string, parameters: readonly unknown[], chunkSize: number): AsyncGenerator<readonly Row[]> {
    const config = { rowMode: "array", types: TEXT_PARSERS } as unknown as Parameters<typeof createCursor>[2];
    const cursor = await createCursor(sql, [...parameters], config);
    const release = await this.#serial.hold();
    let failed = false;
    try {
      this.#client.query(cursor);
      for (;;) {
        const rows = await cursor.read(chunkSize).catch((error: unknown) => {
          failed = true;
          throw this.#noted(error as Error);
        });
        if (rows.length > 0) yield rows;
        if (rows.length < chunkSize) return;
      }
    } finally {
      // A cursor that failed is closed already, and one whose session is over would wait for ever.
      if (!failed) await Promise.race([cursor.close(), this.#ended]);
      release();
    }
  }

  async *#streamDeclared(sql: string, parameters: readonly unknown[], size: number): AsyncGenerator<readonly Row[]> {
    const name = `dunder_cursor_${(this.#cursors += 1)}`;
    await this.#run(() => this.#send(`DECLARE ${name} NO SCROLL CURSOR FOR ${sql}`, parameters));
    let failed = false;
    try {
      for (;;) {
        const fetched = this.#run(() => this.#send(`FETCH FORWARD ${size} FROM ${name}`));
        const { answeredRows: rows } = await fetched.catch((error: unknown) => {
          failed = true;
          throw error;
        });
        if (rows.length > 0) yield rows;
        if (rows.length < size) return;
      }
    } finally {
      if (!failed && this.#inTransaction) await this.#run(() => this.#send(`CLOSE ${name}`));
    }
  }
}
