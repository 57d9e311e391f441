import type { NodeOf, Typed } from "./expression.js";
import type { Loaded } from "./loaded.js";
import type { LoadedBy } from "./loaded-along.js";
import type { NameTaken, NoSuchField, NotAnExpression, NotOneColumn } from "./messages.js";
import type { Leads } from "./paths.js";
import type { ANN, FIELDS, LOOKUPS, MODEL, NODE, PK, SHAPE, TO_MANY, TO_MAYBE, TO_ONE } from "./phantoms.js";
import type { NamedRelation, PathSpec, Resolved } from "./resolve.js";
import type { Nulled, ValueOf } from "./results.js";
import type { LinkedTo, SpecsOf } from "./specs.js";
import type { WrongIn } from "./where.js";

// What a queryset's rows are. Each step adds a function that gives one of these to `SHAPE`; of functions that are
// intersected the compiler infers from the last, which is how a later `values` replaces an earlier one.

/** Rows of the model, with annotations of the specifications `X`. */
export interface RowShape<X> {
  readonly rows: X;
}

/** Plain objects, of the specifications `X`. */
export interface ObjectShape<X> {
  readonly objects: X;
}

/** Lists, of the specifications `L`. */
export interface ListShape<L extends readonly unknown[]> {
  readonly lists: L;
}

/** One value each. */
export interface FlatShape<S> {
  readonly flat: S;
}

type Current<Steps> = Steps extends () => infer Shape ? Shape : RowShape<{}>;

// Objects are written out where they stand: by a name of their own, an editor would show that instead of their members.
type Shaped<Row, Shape> = Shape extends { readonly rows: infer X }
  ? Row & { readonly [K in keyof X]: ValueOf<X[K]> }
  : Shape extends { readonly objects: infer X }
    ? { -readonly [K in keyof X]: ValueOf<X[K]> }
    : Shape extends { readonly lists: infer L }
      ? { -readonly [i in keyof L]: ValueOf<L[i]> }
      : Shape extends { readonly flat: infer S }
        ? ValueOf<S>
        : never;

type Also<P extends string> = { readonly [K in P]: true };

/**
 * The row type of a queryset over `I`, which has joined the paths `P` and fetched those of `Fetched` by queries of their
 * own, after the steps `Steps`.
 */
export type Result<I, P extends string, Fetched, Steps> = Steps extends () => infer Shape
  ? Shaped<keyof Fetched extends never ? Loaded<I, P> : LoadedBy<I, Also<P> & Fetched>, Shape>
  : keyof Fetched extends never
    ? Loaded<I, P>
    : LoadedBy<I, Also<P> & Fetched>;

/** The specifications of an object of expressions. */
export type ResolvedAll<I, A, X> = { readonly [K in keyof X]: Resolved<I, A, NodeOf<X[K]>> };

// There may be no row that fulfils the condition.
type Optional<S> = S extends { readonly [TO_ONE]: infer J }
  ? { readonly [TO_ONE]: J | null }
  : S extends LinkedTo<infer J, infer To>
    ? LinkedTo<J | null, To>
    : S;

/** The same for names, which relations may have been given, too. */
export type NamedAll<I, A, X> = {
  readonly [K in keyof X]: X[K] extends NamedRelation<infer P, unknown>
    ? Optional<SpecsOf<I>[P & keyof SpecsOf<I>]>
    : Resolved<I, A, NodeOf<X[K]>>;
};

/** What is added to a queryset by `annotate`. */
type Annotated<Steps, X> = () => Added<Current<Steps>, X>;
type Added<Shape, X> = Shape extends { readonly rows: infer Old }
  ? RowShape<Old & X>
  : Shape extends { readonly objects: infer Old }
    ? ObjectShape<Old & X>
    : Shape extends { readonly lists: infer L extends readonly unknown[] }
      ? ListShape<(L[number] | X[keyof X])[]>
      : Shape;

type Sound<I, A, E, Name> = E extends { readonly [NODE]: unknown; readonly [LOOKUPS]: infer C }
  ? WrongIn<I, A, C> extends never
    ? E
    : WrongIn<I, A, C>
  : NotAnExpression<Name>;

/** What is wrong with an object of expressions, by name; nothing where they name what there is. */
export type Computed<I, A, X> = { readonly [K in keyof X]: Sound<I, A, X[K], K> };

