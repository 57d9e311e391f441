import type { DatabaseOptions } from "dunder-orm";
import { berkeleydb } from "dunder-orm/berkeleydb";

/**
 * What a run of the suite reaches SQLite through, where that is another driver than the default:
 *
 * - `DUNDER_TEST_SQLITE_DRIVER`: its name; "berkeleydb:" and the file of BerkeleyDB's library.
 * - `DUNDER_TEST_SQLITE_KEY`: the key of its files.
 */
export async function optionsOfDriver(engine: "sqlite" | "postgres" | "mysql"): Promise<DatabaseOptions> {
  const driver = process.env["DUNDER_TEST_SQLITE_DRIVER"];
  if (engine !== "sqlite" || driver === undefined) return {};
  if (driver.startsWith(BERKELEYDB)) return { driver: await berkeley(driver.slice(BERKELEYDB.length)) };
  const key = process.env["DUNDER_TEST_SQLITE_KEY"];
  return { driver: driver as "libsql", ...(key !== undefined && { key }) };
}

const BERKELEYDB = "berkeleydb:";

const isBerkeley = process.env["DUNDER_TEST_SQLITE_DRIVER"]?.startsWith(BERKELEYDB) === true;

/** PostgreSQL without a server, which has one session. */
const isPglite = process.env["DUNDER_TEST_POSTGRES"]?.startsWith("pglite:") === true;

/** Whether a query outside of a transaction is answered while that goes on. BerkeleyDB's files have no log for it. */
export const readsBesideWriter = !isBerkeley && !isPglite;

/** Whether an error names the check that failed. */
export const namesChecks = !isBerkeley;

/** Whether files have SQLite's own pages and modes, with a list of those that are free. BerkeleyDB has its own. */
export const hasSqlitePages = !isBerkeley;

/** Whether a list of values is one parameter, by JSON or an array; else each value is one. */
export const bindsLists = !isBerkeley;

/** Whether an upsert is by the unique fields that it names, on the server of this label, and not by any that there are. */
export function namesConflicts(label: string): boolean {
  return label !== "MySQL" && label !== "MariaDB" && !isBerkeley;
}

/** Whether an insert itself tells what the server of this label made of its rows, by RETURNING. */
export function tellsNewRows(label: string): boolean {
  return label !== "MySQL" && !isBerkeley;
}

let loaded: ReturnType<typeof berkeleydb> | null = null;

/** The library is loaded once a process. */
function berkeley(library: string): ReturnType<typeof berkeleydb> {
  loaded ??= berkeleydb({ library });
  return loaded;
}
