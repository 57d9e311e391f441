import { DatabaseCore } from "../../execute/database-core.js";
import { ConfigurationError } from "../../errors/index.js";
import { DEFINITION, type ModelMeta, throughOwner } from "../../models/index.js";
import { printable } from "../../util/printable.js";

const bound = new WeakMap<object, DatabaseCore>();
let defaultDatabase: DatabaseCore | null = null;
let generation = 0;

/** Changes whenever models may have come to be in another database. */
export function routingGeneration(): number {
  return generation;
}

/**
 * Sets the database of models that name none; null for none again.
 *
 * @example
 * ```ts
 * setDefaultDatabase(new Database("sqlite:notes.sqlite"));
 * ```
 */
export function setDefaultDatabase(database: DatabaseCore | null): void {
  generation += 1;
  defaultDatabase = database === null ? null : checkDatabase(database, "setDefaultDatabase(db)");
}

/** Routes a model's queries to a database from now on. */
export function bindModel(model: object, database: unknown): void {
  generation += 1;
  bound.set(model, checkDatabase(database, `${(model as { name: string }).name}.bind(db)`));
}

/**
 * What a model was bound to; a proxy and a variant go where the model that they extend goes, and a through model where
 * its owner does.
 */
function boundTo(model: object): DatabaseCore | undefined {
  for (let at: object = throughOwner(model) ?? model; DEFINITION in at; at = Object.getPrototypeOf(at) as object) {
    const database = bound.get(at);
    if (database !== undefined) return database;
  }
  return undefined;
}

/** The database that a model's queries go to: the one it was bound to, else the one it names, else the default. */
export function databaseOf(meta: ModelMeta): DatabaseCore {
  const database = routeOf(meta);
  if (database !== null) return checkDatabase(database, `${meta.name}: the option "database"`);
  throw new ConfigurationError(
    `${meta.name} has no database. Name one in its declaration, Model("${meta.table}", fields, { database: db }), ` +
      `or for all models at once: setDefaultDatabase(new Database("sqlite:app.sqlite")).`,
  );
}

/** The same, unchecked; null for none. */
export function routeOf(meta: ModelMeta): unknown {
  return boundTo(meta.model) ?? meta.options.database ?? defaultDatabase;
}

export function checkDatabase(database: unknown, where: string): DatabaseCore {
  if (database instanceof DatabaseCore) return database;
  throw new ConfigurationError(`${where}: expected a Database, got ${printable(database)}.`);
}
