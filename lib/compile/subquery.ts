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
  scalar(query, scope, base, outer) {
    return new SelectWriter(query, scope, placementOf(query, scope, base, outer)).values();
  },
  rows(query, scope, base, outer) {
    return new SelectWriter(query, scope, placementOf(query, scope, base, outer)).marks(literalNode("1"));
  },
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
