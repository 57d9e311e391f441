import type {
  AnyExpression,
  Argument,
  Call,
  ClaimsOf,
  Expression,
  Literal,
  NodeOf,
  NodesOf,
  Ordering,
  Typed,
  WindowFunction,
} from "./expression.js";
import type { LOOKUPS, NODE, WINDOWED } from "./phantoms.js";
import type { Json } from "./json-value.js";
import type { QNode } from "./q.js";
import type { RawSql } from "./raw.js";
import type { NamedRelation, ObjectNode } from "./resolve.js";
import type { AnyQuery, OneColumn, SubqueryNode } from "./selection.js";

/** The kinds of value that `Cast` and `Value` name, with their types. */
export interface Kinds {
  smallInteger: [number, "number"];
  integer: [number, "number"];
  bigInteger: [bigint, "number"];
  float: [number, "number"];
  decimal: [string, "number"];
  boolean: [boolean, "boolean"];
  string: [string, "text"];
  text: [string, "text"];
  uuid: [string, "uuid"];
  date: [string, "date"];
  time: [string, "time"];
  datetime: [Date, "datetime"];
  duration: [number, "duration"];
  json: [Json, "json"];
  binary: [Uint8Array, "binary"];
}

/** Parts of a day or an instant, as numbers. */
export type ExtractPart =
  | "year"
  | "iso_year"
  | "quarter"
  | "month"
  | "week"
  | "day"
  | "week_day"
  | "iso_week_day"
  | "hour"
  | "minute"
  | "second";

/** What a day or an instant is cut down to; "date" and "time" take one of an instant's halves. */
export type TruncPart = "year" | "quarter" | "month" | "week" | "day" | "hour" | "minute" | "second" | "date" | "time";

/** Rows that a function over a window sees around its own: numbers are places, or distances in a range of values. */
export interface FrameOptions {
  /** Places count rows, unless it says. */
  readonly type?: "rows" | "range" | "groups";
  /** Negative for before the row, 0 for the row itself; null, as where it is left out, for no bound. */
  readonly start?: number | null;
  readonly end?: number | null;
  readonly exclude?: "current row" | "group" | "ties" | null;
}

type OrderArgument = string | Ordering<unknown> | AnyExpression;
type List<T> = T | readonly T[];

/** Which rows `Window` works over. */
export interface WindowOptions {
  readonly partitionBy?: List<Argument>;
  readonly orderBy?: List<OrderArgument>;
  readonly frame?: FrameOptions;
}

/** What every aggregate takes. */
export interface AggregateOptions {
  /** Each value once. */
  readonly distinct?: boolean;
  /** Only rows for which this holds: a condition, or an object of lookups. */
  readonly filter?: object;
  /** What it gives for no rows, instead of null. */
  readonly default?: unknown;
}

/** What `StdDev` and `Variance` take. */
export interface SpreadOptions extends AggregateOptions {
  /** Of a sample, not of all there is. */
  readonly sample?: boolean;
}

/** What `StringAgg` and `JsonAgg` take. */
export interface ListOptions extends AggregateOptions {
  readonly orderBy?: List<OrderArgument>;
}

/** One branch of a `Case`. */
export interface WhenNode<N, C> {
  readonly when: N;
  readonly [LOOKUPS]: C;
}

type Fixed<T, Null extends boolean, Family extends string, C> = Expression<Typed<T, Null, Family>, C>;
/** A function whose result the rule `R` gives. */
type Made<R extends string, L extends readonly unknown[]> = Expression<Call<R, NodesOf<L>>, ClaimsOf<L[number]>>;

type OneArgument<R extends string> = <const X extends Argument>(argument: X) => Made<R, [X]>;
type TwoArguments<R extends string> = <const X extends Argument, const Y extends Argument>(
  first: X,
  second: Y,
) => Made<R, [X, Y]>;
type AnyArguments<R extends string> = <const L extends readonly Argument[]>(...list: L) => Made<R, L>;
type Padding = <const X extends Argument, const Y extends Argument, const Z extends Argument = never>(
  text: X,
  characters: Y,
  fill?: Z,
) => Made<"text", [X, Y, Z]>;

