import type { AnyExpression, Argument, Call, ClaimsOf, Expression, NodeOf, Typed } from "../../types/expression.js";
import type { ValuesOf } from "../../types/lookups.js";
import type { FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { VALUE } from "../../types/phantoms.js";
import type { Spec } from "../../types/specs.js";
import type { Range, RangeBounds } from "../values/range.js";
import type { List } from "./array.js";

type End<T, Family extends string> = Typed<T, true, Family>;

/** The type of `integerRangeField` and its like. */
export type RangeFieldFactory<T, Family extends string> = <const O extends FieldOptions<Range<T>> = {}>(
  options?: O & Known<O, FieldOptions<Range<T>>>,
) => Spec<Range<T, End<T, Family>>, IsNull<O>, IsOptional<O>, "range", IsKey<O>>;

/** The type of `integerMultirangeField` and its like. */
export type MultirangeFieldFactory<T, Family extends string> = <const O extends FieldOptions<Range<T>[]> = {}>(
  options?: O & Known<O, FieldOptions<Range<T>[]>>,
) => Spec<List<Range<T>, End<T, Family>>, IsNull<O>, IsOptional<O>, "multirange", IsKey<O>>;

type Of<T> = T extends Range<infer V, unknown> ? V : T extends readonly Range<infer V, unknown>[] ? V : never;
type Plain<T> = T extends readonly unknown[] ? readonly Range<Of<T>>[] : Range<Of<T>>;
type Either<T> = Range<Of<T>> | (T extends readonly unknown[] ? readonly Range<Of<T>>[] : never);

/** Lookups of ranges, and of lists of them. */
export interface RangeLookups<T> {
  exact: Plain<T>;
  ne: Plain<T>;
  in: readonly (Plain<T> | AnyExpression)[] | ReadonlySet<Plain<T>> | ValuesOf<T>;
  isnull: boolean;
  gt: Plain<T>;
  gte: Plain<T>;
  lt: Plain<T>;
  lte: Plain<T>;
  /** Has all of a range's values, or a value. */
  contains: Either<T> | Of<T>;
  /** Has no other values than a range has. */
  contained_by: Either<T>;
  /** Has values that a range has, too. */
  overlap: Either<T>;
  /** All of it comes before a range. */
  fully_lt: Either<T>;
  /** All of it comes after a range. */
  fully_gt: Either<T>;
  /** Nothing of it comes before a range's beginning. */
  not_lt: Either<T>;
  /** Nothing of it comes after a range's end. */
  not_gt: Either<T>;
  /** Nothing lies between it and a range, nor do they share a value. */
  adjacent_to: Either<T>;
}

export interface RangeTransforms {
  isempty: "boolean";
  /** Whether the lower end belongs to it. */
  lower_inc: "boolean";
  /** Whether it has no lower end. */
  lower_inf: "boolean";
  upper_inc: "boolean";
  upper_inf: "boolean";
}

// Its ends; null where there is none.
type EndOf<T, Name> = Name extends "startswith" | "endswith"
  ? T extends Range<unknown, infer S>
    ? S
    : T extends List<unknown, infer S>
      ? S
      : never
  : never;

export interface RangeOfOptions {
  readonly bounds?: RangeBounds;
}

type First<X> = X extends readonly [infer S, ...unknown[]] ? S : never;
type ValueIn<S> = S extends { readonly [VALUE]: infer T } ? T : never;

export type RangeOfFactory = <const X extends Argument, const Y extends Argument>(
  lower: X,
  upper: Y,
  options?: RangeOfOptions,
) => Expression<Call<"rangeOf", [NodeOf<X>]>, ClaimsOf<X> | ClaimsOf<Y>>;

declare module "../../types/results.js" {
  interface Results<X extends readonly unknown[]> {
    /** The range from the first argument on. */
    rangeOf: Typed<Range<ValueIn<First<X>>, First<X>>, true, "range">;
  }
}
declare module "../../types/lookups.js" {
  interface FamilyLookups<T> {
    range: RangeLookups<T>;
    multirange: RangeLookups<T>;
  }
  interface NumberExtras<T> {
    /** PostgreSQL: a value of a range. */
    contained_by: Range<T>;
  }
  interface DateExtras<T> {
    contained_by: Range<T>;
  }
  interface DatetimeExtras<T> {
    contained_by: Range<T>;
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    range: RangeTransforms;
    multirange: RangeTransforms;
  }
  interface FamilySteps<T, Name> {
    range: EndOf<T, Name>;
    multirange: EndOf<T, Name>;
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly range: true;
    readonly multirange: true;
  }
}
