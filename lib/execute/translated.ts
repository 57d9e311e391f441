import { type DatabaseError, type DatabaseErrorDetails, OrmError, UniqueViolation } from "../errors/index.js";
import { type ModelMeta, registeredModels } from "../models/index.js";
import { columnsOfUnique, nameOfUnique } from "../schema/unique-names.js";
import { leadToCaller } from "../util/own-frames.js";
import type { DatabaseCore } from "./database-core.js";

/** A driver's error as ours, told all that the models know beyond what the engine said. */
export function translated(database: DatabaseCore, error: unknown, sql?: string): unknown {
  const ours = database.engine.translateError(error, { sql });
  if (ours instanceof UniqueViolation) complete(ours);
  else database.pool?.hears?.(ours);
  // It may have been made by a timer, or for another caller, whose lines are not the ones that ask here.
  if (ours === error && ours instanceof OrmError) leadToCaller(ours);
  return ours;
}

/** Engines tell either the name of a violated key or its columns: the models that the table is of know both. */
function complete(error: UniqueViolation): void {
  const { table, constraint, columns } = error;
  if (table === undefined || (constraint !== undefined && columns.length > 0)) return;
  const models = registeredModels().filter((meta) => meta.table === table);
  if (constraint === undefined) add(error, { constraint: first(models, (meta) => nameOfUnique(meta, columns)) });
  else add(error, { columns: first(models, (meta) => columnsOfUnique(meta, constraint)) });
}

function first<T>(models: readonly ModelMeta[], find: (meta: ModelMeta) => T | undefined): T | undefined {
  for (const meta of models) {
    const found = find(meta);
    if (found !== undefined) return found;
  }
  return undefined;
}

function add(error: DatabaseError, details: Pick<DatabaseErrorDetails, "constraint" | "columns">): void {
  const known = Object.entries(details).filter(([, value]) => value !== undefined);
  Object.assign(error, Object.fromEntries(known));
}
