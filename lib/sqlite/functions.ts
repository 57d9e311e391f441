import { sql } from "kysely";
import type { SqliteDatabase } from "../databases/sqlite/face.js";
import { driverLacks, driverOf } from "../databases/sqlite/refusal.js";
import { ConfigurationError, FieldError, NotSupportedError } from "../errors/index.js";
import { argument, Expression, value } from "../expressions/index.js";
import type { OwnFunctionDefinition } from "../functions/index.js";
import { newMark } from "../lookups/index.js";
import type { Argument, ClaimsOf, Expression as Typing, Typed } from "../types/expression.js";
import type { Kinds } from "../types/expressions.js";
import { printable } from "../util/printable.js";
import { type Access, checkName, optionsOf } from "./access.js";
import { BUILT_IN } from "./built-in.js";
import { type KindName, operandNamed, reader, type ValuesOf, writer } from "./kinds.js";

/** How a function in JavaScript is made known to SQLite. */
export interface FunctionOptions<A extends readonly KindName[], R extends KindName> {
  /** The kinds of fields whose values it takes, one for each argument. */
  readonly arguments: A;
  /** True where the last argument may come several times, or not at all. */
  readonly variadic?: boolean;
  /** The kind of field whose values it gives. */
  readonly result: R;
  /** Digits after the point, where that is a decimal. */
  readonly scale?: number;
  /** True where it gives the same for the same: then SQLite calls it less, and indexes may be of it. */
  readonly deterministic?: boolean;
  /** True where triggers, views and the schema of a file may not call it. */
  readonly directOnly?: boolean;
}

/** A function's values as the query language has them: `kind` said by its definition. */
export type Made<R extends KindName, C> = Typing<Typed<Kinds[R][0], true, Kinds[R][1]>, C>;
/** What makes expressions of a function. */
export type Calls<R extends KindName> = <const L extends readonly Argument[]>(
  ...args: L
) => Made<R, ClaimsOf<L[number]>>;

const OPTIONS = ["arguments", "variadic", "result", "scale", "deterministic", "directOnly"] as const;

/** A name that is no function of SQLite's own: the library's SQL relies on these. */
export function checkFunctionName(name: unknown, where: string): asserts name is string {
  checkName(name, where);
  if (!BUILT_IN.has(name.toLowerCase()) && !/^json/i.test(name)) return;
  throw new ConfigurationError(`${where}: SQLite has a function "${name}" of its own. Choose another name.`);
}

export function defineFunction<const A extends readonly KindName[], R extends KindName>(
  { setup }: Access,
  name: string,
  options: FunctionOptions<A, R>,
  call: (...args: ValuesOf<A>) => unknown,
): Calls<R> {
  const where = `function(${printable(name)})`;
  checkFunctionName(name, where);
  const given = optionsOf<FunctionOptions<A, R>>(options, OPTIONS, where);
  if (typeof call !== "function") {
    throw new ConfigurationError(`${where}: the last argument is the function itself, got ${printable(call)}.`);
  }
  const readers = readersOf(given.arguments, where);
  const result = operandNamed(given.result, where, given.scale ?? null);
  const write = writer(result, `The function "${name}"`);
  const { variadic = false, deterministic = false, directOnly = false } = given;
  const run = (...args: unknown[]): unknown => {
    const taken = args.map((arg, index) =>
      (readers[Math.min(index, readers.length - 1)] as (of: unknown) => unknown)(arg),
    );
    return write(call(...(taken as ValuesOf<A>)));
  };
  // By the number of its parameters the driver knows how many arguments it takes.
  const counted = Object.defineProperty(run, "length", { value: readers.length });
  setup.add(`function ${name.toLowerCase()}`, (database) => {
    checkTaken(database, `the function "${name}"`);
    database.function(name, { varargs: variadic, deterministic, directOnly, safeIntegers: true }, counted);
  });
  const arity = [variadic ? readers.length - 1 : readers.length, variadic ? 100 : readers.length] as const;
  const definition: OwnFunctionDefinition = Object.freeze({
    name,
    arity,
    operand: result,
    compile: ({ args, engine }: { readonly args: readonly object[]; readonly engine: string }) => {
      checkSqlite(engine, `the function "${name}"`);
      return sql`${sql.raw(`"${name}"`)}(${args.length === 0 ? sql`` : sql.join(args)})`;
    },
    mark: newMark(),
  });
  return caller(definition) as unknown as Calls<R>;
}

function readersOf(kinds: unknown, where: string): readonly ((value: unknown) => unknown)[] {
  if (!Array.isArray(kinds)) {
    throw new ConfigurationError(
      `${where}: arguments is a list of kinds of fields such as ["text"], got ${printable(kinds)}.`,
    );
  }
  return kinds.map((kind: unknown) => reader(operandNamed(kind, where)));
}

/** Makes expressions of a function that was defined. */
function caller(definition: OwnFunctionDefinition): (...args: unknown[]) => Expression {
  const { name, arity } = definition;
  const [least, most] = arity;
  return (...args) => {
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : `at least ${least}`;
      throw new FieldError(`${name} takes ${wanted} argument${wanted === "1" ? "" : "s"}, got ${args.length}.`);
    }
    return new Expression({ kind: "own", definition, args: args.map((arg) => argumentOf(arg, name)), options: {} });
  };
}

/** A path, an expression, or a number as it is. */
function argumentOf(given: unknown, where: string): Expression {
  return typeof given === "number" || typeof given === "bigint" ? value(given) : argument(given, where);
}

/** Refuses a driver that takes no functions. */
export function checkTaken(database: SqliteDatabase, what: string): void {
  if (database.lacks?.functions !== true) return;
  throw driverLacks(driverOf(database), what, "takes no functions written in JavaScript, so ");
}

/** Refuses another engine, where SQL is written for it. */
export function checkSqlite(engine: string, what: string): void {
  if (engine === "sqlite") return;
  throw new NotSupportedError(
    `${what[0]?.toUpperCase()}${what.slice(1)} is SQLite's, and this is a database of ${engine}.`,
    {
      hint: "For SQL of each engine's own there is defineFunction(…) of dunder-orm.",
    },
  );
}
