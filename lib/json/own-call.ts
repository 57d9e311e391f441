import { FieldError, NotSupportedError } from "../errors/index.js";
import { argument, Expression, value } from "../expressions/index.js";
import { JsonNull, refuse } from "../fields/index.js";
import { type CallOptions, operandOfKind, type OwnFunctionDefinition } from "../functions/index.js";
import { newMark, type Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";

/** What SQL is written of: `args` are taken in by Kysely's tag. */
export interface Parts {
  readonly args: readonly object[];
  /** "MySQL" or "MariaDB", which `mysql` of `Writers` stands for. */
  readonly label: string;
  readonly options: CallOptions;
}

type Write = (parts: Parts) => object;

/** How a function is written on each engine. */
export type Writers = Readonly<Record<"sqlite" | "postgres" | "mysql", Write>>;

const json = operandOfKind("json", null);

/** A function of JSON, its first argument. */
export function define(name: string, writers: Writers, result: Operand = json): OwnFunctionDefinition {
  return Object.freeze({
    name,
    arity: [0, Number.POSITIVE_INFINITY] as const,
    operand: ([of]: readonly Operand[]) =>
      of === undefined || of.family === "json"
        ? result
        : refuse(`${name} works on JSON, and this is a ${of.family}. Name a field of JSON, or Cast(…, "json").`),
    compile: ({ engine, args, label, options }: Parts & { readonly engine: string }) =>
      writers[engine as keyof Writers]({ args, label, options }),
    mark: newMark(),
  });
}

export function callOf(
  definition: OwnFunctionDefinition,
  args: readonly Expression[],
  options: CallOptions = {},
): Expression {
  return new Expression({ kind: "own", definition, args, options });
}

/** The JSON that is worked on: the path of a field, or an expression. */
export function targetOf(given: unknown, where: string): Expression {
  return argument(given, where);
}

/** A value as JSON; of an expression what JSON makes of its value. */
export function jsonOf(given: unknown, where: string): Expression {
  if (given === undefined) {
    throw new FieldError(`${where}: got undefined for the value. Give a value of JSON, or an expression.`);
  }
  if (Expression.is(given))
    return new Expression({ kind: "call", name: "jsonArray", args: [given], options: {} }).key(0);
  if (typeof given === "bigint" || typeof given === "function" || typeof given === "symbol") {
    throw new FieldError(`${where}: JSON has no ${typeof given}, got ${printable(given)}.`);
  }
  return value(given === null ? JsonNull : given, "json");
}

/** What only some engines have. */
export function refusedOn(label: string, feature: string, hint: string): () => never {
  return () => {
    throw new NotSupportedError(`${label} has no ${feature}.`, { hint });
  };
}
