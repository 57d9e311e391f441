import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import { literalNode, sqlNode } from "../nodes.js";

/** A text literal: a key, a separator, a pattern, which stand in the SQL since they decide its shape. */
export function quoteText(text: string): OperationNode {
  return literalNode(`'${text.replaceAll("'", "''")}'`);
}

/** What the JSON functions take for a value of a type. */
export function toJson(node: OperationNode, { storage }: ColumnType): OperationNode {
  switch (storage) {
    case "json":
      return sqlNode`json(${node})`;
    case "boolean":
      return sqlNode`json(CASE WHEN ${node} THEN 'true' WHEN NOT ${node} THEN 'false' END)`;
    case "bigInteger":
      return sqlNode`CAST(${node} AS TEXT)`;
    case "datetime":
      return sqlNode`(replace(${node}, ' ', 'T') || 'Z')`;
    default:
      return node;
  }
}
