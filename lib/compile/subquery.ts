import type { OperationNode } from "kysely";
import { literalNode, sqlNode } from "../databases/nodes.js";
import { isSliced, type Query } from "../query/index.js";
import type { OuterQuery, QueryWriters, Scope } from "./scope.js";
import { type Placement, SelectWriter } from "./select.js";

/** How queries are written that stand in others. Those of a slice come after their values. */
export const subqueries: QueryWriters = {
  values(query, scope, base, outer) {
    const values = new SelectWriter(query, scope, placementOf(query, scope, base, outer)).values();
    return isSliced(query) && !scope.engine.features.limitInSubquery ? derived(values, scope) : values;
  },
  among(value, query, scope, base, outer) {
    // A derived table could not name what the query around has.
    const isRanked = isSliced(query) && query.outer.length > 0 && !scope.engine.features.limitInSubquery;
    if (!isRanked) return sqlNode`${value} in ${subqueries.values(query, scope, base, outer)}`;
    return new SelectWriter(query, scope, placementOf(query, scope, base, outer)).ranked(value);
  },
  scalar(query, scope, base, outer) {
    return new SelectWriter(query, scope, placementOf(query, scope, base, outer)).values();
  },
  rows(query, scope, base, outer) {
    return new SelectWriter(query, scope, placementOf(query, scope, base, outer)).marks(literalNode("1"));
  },
};

/** Each by way of a derived table, which cannot name columns of queries around it. */
export const derivedSubqueries: QueryWriters = {
  among: (value, query, scope, base, outer) =>
    sqlNode`${value} in ${derivedSubqueries.values(query, scope, base, outer)}`,
  values: (query, scope, base, outer) => derived(subqueries.values(query, scope, base, outer), scope),
  scalar: (query, scope, base, outer) => derived(subqueries.scalar(query, scope, base, outer), scope),
  rows: (query, scope, base, outer) => derived(subqueries.rows(query, scope, base, outer), scope),
};

function placementOf(query: Query, scope: Scope, base: number, outer: OuterQuery | null): Placement {
  const afterValues = base + query.values.length;
  return { base, alias: scope.aliases.next(), slice: [afterValues, afterValues + 1], outer };
}

/** The same rows by way of a derived table, which engines accept where they refuse the query itself. */
export function derived(query: OperationNode, scope: Scope): OperationNode {
  const alias = scope.aliases.next();
  return sqlNode`(select * from ${query} as ${literalNode(alias)})`;
}
