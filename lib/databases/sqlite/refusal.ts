import { NotSupportedError } from "../../errors/index.js";
import type { SqliteDatabase } from "./face.js";

const OTHERS = 'Use another driver, such as "better-sqlite3" or "node:sqlite".';

/** What is thrown for something that a driver lacks: by its own name, and by that of what it lacks. */
export function driverLacks(driver: string, feature: string, reason = "", hint = OTHERS): NotSupportedError {
  return new NotSupportedError(`SQLite through ${driver} ${reason}lacks: ${feature}.`, { hint });
}

/** The name of a connection's driver. */
export function driverOf({ driver, lacks }: Pick<SqliteDatabase, "driver" | "lacks">): string {
  return lacks?.driver ?? driver ?? "this driver";
}
