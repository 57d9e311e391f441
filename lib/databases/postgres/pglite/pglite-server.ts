import { resolve } from "node:path";
import { ConnectionError } from "../../../errors/index.js";
import { loadDriver } from "../../load-driver.js";
import type { PostgresConnection } from "../connection.js";
import { createClient } from "../driver.js";
import type { NamingPolicy } from "../named-statements.js";
import type { Pglite } from "./pglite.js";
import { PgliteConnection } from "./pglite-connection.js";
import { PgliteStream } from "./pglite-stream.js";

type PgliteModule = { readonly PGlite: new (folder?: string) => Pglite };

const PACKAGE: string = "@electric-sql/pglite";
const IN_MEMORY = ":memory:";
/** The one session there is outlives those who had it before, and takes no parameters when it starts. */
const SET_UP = [
  "ROLLBACK",
  "DISCARD ALL",
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO'",
  "SET IntervalStyle = 'iso_8601'",
];

/** Folders that this process has open: a second instance would write over what the first one has in memory. */
const open = new Set<string>();

/** PGlite in a folder, or in memory. */
export async function startPglite(folder: string): Promise<Pglite> {
  const load = (): Promise<unknown> => import(PACKAGE);
  const { PGlite } = (await loadDriver("PGlite", PACKAGE, load)) as PgliteModule;
  if (folder === IN_MEMORY) return started(PGlite);
  const place = resolve(folder);
  if (open.has(place)) {
    throw new ConnectionError(`PGlite can't open ${JSON.stringify(folder)}: this process has it open already.`, {
      hint: "Use the Database that has it open, or close that one first.",
    });
  }
  open.add(place);
  return started(PGlite, folder).catch((error: unknown) => {
    open.delete(place);
    throw error;
  });
}

/** Ends what was started in a folder. */
export async function stopPglite(server: Pglite, folder: string): Promise<void> {
  await server.close();
  open.delete(resolve(folder));
}

async function started(PGlite: PgliteModule["PGlite"], folder?: string): Promise<Pglite> {
  try {
    const server = new PGlite(folder);
    await server.waitReady;
    return server;
  } catch (cause) {
    throw new ConnectionError(`PGlite can't open ${JSON.stringify(folder)}: ${(cause as Error).message}.`, {
      cause,
      hint: "Name a folder of PGlite's, or one that does not exist yet, which no other process has open.",
    });
  }
}

export async function connectPglite(server: Pglite, naming: NamingPolicy): Promise<PostgresConnection> {
  const place = { host: "localhost", user: "postgres", database: "postgres", password: "" };
  const client = await createClient({ ...place, stream: () => new PgliteStream(server) }, {});
  const connection = new PgliteConnection(client, naming);
  await client.connect();
  for (const statement of SET_UP) await client.query(statement);
  return connection;
}
