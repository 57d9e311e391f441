import { type Lookup, lookupFor } from "../lookups/index.js";
import { type ColumnMeta, linksOf, type ManyToManyMeta } from "../models/index.js";
import { columnOperand } from "./own-columns.js";
import { changed } from "./query.js";
import { joined } from "./refine.js";
import { type ResolvedLookup, type ResolvedPath, termLookup } from "./resolve-path.js";
import { amongKeys, conditionOf, type LinkKey } from "./among-keys.js";
import type { Annotation, Condition, Predicate, Query, Term } from "./tree.js";

/**
 * The query of the target's rows that a many-to-many relation leads to from one row, told by the row's values of the
 * columns that the relation begins with. The next filter is about the same rows of the through model.
 */
export function withMembers(query: Query, relation: ManyToManyMeta, valueOf: (column: ColumnMeta) => unknown): Query {
  const items = lookupsOf(relation).map((lookup, slot) => conditionOf(lookup, slot));
  const predicate: Predicate = items.length === 1 ? (items[0] as Condition) : { kind: "and", items };
  const { through, hops } = relation;
  return changed(query, {
    key: `${query.key}of ${through.id}.${hops[0].via.name};`,
    values: joined(
      query.values,
      linksOf(hops[0]).map(({ here }) => valueOf(here)),
    ),
    filters: joined(query.filters, [{ predicate, base: query.values.length, isOpen: true }]),
  });
}

/** Names of annotations that no user can give. */
const HELD = "member of ";

/**
 * The same from several rows, told by their values of these columns. What each row was found for is read with it; where it
 * was found for several, it comes so many times.
 */
export function withMembersOf(query: Query, relation: ManyToManyMeta, keys: readonly LinkKey[]): Query {
  const lookups = lookupsOf(relation);
  const { predicate, values, length } = amongKeys(lookups, lookupsOf(relation, "in"), keys);
  const annotations = lookups.map(({ operand, path }, at): Annotation => {
    const term: Term = { kind: "column", path: path as ResolvedPath, operand, nullable: false };
    return { name: `${HELD}${at + 1}`, term, base: 0, given: true, hidden: true };
  });
  const { through, hops } = relation;
  return changed(query, {
    key: `${query.key}all of ${through.id}.${hops[0].via.name}:${length};`,
    values: joined(query.values, values),
    // Before all others, so that what is read of the rows between is of those by which a row was found.
    filters: [{ predicate, base: query.values.length }, ...query.filters],
    annotations: [...query.annotations, ...annotations],
  });
}

type Lookups = readonly ResolvedLookup[];
const known = { exact: new WeakMap<ManyToManyMeta, Lookups>(), in: new WeakMap<ManyToManyMeta, Lookups>() };

/** Back from the target to the rows of the through model, whose foreign key to the first row is compared. */
function lookupsOf(relation: ManyToManyMeta, name: "exact" | "in" = "exact"): Lookups {
  const before = known[name].get(relation);
  if (before !== undefined) return before;
  const lookups = linksOf(relation.hops[0]).map(({ there: column }) => {
    const operand = columnOperand(column);
    const path = { hops: [relation.back], multi: 0, column, several: null, relation: null };
    return { ...termLookup(column.field, lookupFor("number", name) as Lookup, operand), path };
  });
  known[name].set(relation, lookups);
  return lookups;
}
