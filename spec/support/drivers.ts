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
let loaded: ReturnType<typeof berkeleydb> | null = null;

/** The library is loaded once a process. */
function berkeley(library: string): ReturnType<typeof berkeleydb> {
  loaded ??= berkeleydb({ library });
  return loaded;
}

