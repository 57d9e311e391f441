import { dirname } from "node:path";
import { ConfigurationError, ConnectionError, OrmError } from "../../errors/index.js";
import type { SqliteDatabase, SqliteDriver } from "./face.js";
import { registerFunctions } from "./functions.js";
import { type SqliteSettings, isMemory } from "./settings.js";
import type { SqliteSetup } from "./setup.js";

const OPENING_TIMEOUT = 5000;

/** A database just opened, and whether readers and a writer can work on it side by side. */
export interface Opened {
  readonly database: SqliteDatabase;
  readonly wal: boolean;
}

/** Opens the file (or memory) with our pragmas and functions; throws {@link ConnectionError} where that can't be. */
export function openDatabase(
  driver: SqliteDriver,
  settings: SqliteSettings,
  readonly: boolean,
  setup: SqliteSetup,
): Opened {
  let database: SqliteDatabase | null = null;
  try {
    database = driver.open(settings.path, { ...settings.driver, ...settings.encryption, readonly });
    const wal = prepareSession(database, settings, readonly);
    if (database.lacks?.functions !== true) registerFunctions(database);
    setup.opened(database);
    return { database, wal };
  } catch (error) {
    database?.close();
    throw openingError(error, settings, driver.name);
  }
}

function prepareSession(database: SqliteDatabase, { path }: SqliteSettings, readonly: boolean): boolean {
  // While others open the same new file, changing its journal mode needs a lock; later we wait without blocking.
  database.pragma(`busy_timeout = ${OPENING_TIMEOUT}`);
  database.pragma("foreign_keys = ON");
  const change = readonly || isMemory(path) ? "" : " = WAL";
  const wal = database.pragma(`journal_mode${change}`, { simple: true }) === "wal";
  if (wal) database.pragma("synchronous = NORMAL");
  // Reads a page, so that a file which is no database says so now.
  database.pragma("schema_version");
  database.pragma("busy_timeout = 0");
  return wal;
}

function openingError(error: unknown, { path, encryption }: SqliteSettings, driver: string): Error {
  if (error instanceof OrmError) return error;
  const { code, message } = error as { code?: unknown; message: string };
  if (code === "ERR_DLOPEN_FAILED" || message.startsWith("Could not locate the bindings file")) {
    return new ConfigurationError(`${driver} is installed, but not built for this Node.js.`, {
      cause: error,
      hint: `Run: npm rebuild${driver.includes(" ") ? "" : ` ${driver}`}`,
    });
  }
  const [problem, hint] = diagnosis(String(code), message, path, encryption !== null);
  const details = { cause: error, hint, code: typeof code === "string" ? code : undefined };
  return new ConnectionError(`SQLite can't open ${JSON.stringify(path)}: ${problem}.`, details);
}

function diagnosis(
  code: string,
  message: string,
  path: string,
  hasKey: boolean,
): readonly [problem: string, hint: string] {
  if (code === "SQLITE_NOTADB" && hasKey) {
    return ["the key or the cipher is not the file's, or the file is not encrypted", "Check them and the path."];
  }
  if (code === "SQLITE_NOTADB") {
    return [
      "the file is not a SQLite database",
      "Name another file, or one that does not exist yet. An encrypted file needs its key.",
    ];
  }
  if (code.startsWith("SQLITE_READONLY")) {
    return ["the file is read-only", 'Make it writable, or connect with "?readonly=true".'];
  }
  // Asked for here: to import node:fs loads the streams, too.
  const { existsSync, statSync } = process.getBuiltinModule("node:fs");
  const folder = dirname(path);
  if (!existsSync(folder)) return [`the directory ${JSON.stringify(folder)} does not exist`, "Create it first."];
  if (!existsSync(path)) {
    return ["there is no such file, and it can't be created", "Check the path, and may the process write there?"];
  }
  if (statSync(path).isDirectory()) return ["it is a directory", "Name a file in it."];
  return [message, "Check the path and the file's permissions."];
}
