import type { Connection } from "../databases/ports/index.js";
import { currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";

/** True where a plan for this can be made and run at once. */
export function isReady(database: DatabaseCore, timeZone: string | null): boolean {
  return database.isConnected && (timeZone === null || database.knowsTimeZone(timeZone));
}

/** Connects, and sees to it that the server can do what the query needs, which it is asked once. */
export async function makeReady(database: DatabaseCore, timeZone: string | null): Promise<void> {
  const pool = await database.open();
  if (timeZone === null || database.knowsTimeZone(timeZone)) return;
  const block = currentBlock(database);
  if (block !== null) return check(database, block.connection, timeZone);
  const connection = await pool.acquire();
  try {
    await check(database, connection, timeZone);
  } finally {
    pool.release(connection);
  }
}

async function check(database: DatabaseCore, connection: Connection, timeZone: string): Promise<void> {
  await database.checkTimeZone(connection, timeZone);
}
