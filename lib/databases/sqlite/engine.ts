import { SqliteQueryCompiler } from "kysely";
import type { Connection, Engine } from "../ports/index.js";
import type { SqliteConnection } from "./connection.js";
import { checkSqliteDriver } from "./driver.js";
import { translateError } from "./errors.js";
import { sqliteExplain } from "./explain.js";
import { sqliteFunctions } from "./expressions.js";
import type { SqliteLacks } from "./face.js";
import { sqliteFeatures } from "./features.js";
import { sqliteOperations } from "./operations.js";
import { sqliteSchema } from "./schema.js";
import { readSettings } from "./settings.js";
import { setupOf } from "./setup.js";
import { SqlitePool } from "./sqlite-pool.js";
import { sqliteTypes } from "./types.js";

/** SQLite through better-sqlite3, or another driver that has all of its faculties. */
export const sqliteEngine: Engine = {
  label: "SQLite",
  name: "sqlite",
  features: sqliteFeatures,
  operations: sqliteOperations,
  functions: sqliteFunctions,
  types: sqliteTypes,
  schema: sqliteSchema,
  explain: sqliteExplain,
  createCompiler: () => new SqliteQueryCompiler(),
  createPool: (config, options, owner) =>
    new SqlitePool(readSettings(config, options), options, owner && setupOf(owner)),
  identify: (connection) => identified(connection),
  translateError,
  checkDriver: checkSqliteDriver,
};

function identified(connection: Connection): Engine | Promise<Engine> {
  const { lacks } = connection as SqliteConnection;
  return lacks === undefined ? sqliteEngine : limited(lacks);
}

async function limited(lacks: SqliteLacks): Promise<Engine> {
  return (await import("./drivers/lacks.js")).limitedEngine(sqliteEngine, lacks);
}
