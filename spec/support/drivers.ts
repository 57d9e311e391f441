import { mkdir, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
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

/** Whether a query outside of a transaction is answered while that goes on. BerkeleyDB's files have no log for it. */
export const readsBesideWriter = !isBerkeley;

/** Whether an error names the check that failed. */
export const namesChecks = !isBerkeley;

/** Whether files have SQLite's own pages and modes, with a list of those that are free. BerkeleyDB has its own. */
export const hasSqlitePages = !isBerkeley;

let loaded: ReturnType<typeof berkeleydb> | null = null;

/** The library is loaded once a process. */
function berkeley(library: string): ReturnType<typeof berkeleydb> {
  loaded ??= berkeleydb({ library });
  return loaded;
}

/** Has programs in a folder find the packages that this run takes in the place of those that are installed. */
export async function linkPackages(folder: string): Promise<void> {
  const aliases = JSON.parse(process.env["DUNDER_TEST_ALIASES"] ?? "{}") as Record<string, string>;
  for (const [name, file] of Object.entries(aliases)) {
    const packages = file.slice(0, file.lastIndexOf(join("node_modules", name)));
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(packages, "node_modules", name), link);
  }
}
