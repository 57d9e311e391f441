import { ConnectionPool } from "../pool.js";
import type { Connection, ConnectionConfig, EngineOptions, Pool, QueryResult, Statement } from "../ports/index.js";
import { connectPostgres, postgresLabel } from "./connect.js";
import type { PostgresConnection } from "./connection.js";
import { NamingPolicy } from "./named-statements.js";
import { Pipeline } from "./pipeline.js";

/**
 * Connections lent to one user at a time; and, where asked for, a pipeline beside them, on which statements that stand
 * by themselves share connections.
 */
export class PostgresPool implements Pool {
  readonly #connections: ConnectionPool<PostgresConnection>;
  readonly #pipeline: Pipeline | null;

  constructor(config: ConnectionConfig, options: EngineOptions) {
    const naming = new NamingPolicy(options.preparedStatements);
    this.#connections = new ConnectionPool({
      label: postgresLabel(config),
      create: () => connectPostgres(config, options, naming),
      destroy: (connection) => connection.close(),
      isHealthy: (connection) => connection.isHealthy,
      options: options.pool,
    });
    const connect = (): Promise<PostgresConnection> => connectPostgres(config, options, naming, true);
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

  async close(): Promise<void> {
    await Promise.all([this.#pipeline?.close(), this.#connections.close()]);
  }
}
