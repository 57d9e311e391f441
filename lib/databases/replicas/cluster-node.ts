import type {
  Connection,
  ConnectionConfig,
  NodeState,
  Pool,
  PoolOptions,
  QueryNode,
  Standing,
} from "../ports/index.js";

/** Makes a pool for a server; `probing` for one connection that is to say how the server is. */
export type MakePool = (config: ConnectionConfig, pool: PoolOptions | undefined, probing?: boolean) => Pool;

interface NodeSettings {
  readonly config: ConnectionConfig;
  readonly pool: PoolOptions | undefined;
  readonly port: number;
  readonly makePool: MakePool;
}

/** One of the servers of a database. */
export class ClusterNode {
  /** Who it is, for events; another object after each change of its role. */
  told: QueryNode;
  /** It answers, as far as is known. */
  isHealthy: boolean;
  /** What it said last of how it stands. */
  standing: Standing | null = null;
  /** It was seen to take no writes: one that does later on was made the primary. */
  wasReplica = false;
  /** It takes writes, and is a replica all the same, because it is named as one. */
  isStandalone = false;
  /** How often in a row it failed to come back. */
  failures = 0;
  timer: NodeJS.Timeout | null = null;
  readonly #settings: NodeSettings;
  #pool: Pool | null = null;

  constructor(settings: NodeSettings, role: QueryNode["role"]) {
    this.#settings = settings;
    this.isHealthy = role === "primary";
    const { host = "localhost", port = settings.port } = settings.config;
    const address = host.startsWith("/") ? host : `${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.told = Object.freeze({ role, address });
  }

  get pool(): Pool {
    return (this.#pool ??= this.#settings.makePool(this.#settings.config, this.#settings.pool));
  }

  get config(): ConnectionConfig {
    return this.#settings.config;
  }

  get state(): NodeState {
    return { ...this.told, isHealthy: this.isHealthy };
  }

  isNow(role: QueryNode["role"]): void {
    if (this.told.role !== role) this.told = Object.freeze({ role, address: this.told.address });
  }

  /** Gives its connections up; those that are lent out are closed as they come back. */
  async drop(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    const pool = this.#pool;
    this.#pool = null;
    await pool?.close();
  }

  /** Does something on a connection of its own, which must not take longer than that. */
  async probe<T>(milliseconds: number, work: (connection: Connection) => Promise<T>): Promise<T> {
    const pool = this.#settings.makePool(this.#settings.config, { max: 1 }, true);
    let connection: Connection | null = null;
    let timer: NodeJS.Timeout | null = null;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        connection?.abandon?.();
        reject(new Error(`${this.told.address} said nothing for ${milliseconds} ms.`));
      }, milliseconds);
    });
    const answer = (async (): Promise<T> => {
      connection = await pool.acquire();
      try {
        return await work(connection);
      } finally {
        pool.release(connection, { destroy: true });
      }
    })();
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer ?? undefined);
      answer.catch(() => undefined);
      // In its own time: a network that swallows everything takes long to say goodbye.
      void pool.close();
    }
  }
}
