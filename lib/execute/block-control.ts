import type { TransactionSettings } from "../databases/ports/index.js";
import { CommitUnknownError, ConnectionError } from "../errors/index.js";
import { type AfterCommit, type Block, runWithin } from "./context.js";
import type { DatabaseCore } from "./database-core.js";
import { isObserved, reportedControl } from "./events.js";
import { guarded } from "./guard.js";
import { currentLimit, withoutLimits } from "./limits.js";
import { translated } from "./translated.js";

/** How long what is undone because its time was over may take; then the connection is given up, which undoes it, too. */
const UNDOING_TIME = 5000;

/** What is done about savepoints, in the words of those who watch. */
export const SAVEPOINT = { create: "savepoint", release: "release savepoint", rollback: "rollback to savepoint" };

/** What begins and ends blocks, sent at once: whoever calls these has the block's turn. */

export function beginNow(block: Block, settings: TransactionSettings): Promise<void> {
  block.isolation = settings.isolation ?? null;
  return sent(block, "may cancel", "begin", () => block.connection.begin(settings));
}

/** Nothing stops a commit: its answer is the one thing that tells what became of it. */
export function commitNow(block: Block): Promise<void> {
  return committing(() => sent(block, "must answer", "commit", () => block.connection.commit()));
}

export async function committing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    throw new CommitUnknownError("The connection was lost while the transaction was being committed.", {
      cause: error,
      code: error.code,
      hint: "It may have been committed, or not: look what is there before doing it again.",
    });
  }
}

export function rollbackNow(block: Block): Promise<void> {
  return sent(block, "undoes", "rollback", () => block.connection.rollback());
}

export function savepointNow(block: Block, action: "create" | "release", name: string): Promise<void> {
  return sent(block, "may cancel", SAVEPOINT[action], () => block.connection.savepoint(action, name));
}

export function backToSavepointNow(block: Block, name: string): Promise<void> {
  return sent(block, "undoes", "rollback to savepoint", () => block.connection.savepoint("rollback", name));
}

/** Goes back to a savepoint, and gives it up. */
export function undoSavepointNow(block: Block, name: string): Promise<void> {
  return sent(block, "undoes", "rollback to savepoint", async () => {
    await block.connection.savepoint("rollback", name);
    await block.connection.savepoint("release", name);
  });
}

type Way = "may cancel" | "must answer" | "undoes";

async function sent(block: Block, way: Way, what: string, work: () => Promise<void>): Promise<void> {
  const { database, connection, root } = block;
  const limit = currentLimit();
  const bounds = {
    limit: way === "undoes" ? null : limit,
    patience: way === "undoes" && limit?.isOver === true ? UNDOING_TIME : database.patience,
    mayCancel: way === "may cancel",
  };
  const send = (): void | Promise<void> => guarded(connection, bounds, undefined, work);
  root.begins();
  try {
    await (isObserved(database) ? reportedControl(database, block, what, () => translating(database, send)) : send());
  } catch (error) {
    throw translated(database, error);
  } finally {
    root.underWay -= 1;
  }
}

export async function translating<T>(database: DatabaseCore, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translated(database, error);
  }
}

/** Calls back what waited for a commit: outside of the transaction, and of the limits it was bound by. */
export async function callBack(block: Block, callbacks: readonly AfterCommit[]): Promise<void> {
  for (const { callback, onError } of callbacks) {
    try {
      await withoutLimits(() => runWithin(block.around, () => Promise.resolve().then(callback)));
    } catch (error) {
      if (onError === null) throw error;
      onError(error);
    }
  }
}

/** Puts objects in memory back as they were before a block, or since some place in its list. */
export function restoreSince({ onRollback }: Block, place: number): void {
  for (const restore of onRollback.splice(place).reverse()) restore();
}
