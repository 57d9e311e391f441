import type { OperationNode } from "kysely";
import type { JsonShape } from "../../util/json-shape.js";
import { parsed } from "../json-text.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { BindJson, JsonOperations } from "../ports/index.js";
import type { Flavour } from "./flavour.js";
import { Containment, type Parts } from "./json-containment.js";
import { jsonAt } from "./json-paths.js";
import { asJson, jsonType } from "./json-values.js";

const NUMBERS = literalNode("'INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL'");

/** JSON in the words of MySQL and MariaDB, to which JSON is a text. */
export function mysqlJson(flavour: Flavour): JsonOperations {
  const binary = literalNode(flavour.binaryCollation);
  const type = (node: OperationNode) => jsonType(node, flavour);
  const number = (node: OperationNode) =>
    sqlNode`CASE WHEN ${type(node)} IN (${NUMBERS}) THEN CAST(JSON_UNQUOTE(${node}) AS DOUBLE) END`;
  const text = (node: OperationNode) =>
    sqlNode`CASE WHEN ${type(node)} = 'STRING' THEN CONVERT(JSON_UNQUOTE(${node}) USING utf8mb4) END COLLATE ${binary}`;
  const boolean = (node: OperationNode) =>
    sqlNode`CASE WHEN ${type(node)} = 'BOOLEAN' THEN JSON_UNQUOTE(${node}) COLLATE ${binary} = 'true' END`;
  const json = (node: OperationNode) => (flavour.isMariadb ? node : asJson(node, flavour));
  /** As the one item of an array: of a number by itself MariaDB reads beyond its end. NULL it finds equal to anything. */
  const item = (node: OperationNode) => sqlNode`CONCAT('[', ${node} COLLATE ${binary}, ']')`;
  const equal = (left: OperationNode, right: OperationNode) =>
    flavour.isMariadb
      ? sqlNode`(${left} IS NOT NULL AND ${right} IS NOT NULL AND JSON_EQUALS(${item(left)}, ${item(right)}))`
      : sqlNode`${left} = ${right}`;
  const equals = (node: OperationNode, value: OperationNode) =>
    flavour.isMariadb
      ? sqlNode`(${node} IS NOT NULL AND JSON_EQUALS(${item(node)}, ${item(value)}))`
      : sqlNode`${node} = ${json(value)}`;
  const at: JsonOperations["at"] = (node, kinds, bind) => jsonAt(node, kinds, bind, flavour);
  // MySQL gives wrong rows where it makes joins of EXISTS that stand in each other, and look into what the outer one found.
  const exists = (items: OperationNode, condition: OperationNode) =>
    flavour.isMariadb
      ? sqlNode`EXISTS (SELECT 1 FROM ${items} WHERE ${condition})`
      : sqlNode`(SELECT COUNT(*) FROM ${items} WHERE ${condition}) > 0`;
  // In MySQL's tables of items null is NULL.
  const found = (column: OperationNode) =>
    flavour.isMariadb ? column : sqlNode`COALESCE(${column}, CAST('null' AS JSON))`;
  const parts: Parts = { equals, key: at, json, type, item: found, exists };
  return {
    at,
    text,
    number,
    float: number,
    boolean,
    equals(node, shape: JsonShape, bind: BindJson) {
      if (shape.type === "number") return sqlNode`${number(node)} = ${bind(parsed)}`;
      if (shape.type === "text") return sqlNode`${text(node)} = ${bind(parsed)}`;
      return equals(node, bind(null));
    },
    equal,
    oneOf(node, length, bind) {
      const items = Array.from({ length }, (_, index) => equals(node, bind(null, index)));
      return sqlNode`(${joinedNode(items, " OR ")})`;
    },
    contains: (node, shape, bind) => new Containment(parts, bind).holdsAtTop(node, shape),
    containedBy: (node, shape, bind) => new Containment(parts, bind).holdAtTop(node, shape),
    hasKeys(node, how, kind, length, bind) {
      const has = Array.from({ length }, (_, index) => {
        const key: BindJson = (encode) => bind((name) => (encode === null ? [name] : encode([name])), index);
        return sqlNode`${at(node, kind, key)} IS NOT NULL`;
      });
      return sqlNode`(${joinedNode(has, how === "all" ? " AND " : " OR ")})`;
    },
    sortKeys: (node) => [
      sqlNode`CASE ${type(node)} ${literalNode(RANKS)} ELSE CASE WHEN ${boolean(node)} THEN 2 WHEN NOT ${boolean(node)} THEN 1 END END`,
      number(node),
      text(node),
    ],
  };
}

const RANKS =
  "WHEN 'NULL' THEN 0 WHEN 'INTEGER' THEN 3 WHEN 'UNSIGNED INTEGER' THEN 3 WHEN 'DOUBLE' THEN 3 WHEN 'DECIMAL' THEN 3 " +
  "WHEN 'STRING' THEN 4 WHEN 'ARRAY' THEN 5 WHEN 'OBJECT' THEN 6";