// What options name has to be checked, too.
type FilterClaims<O> = O extends { readonly filter: infer W } ? HeldBy<W> : never;
type Each<L> = L extends readonly unknown[] ? L[number] : L;
type OrderClaims<X> = X extends `-${infer P}` | `+${infer P}` ? P : ClaimsOf<X>;
type OrderedClaims<O> = O extends { readonly orderBy: infer L } ? OrderClaims<Each<L>> : never;
type PartitionClaims<O> = O extends { readonly partitionBy: infer L } ? ClaimsOf<Each<L>> : never;
type OptionClaims<O> = FilterClaims<O> | OrderedClaims<O> | PartitionClaims<O>;
type HasDefault<O> = O extends { readonly default: unknown } ? true : false;

type Count = <const X extends Argument = "*", const O extends AggregateOptions = {}>(
  of?: X,
  options?: O,
) => Fixed<number, false, "number", (X extends "*" ? never : ClaimsOf<X>) | OptionClaims<O>>;
type Measured<Options> = <const X extends Argument, const O extends Options = {} & Options>(
  of: X,
  options?: O,
) => Fixed<number, HasDefault<O> extends true ? false : true, "number", ClaimsOf<X> | OptionClaims<O>>;
type Chosen<O, Sure extends string, Maybe extends string> = HasDefault<O> extends true ? Sure : Maybe;
type OneOfRows<Options> = <const X extends Argument, const O extends Options = {} & Options>(
  of: X,
  options?: O,
) => Expression<Call<Chosen<O, "sure", "maybe">, [NodeOf<X>]>, ClaimsOf<X> | OptionClaims<O>>;
type Verdict = <const X extends Argument | QNode<unknown>, const O extends AggregateOptions = {}>(
  of: X,
  options?: O,
) => Fixed<boolean, HasDefault<O> extends true ? false : true, "boolean", ClaimsOf<X> | OptionClaims<O>>;

type Whens = readonly [...WhenNode<unknown, unknown>[], WhenNode<unknown, unknown> | CaseOptions];
/** What `Case` takes after its branches. */
export interface CaseOptions {
  /** For rows that no branch is for; else these have null. */
  readonly default?: Argument;
}
type Branch<E> = E extends { readonly when: infer N }
  ? N
  : E extends { readonly default: infer D }
    ? NodeOf<D>
    : Literal<null>;
type BranchClaims<E> = E extends { readonly [LOOKUPS]: infer C }
  ? C
  : E extends { readonly default: infer D }
    ? ClaimsOf<D>
    : never;
type Branches<L extends readonly unknown[]> = { readonly [i in keyof L]: Branch<L[i]> };
type HasElse<L extends readonly unknown[]> = L extends readonly [...unknown[], { readonly default: unknown }]
  ? true
  : false;
type CaseNode<L extends readonly unknown[]> = Call<
  "either",
  HasElse<L> extends true ? Branches<L> : readonly [...Branches<L>, Literal<null>]
>;

/** What a condition holds, or an object of lookups. */
type HeldBy<W> = W extends { readonly [LOOKUPS]: infer Held } ? Held : W;

// A frame without the row itself may hold none: then its first and last values, which are those of "same", are NULL.
type Outside<E, Sign extends "+" | "-"> = E extends number
  ? number extends E
    ? E
    : `${E}` extends "0"
      ? never
      : `${E}` extends `-${string}`
        ? Extract<"-", Sign>
        : Extract<"+", Sign>
  : never;
type LeavesOut<F> = F extends { readonly exclude: "current row" | "group" }
  ? true
  : F extends { readonly start: infer E }
    ? Outside<E, "+"> extends never
      ? EndsBefore<F>
      : true
    : EndsBefore<F>;
type EndsBefore<F> = F extends { readonly end: infer E } ? (Outside<E, "-"> extends never ? false : true) : false;
type InFrame<N, O> =
  N extends Call<"same", infer L extends readonly unknown[]>
    ? O extends { readonly frame: infer F }
      ? LeavesOut<F> extends true
        ? Call<"maybe", L>
        : N
      : N
    : N;
