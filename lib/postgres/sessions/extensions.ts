import { postgresSchema } from "../../databases/postgres/schema.js";
import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { run } from "../../execute/index.js";
import { printable } from "../../util/printable.js";
import { postgresDatabase } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";

/** How an extension is installed. */
export interface ExtensionOptions {
  /** The schema that what it has is put in; unless given, the one that things are made in. */
  readonly schema?: string;
  /** Installs extensions that it needs, too. */
  readonly cascade?: boolean;
}

/**
 * Installs an extension of the server's in the database, unless it is there. Most need a user that may.
 *
 * @example
 * ```ts
 * await createExtension(db, "hstore"); // CREATE EXTENSION IF NOT EXISTS "hstore"
 * ```
 * @throws NotSupportedError on other engines, and where the server does not have the extension's files.
 */
export async function createExtension(
  db: object | string,
  name: string,
  options: ExtensionOptions = {},
): Promise<void> {
  const where = "createExtension(db, name)";
  const database = postgresDatabase(db, where);
  checkName(name, where);
  checkKnown(options, ["schema", "cascade"], where);
  checkFlags(options, ["cascade"], where);
  const { schema, cascade = false } = options;
  if (schema !== undefined) checkName(schema, `${where}: schema`);
  if (!(await hasExtension(database, name))) {
    throw new NotSupportedError(`The server does not have the extension "${name}".`, {
      hint: "Install its package on the server's machine.",
    });
  }
  const { quote } = postgresSchema;
  const within = schema === undefined ? "" : ` SCHEMA ${quote(schema)}`;
  await send(database, `CREATE EXTENSION IF NOT EXISTS ${quote(name)}${within}${cascade ? " CASCADE" : ""}`);
}

/**
 * Takes an extension away; `cascade` with all that uses it.
 *
 * @example
 * ```ts
 * await dropExtension(db, "hstore"); // DROP EXTENSION IF EXISTS "hstore"
 * ```
 * @throws NotSupportedError on other engines; DatabaseError where something uses it.
 */
export async function dropExtension(
  db: object | string,
  name: string,
  options: Pick<ExtensionOptions, "cascade"> = {},
): Promise<void> {
  const where = "dropExtension(db, name)";
  const database = postgresDatabase(db, where);
  checkName(name, where);
  checkKnown(options, ["cascade"], where);
  checkFlags(options, ["cascade"], where);
  await send(
    database,
    `DROP EXTENSION IF EXISTS ${postgresSchema.quote(name)}${options.cascade === true ? " CASCADE" : ""}`,
  );
}

/**
 * Whether the server has an extension's files, so that it can be installed, or is.
 *
 * @example
 * ```ts
 * if (await hasExtension(db, "vector")) await createExtension(db, "vector");
 * // select 1 from pg_available_extensions where name = $1
 * ```
 */
export async function hasExtension(db: object | string, name: string): Promise<boolean> {
  const database = postgresDatabase(db, "hasExtension(db, name)");
  checkName(name, "hasExtension(db, name)");
  return (await send(database, "select 1 from pg_available_extensions where name = $1", [name])) > 0;
}

async function send(database: DatabaseCore, sql: string, parameters: readonly unknown[] = []): Promise<number> {
  const statement = { sql, returnsRows: sql.startsWith("select"), wideIntegers: false, named: false };
  return (await run(database, { statement, parameters, model: null })).rows.length;
}

function checkName(name: unknown, where: string): asserts name is string {
  if (typeof name === "string" && name !== "" && !name.includes("\0")) return;
  throw new ConfigurationError(`${where}: expected a name, got ${printable(name)}.`);
}
