import { type Lookup, lookupFor, type Operand } from "../lookups/index.js";
import { type ColumnMeta, linksOf, type ManyToManyMeta } from "../models/index.js";
import { changed } from "./query.js";
import { joined } from "./refine.js";
import { type ResolvedLookup, termLookup } from "./resolve-path.js";
import type { Condition, Predicate, Query } from "./tree.js";

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

const known = new WeakMap<ManyToManyMeta, readonly ResolvedLookup[]>();

/** Back from the target to the rows of the through model, whose foreign key to the first row is compared. */
function lookupsOf(relation: ManyToManyMeta): readonly ResolvedLookup[] {
  const before = known.get(relation);
  if (before !== undefined) return before;
  const lookups = linksOf(relation.hops[0]).map(({ there: column }) => {
    const { family, type, scalar } = column;
    const operand: Operand = { family, type, convert: scalar.convert, scalar };
    const path = { hops: [relation.back], multi: 0, column, several: null, relation: null };
    return { ...termLookup(column.field, lookupFor(family, "exact") as Lookup, operand), path };
  });
  known.set(relation, lookups);
  return lookups;
}

function conditionOf(lookup: ResolvedLookup, slot: number): Condition {
  return { kind: "condition", lookup, lhs: null, rhs: null, form: "v", slot, listLength: 0, query: null };
}
