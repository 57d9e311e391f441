import type { OperationNode } from "kysely";
import type { JsonStep } from "../../util/json-shape.js";
import { pathText } from "../json-text.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { BindJson, JsonOperations } from "../ports/index.js";
import { arrayLiteral } from "./array-literal.js";

const asText = (node: OperationNode) => sqlNode`${node} #>> '{}'`;
const ofType = (node: OperationNode, type: string, value: OperationNode) =>
  sqlNode`CASE WHEN jsonb_typeof(${node}) = ${literalNode(`'${type}'`)} THEN ${value} END`;
const text = (node: OperationNode) => sqlNode`(${ofType(node, "string", asText(node))}) COLLATE "C"`;
const as = (node: OperationNode, type: string) =>
  sqlNode`(${ofType(node, type === "boolean" ? type : "number", sqlNode`CAST(${node} AS ${literalNode(type)})`)})`;
const value = (bind: BindJson) => sqlNode`CAST(${bind(null)} AS jsonb)`;

/**
 * A path of keys is a list of texts; an index, and what could be taken for one, goes by a strict path, which finds no
 * key where it looks for an index, and no index for a key.
 */
function at(node: OperationNode, kinds: string, bind: BindJson): OperationNode {
  if (/^k+$/.test(kinds)) {
    return sqlNode`(${node} #> CAST(${bind((steps) => arrayLiteral(steps as JsonStep[]))} AS text[]))`;
  }
  const path = bind((steps) => `strict ${pathText(steps as JsonStep[])}`);
  return sqlNode`jsonb_path_query_first(${node}, CAST(${path} AS jsonpath), '{}', true)`;
}

/** JSON in PostgreSQL's words: all columns of it are jsonb. */
export const postgresJson: JsonOperations = {
  at,
  text,
  number: (node) => as(node, "numeric"),
  float: (node) => as(node, "double precision"),
  boolean: (node) => as(node, "boolean"),
  equals: (node, _, bind) => sqlNode`${node} = ${value(bind)}`,
  equal: (left, right) => sqlNode`${left} = ${right}`,
  oneOf: (node, _, bind) =>
    sqlNode`${node} = ANY(CAST(${bind((items) => arrayLiteral(items as string[]))} AS jsonb[]))`,
  contains: (node, _, bind) => sqlNode`${node} @> ${value(bind)}`,
  containedBy: (node, _, bind) => sqlNode`${node} <@ ${value(bind)}`,
  hasKeys(node, how, _kind, _length, bind) {
    const keys = sqlNode`CAST(${bind((items) => arrayLiteral(items as string[]))} AS text[])`;
    const has = how === "all" ? sqlNode`${node} ?& ${keys}` : sqlNode`${node} ?| ${keys}`;
    // Items of an array, and a text by itself, would be keys, too.
    return sqlNode`(${has} AND jsonb_typeof(${node}) = 'object')`;
  },
  sortKeys: (node) => [
    sqlNode`CASE jsonb_typeof(${node}) WHEN 'null' THEN 0 WHEN 'boolean' THEN CASE WHEN ${node} = 'true' THEN 2 ELSE 1 END WHEN 'number' THEN 3 WHEN 'string' THEN 4 WHEN 'array' THEN 5 WHEN 'object' THEN 6 END`,
    as(node, "numeric"),
    text(node),
  ],
};
