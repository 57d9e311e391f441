import type { OperationNode } from "kysely";
import type { JsonShape, JsonStep } from "../../util/json-shape.js";
import { parsed, pathText } from "../json-text.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { BindJson, JsonOperations } from "../ports/index.js";

const text = (node: OperationNode) => sqlNode`CASE json_type(${node}) WHEN 'text' THEN ${node} ->> '$' END`;
// As JavaScript, which wrote it, has it: 2 ** 60 is spelled with other digits than the integer has.
const number = (node: OperationNode) =>
  sqlNode`CASE WHEN json_type(${node}) IN ('integer', 'real') THEN CAST(${node} ->> '$' AS REAL) END`;
const canonical = (node: OperationNode) => sqlNode`dunder_json(${node})`;

function equals(node: OperationNode, { type }: JsonShape, bind: BindJson): OperationNode {
  if (type === "number") return sqlNode`${number(node)} = ${bind(parsed)}`;
  if (type === "text") return sqlNode`${text(node)} = ${bind(parsed)}`;
  return sqlNode`${canonical(node)} = ${bind(null)}`;
}

/** JSON in SQLite's words, and by functions of ours where it has none. */
export const sqliteJson: JsonOperations = {
  at: (node, _, bind) => sqlNode`(${node} -> ${bind((steps) => pathText(steps as JsonStep[]))})`,
  text,
  number,
  float: number,
  boolean: (node) => sqlNode`CASE json_type(${node}) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END`,
  equals,
  equal: (left, right) => sqlNode`${canonical(left)} = ${canonical(right)}`,
  oneOf: (node, _, bind) =>
    sqlNode`${canonical(node)} IN (SELECT value FROM json_each(${bind((items) => JSON.stringify(items))}))`,
  contains: (node, _, bind) => sqlNode`dunder_json_contains(${node}, ${bind(null)})`,
  containedBy: (node, _, bind) => sqlNode`dunder_json_contains(${bind(null)}, ${node})`,
  hasKeys(node, how, _, length, bind) {
    const has = Array.from({ length }, (_item, index) => {
      return sqlNode`json_type(${node}, ${bind((key) => pathText([key as string]), index)}) IS NOT NULL`;
    });
    return length === 1 ? joinedNode(has, "") : sqlNode`(${joinedNode(has, how === "all" ? " AND " : " OR ")})`;
  },
  sortKeys: (node) => [sqlNode`CASE json_type(${node}) ${literalNode(RANKS)} END`, number(node), text(node)],
};

const RANKS =
  "WHEN 'null' THEN 0 WHEN 'false' THEN 1 WHEN 'true' THEN 2 WHEN 'integer' THEN 3 WHEN 'real' THEN 3 " +
  "WHEN 'text' THEN 4 WHEN 'array' THEN 5 WHEN 'object' THEN 6";
