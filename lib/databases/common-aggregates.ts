import type { OperationNode } from "kysely";
import type { ColumnType } from "../fields/column-type.js";
import { joinedNode, literalNode, sqlNode } from "./nodes.js";
import type { AggregateContext } from "./ports/index.js";

/** Writes one aggregate. */
export type Aggregate = (arg: OperationNode, type: ColumnType, context: AggregateContext) => OperationNode;

const NOTHING = literalNode("");

/** `name(distinct x, … order by …) filter (where …) over (…)` */
export function aggregate(
  name: string,
  arg: OperationNode,
  context: AggregateContext,
  more?: OperationNode,
): OperationNode {
  const { distinct, filter, order, over } = context;
  const parts = [
    sqlNode`${literalNode(name)}(${distinct ? literalNode("DISTINCT ") : NOTHING}${arg}`,
    more === undefined ? NOTHING : sqlNode`, ${more}`,
    order.length === 0 ? NOTHING : sqlNode` ORDER BY ${joinedNode(order, ", ")}`,
    literalNode(")"),
    filter === null ? NOTHING : sqlNode` FILTER (WHERE ${filter})`,
    over === null ? NOTHING : sqlNode` OVER (${over})`,
  ];
  return joinedNode(parts, "");
}
