import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { LockClause } from "../ports/index.js";

const STRENGTH = {
  update: literalNode("for update"),
  noKeyUpdate: literalNode("for no key update"),
  share: literalNode("for share"),
};
const WAIT = { wait: literalNode(""), nowait: literalNode(" nowait"), skip: literalNode(" skip locked") };

export function lockClause({ strength, wait, tables }: LockClause): OperationNode {
  const of = tables === null ? literalNode("") : sqlNode` of ${joinedNode(tables, ", ")}`;
  return sqlNode`${STRENGTH[strength]}${of}${WAIT[wait]}`;
}
