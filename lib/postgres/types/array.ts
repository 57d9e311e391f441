import type { Spec } from "../../types/specs.js";
import type { FAMILY, NULLABLE, VALUE } from "../../types/phantoms.js";
import type { FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { ValuesOf } from "../../types/lookups.js";
import type { AnyExpression, Typed } from "../../types/expression.js";

/** The specification that elements of a list have. */
export declare const ELEMENT: unique symbol;

/** A list whose elements are `E`; what field they are like, `S`, the compiler knows from it. */
export interface List<E, S = unknown> extends Array<E> {
  readonly [ELEMENT]?: S;
}

type Element<S> = S extends { readonly [VALUE]: infer T; readonly [NULLABLE]: infer Null }
  ? true extends Null
    ? T | null
    : T
  : never;

/** A field as elements are declared by one. */
export interface ElementSpec {
  readonly [VALUE]: unknown;
  readonly [NULLABLE]: boolean;
  readonly [FAMILY]: string;
}

/** Options of a field of lists. */
export interface ArrayOptions<E> extends FieldOptions<E[]> {
  /** Elements at most. */
  readonly size?: number;
}

/** The type of `arrayField`. */
export type ArrayFieldFactory = <S extends ElementSpec, const O extends ArrayOptions<NoInfer<Element<S>>> = {}>(
  element: S,
  options?: O & Known<O, ArrayOptions<Element<S>>>,
) => Spec<List<Element<S>, S>, IsNull<O>, IsOptional<O>, "array", IsKey<O>>;

type ListIn<T> = T extends readonly (infer E)[] ? readonly E[] : never;

/** Lookups of lists. They are compared element by element, the first that differs decides. */
export interface ArrayLookups<T> {
  exact: ListIn<T>;
  ne: ListIn<T>;
  in: readonly (ListIn<T> | AnyExpression)[] | ReadonlySet<ListIn<T>> | ValuesOf<T>;
  isnull: boolean;
  gt: ListIn<T>;
  gte: ListIn<T>;
  lt: ListIn<T>;
  lte: ListIn<T>;
  range: readonly [ListIn<T> | AnyExpression, ListIn<T> | AnyExpression];
  /** Has all of these. */
  contains: ListIn<T>;
  /** Has nothing but these. */
  contained_by: ListIn<T>;
  /** Has one of these at least. */
  overlap: ListIn<T>;
}

export interface ArrayTransforms {
  /** Elements; 0 for none. */
  len: "number";
}

type Place<T, Name> = Name extends `${bigint}`
  ? T extends List<unknown, infer S>
    ? S
    : never
  : Name extends `${bigint}_${bigint}`
    ? Typed<T, true, "array">
    : never;

declare module "../../types/lookups.js" {
  interface FamilyLookups<T> {
    array: ArrayLookups<T>;
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    array: ArrayTransforms;
  }
  interface FamilySteps<T, Name> {
    array: Place<T, Name>;
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly array: true;
  }
}