/** The same for annotations, which may not take the name of a field. */
export type NewAnnotations<I, A, X> = {
  readonly [K in keyof X]: K extends keyof SpecsOf<I> ? NameTaken<K & string> : Sound<I, A, X[K], K>;
};

/** The same for names, which relations may be given, too. */
export type NewAliases<I, A, X> = {
  readonly [K in keyof X]: K extends keyof SpecsOf<I>
    ? NameTaken<K & string>
    : X[K] extends NamedRelation<string, infer C>
      ? WrongIn<I, A, C> extends never
        ? X[K]
        : WrongIn<I, A, C>
      : Sound<I, A, X[K], K>;
};

type OwnNames<I> = keyof SpecsOf<I> & string;

type Column<I, A, E> = E extends string
  ? Leads<SpecsOf<I>, A, E> extends true
    ? E
    : OwnNames<I> | NoSuchField<E>
  : E extends { readonly [LOOKUPS]: infer C }
    ? WrongIn<I, A, C> extends never
      ? E
      : WrongIn<I, A, C>
    : Computed<I, A, E>;

/** What `values` takes: paths, and objects of expressions by name. */
export type Columns<I, A, L extends readonly unknown[]> = L extends readonly []
  ? L
  : NoInfer<{ [i in keyof L]: Column<I, A, L[i]> }>;

/** What `valuesList` takes: paths, expressions, and options as the last. */
export type ListColumns<I, A, L extends readonly unknown[]> = {
  [i in keyof L]: L[i] extends ListOptions ? L[i] : NoInfer<Column<I, A, L[i]>>;
};
type ListOptions = { readonly flat?: boolean } & { readonly [NODE]?: never };

type NamesIn<E> = E extends string ? E : keyof E;
type ExpressionIn<E, K> = E extends string ? never : K extends keyof E ? E[K] : never;
type Computation<I, A, E, K> = [E] extends [never]
  ? K extends string
    ? PathSpec<I, A, K>
    : never
  : Resolved<I, A, NodeOf<E>>;

type HasColumn<S> = S extends { readonly [TO_MANY]: unknown } | { readonly [TO_MAYBE]: unknown } ? false : true;
type OwnColumns<I, F = SpecsOf<I>> = {
  readonly [K in keyof F & string as HasColumn<F[K]> extends true ? K : never]: PathSpec<I, {}, K>;
};
type Extra<Shape> = Shape extends { readonly rows: infer X } ? X : {};

/** What is added to a queryset by `values`; no columns are all columns, and the annotations. */
type Picked<I, A, Steps, L extends readonly unknown[]> = L extends readonly []
  ? () => ObjectShape<OwnColumns<I> & Extra<Current<Steps>>>
  : () => ObjectShape<{
      readonly [K in NamesIn<L[number]>]: Computation<I, A, ExpressionIn<L[number], K>, K>;
    }>;

/** The expressions that `values` names, which are annotations from there on. */
type NewNames<I, A, L extends readonly unknown[]> = {
  readonly [K in NamesIn<Exclude<L[number], string>>]: Resolved<I, A, NodeOf<ExpressionIn<L[number], K>>>;
};

type WithoutOptions<L extends readonly unknown[]> = L extends readonly [...infer Front, infer Last]
  ? Last extends { readonly [NODE]: unknown } | string
    ? L
    : Front
  : L;
type IsFlat<L extends readonly unknown[]> = L extends readonly [...unknown[], { readonly flat: true }] ? true : false;
type ListOf<I, A, L extends readonly unknown[]> = { -readonly [i in keyof L]: Resolved<I, A, NodeOf<L[i]>> };
type AllIn<X> = X[keyof X];

/** What is added to a queryset by `valuesList`. */
type Listed<I, A, Steps, L extends readonly unknown[]> = () => WithoutOptions<L> extends infer C extends
  readonly unknown[]
  ? C extends readonly []
    ? ListShape<AllIn<OwnColumns<I> & Extra<Current<Steps>>>[]>
    : IsFlat<L> extends true
      ? FlatShape<Resolved<I, A, NodeOf<C[0]>>>
      : ListShape<ListOf<I, A, C>>
  : never;

/** What is added to a queryset by `dates` and `datetimes`. */
type DateShape<T, Family extends string> = () => FlatShape<Typed<T, false, Family>>;

