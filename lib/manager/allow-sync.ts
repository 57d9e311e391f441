import { AsyncLocalStorage } from "node:async_hooks";
import { ConfigurationError, OrmError } from "../errors/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import type { Database } from "../objects/instances/database.js";
import { callersLine } from "../util/own-frames.js";
import { printable } from "../util/printable.js";
import { warn } from "../util/warn.js";

/** `queryset.sync` was used on a database whose `allowSync` is false. */
export class SyncNotAllowedError extends OrmError {}

/** The databases that the code which runs now may ask without promises, whatever their `allowSync` says. */
const allowed = new AsyncLocalStorage<ReadonlySet<DatabaseCore>>();

/** Runs a function that may use `queryset.sync` on a database; others that run meanwhile may not. */
export function allowingSync<T>(database: DatabaseCore, fn: () => T): T {
  if (typeof fn !== "function") {
    throw new ConfigurationError(`manager.allowSync(fn) takes a function, got ${printable(fn)}.`);
  }
  return allowed.run(new Set([...(allowed.getStore() ?? []), database.origin]), fn);
}

/** Refuses a database that may not be asked without promises, or warns of it. */
export function checkAllowed({ origin }: DatabaseCore, what: string): void {
  const { allowSync } = origin as Database;
  if (allowSync === true || allowed.getStore()?.has(origin) === true) return;
  if (allowSync === false) {
    throw new SyncNotAllowedError(`${what} is not allowed on this database: its allowSync is false.`, {
      hint: "Await the queryset's own method, or do it in manager.allowSync(() => …).",
    });
  }
  warn(`${what} was used, and kept everything else waiting.`, callersLine() ?? undefined);
}
