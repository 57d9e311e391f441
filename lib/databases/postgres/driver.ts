import type { Client, ClientConfig } from "pg";
import type Cursor from "pg-cursor";
import { ConfigurationError } from "../../errors/index.js";
import { loadDriver } from "../load-driver.js";
import { PgQuery } from "./query.js";

export type PgClient = Client;
export type PgConfig = ClientConfig;
export type PgCursor = Cursor<unknown[]>;

interface Startup {
  getStartupConf(): Record<string, string>;
}

/** Opens no connection yet; it will send those start-up parameters beside its own. The driver is imported at the first call. */
export async function createClient(config: PgConfig, parameters: Readonly<Record<string, string>>): Promise<PgClient> {
  const { default: pg } = await loadDriver("PostgreSQL", "pg", () => import("pg"));
  const client = new pg.Client(config) as PgClient & Startup;
  const ownStartup = client.getStartupConf.bind(client);
  client.getStartupConf = () => ({ ...ownStartup(), ...parameters });
  if (config.pipeline === true) letPipeline(client, pg.Query.prototype);
  return client;
}

/** The driver sends only what it takes for a query of its own ahead of answers: cursors must not be. */
function letPipeline(client: PgClient, ownQuery: object): void {
  if (client.pipeline !== true) {
    throw new ConfigurationError("pipeline: true needs a newer pg, which can send queries ahead of answers.", {
      hint: "Run: npm install pg@latest",
    });
  }
  Object.setPrototypeOf(PgQuery.prototype, ownQuery);
}

/** How a cursor reads: row arrays, by our own parsers. */
export type CursorConfig = ConstructorParameters<typeof Cursor>[2];

export async function createCursor(sql: string, parameters: unknown[], config: CursorConfig): Promise<PgCursor> {
  const load = () => import("pg-cursor");
  const { default: CursorClass } = await loadDriver("Streaming from PostgreSQL", "pg-cursor", load);
  return new CursorClass(sql, parameters, config);
}
