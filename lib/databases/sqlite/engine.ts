import { SqliteQueryCompiler } from "kysely";
import type { Engine } from "../ports/index.js";
import { translateError } from "./errors.js";
import { sqliteExplain } from "./explain.js";
import { sqliteFunctions } from "./expressions.js";
import { sqliteFeatures } from "./features.js";
import { sqliteOperations } from "./operations.js";
import { sqliteSchema } from "./schema.js";
import { readSettings } from "./settings.js";
import { SqlitePool } from "./sqlite-pool.js";
import { sqliteTypes } from "./types.js";

/** SQLite through better-sqlite3. */
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
  createPool: (config, options) => new SqlitePool(readSettings(config, options), options.pool),
  identify: () => sqliteEngine,
  translateError,
};
