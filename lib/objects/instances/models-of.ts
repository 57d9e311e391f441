import type { DatabaseCore } from "../../execute/database-core.js";
import { type Definition, DEFINITION, declaredModels, type ModelClass, registeredModels } from "../../models/index.js";
import { bindingOf } from "../rows/bindings.js";
import { databaseFor } from "../rows/named-database.js";
import { homeDatabase } from "../rows/routing.js";

/** What `Model(…)` gave for the models of a database: that name it, are bound to it or come to it as to the default. */
export function modelsOf(database: DatabaseCore): ModelClass[] {
  const found = new Set<ModelClass>();
  const known = registeredModels().filter((meta) => !isAbstract(meta.model));
  for (const declared of declaredModels()) {
    if (isAbstract(declared)) continue;
    const mapped = known.find(({ model }) => declaredFor(model) === declared);
    const isHere = mapped === undefined ? names(declared, database) : homeDatabase(mapped)?.origin === database;
    if (isHere) found.add(declared);
  }
  for (const meta of known) if (homeDatabase(meta)?.origin === database) found.add(declaredFor(meta.model));
  return [...found];
}

function names(declared: ModelClass, database: DatabaseCore): boolean {
  const given = bindingOf(declared) ?? definitionOf(declared).options.database;
  try {
    return databaseFor(given, "write", "Model").origin === database;
  } catch {
    // It names a proxy that was not told its database yet, say.
    return false;
  }
}

/** What `Model(…)` gave, of which a program made a class. */
function declaredFor(model: ModelClass): ModelClass {
  let at = model;
  while (!Object.hasOwn(at, DEFINITION)) at = Object.getPrototypeOf(at) as ModelClass;
  return at;
}

function definitionOf(model: ModelClass): Definition {
  return (model as unknown as { readonly [DEFINITION]: Definition })[DEFINITION];
}

function isAbstract(model: ModelClass): boolean {
  return definitionOf(model).options.abstract === true;
}