type NodeInWindow<X, O> = X extends { readonly [WINDOWED]: infer N }
  ? InFrame<N, O>
  : X extends { readonly [NODE]: infer N }
    ? N
    : never;
type Windowed = AnyExpression | WindowFunction<unknown, unknown>;
type Ranking = () => WindowFunction<Typed<number, false, "number">, never>;
type Shifted = <const X extends Argument, const D extends Argument = never>(
  of: X,
  rows?: number,
  otherwise?: D,
) => WindowFunction<
  [D] extends [never] ? Call<"maybe", [NodeOf<X>]> : Call<"either", [NodeOf<X>, NodeOf<D>]>,
  ClaimsOf<X | D>
>;
type Seen = <const X extends Argument>(of: X) => WindowFunction<Call<"same", [NodeOf<X>]>, ClaimsOf<X>>;

type NodesIn<X> = { readonly [K in keyof X]: NodeOf<X[K]> };
type Truncated<P> = P extends "date" ? "date" : P extends "time" ? "time" : "same";

/**
 * The constructors of expressions, by name. Wherever they take an argument, a string is the path of a field, along
 * relations at any depth; text is written `Value("text")`. Names are checked where a queryset takes the expression.
 */
export interface Expressions {
  /**
   * A field, an annotation, or the field of a related row.
   *
   * @example
   * ```ts
   * Item.objects.filter({ sold__gt: F("stock") }); // … WHERE "sold" > "stock"
   * Item.objects.update({ stock: F("stock").sub(1) }, { all: true }); // UPDATE "item" SET "stock" = "stock" - 1
   * ```
   */
  F<const P extends string>(path: P): Expression<P, P>;
  /**
   * In `updateFields` of `upsert` and `bulkCreate`, what the row that was to be inserted has in a field, where `F` is of
   * the row that is there already.
   *
   * @example
   * ```ts
   * const updateFields = { position: Greatest(F("position"), Excluded("position")) };
   * await Track.objects.upsert({ id: 1, album: 1, title: "The Bird", position: 3 }, { updateFields });
   * // … ON CONFLICT ("id") DO UPDATE SET "position" = max("track"."position", excluded."position")
   * ```
   * @throws FieldError anywhere else.
   */
  Excluded<const P extends string>(field: P): Expression<P, P>;
  /**
   * A value, bound as a parameter; `kind` names the kind of field that it is like where that does not show.
   *
   * @example
   * ```ts
   * Concat("name", Value(" — "), "artist__name"); // "name" || ' — ' || "artist"."name"
   * Value("12.50", "decimal");
   * ```
   */
  Value<T, K extends keyof Kinds | undefined = undefined>(
    value: T,
    kind?: K,
  ): Expression<K extends keyof Kinds ? Typed<Kinds[K][0], null extends T ? true : false, Kinds[K][1]> : Literal<T>>;
  /**
   * SQL of one's own, by Kysely's `sql` tag, which binds what it is given; expressions in it are written where they stand.
   * `kind` names the kind of field whose values it gives: then they are read, compared and calculated with as such,
   * else they are what the driver makes of them. `T` is the type of its value.
   *
   * @example
   * ```ts
   * Track.objects.annotate({ hash: raw(sql`length(${F("title")}) % ${7}`, "integer") });
   * // SELECT …, (length("track"."title") % 7) AS "hash" FROM "track"
   * Track.objects.filter(raw<boolean>(sql`${F("title")} GLOB ${"The*"}`)); // … WHERE ("track"."title" GLOB 'The*')
   * ```
   * @throws FieldError for anything but the tag, and for a kind that is none.
   */
  raw<K extends keyof Kinds>(
    sql: RawSql,
    kind: K,
    options?: { readonly scale?: number },
  ): Expression<Typed<Kinds[K][0], true, Kinds[K][1]>>;
  raw<T = unknown>(sql: RawSql, kind?: keyof Kinds, options?: { readonly scale?: number }): Expression<Literal<T>>;
  /**
   * How many rows have a value; `"*"` counts the rows themselves.
   *
   * @example
   * ```ts
   * Album.objects.annotate({ n: Count("tracks", { filter: Q({ tracks__position__gt: 9 }) }) });
   * // SELECT …, (SELECT count("id") FROM "track" WHERE "album_id" = "album"."id" AND "position" > 9) AS "n"
   * ```
   */
  Count: Count;
  /** `sum("x")`; null for no rows unless there is a `default`: `Sum("tracks__length", { default: 0 })`. */
  Sum: OneOfRows<AggregateOptions>;
  /** `avg("x")`, a number that may have a fraction. */
  Avg: Measured<AggregateOptions>;
  /** `min("x")` */
  Min: OneOfRows<AggregateOptions>;
  /** `max("x")` */
  Max: OneOfRows<AggregateOptions>;
  /** The standard deviation of all rows, or of a sample. */
  StdDev: Measured<SpreadOptions>;
  /** The variance of all rows, or of a sample. */
  Variance: Measured<SpreadOptions>;
  /** The value of any one row. */
  AnyValue: OneOfRows<AggregateOptions>;
  /** True where all are. */
  BoolAnd: Verdict;
  /** True where one is. */
  BoolOr: Verdict;
  /** Texts in one, with a separator between: `StringAgg("title", ", ", { orderBy: "position" })`. */
  StringAgg<const X extends Argument, const O extends ListOptions = {}>(
    of: X,
    separator: string,
    options?: O,
  ): Fixed<string, HasDefault<O> extends true ? false : true, "text", ClaimsOf<X> | OptionClaims<O>>;
  /** Values as a list in JSON: `JsonAgg("title", { orderBy: "-position" })`. */
  JsonAgg<const X extends Argument, const O extends ListOptions = {}>(
    of: X,
    options?: O,
  ): Expression<Call<Chosen<O, "list", "maybeList">, [NodeOf<X>]>, ClaimsOf<X> | OptionClaims<O>>;

