import { AndNode, type OperationNode, OrNode, ParensNode } from "kysely";

/** A condition in parentheses where it would otherwise be read together with what stands beside it. */
export function grouped(node: OperationNode): OperationNode {
  return AndNode.is(node) || OrNode.is(node) ? ParensNode.create(node) : node;
}

/** Conditions which must all hold, as one; null for none. */
export function allOf(nodes: readonly OperationNode[]): OperationNode | null {
  if (nodes.length === 0) return null;
  return nodes.map(grouped).reduce((left, right) => AndNode.create(left, right));
}
