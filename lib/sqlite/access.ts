import type { SqliteConnection } from "../databases/sqlite/connection.js";
import { setupOf, type SqliteSetup } from "../databases/sqlite/setup.js";
import { ConfigurationError, NotSupportedError, TransactionError } from "../errors/index.js";
import { currentBlock, DatabaseCore } from "../execute/index.js";
import { checkNamed, databaseFor, type Named } from "../objects/rows/named-database.js";
import { printable } from "../util/printable.js";

/** A database as far as what is only SQLite's is concerned. */
export interface Access {
  readonly database: DatabaseCore;
  readonly setup: SqliteSetup;
}

/** What a database is known by: itself, what stands for it, or its alias. Which one that is, is seen at each use. */
export function accessTo(given: unknown): Access {
  const named = checkNamed(given, "sqlite(db)");
  const current = (): DatabaseCore => {
    const { origin } = databaseFor(named, "write", "sqlite(db)");
    checkEngine(origin);
    return origin;
  };
  if (named instanceof DatabaseCore || (isProxy(named) && named.isInitialized)) current();
  return {
    get database() {
      return current();
    },
    get setup() {
      return isProxy(named) ? setupOfProxy(named) : setupOf(current());
    },
  };
}

/** What tells which database it stands for, whenever it is told. */
interface Proxy {
  readonly isInitialized: boolean;
  attachCallback(callback: (database: DatabaseCore) => void): unknown;
}

function isProxy(named: Named): named is Named & Proxy {
  return !(named instanceof DatabaseCore) && typeof named !== "string" && "attachCallback" in named;
}

const proxies = new WeakSet<object>();

/** What a proxy is told before it stands for a database is what that one is told, and any other that it will stand for. */
function setupOfProxy(proxy: Proxy): SqliteSetup {
  const setup = setupOf(proxy);
  if (!proxies.has(proxy)) {
    proxies.add(proxy);
    proxy.attachCallback((database) => setup.passTo(setupOf(database.origin)));
  }
  return setup;
}

/** One that was not told yet where to connect may turn out to be SQLite. */
function checkEngine(database: DatabaseCore): void {
  let engine;
  try {
    ({ engine } = database);
  } catch {
    return;
  }
  if (engine.name === "sqlite") return;
  throw new NotSupportedError(`sqlite(db) is for a database of SQLite, and this one is ${engine.label}.`, {
    hint: "What other engines have is in dunder-orm/postgres and dunder-orm/mysql; functions are made there by SQL.",
  });
}

/** Something done on the connection that writes: that of the present block, else as soon as it is free. */
export async function onConnection<T>(
  access: Access,
  work: (connection: SqliteConnection) => T | Promise<T>,
): Promise<T> {
  const { database } = access;
  const block = currentBlock(database);
  try {
    if (block !== null) {
      block.check();
      return await work(block.connection as SqliteConnection);
    }
    const pool = database.pool ?? (await database.open());
    checkEngine(database);
    const connection = (await pool.acquire()) as SqliteConnection;
    try {
      return await work(connection);
    } finally {
      pool.release(connection);
    }
  } catch (error) {
    throw database.engine.translateError(error, {});
  }
}

/** Refuses what cannot be done inside a transaction. */
export function refuseInBlock({ database }: Access, what: string): void {
  if (currentBlock(database) === null) return;
  throw new TransactionError(`${what} cannot be done inside a transaction.`, { hint: "Await it after the block." });
}

const NAME = /^[a-z_][a-z0-9_]*$/i;

/** A name that SQL can take as it is, and that is nobody else's. */
export function checkName(name: unknown, where: string): asserts name is string {
  if (typeof name === "string" && NAME.test(name) && !/^(?:dunder|sqlite)_/i.test(name)) return;
  throw new ConfigurationError(
    `${where}: ${printable(name)} is no name for it. A name has letters, digits and underscores, does not begin with a ` +
      `digit, nor with "dunder_" or "sqlite_".`,
  );
}

/** Refuses options that are none. */
export function optionsOf<T extends object>(given: unknown, names: readonly (keyof T & string)[], where: string): T {
  if (given === null || typeof given !== "object") {
    throw new ConfigurationError(`${where}: expected { ${names.join(", ")} }, got ${printable(given)}.`);
  }
  const unknown = Object.keys(given).find((name) => !(names as readonly string[]).includes(name));
  if (unknown === undefined) return given as T;
  throw new ConfigurationError(`${where} takes no option "${unknown}". Options: ${names.join(", ")}.`);
}
