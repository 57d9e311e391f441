import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import { literalNode, sqlNode } from "../nodes.js";
import { asDatetime, decimalOf, timeText } from "./converted.js";
import type { Flavour } from "./flavour.js";

/** A text as the JSON it holds: to MariaDB, JSON is a text that one of its functions gave. */
export function asJson(node: OperationNode, { isMariadb }: Flavour): OperationNode {
  return isMariadb ? sqlNode`JSON_COMPACT(${node})` : sqlNode`CAST(${node} AS JSON)`;
}

/** The name of a value's type, to be compared with names: MySQL's own collation of it goes with no other binary one. */
export function jsonType(node: OperationNode, { isMariadb, binaryCollation }: Flavour): OperationNode {
  return isMariadb ? sqlNode`JSON_TYPE(${node})` : sqlNode`JSON_TYPE(${node}) COLLATE ${literalNode(binaryCollation)}`;
}

/** What the JSON functions take for a value of a type. */
export function toJson(node: OperationNode, { storage, scale }: ColumnType, flavour: Flavour): OperationNode {
  switch (storage) {
    case "json":
      return flavour.isMariadb ? asJson(node, flavour) : node;
    case "boolean":
      return asJson(sqlNode`CASE WHEN ${node} THEN 'true' WHEN NOT ${node} THEN 'false' END`, flavour);
    case "bigInteger":
      return sqlNode`CAST(${node} AS CHAR)`;
    case "decimal":
      return sqlNode`CAST(${decimalOf(node, scale ?? 0)} AS CHAR)`;
    case "time":
      return timeText(node);
    case "datetime":
      return sqlNode`CONCAT(REPLACE(CAST(${asDatetime(node)} AS CHAR), ' ', 'T'), 'Z')`;
    default:
      return node;
  }
}
