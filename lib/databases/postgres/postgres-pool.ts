import { ConnectionPool } from "../pool.js";
import type {
  Connection,
  ConnectionConfig,
  EngineOptions,
  Pool,
  PoolStats,
  QueryResult,
  Statement,
} from "../ports/index.js";
import { connectPostgres, postgresLabel } from "./connect.js";
import type { PostgresConnection } from "./connection.js";
import { NamingPolicy } from "./named-statements.js";
import { Pipeline } from "./pipeline.js";
import { SessionPolicy } from "./session.js";

/** Where sessions come from that are no server's. */
interface SessionSource {
  readonly label: string;
  connect(naming: NamingPolicy): Promise<PostgresConnection>;
  /** Called when the pool is closed, after its connections. */
  close(): Promise<void>;
}

/**
 * Connections lent to one user at a time; and, where asked for, a pipeline beside them, on which statements that stand
 * by themselves share connections.
 */
export class PostgresPool implements Pool {
  readonly #connections: ConnectionPool<PostgresConnection>;
  readonly #pipeline: Pipeline | null;
  readonly #source: SessionSource | undefined;

  constructor(config: ConnectionConfig, options: EngineOptions, source?: SessionSource) {
    this.#source = source;
    const policies = { naming: new NamingPolicy(options.preparedStatements), session: new SessionPolicy() };
    this.#connections = new ConnectionPool({
      label: source?.label ?? postgresLabel(config),
      create: () => source?.connect(policies.naming) ?? connectPostgres(config, options, policies),
      destroy: (connection) => connection.close(),
      isHealthy: (connection) => connection.isHealthy,
      options: options.pool,
      onPool: options.onPool,
    });
    const connect = (): Promise<PostgresConnection> => connectPostgres(config, options, policies, true);
    this.#pipeline = options.pipeline === true ? new Pipeline(connect, options.pool) : null;
  }

  /** SQL of the user's own stays off the pipeline: it may change the session, or begin a transaction. */
  execute(statement: Statement, parameters: readonly unknown[]): QueryResult | Promise<QueryResult> {
    const pipeline = statement.named ? null : this.#pipeline;
    return (pipeline ?? this.#connections).execute(statement, parameters);
  }

  acquire(signal?: AbortSignal): Connection | Promise<Connection> {
    return this.#connections.acquire(signal);
  }

  release(connection: Connection, options?: { destroy?: boolean }): void {
    this.#connections.release(connection, options);
  }

  warm(): Promise<void> {
    return this.#connections.warm();
  }

  /** Those of a pipeline are nobody's: they are not counted. */
  get stats(): PoolStats {
    return this.#connections.stats;
  }

  closeIdle(): number {
    return this.#connections.closeIdle() + (this.#pipeline?.closeIdle() ?? 0);
  }

  closeStale(age?: number): number {
    return this.#connections.closeStale(age);
  }

  closeAll(): number {
    return this.#connections.closeAll() + (this.#pipeline?.closeAll() ?? 0);
  }

  async close(): Promise<void> {
    await Promise.all([this.#pipeline?.close(), this.#connections.close()]);
    await this.#source?.close();
  }
}
