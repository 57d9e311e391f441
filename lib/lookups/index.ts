import type { LookupFamily } from "../fields/index.js";
import { exact, gt, gte, inList, isnull, lt, lte, ne, range, rangeBound } from "./comparisons.js";
import { jsonLookups } from "./json.js";
import type { Lookup, Transform } from "./lookup.js";
import { isComparable, ownKey, ownLookups, ownTransforms, stepFor } from "./own.js";
import { texts } from "./texts.js";
import { tupleLookups } from "./tuples.js";
import { transforms } from "./transforms.js";

export { rangeBound };
export type { CompileTransform, Form, Lookup, Operand, Transform } from "./lookup.js";
export {
  addComparisons,
  addLookup,
  addSteps,
  addTransform,
  checkLookupName,
  familyOfKind,
  lookupChanges,
  newMark,
  removeLookup,
  removeTransform,
  takenBy,
} from "./own.js";

const lookups: ReadonlyMap<string, Lookup> = new Map(
  [exact, ne, gt, gte, lt, lte, inList, range, isnull, ...texts].map((lookup) => [lookup.name, lookup]),
);

/** JSON has lookups of the same names which take other values. */
const ofJson: ReadonlyMap<string, Lookup> = new Map(jsonLookups.map((lookup) => [lookup.name, lookup]));

const transformsByName: ReadonlyMap<string, Transform> = new Map(transforms.map((item) => [item.name, item]));

/** A family's lookup by name, or undefined where it has none of that name. */
export function lookupFor(family: LookupFamily, name: string): Lookup | undefined {
  const own = ownLookups().get(ownKey(family, name));
  if (own !== undefined) return own;
  if (family === "json") return ofJson.get(name);
  const lookup = lookups.get(name);
  if (lookup === undefined) return undefined;
  const isShared = lookup.families === null || lookup.families.includes(family) || isComparable(family, name);
  return isShared ? lookup : undefined;
}

export function transformFor(family: LookupFamily, name: string): Transform | undefined {
  const own = ownTransforms().get(ownKey(family, name));
  if (own !== undefined) return own;
  const transform = transformsByName.get(name);
  if (transform?.families.includes(family) === true) return transform;
  return lookupFor(family, name) === undefined ? stepFor(family, name) : undefined;
}

/** What may follow a field of a family in a path: its lookups, then its transforms. */
export function namesFor(family: LookupFamily): { lookups: string[]; transforms: string[] } {
  return {
    lookups: [...(family === "json" ? ofJson : lookups).keys(), ...ownNames(ownLookups(), family)].filter((name) =>
      lookupFor(family, name),
    ),
    transforms: [...transformsByName.keys(), ...ownNames(ownTransforms(), family)].filter((name) =>
      transformFor(family, name),
    ),
  };
}

function ownNames(own: ReadonlyMap<string, Lookup | Transform>, family: LookupFamily): string[] {
  return [...own.values()].filter((item) => item.families?.includes(family)).map((item) => item.name);
}

/** Names that lookups and transforms have on their own: no other may be named so. */
export const takenNames: readonly string[] = [...lookups.keys(), ...transformsByName.keys()];

/** A lookup of several columns together. */
export function tupleLookup(name: string): Lookup | undefined {
  return tupleLookups.find((lookup) => lookup.name === name);
}

/** Lookups of a relation itself, which compare keys. */
export const relationLookups: readonly string[] = ["exact", "ne", "in", "isnull"];
