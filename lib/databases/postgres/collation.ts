import { type OperationNode, ReferenceNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import { sqlNode } from "../nodes.js";

/** A text that was worked out may have the database's own collation; our columns compare by code point. */
export function byCodePoint(node: OperationNode, type: ColumnType): OperationNode {
  const isOurs =
    ReferenceNode.is(node) || (type.storage !== "string" && type.storage !== "text") || type.collation !== null;
  return isOurs ? node : sqlNode`(${node}) COLLATE "C"`;
}
