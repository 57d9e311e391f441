import { setTimeout as sleep } from "node:timers/promises";
import type { PgClient } from "../../databases/postgres/driver.js";
import { postgresSchema } from "../../databases/postgres/schema.js";
import { ConfigurationError, ConnectionError, ValidationError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { run } from "../../execute/index.js";
import { translated } from "../../execute/translated.js";
import { printable } from "../../util/printable.js";
import { postgresDatabase } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import { checkArrival } from "./arrival.js";
import { ask, openOwn, type OwnConnection, withClient } from "./own-connection.js";

/** What somebody has told the listeners of a channel. */
export interface Notification {
  readonly channel: string;
  /** The text that came along; "" for none. */
  readonly payload: string;
  /** The server's process whose client told it. */
  readonly processId: number;
}

/** How channels are listened to. */
export interface ListenOptions {
  /** Ends the listener when it aborts, as `close()` does. */
  readonly signal?: AbortSignal;
  /** False: the loop throws `ConnectionError` when the connection is lost, and the listener is over. */
  readonly reconnect?: boolean;
  /** Called once a lost connection was replaced by another one, which listens. What was told in between is lost. */
  readonly onReconnect?: () => void;
}

const OPTIONS = ["signal", "reconnect", "onReconnect"];
/** PostgreSQL's names have so many bytes at most. */
const LONGEST_NAME = 63;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 5000;
/** So many notifications wait for the loop; while there are more, the server is not listened to. */
const MANY = 1000;
const LOST = "The listener's connection was lost.";

/**
 * Listens to channels, and gives what is told there from now on, as something to loop over: on a connection of its own,
 * which is made anew when it is lost. The loop ends when the listener is closed, its signal aborts, or the database is
 * closed.
 *
 * @example
 * ```ts
 * const listener = await listen(db, ["jobs", "mail"]); // LISTEN "jobs"; LISTEN "mail"
 * for await (const { channel, payload } of listener) {
 *   console.log(channel, payload);
 *   if (payload === "last") break; // closes it
 * }
 * ```
 * @throws NotSupportedError on other engines, and behind a pooler through which nothing arrives; ConnectionError where there
 * is no connection to be had.
 */
export async function listen(
  db: object | string,
  channels: string | readonly string[],
  options: ListenOptions = {},
): Promise<Listener> {
  const where = "listen(db, channels)";
  const database = postgresDatabase(db, where);
  checkKnown(options, OPTIONS, where);
  checkFlags(options, ["reconnect"], where);
  const names = typeof channels === "string" ? [channels] : channels;
  if (!Array.isArray(names) || names.length === 0) {
    throw new ConfigurationError(
      `${where}: expected the name of a channel, or a list of them, got ${printable(channels)}.`,
    );
  }
  for (const name of names) checkChannel(name, where);
  const listener = new Listener(database, names as readonly string[], options);
  await listener[START]();
  return listener;
}

/**
 * Tells everybody who listens to a channel something; inside `db.atomic(…)` when the transaction is committed.
 *
 * @example
 * ```ts
 * await notify(db, "jobs", JSON.stringify({ id: 7 })); // select pg_notify($1, $2)
 * ```
 * @throws NotSupportedError on other engines; DataError for a text of 8000 bytes or more.
 */
export async function notify(db: object | string, channel: string, payload = ""): Promise<void> {
  const database = postgresDatabase(db, "notify(db, channel)");
  checkChannel(channel, "notify(db, channel)");
  if (typeof payload !== "string") {
    throw new ValidationError("notify", [
      { field: "payload", message: `expected a string, got ${printable(payload)}. Give JSON.stringify(value).` },
    ]);
  }
  const statement = { sql: "select pg_notify($1, $2)", returnsRows: true, wideIntegers: false, named: false };
  await run(database, { statement, parameters: [channel, payload], model: null });
}

function checkChannel(name: unknown, where: string): void {
  const fits =
    typeof name === "string" && name !== "" && Buffer.byteLength(name) <= LONGEST_NAME && !name.includes("\0");
  if (fits) return;
  throw new ConfigurationError(
    `${where}: a channel's name is a text of 1 to ${LONGEST_NAME} bytes, got ${printable(name)}.`,
  );
}

const START: unique symbol = Symbol("dunder.start");

/** What `listen(db, channels)` gives. */
export class Listener implements AsyncIterable<Notification, void>, AsyncDisposable {
  readonly #database: DatabaseCore;
  readonly #channels: readonly string[];
  readonly #options: ListenOptions;
  readonly #arrived: Notification[] = [];
  #own: OwnConnection | null = null;
  #client: PgClient | null = null;
  #isOver = false;
  #isPaused = false;
  #failure: unknown = null;
  /** Wakes the loop. */
  #wake: () => void = () => undefined;
  readonly #waking = new AbortController();
  readonly #aborted = (): void => void this.close();

  constructor(database: DatabaseCore, channels: readonly string[], options: ListenOptions) {
    this.#database = database;
    this.#channels = channels;
    this.#options = options;
  }

  /** Stops listening: a loop over it ends, when it has had what arrived before. */
  readonly close = async (): Promise<void> => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waking.abort();
    this.#database.beside.delete(this.close);
    this.#options.signal?.removeEventListener("abort", this.#aborted);
    this.#wake();
    await this.#own?.close();
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async [START](): Promise<void> {
    const { signal } = this.#options;
    await this.#connect();
    this.#database.beside.add(this.close);
    signal?.addEventListener("abort", this.#aborted);
    if (signal?.aborted === true) await this.close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Notification, void> {
    try {
      for (;;) {
        const next = this.#arrived.shift();
        if (next !== undefined) yield next;
        else if (this.#failure !== null) throw this.#failure as Error;
        else if (this.#isOver) return;
        else await this.#more();
      }
    } finally {
      await this.close();
    }
  }

  async #more(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#isPaused) this.#pause(false);
    await woken;
  }

  async #connect(): Promise<void> {
    const own = await openOwn(this.#database);
    let isLost = false;
    const lost = (): void => {
      isLost = true;
      if (this.#own === own && !this.#isOver) void this.#replace(own);
    };
    try {
      await checkArrival(this.#database, own.connection);
      await withClient(own.connection, "listen", (client) => Promise.resolve(this.#attend(client, lost)));
      for (const channel of this.#channels) await ask(own.connection, `LISTEN ${postgresSchema.quote(channel)}`);
      if (isLost) throw new ConnectionError(LOST);
    } catch (error) {
      await own.close();
      throw translated(this.#database, error);
    }
    if (this.#isOver) await own.close();
    else this.#own = own;
  }

  #attend(client: PgClient, lost: () => void): void {
    this.#client = client;
    this.#isPaused = false;
    client.once("end", lost);
    client.on("notification", ({ channel, payload = "", processId }) => {
      this.#arrived.push({ channel, payload, processId });
      if (this.#arrived.length >= MANY) this.#pause(true);
      this.#wake();
    });
  }

  #pause(pauses: boolean): void {
    this.#isPaused = pauses;
    const stream = this.#client?.connection.stream;
    if (pauses) stream?.pause();
    else stream?.resume();
  }

  /** Another connection for one that was lost, as soon as there is one to be had. */
  async #replace(lost: OwnConnection): Promise<void> {
    this.#own = null;
    await lost.close();
    if (this.#options.reconnect === false) return this.#fail(new ConnectionError(LOST));
    for (let pause = FIRST_PAUSE; !this.#isOver; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await this.#connect();
        if (!this.#isOver) this.#options.onReconnect?.();
        return;
      } catch (error) {
        if (!(error instanceof ConnectionError)) return this.#fail(error);
      }
      await sleep(pause, undefined, { signal: this.#waking.signal }).catch(() => undefined);
    }
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#failure = error;
    void this.close();
  }
}
