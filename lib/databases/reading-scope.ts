import { AsyncLocalStorage } from "node:async_hooks";

/** A write, as reads after it have to know it. */
export interface Write {
  /** When it was done, by `performance.now()`. */
  readonly at: number;
  /** Up to where the primary had written then, or a little later; asked for by the first read that wants to know. */
  position: Promise<string | null> | null;
  /** Until when no replica is waited for, after one that did not come to it in time. */
  primaryUntil: number;
  /** Servers that have it. */
  readonly reachedBy: WeakSet<object>;
}

/** The last write of some piece of work, or of the process. */
export interface Writes {
  last: Write | null;
}

/** Where the present code reads of a database. */
export interface ReadingScope {
  readonly owner: object;
  /** Reads go to the primary, whatever was written. */
  readonly onPrimary: boolean;
  /** What is written here, where reads are to see it. */
  readonly writes: Writes | null;
  readonly around: ReadingScope | null;
}

const storage = new AsyncLocalStorage<ReadingScope | null>();
// Until the first scope there is nothing to look up, and looking costs every query.
let used = false;

/** The innermost scope of a database that the present code runs in; null outside. */
export function scopeOf(owner: object): ReadingScope | null {
  if (!used) return null;
  let scope = storage.getStore() ?? null;
  while (scope !== null && scope.owner !== owner) scope = scope.around;
  return scope;
}

/** Runs a function whose reads of a database go to its primary. */
export function onPrimary<T>(owner: object, fn: () => T): T {
  const scope = scopeOf(owner);
  return scope?.onPrimary === true ? fn() : within({ owner, onPrimary: true, writes: scope?.writes ?? null }, fn);
}

/** Runs a function whose reads of a database see what it wrote before. */
export function seeingOwnWrites<T>(owner: object, fn: () => T): T {
  const scope = scopeOf(owner);
  return within({ owner, onPrimary: scope?.onPrimary ?? false, writes: { last: null } }, fn);
}

function within<T>(scope: Omit<ReadingScope, "around">, fn: () => T): T {
  const around = used ? (storage.getStore() ?? null) : null;
  used = true;
  return storage.run({ ...scope, around }, fn);
}
