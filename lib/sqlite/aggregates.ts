import { sql } from "kysely";
import { ConfigurationError } from "../errors/index.js";
import { argument, type Expression, Expression as Made } from "../expressions/index.js";
import { ownAggregate } from "../functions/index.js";
import { newMark } from "../lookups/index.js";
import { aggregateOf, type Options } from "../objects/builders/aggregate-of.js";
import type { AnyExpression, ClaimsOf } from "../types/expression.js";
import type { AggregateOptions, Kinds } from "../types/expressions.js";
import { printable } from "../util/printable.js";
import { type Access, optionsOf } from "./access.js";
import { checkFunctionName, checkSqlite, checkTaken, type Made as MadeOf } from "./functions.js";
import { type KindName, operandNamed, reader, writer } from "./kinds.js";

/** How an aggregate in JavaScript is made known to SQLite. NULLs are left out before it is asked. */
export interface AggregateDefinition<A extends KindName, R extends KindName, S> {
  /** The kind of field whose values it is of. */
  readonly of: A;
  /** The kind of field whose values it gives. */
  readonly result: R;
  readonly scale?: number;
  readonly deterministic?: boolean;
  readonly directOnly?: boolean;
  /** What there is before the first value: made anew for each group. */
  readonly start: () => S;
  /** Takes a value in. It may change the state it was given, or give another one. */
  readonly step: (state: S, value: Kinds[A][0]) => S;
  /** Takes the oldest value out again: with this it can be used over a window. */
  readonly inverse?: (state: S, value: Kinds[A][0]) => S;
  readonly finish: (state: S) => Kinds[R][0] | null;
}

/** What makes expressions of an aggregate. */
export type Aggregates<R extends KindName> = <const X extends string | AnyExpression>(
  of: X,
  options?: AggregateOptions,
) => MadeOf<R, ClaimsOf<X>>;

const OPTIONS = ["of", "result", "scale", "deterministic", "directOnly", "start", "step", "inverse", "finish"] as const;

export function defineAggregate<A extends KindName, R extends KindName, S>(
  { setup }: Access,
  name: string,
  given: AggregateDefinition<A, R, S>,
): Aggregates<R> {
  const where = `aggregate(${printable(name)})`;
  checkFunctionName(name, where);
  const options = optionsOf<AggregateDefinition<A, R, S>>(given, OPTIONS, where);
  for (const part of ["start", "step", "finish"] as const) checkFunction(options[part], part, where);
  if (options.inverse !== undefined) checkFunction(options.inverse, "inverse", where);
  const { deterministic = false, directOnly = false, start, scale = null } = options;
  const functions = stepsOf(name, options);
  setup.add(`function ${name.toLowerCase()}`, (database) => {
    checkTaken(database, `the aggregate "${name}"`);
    database.aggregate(name, { deterministic, directOnly, safeIntegers: true, start, ...functions });
  });
  const definition = ownAggregate(name, options.result, {
    scale: scale ?? (options.result === "decimal" ? 30 : null),
    compile: ({ arg, engine }) => {
      checkSqlite(engine, `the aggregate "${name}"`);
      return sql`${sql.raw(`"${name}"`)}(${arg})`;
    },
    mark: newMark(),
  });
  const make = (of: unknown, more: Options = {}): Expression => {
    const { said } = aggregateOf(name, name, argument(of, name), more);
    return new Made({ ...said, definition } as typeof said);
  };
  return make as unknown as Aggregates<R>;
}

/** What the driver is given: values read, NULLs left out. */
function stepsOf<A extends KindName, R extends KindName, S>(name: string, options: AggregateDefinition<A, R, S>) {
  const read = reader(operandNamed(options.of, `aggregate("${name}")`));
  const result = operandNamed(options.result, `aggregate("${name}")`, options.scale ?? null);
  const write = writer(result, `The aggregate "${name}"`);
  const taking = (take: (state: S, value: Kinds[A][0]) => S) => (state: S, value: unknown) =>
    value === null ? state : take(state, read(value) as Kinds[A][0]);
  const { step, inverse, finish } = options;
  return {
    step: taking(step),
    ...(inverse !== undefined && { inverse: taking(inverse) }),
    result: (state: S) => write(finish(state)) as never,
  };
}

function checkFunction(given: unknown, part: string, where: string): void {
  if (typeof given === "function") return;
  throw new ConfigurationError(`${where}: ${part} is a function, got ${printable(given)}.`);
}
