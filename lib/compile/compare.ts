import { BinaryOperationNode, type OperationNode, OperatorNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import type { TextMatch } from "../databases/ports/index.js";
import type { ColumnType } from "../fields/index.js";
import { commonOperand } from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import type { Condition } from "../query/index.js";
import { ownLookup } from "./own.js";
import type { Scope } from "./scope.js";

/** What an expression gives, where something is compared with it. */
export interface Compared {
  readonly node: OperationNode;
  readonly operand: Operand;
  readonly nullable: boolean;
}

export const ORDER_OPERATORS = { gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/** A condition whose right-hand side is worked out for each row. */
export function comparedWith(
  scope: Scope,
  { lookup }: Condition,
  left: Compared,
  right: Compared,
  high: Compared | null,
): OperationNode {
  const { operations } = scope.engine;
  const { name, compile } = lookup.lookup;
  if (compile !== undefined) return ownLookup(scope, lookup.lookup, [left.node, left.operand], right.node);
  const type = commonType(high === null ? [left, right] : [left, right, high]);
  const [lhs, rhs] = [as(scope, type, left), as(scope, type, right)];
  if (name === "exact") return binary(lhs, "=", rhs);
  if (name === "ne") {
    return left.nullable || right.nullable ? operations.isDistinctFrom(lhs, rhs) : binary(lhs, "<>", rhs);
  }
  const sorted = (node: OperationNode) => operations.sortKey(node, type);
  if (high !== null) return sqlNode`${sorted(lhs)} between ${sorted(rhs)} and ${sorted(as(scope, type, high))}`;
  if (name in ORDER_OPERATORS) {
    return binary(sorted(lhs), ORDER_OPERATORS[name as keyof typeof ORDER_OPERATORS], sorted(rhs));
  }
  return operations.textMatcher(name as TextMatch).match(lhs, rhs);
}

/** The type in which values are compared: a decimal is neither equal to a whole number by its text, nor less. */
function commonType(sides: readonly Compared[]): ColumnType {
  const [first] = sides as readonly [Compared];
  const known = sides.filter(({ operand }) => operand.family === "number").map(({ operand }) => operand);
  return known.length === sides.length && known.some(isDecimal) ? commonOperand(known).type : first.operand.type;
}

function isDecimal({ type }: Operand): boolean {
  return type.storage === "decimal";
}

function as(scope: Scope, result: ColumnType, { node, operand: { family, type } }: Compared): OperationNode {
  if (family !== "number" || (type.storage === result.storage && type.scale === result.scale)) return node;
  if (type.storage !== "decimal" && result.storage !== "decimal") return node;
  return scope.engine.functions.call("coalesce", [node], { types: [type], result, options: {}, timeZone: null });
}

export function binary(
  left: OperationNode,
  operator: "=" | "<>" | ">" | ">=" | "<" | "<=",
  right: OperationNode,
): OperationNode {
  return BinaryOperationNode.create(left, OperatorNode.create(operator), right);
}
