import type { DatabaseCore } from "../../execute/database-core.js";
import { atomic } from "../../execute/index.js";
import { type Query, withFilter, withLock } from "../../query/index.js";
import { called, createOrFind, findOne, type Making } from "./get-or-create.js";
import type { ModelRow } from "../instances/row.js";

const METHOD = "updateOrCreate";

/** What a row is set to, and what a new one is made of instead where that is said. */
export interface Settings {
  readonly defaults: object;
  readonly createDefaults: object | null;
  readonly given: object | null;
}

/**
 * The one row that lookups find, set to the defaults, or a new one made of their plain equalities and the defaults. The
 * row is locked before it is changed, and if somebody was faster to make it, theirs is.
 */
export async function updateOrCreate(
  database: DatabaseCore,
  query: Query,
  where: object,
  settings: Settings,
): Promise<[object, boolean]> {
  const { defaults, createDefaults, given } = settings;
  const narrowed = withFilter(query, [where], METHOD);
  if (!database.isConnected) await database.open();
  const { locksAbsentRows = false } = database.engine.features;
  const mayBeThere = !locksAbsentRows || (await findOne(database, narrowed, METHOD)) !== null;
  const found = mayBeThere ? await updateOne(database, narrowed, defaults) : null;
  if (found !== null) return [found, false];
  const making: Making = { defaults: createDefaults ?? defaults, given, method: METHOD };
  const [row, created] = await createOrFind(database, narrowed, where, making);
  if (created) return [row, true];
  const theirs = await updateOne(database, narrowed, defaults);
  // Gone again, it is nobody's: begin anew.
  return theirs === null ? updateOrCreate(database, query, where, settings) : [theirs, false];
}

/** Locks the row that a query finds and sets it; null where there is none. */
async function updateOne(database: DatabaseCore, narrowed: Query, defaults: object): Promise<object | null> {
  const update = async (): Promise<object | null> => {
    const found = await findOne(database, withLock(narrowed, {}), METHOD);
    const values = called(defaults);
    if (found !== null && Object.keys(values).length > 0) await (found as ModelRow).update(values);
    return found;
  };
  return atomic(database, update, {});
}
