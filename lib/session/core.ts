import type { DatabaseCore, TransactionOptions } from "../execute/index.js";
import type { AnyRelationMeta, ReverseMeta } from "../models/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";
import type { Listeners } from "./events.js";
import type { Frame } from "./frame.js";
import type { Identities } from "./identity-map.js";
import type { Keeper } from "./sides.js";
import type { ObjectState } from "./states.js";

/** How a session goes about its work. */
export interface UnitSettings {
  readonly autoflush: boolean;
  readonly expireOnCommit: boolean;
  readonly changeLog: boolean;
  readonly transaction: TransactionOptions;
}

/** A session's unit of work, as those see it who do parts of its work. */
export interface Core extends Keeper {
  readonly database: DatabaseCore;
  /** The database as its rows know it. */
  readonly view: DatabaseCore;
  readonly settings: UnitSettings;
  readonly listeners: Listeners;
  readonly identities: Identities;
  /** Rows to be inserted, and to be deleted. */
  readonly fresh: Set<StatefulRow>;
  readonly doomed: Set<StatefulRow>;
  /** Rows that were taken out of what a relation led to. */
  readonly orphans: Map<StatefulRow, ReverseMeta>;
  /** Rows with pairs to be tied or untied. */
  readonly linked: Set<StatefulRow>;
  /** Relations that were changed since the last flush. */
  readonly modified: Map<StatefulRow, Set<AnyRelationMeta>>;
  readonly frame: Frame;
  /** True once something was written in this transaction: what is read since may be undone with it. */
  hasWritten: boolean;
  /** True where a flush may have something to write. */
  readonly hasChanges: boolean;
  /** What those who listen are told that it is. */
  readonly session: unknown;
  /** Has an object be the one for its row. */
  attach(row: StatefulRow): void;
  /** Lets go of an object. */
  leave(row: StatefulRow, state: "transient" | "detached"): void;
  change(row: StatefulRow, to: ObjectState, identity?: unknown): void;
  begin(): Promise<void>;
  /** Nothing more is done until all is rolled back. */
  fail(error: unknown): void;
}
