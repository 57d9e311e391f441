import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { TextMatch, TransformName } from "../databases/ports/index.js";
import type { ColumnType } from "../fields/index.js";
import type { Condition, Query } from "../query/index.js";
import { binary, type Compared, comparedWith, ORDER_OPERATORS } from "./compare.js";
import type { ConditionContext } from "./condition-context.js";
import { jsonCondition } from "./json-condition.js";
import { tupleCondition } from "./tuple-condition.js";
import { ownLookup, ownTransform, ownValue } from "./own.js";

/** True for a condition that a row can fulfil without a related row: nothing there is NULL, and NULL fulfils it. */
export function isNullAccepting({ form, lookup }: Condition): boolean {
  return form === "null" || form === "always" || (lookup.lookup.name === "ne" && (form === "v" || form === "e"));
}

/** True where what a column is compared with may be NULL, or hold one. */
export function mayCompareWithNull({ rhs, high, query }: Condition): boolean {
  return (
    rhs?.nullable === true ||
    high?.nullable === true ||
    (query?.picked?.items.some(({ value }) => value.term.nullable) ?? false)
  );
}

/** Conditions that are true or false even where their column is NULL. */
export function isTwoValued({ form, lookup }: Condition): boolean {
  return !["v", "l", "r", "query", "e"].includes(form) || lookup.lookup.name === "ne";
}

export function conditionNode(condition: Condition, context: ConditionContext): OperationNode {
  const { form } = condition;
  if (form === "never") return literalNode("1 = 0");
  if (form === "always") return literalNode("1 = 1");
  if (context.tuple !== null) return tupleCondition(condition, context.tuple, context);
  if (condition.lookup.operand.family === "json") return jsonCondition(condition, context.lhs, context);
  const lhs = transformed(condition, context);
  if (form === "null") return sqlNode`${lhs} is null`;
  if (form === "notnull" || form === "known") return sqlNode`${lhs} is not null`;
  const index = context.base + condition.slot;
  if (form === "query") return context.among(lhs, condition.query as Query, index);
  if (form === "e") {
    const left = { node: lhs, operand: condition.lookup.operand, nullable: context.nullable };
    return comparedWith(context.scope, condition, left, context.rhs as Compared, context.high);
  }
  if (form === "l") return inList(lhs, condition, index, context);
  if (form === "r") return between(lhs, condition.lookup.operand.type, index, context);
  return compared(lhs, condition, index, context);
}

function transformed({ lookup }: Condition, { lhs, scope, timeZone }: ConditionContext): OperationNode {
  if (lookup.path === null) return lhs;
  const { type, family } = lookup.path.column;
  let node = lhs;
  let { storage } = type;
  let operand = { type, family, convert: lookup.operand.convert, scalar: null };
  for (const transform of lookup.transforms) {
    node =
      transform.compile === undefined
        ? scope.engine.operations.transform(transform.name as TransformName, node, storage, timeZone)
        : ownTransform(scope, transform.name, transform.compile, [node, operand]);
    operand = { ...transform.result(operand), scalar: null };
    storage = operand.type.storage;
  }
  return node;
}

function compared(lhs: OperationNode, condition: Condition, index: number, context: ConditionContext): OperationNode {
  const { scope } = context;
  const { operations } = scope.engine;
  const { name } = condition.lookup.lookup;
  const { type } = condition.lookup.operand;
  if (condition.lookup.lookup.compile !== undefined) {
    const left = [lhs, condition.lookup.operand] as const;
    return ownLookup(scope, condition.lookup.lookup, left, ownValue(scope, condition, index));
  }
  if (name === "exact") return binary(lhs, "=", scope.columnParameter(index, type));
  if (name === "ne") {
    const value = scope.columnParameter(index, type);
    return context.nullable ? operations.isDistinctFrom(lhs, value) : binary(lhs, "<>", value);
  }
  if (name in ORDER_OPERATORS) {
    const value = operations.sortKey(scope.columnParameter(index, type), type);
    return binary(operations.sortKey(lhs, type), ORDER_OPERATORS[name as keyof typeof ORDER_OPERATORS], value);
  }
  const matcher = operations.textMatcher(name as TextMatch);
  return matcher.build(
    lhs,
    scope.parameter(index, (value) => matcher.encode(value as string)),
  );
}

function between(lhs: OperationNode, type: ColumnType, index: number, { scope }: ConditionContext): OperationNode {
  const { operations } = scope.engine;
  const low = operations.sortKey(scope.columnParameter(index, type), type);
  const high = operations.sortKey(scope.columnParameter(index + 1, type), type);
  return sqlNode`${operations.sortKey(lhs, type)} between ${low} and ${high}`;
}

/** One parameter for the whole list where the engine can, else one for each item of a list rounded up in length. */
function inList(lhs: OperationNode, condition: Condition, index: number, { scope }: ConditionContext): OperationNode {
  const { type } = condition.lookup.operand;
  const encode = scope.encoder(type);
  const membership = scope.engine.operations.arrayMembership(type, condition.listLength);
  if (membership !== null) {
    const encodeAll = (values: unknown) =>
      membership.encode(encode === null ? (values as unknown[]) : (values as unknown[]).map(encode));
    return membership.build(lhs, scope.parameter(index, encodeAll));
  }
  const items = Array.from({ length: condition.listLength }, (_, item) => scope.columnParameter(index, type, item));
  return sqlNode`${lhs} in (${joinedNode(items, ", ")})`;
}
