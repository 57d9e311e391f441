import { NotSupportedError } from "../../errors/index.js";
import type { SqliteDatabase } from "./face.js";

const drivers = new WeakMap<SqliteDatabase, string>();

/** Remembers by which driver a connection was opened. */
export function rememberDriver(database: SqliteDatabase, driver: string): void {
  drivers.set(database, driver);
}

/** What is said of something that a driver has not: whose lack it is, of what, and what to do. */
export function lacking(
  driver: string,
  feature: string,
  { reason = "", hint = 'Use another driver, such as "better-sqlite3" or "node:sqlite".' } = {},
): NotSupportedError {
  return new NotSupportedError(`SQLite through ${driver} ${reason}lacks: ${feature}.`, { hint });
}

/** The same of a connection's driver. */
export function lackingHere(
  database: SqliteDatabase,
  feature: string,
  hint = 'Use better-sqlite3, which is the default: leave out the option "driver".',
): NotSupportedError {
  return lacking(drivers.get(database) ?? "its driver", feature, { hint });
}
