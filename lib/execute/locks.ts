import { TransactionError } from "../errors/index.js";
import type { Query } from "../query/index.js";
import { currentBlock } from "./context.js";
import type { DatabaseCore } from "./database-core.js";

/** Refuses to lock rows outside of a transaction, where the lock would be gone before anybody could rely on it. */
export function checkLock(database: DatabaseCore, { model }: Query): void {
  if (!database.engine.features.rowLocks || currentBlock(database) !== null) return;
  throw new TransactionError(
    `${model.name}: selectForUpdate() locks rows until the transaction ends, and none is under way.`,
    { hint: "Run it inside db.atomic(async () => { … })." },
  );
}
