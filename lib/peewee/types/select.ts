import type {
  ANN,
  AnyRelationPath,
  Columns,
  CompiledSql,
  DatabaseLike,
  FieldPath,
  FlatShape,
  FreeName,
  Joined,
  JoinOptions,
  ListShape,
  LockOptions,
  LockPath,
  MODEL,
  ModelAlias,
  NodeOf,
  OrderItem,
  OrderList,
  OrderPath,
  PICKED,
  PickedValue,
  QuerySet,
  QueryOf,
  RelationPath,
  Resolved,
  Result,
  ROW,
  RowShape,
  SELECTED,
  SHAPE,
  SpecsOf,
  Typed,
  Where,
  WhereList,
  WithNames,
  WithValues,
} from "../../types/index.js";

/** What was selected: names, and objects of expressions by name. */
declare const COLUMNS: unique symbol;
/** The names of groups. */
declare const GROUPS: unique symbol;

type List = readonly (string | object)[];
type NamesOf<I, A, L extends List> = WithValues<I, A, unknown, L>[typeof ANN];
type DictShape<I, A, L> = L extends List ? WithValues<I, A, unknown, L>[typeof SHAPE] : never;

type Single<K> = [K] extends [never] ? false : [Extract<K, K>] extends [infer One] ? IsOne<K, One> : false;
type IsOne<K, All> = K extends unknown ? ([All] extends [K] ? true : false) : never;
type Cell<I, A, E> = E extends string
  ? Resolved<I, A, NodeOf<E>>
  : Single<keyof E> extends true
    ? Resolved<I, A, NodeOf<E[keyof E]>>
    : never;
type HasMany<E> = E extends string ? never : Single<keyof E> extends true ? never : true;
/** Of objects with several names nobody says where they stand. */
type TupleShape<I, A, L> = L extends readonly []
  ? () => ListShape<Typed<unknown, false, "own">[]>
  : L extends List
    ? HasMany<L[number]> extends never
      ? () => ListShape<{ -readonly [i in keyof L]: Cell<I, A, L[i]> }>
      : () => ListShape<Typed<unknown, false, "own">[]>
    : never;

type RelationsIn<P> = P extends `${infer H}__${infer R}`
  ? R extends `${string}__${string}`
    ? `${H}__${RelationsIn<R>}`
    : H
  : never;
type Loads<L extends List> = { readonly [K in RelationsIn<Extract<L[number], string>>]: true };
type OnlyExpressions<L extends List> = L extends readonly []
  ? false
  : Extract<L[number], string> extends never
    ? true
    : false;

/** What `select(…)` adds: fields of rows, with what is worked out for each; expressions alone are plain objects. */
export type Chosen<I, A, L extends List> =
  OnlyExpressions<L> extends true
    ? { readonly [COLUMNS]: L; readonly [ANN]: NamesOf<I, A, L>; readonly [SHAPE]: DictShape<I, A, L> }
    : L extends readonly []
      ? { readonly [COLUMNS]: L }
      : {
          readonly [COLUMNS]: L;
          readonly [ANN]: NamesOf<I, A, L>;
          readonly [SHAPE]: () => RowShape<NamesOf<I, A, L>>;
          readonly [SELECTED]: Loads<L>;
        };

type ScalarOf<Steps> = PickedValue<Steps> extends { readonly none: never } ? unknown : PickedValue<Steps>;
type NotEmpty<L, G> = L extends readonly [] ? (G extends List ? G : L) : L;
type DictOf<I, A, L> = Result<I, never, {}, DictShape<I, A, L>>;

interface Shaped<Steps> {
  readonly [SHAPE]: Steps;
}
interface Grouped<G, Steps> extends Shaped<Steps> {
  readonly [GROUPS]: G;
}

/** What is combined with a select: another one of the same model, or a queryset. */
type Other<I> = QueryOf<I>;

/** How a relation is joined. */
export interface RelationJoin {
  /** Keeps rows that have none. */
  readonly left?: boolean;
}

/**
 * A SELECT that was not run yet. Immutable: each method gives another one, in whichever order they are called. Names,
 * lookups and expressions are those of querysets.
 *
 * @example
 * ```ts
 * const busy = Album.select("artist__name", { n: Count("tracks") }).groupBy("artist__name").having({ n__gt: 10 });
 * for (const { artist__name, n } of await busy.orderBy("-n").execute()) console.log(artist__name, n);
 * ```
 */
export interface Select<I> {
  readonly [MODEL]: I;
  readonly [SELECTED]: {};
  readonly [ANN]: {};
  readonly [COLUMNS]: unknown;
  readonly [GROUPS]: unknown;
  readonly [SHAPE]: unknown;
  readonly [ROW]: Result<I, keyof this[typeof SELECTED] & string, {}, this[typeof SHAPE]>;
  readonly [PICKED]: PickedValue<this[typeof SHAPE]>;

