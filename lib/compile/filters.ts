import { AndNode, type OperationNode } from "kysely";
import { type Filter, holdsAggregate, isOfMany, type Predicate, type Query, termsIn } from "../query/index.js";
import { grouped } from "./where.js";

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
}

export function splitFilters(query: Query): SplitFilters {
  const before: NumberedFilter[] = [];
  const after: NumberedFilter[] = [];
  const apart: NumberedFilter[] = [];
  const isCounted = query.groups === null && query.annotations.some(({ term }) => holdsAggregate(term, false));
  query.filters.forEach((filter, index) => {
    if (query.groups !== null) {
      for (const part of parts(filter)) (overGroups(part.predicate) ? after : before).push([part, index]);
    } else if (isCounted && multiplies(filter.predicate)) apart.push([filter, index]);
    else before.push([filter, index]);
  });
  return { before, after, apart };
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
function multiplies(predicate: Predicate): boolean {
  if (predicate.kind === "and" || predicate.kind === "or") return predicate.items.some(multiplies);
  return (predicate.kind === "condition" || predicate.kind === "truth") && termsIn(predicate).some(isOfMany);
}

/** Conditions which must all hold, as one; null for none. */
export function allOf(nodes: readonly OperationNode[]): OperationNode | null {
  if (nodes.length === 0) return null;
  return nodes.map(grouped).reduce((left, right) => AndNode.create(left, right));
}
