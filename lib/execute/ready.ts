import type { Connection } from "../databases/ports/index.js";
import { currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { currentLimit } from "./limits.js";
import { translated } from "./translated.js";

/** True where a plan for a query that names these time zones can be made and run at once. */
export function isReady(database: DatabaseCore, zones: readonly string[]): boolean {
  return database.isConnected && (zones.length === 0 || zones.every((zone) => database.knowsTimeZone(zone)));
}

/** Connects, and sees to it that the server knows the time zones, each of which it is asked for once. */
export async function makeReady(database: DatabaseCore, zones: readonly string[]): Promise<void> {
  const limit = currentLimit();
  const pool = await (limit === null ? database.open() : limit.race(database.open()));
  const unknown = zones.filter((zone) => !database.knowsTimeZone(zone));
  if (unknown.length === 0) return;
  const block = currentBlock(database);
  if (block !== null) {
    block.check();
    await block.turns.run(() => checkZones(database, block.connection, unknown));
    return;
  }
  const connection = await pool.acquire(undefined, "look");
  try {
    await checkZones(database, connection, unknown);
  } finally {
    pool.release(connection);
  }
}

async function checkZones(database: DatabaseCore, connection: Connection, zones: readonly string[]): Promise<void> {
  try {
    for (const zone of zones) await database.checkTimeZone(connection, zone);
  } catch (error) {
    throw translated(database, error);
  }
}
