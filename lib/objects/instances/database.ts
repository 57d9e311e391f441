import type { PlanStats } from "../../compile/index.js";
import { statsOf } from "../../databases/pool-log.js";
import type { ConnectionConfig, PoolStats } from "../../databases/ports/index.js";
import type { Sql, UntypedKysely } from "../../databases/kysely-bridge.js";
import type { DatabaseOptions } from "../../databases/options.js";
import {
  atomic,
  type AtomicFunction,
  type AtomicOptions,
  beginTransaction,
  currentBlock,
  DatabaseCore,
  kyselyOf,
  type LimitOptions,
  type ManualTransaction,
  markSavepoint,
  onCommit,
  onPrimary,
  limitsProblem,
  type Savepoint,
  scoped,
  seeingOwnWrites,
  statementRunnerOf,
  type TransactionOptions,
  withinLimits,
  withinSchema,
} from "../../execute/index.js";
import { ConfigurationError, ConnectionError, TransactionError } from "../../errors/index.js";
import { metaOf, type ModelMeta } from "../../models/index.js";
import { createTables, dropTables, type TableOptions } from "../../schema/index.js";
import type { BindOptions, ModelFactory } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { warn } from "../../util/warn.js";
import { bind } from "../rows/bindings.js";
import { bindable, boundWithin } from "./bind-models.js";
import { Model } from "./model.js";
import { modelsOf } from "./models-of.js";
import { type Metadata, ModelRegistry } from "./registry.js";
import { refuseDistantKeys, tablesIn } from "./tables-in.js";

/**
 * A database: where models keep their rows. It connects by itself at the first query.
 *
 * @example
 * ```ts
 * const db = new Database("sqlite:notes.sqlite"); // or "postgres://…", "mysql://…", "mariadb://…"
 * await db.createTables([Album, Track]);
 * await db.atomic(async () => {
 *   const album = await Album.objects.create({ name: "Malibu" });
 *   await Track.objects.create({ album, title: "The Bird", position: 1 });
 * });
 * await db.close();
 * ```
 */
export class Database extends DatabaseCore implements AsyncDisposable {
  #allowSync: boolean | "warn" = true;
  #registry: ModelRegistry | null = null;

  constructor(config: string | ConnectionConfig | null, options: DatabaseOptions = {}) {
    super(config, options);
  }

  /** `Model`, with this database as the option `database` unless another is given. */
  get Model(): ModelFactory {
    return modelFactoryFor(this);
  }