  /**
   * The value of the first branch whose condition holds.
   *
   * @example
   * ```ts
   * Case(When(Q({ position__lt: 4 }), Value("early")), { default: Value("late") });
   * // CASE WHEN "position" < 4 THEN 'early' ELSE 'late' END
   * ```
   */
  Case<const L extends Whens>(...branches: L): Expression<CaseNode<L>, BranchClaims<L[number]>>;
  /** A branch of a `Case`: a condition, or an object of lookups, and what it gives. */
  When<const W extends object, const X extends Argument>(
    condition: W,
    then: X,
  ): WhenNode<NodeOf<X>, HeldBy<W> | ClaimsOf<X>>;

  /**
   * The one value of a queryset's first row: of `values("x")`, or the key. Null where there is no row.
   *
   * @example
   * ```ts
   * const newest = Track.objects.filter({ album: OuterRef("pk") }).orderBy("-id").values("title").limit(1);
   * Album.objects.annotate({ newest: Subquery(newest) });
   * // SELECT …, (SELECT "title" FROM "track" WHERE "album_id" = "album"."id" ORDER BY "id" DESC LIMIT 1) AS "newest"
   * ```
   */
  Subquery<Q extends AnyQuery>(queryset: Q & OneColumn<Q>): Expression<SubqueryNode<Q>>;
  /**
   * Those rows of a relation that fulfil a condition: `alias` gives them a name, which leads to them as the relation's
   * own name leads to all. Where there is none of them, what they have is NULL. The condition names fields of the related
   * rows and of the row itself.
   *
   * @example
   * ```ts
   * const albums = Album.objects.alias({ late: FilteredRelation("tracks", { tracks__position__gt: 9 }) });
   * await albums.filter({ late__title__icontains: "remix" }).annotate({ n: Count("late") }).all();
   * // … FROM "album" LEFT JOIN "track" AS t1 ON t1."album_id" = "album"."id" AND t1."position" > 9 …
   * ```
   * @throws FieldError for what is no relation, and for conditions along other relations.
   */
  FilteredRelation<const P extends string, const W extends object>(
    relation: P,
    condition: W,
  ): NamedRelation<P, P | HeldBy<W>>;
  /**
   * True where a queryset has a row.
   *
   * @example
   * ```ts
   * Album.objects.filter(Exists(Track.objects.filter({ album: OuterRef("pk") })).not());
   * // … WHERE NOT EXISTS (SELECT 1 FROM "track" WHERE "album_id" = "album"."id")
   * ```
   */
  Exists(queryset: AnyQuery): QNode<never>;
  /**
   * A field of the query around a subquery, or what its rows are annotated with. Its path is looked up when the subquery
   * is used: the compiler does not know yet where that is. `OuterRef(OuterRef("x"))` is of the query around that.
   *
   * @throws FieldError where the subquery is used, for a path that leads nowhere and for a value of another kind.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it is of a model that is not known here
  OuterRef(path: string | AnyExpression): Expression<Typed<any, true, "text">>;

  /**
   * A function, or an aggregate, over the rows around each: those of its partition, in an order, within a frame.
   *
   * @example
   * ```ts
   * Track.objects.annotate({ place: Window(Rank(), { partitionBy: "album", orderBy: "-position" }) }).filter({ place: 1 });
   * // SELECT … FROM (SELECT …, rank() OVER (PARTITION BY "album_id" ORDER BY "position" DESC) AS "c5" FROM "track")
   * // AS "t1" WHERE "t1"."c5" = 1
   * Track.objects.annotate({ sum: Window(Sum("position"), { orderBy: "id", frame: { start: -1, end: 0 } }) });
   * // SELECT …, sum("position") OVER (ORDER BY "id" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS "sum" FROM "track"
   * ```
   * @throws FieldError for what is no such function, for unknown options, and for a frame that ends before it starts;
   *   NotSupportedError, once it runs, for a frame that the engine lacks: `groups` and `exclude` on MySQL and MariaDB.
   */
  Window<W extends Windowed, const O extends WindowOptions = {}>(
    of: W,
    options?: O,
  ): Expression<NodeInWindow<W, O>, ClaimsOf<W> | OptionClaims<O>>;
  /** The row's place, from 1. */
  RowNumber: Ranking;
  /** The row's place; rows that are equal share one, and leave out as many. */
  Rank: Ranking;
  /** The same without leaving any out. */
  DenseRank: Ranking;
  /** The place as a fraction from 0 to 1. */
  PercentRank: Ranking;
  /** The fraction of rows up to this one. */
  CumeDist: Ranking;
  /** The number of the row's part, where rows are divided into so many. */
  Ntile(parts: number): WindowFunction<Typed<number, false, "number">, never>;
  /** The value so many rows before, one unless it says; where there is no such row, the default, or null. */
  Lag: Shifted;
  /** The value so many rows after. */
  Lead: Shifted;
  /** The value of the frame's first row. */
  FirstValue: Seen;
  /** The value of the frame's last row, which without a frame is the last that is equal to the row in order. */
  LastValue: Seen;
  /** The value of the frame's nth row, from 1; null where it has fewer. */
  NthValue<const X extends Argument>(of: X, n: number): WindowFunction<Call<"maybe", [NodeOf<X>]>, ClaimsOf<X>>;

