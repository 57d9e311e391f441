import type { Connection } from "../databases/ports/index.js";
import type { Need } from "../query/index.js";
import { currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { currentLimit } from "./limits.js";
import { translated } from "./translated.js";

/** True where a plan for a query that needs this can be made and run at once. */
export function isReady(database: DatabaseCore, needs: readonly Need[]): boolean {
  return database.isConnected && (needs.length === 0 || needs.every((need) => isMet(database, need)));
}

function isMet(database: DatabaseCore, need: Need): boolean {
  return typeof need === "string" ? database.knowsTimeZone(need) : need.is(database);
}

/** Connects, and sees to it that this is the database needed, whose server knows the time zones: it is asked once for each. */
export async function makeReady(database: DatabaseCore, needs: readonly Need[]): Promise<void> {
  const unmet = needs.filter((need) => !isMet(database, need));
  for (const need of unmet) if (typeof need !== "string") throw need.refusal(database);
  const limit = currentLimit();
  const pool = await (limit === null ? database.open() : limit.race(database.open()));
  const unknown = unmet as readonly string[];
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
