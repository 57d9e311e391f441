import type { Term } from "./tree.js";

/** The terms directly within one. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "transform":
      return [term.of];
    case "annotation":
      return [term.of.term];
    case "call":
      return term.args;
    case "case":
      return [...term.whens.map((when) => when.then), ...(term.otherwise === null ? [] : [term.otherwise])];
    case "aggregate":
      return term.arg === null ? [] : [term.arg];
    case "window":
      return [term.of, ...term.partitionBy, ...term.orderBy.map((sort) => sort.term)];
    default:
      return [];
  }
}

/** True where a term, or one within it, is an aggregate: over groups, or over the related rows of each row. */
export function holdsAggregate(term: Term, grouped: boolean): boolean {
  return (
    (term.kind === "aggregate" && term.grouped === grouped) ||
    partsOf(term).some((part) => holdsAggregate(part, grouped))
  );
}

/** True where a term, or one within it, is of a kind. */
export function holds(term: Term, kind: Term["kind"]): boolean {
  return term.kind === kind || partsOf(term).some((part) => holds(part, kind));
}