  /** `lower("x")`, for letters of every script. */
  Lower: OneArgument<"text">;
  /** `upper("x")`, for letters of every script. */
  Upper: OneArgument<"text">;
  /** How many characters. */
  Length: OneArgument<"number">;
  /** Without spaces at either end. */
  Trim: OneArgument<"text">;
  /** Without spaces at its beginning. */
  LTrim: OneArgument<"text">;
  /** Without spaces at its end. */
  RTrim: OneArgument<"text">;
  /** Texts one after another. */
  Concat: AnyArguments<"text">;
  /** So many characters from a place, counted from 1: `Substr("title", 1, 3)`. */
  Substr<const X extends Argument, const Y extends Argument, const Z extends Argument = never>(
    text: X,
    from: Y,
    length?: Z,
  ): Made<"text", [X, Y, Z]>;
  /** Each occurrence of a text replaced by another: `Replace("title", Value("&"), Value("and"))`. */
  Replace<const X extends Argument, const Y extends Argument, const Z extends Argument = never>(
    text: X,
    from: Y,
    to?: Z,
  ): Made<"text", [X, Y, Z]>;
  /** The first so many characters. */
  Left: TwoArguments<"text">;
  /** The last so many characters. */
  Right: TwoArguments<"text">;
  /** Filled up to a length at its beginning: `LPad("code", 5, Value("0"))`. */
  LPad: Padding;
  /** Filled up to a length at its end. */
  RPad: Padding;
  /** The characters from last to first. */
  Reverse: OneArgument<"text">;
  /** So many times one after another. */
  Repeat: TwoArguments<"text">;
  /** The place of a text in another, from 1; 0 where it is not: `StrIndex("title", Value("x"))`. */
  StrIndex: TwoArguments<"number">;
  /** The character of a code point. */
  Chr: OneArgument<"text">;
  /** The code point of the first character. */
  Ord: OneArgument<"number">;
  MD5: OneArgument<"text">;
  SHA1: OneArgument<"text">;
  SHA224: OneArgument<"text">;
  SHA256: OneArgument<"text">;
  SHA384: OneArgument<"text">;
  SHA512: OneArgument<"text">;
  /** Compared and ordered by the rules of a collation, by its name. */
  Collate<const X extends Argument>(text: X, collation: string): Made<"same", [X]>;

