import { AsyncLocalStorage } from "node:async_hooks";
import { SerialQueue } from "../databases/serial.js";
import { type Block, runBeside } from "../execute/context.js";
import {
  beginTransaction,
  type Changing,
  currentBlock,
  type DatabaseCore,
  holdBlock,
  type ManualTransaction,
  markSavepoint,
  type Unit,
  viewOf,
} from "../execute/index.js";
import {
  type AnyRelationMeta,
  type ForeignKeyMeta,
  holdsPrimaryKey,
  type ManyToManyMeta,
  META,
  type ModelMeta,
  ORIGIN,
  RAW,
  type ReverseMeta,
} from "../models/index.js";
import { ownRowsOf } from "../objects/rows/own-rows.js";
import { isSaved, type StatefulRow } from "../objects/rows/row-state.js";
import { changeRows } from "./bulk/change.js";
import { isDirty } from "./changes.js";
import type { Core, UnitSettings } from "./core.js";
import { isAtWork, PendingRollbackError, SessionError, writesPast } from "./errors.js";
import { Listeners } from "./events.js";
import { flushAll } from "./flush/flush.js";
import { Frame } from "./frame.js";
import { HeldRelation } from "./held-relation.js";
import { Identities, identityOfRow } from "./identity-map.js";
import { keepFound, makePlain, meetAll, standInFor } from "./meeting.js";
import { restore } from "./restoring.js";
import { relationshipOf } from "./relationships.js";
import { relationsOf } from "./reverses.js";
import { forgetStandIns, listIn, oneIn, showToOwners, tieAll } from "./sides.js";
import { type ObjectState, track, trackedOf, untrack } from "./states.js";

/** What code runs on behalf of a unit of work: that may ask it while it is at work. */
const inside = new AsyncLocalStorage<UnitOfWork>();

/** The objects of a session, what is to be done about them, and the transaction that it is done in. */
export class UnitOfWork implements Unit, Core {
  readonly database: DatabaseCore;
  /** The database as its rows know it. */
  readonly view: DatabaseCore;
  readonly settings: UnitSettings;
  readonly listeners: Listeners;
  readonly identities = new Identities();
  readonly fresh = new Set<StatefulRow>();
  readonly doomed = new Set<StatefulRow>();
  /** Rows that were taken out of what a relation led to. */
  readonly orphans = new Map<StatefulRow, ReverseMeta>();
  /** Rows with pairs to be tied or untied. */
  readonly linked = new Set<StatefulRow>();
  /** Relations that were changed since the last flush. */
  readonly modified = new Map<StatefulRow, Set<AnyRelationMeta>>();
  /** The transaction, and the savepoints in it that are open. */
  readonly frames: Frame[] = [new Frame()];
  readonly #turns = new SerialQueue();
  session: unknown = null;
  hasWritten = false;
  #transaction: ManualTransaction | null = null;
  #block: Block | null = null;
  #failure: unknown = null;
  #quiet = 0;
  #isPrepared = false;
  #isClosed = false;

  constructor(database: DatabaseCore, settings: UnitSettings, listeners: Listeners | null) {
    this.database = database.origin;
    this.settings = settings;
    this.listeners = new Listeners(listeners);
    this.view = viewOf(this.database, this);
  }

  get frame(): Frame {
    return this.frames.at(-1) as Frame;
  }

  get isActive(): boolean {
    return this.#transaction !== null;
  }

