import type { Connection, ManyResult } from "../databases/ports/index.js";
import { DatabaseError } from "../errors/index.js";
import { currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { isObserved, report } from "./events.js";
import type { Request } from "./request.js";
import { translated } from "./translated.js";

/** Runs an insert of one row so many times, all or none, where the engine has `executeMany`. Watchers hear of one run. */
export async function runMany(database: DatabaseCore, request: Request, times: number): Promise<ManyResult> {
  if (!isObserved(database)) return send(database, request, times);
  const start = performance.now();
  try {
    const result = await send(database, request, times);
    report(database, request, performance.now() - start, times, null);
    return result;
  } catch (error) {
    report(database, request, performance.now() - start, 0, error);
    throw error;
  }
}

async function send(database: DatabaseCore, { statement, parameters }: Request, times: number): Promise<ManyResult> {
  const work = async (connection: Connection): Promise<ManyResult> =>
    (connection as Required<Connection>).executeMany(statement, parameters, times);
  const block = currentBlock(database);
  block?.check();
  try {
    if (block === null) return await onFreeConnection(database, work);
    return await block.turns.run(() => {
      block.check();
      return work(block.connection);
    });
  } catch (error) {
    const ours = translated(database, error, statement.sql);
    // As after any other statement that failed, though this one left nothing behind.
    if (block !== null && ours instanceof DatabaseError) block.brokenBy ??= ours;
    throw ours;
  }
}

async function onFreeConnection<T>(database: DatabaseCore, work: (connection: Connection) => Promise<T>): Promise<T> {
  const pool = database.pool ?? (await database.open());
  const connection = await pool.acquire();
  try {
    return await work(connection);
  } finally {
    pool.release(connection);
  }
}
