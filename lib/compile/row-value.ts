import { type OperationNode, TupleNode } from "kysely";

/** Several values as one: `(a, b)`. */
export function rowValue(nodes: readonly OperationNode[]): OperationNode {
  return nodes.length === 1 ? (nodes[0] as OperationNode) : TupleNode.create(nodes);
}
