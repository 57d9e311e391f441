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

/** A tree of equal halves: engines limit how deep an expression may be, and a long OR would reach it as a chain. */
export function balanced(
  nodes: readonly OperationNode[],
  create: (a: OperationNode, b: OperationNode) => OperationNode,
): OperationNode {
  if (nodes.length === 1) return nodes[0] as OperationNode;
  if (nodes.length <= 16) return nodes.reduce(create);
  const half = nodes.length >> 1;
  const halves = [balanced(nodes.slice(0, half), create), balanced(nodes.slice(half), create)] as const;
  return create(grouped(halves[0]), grouped(halves[1]));
}
