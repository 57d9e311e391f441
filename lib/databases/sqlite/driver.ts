import type Database from "better-sqlite3";
import { loadDriver } from "../load-driver.js";

export type SqliteDatabase = Database.Database;
export type SqliteStatement = Database.Statement<unknown[], unknown>;
export type SqliteOpenOptions = Database.Options;
/** Opens a file as better-sqlite3's constructor does. */
export type SqliteOpen = (path: string, options: SqliteOpenOptions) => SqliteDatabase;

/** Imports better-sqlite3; throws {@link ConfigurationError} where it is not installed. */
export async function loadSqlite(): Promise<SqliteOpen> {
  const { default: Constructor } = await loadDriver("SQLite", "better-sqlite3", () => import("better-sqlite3"));
  return (path, options) => new Constructor(path, options);
}
