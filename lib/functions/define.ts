import type { LookupFamily } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import type { CallOptions, FunctionDefinition } from "./definition.js";

type Takes = FunctionDefinition["takes"];
type Result = Operand | ((args: readonly Operand[], options: CallOptions) => Operand);

/** Says a function in one line; NULL of NULL unless told otherwise. */
export function define(
  name: string,
  arity: number | readonly [number, number],
  takes: Takes,
  result: Result,
  more: Partial<Pick<FunctionDefinition, "nulls" | "options">> = {},
): FunctionDefinition {
  return Object.freeze({
    name,
    arity: typeof arity === "number" ? ([arity, arity] as const) : arity,
    takes,
    options: more.options ?? [],
    nulls: more.nulls ?? "any",
    result: typeof result === "function" ? result : () => result,
  });
}

export const NUMBER: readonly LookupFamily[] = ["number"];
export const TEXT: readonly LookupFamily[] = ["text"];
export const MANY = Number.POSITIVE_INFINITY;
