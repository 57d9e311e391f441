import type { Engine } from "../ports/index.js";
import { SharingCompiler } from "./compiler.js";
import { translatePostgresError } from "./errors.js";
import { postgresExplain } from "./explain.js";
import { postgresFunctions } from "./expressions.js";
import { postgresFeatures } from "./features.js";
import { postgresOperations } from "./operations.js";
import { PostgresPool } from "./postgres-pool.js";
import { postgresSchema } from "./schema.js";
import { postgresTypes } from "./types.js";

/** PostgreSQL through `pg`. */
export const postgresEngine: Engine = {
  label: "PostgreSQL",
  name: "postgres",
  features: postgresFeatures,
  operations: postgresOperations,
  functions: postgresFunctions,
  types: postgresTypes,
  schema: postgresSchema,
  explain: postgresExplain,
  createCompiler: () => new SharingCompiler(),
  createPool: (config, options) => new PostgresPool(config, options),
  identify: () => postgresEngine,
  translateError: translatePostgresError,
};
