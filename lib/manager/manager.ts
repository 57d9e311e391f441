import type { Sql } from "../databases/kysely-bridge.js";
import { ConfigurationError, FieldError } from "../errors/index.js";
import type {
  AtomicFunction,
  AtomicOptions,
  LimitOptions,
  ManualTransaction,
  Savepoint,
  TransactionOptions,
} from "../execute/index.js";
import { currentValue, metaOfRow, type ModelMeta, registerModel } from "../models/index.js";
import type { Database } from "../objects/instances/database.js";
import type { ModelRow } from "../objects/instances/row.js";
import { describe } from "../objects/querysets/query-shortcuts.js";
import { QuerySetBase } from "../objects/querysets/query-set.js";
import { REFINED } from "../objects/querysets/refinable.js";
import { ON, RawRows } from "../objects/reading/raw-rows.js";
import { errorsOf } from "../objects/rows/errors-of.js";
import { checkNamed, databaseFor, type Named } from "../objects/rows/named-database.js";
import { deleteInstance } from "../peewee/delete-instance.js";
import type { DeleteInstanceOptions } from "../peewee/types/model.js";
import { QUERY, withoutSlice } from "../query/index.js";
import type { AnyQuerySet } from "../types/any-query-set.js";
import type { FieldName } from "../types/bulk.js";
import type { DatabaseLike } from "../types/database-like.js";
import type { CreateInput, UpdateInput } from "../types/input.js";
import type { LoadedBy } from "../types/loaded-along.js";
import type { FetchedAlong, PrefetchOf, PrefetchPaths } from "../types/prefetch.js";
import type { RawRows as TypedRawRows } from "../types/raw.js";
import type { Where, WhereList } from "../types/where.js";
import { printable } from "../util/printable.js";
import { allowingSync } from "./allow-sync.js";
import { isModel, isRunnable } from "./sources.js";
import type { AnnotationsOf, InstanceOf, RowFrom, RunnableQuery } from "./types/sources.js";

/**
 * One object through which models are used on a database, in the manner of peewee-async: models need not know where their
 * rows are. It connects by itself at the first call.
 *
 * @example
 * ```ts
 * const objects = new Manager(db);
 * const album = await objects.create(Album, { name: "Malibu" }); // INSERT INTO "album" ("name") VALUES ('Malibu')
 * const track = await objects.get(Track, { album__name: "Malibu", position: 1 });
 * track.title = "The Bird";
 * await objects.update(track); // UPDATE "track" SET "title" = 'The Bird' WHERE "id" = 1
 * await objects.atomic(async () => {
 *   for (const one of await objects.execute(Track.objects.filter({ album }))) await objects.delete(one);
 * });
 * ```
 */
export class Manager {
  /** Where a manager works that is given no database: for subclasses. */
  static readonly database: DatabaseLike | string | undefined = undefined;
  readonly #named: Named;

  /**
   * @throws ConfigurationError for what is no database, neither stands for one nor is the alias of one; and where none is
   * given, and the class names none.
   */
  constructor(database?: DatabaseLike | string) {
    const own = new.target.database;
    if (database === undefined && own === undefined) {
      throw new ConfigurationError(
        "new Manager(db) needs a database: give it one, or name it in a subclass, static database = db.",
      );
    }
    this.#named = checkNamed(database ?? own, "new Manager(db)");
  }

  /** The database that it works on. */
  get database(): Database {
    return databaseFor(this.#named, "write", "Manager").origin as Database;
  }

  /**
   * The first row that matches: unlike a queryset's own `get`, it makes nothing of several.
   *
   * @example
   * ```ts
   * await objects.get(Track, { album__name__icontains: "malibu" });
   * await objects.get(Track.objects.selectRelated("album").orderBy("-position"), { title: "The Bird" });
   * // SELECT … FROM "track" INNER JOIN "album" … WHERE "title" = 'The Bird' ORDER BY "position" DESC LIMIT 1
   * ```
   * @throws the model's `DoesNotExist` where no row matches; FieldError for names that do not exist.
   */
  get<S extends object, const W extends object, const L extends readonly object[]>(
    source: S,
    where?: Where<InstanceOf<S>, AnnotationsOf<S>, W>,
    ...conditions: WhereList<InstanceOf<S>, AnnotationsOf<S>, L>
  ): Promise<RowFrom<S>>;
  async get(source: object, ...asked: readonly unknown[]): Promise<unknown> {
    const found = await this.#first(source, asked, "get");
    if (found !== null) return found;
    const { model } = this.#queryset(source, "get")[QUERY];
    throw new (errorsOf(model).DoesNotExist)(`No ${model.name} matches get(${describe(asked)}).`);
  }

  /** The same, with null where no row matches. */
  getOrNull<S extends object, const W extends object, const L extends readonly object[]>(
    source: S,
    where?: Where<InstanceOf<S>, AnnotationsOf<S>, W>,
    ...conditions: WhereList<InstanceOf<S>, AnnotationsOf<S>, L>
  ): Promise<RowFrom<S> | null>;
  async getOrNull(source: object, ...asked: readonly unknown[]): Promise<unknown> {
    return this.#first(source, asked, "getOrNull");
  }

  async #first(source: object, where: readonly unknown[], method: string): Promise<object | null> {
    const queryset = this.#queryset(source, method);
    const matching = where.length === 0 ? queryset : queryset.filter(...where);
    return matching.first();
  }

