import { TransactionError } from "../../errors/index.js";
import type { Connection, IsolationLevel, QueryResult, Row, Statement, TransactionSettings } from "../ports/index.js";
import { SerialQueue } from "../serial.js";
import { createCursor, type PgClient } from "./driver.js";
import { TEXT_PARSERS } from "./text-parsers.js";

interface PgResult {
  readonly command: string;
  readonly rowCount: number | null;
  readonly rows: Row[];
  readonly fields: readonly { readonly name: string }[];
}

const BEGIN: Readonly<Record<IsolationLevel, string>> = {
  "read uncommitted": "BEGIN ISOLATION LEVEL READ UNCOMMITTED",
  "read committed": "BEGIN ISOLATION LEVEL READ COMMITTED",
  "repeatable read": "BEGIN ISOLATION LEVEL REPEATABLE READ",
  serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE",
};
const SAVEPOINT = { create: "SAVEPOINT", release: "RELEASE SAVEPOINT", rollback: "ROLLBACK TO SAVEPOINT" };

/** Connection exceptions, shutdowns, and timeouts of idle sessions and of transactions. */
function isFatal(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^(08...|57P0[1-5]|25P0[34])$/.test(code);
}

/** One session of a PostgreSQL server. */
export class PostgresConnection implements Connection {
  readonly #client: PgClient;
  readonly #serial = new SerialQueue();
  /** Settles when the server or the network ends the session. */
  readonly #ended: Promise<void>;
  #broken = false;
  #inTransaction = false;
  #cursors = 0;

  constructor(client: PgClient) {
    this.#client = client;
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

  /** False when the session is over, or was left inside a transaction: nobody else may get it. */
  get isHealthy(): boolean {
    return !this.#broken && !this.#inTransaction;
  }

  execute(statement: Statement, parameters: readonly unknown[]): Promise<QueryResult> {
    return this.#run(async () => {
      const result = await this.#send(statement.sql, parameters);
      const { command, rows, rowCount } = result;
      const affected = command === "SELECT" ? 0 : (rowCount ?? 0);
      if (!statement.named) return { rows, affected, insertId: null };
      return { rows, affected, insertId: null, columns: result.fields.map((field) => field.name) };
    });
  }

  /**
   * Outside a transaction a portal is read to its end, and the connection does nothing else meanwhile. Inside one, other
   * statements may come between two chunks (`await row.save()` in the loop), which takes a cursor of SQL's own.
   */
  stream(statement: Statement, parameters: readonly unknown[], chunkSize: number): AsyncIterable<readonly Row[]> {
    return this.#inTransaction
      ? this.#streamDeclared(statement.sql, parameters, chunkSize)
      : this.#streamPortal(statement.sql, parameters, chunkSize);
  }

  async begin({ isolation, readOnly }: TransactionSettings): Promise<void> {
    const begin = isolation === undefined ? "BEGIN" : BEGIN[isolation];
    await this.#run(() => this.#send(readOnly === true ? `${begin} READ ONLY` : begin));
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    const { command } = await this.#run(() => this.#endTransaction("COMMIT"));
    if (command === "COMMIT") return;
    throw new TransactionError("PostgreSQL rolled the transaction back instead of committing it.", {
      hint: "A statement in it had failed; let its error leave the block, or nest a block around what may fail.",
    });
  }

  async rollback(): Promise<void> {
    await this.#run(() => this.#endTransaction("ROLLBACK"));
  }

  async savepoint(action: "create" | "release" | "rollback", name: string): Promise<void> {
    await this.#run(() => this.#send(`${SAVEPOINT[action]} "${name}"`));
  }

  async close(): Promise<void> {
    await this.#client.end();
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    return await this.#serial.run(work);
  }

  /** Unnamed: a `name` beside `text` is all that a named prepared statement would take. */
  #send(text: string, parameters: readonly unknown[] = []): Promise<PgResult> {
    return new Promise((resolve, reject) => {
      const config = { text, values: parameters as unknown[], rowMode: "array" as const, types: TEXT_PARSERS };
      this.#client.query(config, (error: Error | null, answer: unknown) => {
        if (error) reject(this.#noted(error));
        // Text of several statements without parameters is answered with a list.
        else resolve((Array.isArray(answer) ? answer.at(-1) : answer) as PgResult);
      });
    });
  }

  /** The server says that it ends the session a moment before it does: too late for the pool to hear of it. */
  #noted<E>(error: E): E {
    if (isFatal(error)) this.#broken = true;
    return error;
  }

  async #endTransaction(sql: string): Promise<PgResult> {
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
          throw this.#noted(error);
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
        const { rows } = await fetched.catch((error: unknown) => {
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
