import type { RelationMeta } from "../models/index.js";
import { type AggregateTerm, hopKey, partsOf, type Query, type Term } from "../query/index.js";

/** The relations up to the first one to many rows that an aggregate is over; null where it is over none. */
export function relationOver(term: AggregateTerm): readonly RelationMeta[] | null {
  return term.arg === null ? null : firstMany(term.arg);
}

function firstMany(term: Term): readonly RelationMeta[] | null {
  if (term.kind === "column") {
    const { hops, multi } = term.path;
    return multi < 0 ? null : hops.slice(0, multi + 1);
  }
  for (const part of partsOf(term)) {
    const found = firstMany(part);
    if (found !== null) return found;
  }
  return null;
}

/** True where aggregates of a group are over its own rows and over related ones, or over those of several relations. */
export function isMixed({ groups, annotations }: Query): boolean {
  if (groups === null) return false;
  const over = new Set<string>();
  const collect = (term: Term): void => {
    if (term.kind === "aggregate" && term.grouped) over.add((relationOver(term) ?? []).map(hopKey).join(""));
    partsOf(term).forEach(collect);
  };
  for (const { term } of annotations) collect(term);
  return over.size > 1;
}
