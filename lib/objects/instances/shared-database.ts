import { ConfigurationError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";
import { warn } from "../../util/warn.js";
import { Database } from "./database.js";

/** On `globalThis`, which is what outlives a module that is loaded again. */
const KEPT = Symbol.for("dunder-orm.shared-databases");

type Kept = Map<string, { close(): Promise<unknown> }>;

function kept(): Kept {
  const holder = globalThis as { [KEPT]?: Kept };
  return (holder[KEPT] ??= new Map() as Kept);
}

/**
 * One database of a name for the whole process, however often the module that makes it is loaded: servers for development
 * load modules again whenever a file changes, and would leave a pool of connections behind each time.
 *
 * The function is called each time, which costs nothing, since a database connects later. The one made before is given as
 * long as it would be the same: by its URL, and by its options, functions apart. Else, or where it was closed, the new
 * one takes its place, and the old one is closed.
 *
 * @example
 * ```ts
 * const db = sharedDatabase("main", () => new Database(process.env.DATABASE_URL ?? "sqlite:app.sqlite"));
 * ```
 * @throws ConfigurationError for what makes no database.
 */
export function sharedDatabase(name: string, make: () => Database): Database {
  if (typeof name !== "string" || name === "" || typeof make !== "function") {
    throw new ConfigurationError(
      `sharedDatabase("main", () => new Database(…)) takes a name and a function, got ${printable(name)} and ` +
        `${printable(make)}.`,
    );
  }
  const older = kept().get(name);
  const made: unknown = make();
  if (!(made instanceof Database)) {
    throw new ConfigurationError(`sharedDatabase("${name}", fn): fn makes a Database, it gave ${printable(made)}.`);
  }
  if (older === made) return made;
  if (older instanceof Database && isSame(older, made)) {
    older.rename();
    return older;
  }
  // Not awaited: what is under way on it goes on, on connections that are closed when they come back.
  older?.close().catch((error: unknown) => warn(`The older database "${name}" could not be closed.`, error));
  kept().set(name, made);
  return made;
}

function isSame(older: Database, made: Database): boolean {
  return !older.isShut && older.address === made.address && settingsOf(older) === settingsOf(made);
}

function settingsOf({ options }: Database): string {
  return JSON.stringify(Object.entries(options).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
