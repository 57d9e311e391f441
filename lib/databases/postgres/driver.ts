import type { Client, ClientConfig } from "pg";
import type Cursor from "pg-cursor";
import { loadDriver } from "../load-driver.js";

export type PgClient = Client;
export type PgConfig = ClientConfig;
export type PgCursor = Cursor<unknown[]>;

/** Opens no connection yet. The driver is imported at the first call. */
export async function createClient(config: PgConfig): Promise<PgClient> {
  const { default: pg } = await loadDriver("PostgreSQL", "pg", () => import("pg"));
  return new pg.Client(config);
}

/** How a cursor reads: row arrays, by our own parsers. */
export type CursorConfig = ConstructorParameters<typeof Cursor>[2];

export async function createCursor(sql: string, parameters: unknown[], config: CursorConfig): Promise<PgCursor> {
  const load = () => import("pg-cursor");
  const { default: CursorClass } = await loadDriver("Streaming from PostgreSQL", "pg-cursor", load);
  return new CursorClass(sql, parameters, config);
}
