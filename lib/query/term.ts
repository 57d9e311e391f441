import type { Predicate, Term } from "./tree.js";

/** The terms directly within one, those of its conditions among them. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "transform":
      return [term.of];
    case "annotation":
      return [term.of.term];
    case "call":
      return term.args;
    case "case":
      return [
        ...term.whens.flatMap(({ when, then }) => [...termsIn(when), then]),
        ...(term.otherwise === null ? [] : [term.otherwise]),
      ];
    case "condition":
      return termsIn(term.predicate);
    case "aggregate":
      return term.arg === null ? [] : [term.arg];
    default:
      return [];
  }
}

/** The terms that a condition is about, and what they are compared with. */
export function termsIn(predicate: Predicate): readonly Term[] {
  switch (predicate.kind) {
    case "not":
      return termsIn(predicate.item);
    case "and":
    case "or":
    case "xor":
      return predicate.items.flatMap(termsIn);
    case "truth":
      return [predicate.term];
    case "condition": {
      const { lhs, rhs, lookup } = predicate;
      const { path, operand } = lookup;
      const column: Term[] = path === null ? [] : [{ kind: "column", path, operand, nullable: true }];
      return [...column, ...(lhs === null ? [] : [lhs.term]), ...(rhs === null ? [] : [rhs])];
    }
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

/** True where a term is read from many related rows, so that it has many values for one row. */
export function isOfMany(term: Term): boolean {
  if (term.kind === "column") return term.path.multi >= 0;
  // What an aggregate makes of many rows is one value.
  return term.kind !== "aggregate" && partsOf(term).some(isOfMany);
}
