import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "./nodes.js";
import type { ConflictClause } from "./ports/index.js";

/** `ON CONFLICT ("name") DO UPDATE SET …`, as SQLite and PostgreSQL have it. */
export function onConflictClause({ target, assignments }: ConflictClause): OperationNode {
  const columns = target.length === 0 ? literalNode("") : sqlNode` (${joinedNode(target, ", ")})`;
  if (assignments.length === 0) return sqlNode`ON CONFLICT${columns} DO NOTHING`;
  return sqlNode`ON CONFLICT${columns} DO UPDATE SET ${joinedNode(assignments, ", ")}`;
}
