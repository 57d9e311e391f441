import type { AliasNode, IdentifierNode, OperationNode, ReferenceNode, SelectQueryNode, TableNode } from "kysely";

/**
 * What a query needs that SQLite lacked up to 2024: its ORDER BY and GROUP BY could not name columns of a query around. null
 * where it needs no such thing.
 */
export function outerOrder(node: OperationNode): string | null {
  if (node.kind !== "SelectQueryNode") return null;
  const { from, joins, orderBy, groupBy } = node as SelectQueryNode;
  if (orderBy === undefined && groupBy === undefined) return null;
  const own = new Set<string>();
  for (const part of [from, joins, orderBy, groupBy]) collect(part, own);
  return [orderBy, groupBy].some((part) => namesOther(part, own))
    ? "ordering and grouping by a value of the query around (OuterRef)"
    : null;
}

/** The names that tables have here, and in queries within. */
function collect(part: unknown, names: Set<string>): void {
  if (!isNode(part) || part.kind === "ReferenceNode") return;
  if (part.kind === "AliasNode") names.add(((part as AliasNode).alias as IdentifierNode).name);
  if (part.kind === "TableNode") names.add(nameOf(part as TableNode));
  for (const inner of partsOf(part)) collect(inner, names);
}

function namesOther(part: unknown, own: ReadonlySet<string>): boolean {
  if (!isNode(part)) return false;
  const { table } = part as Partial<ReferenceNode>;
  if (part.kind === "ReferenceNode" && table !== undefined) return !own.has(nameOf(table));
  return partsOf(part).some((inner) => namesOther(inner, own));
}

function partsOf(part: object): unknown[] {
  return Object.values(part).flat();
}

function nameOf({ table }: TableNode): string {
  return table.identifier.name;
}

function isNode(part: unknown): part is OperationNode {
  return typeof part === "object" && part !== null && (Array.isArray(part) || "kind" in part);
}
