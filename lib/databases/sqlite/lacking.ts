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

const LIMITS: readonly (readonly [said: RegExp, feature: string])[] = [
  [/^parser stack overflow/, "conditions and expressions nested this deep"],
  [/^too many SQL variables/, "so many values in one statement"],
  [/^at most 64 tables in a join/, "so many tables in one query"],
];

/** What an old SQLite says of a statement that is too much for it, by the name of what it lacks; else the same error. */
export function limitNamed(driver: string, error: unknown): unknown {
  const feature = LIMITS.find(([said]) => said.test((error as Error).message))?.[1];
  return feature === undefined ? error : lacking(driver, feature);
}

/** The same of a connection's driver. */
export function lackingHere(
  database: SqliteDatabase,
  feature: string,
  hint = 'Use better-sqlite3, which is the default: leave out the option "driver".',
): NotSupportedError {
  return lacking(drivers.get(database) ?? "its driver", feature, { hint });
}