/** What `annotate` adds to a queryset. */
export interface WithAnnotations<Steps, X> {
  readonly [ANN]: X;
  readonly [SHAPE]: Annotated<Steps, X>;
}

/** What `recursive` adds where it counts steps. */
export type WithDepth<Steps, Depth extends string> = [Depth] extends [never]
  ? unknown
  : WithAnnotations<Steps, { readonly [K in Depth]: Typed<number, false, "number"> }>;

/** What `alias` adds. */
export interface WithNames<X> {
  readonly [ANN]: X;
}

/** What `values` adds. */
export interface WithValues<I, A, Steps, L extends readonly unknown[]> {
  readonly [ANN]: NewNames<I, A, L>;
  readonly [SHAPE]: Picked<I, A, Steps, L>;
}

/** What `valuesList` adds. */
export interface WithLists<I, A, Steps, L extends readonly unknown[]> {
  readonly [SHAPE]: Listed<I, A, Steps, L>;
}

/** What `dates` and `datetimes` add. */
export interface WithDates<T, Family extends string> {
  readonly [SHAPE]: DateShape<T, Family>;
}

/** What `aggregate` gives. */
export type Aggregated<I, A, X> = { -readonly [K in keyof X]: ValueOf<Resolved<I, A, NodeOf<X[K]>>> };

/** One member of a union, where it has one only. */
type Single<K> = [K] extends [never]
  ? never
  : (K extends unknown ? (x: () => K) => void : never) extends (x: infer Both) => void
    ? Both extends () => infer Last
      ? [K] extends [Last]
        ? Last
        : never
      : never
    : never;

type OneOf<Shape> = Shape extends { readonly flat: infer S }
  ? S
  : Shape extends { readonly objects: infer X }
    ? X[Single<keyof X> & keyof X]
    : Shape extends { readonly lists: readonly [infer S] }
      ? S
      : never;

/** The specification of the one value of each row; never where rows are of the model, or have several. */
type PickedSpec<Steps> = Steps extends () => infer Shape ? OneOf<Shape> : never;

/** Not the type of any value. */
export interface NoValue {
  readonly none: never;
}

/** The type of the one value of each row, for `name__in: Artist.objects.values("name")`. */
export type PickedValue<Steps> = Steps extends () => infer Shape
  ? OneOf<Shape> extends never
    ? NoValue
    : ValueOf<OneOf<Shape>>
  : NoValue;

/** A queryset of any rows. */
export interface AnyQuery {
  readonly [MODEL]: unknown;
  readonly [SHAPE]: unknown;
}

/** Rows of values under names, as names lead into them. They have no key. */
interface ValueRow<X> {
  readonly [FIELDS]: X;
  readonly [PK]: never;
}

// A name with two underscores would be a path.
type Nameable<X> = { readonly [K in keyof X as K extends `${string}__${string}` ? never : K]: X[K] };
type RowsIn<I, Shape> = Shape extends { readonly rows: infer X }
  ? keyof X extends never
    ? I
    : I & { readonly [FIELDS]: X }
  : Shape extends { readonly objects: infer X }
    ? ValueRow<Nameable<X>>
    : never;

/** What names lead into where the rows of a queryset are joined: the model's with their annotations, or values. */
export type RowsGiven<Q> = Q extends { readonly [MODEL]: infer I; readonly [SHAPE]: infer Steps }
  ? RowsIn<I, Current<Steps>>
  : never;

/** What `Subquery(qs)` works out: the one value of each row, or the key where rows are of the model; NULL without a row. */
export type SubqueryNode<Q> = Q extends { readonly [MODEL]: infer I; readonly [SHAPE]: infer Steps }
  ? Current<Steps> extends { readonly rows: unknown }
    ? Nulled<PathSpec<I, {}, "pk">, true>
    : PickedSpec<Steps> extends never
      ? never
      : Nulled<PickedSpec<Steps>, true>
  : never;

/** `Q` where it gives one column; else a message. */
export type OneColumn<Q> = SubqueryNode<Q> extends never ? NotOneColumn : unknown;

/** The type of the keys that `inBulk` goes by. */
export type BulkKey<I, P extends string> =
  PathSpec<I, {}, P> extends never ? unknown : NonNullable<ValueOf<PathSpec<I, {}, P>>>;