  /** Other columns than those before. */
  select<const L extends List>(...columns: Columns<I, {}, L>): Select<I> & Chosen<I, {}, L>;
  /** Further ones. */
  selectExtend<const L extends List>(
    ...columns: Columns<I, this[typeof ANN], L>
  ): Select<I> &
    WithNames<this[typeof ANN]> &
    Chosen<I, this[typeof ANN], this[typeof COLUMNS] extends List ? [...this[typeof COLUMNS], ...L] : L>;
  /** Rows for which all of this holds, too. A condition on an aggregate of groups goes to `having`. */
  where<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): this;
  /** Rows for which all that was said so far holds, or all of this. */
  orwhere<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): this;
  /**
   * Rows that a relation leads somewhere from: lookups follow relations by themselves, and keep rows that have none.
   * With `left` these stay, with `load` the related row comes along. Or any model under a name, with a condition.
   *
   * @example
   * ```ts
   * await Track.select().join("album", { load: true }).where({ album__name: "Malibu" }).execute();
   * // SELECT … FROM "track" INNER JOIN "album" … WHERE "album"."name" = 'Malibu'
   * await Track.select().join(Track.alias("twin"), { twin__title: F("title"), twin__id__gt: F("id") }).execute();
   * ```
   */
  join<const P extends string>(
    path: RelationPath<I, P>,
    options: RelationJoin & { readonly load: true },
  ): this & { readonly [SELECTED]: { readonly [K in P]: true } };
  join<const P extends string>(path: AnyRelationPath<I, P>, options?: RelationJoin): this;
  join<J, const Name extends string, const W extends object, const Left extends boolean = false>(
    model: ModelAlias<J, Name> & NoInfer<FreeName<SpecsOf<I>, Name>>,
    on: Where<I, this[typeof ANN] & Joined<J, Name, false>, W>,
    options?: JoinOptions<Left>,
  ): this & WithNames<Joined<J, Name, Left>>;
  /** Groups rows by these; what is selected is among them, or an aggregate. Each group is a plain object. */
  groupBy<const G extends List>(
    ...groups: Columns<I, this[typeof ANN], G>
  ): this & Grouped<G, DictShape<I, this[typeof ANN], NotEmpty<this[typeof COLUMNS], G>>>;
  /** Groups for which this holds. */
  having<const W extends object, const L extends readonly object[]>(
    where?: Where<I, this[typeof ANN], W>,
    ...conditions: WhereList<I, this[typeof ANN], L>
  ): this;
  /** In this order instead of the one before, or the model's; no arguments: in none. */
  orderBy<const P extends string>(...paths: OrderPath<I, this[typeof ANN], P>[]): this;
  orderBy<const L extends readonly OrderItem[]>(...order: OrderList<I, this[typeof ANN], L>): this;
  /** Behind the order before. */
  orderByExtend<const P extends string>(...paths: OrderPath<I, this[typeof ANN], P>[]): this;
  orderByExtend<const L extends readonly OrderItem[]>(...order: OrderList<I, this[typeof ANN], L>): this;
  /** So many rows at most, instead of what was said before. */
  limit(rows: number): this;
  /** Passes over so many rows before the first, whether it is said before a limit or after it. */
  offset(rows: number): this;
  /** A page of so many rows, 20 unless given. The first is 1, and so is what comes before it. */
  paginate(page: number, size?: number): this;
  /** Each row once; with names, the first row of each of their values. */
  distinct<const P extends string>(...on: FieldPath<I, this[typeof ANN], P>[]): this;
  /** Locks the rows until the transaction ends. */
  forUpdate<const P extends string>(options?: LockOptions<LockPath<I, P>>): this;
  /** On another database. */
  using(database: DatabaseLike | string): this;
  /** Rows of both, each once. Conditions and columns come before, orders and limits after. */
  union(...others: Other<I>[]): this;
  unionAll(...others: Other<I>[]): this;
  intersect(...others: Other<I>[]): this;
  except(...others: Other<I>[]): this;

  /** Rows as plain objects. */
  dicts(): this & Shaped<DictShape<I, this[typeof ANN], NotEmpty<this[typeof COLUMNS], this[typeof GROUPS]>>>;
  /** Rows as lists. */
  tuples(): this & Shaped<TupleShape<I, this[typeof ANN], NotEmpty<this[typeof COLUMNS], this[typeof GROUPS]>>>;
  /** Rows of the model again; or what a function makes of each as a plain object. */
  objects(): this & Shaped<() => RowShape<this[typeof ANN]>>;
  objects<T>(
    make: (row: DictOf<I, this[typeof ANN], NotEmpty<this[typeof COLUMNS], this[typeof GROUPS]>>) => T,
  ): this & Shaped<() => FlatShape<Typed<T, false, "own">>>;

  /** What would be sent, without sending it. */
  sql(): CompiledSql;
  /** The same rows as a queryset, for what there is beyond this. */
  queryset(): QuerySet<I>;
  /** Runs it. */
  execute(): Promise<this[typeof ROW][]>;
  /** Rows as they come. */
  iterator(options?: { readonly chunkSize?: number }): AsyncIterableIterator<this[typeof ROW]>;
  [Symbol.asyncIterator](): AsyncIterator<this[typeof ROW]>;
  /** The first row; several are no error. Throws the model's `DoesNotExist` where there is none. */
  get(): Promise<this[typeof ROW]>;
  /** The same, with null where there is none. */
  getOrNone(): Promise<this[typeof ROW] | null>;
  /** The first row in the order that was asked for, and no other; null where there is none. With a number so many rows. */
  first(): Promise<this[typeof ROW] | null>;
  first(rows: number): Promise<this[typeof ROW][]>;
  /** The first column of the first row; null where there is none. */
  scalar(): Promise<ScalarOf<DictShape<I, this[typeof ANN], this[typeof COLUMNS]>> | null>;
  /** The first column of all rows. */
  scalars(): Promise<ScalarOf<DictShape<I, this[typeof ANN], this[typeof COLUMNS]>>[]>;
  /** How many rows it gives, limits counted in unless they are to be cleared. */
  count(options?: { readonly clearLimit?: boolean }): Promise<number>;
  exists(): Promise<boolean>;
}
