import { ConfigurationError } from "../../errors/index.js";
import { DatabaseCore } from "../../execute/database-core.js";
import { scoped } from "../../execute/schema-view.js";
import { databaseNamed } from "../../execute/named-databases.js";
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
