import { RawNode, type OperationNode } from "kysely";

/**
 * Writes a raw SQL node; only nodes may be put in, so that neither a value nor a name can become SQL text.
 *
 * @example
 * ```ts
 * sqlNode`instr(${column}, ${parameter}) > 0`;
 * ```
 */
export function sqlNode(fragments: TemplateStringsArray, ...nodes: OperationNode[]): RawNode {
  return RawNode.create(fragments, nodes);
}

/** A node of fixed text: a keyword, a format string. The text must come from our source, never from a caller. */
export function literalNode(text: string): RawNode {
  return RawNode.createWithSql(text);
}

/** Nodes one after another with fixed text between them: a list of columns, of rows, of joins. */
export function joinedNode(nodes: readonly OperationNode[], separator: string): OperationNode {
  if (nodes.length === 1) return nodes[0] as OperationNode;
  return RawNode.create(["", ...Array.from({ length: nodes.length - 1 }, () => separator), ""], nodes);
}
