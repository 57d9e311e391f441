import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { driverLacks, driverOf } from "../databases/sqlite/refusal.js";
import { backup, serialize } from "../databases/sqlite/actions.js";
import type { BackupProgress } from "../databases/sqlite/face.js";
import { ConfigurationError, OperationalError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { type Access, checkName, onConnection, optionsOf, refuseInBlock } from "./access.js";

/** How a backup is made. */
export interface BackupOptions {
  /** Pages copied at a time, 100 unless told; others have their turn in between. */
  readonly pages?: number;
  /** Hears how far it is. */
  readonly onProgress?: (progress: BackupProgress) => void;
  /** One of the databases that were attached. */
  readonly schema?: string;
}

/** How a file is rebuilt. */
export interface VacuumOptions {
  /** Another file, which must not be there yet, to write the result to. */
  readonly into?: string;
  /** One of the databases that were attached. */
  readonly schema?: string;
}

function checkFile(file: unknown, where: string): asserts file is string {
  if (typeof file === "string" && file.trim() !== "" && file !== ":memory:" && !file.includes("\0")) return;
  throw new ConfigurationError(`${where}: expected the path of a file, got ${printable(file)}.`);
}

function schemaOf(schema: unknown, where: string): string {
  if (schema === undefined) return "main";
  if (typeof schema === "string" && /^\w+$/.test(schema)) return schema;
  throw new ConfigurationError(
    `${where}: schema is the name of a database that was attached, got ${printable(schema)}.`,
  );
}

/** A copy in another file, made while others read and write. */
export async function backUp(access: Access, file: string, options: BackupOptions = {}): Promise<BackupProgress> {
  checkFile(file, "backup(file)");
  const given = optionsOf<BackupOptions>(options, ["pages", "onProgress", "schema"], "backup");
  const { pages = 100, onProgress } = given;
  if (!Number.isInteger(pages) || pages < 1) {
    throw new ConfigurationError(`backup: pages is a whole number from 1 upwards, got ${printable(pages)}.`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new ConfigurationError(`backup: onProgress is a function, got ${printable(onProgress)}.`);
  }
  refuseInBlock(access, "backup(…)");
  const attached = schemaOf(given.schema, "backup");
  // Not while it is lent: others are to go on.
  const connection = await onConnection(access, (main) => main);
  try {
    return await backup(connection, { file, attached, pages, onProgress: onProgress ?? null });
  } catch (error) {
    throw backupError(access, error, file);
  }
}

function backupError({ database }: Access, error: unknown, file: string): unknown {
  const isMissing =
    error instanceof TypeError
      ? error.message.includes("directory does not exist")
      : (error as { code?: unknown }).code === "SQLITE_CANTOPEN" && !existsSync(dirname(file));
  if (isMissing) {
    return new OperationalError(
      `The backup cannot be written to ${JSON.stringify(file)}: there is no such directory.`,
      {
        cause: error,
        hint: "Create it first.",
      },
    );
  }
  return database.engine.translateError(error, {});
}

/** The whole database as bytes, as they would stand in its file. */
export function serialized(access: Access, options: { readonly schema?: string } = {}): Promise<Uint8Array> {
  const { schema } = optionsOf<{ readonly schema?: string }>(options, ["schema"], "serialize");
  const attached = schemaOf(schema, "serialize");
  refuseInBlock(access, "serialize(…)");
  return onConnection(access, (connection) => serialize(connection, attached));
}

/** Rebuilds the file, which gives back the room of what was deleted; or writes that to another one. */
export async function vacuum(access: Access, options: VacuumOptions = {}): Promise<void> {
  const { into, schema } = optionsOf<VacuumOptions>(options, ["into", "schema"], "vacuum");
  const name = schemaOf(schema, "vacuum");
  if (into !== undefined) checkFile(into, "vacuum({ into })");
  refuseInBlock(access, "vacuum(…)");
  await onConnection(access, (connection) =>
    connection.direct((database) => {
      const statement = database.prepare(`VACUUM "${name}"${into === undefined ? "" : " INTO ?"}`);
      if (into === undefined) statement.run();
      else statement.run(into);
    }),
  );
}

/** Reads another file beside, under a name: tables in it are those of models with that `schema`. */
export async function attach(access: Access, name: string, file: string): Promise<void> {
  const where = `attach(${printable(name)}, file)`;
  checkName(name, where);
  if (/^(?:main|temp)$/i.test(name)) {
    throw new ConfigurationError(`${where}: every connection has a "${name}" of its own. Choose another name.`);
  }
  checkFile(file, where);
  refuseInBlock(access, "attach(…)");
  await onConnection(access, () =>
    access.setup.add(`attach ${name.toLowerCase()}`, (database) => {
      // The parameter keeps a quote in the path from meaning anything.
      database.prepare(`ATTACH ? AS "${name}"`).run(file);
      if (!database.readonly) database.pragma(`"${name}".journal_mode = WAL`);
    }),
  );
}

export async function detach(access: Access, name: string): Promise<void> {
  const where = `detach(${printable(name)})`;
  checkName(name, where);
  refuseInBlock(access, "detach(…)");
  if (!access.setup.remove(`attach ${name.toLowerCase()}`)) {
    throw new ConfigurationError(`${where}: nothing was attached under that name.`);
  }
  await onConnection(access, () => access.setup.now((database) => void database.exec(`DETACH "${name}"`)));
}

/** Loads a library with further functions, tables or collations on every connection. */
export async function loadExtension(access: Access, file: string): Promise<void> {
  checkFile(file, "loadExtension(file)");
  refuseInBlock(access, "loadExtension(…)");
  await onConnection(access, () =>
    access.setup.add(`extension ${file}`, (database) => {
      if (database.loadExtension === undefined) throw driverLacks(driverOf(database), "extensions");
      try {
        database.loadExtension(file);
      } catch (error) {
        throw new OperationalError(`SQLite cannot load the extension ${JSON.stringify(file)}.`, {
          cause: error,
          hint: "Is it there, built for this system and processor, and does the driver allow extensions?",
        });
      }
    }),
  );
}
