import type { OperationNode } from "kysely";
import { literalNode, sqlNode } from "../nodes.js";

/** Digits of a decimal that the server has at most. */
const PRECISION = 65;

/** A number or a text as a decimal, rounded half away from zero. */
export function decimalOf(node: OperationNode, scale: number): OperationNode {
  return sqlNode`CAST(${node} AS DECIMAL(${literalNode(`${PRECISION}, ${scale}`)}))`;
}

export function asDatetime(node: OperationNode): OperationNode {
  return sqlNode`CAST(${node} AS DATETIME(3))`;
}

/** `10:20:30.5`; by itself TIME has as many digits behind the point as it was declared with. */
export function timeText(node: OperationNode): OperationNode {
  return sqlNode`REGEXP_REPLACE(CAST(CAST(${node} AS TIME(6)) AS CHAR), '[.]?0+$', '')`;
}
