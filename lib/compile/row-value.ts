import type { OperationNode } from "kysely";
import { joinedNode, sqlNode } from "../databases/nodes.js";

/** Several values as one: `(a, b)`. */
export function rowValue(nodes: readonly OperationNode[]): OperationNode {
  return nodes.length === 1 ? (nodes[0] as OperationNode) : sqlNode`(${joinedNode(nodes, ", ")})`;
}
