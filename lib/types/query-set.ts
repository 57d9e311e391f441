import type { AnyQuerySet } from "./any-query-set.js";
import type { CreateInput, UpdateInput } from "./input.js";
import type { FreeName, Joined, JoinOptions, ModelAlias } from "./join.js";
import type { OrderItem, OrderList, OrderPath } from "./order.js";
import type { FieldPath, LockPath, RelationPath, SelfKey, SelfPath } from "./paths.js";
import type { ANN, FETCHED, GIVEN, MODEL, PICKED, ROW, SELECTED, SHAPE } from "./phantoms.js";
import type { FetchedAlong, PrefetchOf, PrefetchPaths } from "./prefetch.js";
import type { RawRows, RawSql } from "./raw.js";
import type {
  Aggregated,
  BulkKey,
  Columns,
  Computed,
  ListColumns,
  NamedAll,
  NewAliases,
  NewAnnotations,
  PickedValue,
  ResolvedAll,
  Result,
  WithAnnotations,
  WithDates,
  WithDepth,
  WithLists,
  WithNames,
  WithValues,
} from "./selection.js";
import type { Sparse } from "./sparse.js";
import type { PkOf, SpecsOf } from "./specs.js";
import type { QueryOf, SetValues, Where, WhereList } from "./where.js";

/** How `selectForUpdate` locks. */
export interface LockOptions<Path = string> {
  /** Throws `LockNotAvailable` where a row is locked already, instead of waiting. */
  readonly nowait?: boolean;
  /** Leaves out rows that are locked already. */
  readonly skipLocked?: boolean;
  /** Only rows of these: "self", or relations that `selectRelated` fetches along. Without it those of every table. */
  readonly of?: Path | readonly Path[];
  /** Lets other transactions refer to the rows: FOR NO KEY UPDATE (PostgreSQL). */
  readonly noKey?: boolean;
  /** Lets other transactions read the rows with a lock of the same kind: FOR SHARE. */
  readonly share?: boolean;
}

/** How `recursive` goes on. */
export interface RecursiveOptions<Depth extends string> {
  /** A name for the number of steps that lead to a row: 0 for the rows it begins with. */
  readonly depth?: Depth;
  /** The most steps. */
  readonly maxDepth?: number;
}

/** How `ancestorsOf` and `descendantsOf` go on. */
export interface LineageOptions<Depth extends string> extends RecursiveOptions<Depth> {
  /** The row itself, too, with 0 steps. */
  readonly includeSelf?: boolean;
}

/**
 * Rows of a model, described but not asked for. Immutable and lazy: every method gives a new queryset, and only
 * those which return a promise, or iterating, run SQL.
 *
 * @example
 * ```ts
 * const loud = Track.objects.filter({ album__name__icontains: "malibu" }).orderBy("-position");
 * for (const track of await loud.limit(10).all()) console.log(track.title);
 * ```
 */
export interface QuerySet<I> extends AnyQuerySet {
  readonly [MODEL]: I;
  readonly [SELECTED]: {};
  readonly [FETCHED]: {};
  readonly [ANN]: {};
  readonly [GIVEN]: {};
  readonly [SHAPE]: unknown;
  readonly [ROW]: Result<I, keyof this[typeof SELECTED] & string, this[typeof FETCHED], this[typeof SHAPE]>;
  readonly [PICKED]: PickedValue<this[typeof SHAPE]>;

