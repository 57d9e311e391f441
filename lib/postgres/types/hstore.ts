import type { Typed } from "../../types/expression.js";
import type { FieldOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { Spec } from "../../types/specs.js";
import type { List } from "./array.js";

type Pairs = Record<string, string | null>;

export type HstoreFieldFactory = <const O extends FieldOptions<Pairs> = {}>(
  options?: O & Known<O, FieldOptions<Pairs>>,
) => Spec<Pairs, IsNull<O>, IsOptional<O>, "hstore", IsKey<O>>;

/** Lookups of texts by names. */
export interface HstoreLookups {
  exact: Readonly<Pairs>;
  ne: Readonly<Pairs>;
  in: readonly Readonly<Pairs>[];
  isnull: boolean;
  /** Has all of these. */
  contains: Readonly<Pairs>;
  /** Has nothing but these. */
  contained_by: Readonly<Pairs>;
  has_key: string;
  has_keys: readonly string[];
  has_any_keys: readonly string[];
}

type Texts = List<string, Typed<string, false, "text">>;
type Step<Name> = Name extends "keys" | "values" ? Typed<Texts, true, "array"> : Typed<string, true, "text">;

declare module "../../types/lookups.js" {
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
  interface FamilyLookups<T> {
    hstore: HstoreLookups;
  }
}
declare module "../../types/transforms.js" {
  interface FamilyTransforms {
    hstore: {};
  }
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
  interface FamilySteps<T, Name> {
    hstore: Step<Name>;
  }
}
declare module "../../fields/scalar-field.js" {
  interface Families {
    readonly hstore: true;
  }
}
