import { orderOf, type OrderTerm, partsOf, type PlacedTerm, type Query, sameTerm, type Term } from "../query/index.js";

/**
 * What rows are grouped by: what was named, and columns that they are ordered by beside that. A group has no value of
 * such a column unless all its rows share it.
 */
export function groupingOf(query: Query): readonly PlacedTerm[] {
  const named = (query.groups ?? []).map(({ value }) => value);
  if (named.length === 0) return named;
  const more: Term[] = [];
  for (const item of orderOf(query))
    collect(termOf(item), (term) => named.some((known) => sameTerm(known.term, term)), more);
  return [...named, ...more.map((term) => ({ term, base: null }))];
}

function termOf(item: OrderTerm): Term | null {
  if (item.kind === "random") return null;
  if (item.kind === "term") return item.sort.term;
  const { path } = item;
  const { family, type, scalar } = path.column;
  return { kind: "column", path, nullable: true, operand: { family, type, convert: scalar.convert, scalar } };
}

/** The columns in a term that groups have no value of yet. */
function collect(term: Term | null, isNamed: (term: Term) => boolean, found: Term[]): void {
  if (term === null || isNamed(term) || term.kind === "aggregate") return;
  if (term.kind !== "column" && term.kind !== "held") {
    for (const part of partsOf(term)) collect(part, isNamed, found);
  } else if (!found.some((other) => sameTerm(other, term))) found.push(term);
}
