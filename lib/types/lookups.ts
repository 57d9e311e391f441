import type { AnyExpression } from "./expression.js";
import type { JsonBound, JsonPart, JsonText } from "./json.js";
import type { PICKED } from "./phantoms.js";

/** A queryset that gives one value for each row, of type `T`: `Artist.objects.values("name")`. */
export interface ValuesOf<T> {
  readonly [PICKED]: T | null;
}

// To look into the expressions of a list would cost more than all else that is checked of a filter.
/** An expression in a list: its names are checked when the query is built. */
type Item = AnyExpression;

/**
 * The lookups of each family of fields, with the type of value each takes. They are interfaces, so that a lookup of
 * one's own becomes known to the compiler by declaration merging:
 *
 * @example
 * ```ts
 * declare module "dunder-orm" {
 *   interface TextLookups<T> {
 *     soundslike: string;
 *   }
 * }
 * ```
 */
export interface EqualityLookups<T> {
  /** `=`; null asks for NULL. */
  exact: T;
  /** All rows but those equal: rows that are NULL are kept. */
  ne: T;
  /** One of these; an empty list matches nothing. A queryset of one value each is a subquery. */
  in: readonly (T | Item)[] | ReadonlySet<T> | ValuesOf<T>;
  /** `true`: IS NULL; `false`: IS NOT NULL. */
  isnull: boolean;
}

/** Lookups of values that have an order; `Bound` is what they are compared with. */
export interface OrderLookups<Bound> {
  gt: Bound;
  gte: Bound;
  lt: Bound;
  lte: Bound;
  /** From the first to the second, both included. */
  range: readonly [Bound | Item, Bound | Item];
}

/** Lookups that an extension adds to a family, by declaration merging: apart, so that users can add theirs, too. */
export interface TextExtras {}
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
export interface NumberExtras<T> {}
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
export interface DateExtras<T> {}
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
export interface DatetimeExtras<T> {}
export interface JsonExtras {}

/** Lookups of text. Those with an `i` ignore case, for letters of every script. */
export interface TextLookups<T> extends EqualityLookups<T>, OrderLookups<string>, TextExtras {
  iexact: string;
  contains: string;
  icontains: string;
  startswith: string;
  istartswith: string;
  endswith: string;
  iendswith: string;
  regex: string;
  iregex: string;
}

/** What a number is compared with: a bigint field also with a number, a decimal one with a string or a bigint. */
export type NumberOperand<T> = T extends bigint ? bigint | number : T extends string ? string | bigint : T;
/** The same for bounds, where any number of a list of choices will do. */
export type NumberBound<T> = T extends number ? number : NumberOperand<T>;

export interface NumberLookups<T>
  extends EqualityLookups<NumberOperand<T>>, OrderLookups<NumberBound<T>>, NumberExtras<T> {}
export interface BooleanLookups<T> extends EqualityLookups<T> {}
/** Lookups of calendar days: strings such as "2001-12-31". */
export interface DateLookups<T> extends EqualityLookups<T>, OrderLookups<T>, DateExtras<T> {}
/** Lookups of times of day: strings such as "13:30:00". */
export interface TimeLookups<T> extends EqualityLookups<T>, OrderLookups<T> {}
/** Lookups of instants: `Date`s. */
export interface DatetimeLookups<T> extends EqualityLookups<T>, OrderLookups<T>, DatetimeExtras<T> {}
/** Lookups of durations: numbers of milliseconds. */
export interface DurationLookups<T> extends EqualityLookups<T>, OrderLookups<T> {}
export interface UuidLookups<T> extends EqualityLookups<T>, OrderLookups<T> {}
export interface BinaryLookups<T> extends EqualityLookups<T> {}

/**
 * Lookups of JSON, or of what stands at a path in it: `data__owner__name__startswith`. `T` is the type of what stands
 * there; null is JSON's own null.
 */
export interface JsonLookups<T> extends OrderLookups<JsonBound<T>>, JsonExtras {
  /** Equal as JSON: whatever the order of keys, and of the same type. */
  exact: T | null;
  ne: T | null;
  in: readonly (T | null)[] | ReadonlySet<T | null>;
  /** `true`: there is nothing; JSON's null is something. */
  isnull: boolean;
  iexact: JsonText<T> | null;
  /** Some of what an object or an array holds; behind a path also a part of a text. */
  contains: JsonPart<T>;
  icontains: JsonText<T>;
  startswith: JsonText<T>;
  istartswith: JsonText<T>;
  endswith: JsonText<T>;
  iendswith: JsonText<T>;
  regex: JsonText<T>;
  iregex: JsonText<T>;
  /** The other way round: nothing is there that the value does not hold. */
  contained_by: unknown;
  has_key: string;
  has_keys: readonly string[] | ReadonlySet<string>;
  has_any_keys: readonly string[] | ReadonlySet<string>;
}

/** Lookups of each family. */
export interface FamilyLookups<T> {
  text: TextLookups<T>;
  number: NumberLookups<T>;
  boolean: BooleanLookups<T>;
  date: DateLookups<T>;
  time: TimeLookups<T>;
  datetime: DatetimeLookups<T>;
  duration: DurationLookups<T>;
  uuid: UuidLookups<T>;
  json: JsonLookups<T>;
  binary: BinaryLookups<T>;
}

/** A family of fields that share their lookups. */
export type LookupFamily = keyof FamilyLookups<unknown>;

/** Lookups that take null where the field does. */
export interface NullableLookups {
  exact: true;
  ne: true;
  iexact: true;
}

/** Lookups of a relation itself, which compare keys; `T` is a row or its key, `Rows` a queryset of them. */
export interface RelationLookups<T, Rows> {
  exact: T;
  ne: T;
  in: readonly T[] | ReadonlySet<T> | Rows;
  isnull: boolean;
}
