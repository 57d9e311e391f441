import { ConfigurationError, ConnectionError, OrmError } from "../errors/index.js";
import { PlanCache } from "../compile/index.js";
import { leadToCaller } from "../util/own-frames.js";
import { didYouMean } from "../util/suggest.js";
import { engineFor, schemes } from "../databases/engines.js";
import { checkConfig } from "../databases/config.js";
import { checkOptions, checkOptionsFor, type DatabaseOptions } from "../databases/options.js";
import type { Connection, ConnectionConfig, Engine, Pool } from "../databases/ports/index.js";
import { parseUrl } from "../databases/url.js";
import { patienceFor } from "./guard.js";

const PLANS = 500;

/**
 * A database as everything below `objects/` sees it: its engine, its connections and its compiled plans. It connects by
 * itself at the first query; what the server is exactly is known from then on.
 */
export class DatabaseCore {
  readonly options: DatabaseOptions;
  /** True where rows must know which others came with them, whatever their querysets say. */
  readonly tellsResults: boolean;
  /** True where its options have somebody hear of statements. */
  readonly tellsQueries: boolean;
  readonly timeZone: string | null;
  /** Milliseconds after which a server that said nothing is not waited for any longer; 0 for no limit. */
  readonly patience: number;
  #config: ConnectionConfig | null = null;
  #engine: Engine | null = null;
  #pool: Pool | null = null;
  #opening: Promise<Pool> | null = null;
  #closed = false;
  readonly #zones = new Set<string>();
  #plans: PlanCache;

  constructor(config: string | ConnectionConfig | null, options: DatabaseOptions = {}) {
    checkOptions(options);
    this.options = options;
    this.tellsResults = options.fetchMode === "peers" || options.onLoadLoop !== undefined;
    this.tellsQueries =
      options.onQuery !== undefined ||
      options.slowQueryThreshold !== undefined ||
      (options.echo !== undefined && options.echo !== false);
    this.timeZone = options.timeZone ?? null;
    this.patience = patienceFor(options.statementTimeout);
    this.#plans = new PlanCache(options.planCacheSize ?? PLANS);
    if (config !== null) this.#configure(config);
  }

  /** Says where to connect, for a database made with `null`; for another one, from now on: what is open is closed. */
  async reconfigure(config: string | ConnectionConfig): Promise<void> {
    await this.disconnect();
    this.#configure(config);
  }

  #configure(config: string | ConnectionConfig): void {
    const parsed = typeof config === "string" ? parseUrl(config) : checkConfig(config);
    const engine = engineFor(parsed.scheme);
    if (engine === undefined) throw unknownScheme(parsed.scheme);
    checkOptionsFor(engine, this.options);
    this.#config = parsed;
    this.#closed = false;
    this.#engine = engine;
    this.#plans.clear();
    this.#zones.clear();
  }

  /** The engine; until the first connection a guess from the URL as to flavour and version. */
  get engine(): Engine {
    if (this.#engine === null) {
      throw new ConfigurationError(
        'This database was made with null and never told where to connect. Call db.init("sqlite:app.sqlite") first.',
      );
    }
    return this.#engine;
  }

  /** Where it is, for those who watch: neither user nor password. */
  get place(): Pick<ConnectionConfig, "host" | "port" | "database"> {
    const { host, port, database } = this.#config ?? {};
    return { host, port, database };
  }

  get plans(): PlanCache {
    return this.#plans;
  }

  /** True once a connection was made and the server identified. */
  get isConnected(): boolean {
    return this.#pool !== null;
  }

  /** The pool, or null while not connected: then `open()` first. */
  get pool(): Pool | null {
    return this.#pool;
  }

  /** Connects and identifies the server; concurrent calls share one attempt. */
  open(): Promise<Pool> {
    if (this.#pool !== null) return Promise.resolve(this.#pool);
    if (this.#closed) return Promise.reject(closedError());
    this.#opening ??= this.#openPool().finally(() => {
      this.#opening = null;
    });
    return opened(this.#opening);
  }

  async #openPool(): Promise<Pool> {
    const { engine } = this;
    const pool = engine.createPool(this.#config as ConnectionConfig, this.options);
    try {
      const connection = await pool.acquire();
      try {
        this.#identified(await engine.identify(connection));
        if (this.timeZone !== null) await this.checkTimeZone(connection, this.timeZone);
      } finally {
        pool.release(connection);
      }
    } catch (error) {
      await pool.close();
      throw engine.translateError(error, {});
    }
    this.#pool = pool;
    return pool;
  }

  knowsTimeZone(timeZone: string): boolean {
    return this.#zones.has(timeZone);
  }

  /** Throws where the server cannot take parts of datetimes in a zone. */
  async checkTimeZone(connection: Connection, timeZone: string): Promise<void> {
    await this.engine.checkTimeZone?.(connection, timeZone);
    this.#zones.add(timeZone);
  }

  #identified(engine: Engine): void {
    if (engine === this.#engine) return;
    this.#engine = engine;
    this.#plans.clear();
  }

  /** Lets a closed database connect again. */
  reopen(): Promise<Pool> {
    this.#closed = false;
    return this.open();
  }

  /** Closes every connection; false if none was open. */
  async disconnect(): Promise<boolean> {
    const pool = this.#pool ?? (await this.#opening?.catch(() => null)) ?? null;
    this.#pool = null;
    this.#closed = true;
    await pool?.close();
    return pool !== null;
  }
}

/** The attempt is shared, so that its error knows none of those who wait for it. */
async function opened(opening: Promise<Pool>): Promise<Pool> {
  try {
    return await opening;
  } catch (error) {
    if (error instanceof OrmError) leadToCaller(error);
    throw error;
  }
}

function closedError(): ConnectionError {
  return new ConnectionError("This database was closed. Call await db.connect() to open it again.");
}

function unknownScheme(scheme: string): ConfigurationError {
  return new ConfigurationError(
    `No engine is called "${scheme}".${didYouMean(scheme, schemes)} Engines: ${schemes.join(", ")}.`,
  );
}
