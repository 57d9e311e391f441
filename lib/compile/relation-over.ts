import type { RelationMeta } from "../models/index.js";
import { type AggregateTerm, hopKey, partsOf, type Term } from "../query/index.js";

/** The relations up to the first one to many rows that an aggregate is over; null where it is over none. */
export function relationOver(term: AggregateTerm): readonly RelationMeta[] | null {
  return term.arg === null ? null : firstMany(term.arg);
}

function firstMany(term: Term): readonly RelationMeta[] | null {
  if (term.kind === "column") {
    const { hops, multi } = term.path;
    return multi < 0 ? null : hops.slice(0, multi + 1);
  }
  // One within is a query of its own for each row: its value is the row's.
  if (term.kind === "aggregate") return null;
  for (const part of partsOf(term)) {
    const found = firstMany(part);
    if (found !== null) return found;
  }
  return null;
}

/** True where aggregates are over rows and over related ones, or over those of several relations. */
export function isMixed(terms: readonly Term[]): boolean {
  const over = new Set<string>();
  const collect = (term: Term): void => {
    if (term.kind === "aggregate" && term.grouped) over.add((relationOver(term) ?? []).map(hopKey).join(""));
    partsOf(term).forEach(collect);
  };
  terms.forEach(collect);
  return over.size > 1;
}
