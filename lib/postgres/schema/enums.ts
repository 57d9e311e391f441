import { quoteText } from "../../databases/postgres/schema.js";
import { ConfigurationError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { run } from "../../execute/index.js";
import { printable } from "../../util/printable.js";
import { postgresDatabase } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import { checkedName, quotedName } from "./index-items.js";

/** What is done where a type is there already, or is gone already: nothing, unless told otherwise. */
export interface EnumOptions {
  readonly safe?: boolean;
}

/**
 * Makes a type of which a value is one of several texts. `createTables` does so by itself for tables that have an
 * `enumField` of it.
 *
 * @example
 * ```ts
 * await createEnum(db, "urgency", ["low", "high", "now"]); // CREATE TYPE urgency AS ENUM ('low', 'high', 'now')
 * ```
 * @throws NotSupportedError on other engines.
 */
export async function createEnum(
  db: object | string,
  name: string,
  values: readonly string[],
  options: EnumOptions = {},
): Promise<void> {
  const where = "createEnum(db, name, values)";
  const database = postgresDatabase(db, where);
  const type = readName(name, options, ["safe"], where);
  if (!Array.isArray(values) || !values.every((value) => typeof value === "string" && value !== "")) {
    throw new ConfigurationError(`${where}: expected a list of texts, got ${printable(values)}.`);
  }
  const sql = `CREATE TYPE ${type} AS ENUM (${values.map((value) => quoteText(value as string)).join(", ")})`;
  if (options.safe !== false && (await exists(database, name))) return;
  await send(database, sql);
}

/**
 * Takes such a type away; `cascade` with the columns that have it.
 *
 * @example
 * ```ts
 * await dropEnum(db, "urgency"); // DROP TYPE IF EXISTS urgency
 * ```
 */
export async function dropEnum(
  db: object | string,
  name: string,
  options: EnumOptions & { readonly cascade?: boolean } = {},
): Promise<void> {
  const where = "dropEnum(db, name)";
  const database = postgresDatabase(db, where);
  const type = readName(name, options, ["safe", "cascade"], where);
  const safe = options.safe !== false ? "IF EXISTS " : "";
  await send(database, `DROP TYPE ${safe}${type}${options.cascade === true ? " CASCADE" : ""}`);
}

/**
 * Adds a value to such a type: behind all others, or before one of them.
 *
 * @example
 * ```ts
 * await addEnumValue(db, "urgency", "soon", { before: "now" }); // ALTER TYPE urgency ADD VALUE IF NOT EXISTS 'soon' BEFORE 'now'
 * ```
 */
export async function addEnumValue(
  db: object | string,
  name: string,
  value: string,
  options: { readonly before?: string } = {},
): Promise<void> {
  const where = "addEnumValue(db, name, value)";
  const database = postgresDatabase(db, where);
  const type = readName(name, options, ["before"], where);
  for (const text of [value, ...(options.before === undefined ? [] : [options.before])]) {
    if (typeof text !== "string" || text === "")
      throw new ConfigurationError(`${where}: expected a text, got ${printable(text)}.`);
  }
  const place = options.before === undefined ? "" : ` BEFORE ${quoteText(options.before)}`;
  await send(database, `ALTER TYPE ${type} ADD VALUE IF NOT EXISTS ${quoteText(value)}${place}`);
}

function readName(name: unknown, options: object, known: readonly string[], where: string): string {
  checkKnown(options, known, where);
  checkFlags(
    options,
    known.filter((option) => option !== "before"),
    where,
  );
  return quotedName(checkedName(name, `${where}: the type's name`));
}

async function exists(database: DatabaseCore, name: string): Promise<boolean> {
  const statement = { sql: "select to_regtype($1) is not null", returnsRows: true, wideIntegers: false, named: true };
  const { rows } = await run(database, { statement, parameters: [quotedName(name)], model: null });
  return rows[0]?.[0] === true;
}

async function send(database: DatabaseCore, sql: string): Promise<void> {
  const statement = { sql, returnsRows: false, wideIntegers: false, named: false };
  await run(database, { statement, parameters: [], model: null });
}
