import type { AnyExpression, ClaimsOf, Expression, Typed } from "../../types/expression.js";
import type { FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { Spec } from "../../types/specs.js";

export type VectorFieldFactory = <const O extends FieldOptions<number[]> = {}>(
  size: number,
  options?: O & Known<O, FieldOptions<number[]>>,
) => Spec<number[], IsNull<O>, IsOptional<O>, "vector", IsKey<O>>;

export type DistanceFactory = <
  const X extends string | AnyExpression,
  const Y extends string | AnyExpression | readonly number[] | Float32Array,
>(
  of: X,
  to: Y,
) => Expression<Typed<number, true, "number">, ClaimsOf<X> | ClaimsOf<Y>>;

/** Lookups of places. */
export interface VectorLookups {
  exact: readonly number[];
  ne: readonly number[];
  in: readonly (readonly number[])[];
  isnull: boolean;
}

declare module "../../types/lookups.js" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
  interface FamilyLookups<T> {
    vector: VectorLookups;
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    vector: {};
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly vector: true;
  }
}
