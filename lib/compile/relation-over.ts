import type { RelationMeta } from "../models/index.js";
import { type AggregateTerm, partsOf, type Term } from "../query/index.js";

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
