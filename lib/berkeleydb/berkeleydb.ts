import { ConfigurationError } from "../errors/index.js";
import type { SqliteDatabase, SqliteDriver } from "../databases/sqlite/face.js";
import { BerkeleyDatabase } from "./database.js";
import { Functions } from "./functions.js";
import { type Loaded, loadLibrary } from "./library.js";
import { defineMissing } from "./missing-functions.js";

/** What {@link berkeleydb} takes. Sizes are those of peewee's `BerkeleyDatabase`. */
export interface BerkeleyOptions {
  /** BerkeleyDB's SQL library: its file, where the system does not find it as "libdb_sql-5.3.so". */
  readonly library?: string;
  /** Pages kept in memory. */
  readonly cacheSize?: number;
  /** Bytes of a page, of a file that is made: a power of 2 from 512 to 65,536. */
  readonly pageSize?: number;
  /** Readers see what was there before somebody else's transaction, instead of waiting for its end. */
  readonly multiversion?: boolean;
}

const KNOWN = ["library", "cacheSize", "pageSize", "multiversion"];
const LIBRARY = "libdb_sql-5.3.so";

/**
 * BerkeleyDB as the storage, through its SQLite-compatible library. Its SQL is that of SQLite 3.7.6: what is newer is refused by
 * name. Gives what the option `driver` takes.
 *
 * @example
 * ```ts no-run
 * import { berkeleydb } from "dunder-orm/berkeleydb";
 *
 * const db = new Database("sqlite:notes.bdb", { driver: await berkeleydb({ cacheSize: 4000, multiversion: true }) });
 * ```
 * @throws ConfigurationError where koffi or the library is missing, or the library is another one's; for options that it has not.
 */
export async function berkeleydb(options: BerkeleyOptions = {}): Promise<SqliteDriver> {
  checkOptions(options);
  const { library = LIBRARY } = options;
  const loaded = await loadLibrary(library);
  checkLibrary(loaded, library);
  const functions = new Functions(loaded);
  return {
    name: "BerkeleyDB",
    open(path, { readonly = false, fileMustExist = false }) {
      const database = new BerkeleyDatabase(loaded, functions, path, { readonly, create: !fileMustExist });
      try {
        prepareFile(database, options);
        defineMissing(database);
      } catch (error) {
        database.close();
        throw error;
      }
      return database;
    },
  };
}

/** As peewee does, ahead of all else: multiversion fails on a file that another process has open, which changes nothing. */
function prepareFile(database: SqliteDatabase, { cacheSize, pageSize, multiversion }: BerkeleyOptions): void {
  if (pageSize !== undefined) database.pragma(`page_size = ${pageSize}`);
  if (cacheSize !== undefined) database.pragma(`cache_size = ${cacheSize}`);
  if (multiversion !== true) return;
  try {
    database.pragma("multiversion = 1");
  } catch {
    // It stays as whoever opened the file first has it.
  }
}

function checkLibrary(loaded: Loaded, library: string): void {
  const database = new BerkeleyDatabase(loaded, new Functions(loaded), ":memory:", { readonly: false, create: true });
  try {
    const options = database.pragma("compile_options") as readonly { readonly compile_option?: string }[];
    if (options.some((option) => Object.values(option).includes("BERKELEY_DB"))) return;
  } finally {
    database.close();
  }
  throw new ConfigurationError(`${JSON.stringify(library)} is a SQLite that is not compiled with BERKELEY_DB.`, {
    hint: "Name BerkeleyDB's own library: libdb_sql-5.3.so of Debian's package libdb5.3-sql.",
  });
}

function checkOptions(options: BerkeleyOptions): void {
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(`berkeleydb(…) takes no option "${unknown}". Options: ${KNOWN.join(", ")}.`);
  }
  const { library, cacheSize, pageSize, multiversion } = options;
  expect(library === undefined || typeof library === "string", "library", "the file of a library");
  expect(cacheSize === undefined || Number.isSafeInteger(cacheSize), "cacheSize", "a whole number of pages");
  const isSize =
    pageSize === undefined || (pageSize >= 512 && pageSize <= 65_536 && Number.isInteger(Math.log2(pageSize)));
  expect(isSize, "pageSize", "a power of 2 from 512 to 65,536");
  expect(multiversion === undefined || typeof multiversion === "boolean", "multiversion", "true or false");
}

function expect(isFine: boolean, name: string, expected: string): void {
  if (!isFine) throw new ConfigurationError(`berkeleydb({ ${name} }): expected ${expected}.`);
}
