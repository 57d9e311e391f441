import type { LookupFamily } from "../fields/index.js";
import type { AggregateDefinition } from "./definition.js";
import { operandOfKind } from "./value.js";
import type { Operand } from "../lookups/index.js";

const TEXTS = ["text", "string", "email", "url", "slug", "ipAddress"];
const NUMBERS = ["number", "integer", "smallInteger", "bigInteger", "float", "decimal"];
const OTHERS: readonly LookupFamily[] = ["boolean", "date", "time", "datetime", "duration", "uuid", "json", "binary"];

/** Kinds of lookups: families, and kinds of fields by the family that they are of. */
export const familiesByKind: Readonly<Record<string, LookupFamily>> = Object.fromEntries<LookupFamily>([
  ...TEXTS.map((kind) => [kind, "text"] as const),
  ...NUMBERS.map((kind) => [kind, "number"] as const),
  ...OTHERS.map((kind) => [kind, kind] as const),
]);

/** A function of one's own: how many arguments it takes, what it gives, and how its SQL is written. */
export interface OwnFunctionDefinition {
  readonly name: string;
  readonly arity: readonly [least: number, most: number];
  readonly operand: Operand;
  readonly compile: (parts: { readonly args: readonly object[]; readonly engine: string }) => unknown;
  readonly mark: string;
}

/** An aggregate of one's own. */
export interface OwnAggregateDefinition extends AggregateDefinition {
  readonly compile: (parts: { readonly arg: object; readonly engine: string }) => unknown;
  readonly mark: string;
}

export function ownAggregate(
  name: string,
  kind: unknown,
  { scale, compile, mark }: { scale: number | null } & Pick<OwnAggregateDefinition, "compile" | "mark">,
): OwnAggregateDefinition {
  const operand = operandOfKind(kind, scale);
  return Object.freeze({
    name,
    takes: null,
    star: false,
    emptyIsNull: true,
    distinct: true,
    ordered: false,
    options: [],
    result: () => operand,
    compile,
    mark,
  });
}
