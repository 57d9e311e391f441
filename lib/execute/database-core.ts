import { ConfigurationError, ConnectionError, OrmError } from "../errors/index.js";
import { PlanCache, type Plans } from "../compile/index.js";
import { leadToCaller } from "../util/own-frames.js";
import { didYouMean } from "../util/suggest.js";
import { engineFor, schemes } from "../databases/engines.js";
import { checkConfig } from "../databases/config.js";
import { checkOptions, checkOptionsFor, kept, type DatabaseOptions } from "../databases/options.js";
import type { Connection, ConnectionConfig, Engine, NodeState, Pool } from "../databases/ports/index.js";
import { type ReplicaTarget, replicaTargets } from "../databases/replica-options.js";
import { parseUrl } from "../databases/url.js";
import { patienceFor } from "./guard.js";
import { nameDatabase } from "./named-databases.js";
import type { Unit } from "./unit.js";

const PLANS = 500;

let made = 0;

/** True where rows can be of more databases than one. */
export function hasSeveralDatabases(): boolean {
  return made > 1;
}

/**
 * A database as everything below `objects/` sees it: its engine, its connections and its compiled plans. It connects by
 * itself at the first query; what the server is exactly is known from then on.
 */
export class DatabaseCore {
  /** The schema that models without one of their own are looked for in; null for that which the server looks in. */
  readonly schema: string | null = null;
  /** The database itself, where this is how it is seen from a schema, or by a unit of work. */
  readonly origin: DatabaseCore = this;
  /** What rows are part of, where this is how a unit of work sees its database. */
  readonly unit: Unit | null = null;
  options!: DatabaseOptions;
  /** True where rows must know which others came with them, whatever their querysets say. */
  tellsResults!: boolean;
  /** True where its options have somebody hear of statements. */
  tellsQueries!: boolean;
  timeZone!: string | null;
  /** Milliseconds after which a server that said nothing is not waited for any longer; 0 for no limit. */
  patience!: number;
  #config: ConnectionConfig | null = null;
  #replicas: readonly ReplicaTarget[] = [];
  #engine: Engine | null = null;
  #pool: Pool | null = null;
  #opening: Promise<Pool> | null = null;
  /** Why it does not connect by itself, where it does not. */
  #closed: "closed" | "not asked" | null = null;
  readonly #zones = new Set<string>();
  /** What has connections beside the pool, to be closed with it. */
  readonly beside = new Set<() => Promise<unknown>>();
  #plans!: PlanCache;

  constructor(config: string | ConnectionConfig | null, options: DatabaseOptions = {}) {
    checkOptions(options);
    made += 1;
    this.#setOptions(options);
    if (config !== null) this.#configure(readConfig(config, options));
    this.rename();
  }

