import { randomUUID } from "node:crypto";
import { type OperationNode, type RootOperationNode, ValueNode } from "kysely";
import { inject } from "vitest";
import { copyOfPglite } from "../../support/pglite.js";
import type { ColumnType, Storage } from "../../../lib/fields/column-type.js";
import { mysqlEngine } from "../../../lib/databases/mysql/engine.js";
import { sqlNode } from "../../../lib/databases/nodes.js";
import type { Connection, Engine, EngineOptions, Pool, QueryResult, Row } from "../../../lib/databases/ports/index.js";
import { postgresEngine } from "../../../lib/databases/postgres/engine.js";
import { pgliteEngine } from "../../../lib/databases/postgres/pglite-engine.js";
import { parseUrl } from "../../../lib/databases/url.js";

/** The servers of this run: those skipped by name are left out. */
export const servers = [
  { name: "PostgreSQL", url: inject("postgresUrl"), engine: postgresEngine },
  { name: "MySQL or MariaDB", url: inject("mysqlUrl"), engine: mysqlEngine },
].flatMap(({ name, url, engine }) => (url === null ? [] : [{ name, url, engine }]));

/** A pool of one server, with its engine as identified. */
export class Server {
  readonly engine: Engine;
  readonly pool: Pool;

  constructor(engine: Engine, pool: Pool) {
    this.engine = engine;
    this.pool = pool;
  }

  static async open(engine: Engine, url: string, options: EngineOptions = {}): Promise<Server> {
    const isPglite = url.startsWith("pglite:");
    const pool = (isPglite ? pgliteEngine : engine).createPool(
      parseUrl(isPglite ? await copyOfPglite(url) : url),
      options,
    );
    const connection = await pool.acquire();
    const identified = await engine.identify(connection);
    pool.release(connection);
    return new Server(identified, pool);
  }

  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.pool.acquire();
    try {
      return await work(connection);
    } finally {
      this.pool.release(connection);
    }
  }

  run(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult> {
    return this.use((connection) => run(connection, sql, parameters));
  }

  /** What a select of these nodes gives, as the driver reads it. */
  async evaluate(...nodes: OperationNode[]): Promise<Row> {
    const list = nodes.reduce((all, node) => sqlNode`${all}, ${node}`);
    const query = sqlNode`select ${list}` as RootOperationNode;
    const { sql, parameters } = this.engine.createCompiler().compileQuery(query, { queryId: randomUUID() });
    const { rows } = await this.run(sql, parameters);
    return rows[0]!;
  }

  /** The error of a statement, as the engine translates it. */
  async errorOf(work: () => Promise<unknown>): Promise<unknown> {
    try {
      await work();
    } catch (error) {
      return this.engine.translateError(error, { sql: "select …" });
    }
    throw new Error("It should have failed.");
  }
}

export async function run(connection: Connection, sql: string, parameters: readonly unknown[] = []) {
  const returnsRows = /^\s*(select|with|values|show)|returning/i.test(sql);
  return await connection.execute({ sql, returnsRows, wideIntegers: false, named: true }, parameters);
}

export function value(of: unknown): OperationNode {
  return ValueNode.create(of);
}

export function columnType(storage: Storage, more: Partial<ColumnType> = {}): ColumnType {
  const none = {
    maxLength: null,
    precision: null,
    scale: null,
    collation: null,
    customSqlType: null,
    customCodec: null,
  };
  return { storage, ...none, ...more };
}

/** `$1, $2` or `?, ?` */
export function placeholders(engine: Engine, count: number): string {
  return Array.from({ length: count }, (_, index) => placeholder(engine, index + 1)).join(", ");
}

export function placeholder(engine: Engine, number: number): string {
  return engine.name === "postgres" ? `$${number}` : "?";
}
