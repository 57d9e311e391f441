import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "./nodes.js";
import type { ConflictClause } from "./ports/index.js";

/** `ON CONFLICT ("name") DO UPDATE SET …`, as SQLite and PostgreSQL have it. */
export function onConflictClause(clause: ConflictClause): OperationNode {
  const { assignments, where } = clause;
  if (assignments.length === 0) return sqlNode`ON CONFLICT${targetNode(clause)} DO NOTHING`;
  const set = sqlNode`ON CONFLICT${targetNode(clause)} DO UPDATE SET ${joinedNode(assignments, ", ")}`;
  return where === null ? set : sqlNode`${set} WHERE ${where}`;
}

function targetNode({ target, indexWhere, constraint }: ConflictClause): OperationNode {
  if (constraint !== null) return sqlNode` ON CONSTRAINT ${constraint}`;
  if (target.length === 0) return literalNode("");
  const columns = sqlNode` (${joinedNode(target, ", ")})`;
  return indexWhere === null ? columns : sqlNode`${columns} WHERE ${indexWhere}`;
}
