import type { DatabaseLike } from "./database-like.js";
import type { CreateInput, UpdateInput } from "./input.js";
import type { Loaded } from "./loaded.js";
import type { FieldPath, OrderPath, RelationPath } from "./paths.js";
import type { ANN, GIVEN, MODEL, ROW, SELECTED } from "./phantoms.js";
import type { DeleteResult } from "./sparse.js";
import type { Where, WhereList } from "./where.js";

/** SQL as it goes to the database: text with placeholders, and the values bound to them. */
export interface CompiledSql {
  readonly sql: string;
  readonly parameters: readonly unknown[];
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
export interface QuerySet<I> {
  readonly [MODEL]: I;
  readonly [SELECTED]: {};
  readonly [ANN]: {};
  readonly [GIVEN]: {};
  readonly [ROW]: Loaded<I, keyof this[typeof SELECTED] & string>;

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
  /** In this order instead of the model's: "position", "-album__name", "?" for chance. No arguments: no order. */
  orderBy<const P extends string>(...paths: OrderPath<I, this[typeof ANN], P>[]): this;
  /** The other way round. */
  reverse(): this;
  /** Each row once; with names, the first row for each value of these (PostgreSQL). */
  distinct<const P extends string>(...on: FieldPath<I, this[typeof ANN], P>[]): this;
  /** At most so many rows. Limits compose: they never widen one set before. */
  limit(rows: number): this;
  /** Without the first so many rows. */
  offset(rows: number): this;
  /** Rows from one place up to, not including, another, as `Array.prototype.slice` counts; no negative places. */
  slice(from: number, to?: number): this;
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
  /** On another database. */
  using(database: DatabaseLike): this;
  /** Takes parts of dates in a time zone, by its IANA name. */
  inTimeZone(name: string): this;
  /** No rows, without asking. */
  none(): this;

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
  count(): Promise<number>;
  exists(): Promise<boolean>;
  /** Rows as they come, so many fetched at a time. */
  iterator(options?: { readonly chunkSize?: number }): AsyncIterableIterator<this[typeof ROW]>;
  [Symbol.asyncIterator](): AsyncIterator<this[typeof ROW]>;
  /** What `all()` would send. */
  sql(): CompiledSql;

  /** Makes a row and saves it. */
  create(values: CreateInput<I, keyof this[typeof GIVEN]>): Promise<I>;
  /** Saves many new rows with as few statements as the database takes. */
  bulkCreate(
    rows: readonly CreateInput<I, keyof this[typeof GIVEN]>[],
    options?: { readonly batchSize?: number },
  ): Promise<I[]>;
  /** Sets fields of all rows matched and gives their number. An unfiltered queryset needs `{ all: true }`. */
  update(values: UpdateInput<I>, options?: { readonly all?: boolean }): Promise<number>;
  /** Deletes all rows matched. An unfiltered queryset needs `{ all: true }`. */
  delete(options?: { readonly all?: boolean }): Promise<DeleteResult>;
  /** The one row for which this holds, or a new one made of it and the defaults; true where it was made. */
  getOrCreate<const W extends object>(
    where: Where<I, this[typeof ANN], W>,
    options?: { readonly defaults?: UpdateInput<I> },
  ): Promise<[row: this[typeof ROW], created: boolean]>;
}

/** A model's querysets begin here: what `manager(Track)` gives. */
export type Manager<I> = QuerySet<I>;

/** `album.tracks`: the rows whose foreign key `Via` is this row. `create` fills that key in. */
export interface RelatedManager<I, Via extends string> extends QuerySet<I> {
  readonly [GIVEN]: { readonly [K in Via]: true };
}

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
