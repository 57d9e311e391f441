import type { LookupFamily } from "../fields/index.js";
import type { AggregateDefinition, CallOptions } from "./definition.js";
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
  /** What it gives; a function where that depends on its arguments, which throws a `Refusal` for those it does not take. */
  readonly operand: Operand | ((args: readonly Operand[], options: CallOptions) => Operand);
  readonly compile: (parts: {
    readonly args: readonly object[];
    readonly engine: string;
    /** What the server is called: "MariaDB". */
    readonly label: string;
    readonly operands: readonly Operand[];
    readonly options: CallOptions;
  }) => unknown;
  readonly mark: string;
}

/** What an aggregate of one's own is written of. */
export interface AggregateParts {
  /** What it is of: with DISTINCT before it, and NULL for rows that a filter leaves out, unless it is `whole`. */
  readonly arg: object;
  readonly engine: string;
  readonly operand: Operand;
  readonly options: CallOptions;
  /** Of one that is `whole`: whether equal values count once, and the order of the values, as SQL. */
  readonly distinct: boolean;
  readonly order: readonly object[];
}

/** An aggregate of one's own. */
export interface OwnAggregateDefinition extends AggregateDefinition {
  /** True where it writes DISTINCT and the order itself, and NULLs count: a filter is then a clause of its own. */
  readonly whole: boolean;
  readonly compile: (parts: AggregateParts) => unknown;
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
    whole: false,
    compile,
    mark,
  });
}