  /**
   * The models of this database: those that name it, and classes with a manager that are bound to it or come to it as to the
   * default. `registry.dispose()` has them be models no more.
   *
   * @example
   * ```ts no-run
   * db.registry.dispose();
   * new Track({ album: 1, title: "The Bird", position: 1 }); // throws UnmappedError: Track is no model any more…
   * db.metadata.tables.get("track")?.columns.map(({ name }) => name); // what is known of tables stays
   * ```
   */
  get registry(): ModelRegistry {
    return (this.#registry ??= new ModelRegistry(
      () => modelsOf(this.origin),
      () => this,
    ));
  }

  /**
   * The tables of this database's models.
   *
   * @example
   * ```ts no-run
   * await db.metadata.createAll(); // CREATE TABLE IF NOT EXISTS …, those first that others point at
   * [...db.metadata.tables.keys()]; // ["artist", "album", "track"]
   * await db.metadata.dropAll();
   * ```
   */
  get metadata(): Metadata {
    return this.registry.metadata;
  }

  /**
   * Routes models' queries here from now on: all of them at once, as `Model.bind(db)` does with one.
   *
   * @example
   * ```ts
   * db.bind([Artist, Album]);
   * db.bind([Track], { related: true }); // and whatever is related to it, however far
   * ```
   * @throws ConfigurationError for what are no models.
   */
  bind(models: readonly unknown[], options: BindOptions = {}): void {
    bind(bindable(models, options, { related: false, method: "bind" }), this);
  }

  /**
   * Runs a function during which models, and all that are related to them, are in this database: for the code that the
   * function runs, and for no other that runs meanwhile. Rows that were read before stay where they were.
   *
   * @example
   * ```ts
   * const scratch = new Database("sqlite::memory:");
   * await scratch.createTables([Artist, Album, Track]);
   * await scratch.bindContext([Artist, Album], async () => {
   *   await Track.objects.count(); // asks scratch, too: tracks have albums
   * });
   * ```
   * As peewee's `bind_ctx`; `{ related: false }` binds the models that are named, and no others.
   * @throws ConfigurationError for what are no models.
   */
  async bindContext<T>(models: readonly unknown[], fn: () => T | Promise<T>, options: BindOptions = {}): Promise<T> {
    return boundWithin(bindable(models, options, { related: true, method: "bindContext" }), this, fn);
  }

  /**
   * Connects now, so that a wrong URL or password shows at once. True if it did; throws where it is connected already,
   * unless `reuseIfOpen` is given, and then gives false.
   */
  async connect({ reuseIfOpen = false }: { reuseIfOpen?: boolean } = {}): Promise<boolean> {
    if (!this.isConnected) {
      await this.reopen();
      return true;
    }
    if (reuseIfOpen) return false;
    throw new ConnectionError(
      "This database is connected already: it was opened before, by a query maybe. To allow that: " +
        "db.connect({ reuseIfOpen: true }).",
    );
  }

  /**
   * Whether `queryset.sync` of "dunder-orm/manager" may be used on this database: a server that answers many clients does
   * better without. With "warn" each use is a warning of the process.
   *
   * @example
   * ```ts
   * db.allowSync = false;
   * ```
   * @throws ConfigurationError for anything but true, false and "warn".
   */
  get allowSync(): boolean | "warn" {
    return this.#allowSync;
  }

  set allowSync(allowed: boolean | "warn") {
    if (typeof allowed !== "boolean" && allowed !== "warn") {
      throw new ConfigurationError(`db.allowSync is true, false or "warn", got ${printable(allowed)}.`);
    }
    this.#allowSync = allowed;
  }

  /** True where it is not connected, be it that it never was. */
  isClosed(): boolean {
    return !this.isConnected;
  }

  /** Closes all connections; true if there were any. Queries throw from then on, until `connect()`. */
  async close(): Promise<boolean> {
    if (currentBlock(this) !== null) {
      throw new TransactionError("db.close() was called inside an atomic block. Close the database after it.");
    }
    return this.disconnect();
  }

  /**
   * Says where to connect, for a database made with `new Database(null)`, which is `deferred` until then; given again, it
   * moves there. Options are added to those that it was made with.
   *
   * @example
   * ```ts
   * const later = new Database(null);
   * await later.init("sqlite::memory:", { echo: true });
   * ```
   * @throws ConfigurationError for a URL or options that make no sense, and TransactionError inside an atomic block; it
   * stays where it was.
   */
  async init(config: string | ConnectionConfig, options: DatabaseOptions = {}): Promise<void> {
    if (currentBlock(this) !== null) {
      throw new TransactionError("db.init() was called inside an atomic block. Move the database after it.");
    }
    await this.reconfigure(config, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Runs a function in a transaction: everything awaited inside, from any model of this database, takes part; a throw
   * undoes it. Inside another block it is a savepoint.
   *
   * @example
   * ```ts
   * await db.atomic(async () => {
   *   await account.update({ balance: "0.00" });
   *   await Entry.objects.create({ account });
   * }, { retries: 3 });
   * ```
   * @throws TransactionError where the block cannot be kept; QueryTimeoutError and AbortError where its limits are over;
   * CommitUnknownError where the connection was lost during the commit.
   */
  atomic<T>(fn: AtomicFunction<T>, options: AtomicOptions = {}): Promise<T> {
    return atomic(this, fn, options);
  }

  /**
   * Begins a transaction that goes on until its `commit()` or `rollback()`; what is awaited in its `run(fn)` takes part.
   *
   * @example
   * ```ts
   * await using transaction = await db.transaction(); // rolled back at the end of this scope, unless committed
   * await transaction.run(() => account.update({ balance: "0.00" }));
   * await transaction.commit();
   * ```
   * @throws TransactionError inside another transaction of this database.
   */
  transaction(options: TransactionOptions = {}): Promise<ManualTransaction> {
    return beginTransaction(this, options);
  }

  /**
   * Marks a place in the present transaction to go back to: `rollback()` undoes what was written since, `commit()` gives
   * the savepoint up.
   *
   * @throws TransactionError outside of transactions.
   */
  savepoint(): Promise<Savepoint> {
    return markSavepoint(this);
  }

  /**
   * Calls a function after the outermost block has committed; outside of blocks at once. What it throws comes out of the
   * block, and keeps later functions from being called; with `robust` neither: a function given there gets the error,
   * and with `true` it becomes a warning of the process.
   */
  async onCommit(callback: () => unknown, { robust = false }: OnCommitOptions = {}): Promise<void> {
    return onCommit(this, callback, errorHandler(robust));
  }

  /**
   * Runs a function whose reads of this database go to the primary, all that it awaits included. Without replicas it is
   * just called.
   *
   * @example
   * ```ts
   * const total = await db.usingPrimary(() => Track.objects.count());
   * ```
   */
  usingPrimary<T>(fn: () => T): T {
    return this.#scoped("usingPrimary", onPrimary, fn);
  }

  /**
   * Runs a function, one request say, whose reads of this database see what it wrote before: on the primary for a while,
   * or on a replica that has it, as the option `readYourWrites` says. Without replicas it is just called.
   *
   * @example
   * ```ts
   * await db.readYourWrites(async () => {
   *   await Album.objects.create({ name: "Ventura" });
   *   await Album.objects.get({ name: "Ventura" }); // there, however far behind the replicas are
   * });
   * ```
   */
  readYourWrites<T>(fn: () => T): T {
    return this.#scoped("readYourWrites", seeingOwnWrites, fn);
  }

  #scoped<T>(method: string, scope: typeof onPrimary, fn: () => T): T {
    if (typeof fn !== "function") {
      throw new ConfigurationError(`db.${method}(() => …): expected a function, got ${printable(fn)}.`);
    }
    return (this.options.replicas?.length ?? 0) === 0 ? fn() : scope(this.origin, fn);
  }

  /**
   * Creates the tables of models, those first that others point at. Existing ones are left as they are, and models that
   * a router's `allowMigrate` keeps from this database are passed over.
   *
   * @throws ConfigurationError for a foreign key to a model of another database.
   */
  async createTables(models: readonly unknown[], options: TableOptions = {}): Promise<void> {
    const database = scoped(this);
    const metas = tablesIn(database, metasOf(models, options, "createTables"));
    refuseDistantKeys(database, metas);
    await createTables(database, metas, options);
  }

  /** Drops the tables of models, those first that point at others. */
  async dropTables(models: readonly unknown[], options: TableOptions = {}): Promise<void> {
    const database = scoped(this);
    await dropTables(database, tablesIn(database, metasOf(models, options, "dropTables")), options);
  }

  /**
   * What became of the queries so far: how many found their plan, how many had to be compiled. A program that keeps on
   * compiling makes querysets of ever new shapes. And how the pool of connections is doing: one in which many wait is too
   * small, or is held up.
   *
   * @example
   * ```ts
   * db.stats.plans; // { kept: 12, hits: 4810, compiled: 12, dropped: 0, unplanned: 0 }
   * db.stats.pool; // { size: 10, idle: 8, waiting: 0, acquired: 4822, created: 12, destroyed: 2, timeouts: 0, … }
   * ```
   */
  get stats(): DatabaseStats {
    return { plans: this.plans.stats, pool: statsOf(this.pool === null ? [] : [this.pool]) };
  }

  /**
   * Runs a function in which the tables of this database's models are those of a schema (on MySQL a database, on SQLite an
   * attached one): what is asked, written and created there, along relations, too. Models with a schema of their own keep it,
   * and rows that come from there remember it. Null is for none, within another.
   *
   * @example
   * ```ts no-run
   * await db.withSchema("tenant_a", () => Track.objects.filter({ title: "Bird" }).all());
   * // SELECT … FROM "tenant_a"."track" AS "track" WHERE "track"."title" = $1
   * ```
   * @throws ConfigurationError for what is no name.
   */
  withSchema<T>(name: string | null, fn: () => T): T {
    return withinSchema(this, name, fn);
  }

  /** A Kysely instance on this database; inside an atomic block it takes part in the transaction. */
  get kysely(): UntypedKysely {
    const { schema } = scoped(this);
    return schema === null ? kyselyOf(this) : kyselyOf(this).withSchema(schema);
  }

  /**
   * Runs SQL written with Kysely's `sql` tag.
   *
   * @example
   * ```ts
   * const rows = await db.execute(sql<{ n: number }>`select count(*) as n from track where position > ${3}`);
   * ```
   * @throws TransactionError for BEGIN, COMMIT and ROLLBACK; QueryTimeoutError and AbortError where limits are over.
   */
  async execute<T>(query: Sql<T>, limits: LimitOptions = {}): Promise<T[]> {
    if (typeof (query as { execute?: unknown } | null)?.execute !== "function") {
      throw new ConfigurationError(
        `db.execute(…) takes SQL written with Kysely's tag, sql\`select …\`, which binds its values; got ${printable(query)}.`,
      );
    }
    checkLimits(limits);
    const kysely = statementRunnerOf(this);
    if (limits.timeout === undefined && limits.signal === undefined) return (await query.execute(kysely)).rows;
    return withinLimits(limits, async () => (await query.execute(kysely)).rows);
  }
}

