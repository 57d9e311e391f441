import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, inject } from "vitest";
import { Database, type DatabaseOptions } from "dunder-orm";
import { optionsOfDriver } from "./drivers.js";
import { copyOfPglite } from "./pglite.js";
import { optionsWithout } from "./without.js";

/** One of the three engines that a behaviour must be the same on. */
export interface TestEngine {
  readonly name: "sqlite" | "postgres" | "mysql";
  /** Which server that is: of "mysql" either. */
  readonly label: "SQLite" | "PostgreSQL" | "MySQL" | "MariaDB";
  /** PostgreSQL in this process: of one session, whose statements cannot be stopped, and behind no network. */
  readonly isPglite: boolean;
  /** A new, empty database, closed and dropped after the suite that asked for it. */
  database(options?: DatabaseOptions): Promise<Database>;
  /** The URL of such a database, for tests that connect in ways of their own. */
  url(): Promise<string>;
}

interface Bindable {
  bind(database: Database): void;
}

const LABELS = { sqlite: "SQLite", postgres: "PostgreSQL" } as const;
const servers = { postgres: "postgresUrl", mysql: "mysqlUrl" } as const;

/**
 * Declares a suite once for each engine. One that was skipped by name (DUNDER_TEST_SKIP) shows as skipped.
 *
 * @example
 * ```ts
 * onEngines("filter", (engine) => {
 *   const db = useDatabase(engine, [Note]);
 *   it("finds", async () => expect(await Note.objects.count()).toBe(0));
 * });
 * ```
 */
export function onEngines(title: string, body: (engine: TestEngine) => void): void {
  for (const name of ["sqlite", "postgres", "mysql"] as const) {
    const server = serverOf(name);
    describe.skipIf(server === null)(`${title} on ${name}`, () => body(testEngine(name, server ?? "")));
  }
}

/** Where an engine's server answers, "" for one that has none, null where it is skipped. */
function serverOf(name: TestEngine["name"]): string | null {
  if (name === "sqlite") return inject("sqliteIsSkipped") ? null : "";
  return inject(servers[name]);
}

/** A database for a suite, with the tables of some models, which are bound to it while the suite runs. */
export function useDatabase(
  engine: TestEngine,
  models: readonly Bindable[],
  options: DatabaseOptions = {},
): { readonly db: Database } {
  const holder: { db: Database | null } = { db: null };
  beforeAll(async () => {
    holder.db = await engine.database(options);
    for (const model of models) model.bind(holder.db);
    await holder.db.createTables(models);
  });
  return {
    get db(): Database {
      if (holder.db === null) throw new Error("The database is there from beforeAll on.");
      return holder.db;
    },
  };
}

function testEngine(name: TestEngine["name"], server: string): TestEngine {
  const closings: (() => Promise<unknown>)[] = [];
  const cleanups: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    // A database may have moved to another place since: BerkeleyDB ends the process when a file goes that is open.
    for (const close of closings.reverse()) await close();
    for (const cleanup of cleanups.reverse()) await cleanup();
  });
  const url = async (): Promise<string> => {
    if (name === "sqlite") return sqliteFile(cleanups);
    return serverDatabase(name, server, cleanups);
  };
  return {
    name,
    label: name === "mysql" ? inject("mysqlLabel") : LABELS[name],
    isPglite: server.startsWith("pglite:"),
    url,
    async database(options = {}) {
      const db = new Database(await url(), { ...optionsWithout(name), ...(await optionsOfDriver(name)), ...options });
      closings.push(() => db.close());
      return db;
    },
  };
}

async function sqliteFile(cleanups: (() => Promise<unknown>)[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dunder-spec-"));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "spec.sqlite")}`;
}

async function serverDatabase(
  name: "postgres" | "mysql",
  server: string,
  cleanups: (() => Promise<unknown>)[],
): Promise<string> {
  if (server.startsWith("pglite:")) {
    const copy = await copyOfPglite(server);
    cleanups.push(() => rm(copy.slice("pglite:".length), { recursive: true, force: true }));
    return copy;
  }
  const fresh = `spec_${randomBytes(6).toString("hex")}`;
  await onServer(server, `create database ${fresh}`);
  cleanups.push(() => onServer(server, `drop database ${fresh}${name === "postgres" ? " with (force)" : ""}`));
  const url = new URL(server);
  url.pathname = `/${fresh}`;
  return url.toString();
}

async function onServer(server: string, text: string): Promise<void> {
  const db = new Database(server, { pool: { max: 1 } });
  try {
    await db.execute(sql.raw(text));
  } finally {
    await db.close();
  }
}
