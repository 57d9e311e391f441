import {
  MysqlAdapter,
  MysqlIntrospector,
  PostgresAdapter,
  PostgresIntrospector,
  SqliteAdapter,
  SqliteIntrospector,
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult as KyselyResult,
  type TransactionSettings,
} from "kysely";
import { NotSupportedError } from "../errors/index.js";
import type { Connection, Engine, QueryResult, Row, Statement } from "./ports/index.js";

/** Where the dialect gets its connections: the ambient transaction's, or one of the pool's. */
export interface PortDialectSettings {
  readonly engine: Engine;
  acquire(): Promise<Connection>;
  release(connection: Connection): void | Promise<void>;
  /** Told of each statement before it is sent. */
  onStatement?(): void;
}

/**
 * Lets Kysely's own query builder run on our connections.
 *
 * @example
 * ```ts
 * const kysely = new Kysely<Tables>({ dialect: new PortDialect({ engine, acquire, release }) });
 * ```
 */
export class PortDialect implements Dialect {
  readonly #settings: PortDialectSettings;

  constructor(settings: PortDialectSettings) {
    this.#settings = settings;
  }

  createDriver(): Driver {
    return new PortDriver(this.#settings);
  }

  createQueryCompiler(): QueryCompiler {
    return this.#settings.engine.createCompiler();
  }

  createAdapter(): DialectAdapter {
    return new PARTS[this.#settings.engine.name].Adapter();
  }

  createIntrospector(kysely: Kysely<unknown>): DatabaseIntrospector {
    return new PARTS[this.#settings.engine.name].Introspector(kysely);
  }
}

/** MariaDB gives rows back that are asked for with RETURNING; a server that does not refuses the statement. */
class ReturningMysqlAdapter extends MysqlAdapter {
  override get supportsReturning(): boolean {
    return true;
  }
}

/** Whoever waits for SQLite's one connection waits in our pool; Kysely 0.29 would have them wait for ever once that gave an error. */
class PooledSqliteAdapter extends SqliteAdapter {
  readonly supportsMultipleConnections = true;
}

const PARTS = {
  sqlite: { Adapter: PooledSqliteAdapter, Introspector: SqliteIntrospector },
  postgres: { Adapter: PostgresAdapter, Introspector: PostgresIntrospector },
  mysql: { Adapter: ReturningMysqlAdapter, Introspector: MysqlIntrospector },
} as const;

class PortDriver implements Driver {
  readonly #settings: PortDialectSettings;

  constructor(settings: PortDialectSettings) {
    this.#settings = settings;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new PortConnection(await this.#settings.acquire(), this.#settings);
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    await this.#settings.release(own(connection).connection);
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const { isolationLevel: isolation, accessMode } = settings;
    if (isolation === "snapshot") {
      throw new NotSupportedError('No engine here has the isolation level "snapshot".', {
        hint: 'Use "repeatable read", which is a snapshot on PostgreSQL and MySQL.',
      });
    }
    await own(connection).run((port) => port.begin({ isolation, readOnly: accessMode === "read only" }));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).run((port) => port.commit());
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await own(connection).run((port) => port.rollback());
  }

  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await own(connection).savepoint("create", name);
  }

  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await own(connection).savepoint("rollback", name);
  }

  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await own(connection).savepoint("release", name);
  }

  /** The connections belong to the pool they came from. */
  async destroy(): Promise<void> {}
}

/** Every connection Kysely hands back to the driver is one the driver made. */
function own(connection: DatabaseConnection): PortConnection {
  return connection as PortConnection;
}

class PortConnection implements DatabaseConnection {
  readonly connection: Connection;
  readonly #settings: PortDialectSettings;
  readonly #engine: Engine;
  /** Names chosen by Kysely's user, and ours, which are plain words. */
  readonly #savepoints = new Map<string, string>();

  constructor(connection: Connection, settings: PortDialectSettings) {
    this.connection = connection;
    this.#settings = settings;
    this.#engine = settings.engine;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<KyselyResult<R>> {
    const statement = statementOf(query);
    this.#settings.onStatement?.();
    const result = await this.run((port) => port.execute(statement, query.parameters), query.sql);
    const rows = toObjects<R>(result.rows, result.columns ?? []);
    return { rows, ...counts(result, statement, query) };
  }

  async *streamQuery<R>(query: CompiledQuery, chunkSize = 100): AsyncIterableIterator<KyselyResult<R>> {
    let names: readonly string[] = [];
    const keepNames = (told: readonly string[]): void => void (names = told);
    this.#settings.onStatement?.();
    try {
      const chunks = this.connection.stream(statementOf(query), query.parameters, chunkSize, keepNames);
      for await (const rows of chunks) yield { rows: toObjects<R>(rows, this.#told(names)) };
    } catch (error) {
      throw this.#engine.translateError(error, { sql: query.sql });
    }
  }

  /** Without names every row would come out as an empty object. */
  #told(names: readonly string[]): readonly string[] {
    if (names.length > 0) return names;
    throw new NotSupportedError(`${this.#engine.label} does not tell the columns of a stream.`);
  }

  async savepoint(action: "create" | "release" | "rollback", name: string): Promise<void> {
    const known = this.#savepoints.get(name) ?? `kysely_${this.#savepoints.size}`;
    this.#savepoints.set(name, known);
    await this.run((port) => port.savepoint(action, known));
  }

  async run<T>(work: (connection: Connection) => T | Promise<T>, sql?: string): Promise<T> {
    try {
      return await work(this.connection);
    } catch (error) {
      throw this.#engine.translateError(error, { sql });
    }
  }
}

function statementOf({ sql, query }: CompiledQuery): Statement {
  return { sql, returnsRows: returnsRows(query, sql), wideIntegers: false, named: true };
}

function returnsRows(query: CompiledQuery["query"], sql: string): boolean {
  if (query.kind === "SelectQueryNode") return true;
  if (query.kind !== "RawNode") return "returning" in query && query.returning !== undefined;
  return /^\s*(?:select|values|table|show|explain|pragma|describe|with)\b|\breturning\b/i.test(sql);
}

const WRITES = new Set(["InsertQueryNode", "UpdateQueryNode", "DeleteQueryNode", "MergeQueryNode"]);

function counts(
  { affected, insertId }: QueryResult,
  { returnsRows: rowsReturned }: Statement,
  { query }: CompiledQuery,
): Pick<KyselyResult<unknown>, "numAffectedRows" | "insertId"> {
  if (!WRITES.has(query.kind) && rowsReturned) return {};
  return {
    numAffectedRows: BigInt(affected),
    ...(insertId === null ? {} : { insertId: BigInt(insertId) }),
  };
}

function toObjects<R>(rows: readonly Row[], names: readonly string[]): R[] {
  return rows.map((row) => {
    const object: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) set(object, names[at]!, row[at]);
    return object as R;
  });
}

/** A column named `__proto__` is data like any other, and must not become the object's prototype. */
function set(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
