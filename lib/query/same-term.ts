import { leadsThrough } from "./same-hop.js";
import type { Term } from "./tree.js";

/** True for two terms that give the same value of every row: the same column over the same hops, or one term. */
export function sameTerm(one: Term, other: Term): boolean {
  const [a, b] = [named(one), named(other)];
  if (a === b) return true;
  if (a.kind !== "column" || b.kind !== "column") return false;
  const [left, right] = [a.path, b.path];
  return left.column === right.column && left.hops.length === right.hops.length && leadsThrough(left.hops, right.hops);
}

/** The term that an annotation is a name of. */
function named(term: Term): Term {
  return term.kind === "annotation" ? named(term.of.term) : term;
}