  /** True where what was changed is written before something is asked. */
  get #isFlushing(): boolean {
    return this.settings.autoflush && this.#quiet === 0;
  }

  /** Why nothing more can be done: a flush failed, or a statement. */
  get #cause(): unknown {
    return this.#failure ?? (this.#transaction === null ? null : (this.#block as Block).brokenBy);
  }

  // What the database asks.

  get isReady(): boolean {
    if (inside.getStore() === this) return this.#transaction !== null;
    if (this.#cause !== null || this.#transaction === null) return false;
    if (this.#isPrepared) {
      this.#isPrepared = false;
      return true;
    }
    return !this.#isFlushing || !this.hasChanges;
  }

  async prepare(): Promise<void> {
    if (inside.getStore() === this) return this.begin();
    await this.working(async () => {
      await this.begin();
      if (this.#isFlushing) await flushAll(this);
      // Whoever asked is let through without being looked at again.
      this.#isPrepared = true;
    });
  }

  meet(rows: readonly object[]): object[] {
    return meetAll(this, rows);
  }

  standIn(relation: ForeignKeyMeta, key: readonly unknown[], make: () => object): object {
    return holdsPrimaryKey(relation) ? standInFor(this, relation.target, key, make) : make();
  }

  keep(row: object, relation: AnyRelationMeta, found: readonly object[]): object[] {
    return keepFound(this, row as StatefulRow, relation, found);
  }

  held(row: object, relation: AnyRelationMeta, method: string): HeldRelation {
    return new HeldRelation(row as StatefulRow, relation as ReverseMeta | ManyToManyMeta, method);
  }

  async insert(meta: ModelMeta, values: readonly object[]): Promise<object[]> {
    const Class = meta.model as unknown as new (values: object) => object;
    const made = values.map((one) => new Class(one));
    for (const row of made) this.add(row);
    await this.flush();
    return made;
  }

  async write<T>(changing: Changing, work: () => T | Promise<T>): Promise<T> {
    if (inside.getStore() === this) return changeRows(this, changing, work);
    return this.working(async () => {
      if (this.#isFlushing) await flushAll(this);
      return changeRows(this, changing, work);
    });
  }

  refusal(what: Parameters<Unit["refusal"]>[0]): SessionError {
    return writesPast(what);
  }

  // Work, one piece after another.

  /** Runs work that nothing else of the session runs beside. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    if (inside.getStore() === this) {
      throw new SessionError("The session is at work already: this was called by what hears of its events.", {
        hint: "Change and add objects there; they are written with the rest.",
      });
    }
    return this.#turns.run(() => {
      this.check();
      return inside.run(this, work);
    });
  }

  /** Writes all that was changed, in one piece of work. */
  async flush(): Promise<void> {
    await this.working(() => flushAll(this));
  }

  /** The same as part of a piece of work. */
  flushNow(): Promise<void> {
    return flushAll(this);
  }

  /** Reads something with nothing written before. */
  async reading<T>(work: () => Promise<T>): Promise<T> {
    return this.working(async () => {
      await this.begin();
      return work();
    });
  }

  check(): void {
    if (this.#isClosed) throw new SessionError("The session was closed.", { hint: "Make another one." });
    if (this.#cause === null) return;
    throw new PendingRollbackError("The session's transaction failed, so it can only be rolled back.", {
      cause: this.#cause,
      hint: "Call await session.rollback() first.",
    });
  }

  async begin(): Promise<void> {
    if (this.#transaction !== null) return;
    if (currentBlock(this.database) !== null) {
      throw new SessionError("A session has a transaction of its own, and was asked inside db.atomic(…).", {
        hint: "Call it outside of the block, or do without db.atomic(…): a session's commit and rollback are the same.",
      });
    }
    const transaction = await beginTransaction(this.database, this.settings.transaction);
    // eslint-disable-next-line @typescript-eslint/require-await
    this.#block = await transaction.run(async () => currentBlock(this.database));
    holdBlock(this.view, this.#block);
    this.#transaction = transaction;
  }

  /** Runs something in the session's transaction. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.check();
    if (!this.isReady) await this.view.open();
    this.hasWritten = true;
    return (this.#transaction as ManualTransaction).run(work);
  }

  fail(error: unknown): void {
    this.#failure ??= error;
  }

  async commit(): Promise<void> {
    if (this.#transaction === null) return this.#settle();
    try {
      await this.#transaction.commit();
    } catch (error) {
      this.fail(error);
      throw error;
    }
    this.#settle();
  }

  #settle(): void {
    this.#end();
    for (const row of this.frames.flatMap(({ deleted }) => [...deleted])) {
      row[RAW] = null;
      this.leave(row, "detached");
    }
    this.frames.splice(0, this.frames.length, new Frame());
  }

  #end(): void {
    this.hasWritten = false;
    this.#transaction = null;
    holdBlock(this.view, null);
  }

  async beginNested(): Promise<Frame> {
    await flushAll(this);
    await this.begin();
    const frame = new Frame(await (this.#transaction as ManualTransaction).run(() => markSavepoint(this.database)));
    this.frames.push(frame);
    return frame;
  }

  /** Ends a savepoint, and those in it: keeps what was done since, or undoes it. */
  async endNested(frame: Frame, isKept: boolean): Promise<void> {
    const place = this.frames.indexOf(frame);
    if (place < 1) throw new SessionError("This savepoint is over, or its transaction is.");
    const savepoint = frame.savepoint as NonNullable<Frame["savepoint"]>;
    // Not by transaction.run(…), which a transaction that an error broke refuses.
    await runBeside(this.#block as Block, () => (isKept ? savepoint.commit() : savepoint.rollback()));
    for (const inner of this.frames.splice(place)) inner.handOver(isKept ? this.frame : frame);
    if (isKept) return;
    this.#failure = null;
    restore(this, frame);
  }

  async undoNested(frame: Frame): Promise<void> {
    await this.#turns.run(() => inside.run(this, () => this.endNested(frame, false)));
  }

  /** Undoes the whole transaction, also one that failed. */
  async rollback(): Promise<void> {
    if (inside.getStore() === this) throw isAtWork();
    await inside.run(this, async () => {
      await this.#turns.run(async () => {
        const transaction = this.#transaction;
        this.#end();
        this.#failure = null;
        if (transaction?.isActive === true) await transaction.rollback();
        const [first, ...inner] = this.frames.splice(0, this.frames.length, new Frame());
        for (const frame of inner) frame.handOver(first as Frame);
        restore(this, first as Frame);
      });
    });
  }

  async quietly<T>(work: () => T | Promise<T>): Promise<T> {
    this.#quiet += 1;
    try {
      return await work();
    } finally {
      this.#quiet -= 1;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    if (inside.getStore() === this) throw isAtWork();
    // At once: what was asked and not awaited comes too late.
    this.#isClosed = true;
    await this.rollback();
    for (const row of this.identities) this.leave(row as StatefulRow, "detached");
    for (const row of this.identities.standIns()) makePlain(row as StatefulRow, this.database);
    this.identities.clear();
  }

  // Objects.

  /** Takes an object in, and those that it leads to. */
  add(given: object): void {
    const open = [given as StatefulRow];
    for (const row of open) {
      if (!this.#take(row)) continue;
      for (const relation of relationsOf(row[META])) {
        if (!relationshipOf(row[META], relation).cascade.has("save-update")) continue;
        const one = oneIn(row, relation);
        if (one !== null && one["isSparse"] !== true) open.push(one);
        for (const other of listIn(row, relation) ?? []) open.push(other as StatefulRow);
      }
    }
  }

  /** False for an object that is of the session already. */
  #take(row: StatefulRow): boolean {
    const tracked = trackedOf<UnitOfWork>(row);
    const owner = tracked?.state === "detached" ? null : (tracked?.owner ?? null);
    if (owner === this && tracked?.state !== "deleted") {
      this.doomed.delete(row);
      return false;
    }
    if (tracked?.state === "deleted") throw new SessionError(`${row.toString()} was deleted. Make a new one of it.`);
    if (owner !== null) throw new SessionError(`${row.toString()} is attached to another session already.`);
    if (isSaved(row)) this.attach(row);
    else this.#await(row);
    return true;
  }

  #await(row: StatefulRow): void {
    this.fresh.add(row);
    this.frame.added.add(row);
    row[ORIGIN] = ownRowsOf(this.view, row[META]).unsaved;
    this.change(row, "pending");
    for (const owner of tieAll(row)) this.linked.add(owner as StatefulRow);
    showToOwners(row);
  }

  /** Has an object be the one for its row. */
  attach(row: StatefulRow): void {
    const identity = identityOfRow(row);
    const known = this.identities.known(row[META], identity);
    if (known !== undefined && known !== row) {
      throw new SessionError(`${row.toString()}: the session has another object for this row.`, {
        hint: "await session.merge(row) takes this one's values over to it.",
      });
    }
    const origin = row[ORIGIN] ?? null;
    if (origin !== null && origin.database !== this.view) {
      row[ORIGIN] = { database: this.view, layout: origin.layout, result: origin.result };
    }
    this.identities.put(row[META], identity, row);
    this.change(row, "persistent", identity);
  }

  /** Lets go of an object. */
  leave(row: StatefulRow, state: "transient" | "detached"): void {
    const tracked = trackedOf(row);
    const from = tracked?.state ?? "persistent";
    this.fresh.delete(row);
    this.doomed.delete(row);
    this.linked.delete(row);
    this.modified.delete(row);
    if (tracked?.identity !== null && this.identities.known(row[META], tracked?.identity) === row) {
      this.identities.remove(row[META], tracked?.identity);
    }
    forgetStandIns(row);
    if (state === "transient") {
      row[ORIGIN] = null;
      untrack(row);
    } else {
      makePlain(row, this.database);
      track(row, null, "detached");
    }
    this.#tell(row, from, state);
  }

  change(row: StatefulRow, to: ObjectState, identity: unknown = null): void {
    const from = trackedOf(row)?.state ?? (to === "persistent" && isSaved(row) ? "detached" : "transient");
    track(row, this, to, identity);
    this.#tell(row, from, to);
  }

  #tell(row: object, from: ObjectState, to: ObjectState): void {
    if (from !== to && this.listeners.hears("stateChanged")) this.listeners.tell({ row, from, to });
  }

  touch(row: object, relation: AnyRelationMeta): void {
    this.frame.touch(row as StatefulRow, relation);
    let relations = this.modified.get(row as StatefulRow);
    if (relations === undefined) {
      this.modified.set(row as StatefulRow, (relations = new Set<AnyRelationMeta>()));
    }
    relations.add(relation);
  }

  noteLinks(row: object): void {
    this.linked.add(row as StatefulRow);
  }

  noteOrphan(row: object, relation: ReverseMeta): void {
    this.orphans.set(row as StatefulRow, relation);
  }

  get hasChanges(): boolean {
    if (this.fresh.size + this.doomed.size + this.linked.size + this.orphans.size > 0) return true;
    for (const row of this.identities) if (isDirty(row as StatefulRow)) return true;
    return false;
  }
}
