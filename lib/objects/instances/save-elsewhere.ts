import { FieldError, NotLoadedError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { onRollback } from "../../execute/index.js";
import { META, ORIGIN, RAW } from "../../models/index.js";
import { rowsOf, withFilter } from "../../query/index.js";
import type { SaveOptions } from "../../types/index.js";
import { anyRows } from "../reading/fetch.js";
import { databaseFor } from "../rows/named-database.js";
import { ownRowsOf } from "../rows/own-rows.js";
import { databaseOfRow, lookupsOf, missingColumns, pinnedTo, type StatefulRow } from "../rows/row-state.js";

type Own = Omit<SaveOptions, "using">;

/** The database that a method of a row was told to use. */
export function databaseTold(row: StatefulRow, using: unknown, method: string): DatabaseCore {
  return databaseFor(using, "write", `${row[META].name}.${method}({ using })`);
}

/**
 * Saves a row in a database that was named. To one where it is not from it goes as a whole: it updates the row that has
 * its key there, else it is inserted with its key; from then on it is a row of that database.
 */
export async function saveThere(
  row: StatefulRow,
  database: DatabaseCore,
  options: Own,
  save: (row: object, options: Own) => Promise<void>,
): Promise<void> {
  const { [RAW]: raw, [ORIGIN]: origin } = row;
  if (origin?.database === database) return pinnedTo(row, database, () => save(row, options));
  refusePartial(row, options);
  const isThere = raw !== null && raw !== undefined && (await wasFound(row, database, options));
  const restore = (): void => {
    row[RAW] = raw ?? null;
    row[ORIGIN] = origin ?? null;
  };
  row[RAW] = null;
  row[ORIGIN] = ownRowsOf(database, row[META]).unsaved;
  // Before what saving it notes, which is undone first.
  onRollback(database, restore);
  try {
    await save(row, isThere ? { ...options, forceUpdate: true } : options);
  } catch (error) {
    restore();
    throw error;
  }
}

/** True where the row that is to be updated is there; what is forced, or narrowed, is not asked about. */
async function wasFound(row: StatefulRow, database: DatabaseCore, options: Own): Promise<boolean> {
  if (options.forceInsert === true || options.forceUpdate === true || options.only !== undefined) return false;
  const lookups = lookupsOf(row);
  return lookups !== null && (await anyRows(database, withFilter(rowsOf(row[META]), [lookups], "pk")));
}

function refusePartial(row: StatefulRow, { only }: Own): void {
  if (only !== undefined || row["isSparse"] === true) return;
  const [missing] = missingColumns(row);
  if (missing === undefined) return;
  throw new NotLoadedError(
    `${row.toString()}: save({ using }) needs the whole row, and ${missing.field} was not loaded. Load it first: await row.load().`,
  );
}

/** Reads options of which there is only one, by which a method is told where. */
export function readUsing(row: StatefulRow, options: unknown, method: string): DatabaseCore {
  const given = options as { readonly using?: unknown } | null;
  const unknown =
    given === null || typeof given !== "object" ? "" : Object.keys(given).find((name) => name !== "using");
  if (unknown !== undefined) {
    throw new FieldError(
      `${row[META].name}.${method}(…) takes the option using, a database or its alias, and no other.`,
    );
  }
  return given?.using === undefined ? databaseOfRow(row) : databaseTold(row, given.using, method);
}

/** Where a method that writes is told to do so, and its other options: those it was given, where it was not told. */
export function splitUsing(
  row: StatefulRow,
  options: unknown,
  method: string,
): { readonly database: DatabaseCore; readonly rest: unknown } {
  const { using, ...others } = (options ?? {}) as { readonly using?: unknown };
  if (using === undefined) return { database: databaseOfRow(row, "write"), rest: options };
  return { database: databaseTold(row, using, method), rest: others };
}
