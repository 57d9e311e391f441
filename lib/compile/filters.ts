import {
  asksWindow,
  type Filter,
  holdsAggregate,
  holdsWindow,
  isOfMany,
  type Predicate,
  type Query,
  splitByWindow,
  termsIn,
} from "../query/index.js";

/** A filter with its number among those of the query. */
export type NumberedFilter = readonly [Filter, number];

/** Where a query's filters are written. */
export interface SplitFilters {
  /** In WHERE: what rows must fulfil. */
  readonly before: readonly NumberedFilter[];
  /** In HAVING: what groups must fulfil. */
  readonly after: readonly NumberedFilter[];
  /** In WHERE, as keys: what asks about many related rows, where each row must come once. */
  readonly apart: readonly NumberedFilter[];
  /** In a query around: what is worked out over windows, whose rows are those of all other filters. */
  readonly late: readonly NumberedFilter[];
}

export function splitFilters(query: Query): SplitFilters {
  const before: NumberedFilter[] = [];
  const after: NumberedFilter[] = [];
  const apart: NumberedFilter[] = [];
  const late: NumberedFilter[] = [];
  const comesOnce = query.groups === null && (isCounted(query) || isWindowed(query));
  query.filters.forEach(({ predicate, base }, index) => {
    const [rest, windows] = splitByWindow(predicate);
    for (const window of windows) late.push([{ predicate: window, base }, index]);
    if (rest === null) return;
    const filter = { predicate: rest, base };
    if (query.groups !== null) {
      for (const part of parts(filter)) (overGroups(part.predicate) ? after : before).push([part, index]);
    } else if (comesOnce && multiplies(filter.predicate)) apart.push([filter, index]);
    else before.push([filter, index]);
  });
  return { before, after, apart, late };
}

function isCounted({ annotations }: Query): boolean {
  return annotations.some(({ term }) => holdsAggregate(term, false));
}

/** True where windows are over rows that are not joined to many related ones on purpose. */
function isWindowed({ annotations, filters, picked, order }: Query): boolean {
  const sorted = (order ?? []).flatMap((item) => (item.kind === "term" ? [item.sort.term] : []));
  const terms = [...annotations.map(({ term }) => term), ...(picked?.items ?? []).map(({ value }) => value.term)];
  const isOver = [...terms, ...sorted].some(holdsWindow) || filters.some(({ predicate }) => asksWindow(predicate));
  return isOver && !terms.some(isOfMany);
}

/** The conditions which must all hold, one by one. */
function parts({ predicate, base }: Filter): Filter[] {
  return predicate.kind === "and" ? predicate.items.map((item) => ({ predicate: item, base })) : [{ predicate, base }];
}

/** True for a condition on what is worked out over a group. */
function overGroups(predicate: Predicate): boolean {
  return termsIn(predicate).some((term) => holdsAggregate(term, true));
}

/** True where a row may come once for each of many related rows; what stands under NOT is a query of its own. */
export function multiplies(predicate: Predicate): boolean {
  if (predicate.kind === "and" || predicate.kind === "or") return predicate.items.some(multiplies);
  if (predicate.kind === "side") return predicate.filters.some((filter) => multiplies(filter.predicate));
  return (predicate.kind === "condition" || predicate.kind === "truth") && termsIn(predicate).some(isOfMany);
}
