import type { RelationMeta } from "../models/index.js";
import type { ColumnTerm, HeldTerm, OwnTerm, Query } from "./tree.js";

/** What rows are joined from that are no table's: worked out anew for each row that they stand beside. */
export type JoinedFrom = FromQuery | FromFunction;

interface Beside {
  /** The columns of that row which it names: their tables come before it. */
  readonly names: readonly ColumnTerm[];
}

/** Another query, as it stands within this one. Its slots begin at `slot` of this one's. */
export interface FromQuery extends Beside {
  readonly kind: "query";
  readonly query: Query;
  readonly slot: number;
  readonly columns: readonly HeldTerm[];
}

/** A function of the engine that gives rows. Its slots begin at `base`. */
export interface FromFunction extends Beside {
  readonly kind: "function";
  readonly term: OwnTerm;
  readonly base: number;
}

const sources = new WeakMap<RelationMeta, JoinedFrom>();

/** Says what a relation's rows are joined from. */
export function joinFrom(relation: RelationMeta, from: JoinedFrom): void {
  sources.set(relation, from);
}

/** What a relation's rows are joined from; null for its model's table. */
export function joinedFrom(relation: RelationMeta): JoinedFrom | null {
  return sources.get(relation) ?? null;
}
