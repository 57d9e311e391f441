import type { TransactionOptions } from "../execute/index.js";
import { ConfigurationError, UnmappedError } from "../errors/index.js";
import { isSaved, type StatefulRow } from "../objects/rows/row-state.js";
import type { Database } from "../objects/instances/database.js";
import { metaOf } from "../models/index.js";
import type { PkOf, Rows } from "../types/index.js";
import { printable } from "../util/printable.js";
import { Collection, type CollectionName, type MemberOf } from "./collection.js";
import { type Changes, changesOf, isDirty } from "./changes.js";
import { databaseIn, type Engine } from "./engine.js";
import { SessionError } from "./errors.js";
import { type Listener, type Listeners, type SessionEvent } from "./events.js";
import { expireRow, isPartial } from "./expiring.js";
import { checkFunction, checkOptions } from "./given.js";
import type { Frame } from "./frame.js";
import type { IdentityMap } from "./identity-map.js";
import { type LogEntry, logOf } from "./log.js";
import { mergeRow } from "./merging.js";
import { type FlushPlan, planOf } from "./plan.js";
import { queryOf, type SessionQuery } from "./query.js";
import { forgetChanges, refreshRow } from "./refreshing.js";
import { relationshipOf } from "./relationships.js";
import { relationsOf } from "./reverses.js";
import { listIn, oneIn } from "./sides.js";
import { modelOf, trackedOf } from "./states.js";
import { UnitOfWork } from "./unit-of-work.js";

/** How a session works. */
export interface SessionOptions {
  /** Whether what was changed is written before anything is asked. Default true. */
  readonly autoflush?: boolean;
  /** Whether objects forget what they know when the session commits: to read it throws then, until it was refreshed. Default false. */
  readonly expireOnCommit?: boolean;
  /** Whether `session.log(row)` tells what was written of an object. Default false. */
  readonly changeLog?: boolean;
  /** The isolation of its transactions, and what else `db.transaction` takes. */
  readonly transaction?: TransactionOptions;
}

/** A savepoint of a session: what was done since is kept, or undone, by itself. */
export interface NestedTransaction extends AsyncDisposable {
  /** False once it is over. */
  readonly isActive: boolean;
  /** Writes what was changed since, and keeps it as long as the transaction around is kept. */
  commit(): Promise<void>;
  /** Undoes what was done since, objects too. A flush that failed since is forgiven. */
  rollback(): Promise<void>;
}

/**
 * A unit of work: objects are got, changed, added and deleted, and the session writes all of that with few statements, in
 * an order that foreign keys allow, in one transaction. For each row it has one object.
 *
 * @example
 * ```ts no-run
 * await using session = new Session(engine);
 * const artist = await session.query(Artist).filter({ name: "Anderson" }).one();
 * artist.albums.append(new Album({ name: "Ventura" }));
 * await session.commit();
 * // INSERT INTO "album" ("artist_id", "name") VALUES (1, 'Ventura')
 * ```
 * As SQLAlchemy's `Session`. Each has a transaction, and a connection, of its own, from the first statement to the commit
 * or rollback. What is asked at the same time is done one after another.
 */
export class Session implements AsyncDisposable {
  readonly #unit: UnitOfWork;

  constructor(engine: Engine | Database, options: SessionOptions = {}, listeners: Listeners | null = null) {
    checkOptions(options);
    const { autoflush = true, expireOnCommit = false, changeLog = false, transaction = {} } = options;
    const database = databaseIn(engine, "new Session(engine)");
    this.#unit = new UnitOfWork(database, { autoflush, expireOnCommit, changeLog, transaction }, listeners);
    this.#unit.session = this;
  }

  // Objects.

  /**
   * Takes an object in, and all that its relations lead to: a new one is inserted by the next flush.
   *
   * @throws SessionError for an object of another session, and for one that was deleted.
   */
  add(row: object): void {
    modelOf(row, "add");
    this.#unit.check();
    this.#unit.add(row);
  }

  /** The same for several. */
  addAll(rows: Iterable<object>): void {
    if (rows === null || typeof rows !== "object" || !(Symbol.iterator in rows)) {
      throw new UnmappedError(`session.addAll(rows) takes a list of rows, got ${printable(rows)}.`);
    }
    for (const row of rows) this.add(row);
  }

