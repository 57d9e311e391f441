import { isKindColumn } from "../models/index.js";
import { roundedLength } from "./list-length.js";
import type { ResolvedLookup } from "./resolve-path.js";
import type { Condition, Predicate } from "./tree.js";

/** A key by which rows are linked: the value of one column, or a list of those of several. */
export type LinkKey = unknown;

/** That columns hold one of some keys. */
interface Among {
  readonly predicate: Predicate;
  readonly values: readonly unknown[];
  /** What of the number of keys is part of the shape. */
  readonly length: number;
}

/** `exact` and `among` are the lookups `exact` and `in` of each column that a key is held by. */
export function amongKeys(
  exact: readonly ResolvedLookup[],
  among: readonly ResolvedLookup[],
  keys: readonly LinkKey[],
): Among {
  if (exact.length === 2 && isOfKind(exact[0] as ResolvedLookup)) return amongKind(exact, among, keys as never);
  if (exact.length > 1) return amongTuples(exact, keys as readonly (readonly unknown[])[]);
  // One value asks for equality, so that engines plan it as they plan a lookup of a key.
  if (keys.length === 1) return { predicate: conditionOf(exact[0] as ResolvedLookup, 0), values: keys, length: 0 };
  const length = roundedLength(keys);
  const predicate: Condition = { ...conditionOf(among[0] as ResolvedLookup, 0), form: "l", listLength: length };
  return { predicate, values: [keys], length };
}

function isOfKind({ path }: ResolvedLookup): boolean {
  return path !== null && isKindColumn(path.column);
}

/** Of a generic relation's keys the kind is the same for all. */
function amongKind(
  [kind, exact]: readonly ResolvedLookup[],
  [, among]: readonly ResolvedLookup[],
  keys: readonly (readonly [unknown, LinkKey])[],
): Among {
  const found = amongKeys(
    [exact as ResolvedLookup],
    [among as ResolvedLookup],
    keys.map(([, key]) => key),
  );
  const items = [conditionOf(kind as ResolvedLookup, 0), { ...(found.predicate as Condition), slot: 1 }];
  return { predicate: { kind: "and", items }, values: [keys[0]?.[0], ...found.values], length: found.length };
}

/** Tuples are spelled out, so many as the next power of two: the last one fills up. */
function amongTuples(lookups: readonly ResolvedLookup[], keys: readonly (readonly unknown[])[]): Among {
  const length = roundedLength(keys);
  const values: unknown[] = [];
  const items = Array.from({ length }, (_, index): Predicate => {
    const tuple = keys[Math.min(index, keys.length - 1)] as readonly unknown[];
    return { kind: "and", items: lookups.map((lookup, at) => conditionOf(lookup, values.push(tuple[at]) - 1)) };
  });
  return { predicate: { kind: "or", items }, values, length };
}

/** That what a lookup is of equals the value in a slot. */
export function conditionOf(lookup: ResolvedLookup, slot: number): Condition {
  return { kind: "condition", lookup, lhs: null, rhs: null, form: "v", slot, listLength: 0, query: null };
}