  /**
   * Makes a row and saves it.
   *
   * @throws ValidationError for everything that is wrong, before any SQL; IntegrityError from the database.
   */
  async create<M extends object>(model: M, values: CreateInput<InstanceOf<M>>): Promise<InstanceOf<M>> {
    return (await this.#ofModel(model, "create").create(values)) as InstanceOf<M>;
  }

  /**
   * Saves what changed of a row, or the fields named, and gives the number of rows that this met: 0 where the row is not
   * there any more. It never inserts. Where nothing changed all fields are written.
   *
   * @example
   * ```ts
   * await objects.update(track, ["title"]); // UPDATE "track" SET "title" = 'The Bird' WHERE "id" = 1
   * ```
   * @throws ValidationError for wrong values; FieldError for a row without a key; StaleRowError for a version gone by.
   */
  async update<I extends object>(row: I, only?: readonly FieldName<I>[]): Promise<number> {
    const saved = rowGiven(row, "update");
    try {
      await saved.save({ forceUpdate: true, using: this.database, ...(only !== undefined && { only }) });
      return 1;
    } catch (error) {
      if (error instanceof errorsOf(metaOfRow(row) as ModelMeta).DoesNotExist) return 0;
      throw error;
    }
  }

  /**
   * Deletes a row and gives how many of its own were deleted: 1, or 0 where it was gone. Rows that point at it are left
   * to the database, unless it is told to be `recursive`.
   *
   * @throws FieldError for what is no saved row; ForeignKeyViolation where rows point at it.
   */
  async delete<I extends object>(row: I, options: Omit<DeleteInstanceOptions, "using"> = {}): Promise<number> {
    rowGiven(row, "delete");
    return deleteInstance(row as never, { ...options, using: this.database });
  }

  /** The one row for which this holds, or a new one made of it and the defaults; true where it was made. */
  async getOrCreate<S extends object, const W extends object>(
    source: S,
    where: Where<InstanceOf<S>, AnnotationsOf<S>, W>,
    options: { readonly defaults?: UpdateInput<InstanceOf<S>> } = {},
  ): Promise<[row: RowFrom<S>, created: boolean]> {
    const found = await this.#queryset(source, "getOrCreate").getOrCreate(where, options);
    return found as [RowFrom<S>, boolean];
  }

  /**
   * Makes a row, or where one is there that is alike in the unique fields given, gives that one; true where it was made.
   *
   * @throws FieldError where no unique field is given: any row might be the one that is meant.
   */
  async createOrGet<M extends object>(
    model: M,
    values: CreateInput<InstanceOf<M>>,
  ): Promise<[row: InstanceOf<M>, created: boolean]> {
    return (await this.#ofModel(model, "createOrGet").createOrGet(values)) as [InstanceOf<M>, boolean];
  }

  /**
   * Runs a query on this database and gives what it gives: the rows of a queryset or of `Model.raw`, what the `execute()` of
   * an insert, update or delete of "dunder-orm/peewee" gives, the rows of SQL written with Kysely's `sql` tag.
   *
   * @example
   * ```ts
   * const tracks = await objects.execute(Track.objects.filter({ position: 1 }));
   * const counts = await objects.execute(sql<{ n: number }>`select count(*) as n from track`);
   * ```
   * @throws FieldError for what is no query.
   */
  execute<Q extends AnyQuerySet>(query: Q): Promise<RowFrom<Q>[]>;
  execute<Row>(query: TypedRawRows<Row>): Promise<Row[]>;
  execute<R>(query: RunnableQuery<R>): Promise<R>;
  execute<Row>(query: Sql<Row>, limits?: LimitOptions): Promise<Row[]>;
  async execute(query: unknown, limits?: LimitOptions): Promise<unknown> {
    if (query instanceof QuerySetBase) return this.#queryset(query, "execute").all();
    if (query instanceof RawRows) return query[ON](this.database).all();
    if (isRunnable(query)) return query.using(this.database).execute();
    if (typeof (query as { execute?: unknown } | null)?.execute === "function") {
      return this.database.execute(query as Sql<unknown>, limits);
    }
    throw new FieldError(
      `manager.execute(query) takes a queryset, Model.raw(…) or SQL of Kysely's tag, sql\`…\`, got ${printable(query)}.`,
    );
  }

  /**
   * The rows of a model or a queryset, with relations fetched along by queries of their own.
   *
   * @example
   * ```ts
   * const albums = await objects.prefetch(Album, "tracks", Prefetch("artist", Artist.objects.only("name")));
   * // SELECT … FROM "album"; SELECT … FROM "track" WHERE "album_id" IN (…); SELECT … FROM "artist" WHERE "id" IN (…)
   * ```
   * @throws FieldError for what is no relation.
   */
  async prefetch<S extends object, const L extends readonly (string | PrefetchOf<string, unknown, string>)[]>(
    source: S,
    ...paths: PrefetchPaths<InstanceOf<S>, L>
  ): Promise<LoadedBy<RowFrom<S>, FetchedAlong<L>>[]> {
    const queryset = this.#queryset(source, "prefetch");
    const fetched = queryset.prefetchRelated(...(paths as never[]));
    return (await fetched.all()) as LoadedBy<RowFrom<S>, FetchedAlong<L>>[];
  }

  /**
   * How many rows there are: of a slice no more than it holds, unless `clearLimit` has the limit and the offset left out.
   */
  async count(source: object, { clearLimit = false }: { readonly clearLimit?: boolean } = {}): Promise<number> {
    const queryset = this.#queryset(source, "count");
    return (clearLimit ? queryset[REFINED](withoutSlice(queryset[QUERY])) : queryset).count();
  }

  /**
   * The first value of the first row, or with `asTuple` the whole row as a list; null where there is no row.
   *
   * @example
   * ```ts
   * await objects.scalar(Track.objects.valuesList({ last: Max("position") }));
   * ```
   */
  async scalar<T = unknown>(source: object, options: { readonly asTuple: true }): Promise<T[] | null>;
  async scalar<T = unknown>(source: object, options?: { readonly asTuple?: false }): Promise<T | null>;
  async scalar(source: object, { asTuple = false }: { readonly asTuple?: boolean } = {}): Promise<unknown> {
    const queryset = this.#queryset(source, "scalar");
    const [row] = await queryset.limit(1).all();
    if (row === undefined) return null;
    const values = queryset[QUERY].picked?.as === "flat" ? [row] : valuesOf(row);
    return asTuple ? values : (values[0] ?? null);
  }

  /** Connects now; false where it is connected already. Calls at the same time share one connection. */
  async connect(): Promise<boolean> {
    return this.database.connect({ reuseIfOpen: true });
  }

  /** Closes all connections, once one that is being opened is there; false if there were none. */
  async close(): Promise<boolean> {
    return this.database.close();
  }

  get isConnected(): boolean {
    return this.database.isConnected;
  }

  /** Runs a function in a transaction, or inside one in a savepoint: `db.atomic`. */
  atomic<T>(fn: AtomicFunction<T>, options?: AtomicOptions): Promise<T> {
    return this.database.atomic(fn, options);
  }

  /** Begins a transaction that goes on until its `commit()` or `rollback()`: `db.transaction`. */
  transaction(options?: TransactionOptions): Promise<ManualTransaction> {
    return this.database.transaction(options);
  }

  /** Marks a place in the present transaction to go back to: `db.savepoint`. */
  savepoint(): Promise<Savepoint> {
    return this.database.savepoint();
  }

  /** A manager of the same class on another database. */
  using(database: DatabaseLike | string): this {
    return new (this.constructor as new (database: DatabaseLike | string) => this)(database);
  }

  /**
   * Runs a function in which `queryset.sync` may be used on this database, whatever its `allowSync` says; for that
   * function and what it awaits alone.
   */
  allowSync<T>(fn: () => T): T {
    return allowingSync(this.database, fn);
  }

  #queryset(source: unknown, method: string): QuerySetBase {
    if (source instanceof QuerySetBase) return source.using(this.database);
    return this.#ofModel(source, method);
  }

  #ofModel(model: unknown, method: string): QuerySetBase {
    if (!isModel(model)) {
      throw new FieldError(
        `manager.${method}(…) takes a model${method === "create" ? "" : " or a queryset"}, got ${printable(model)}.`,
      );
    }
    const { objects } = model;
    registerModel(model);
    return (objects instanceof QuerySetBase ? objects : new QuerySetBase(model)).using(this.database);
  }
}

/** What a row holds, in the order of its columns, or in which its values were asked for. */
function valuesOf(row: object): readonly unknown[] {
  if (Array.isArray(row)) return row;
  const meta = metaOfRow(row);
  return meta === null ? Object.values(row) : meta.columns.map((column) => currentValue(row, column));
}

function rowGiven(row: unknown, method: string): ModelRow {
  if (metaOfRow(row) !== null) return row as ModelRow;
  throw new FieldError(`manager.${method}(row) takes a row of a model, got ${printable(row)}.`);
}
