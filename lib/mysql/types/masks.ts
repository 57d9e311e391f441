import type { EqualityLookups, OrderLookups } from "../../types/lookups.js";
import type { AnyExpression, Typed } from "../../types/expression.js";
import type { Chosen, FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { Spec } from "../../types/specs.js";

/** The type of `setColumn`. */
export type SetColumn = <const V extends string, const O extends FieldOptions<V[]> = Record<never, never>>(
  words: readonly V[],
  options?: O & Known<O, FieldOptions<V[]>>,
) => Spec<V[], IsNull<O>, IsOptional<O>, "words", IsKey<O>>;

/** The type of `bitColumn`. */
export type BitColumn = <const O extends FieldOptions<bigint> = Record<never, never>>(
  length: number,
  options?: O & Known<O, FieldOptions<bigint>>,
) => Spec<Chosen<bigint, O>, IsNull<O>, IsOptional<O>, "bits", IsKey<O>>;

type WordIn<T> = T extends readonly (infer V)[] ? V : never;
type Words<T> = readonly WordIn<T>[];

/** Lookups of any of some words. */
export interface WordsLookups<T> {
  exact: Words<T>;
  ne: Words<T>;
  in: readonly Words<T>[];
  isnull: boolean;
  /** This one is there. */
  has: WordIn<T>;
  /** All of these are there. */
  contains: Words<T> | AnyExpression;
  /** None but these is there. */
  contained_by: Words<T> | AnyExpression;
  /** One of these is there at least. */
  overlap: Words<T> | AnyExpression;
}

type Bits = bigint | number;

/** Lookups of bits. */
export interface BitsLookups extends EqualityLookups<Bits>, OrderLookups<Bits | AnyExpression> {
  /** All of these bits are set. */
  contains: Bits | AnyExpression;
  /** No bits but these are set. */
  contained_by: Bits | AnyExpression;
  /** One of these bits is set at least. */
  overlap: Bits | AnyExpression;
}

declare module "../../types/lookups.js" {
  interface FamilyLookups<T> {
    words: WordsLookups<T>;
    bits: BitsLookups;
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    /** How many words are there. */
    words: { len: "number" };
    /** How many bits are set. */
    bits: { len: "number" };
  }
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
  interface FamilySteps<T, Name> {
    /** The number that they are. */
    bits: Name extends "number" ? Typed<bigint, true, "number"> : never;
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly words: true;
    readonly bits: true;
  }
}
