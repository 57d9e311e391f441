import { type OperationNode, ValueNode } from "kysely";
import type { ColumnType } from "../fields/column-type.js";
import { casts, type CastHooks } from "./common-casts.js";
import { joinedNode, literalNode, sqlNode } from "./nodes.js";
import type { CallContext, Operations, TransformName } from "./ports/index.js";
import { DATETIME, FLOAT, isWhole } from "./result-types.js";

type Args = readonly OperationNode[];
/** Writes one function. */
export type Call = (args: Args, context: CallContext) => OperationNode;
export type Calls = Readonly<Record<string, Call>>;

/** Where engines differ below the level of a function. */
export interface CallHooks extends CastHooks {
  readonly transform: Operations["transform"];
  /** A datetime some milliseconds later. */
  shifted(moment: OperationNode, milliseconds: OperationNode): OperationNode;
  /** Milliseconds from the second of two datetimes to the first. */
  between(moment: OperationNode, earlier: OperationNode): OperationNode;
  /** A float rounded half away from zero to a whole number of 64 bits. */
  rounded(float: OperationNode): OperationNode;
}

/** An argument that is there: how many there are has been checked by whoever read the call. */
export function at(args: Args, index: number): OperationNode {
  return args[index] as OperationNode;
}

export function typeAt({ types }: CallContext, index: number): ColumnType {
  return types[index] as ColumnType;
}

export function numberNode(value: number): OperationNode {
  return literalNode(String(value));
}

/** `name(a, b)` */
export function plainCall(name: string): Call {
  const open = literalNode(name);
  return (args) => sqlNode`${open}(${args.length === 0 ? literalNode("") : joinedNode(args, ", ")})`;
}

/** Functions whose SQL is the same on all engines, or differs by hooks only. */
export function commonCalls(hooks: CallHooks): Calls {
  return {
    ...arithmetic(hooks),
    ...math(hooks),
    ...transforms(hooks),
    ltrim: plainCall("LTRIM"),
    rtrim: plainCall("RTRIM"),
    replace: (args) => sqlNode`REPLACE(${at(args, 0)}, ${at(args, 1)}, ${args[2] ?? literalNode("''")})`,
    coalesce: (args, context) => commonCoalesce(hooks, args, context),
    cast: casts(hooks),
  };
}

/** REPLACE where an engine looks for an empty text before it looks at NULL. */
export const replaceStrictly: Call = (args) => {
  const [text, part, by] = [at(args, 0), at(args, 1), args[2]];
  if (by === undefined) return sqlNode`REPLACE(${text}, ${part}, '')`;
  const node = sqlNode`REPLACE(${text}, ${part}, ${by})`;
  return ValueNode.is(by) ? node : sqlNode`CASE WHEN ${by} IS NOT NULL THEN ${node} END`;
};

function commonCoalesce(hooks: CallHooks, args: Args, context: CallContext): OperationNode {
  const alike = converted(hooks, args, context);
  return alike.length === 1 ? at(alike, 0) : sqlNode`COALESCE(${joinedNode(alike, ", ")})`;
}

/** Arguments as the type of what comes out. */
export function converted(hooks: CallHooks, args: Args, context: CallContext): OperationNode[] {
  return args.map((arg, index) => hooks.converted(arg, typeAt(context, index), context.result));
}

type Operator = (a: OperationNode, b: OperationNode) => OperationNode;

const isMoment = ({ storage }: ColumnType): boolean => storage === "date" || storage === "datetime";

