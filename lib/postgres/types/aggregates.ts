import type { AnyExpression, Argument, Call, ClaimsOf, Expression, NodeOf, Typed } from "../../types/expression.js";
import type { AggregateOptions, ListOptions, SpreadOptions } from "../../types/expressions.js";
import type { NULLABLE, VALUE } from "../../types/phantoms.js";
import type { List } from "./array.js";

type Claims<X> = ClaimsOf<X>;
type HasDefault<O> = O extends { readonly default: unknown } ? true : false;

export type ArrayAggFactory = <const X extends string | AnyExpression, const O extends ListOptions = {}>(
  of: X,
  options?: O,
) => Expression<Call<HasDefault<O> extends true ? "listOf" : "maybeListOf", [NodeOf<X>]>, Claims<X>>;

export type BitFactory = <const X extends string | AnyExpression, const O extends AggregateOptions = {}>(
  of: X,
  options?: O,
) => Expression<Call<HasDefault<O> extends true ? "sure" : "maybe", [NodeOf<X>]>, Claims<X>>;

export type PairFactory = <const Y extends Argument, const X extends Argument>(
  y: Y,
  x: X,
  options?: Omit<SpreadOptions, "distinct">,
) => Expression<Typed<number, true, "number">, Claims<Y> | Claims<X>>;

type First<X> = X extends readonly [infer S, ...unknown[]] ? S : never;
type ValueIn<S> = S extends { readonly [VALUE]: infer T; readonly [NULLABLE]: infer Null }
  ? true extends Null
    ? T | null
    : T
  : never;
type ListOf<S> = List<ValueIn<S>, S>;

declare module "../../types/results.js" {
  interface Results<X extends readonly unknown[]> {
    /** A list of PostgreSQL's of the first argument's values. */
    listOf: Typed<ListOf<First<X>>, false, "array">;
    maybeListOf: Typed<ListOf<First<X>>, true, "array">;
  }
}
