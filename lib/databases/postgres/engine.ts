import { PostgresQueryCompiler } from "kysely";
import { ConnectionPool } from "../pool.js";
import type { Engine } from "../ports/index.js";
import { connectPostgres, postgresLabel } from "./connect.js";
import { translatePostgresError } from "./errors.js";
import { postgresFeatures } from "./features.js";
import { postgresOperations } from "./operations.js";
import { postgresSchema } from "./schema.js";
import { postgresTypes } from "./types.js";

/** PostgreSQL through `pg`. */
export const postgresEngine: Engine = {
  label: "PostgreSQL",
  name: "postgres",
  features: postgresFeatures,
  operations: postgresOperations,
  types: postgresTypes,
  schema: postgresSchema,
  createCompiler: () => new PostgresQueryCompiler(),
  createPool: (config, options) =>
    new ConnectionPool({
      label: postgresLabel(config),
      create: () => connectPostgres(config, options),
      destroy: (connection) => connection.close(),
      isHealthy: (connection) => connection.isHealthy,
      options: options.pool,
    }),
  identify: () => postgresEngine,
  translateError: translatePostgresError,
};
