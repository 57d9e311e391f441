import { ConfigurationError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { loadDriver } from "../load-driver.js";
import type { NodeSqlite } from "./drivers/node-sqlite.js";
import {
  SQLITE_DRIVERS,
  type SqliteConstructor,
  type SqliteDatabase,
  type SqliteDriver,
  type SqliteDriverName,
  type SqliteLacks,
} from "./face.js";
import type { SqliteSettings } from "./settings.js";

/** What the option `driver` may be: a package's name, its class or module, or an adapter that has its face. */
export type SqliteDriverOption = SqliteDriverName | SqliteConstructor | { readonly default: unknown } | SqliteDriver;

type Loader = () => Promise<SqliteDriver>;

const LOADERS: Readonly<Record<SqliteDriverName, Loader>> = {
  "better-sqlite3": async () => {
    const { default: Constructor } = await loadDriver("SQLite", "better-sqlite3", () => import("better-sqlite3"));
    return { name: "better-sqlite3", open: (path, options) => new Constructor(path, options) };
  },
  "better-sqlite3-multiple-ciphers": async () =>
    plainDriver("better-sqlite3-multiple-ciphers", await imported("better-sqlite3-multiple-ciphers")),
  libsql: async () => libsqlDriver(await imported("libsql")),
  "node:sqlite": async () => {
    const builtin = nodeModule();
    return (await import("./drivers/node-sqlite.js")).nodeSqlite(builtin);
  },
};

/** Loads the driver that was asked for, or better-sqlite3; throws {@link ConfigurationError} where it can't be had. */
export async function loadSqlite({ wanted, encryption }: SqliteSettings): Promise<SqliteDriver> {
  const driver = await loadWanted(wanted ?? "better-sqlite3");
  if (encryption === null || driver.takesKey === true) return driver;
  return (await import("./drivers/encrypted.js")).encrypted(driver);
}

async function loadWanted(driver: unknown): Promise<SqliteDriver> {
  if (typeof driver === "string") return LOADERS[driver as SqliteDriverName]();
  if (typeof (driver as Partial<SqliteDriver>).open === "function") return driver as SqliteDriver;
  const Constructor = constructorIn(driver)!;
  // It has the face of better-sqlite3, but not its manners.
  if ("maxWriteReplicationIndex" in (Constructor.prototype as object)) return libsqlDriver(Constructor);
  return shapedDriver("the driver that was given", Constructor);
}

/** Throws {@link ConfigurationError} for what is no driver. */
export function checkSqliteDriver(wanted: unknown): void {
  if (wanted === undefined || (typeof wanted === "string" && Object.hasOwn(LOADERS, wanted))) return;
  if (typeof wanted === "object" && wanted !== null && typeof (wanted as Partial<SqliteDriver>).open === "function") {
    return;
  }
  if (constructorIn(wanted) !== null) return;
  const meant = typeof wanted === "string" ? didYouMean(wanted, SQLITE_DRIVERS) : "";
  throw new ConfigurationError(`driver: SQLite has none that is ${printable(wanted)}.${meant}`, {
    hint: `Give one of ${SQLITE_DRIVERS.map((name) => `"${name}"`).join(", ")}, or a class with the methods of better-sqlite3's.`,
  });
}

/** The class itself, or what a module exports as its default or as Database. */
function constructorIn(value: unknown): SqliteConstructor | null {
  const exported = value as { default?: unknown; Database?: unknown } | null | undefined;
  for (const candidate of [value, exported?.default, exported?.Database]) {
    if (typeof candidate !== "function") continue;
    const prototype = candidate.prototype as Partial<SqliteDatabase> | undefined;
    if (typeof prototype?.prepare === "function" && typeof prototype.pragma === "function") {
      return candidate as SqliteConstructor;
    }
  }
  return null;
}

async function imported(name: string): Promise<SqliteConstructor> {
  const module = await loadDriver("This database", name, () => import(name) as Promise<unknown>);
  return constructorIn(module)!;
}

async function libsqlDriver(Constructor: SqliteConstructor): Promise<SqliteDriver> {
  return (await import("./drivers/libsql.js")).libsql(Constructor);
}

function plainDriver(name: string, Constructor: SqliteConstructor): SqliteDriver {
  return { name, open: (path, options) => new Constructor(path, options as never) as SqliteDatabase };
}

/** A driver that nobody knows: whether it can be taught functions is tried out. */
function shapedDriver(name: string, Constructor: SqliteConstructor): SqliteDriver {
  const lacks: SqliteLacks = { driver: name, functions: true };
  const plain = plainDriver(name, Constructor);
  return {
    name,
    open(path, options) {
      const database = plain.open(path, options);
      try {
        database.function("dunder_probe", {}, () => 1);
        return database;
      } catch {
        return Object.assign(database, { lacks });
      }
    },
  };
}

function nodeModule(): NodeSqlite {
  const builtin = process.getBuiltinModule("node:sqlite" as "fs") as unknown as NodeSqlite & {
    readonly StatementSync?: { readonly prototype: object };
  };
  if ((builtin as unknown) !== undefined && "setReturnArrays" in (builtin.StatementSync?.prototype ?? {}))
    return builtin;
  throw new ConfigurationError(`driver "node:sqlite" needs Node.js 22.16 or newer; this is ${process.version}.`, {
    hint: "Update Node.js, or leave the option out and run: npm install better-sqlite3",
  });
}
