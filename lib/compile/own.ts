import type { OperationNode } from "kysely";
import { nodeOf } from "../expressions/index.js";
import { type CompileTransform, type Lookup, type Operand, takenBy } from "../lookups/index.js";
import type { AggregateTerm, Condition, OwnTerm } from "../query/index.js";
import { bracketed, filledNode, rawEncoder } from "./raw.js";
import type { Scope } from "./scope.js";

/** A node as Kysely's `sql` tag takes it in. */
function partOf(node: OperationNode): object {
  return Object.freeze({ toOperationNode: () => node });
}

/** SQL for a value, and what that is. */
type OperandNode = readonly [node: OperationNode, operand: Operand];

/** A lookup of a user's own. */
export function ownLookup(
  scope: Scope,
  { name, compile }: Lookup,
  [lhs, operand]: OperandNode,
  rhs: OperationNode,
): OperationNode {
  const given = compile?.({ lhs: partOf(lhs), rhs: partOf(rhs), engine: scope.engine.name, operand });
  return bracketed(written(scope, `The lookup "${name}"`, [lhs, rhs], given));
}

/** The value that such a lookup is given: of the kind that it takes, else of what it is asked of. */
export function ownValue(scope: Scope, { lookup: { lookup, operand } }: Condition, index: number): OperationNode {
  return scope.literal(index, takenBy(lookup, operand).type);
}

export function ownTransform(
  scope: Scope,
  name: string,
  compile: CompileTransform,
  [lhs, operand]: OperandNode,
): OperationNode {
  const given = compile({ lhs: partOf(lhs), engine: scope.engine.name, operand });
  return bracketed(written(scope, `The transform "${name}"`, [lhs], given));
}

export function ownCall(scope: Scope, term: OwnTerm, nodes: OperationNode[]): OperationNode {
  return bracketed(ownRows(scope, term, nodes));
}

/** Without brackets, which FROM does not take. */
export function ownRows(scope: Scope, { definition, args, options }: OwnTerm, nodes: OperationNode[]): OperationNode {
  const operands = args.map(({ operand }) => operand);
  const { name: engine, label } = scope.engine;
  const parts = { args: nodes.map(partOf), engine, label, operands, options };
  return written(scope, definition.name, nodes, definition.compile(parts));
}

/** Without brackets, since OVER may follow. */
export function ownAggregate(
  scope: Scope,
  { name, own, arg: of, options, distinct }: AggregateTerm,
  arg: OperationNode,
  order: readonly OperationNode[],
): OperationNode {
  const { operand } = of as NonNullable<typeof of>;
  const parts = { arg: partOf(arg), order: order.map(partOf), engine: scope.engine.name, operand, options, distinct };
  return written(scope, name, [arg, ...order], own?.compile(parts));
}

/** What a definition gave: operands in it are written already; values that it put in itself are bound. */
function written(scope: Scope, what: string, operands: readonly OperationNode[], given: unknown): OperationNode {
  const encode = rawEncoder(scope.engine);
  return filledNode(nodeOf(given, `${what}: compile(…) gives`), {
    given: new Set(operands),
    constant: (value) => scope.constant(value === null || value === undefined ? null : encode(value)),
  });
}
