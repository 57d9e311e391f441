import { metaOfRow, type ModelMeta } from "../models/index.js";
import { isSaved } from "../objects/rows/row-state.js";
import { printable } from "../util/printable.js";
import { UnmappedError } from "../errors/index.js";

/**
 * What an object is to the database and to a session:
 *
 * - `transient`: new, and of no session;
 * - `pending`: added to a session, which inserts it when it flushes;
 * - `persistent`: a row of the database, which a session has;
 * - `deleted`: its session has deleted it, and not committed yet;
 * - `detached`: a row of the database (or one that was deleted), and of no session.
 */
export type ObjectState = "transient" | "pending" | "persistent" | "deleted" | "detached";

/** An object of a session. `owner` is the session's unit of work; null once the object has left it. */
export interface Tracked<Owner extends object = object> {
  owner: Owner | null;
  state: ObjectState;
  /** By which its row is known, once it has a key. */
  identity: unknown;
}

const tracked = new WeakMap<object, Tracked>();

export function trackedOf<Owner extends object>(row: object): Tracked<Owner> | undefined {
  return tracked.get(row) as Tracked<Owner> | undefined;
}

export function track(row: object, owner: object | null, state: ObjectState, identity: unknown = null): void {
  const known = tracked.get(row);
  if (known === undefined) tracked.set(row, { owner, state, identity });
  else {
    known.owner = owner;
    known.state = state;
    known.identity = identity;
  }
}

export function untrack(row: object): void {
  tracked.delete(row);
}

/** The model of an object that is a row. */
export function modelOf(row: unknown, method: string): ModelMeta {
  const meta = metaOfRow(row);
  if (meta !== null) return meta;
  throw new UnmappedError(`session.${method}(…) takes rows of models, got ${printable(row)}.`);
}

/**
 * The state of an object.
 *
 * @example
 * ```ts no-run
 * const artist = new Artist({ name: "Anderson" });
 * objectState(artist); // "transient"
 * session.add(artist);
 * objectState(artist); // "pending"
 * await session.commit();
 * objectState(artist); // "persistent"
 * ```
 * @throws UnmappedError for what is no row of a model.
 */
export function objectState(row: object): ObjectState {
  modelOf(row, "objectState");
  return tracked.get(row)?.state ?? (isSaved(row) ? "detached" : "transient");
}
