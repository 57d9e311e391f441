import type { QueryEvent } from "../databases/options.js";

/** Hears of every statement of every database. */
export type Observer = (event: QueryEvent, database: object) => void;

const KEY = Symbol.for("dunder-orm.observers");

/** Kept with the process, not with this module: who observes may have come with another file of the package. */
export const observers: Set<Observer> = ((globalThis as { [KEY]?: Set<Observer> })[KEY] ??= new Set());
