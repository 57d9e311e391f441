import { ConfigurationError, FieldError } from "../errors/index.js";
import type { Database } from "../objects/instances/database.js";
import { checkNamed, databaseFor } from "../objects/rows/named-database.js";
import type { RawSql } from "../types/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

/** Options given to a method: an object with no other names than these. */
export function readOptions<Name extends string>(
  where: string,
  given: unknown,
  allowed: readonly Name[],
): { readonly [K in Name]?: unknown } {
  if (given === undefined) return {};
  if (given === null || typeof given !== "object" || Array.isArray(given)) {
    throw new FieldError(`${where} takes options, { ${allowed.join(", ")} }, got ${printable(given)}.`);
  }
  const unknown = Object.keys(given).find((name) => !(allowed as readonly string[]).includes(name));
  if (unknown === undefined) return given;
  throw new FieldError(
    `${where} takes no option "${unknown}".${didYouMean(unknown, allowed)} Options: ${allowed.join(", ")}.`,
  );
}

/** A database that was given, or named by its alias. */
export function databaseGiven(where: string, given: unknown): Database {
  const named = checkNamed(given, where);
  return (typeof named === "string" ? databaseFor(named, "write", where) : named) as Database;
}

/** An option that is true or false; false where it is not given. */
export function flag(where: string, name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw new FieldError(`${where}: ${name} is true or false, got ${printable(value)}.`);
}

export function isSql(given: unknown): given is RawSql {
  return typeof (given as Partial<RawSql> | null | undefined)?.toOperationNode === "function";
}

interface RawNode {
  readonly sqlFragments?: readonly string[];
  readonly parameters?: readonly unknown[];
}

/** The text of SQL without values: what is about indexes takes no parameters. */
export function sqlText(where: string, given: unknown): string {
  if (!isSql(given)) throw new FieldError(`${where} takes SQL: sql\`…\`, got ${printable(given)}.`);
  const { sqlFragments, parameters } = given.toOperationNode() as RawNode;
  if (sqlFragments?.length === 1 && parameters?.length === 0) return sqlFragments[0] as string;
  throw new ConfigurationError(
    `${where}: an index's SQL takes no values: write them into it, by sql.raw(…) or in the template itself.`,
  );
}
