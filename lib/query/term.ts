import type { CaseTerm, ColumnTerm, Predicate, Term, WindowTerm } from "./tree.js";

/** The terms directly within one, those of its conditions among them. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case "transform":
    case "key":
      return [term.of];
    case "annotation":
      return [term.of.term];
    case "call":
    case "own":
      return term.args;
    case "case":
      return partsOfCase(term);
    case "condition":
      return termsIn(term.predicate);
    case "aggregate":
      return term.arg === null ? [] : [term.arg];
    case "window":
      return partsOfWindow(term);
    default:
      return "parts" in term ? term.parts : [];
  }
}

/** Over a window an aggregate is no longer one over a group: only what it takes is. */
function partsOfWindow({ of, partitionBy, orderBy }: WindowTerm): readonly Term[] {
  return [...takenBy(of), ...partitionBy, ...orderBy.map((sort) => sort.term)];
}

function partsOfCase({ whens, otherwise }: CaseTerm): readonly Term[] {
  const parts = whens.flatMap(({ when, then }) => [...termsIn(when), then]);
  return otherwise === null ? parts : [...parts, otherwise];
}

function takenBy(of: WindowTerm["of"]): readonly Term[] {
  if (of.kind === "windowed") return of.args;
  return [...partsOf(of), ...(of.filter === null ? [] : termsIn(of.filter))];
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
    case "side":
      return predicate.filters.flatMap((filter) => termsIn(filter.predicate));
    case "truth":
      return [predicate.term];
    case "condition": {
      const { lhs, rhs, high, lookup } = predicate;
      const { path, operand } = lookup;
      const column: Term[] = path === null ? [] : [{ kind: "column", path, operand, nullable: true }];
      return [
        ...column,
        ...(lhs === null ? [] : [lhs.term]),
        ...(rhs === null ? [] : [rhs]),
        ...(high === undefined ? [] : [high]),
      ];
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

/** The columns that a condition, or a term in one, is about; those that an aggregate takes together are not among them. */
export function columnsIn(predicate: Predicate): readonly ColumnTerm[] {
  const within = (term: Term): readonly ColumnTerm[] => {
    if (term.kind === "column") return [term];
    return term.kind === "aggregate" ? [] : partsOf(term).flatMap(within);
  };
  return termsIn(predicate).flatMap(within);
}

/** True where a term, or one within it, looks at rows around its own. */
export function holdsWindow(term: Term): boolean {
  return term.kind === "window" || partsOf(term).some(holdsWindow);
}

/** True for a condition on what is worked out over a window. */
export function asksWindow(predicate: Predicate): boolean {
  return termsIn(predicate).some(holdsWindow);
}

/** True for a condition that single rows do not answer: on what is worked out over a window, or an aggregate of any kind. */
export function asksMany(predicate: Predicate): boolean {
  return (
    asksWindow(predicate) ||
    termsIn(predicate).some((term) => holdsAggregate(term, true) || holdsAggregate(term, false))
  );
}

/** The conditions of a predicate that must all hold: what does not ask about windows as one, and what does one by one. */
export function splitByWindow(predicate: Predicate): readonly [rest: Predicate | null, windows: readonly Predicate[]] {
  if (!asksWindow(predicate)) return [predicate, []];
  if (predicate.kind !== "and") return [null, [predicate]];
  const parts = predicate.items.map(splitByWindow);
  const items = parts.flatMap(([rest]) => (rest === null ? [] : [rest]));
  const rest: Predicate | null = items.length > 1 ? { kind: "and", items } : (items[0] ?? null);
  return [rest, parts.flatMap(([, windows]) => windows)];
}

/** True where a term names a field of its row, or a query in it one of the query around. */
export function namesField(term: Term): boolean {
  if (term.kind === "column" || term.kind === "outer" || term.kind === "aggregate") return true;
  if (term.kind === "query") return term.query.outer.length > 0;
  if (term.kind === "condition") return asksField(term.predicate);
  if (term.kind === "case" && term.whens.some(({ when }) => asksField(when))) return true;
  return partsOf(term).some(namesField);
}

function asksField(predicate: Predicate): boolean {
  if (predicate.kind === "exists") return predicate.query.outer.length > 0;
  if (predicate.kind === "not") return asksField(predicate.item);
  if ("items" in predicate) return predicate.items.some(asksField);
  return termsIn(predicate).some(namesField);
}
