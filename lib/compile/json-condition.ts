import { BinaryOperationNode, type OperationNode, OperatorNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import type { BindJson, JsonOperations, TextMatch } from "../databases/ports/index.js";
import type { Condition } from "../query/index.js";
import { type JsonShape, stepKinds } from "../util/json-shape.js";
import type { Compared } from "./compare.js";
import type { ConditionContext } from "./condition-context.js";
import { ownLookup, ownValue } from "./own.js";

/** What a condition is asked of, and what it is asked with. */
interface Place {
  readonly condition: Condition;
  readonly context: ConditionContext;
  readonly json: JsonOperations;
  readonly node: OperationNode;
  /** Binds the value. */
  readonly bind: BindJson;
}

/** A condition on JSON. It may be NULL for what is of another type than it asks for. */
export function jsonCondition(condition: Condition, lhs: OperationNode, context: ConditionContext): OperationNode {
  const { form, lookup, slot } = condition;
  const { json } = context.scope.engine.operations;
  const start = context.base + slot;
  const { steps } = lookup;
  const node = steps === null ? lhs : json.at(lhs, stepKinds(steps), binder(context, start));
  if (form === "null") return sqlNode`${node} is null`;
  if (form === "notnull" || form === "known") return sqlNode`${node} is not null`;
  const first = steps === null ? start : start + 1;
  if (lookup.lookup.compile !== undefined)
    return ownLookup(context.scope, lookup.lookup, [node, lookup.operand], ownValue(context.scope, condition, first));
  const place: Place = { condition, context, json, node, bind: binder(context, first) };
  if (form === "e") return comparedWith(place);
  if (form === "r") return between(place, binder(context, first + 1));
  const { name } = lookup.lookup;
  return (WRITERS[name] ?? matching)(place);
}

function binder({ scope }: ConditionContext, index: number): BindJson {
  return (encode, item = -1) => scope.parameter(index, encode, item);
}

type Writer = (place: Place) => OperationNode;
type Operator = "=" | ">" | ">=" | "<" | "<=";

const WRITERS: Readonly<Record<string, Writer>> = {
  exact: equals,
  ne: (place) => isNot(equals(place)),
  gt: ordered(">"),
  gte: ordered(">="),
  lt: ordered("<"),
  lte: ordered("<="),
  in: ({ json, node, condition, bind }) => json.oneOf(node, condition.listLength, bind),
  contains,
  contained_by: (place) => place.json.containedBy(place.node, shapeOf(place), place.bind),
  has_key: (place) => hasKeys(place, "all"),
  has_keys: (place) => hasKeys(place, "all"),
  has_any_keys: (place) => hasKeys(place, "any"),
};

function shapeOf({ condition }: Place): JsonShape {
  return condition.json as JsonShape;
}

function equals(place: Place): OperationNode {
  return place.json.equals(place.node, shapeOf(place), place.bind);
}

function isNot(node: OperationNode): OperationNode {
  return sqlNode`(${node}) is not true`;
}

/** JSON's number or text, whichever a value is compared with. */
function operandFor({ json, node }: Place, type: string): OperationNode {
  if (type === "boolean") return json.boolean(node);
  return type === "number" ? json.number(node) : json.text(node);
}

function ordered(operator: Operator): Writer {
  return (place) => binary(operandFor(place, shapeOf(place).type), operator, place.bind(null));
}

function between(place: Place, bindTo: BindJson): OperationNode {
  return sqlNode`${operandFor(place, shapeOf(place).type)} between ${place.bind(null)} and ${bindTo(null)}`;
}

/** Behind a path, a text looks into texts, and among the items of arrays. */
function contains(place: Place): OperationNode {
  const { condition, json, node, bind } = place;
  const shape = shapeOf(place);
  const held = json.contains(node, shape, bind);
  if (shape.type !== "text" || !isBehindPath(condition)) return held;
  const within = matched(place, "contains", (text) => JSON.parse(text) as string);
  return sqlNode`(${within} or ${held})`;
}

function isBehindPath({ lookup, lhs }: Condition): boolean {
  return lookup.steps !== null || lhs?.term.kind === "key";
}

/** Lookups of text, of what is text. */
function matching(place: Place): OperationNode {
  const { name } = place.condition.lookup.lookup;
  // Without case, null is equal to null.
  if (place.condition.json?.type === "literal") return equals(place);
  return matched(place, name as TextMatch, (text) => text);
}

function matched({ json, node, bind, context }: Place, name: TextMatch, read: (text: string) => string): OperationNode {
  const matcher = context.scope.engine.operations.textMatcher(name);
  return matcher.build(
    json.text(node),
    bind((value) => matcher.encode(read(value as string))),
  );
}

function hasKeys({ condition, json, node, bind }: Place, how: "all" | "any"): OperationNode {
  const { keys } = condition.json as JsonShape;
  return json.hasKeys(node, how, keys, Math.max(condition.listLength, 1), bind);
}

const OF_EXPRESSIONS: Readonly<Record<string, Operator>> = { gt: ">", gte: ">=", lt: "<", lte: "<=" };

/** Compared with what an expression gives, by its type. */
function comparedWith(place: Place): OperationNode {
  const { condition, context, json, node } = place;
  const { name } = condition.lookup.lookup;
  const { node: rhs, operand } = context.rhs as Compared;
  if (condition.lookup.lookup.compile !== undefined)
    return ownLookup(context.scope, condition.lookup.lookup, [node, condition.lookup.operand], rhs);
  const { family } = operand;
  const operator = OF_EXPRESSIONS[name];
  if (operator !== undefined) return binary(operandFor(place, family), operator, rhs);
  if (context.high !== null) return sqlNode`${operandFor(place, family)} between ${rhs} and ${context.high.node}`;
  if (name !== "exact" && name !== "ne") {
    return context.scope.engine.operations.textMatcher(name as TextMatch).match(json.text(node), rhs);
  }
  const equal = family === "json" ? json.equal(node, rhs) : binary(operandFor(place, family), "=", rhs);
  return name === "ne" ? isNot(equal) : equal;
}

function binary(left: OperationNode, operator: Operator, right: OperationNode): OperationNode {
  return BinaryOperationNode.create(left, OperatorNode.create(operator), right);
}
