import type { Connection, ManyResult } from "../databases/ports/index.js";
import { DatabaseError } from "../errors/index.js";
import { currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { isObserved, report } from "./events.js";
import { currentLimit } from "./limits.js";
import type { Request } from "./request.js";
import { onFreeConnection } from "./run.js";
import { translated } from "./translated.js";
import { afterNews, inTurn } from "./turns.js";

/** Runs a write of one row so many times, all or none, where the engine has `executeMany`. Watchers hear of one run. */
export async function runMany(database: DatabaseCore, request: Request, times: number): Promise<ManyResult> {
  if (!isObserved(database)) return send(database, request, times);
  const start = performance.now();
  const block = currentBlock(database);
  try {
    const result = await send(database, request, times);
    report(database, request, block, { start, rows: times, error: null });
    return result;
  } catch (error) {
    report(database, request, block, { start, rows: 0, error });
    throw error;
  }
}

async function send(database: DatabaseCore, { statement, parameters }: Request, times: number): Promise<ManyResult> {
  const work = async (connection: Connection): Promise<ManyResult> =>
    (connection as Required<Connection>).executeMany(statement, parameters, times);
  const block = currentBlock(database);
  const limit = currentLimit();
  let sent = false;
  try {
    block?.check();
    if (block === null) return await onFreeConnection(database, limit, statement.sql, work);
    return await inTurn(block, limit, () => {
      block.check();
      limit?.check();
      sent = true;
      return block.working(work(block.connection));
    });
  } catch (error) {
    const ours = translated(database, error, statement.sql);
    // As after any other statement that failed, though this one left nothing behind.
    if (sent && block !== null && ours instanceof DatabaseError) block.brokenBy ??= ours;
    if (!sent && block !== null) await afterNews(block);
    throw ours;
  }
}
