import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import { numberNode } from "../common-calls.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { CallContext } from "../ports/index.js";
import { quoteText } from "./schema.js";

/** Arguments that a function of PostgreSQL takes at most. */
const MOST_ARGUMENTS = 100;

/** What the JSON functions take for a value of a type. */
export function toJson(node: OperationNode, { storage, scale }: ColumnType): OperationNode {
  switch (storage) {
    case "decimal":
      return sqlNode`CAST(ROUND(${node}, ${numberNode(scale ?? 0)}) AS text)`;
    case "bigInteger":
    case "time":
      return sqlNode`CAST(${node} AS text)`;
    case "datetime":
      return sqlNode`TO_CHAR(${node} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
    default:
      return node;
  }
}

export function jsonObject(args: readonly OperationNode[], context: CallContext): OperationNode {
  const keys = context.options.keys as readonly string[];
  return inParts("JSONB_BUILD_OBJECT", valuesOf(args, context), MOST_ARGUMENTS / 2, (value, index) => {
    return sqlNode`${literalNode(quoteText(keys[index] as string))}, ${value}`;
  });
}

export function jsonArray(args: readonly OperationNode[], context: CallContext): OperationNode {
  return inParts("JSONB_BUILD_ARRAY", valuesOf(args, context), MOST_ARGUMENTS, (value) => value);
}

function valuesOf(args: readonly OperationNode[], { types }: CallContext): OperationNode[] {
  return args.map((arg, index) => toJson(arg, types[index] as ColumnType));
}

/** Several calls joined where there are more arguments than one can take. */
function inParts(
  name: string,
  values: readonly OperationNode[],
  size: number,
  item: (value: OperationNode, index: number) => OperationNode,
): OperationNode {
  const items = values.map(item);
  if (items.length === 0) return literalNode(`${name}()`);
  const calls: OperationNode[] = [];
  for (let start = 0; start < items.length; start += size) {
    calls.push(sqlNode`${literalNode(name)}(${joinedNode(items.slice(start, start + size), ", ")})`);
  }
  return calls.length === 1 ? (calls[0] as OperationNode) : sqlNode`(${joinedNode(calls, " || ")})`;
}
