import { ConfigurationError } from "../../errors/index.js";
import { DatabaseCore } from "../../execute/database-core.js";
import { scoped } from "../../execute/schema-view.js";
import { databaseNamed } from "../../execute/named-databases.js";
import type { ToldDatabase } from "../../query/index.js";
import { printable } from "../../util/printable.js";

/** What is asked for, where that decides of whom. */
export type Operation = "read" | "write";

/** What stands for a database and says which one when something is asked of it: a proxy, the way of a row. */
export interface DatabaseSource {
  [CHOOSE](operation: Operation, where: string): DatabaseCore;
}

export const CHOOSE: unique symbol = Symbol("dunder.choose");

/** A database, what stands for one, or the alias of one. */
export type Named = DatabaseCore | DatabaseSource | string;

function isSource(value: unknown): value is DatabaseSource {
  return value !== null && typeof value === "object" && CHOOSE in value;
}

/** Refuses what neither is a database nor can stand for one. Whether a name is one is seen when something is asked of it. */
export function checkNamed(value: unknown, where: string): Named {
  if (value instanceof DatabaseCore || isSource(value)) return value;
  const isText = typeof value === "string";
  if (isText && value !== "" && !value.includes(":")) return value;
  if (isText && value !== "") {
    throw new ConfigurationError(
      `${where}: expected a Database or the alias of one, got a text that looks like a URL.`,
      {
        hint: "Make a database of it: new Database(url, { alias }).",
      },
    );
  }
  throw new ConfigurationError(`${where}: expected a Database or the alias of one, got ${printable(value)}.`);
}

/** The database that something is or stands for; from the schema of the scope around. */
export function databaseFor(value: unknown, operation: Operation, where: string): DatabaseCore {
  if (value instanceof DatabaseCore) return scoped(value);
  const named = checkNamed(value, where);
  if (typeof named !== "string") return scoped((named as DatabaseSource)[CHOOSE](operation, where));
  return scoped(databaseNamed(named, where) as DatabaseCore);
}

/** The database that a queryset was told, for the query that it stands inside. */
export function toldDatabase(named: Named, model: string): ToldDatabase {
  const told = (): DatabaseCore => databaseFor(named, "read", `${model}: using(…)`);
  return {
    is: (database) => told().origin === (database as DatabaseCore).origin,
    refusal: (database) =>
      new ConfigurationError(
        `A queryset of ${model} on ${nameOf(told())} stands inside a query of ${nameOf(database as DatabaseCore)}, and a ` +
          `query runs on one database.`,
        { hint: "Fetch what it finds first, and give that; or tell both the same database." },
      ),
  };
}

/** What a database is called in messages. */
export function nameOf({ options, engine }: DatabaseCore): string {
  return options.alias === undefined ? `one of ${engine.label}` : `"${options.alias}"`;
}