  #setOptions(options: DatabaseOptions): void {
    this.options = kept(options);
    this.tellsResults = options.fetchMode === "peers" || options.onLoadLoop !== undefined;
    this.tellsQueries =
      options.onQuery !== undefined ||
      options.slowQueryThreshold !== undefined ||
      (options.echo !== undefined && options.echo !== false);
    this.timeZone = options.timeZone ?? null;
    this.patience = patienceFor(options.statementTimeout);
    this.#plans = new PlanCache(options.planCacheSize ?? PLANS);
  }

  /**
   * Says where to connect, for a database made with `null`; for another one, from now on: what is open is closed. A place
   * where it cannot be leaves it where it is. What it is told counts at once, unless there is something to close.
   */
  async reconfigure(config: string | ConnectionConfig, options: DatabaseOptions = {}): Promise<void> {
    const all = { ...this.options, key: this.options.key, ...options };
    checkOptions(all);
    const place = readConfig(config, all);
    if (this.#pool !== null || this.#opening !== null) await this.disconnect();
    if (Object.keys(options).length > 0) this.#setOptions(all);
    this.#configure(place);
    this.rename();
  }

  #configure({ config, engine, replicas }: Place): void {
    this.#config = config;
    this.#replicas = replicas;
    this.#closed = this.options.autoconnect === false ? "not asked" : null;
    this.#engine = engine;
    this.#plans.clear();
    this.#zones.clear();
  }

  /** True until it is told where to connect. */
  get deferred(): boolean {
    return this.#config === null;
  }

  /** True once it was closed, until it is told to connect again. */
  get isShut(): boolean {
    return this.#closed === "closed";
  }

  /** Has its alias mean it again. */
  rename(): void {
    if (this.options.alias !== undefined) nameDatabase(this.options.alias, this);
  }

  /** Where it is, as a text that nobody is shown: there may be a password in it. */
  get address(): string {
    return JSON.stringify(this.#config);
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

  get plans(): Plans {
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

  /** The servers of a database with replicas, the primary first, once it is connected; else none. */
  get nodes(): readonly NodeState[] {
    return this.#pool?.nodes ?? [];
  }

  /** Connects and identifies the server; concurrent calls share one attempt. */
  open(): Promise<Pool> {
    if (this.#pool !== null) return Promise.resolve(this.#pool);
    if (this.#closed !== null) return Promise.reject(closedError(this.#closed));
    this.#opening ??= this.#openPool().finally(() => {
      this.#opening = null;
    });
    return opened(this.#opening);
  }

  async #openPool(): Promise<Pool> {
    const { engine } = this;
    let pool: Pool | null = null;
    try {
      pool = await this.#createPool(engine);
      const connection = await pool.acquire(undefined, "look");
      try {
        this.#identified(await engine.identify(connection));
        if (this.timeZone !== null) await this.checkTimeZone(connection, this.timeZone);
      } finally {
        pool.release(connection);
      }
      if ((this.options.pool?.min ?? 0) > 0) await pool.warm?.();
    } catch (error) {
      await pool?.close();
      throw engine.translateError(error, {});
    }
    this.#pool = pool;
    return pool;
  }

  /** A pool of one connection beside the database's own, for what keeps a session for as long as it likes. */
  poolBeside(): Pool {
    const options = { ...this.options, pool: { max: 1 }, statementTimeout: undefined, pipeline: false };
    return this.engine.createPool((this.#pool?.primaryConfig ?? this.#config) as ConnectionConfig, options);
  }

  async #createPool(engine: Engine): Promise<Pool> {
    const config = this.#config as ConnectionConfig;
    const { options } = this;
    if (this.#replicas.length === 0) return engine.createPool(config, options, this);
    const { openCluster } = await import("../databases/replicas/index.js");
    return openCluster({ owner: this.origin, config, targets: this.#replicas, options, engine });
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
    this.#closed = null;
    const { options } = this;
    const opening = this.open();
    // Where it may not try by itself, one failure does not let it.
    if (options.autoconnect === false) opening.catch(() => (this.#closed ??= "not asked"));
    return opening;
  }

  /** Closes every connection; false if none was open. */
  async disconnect(): Promise<boolean> {
    const pool = this.#pool ?? (await this.#opening?.catch(() => null)) ?? null;
    this.#pool = null;
    this.#closed = "closed";
    await Promise.all([pool?.close(), ...[...this.beside].map((close) => close())]);
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

function closedError(why: "closed" | "not asked"): ConnectionError {
  if (why === "closed")
    return new ConnectionError("This database was closed. Call await db.connect() to open it again.");
  return new ConnectionError(
    "This database is not connected, and autoconnect: false keeps it from connecting by itself.",
    {
      hint: "Call await db.connect() first.",
    },
  );
}

/** Where to connect, and with what. */
interface Place {
  readonly config: ConnectionConfig;
  readonly engine: Engine;
  readonly replicas: readonly ReplicaTarget[];
}

function readConfig(given: string | ConnectionConfig, options: DatabaseOptions): Place {
  const config = typeof given === "string" ? parseUrl(given) : checkConfig(given);
  const engine = engineFor(config.scheme);
  if (engine === undefined) throw unknownScheme(config.scheme);
  checkOptionsFor(engine, options);
  return { config, engine, replicas: replicaTargets(options, engine) };
}

function unknownScheme(scheme: string): ConfigurationError {
  return new ConfigurationError(
    `No engine is called "${scheme}".${didYouMean(scheme, schemes)} Engines: ${schemes.join(", ")}.`,
  );
}
