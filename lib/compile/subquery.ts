import type { OperationNode } from "kysely";
import { literalNode, sqlNode } from "../databases/nodes.js";
import { isSliced, type Query } from "../query/index.js";
import type { Scope } from "./scope.js";
import { SelectWriter } from "./select.js";

/** The keys of another query's rows, for IN. Its slots begin at `base`; those of its slice come after its values. */
export function keySubquery(query: Query, scope: Scope, base: number): OperationNode {
  const afterValues = base + query.values.length;
  const placement = {
    base,
    alias: scope.aliases.next(),
    slice: [afterValues, afterValues + 1] as const,
  };
  const keys = new SelectWriter(query, scope, placement).keys();
  return isSliced(query) && !scope.engine.features.limitInSubquery ? derived(keys, scope) : keys;
}

/** The same rows by way of a derived table, which engines accept where they refuse the query itself. */
export function derived(query: OperationNode, scope: Scope): OperationNode {
  const alias = scope.aliases.next();
  return sqlNode`(select * from ${query} as ${literalNode(alias)})`;
}