  /**
   * Has an object deleted by the next flush, with what its relationships cascade to, and what foreign keys say.
   *
   * @throws SessionError for an object that is no row of the database yet.
   */
  delete(row: object): void {
    const meta = modelOf(row, "delete");
    this.#unit.check();
    if (!isSaved(row) || trackedOf(row)?.state === "deleted") {
      throw new SessionError(`${(row as StatefulRow).toString()} is no row of the database, so it cannot be deleted.`, {
        hint: `session.expunge(row) takes a new ${meta.name} out of the session.`,
      });
    }
    if (trackedOf(row)?.owner !== this.#unit) this.#unit.add(row);
    this.#unit.doomed.add(row as StatefulRow);
  }

  /** Takes an object out of the session, with what its relationships cascade "expunge" to. */
  expunge(row: object): void {
    const tracked = this.#own(row, "expunge");
    this.#unit.leave(row as StatefulRow, tracked === "pending" ? "transient" : "detached");
    const meta = modelOf(row, "expunge");
    for (const relation of relationsOf(meta)) {
      if (!relationshipOf(meta, relation).cascade.has("expunge")) continue;
      const related = [
        ...(listIn(row, relation) ?? []),
        ...(relation.type === "foreignKey" ? [] : [oneIn(row, relation)]),
      ];
      for (const other of related) if (other !== null && this.has(other)) this.expunge(other);
    }
  }

  /** Takes all objects out. */
  expungeAll(): void {
    for (const row of [...this.#unit.identities, ...this.#unit.fresh]) if (this.has(row)) this.expunge(row);
  }

  /** True for an object of this session. */
  has(row: object): boolean {
    const tracked = trackedOf(row);
    return tracked?.owner === this.#unit && (tracked.state === "pending" || tracked.state === "persistent");
  }

  /**
   * Has an object forget what it knows of its row, or some fields of it: to read them throws a `NotLoadedError` until
   * `refresh`, or until a query of the session has read the row again. Changes that were not written are lost.
   */
  expire(row: object, fields?: readonly string[]): void {
    this.#own(row, "expire");
    expireRow(row as StatefulRow, fields ?? null);
    if (fields === undefined) forgetChanges(this.#unit, row as StatefulRow);
  }

  expireAll(): void {
    for (const row of this.#unit.identities) this.expire(row);
  }

  /** Reads an object's row again, or some fields of it; what was changed of that and not written is lost. */
  async refresh<I extends object>(row: I, fields?: readonly string[]): Promise<I> {
    this.#own(row, "refresh");
    await this.#unit.quietly(() =>
      this.#unit.reading(() => refreshRow(this.#unit, row as unknown as StatefulRow, fields ?? null)),
    );
    return row;
  }

  /**
   * Takes the values of an object, be it of no session or of another, over to this session's object for the same row: the
   * one there is, or one that is read, or a new one. Gives that one; goes along relations that cascade "merge".
   *
   * @throws StaleRowError where rows have versions, and the row has been written since.
   */
  async merge<I extends object>(row: I): Promise<I> {
    modelOf(row, "merge");
    this.#unit.check();
    return (await this.#unit.quietly(() => mergeRow(this.#unit, row as unknown as StatefulRow))) as unknown as I;
  }

  /** Objects to be inserted. */
  get new(): ReadonlySet<object> {
    return new Set(this.#unit.fresh);
  }

  /** Objects that are rows of the database, and were changed since: those whose values, or collections, are others. */
  get dirty(): ReadonlySet<object> {
    const unit = this.#unit;
    const changed = ([...unit.identities] as StatefulRow[]).filter((row) => isDirty(row) || unit.modified.has(row));
    return new Set(changed.filter((row) => !unit.doomed.has(row)));
  }

  /** Objects to be deleted. */
  get deleted(): ReadonlySet<object> {
    return new Set(this.#unit.doomed);
  }

  /** All objects that are rows of the database, by key: `session.identityMap.get(Album, 1)`. */
  get identityMap(): IdentityMap {
    return this.#unit.identities;
  }

  /**
   * True for an object with something for a flush to write: values set to what they were do not count. Collections count,
   * unless `includeCollections` is false.
   */
  isModified(row: object, { includeCollections = true }: { readonly includeCollections?: boolean } = {}): boolean {
    modelOf(row, "isModified");
    const state = row as StatefulRow;
    if (!isSaved(row))
      return Object.values(changesOf(state)).some(({ after }) => after !== null && after !== undefined);
    return isDirty(state) || (includeCollections && this.#unit.modified.has(state));
  }

  /** What of an object is another one than in the database, by field: `{ name: { before, after } }`. */
  changes(row: object): Changes {
    modelOf(row, "changes");
    return changesOf(row as StatefulRow);
  }

  /** What was written of an object so far, the earliest first; for sessions with `changeLog: true`. */
  log(row: object): readonly LogEntry[] {
    modelOf(row, "log");
    if (this.#unit.settings.changeLog) return logOf(row);
    throw new ConfigurationError("This session keeps no log.", { hint: "Make it with { changeLog: true }." });
  }

  /** The rows that a relation leads to, in memory. */
  collection<I extends object, const K extends CollectionName<I>>(row: I, name: K): Collection<MemberOf<I, K>> {
    return new Collection(row, name);
  }

  // Rows.

  /**
   * The rows of a model, as objects of this session; what was changed is written before.
   *
   * @example
   * ```ts no-run
   * const artist = await session.query(Artist).filter({ name__icontains: "paak" }).one();
   * artist === (await session.get(Artist, artist.pk)); // true: one row is one object
   * ```
   * @throws UnmappedError for what is no model any more, ConfigurationError for what never was.
   */
  query<C>(model: C): SessionQuery<C> {
    this.#unit.check();
    return queryOf(this.#unit, model) as unknown as SessionQuery<C>;
  }

  /** The same. */
  objects<C>(model: C): SessionQuery<C> {
    return this.query(model);
  }

  /** The object for the row of a key: the one there is, without asking, or else one that is read; null for no row. */
  async get<C>(model: C, key: PkOf<Rows<C>>): Promise<Rows<C> | null> {
    metaOf(model);
    this.#unit.check();
    const known = this.#unit.identities.get(model, key) as StatefulRow | undefined;
    if (known === undefined) return (await queryOf(this.#unit, model).getOrNull({ pk: key })) as Rows<C> | null;
    if (this.#unit.doomed.has(known)) return null;
    return (isPartial(known) ? await this.refresh(known) : known) as Rows<C>;
  }

  /** Runs something in the session's transaction: querysets of models there go past the session's objects. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    checkFunction(work, "run");
    return this.#unit.run(work);
  }

  /** Runs something during which nothing is written before the session is asked. */
  async noAutoflush<T>(work: () => T | Promise<T>): Promise<T> {
    checkFunction(work, "noAutoflush");
    return this.#unit.quietly(work);
  }

  // Transactions.

  /** True while a transaction is under way. */
  get inTransaction(): boolean {
    return this.#unit.isActive;
  }

  /**
   * Writes all that was changed: net changes alone, all or nothing. After one that failed the session does nothing more
   * until `rollback()`; what is found wrong before anything is written can be put right.
   */
  async flush(): Promise<void> {
    await this.#unit.flush();
  }

  /** What a flush would do, in order: to be printed. Nothing is written. */
  async plan(): Promise<FlushPlan> {
    return this.#unit.working(() => planOf(this.#unit));
  }

  /** Writes what was changed, and keeps it. */
  async commit(): Promise<void> {
    const unit = this.#unit;
    await unit.working(async () => {
      await unit.listeners.send("beforeCommit", this);
      await unit.flushNow();
      await unit.commit();
    });
    if (unit.settings.expireOnCommit) this.expireAll();
    await unit.listeners.send("afterCommit", this);
  }

  /** Undoes all since the last commit, in the database and in objects: new ones are of no session, deleted ones are back. */
  async rollback(): Promise<void> {
    await this.#unit.rollback();
    await this.#unit.listeners.send("afterRollback", this);
  }

  /** Begins the transaction, which the first statement does by itself; with a function commits after it, and undoes it if it throws. */
  async begin<T>(work?: (session: this) => Promise<T>): Promise<T | undefined> {
    if (work !== undefined) checkFunction(work, "begin");
    await this.#unit.working(() => this.#unit.begin());
    if (work === undefined) return undefined;
    try {
      const result = await work(this);
      await this.commit();
      return result;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  /**
   * Begins a savepoint; with a function keeps what it did, or undoes that alone if it throws.
   *
   * @example
   * ```ts no-run
   * await session.beginNested(async () => session.add(new Album({ name: "Venice" })));
   * ```
   */
  beginNested(): Promise<NestedTransaction>;
  beginNested<T>(work: (nested: NestedTransaction) => Promise<T>): Promise<T>;
  async beginNested<T>(work?: (nested: NestedTransaction) => Promise<T>): Promise<T | NestedTransaction> {
    if (work !== undefined) checkFunction(work, "beginNested");
    const nested = new Nested(this.#unit, await this.#unit.working(() => this.#unit.beginNested()));
    if (work === undefined) return nested;
    try {
      const result = await work(nested);
      if (nested.isActive) await nested.commit();
      return result;
    } catch (error) {
      if (nested.isActive) await nested.rollback();
      throw error;
    }
  }

  /** Has a function hear of an event; gives what ends that. */
  on<E extends SessionEvent>(event: E, listener: Listener<E, Session>): () => void {
    return this.#unit.listeners.on(event, listener);
  }

  /** Undoes what was not committed, and lets go of all objects. */
  async close(): Promise<void> {
    await this.#unit.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #own(row: object, method: string): string {
    modelOf(row, method);
    const tracked = trackedOf(row);
    if (tracked?.owner === this.#unit && tracked.state !== "detached") return tracked.state;
    throw new SessionError(`session.${method}(row): ${(row as StatefulRow).toString()} is not of this session.`);
  }
}

class Nested implements NestedTransaction {
  readonly #unit: UnitOfWork;
  readonly #frame: Frame;

  constructor(unit: UnitOfWork, frame: Frame) {
    this.#unit = unit;
    this.#frame = frame;
  }

  get isActive(): boolean {
    return this.#unit.frames.includes(this.#frame);
  }

  async commit(): Promise<void> {
    await this.#unit.working(async () => {
      await this.#unit.flushNow();
      await this.#unit.endNested(this.#frame, true);
    });
  }

  async rollback(): Promise<void> {
    await this.#unit.undoNested(this.#frame);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isActive) await this.rollback();
  }
}
