import type { DatabaseCore } from "../../execute/database-core.js";
import { ConfigurationError } from "../../errors/index.js";
import type { ModelMeta } from "../../models/index.js";
import type { DatabaseLike } from "../../types/index.js";
import { bind, bindingGeneration, bindingOf, noteRouting } from "./bindings.js";
import { checkNamed, databaseFor, type Named, type Operation } from "./named-database.js";
import { hasRouters, routedTo } from "./routers.js";

let defaultDatabase: Named | null = null;

/** Changes whenever models may have come to be in another database. */
export function routingGeneration(): string {
  return bindingGeneration();
}

/**
 * Sets the database of models that name none; null for none again.
 *
 * @example
 * ```ts
 * setDefaultDatabase(new Database("sqlite:notes.sqlite"));
 * ```
 */
export function setDefaultDatabase(database: DatabaseLike | string | null): void {
  defaultDatabase = database === null ? null : checkNamed(database, "setDefaultDatabase(db)");
  noteRouting();
}

/** Routes a model's queries to a database from now on; null: to where its declaration says. */
export function bindModel(model: object, database: unknown): void {
  const where = `${(model as { name: string }).name}.bind(db)`;
  bind([model], database === null ? null : checkNamed(database, where));
}

/**
 * The database that a model's queries go to: the one it was bound to, or is routed to, else the one it names, else the
 * default; from the schema of the scope around.
 */
export function databaseOf(meta: ModelMeta, operation: Operation = "read"): DatabaseCore {
  const database = homeOf(meta, operation, null);
  if (database !== null) return databaseFor(database, operation, meta.name);
  throw new ConfigurationError(
    `${meta.name} has no database. Name one in its declaration, Model("${meta.table}", fields, { database: db }), ` +
      `or for all models at once: setDefaultDatabase(new Database("sqlite:app.sqlite")).`,
  );
}

/** The same, unchecked; null for none. */
function homeOf(meta: ModelMeta, operation: Operation, instance: object | null): unknown {
  const binding = bindingOf(meta.model);
  if (binding !== undefined) return binding;
  const routed = hasRouters() ? routedTo(meta, operation, instance) : null;
  return routed ?? meta.options.database ?? defaultDatabase;
}

/** The database that a model's rows are written to, to compare with others'; null where it has none as yet. */
export function homeDatabase(meta: ModelMeta): DatabaseCore | null {
  try {
    return databaseOf(meta, "write");
  } catch (error) {
    if (error instanceof ConfigurationError) return null;
    throw error;
  }
}

/** The database that routers want something asked of that is about a row; null where they have nothing to say. */
export function routedBy(meta: ModelMeta, operation: Operation, instance: object): DatabaseCore | null {
  if (!hasRouters() || bindingOf(meta.model) !== undefined) return null;
  const routed = routedTo(meta, operation, instance);
  return routed === null ? null : databaseFor(routed, operation, `A router's answer for ${meta.name}`);
}
