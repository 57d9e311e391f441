import { AndNode, OrNode, type OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { ColumnMeta } from "../models/index.js";
import type { Condition, Query } from "../query/index.js";
import { binary, type Compared, comparedWith } from "./compare.js";
import type { ConditionContext } from "./condition-context.js";
import { rowValue } from "./row-value.js";
import type { TupleSides } from "./tuple-sides.js";

/** A condition on a key of several columns: it is NULL where one of them is. */
export function tupleCondition(condition: Condition, sides: TupleSides, context: ConditionContext): OperationNode {
  const { form } = condition;
  const index = context.base + condition.slot;
  switch (form) {
    case "null":
      return noneNode(condition, sides);
    case "query":
      return context.among(rowValue(sides.lhs), condition.query as Query, index);
    case "l":
      return inTuples(condition, sides, index, context);
    case "v":
      return equalOrNot(
        condition,
        sides.lhs.map((_, at) => partOf(condition, sides, at, context)),
      );
    case "e":
      return equalOrNot(
        condition,
        sides.lhs.map((_, at) => comparedPart(condition, sides, at, context)),
      );
    default:
      return someNode(condition, sides);
  }
}

/** There is nothing that columns point at. */
function noneNode(condition: Condition, sides: TupleSides): OperationNode {
  const { lookup } = condition;
  const [kind] = lookup.rowKeys ?? [];
  const [first] = sides.lhs as [OperationNode];
  if (kind?.constant !== undefined)
    return sqlNode`(${first} is null or ${first} <> ${literalNode(`'${kind.constant}'`)})`;
  // Of columns for several models one that holds something is enough.
  if (lookup.oneOf?.field.kind === "oneOf") return isNull(sides.lhs).reduce(AndNode.create);
  return nullNode(sides);
}

function someNode({ lookup }: Condition, { lhs }: TupleSides): OperationNode {
  const [kind] = lookup.rowKeys ?? [];
  if (kind?.constant !== undefined) return binary(lhs[0] as OperationNode, "=", literalNode(`'${kind.constant}'`));
  const known = lhs.map((node): OperationNode => sqlNode`${node} is not null`);
  return known.reduce(lookup.oneOf?.field.kind === "oneOf" ? OrNode.create : AndNode.create);
}

function isNull(nodes: readonly OperationNode[]): OperationNode[] {
  return nodes.map((node) => sqlNode`${node} is null`);
}

/** All parts are equal; or one of them is not. */
function equalOrNot({ lookup }: Condition, parts: readonly OperationNode[]): OperationNode {
  return parts.reduce(lookup.lookup.name === "ne" ? OrNode.create : AndNode.create);
}

function partOf(
  condition: Condition,
  { lhs, columns }: TupleSides,
  at: number,
  context: ConditionContext,
): OperationNode {
  const { scope, base, nullable } = context;
  const node = lhs[at] as OperationNode;
  const value = scope.columnParameter(base + condition.slot + at, (columns[at] as ColumnMeta).type);
  if (condition.lookup.lookup.name !== "ne") return binary(node, "=", value);
  return nullable ? scope.engine.operations.isDistinctFrom(node, value) : binary(node, "<>", value);
}

function comparedPart(
  condition: Condition,
  sides: TupleSides,
  at: number,
  { scope, nullable }: ConditionContext,
): OperationNode {
  const operand = condition.lookup.operand.parts?.[at] ?? condition.lookup.operand;
  const node = condition.lookup.lookup.name === "ne" ? unlessNull(sides, at) : (sides.lhs[at] as OperationNode);
  return comparedWith(scope, condition, { node, operand, nullable }, sides.rhs[at] as Compared, null);
}

/** A column of a key, which is none where another of its columns is NULL: as the key that it may differ from is read. */
function unlessNull({ columns, lhs }: TupleSides, at: number): OperationNode {
  const node = lhs[at] as OperationNode;
  const others = lhs.filter((_, other) => other !== at && columns[other]?.nullable);
  if (others.length === 0) return node;
  const known = others.map((other): OperationNode => sqlNode`${other} is not null`).reduce(AndNode.create);
  return sqlNode`case when ${known} then ${node} end`;
}

/** One that is NULL is enough; where no row is joined all are. */
function nullNode({ columns, lhs }: TupleSides): OperationNode {
  const open = lhs.filter((_, at) => columns[at]?.nullable);
  const asked = open.length > 0 ? open : lhs.slice(0, 1);
  return isNull(asked).reduce(OrNode.create);
}

/** Tuples spelled out, of a list rounded up in length. */
function inTuples(
  { listLength }: Condition,
  { lhs, columns }: TupleSides,
  index: number,
  { scope }: ConditionContext,
): OperationNode {
  const tuples = Array.from({ length: listLength }, (_, item) => {
    const parts = columns.map(({ type }, at) => scope.columnParameter(index + at, type, item));
    return sqlNode`(${joinedNode(parts, ", ")})`;
  });
  const values = literalNode(scope.engine.features.listsOfTuples ? "" : "values ");
  return sqlNode`${rowValue(lhs)} in (${values}${joinedNode(tuples, ", ")})`;
}
