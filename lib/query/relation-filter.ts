import type { RelationMeta } from "../models/index.js";
import { renamed } from "./named-relations.js";
import type { Predicate } from "./tree.js";

/** The condition on rows of a relation that a query gave a name; its slots begin at `base` of the query's. */
export interface RelationFilter {
  /** The relation by its own name, by which the condition names it. */
  readonly of: RelationMeta;
  readonly predicate: Predicate;
  readonly base: number;
}

const filters = new WeakMap<RelationMeta, RelationFilter>();

/** A relation under another name, with a condition on its rows. */
export function nameRelation(of: RelationMeta, name: string, filter: Omit<RelationFilter, "of"> | null): RelationMeta {
  const relation = renamed(of, name);
  if (filter !== null) filters.set(relation, { ...filter, of });
  return relation;
}

/** Says under which condition the rows of a relation are joined, which names these by the relation itself. */
export function joinOn(of: RelationMeta, filter: Omit<RelationFilter, "of">): void {
  filters.set(of, { ...filter, of });
}

/** The condition on a relation's rows; null for none. */
export function relationFilter(relation: RelationMeta): RelationFilter | null {
  return filters.get(relation) ?? null;
}