function arithmetic(hooks: CallHooks): Calls {
  const moment = (node: OperationNode, type: ColumnType) => hooks.converted(node, type, DATETIME);
  const float = (node: OperationNode, type: ColumnType) => hooks.converted(node, type, FLOAT);
  const numbers =
    (operator: Operator): Call =>
    (args, context) => {
      const [a, b] = converted(hooks, args, context);
      return operator(a as OperationNode, b as OperationNode);
    };
  const floats = (operator: Operator, args: Args, context: CallContext) =>
    operator(float(at(args, 0), typeAt(context, 0)), float(at(args, 1), typeAt(context, 1)));
  const quotient: Operator = (a, b) => sqlNode`(${a} / NULLIF(${b}, 0))`;
  const product: Operator = (a, b) => sqlNode`(${a} * ${b})`;
  const plus = numbers((a, b) => sqlNode`(${a} + ${b})`);
  const minus = numbers((a, b) => sqlNode`(${a} - ${b})`);
  return {
    add: (args, context) => {
      const [a, b] = [at(args, 0), at(args, 1)];
      const [left, right] = [typeAt(context, 0), typeAt(context, 1)];
      if (isMoment(left)) return hooks.shifted(moment(a, left), b);
      return isMoment(right) ? hooks.shifted(moment(b, right), a) : plus(args, context);
    },
    sub: (args, context) => {
      const [a, b] = [at(args, 0), at(args, 1)];
      const [left, right] = [typeAt(context, 0), typeAt(context, 1)];
      if (!isMoment(left)) return minus(args, context);
      return isMoment(right)
        ? hooks.between(moment(a, left), moment(b, right))
        : hooks.shifted(moment(a, left), sqlNode`(- ${b})`);
    },
    mul: (args, context) => {
      const exact = context.types.every(isWhole);
      if (context.result.storage !== "duration" || exact) return numbers(product)(args, context);
      return hooks.rounded(floats(product, args, context));
    },
    div: (args, context) => {
      const result = floats(quotient, args, context);
      return context.result.storage === "duration" ? hooks.rounded(result) : result;
    },
    mod: numbers((a, b) => sqlNode`MOD(${a}, NULLIF(${b}, 0))`),
    abs: (args, context) => sqlNode`ABS(${at(converted(hooks, args, context), 0)})`,
    neg: (args, context) => sqlNode`(- ${at(converted(hooks, args, context), 0)})`,
    bitAnd: numbers((a, b) => sqlNode`(${a} & ${b})`),
    bitOr: numbers((a, b) => sqlNode`(${a} | ${b})`),
  };
}

function transforms(hooks: CallHooks): Calls {
  const transform =
    (name?: TransformName): Call =>
    (args, context) => {
      const part = name ?? (context.options.part as TransformName);
      return hooks.transform(part, at(args, 0), typeAt(context, 0).storage, context.timeZone);
    };
  const names = ["lower", "upper", "length", "trim"] as const;
  return { ...Object.fromEntries(names.map((name) => [name, transform(name)])), extract: transform() };
}

/** `when` holds for the arguments that have an answer. */
function partial(
  when: (args: Args) => OperationNode,
  call: (args: Args) => OperationNode,
): (args: Args) => OperationNode {
  return (args) => sqlNode`CASE WHEN ${when(args)} THEN ${call(args)} END`;
}

/** Functions of floats. Those with no answer for some arguments are not even asked: some engines would fail. */
function math(hooks: CallHooks): Calls {
  const onFloats =
    (write: (args: Args) => OperationNode): Call =>
    (args, context) =>
      write(args.map((arg, index) => hooks.converted(arg, typeAt(context, index), FLOAT)));
  const named = (name: string) => onFloats((args) => plainCall(name)(args, {} as CallContext));
  const names = ["exp", "sin", "cos", "tan", "atan", "atan2", "degrees", "radians"];
  const within = ([x]: Args) => sqlNode`${x as OperationNode} BETWEEN -1 AND 1`;
  const power = onFloats(
    ([x, y]) =>
      sqlNode`CASE WHEN NOT (${x as OperationNode} < 0 AND ${y as OperationNode} <> FLOOR(${y as OperationNode}) OR ${x as OperationNode} = 0 AND ${y as OperationNode} < 0) THEN POWER(${x as OperationNode}, ${y as OperationNode}) END`,
  );
  return {
    ...Object.fromEntries(names.map((name) => [name, named(name.toUpperCase())])),
    pow: power,
    power,
    sqrt: onFloats(
      partial(
        ([x]) => sqlNode`${x as OperationNode} >= 0`,
        ([x]) => sqlNode`SQRT(${x as OperationNode})`,
      ),
    ),
    ln: onFloats(
      partial(
        ([x]) => sqlNode`${x as OperationNode} > 0`,
        ([x]) => sqlNode`LN(${x as OperationNode})`,
      ),
    ),
    log: onFloats(
      partial(
        ([base, x]) => sqlNode`${base as OperationNode} > 0 AND ${x as OperationNode} > 0`,
        ([base, x]) => sqlNode`LN(${x as OperationNode}) / NULLIF(LN(${base as OperationNode}), 0)`,
      ),
    ),
    asin: onFloats(partial(within, ([x]) => sqlNode`ASIN(${x as OperationNode})`)),
    acos: onFloats(partial(within, ([x]) => sqlNode`ACOS(${x as OperationNode})`)),
    cot: onFloats(([x]) => sqlNode`(1 / NULLIF(TAN(${x as OperationNode}), 0))`),
    pi: () => literalNode("3.141592653589793e0"),
  };
}