  /**
   * Rows for which all of this holds.
   *
   * @example
   * ```ts
   * Track.objects.filter({ album__name__iexact: "x", position__gte: 3 });
   * Track.objects.filter(Q({ position: 1 }).or(Q({ title: "x" })));
   * ```
   * @throws FieldError for names that do not exist, and for values that a lookup cannot take.
   */
  filter<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): this;
  /** All rows but those for which all of this holds; rows for which it is unknown, for a NULL, are kept. */
  exclude<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): this;
  /**
   * In this order instead of the model's: "position", "-album__name", "?" for chance, or an expression. No arguments: no
   * order.
   *
   * @example
   * ```ts
   * Album.objects.orderBy(F("released").desc({ nulls: "last" }), Lower("name"), "-id");
   * // … ORDER BY "released" DESC NULLS LAST, lower("name"), "id" DESC
   * ```
   */
  orderBy<const P extends string>(...paths: OrderPath<I, this[typeof ANN], P>[]): this;
  orderBy<const L extends readonly OrderItem[]>(...order: OrderList<I, this[typeof ANN], L>): this;
  /**
   * Each row once; with names, of the rows that have these values alike only the first, in the queryset's order. Which
   * that is where the order does not say, the primary key does.
   *
   * @example
   * ```ts
   * await Track.objects.distinct("album").orderBy("-position").all(); // each album's last track
   * ```
   * @throws FieldError for names that do not exist; when run, for grouped rows, and beside a filter on a window.
   */
  distinct<const P extends string>(...on: FieldPath<I, this[typeof ANN], P>[]): this;
  /**
   * Joins relations to one row, so that they are loaded with their row.
   *
   * @example
   * ```ts
   * const tracks = await Track.objects.selectRelated("album__artist").all();
   * tracks[0].album.artist.name;
   * ```
   */
  selectRelated<const P extends string>(
    ...paths: RelationPath<I, P>[]
  ): this & { readonly [SELECTED]: { readonly [K in string extends P ? never : P]: true } };
  /**
   * Fetches relations along by queries of their own, one for each relation of a path however many rows there are:
   * afterwards `album.tracks` is what a loop takes, and `album.tracks.all()` costs no query. `Prefetch(path, queryset)`
   * says which rows, in which order, and how many for each.
   *
   * @example
   * ```ts
   * const albums = await Album.objects.prefetchRelated("tracks").all();
   * for (const album of albums) for (const track of album.tracks) console.log(album.name, track.title);
   * // SELECT … FROM "album"; SELECT … FROM "track" WHERE "album_id" IN (1, 2, …)
   * ```
   * @throws FieldError for what is no relation, for a path named twice with different querysets, and after values(…).
   */
  prefetchRelated<const L extends readonly (string | PrefetchOf<string, unknown, string>)[]>(
    ...paths: PrefetchPaths<I, L>
  ): this & { readonly [FETCHED]: FetchedAlong<L> };
  /**
   * Fetches relations along in the way that suits each: those to one row are joined, as by `selectRelated`, and those to
   * many are queries of their own, as by `prefetchRelated`.
   *
   * @example
   * ```ts
   * const albums = await Album.objects.fetchRelated("artist", "tracks__album").all();
   * // SELECT … FROM "album" LEFT JOIN "artist" …; SELECT … FROM "track" JOIN "album" … WHERE "album_id" IN (1, 2, …)
   * ```
   * @throws FieldError for what is no relation.
   */
  fetchRelated<const L extends readonly string[]>(
    ...paths: PrefetchPaths<I, L>
  ): this & { readonly [FETCHED]: FetchedAlong<L> };
  /**
   * Adds what an expression works out to each row, by a name that filters and orders know from here on. After `values`
   * an aggregate is over all rows that have these values alike.
   *
   * @example
   * ```ts
   * const albums = await Album.objects.annotate({ n: Count("tracks") }).filter({ n__gte: 3 }).orderBy("-n").all();
   * albums[0].n;
   * // SELECT …, (SELECT count(…) FROM "track" … WHERE …) AS "n" FROM "album" WHERE (SELECT count(…) …) >= 3 ORDER BY "n" DESC
   * await Track.objects.values("album").annotate({ n: Count("*") }).all(); // [{ album: 1, n: 3 }, …]
   * ```
   * @throws FieldError for a name that a field has, and for names in the expression that do not exist.
   */
  annotate<const X extends object>(
    annotations: X & NoInfer<NewAnnotations<I, this[typeof ANN], X>>,
  ): this & WithAnnotations<this[typeof SHAPE], ResolvedAll<I, this[typeof ANN], X>>;
  /** The same for filters and orders alone: rows do not have it. A `FilteredRelation` is given its name here, too. */
  alias<const X extends object>(
    annotations: X & NoInfer<NewAliases<I, this[typeof ANN], X>>,
  ): this & WithNames<NamedAll<I, this[typeof ANN], X>>;
  /**
   * Puts a row of a model beside each row for which a condition holds, under the name that `alias` gave the model. From
   * there on `twin__title` is a name like that of a relation to one row. A row that several stand beside comes as many
   * times, one without any not at all; with `{ left: true }` once, beside NULL.
   *
   * @example
   * ```ts
   * const twins = Track.objects.join(Track.alias("twin"), { twin__title: F("title"), twin__id__gt: F("id") });
   * await twins.filter({ twin__album__name: "Malibu" }).values("id", "twin__id").all();
   * // SELECT … FROM "track" JOIN "track" AS t1 ON t1."title" = "track"."title" AND t1."id" > "track"."id" JOIN "album" …
   * ```
   * @throws FieldError for a name that is taken, for names that do not exist, and after slices and values(…).
   */
  join<J, const Name extends string, const W extends object, const Left extends boolean = false>(
    model: ModelAlias<J, Name> & NoInfer<FreeName<SpecsOf<I>, Name>>,
    on: Where<I, this[typeof ANN] & Joined<J, Name, false>, W>,
    options?: JoinOptions<Left>,
  ): this & WithNames<Joined<J, Name, Left>>;
  /**
   * Plain objects instead of rows: of these paths, and of expressions by name. A foreign key is its raw key. No
   * arguments: all columns, and annotations.
   *
   * @example
   * ```ts
   * await Track.objects.values("title", "album__name", { length: Length("title") }).all();
   * // SELECT "title", "album"."name" AS "album__name", length("title") AS "length" FROM "track" JOIN "album" …
   * // [{ title: "The Bird", album__name: "Malibu", length: 8 }, …]
   * ```
   */
  values<const L extends readonly (string | object)[]>(
    ...columns: Columns<I, this[typeof ANN], L>
  ): this & WithValues<I, this[typeof ANN], this[typeof SHAPE], L>;
  /**
   * The same as lists: `valuesList("title", "position")` gives `["The Bird", 1]`, and `{ flat: true }` after a single
   * one the values themselves.
   *
   * @example
   * ```ts
   * const names: string[] = await Artist.objects.valuesList("name", { flat: true }).all(); // SELECT "name" FROM "artist"
   * ```
   */
  valuesList<const L extends readonly (string | object)[]>(
    ...columns: ListColumns<I, this[typeof ANN], L>
  ): this & WithLists<I, this[typeof ANN], this[typeof SHAPE], L>;
  /**
   * The days, or the first days of the weeks, months or years, that a date has: each once, in order, without NULLs.
   *
   * @example
   * ```ts
   * await Artist.objects.dates("born", "year").all(); // ["1962-01-01", "1986-01-01"]
   * ```
   */
  dates<const P extends string>(
    field: FieldPath<I, this[typeof ANN], P>,
    kind: "year" | "month" | "week" | "day",
    order?: "asc" | "desc",
  ): this & WithDates<string, "date">;
  /** The same for instants: `datetimes("released", "month", "desc")`. */
  datetimes<const P extends string>(
    field: FieldPath<I, this[typeof ANN], P>,
    kind: "year" | "month" | "week" | "day" | "hour" | "minute" | "second",
    order?: "asc" | "desc",
  ): this & WithDates<Date, "datetime">;
  /**
   * Rows with these fields and the key, and no others. Reading another throws `NotLoadedError`, until `row.load()` or
   * `row.refresh()` fetches it; saving such a row writes only what it has. Called again it begins anew; `defer` takes
   * away from it. Paths name fields of relations that `selectRelated` fetches along.
   *
   * @example
   * ```ts
   * const tracks = await Track.objects.only("title").all(); // SELECT "id", "title" FROM "track"
   * await tracks[0].load("position"); // SELECT "id", "position" FROM "track" WHERE "id" = 1
   * ```
   * @throws FieldError for names that do not exist; when run, for a relation left out and yet fetched along.
   */
  only<const P extends string>(...fields: FieldPath<I, this[typeof ANN], P>[]): this;
  /**
   * Rows without these fields, and those deferred before; `defer(null)` loads all fields again.
   *
   * @example
   * ```ts
   * await Track.objects.selectRelated("album").defer("position", "album__released").all();
   * ```
   */
  defer<const P extends string>(...fields: FieldPath<I, {}, P>[]): this;
  defer(nothing: null): this;
  /**
   * Rows of this queryset or of another of the same model, as one condition; order, annotations and relations fetched
   * along are this one's. A sliced one takes part with the rows of its slice.
   *
   * @example
   * ```ts
   * await Track.objects.filter({ position: 1 }).or(Track.objects.filter({ title__icontains: "muse" })).count();
   * // SELECT count(*) FROM "track" WHERE "position" = 1 OR lower("title") LIKE '%muse%'
   * ```
   * @throws FieldError for a queryset of another model, and where only one is distinct or they have different values.
   */
  or(other: QueryOf<I>): this;
  /** Rows of this queryset and of another of the same model, as one condition. */
  and(other: QueryOf<I>): this;
  /**
   * These rows and all that a relation of the model to itself leads to from them, each once, circles or not: down along
   * its reverse side, or up along the foreign key.
   *
   * @example
   * ```ts
   * const below = Category.objects.filter({ name: "Music" }).recursive("children", { depth: "level", maxDepth: 5 });
   * await below.filter({ level__gt: 0 }).orderBy("level", "name").all();
   * // WITH RECURSIVE tree AS (SELECT "id", 0 … UNION SELECT … JOIN "category" ON "parent_id" = …) SELECT …
   * ```
   * @throws FieldError for what is no relation of the model to itself.
   */
  recursive<const P extends string, const Depth extends string = never>(
    relation: SelfPath<I, P>,
    options?: RecursiveOptions<Depth>,
  ): this & WithDepth<this[typeof SHAPE], Depth>;
  /**
   * The rows of this queryset that a foreign key of the model to itself leads to from a row: its parent, that one's
   * parent and so on, each once, circles or not.
   *
   * @example
   * ```ts
   * const path = Category.objects.ancestorsOf(7, "parent", { depth: "level", includeSelf: true });
   * await path.orderBy("-level").valuesList("name", { flat: true }).all(); // ["Music", "Jazz", "Bebop"]
   * // WITH RECURSIVE tree AS (SELECT … WHERE "id" = 7 UNION SELECT … JOIN "category" ON "id" = "parent_id" …) SELECT …
   * ```
   * @throws FieldError for what is no foreign key of the model to itself, and after annotate and values(…).
   */
  ancestorsOf<const P extends string, const Depth extends string = never>(
    row: I | Sparse<I> | PkOf<I>,
    foreignKey: SelfKey<I, P>,
    options?: LineageOptions<Depth>,
  ): this & WithDepth<this[typeof SHAPE], Depth>;
  /**
   * The rows of this queryset from which a foreign key of the model to itself leads to a row, in any number of steps:
   * its children, theirs and so on. The model need not declare the other side.
   *
   * @example
   * ```ts
   * const below = Category.objects.filter({ name__ne: "Misc" }).descendantsOf(1, "parent", { depth: "level", maxDepth: 3 });
   * await below.filter({ children__isnull: true }).orderBy("level").all();
   * ```
   * @throws FieldError for what is no foreign key of the model to itself, and after annotate and values(…).
   */
  descendantsOf<const P extends string, const Depth extends string = never>(
    row: I | Sparse<I> | PkOf<I>,
    foreignKey: SelfKey<I, P>,
    options?: LineageOptions<Depth>,
  ): this & WithDepth<this[typeof SHAPE], Depth>;
  /** Rows of which a text field contains this, whatever the case: one of these fields, or any of the model's own. */
  search<const P extends string>(term: string, ...fields: FieldPath<I, this[typeof ANN], P>[]): this;
  /**
   * Locks the rows until the transaction ends, when they are read. SQLite, which has one writer at a time, does without.
   *
   * @example
   * ```ts
   * await db.atomic(async () => {
   *   const next = await Track.objects.orderBy("position").selectForUpdate({ skipLocked: true }).first();
   *   // … ORDER BY "position" LIMIT 1 FOR UPDATE SKIP LOCKED
   *   await next?.update({ position: 0 });
   * });
   * ```
   * @throws FieldError for distinct or grouped rows; when run, TransactionError outside of `db.atomic`,
   * NotSupportedError for what the engine lacks, and LockNotAvailable with `nowait`.
   */
  selectForUpdate<const P extends string>(options?: LockOptions<LockPath<I, P>>): this;

  /** The rows, in a list. */
  all(): Promise<this[typeof ROW][]>;
  /** The one row for which this holds. Throws the model's `DoesNotExist` or `MultipleObjectsReturned`. */
  get<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): Promise<this[typeof ROW]>;
  /** The same, with null where there is no row. */
  getOrNull<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): Promise<this[typeof ROW] | null>;
  /** The first row, by primary key where there is no order. */
  first(): Promise<this[typeof ROW] | null>;
  last(): Promise<this[typeof ROW] | null>;
  /** The first row in this order: `earliest("released")`. Throws `DoesNotExist` where there is none. */
  earliest<const P extends string>(...fields: OrderPath<I, this[typeof ANN], P>[]): Promise<this[typeof ROW]>;
  /** The last row in this order. */
  latest<const P extends string>(...fields: OrderPath<I, this[typeof ANN], P>[]): Promise<this[typeof ROW]>;
  /**
   * Rows by key, or by another field that no two share; without keys all rows.
   *
   * @example
   * ```ts
   * const albums = await Album.objects.inBulk([1, 2]); // SELECT … WHERE "id" IN (1, 2)
   * albums.get(1)?.name;
   * ```
   */
  // The keys' type is a default, which the compiler leaves out when it asks whether one queryset fits another's place.
  inBulk<const P extends string = "pk", K = BulkKey<I, P>>(
    keys?: readonly NoInfer<K>[],
    options?: { readonly field?: FieldPath<I, {}, P> },
  ): Promise<Map<K, this[typeof ROW]>>;
  /** True where a row is among these. */
  contains(row: I): Promise<boolean>;
  /**
   * What aggregates give over all rows: one object.
   *
   * @example
   * ```ts
   * const { n, last } = await Track.objects.aggregate({ n: Count("*"), last: Max("position") });
   * // SELECT count(*) AS "n", max("position") AS "last" FROM "track"
   * ```
   */
  aggregate<const X extends object>(
    aggregates: X & NoInfer<Computed<I, this[typeof ANN], X>>,
  ): Promise<Aggregated<I, this[typeof ANN], X>>;
  /** Rows as they come, so many fetched at a time. */
  iterator(options?: { readonly chunkSize?: number }): AsyncIterableIterator<this[typeof ROW]>;
  [Symbol.asyncIterator](): AsyncIterator<this[typeof ROW]>;
  /**
   * Rows made of a whole query of one's own, written with Kysely's `sql` tag. It selects all columns of the model, in any
   * order; further ones become properties, of the types that `X` tells.
   *
   * @example
   * ```ts
   * const rows = Track.objects.raw<{ place: number }>(sql`
   *   select track.*, row_number() over (order by title) as place from track where position < ${9}`);
   * for (const track of await rows.all()) console.log(track.title, track.place);
   * ```
   * @throws FieldError for columns that are missing or doubled, and on a queryset that was narrowed.
   */
  raw<X extends object = {}>(sql: RawSql): RawRows<I & X>;

  /**
   * Makes a row and saves it. Expressions may not name fields: there is no row yet.
   *
   * @example
   * ```ts
   * const artist = await Artist.objects.create({ name: Upper(Value("abba")) });
   * // INSERT INTO "artist" ("name") VALUES (upper('abba'))
   * artist.name; // "ABBA"
   * ```
   *
   * Rows along relations may be made with it, at any depth and in one transaction: what it points at as an object, what
   * points at it as a list of them (one for `hasOne`), without the key that leads back.
   *
   * @example
   * ```ts
   * const album = await Album.objects.create({
   *   name: "Malibu",
   *   artist: { name: "Anderson .Paak" },
   *   tracks: [{ title: "The Bird", position: 1 }, { title: "Room in Here", position: 2 }],
   * });
   * // INSERT INTO "artist" …; INSERT INTO "album" …; INSERT INTO "track" … VALUES (…), (…)
   * ```
   * @throws ValidationError for everything that is wrong, before any SQL, by its path: `Album.tracks[1].title`.
   */
  create(values: CreateInput<I, keyof this[typeof GIVEN]>): Promise<I>;
  /**
   * Saves many new rows with as few statements as the database takes. Rows inside of them go together with all that
   * stand in the same place, as in `create`.
   */
  bulkCreate(
    rows: readonly (CreateInput<I, keyof this[typeof GIVEN]> | I)[],
    options?: { readonly batchSize?: number },
  ): Promise<I[]>;
  /**
   * Sets fields of all rows matched and gives their number. An unfiltered queryset needs `{ all: true }`.
   *
   * @example
   * ```ts
   * await Track.objects.filter({ album: 1 }).update({ position: F("position").add(1) });
   * // UPDATE "track" SET "position" = "position" + 1 WHERE "album_id" = 1
   * ```
   */
  update(values: UpdateInput<I>, options?: { readonly all?: boolean }): Promise<number>;
  update<const W extends object>(
    values: SetValues<I, this[typeof ANN], W>,
    options?: { readonly all?: boolean },
  ): Promise<number>;
  /** The one row for which this holds, or a new one made of it and the defaults; true where it was made. */
  getOrCreate<const W extends object>(
    where: Where<I, this[typeof ANN], W>,
    options?: { readonly defaults?: UpdateInput<I> },
  ): Promise<[row: this[typeof ROW], created: boolean]>;
  /**
   * Sets the one row for which this holds to the defaults, locked, or makes one of it and of these, or of
   * `createDefaults`; true where it was made.
   *
   * @example
   * ```ts
   * const [album, created] = await Album.objects.updateOrCreate({ name: "Malibu" }, { defaults: { released: "2016-01-15" } });
   * // SELECT … FROM "album" WHERE "name" = 'Malibu' LIMIT 2 FOR UPDATE, then UPDATE, or INSERT
   * ```
   */
  updateOrCreate<const W extends object>(
    where: Where<I, this[typeof ANN], W>,
    options?: { readonly defaults?: UpdateInput<I>; readonly createDefaults?: UpdateInput<I> },
  ): Promise<[row: this[typeof ROW], created: boolean]>;
}

/** A model's querysets begin here: what `manager(Track)` gives. */
export type Manager<I> = QuerySet<I>;

/** The type of the class `QuerySet`, for subclasses with methods of their own. */
export interface QuerySetClass {
  new <I>(model: unknown): QuerySet<I>;
  /**
   * A manager whose querysets are of this class.
   *
   * @example
   * ```ts
   * class NoteQuery extends QuerySet<Note> {
   *   done() {
   *     return this.filter({ completed: true });
   *   }
   * }
   * // in class Note: static objects = NoteQuery.asManager(this);
   * ```
   */
  asManager<Q>(this: new (model: unknown) => Q, model: unknown): Q;
}
