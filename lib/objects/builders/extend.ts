import { ConfigurationError, FieldError } from "../../errors/index.js";
import { argument, Expression } from "../../expressions/index.js";
import { type LookupFamily, Refusal } from "../../fields/index.js";
import { familiesByKind, operandOfKind, ownAggregate, type OwnFunctionDefinition } from "../../functions/index.js";
import {
  addLookup,
  addTransform,
  checkLookupName,
  familyOfKind,
  newMark,
  type Operand,
  removeLookup,
  removeTransform,
  takenNames,
} from "../../lookups/index.js";
import type { Extensions } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { aggregateOf } from "./aggregate-of.js";
import { argumentOf } from "./argument-of.js";

type Definition = Readonly<Record<string, unknown>>;
// What a definition's function is given and gives is checked where it is called.
type Compile = (parts: unknown) => unknown;

function definitionOf(given: unknown, names: readonly string[], where: string): Definition & { compile: Compile } {
  if (given === null || typeof given !== "object") {
    throw new ConfigurationError(`${where}: expected { ${names.join(", ")} }, got ${printable(given)}.`);
  }
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`${where} takes no option "${unknown}". Options: ${names.join(", ")}.`);
  }
  const { compile } = given as Definition;
  if (typeof compile !== "function") {
    throw new ConfigurationError(`${where}: compile is a function that gives sql\`…\`, got ${printable(compile)}.`);
  }
  return given as Definition & { compile: Compile };
}

/** The operand of a kind's values. */
function operandOf(kind: unknown, where: string, scale: unknown = null): Operand {
  try {
    return operandOfKind(kind, scale as number | null);
  } catch (error) {
    throw error instanceof Refusal ? new ConfigurationError(`${where}: ${error.message}`) : error;
  }
}

function familyAndName(kind: unknown, name: unknown, where: string): [LookupFamily, string] {
  const family = familyOfKind(kind, familiesByKind, where);
  checkLookupName(name, takenNames, where);
  return [family, name];
}

function addOwnLookup(kind: unknown, name: unknown, given: unknown): void {
  const [family, checked] = familyAndName(kind, name, "registerLookup");
  const where = `registerLookup("${checked}")`;
  const { compile, valueType } = definitionOf(given, ["compile", "valueType"], where);
  addLookup(family, checked, { compile, value: valueType === undefined ? null : operandOf(valueType, where) });
}

function addOwnTransform(kind: unknown, name: unknown, given: unknown): void {
  const [family, checked] = familyAndName(kind, name, "registerTransform");
  const where = `registerTransform("${checked}")`;
  const { compile, result } = definitionOf(given, ["compile", "result"], where);
  addTransform(family, checked, { compile, result: result === "same" ? null : operandOf(result, where) });
}

function checkFunctionName(name: unknown, where: string): asserts name is string {
  if (typeof name === "string" && name !== "") return;
  throw new ConfigurationError(`${where}: expected a name for messages, got ${printable(name)}.`);
}

function arityOf(given: unknown, where: string): readonly [number, number] {
  const [least, most] = (Array.isArray(given) ? given : [given, given]) as [unknown, unknown];
  if (isCount(least) && (isCount(most) || most === Number.POSITIVE_INFINITY) && least <= most) return [least, most];
  throw new ConfigurationError(`${where}: arguments is a number or [least, most], got ${printable(given)}.`);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function newFunction(name: unknown, given: unknown): (...args: unknown[]) => Expression {
  checkFunctionName(name, "defineFunction");
  const where = `defineFunction("${name}")`;
  const definition = definitionOf(given, ["arguments", "result", "scale", "compile"], where);
  const { compile, result, scale } = definition;
  const arity = arityOf(definition.arguments, where);
  const [least, most] = arity;
  const operand = operandOf(result, where, scale);
  const own: OwnFunctionDefinition = Object.freeze({ name, arity, operand, compile, mark: newMark() });
  return (...args) => {
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : `${least} to ${most}`;
      throw new FieldError(`${name} takes ${wanted} arguments, got ${args.length}.`);
    }
    return new Expression({
      kind: "own",
      definition: own,
      args: args.map((arg) => argumentOf(arg, name)),
      options: {},
    });
  };
}

function newAggregate(name: unknown, given: unknown): (of: unknown, options?: Definition) => Expression {
  checkFunctionName(name, "defineAggregate");
  const where = `defineAggregate("${name}")`;
  const { compile, result, scale } = definitionOf(given, ["result", "scale", "compile"], where);
  operandOf(result, where, scale);
  const definition = ownAggregate(name, result, { scale: (scale ?? null) as number | null, compile, mark: newMark() });
  return (of, options = {}) => {
    const { said } = aggregateOf(name, name, argument(of, name), options);
    return new Expression({ ...said, definition } as typeof said);
  };
}

const extensions = {
  registerLookup: addOwnLookup,
  registerTransform: addOwnTransform,
  unregisterLookup: (kind: unknown, name: string) =>
    removeLookup(familyOfKind(kind, familiesByKind, "unregisterLookup"), name),
  unregisterTransform: (kind: unknown, name: string) =>
    removeTransform(familyOfKind(kind, familiesByKind, "unregisterTransform"), name),
  defineFunction: newFunction,
  defineAggregate: newAggregate,
};

// Declared one by one, so that their types are told by name. None of them looks at `this`.
/* eslint-disable @typescript-eslint/unbound-method */
const typed = extensions as unknown as Extensions;
export const registerLookup: Extensions["registerLookup"] = typed.registerLookup;
export const registerTransform: Extensions["registerTransform"] = typed.registerTransform;
export const unregisterLookup: Extensions["unregisterLookup"] = typed.unregisterLookup;
export const unregisterTransform: Extensions["unregisterTransform"] = typed.unregisterTransform;
export const defineFunction: Extensions["defineFunction"] = typed.defineFunction;
export const defineAggregate: Extensions["defineAggregate"] = typed.defineAggregate;
/* eslint-enable @typescript-eslint/unbound-method */
