import type { LookupFamily } from "../fields/index.js";
import { exact, gt, gte, inList, isnull, lt, lte, ne, range, rangeBound } from "./comparisons.js";
import { jsonLookups } from "./json.js";
import type { Lookup, Transform } from "./lookup.js";
import { texts } from "./texts.js";
import { transforms } from "./transforms.js";

export { rangeBound };
export type { Form, Lookup, Operand, Transform } from "./lookup.js";

const lookups: ReadonlyMap<string, Lookup> = new Map(
  [exact, ne, gt, gte, lt, lte, inList, range, isnull, ...texts].map((lookup) => [lookup.name, lookup]),
);

/** JSON has lookups of the same names which take other values. */
const ofJson: ReadonlyMap<string, Lookup> = new Map(jsonLookups.map((lookup) => [lookup.name, lookup]));

const transformsByName: ReadonlyMap<string, Transform> = new Map(transforms.map((item) => [item.name, item]));

/** A family's lookup by name, or undefined where it has none of that name. */
export function lookupFor(family: LookupFamily, name: string): Lookup | undefined {
  if (family === "json") return ofJson.get(name);
  const lookup = lookups.get(name);
  return lookup && (lookup.families === null || lookup.families.includes(family)) ? lookup : undefined;
}

export function transformFor(family: LookupFamily, name: string): Transform | undefined {
  const transform = transformsByName.get(name);
  return transform?.families.includes(family) ? transform : undefined;
}

/** What may follow a field of a family in a path: its lookups, then its transforms. */
export function namesFor(family: LookupFamily): { lookups: string[]; transforms: string[] } {
  return {
    lookups: [...(family === "json" ? ofJson : lookups).keys()].filter((name) => lookupFor(family, name)),
    transforms: [...transformsByName.keys()].filter((name) => transformFor(family, name)),
  };
}

/** Lookups of a relation itself, which compare keys. */
export const relationLookups: readonly string[] = ["exact", "ne", "in", "isnull"];
