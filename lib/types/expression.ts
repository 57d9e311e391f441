import type { DIRECTION, LOOKUPS, NODE, WINDOWED } from "./phantoms.js";
import type { Json } from "./json-value.js";
import type { QNode } from "./q.js";
import type { Spec } from "./specs.js";
import type { FamilyOf } from "./transforms.js";

/** Where NULLs come in an order. Without it, where the engine has them. */
export interface NullsOptions {
  readonly nulls?: "first" | "last";
}

/** The specification of a value that no field declares. */
export type Typed<T, Null extends boolean, Family extends string> = Spec<T, Null, true, Family, false>;

/** The specification of a plain value. */
export type Literal<V> = Typed<NonNullable<V>, null extends V ? true : false, FamilyOf<NonNullable<V>>>;

/** A function's result, worked out by the rule `R` of `Results` from its arguments. */
export interface Call<R extends string, L extends readonly unknown[]> {
  readonly rule: R;
  readonly args: L;
}

/**
 * Anything worked out for each row. `N` is what it works out, `C` what has to be checked: a light tag, which a queryset
 * resolves against its model.
 */
export interface AnyExpression<N = unknown, C = unknown> {
  readonly [NODE]: N;
  readonly [LOOKUPS]: C;
}

/** An expression with a direction: what `F("x").desc()` gives. */
export interface Ordering<C> {
  readonly [DIRECTION]: true;
  readonly [LOOKUPS]: C;
}

/** A function that needs a window: `Window(Rank(), { … })`. */
export interface WindowFunction<N, C> {
  readonly [WINDOWED]: N;
  readonly [LOOKUPS]: C;
}

/** What functions take: the path of a field, an expression, or a number; any other value is written `Value(…)`. */
export type Argument = string | AnyExpression | number | bigint;

/** What an argument of a function works out; a string is a path. */
export type NodeOf<X> = X extends string ? X : X extends { readonly [NODE]: infer N } ? N : Literal<X>;

/** What operands of an operator work out; a string is text. */
export type OperandOf<X> = X extends { readonly [NODE]: infer N } ? N : Literal<X>;

/** The same for a list of arguments. */
export type NodesOf<L extends readonly unknown[]> = { readonly [i in keyof L]: NodeOf<L[i]> };

/** What has to be checked of arguments. */
export type ClaimsOf<X> = X extends string ? X : X extends { readonly [LOOKUPS]: infer C } ? C : never;

/** What has to be checked of operands, where a string is text. */
type OperandClaims<X> = X extends { readonly [LOOKUPS]: infer C } ? C : never;

// A path compared with a value is a lookup like another, and checked as one.
type Compared<N, C, Suffix extends string, V> = N extends string
  ? { readonly [K in `${N}${Suffix}`]: V }
  : C | OperandClaims<V>;

/**
 * A value worked out for each row, with operators. The other operand is an expression or a value: text is text here,
 * and not a path.
 *
 * @example
 * ```ts
 * Item.objects.annotate({ total: F("price").mul(2).add(F("tax")) });
 * // SELECT …, ("price" * 2) + "tax" AS "total" FROM "item"
 * ```
 */
export interface Expression<N, C = never> extends AnyExpression<N, C> {
  /** Its sum with another. A time and a duration in milliseconds give a time. */
  add<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  /** Two times give the milliseconds between them. */
  sub<X>(other: X): Expression<Call<"difference", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  mul<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  /** A fraction where it does not come out even. */
  div<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  /** The remainder, with the sign of the first. */
  mod<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  pow<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  /** Its negative. */
  neg(): Expression<Call<"same", [N]>, C>;
  bitAnd<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  bitOr<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  bitXor<X>(other: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  bitLeft<X>(places: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;
  bitRight<X>(places: X): Expression<Call<"sum", [N, OperandOf<X>]>, C | OperandClaims<X>>;

  /**
   * A condition: the two are equal. Null asks for NULL.
   *
   * @example
   * ```ts
   * Track.objects.filter(F("title").eq(F("album__name")));
   * // … WHERE "track"."title" = "album"."name"
   * ```
   */
  eq<const V>(value: V): QNode<Compared<N, C, "", V>>;
  /** True for NULL, too, unless it is compared with null. */
  ne<const V>(value: V): QNode<Compared<N, C, "__ne", V>>;
  gt<const V>(value: V): QNode<Compared<N, C, "__gt", V>>;
  gte<const V>(value: V): QNode<Compared<N, C, "__gte", V>>;
  lt<const V>(value: V): QNode<Compared<N, C, "__lt", V>>;
  lte<const V>(value: V): QNode<Compared<N, C, "__lte", V>>;
  /** One of a list, of a set, or of the values of a queryset. */
  in<const V>(values: V): QNode<Compared<N, C, "__in", V>>;
  isNull(yes?: boolean): QNode<Compared<N, C, "__isnull", boolean>>;

  /**
   * What stands in JSON behind keys, which are texts, and indexes, which are numbers: for names that a path cannot have,
   * such as "0", "a__b" or "_".
   *
   * @example
   * ```ts
   * Item.objects.filter(F("data").key("0", "a__b").eq(1));
   * // PostgreSQL: … WHERE jsonb_path_query_first("item"."data", 'strict $."0"."a__b"', …) = '1'
   * ```
   */
  key(...steps: (string | number)[]): Expression<Typed<Json, true, "json">, C>;

  /** Rows in the order of it: `orderBy(F("born").asc({ nulls: "last" }))`, `ORDER BY "born" ASC NULLS LAST`. */
  asc(options?: NullsOptions): Ordering<C>;
  /** Rows in the opposite order: `ORDER BY "born" DESC`. */
  desc(options?: NullsOptions): Ordering<C>;
}
