import type { FamilyLookups, LookupFamily, RelationLookups } from "./lookups.js";
import type { FAMILY, TO_MANY, TO_MAYBE, TO_ONE } from "./phantoms.js";
import type { LinkedTo, SpecsOf } from "./specs.js";
import type { FamilyTransforms } from "./transforms.js";

// What an editor lists inside `filter({ … })`. Names through one relation only: all paths would be as many as
// relations to the power of the depth.
type FamilyNames = {
  [Family in LookupFamily]:
    `__${(keyof FamilyLookups<unknown>[Family] | keyof FamilyTransforms[Family]) & string}` | "";
};
type RelationNames = `__${keyof RelationLookups<unknown, unknown>}` | "";

// Apart from the field's name, so that the compiler works it out once for all fields that are alike.
type Suffixes<S> = S extends { readonly [FAMILY]: LookupFamily }
  ? FamilyNames[S[typeof FAMILY]]
  : RelationNames | `__${keyof SpecsOf<NonNullable<TargetOf<S>>> & string}`;

type TargetOf<S> = S extends { readonly [TO_ONE]: infer I }
  ? I
  : S extends { readonly [TO_MANY]: infer I }
    ? I
    : S extends { readonly [TO_MAYBE]: infer I }
      ? I
      : S extends LinkedTo<infer I, unknown>
        ? I
        : never;

type NamesIn<F> = { [K in keyof F & string]: `${K}${Suffixes<F[K]>}` }[keyof F & string];

/** The keys that an editor completes in a filter over `I`: own names, own lookups, names one relation away. */
export type Suggest<I> = { [K in NamesIn<SpecsOf<I>> | "pk" | "pk__in"]?: unknown };