  /** The first that is not NULL: `Coalesce("nickname", "name")`. */
  Coalesce: AnyArguments<"coalesce">;
  /** NULL where the two are equal, else the first. */
  NullIf<const X extends Argument, const Y extends Argument>(
    first: X,
    second: Y,
  ): Expression<Call<"maybe", [NodeOf<X>]>, ClaimsOf<X | Y>>;
  /** The greatest of several. */
  Greatest: AnyArguments<"either">;
  /** The least of several. */
  Least: AnyArguments<"either">;
  /** As another kind of value, by the name of a kind of field: `Cast("code", "integer")`. */
  Cast<const X extends Argument, K extends keyof Kinds>(
    of: X,
    kind: K,
  ): Expression<Call<`cast ${K}`, [NodeOf<X>]>, ClaimsOf<X>>;

  /** The instant of the statement. */
  Now(): Fixed<Date, false, "datetime", never>;
  /** A part of a day or an instant, as a number: `Extract("released", "year")`. */
  Extract<const X extends Argument>(of: X, part: ExtractPart): Made<"number", [X]>;
  /** Cut down to the beginning of a year, a month and so on: `Trunc("released", "month")`. */
  Trunc<const X extends Argument, P extends TruncPart>(of: X, part: P): Made<Truncated<P>, [X]>;

  Abs: OneArgument<"same">;
  /** To so many digits after the point, none unless it says; halves away from zero. */
  Round<const X extends Argument, const Y extends Argument = never>(of: X, digits?: Y): Made<"same", [X, Y]>;
  /** The next whole number above. */
  Ceil: OneArgument<"same">;
  /** The next whole number below. */
  Floor: OneArgument<"same">;
  /** The remainder, with the sign of the first. */
  Mod: TwoArguments<"sum">;
  Power: TwoArguments<"sum">;
  Sqrt: OneArgument<"number">;
  /** -1, 0 or 1. */
  Sign: OneArgument<"number">;
  Exp: OneArgument<"number">;
  /** The natural logarithm. */
  Ln: OneArgument<"number">;
  /** The logarithm of the second to the base of the first. */
  Log: TwoArguments<"number">;
  Pi(): Fixed<number, false, "number", never>;
  Sin: OneArgument<"number">;
  Cos: OneArgument<"number">;
  Tan: OneArgument<"number">;
  Cot: OneArgument<"number">;
  ASin: OneArgument<"number">;
  ACos: OneArgument<"number">;
  ATan: OneArgument<"number">;
  ATan2: TwoArguments<"number">;
  Degrees: OneArgument<"number">;
  Radians: OneArgument<"number">;
  /** A number from 0 up to, not including, 1, another for each row. */
  Random(): Fixed<number, false, "number", never>;

  /** An object in JSON: `JsonObject({ name: "name", tracks: Count("tracks") })`. */
  JsonObject<const X extends Readonly<Record<string, Argument>>>(
    members: X,
  ): Expression<ObjectNode<NodesIn<X>>, ClaimsOf<X[keyof X]>>;
  /** A list in JSON. */
  JsonArray: AnyArguments<"array">;
}
