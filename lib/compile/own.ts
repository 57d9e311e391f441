import type { OperationNode } from "kysely";
import { nodeOf } from "../expressions/index.js";
import type { OwnFunctionDefinition } from "../functions/index.js";
import type { CompileTransform, Lookup } from "../lookups/index.js";
import type { AggregateTerm, Condition } from "../query/index.js";
import { bracketed, filledNode, rawEncoder } from "./raw.js";
import type { Scope } from "./scope.js";

/** A node as Kysely's `sql` tag takes it in. */
function partOf(node: OperationNode): object {
  return Object.freeze({ toOperationNode: () => node });
}

/** A lookup of a user's own. */
export function ownLookup(
  scope: Scope,
  { name, compile }: Lookup,
  lhs: OperationNode,
  rhs: OperationNode,
): OperationNode {
  const given = compile?.({ lhs: partOf(lhs), rhs: partOf(rhs), engine: scope.engine.name });
  return bracketed(written(scope, `The lookup "${name}"`, [lhs, rhs], given));
}

/** The value that such a lookup is given: of the kind that it takes, else of what it is asked of. */
export function ownValue(scope: Scope, { lookup: { lookup, operand } }: Condition, index: number): OperationNode {
  return scope.literal(index, lookup.value?.type ?? operand.type);
}

export function ownTransform(scope: Scope, name: string, compile: CompileTransform, lhs: OperationNode): OperationNode {
  const given = compile({ lhs: partOf(lhs), engine: scope.engine.name });
  return bracketed(written(scope, `The transform "${name}"`, [lhs], given));
}

export function ownCall(scope: Scope, { name, compile }: OwnFunctionDefinition, args: OperationNode[]): OperationNode {
  return bracketed(written(scope, name, args, compile({ args: args.map(partOf), engine: scope.engine.name })));
}

/** Without brackets, since OVER may follow. */
export function ownAggregate(scope: Scope, { name, compile }: AggregateTerm, arg: OperationNode): OperationNode {
  return written(scope, name, [arg], compile?.({ arg: partOf(arg), engine: scope.engine.name }));
}

/** What a definition gave: operands in it are written already; values that it put in itself are bound. */
function written(scope: Scope, what: string, operands: readonly OperationNode[], given: unknown): OperationNode {
  const encode = rawEncoder(scope.engine);
  return filledNode(nodeOf(given, `${what}: compile(…) gives`), {
    given: new Set(operands),
    constant: (value) => scope.constant(value === null || value === undefined ? null : encode(value)),
  });
}
