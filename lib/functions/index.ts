import { type LookupFamily, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { didYouMean } from "../util/suggest.js";
import { aggregates } from "./aggregates.js";
import { arithmetic } from "./arithmetic.js";
import { comparing } from "./comparing.js";
import type { AggregateDefinition, CallOptions, FunctionDefinition, WindowDefinition } from "./definition.js";
import { jsonFunctions } from "./json.js";
import { math } from "./math.js";
import { moments } from "./moments.js";
import { texts } from "./texts.js";
import { windowFunctions } from "./windows.js";

export type { AggregateDefinition, CallOptions, FunctionDefinition, WindowDefinition } from "./definition.js";
export { familiesByKind, ownAggregate, type OwnAggregateDefinition, type OwnFunctionDefinition } from "./own.js";
export { commonOperand } from "./operands.js";
export { operandOfKind, operandOfValue } from "./value.js";

const functions: ReadonlyMap<string, FunctionDefinition> = new Map(
  [...arithmetic, ...texts, ...comparing, ...moments, ...math, ...jsonFunctions].map((item) => [item.name, item]),
);

const aggregatesByName: ReadonlyMap<string, AggregateDefinition> = new Map(aggregates.map((item) => [item.name, item]));

const windowsByName: ReadonlyMap<string, WindowDefinition> = new Map(windowFunctions.map((item) => [item.name, item]));

export const functionNames: readonly string[] = [...functions.keys()];
export const aggregateNames: readonly string[] = [...aggregatesByName.keys()];
export const windowNames: readonly string[] = [...windowsByName.keys()];

export function functionNamed(name: string): FunctionDefinition | undefined {
  return functions.get(name);
}

export function aggregateNamed(name: string): AggregateDefinition | undefined {
  return aggregatesByName.get(name);
}

export function windowNamed(name: string): WindowDefinition | undefined {
  return windowsByName.get(name);
}

/** What a function makes of its arguments. Throws a `Refusal` where it does not take them, or not these options. */
export function callOperand(
  definition: Omit<FunctionDefinition, "nulls">,
  args: readonly Operand[],
  options: CallOptions,
): Operand {
  const [least, most] = definition.arity;
  if (args.length < least || args.length > most) {
    refuse(`takes ${arityText(least, most)}, got ${args.length}.`);
  }
  args.forEach(({ family }, index) => {
    checkFamily(family, definition.takes[Math.min(index, definition.takes.length - 1)] ?? null, index);
  });
  checkOptions(definition.options, options);
  return definition.result(args, options);
}

/**
 * What an aggregate makes of its argument, null for the rows themselves; `distinct` where equal values are to count
 * once. Throws a `Refusal`.
 */
export function aggregateOperand(
  definition: AggregateDefinition,
  arg: Operand | null,
  options: CallOptions,
  distinct = false,
): Operand {
  if (arg === null && !definition.star) refuse('takes a path or an expression; only Count takes "*".');
  if (arg === null && distinct) refuse('takes no distinct with "*": rows are distinct as they are.');
  if (arg !== null) checkFamily(arg.family, definition.takes, 0);
  if (distinct && !definition.distinct) refuse("takes no distinct.");
  checkOptions(definition.options, options);
  return definition.result(arg, options);
}

function arityText(least: number, most: number): string {
  const noun = (count: number) => `${count} argument${count === 1 ? "" : "s"}`;
  if (least === most) return noun(least);
  return most === Number.POSITIVE_INFINITY ? `${noun(least)} or more` : `${least} to ${noun(most)}`;
}

function checkFamily(family: LookupFamily, families: readonly LookupFamily[] | null, index: number): void {
  if (families === null || families.includes(family)) return;
  refuse(`argument ${index + 1} must be ${families.join(" or ")}, got ${family}.`);
}

function checkOptions(known: readonly string[], options: CallOptions): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const choices = known.length === 0 ? "It has none." : `Options: ${known.join(", ")}.`;
    refuse(`takes no option "${name}".${didYouMean(name, known)} ${choices}`);
  }
}