/** `Model` with a database, or what stands for one, as the option `database` unless another is given. */
export function modelFactoryFor(database: object): ModelFactory {
  const bound = (table: string, fields: object, options: object = {}) =>
    Model(table, fields, { database, ...options } as never);
  return bound as unknown as ModelFactory;
}

/** Options of `db.onCommit(fn, options)`. */
export interface OnCommitOptions {
  /** Whether what the function throws is kept from everybody else; a function gets it. */
  readonly robust?: boolean | ((error: unknown) => void);
}

function errorHandler(robust: unknown): ((error: unknown) => void) | null {
  if (robust === false) return null;
  if (typeof robust === "function") return robust as (error: unknown) => void;
  if (robust === true) return (error) => warn("A function given to db.onCommit(…, { robust: true }) threw.", error);
  throw new ConfigurationError(`onCommit: robust is true, false or a function, got ${printable(robust)}.`);
}

function checkLimits(limits: LimitOptions): void {
  const unknown = Object.keys(limits).find((name) => name !== "timeout" && name !== "signal");
  if (unknown !== undefined) {
    throw new ConfigurationError(`db.execute takes no option "${unknown}". Options: timeout, signal.`);
  }
  const problem = limitsProblem(limits);
  if (problem !== null) throw new ConfigurationError(`db.execute: ${problem}`);
}

/** Counts since the database was made; see `db.stats`. */
export interface DatabaseStats {
  readonly plans: PlanStats;
  /** Since it was connected; all zeros while it is not. */
  readonly pool: PoolStats;
}

function metasOf(models: unknown, options: TableOptions, method: string): ModelMeta[] {
  if (!Array.isArray(models)) {
    throw new ConfigurationError(`db.${method}([…]) takes a list of models, got ${printable(models)}.`);
  }
  const unknown = Object.keys(options).find((name) => name !== "safe" && name !== "foreignKeys");
  if (unknown !== undefined) {
    throw new ConfigurationError(`db.${method} takes no option "${unknown}". Options: safe, foreignKeys.`);
  }
  return models.map(metaOf);
}
