import { FieldError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { columnType, convertText, type LookupFamily } from "../../fields/index.js";
import type { OwnFunctionDefinition } from "../../functions/index.js";
import { newMark, type Operand } from "../../lookups/index.js";
import { aggregateOf } from "../../objects/builders/aggregate-of.js";
import { argumentOf } from "../../objects/builders/argument-of.js";
import type { OwnAggregateDefinition } from "../../functions/own.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { onlyPostgres } from "../only-postgres.js";

type Parts = Parameters<OwnFunctionDefinition["compile"]>[0];

/** A function of PostgreSQL's: refused by its name elsewhere. */
export function ownFunction(
  name: string,
  arity: readonly [least: number, most: number],
  operand: OwnFunctionDefinition["operand"],
  compile: (parts: Parts) => unknown,
): OwnFunctionDefinition {
  const written = (parts: Parts): unknown => {
    onlyPostgres(parts.engine, `${name}(…)`);
    return compile(parts);
  };
  return Object.freeze({ name, arity, operand, compile: written, mark: newMark() });
}

/** A call of it with arguments that are paths, expressions and numbers; `options` are part of the plan's key. */
export function callOf(definition: OwnFunctionDefinition, args: readonly unknown[], options: object = {}): Expression {
  const { name, arity } = definition;
  const [least, most] = arity;
  if (args.length < least || args.length > most) {
    throw new FieldError(`${name} takes ${least === most ? least : `${least} or more`} arguments, got ${args.length}.`);
  }
  const read = args.map((arg) => argumentOf(arg, name));
  return new Expression({ kind: "own", definition, args: read, options: options as Readonly<Record<string, unknown>> });
}

/** Options of a function of ours, refused where nobody reads them. */
export function optionsOf(given: unknown, known: readonly string[], name: string): Readonly<Record<string, unknown>> {
  if (given === undefined) return {};
  if (given === null || typeof given !== "object" || Array.isArray(given) || Expression.is(given)) {
    throw new FieldError(`${name}(…, options): expected { ${known.join(", ")} }, got ${printable(given)}.`);
  }
  const unknown = Object.keys(given).find((option) => !known.includes(option));
  if (unknown === undefined) return given as Readonly<Record<string, unknown>>;
  throw new FieldError(
    `${name} takes no option "${unknown}".${didYouMean(unknown, known)} Options: ${known.join(", ")}.`,
  );
}

/** An aggregate of PostgreSQL's. */
export function ownAggregate(
  definition: Pick<OwnAggregateDefinition, "name" | "result" | "whole" | "options" | "takes"> &
    Partial<OwnAggregateDefinition>,
  compile: OwnAggregateDefinition["compile"],
): OwnAggregateDefinition {
  return Object.freeze({
    star: false,
    emptyIsNull: true,
    distinct: true,
    ordered: definition.whole,
    mark: newMark(),
    ...definition,
    compile: (parts: Parameters<OwnAggregateDefinition["compile"]>[0]) => {
      onlyPostgres(parts.engine, `${definition.name}(…)`);
      return compile(parts);
    },
  });
}

export function aggregateCall(definition: OwnAggregateDefinition, of: unknown, options: object = {}): Expression {
  const { name } = definition;
  const { said } = aggregateOf(name, name, argumentOf(of, name), options as Readonly<Record<string, unknown>>);
  return new Expression({ ...said, definition } as typeof said);
}

/** What is held as text of its own type. */
export function textual(
  family: LookupFamily,
  sqlType: string,
  convert: (value: unknown) => unknown = convertText,
): Operand {
  const type = columnType("custom", {
    customSqlType: (engine) => {
      onlyPostgres(engine, `A column of the type ${sqlType}`);
      return sqlType;
    },
    customCodec: { toDb: (value) => value, fromDb: (value) => value },
  });
  return Object.freeze({ family, type, convert, scalar: null });
}
