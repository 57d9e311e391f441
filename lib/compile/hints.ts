import { type OperationNode, SelectModifierNode, type SelectQueryNode } from "kysely";
import { joinedNode, literalNode } from "../databases/nodes.js";
import type { Engine } from "../databases/ports/index.js";
import type { Hint, Query } from "../query/index.js";

/** What stands between SELECT and what is selected. */
export function frontOf(engine: Engine, query: Query, distinct: boolean): Partial<SelectQueryNode> {
  const hints = hintsAt(engine, query, "front").map((node) => SelectModifierNode.createWithExpression(node));
  const frontModifiers = distinct ? [...hints, SelectModifierNode.create("Distinct")] : hints;
  return frontModifiers.length === 0 ? {} : { frontModifiers };
}

/** A query's own table, with what was said about how it is read. */
export function hintedTable(engine: Engine, query: Query, table: OperationNode): OperationNode {
  return joinedNode([table, ...hintsAt(engine, query, "table")], " ");
}

function hintsAt(engine: Engine, { hints }: Query, place: Hint["place"]): OperationNode[] {
  return hints.filter((hint) => hint.place === place).map((hint) => literalNode(hint.sql(engine)));
}
