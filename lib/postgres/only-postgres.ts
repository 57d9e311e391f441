import { NotSupportedError } from "../errors/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { checkNamed, databaseFor } from "../objects/rows/named-database.js";

const LABELS: Readonly<Record<string, string>> = { sqlite: "SQLite", mysql: "MySQL or MariaDB" };

/** Refuses what only PostgreSQL has, before anything is sent. `engine` is a name or a label of one. */
export function onlyPostgres(engine: string, feature: string, hint?: string): void {
  if (engine === "postgres" || engine === "PostgreSQL") return;
  const label = LABELS[engine] ?? engine;
  throw new NotSupportedError(`${feature}: PostgreSQL has it, and this database is on ${label}.`, { hint });
}

/** A database that was given, or named by its alias, which must be one of PostgreSQL. */
export function postgresDatabase(given: unknown, feature: string): DatabaseCore {
  const database = databaseFor(checkNamed(given, feature), "write", feature);
  onlyPostgres(database.engine.label, feature);
  return database;
}
