import { AsyncLocalStorage } from "node:async_hooks";
import type { Connection, Pool, Statement } from "../databases/ports/index.js";
import {
  ConfigurationError,
  ConnectionError,
  LockNotAvailable,
  QueryTimeoutError,
  TransactionError,
} from "../errors/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { isObserved } from "../execute/events.js";
import { type Bounds, guarded, release } from "../execute/guard.js";
import { currentBlock, type LimitOptions, withinLimits } from "../execute/index.js";
import { currentLimit, limitsProblem } from "../execute/limits.js";
import { acquired, observed } from "../execute/run.js";
import { translated } from "../execute/translated.js";
import { databaseFor } from "../objects/rows/named-database.js";
import type { AbortSignalLike, DatabaseLike } from "../types/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { onlyMysql } from "./only-mysql.js";

/** Options of `namedLock(db, name, fn, options)`. */
export interface NamedLockOptions {
  /** Milliseconds to wait for the lock; 0 to not wait at all. For ever unless given. */
  readonly timeout?: number;
  /** Stops the waiting when it aborts. */
  readonly signal?: AbortSignalLike;
}

/** A lock that is held, as the function which it is held for gets it. */
export interface NamedLock {
  readonly name: string;
  /** Whether it is still held: not, once its session was lost. */
  isHeld(): Promise<boolean>;
}

/** Seconds in a year: both servers take it, where "for ever" is spelled in two ways. */
const FOREVER = 31_536_000;
/** A limit of statements does not count for waiting. Either server takes the other's words for a comment. */
const GET =
  "/*M! SET STATEMENT max_statement_time = 0 FOR */ SELECT /*+ MAX_EXECUTION_TIME(4294967295) */ GET_LOCK(?, ?)";
const RELEASE = "SELECT RELEASE_LOCK(?)";
const IS_HELD = "SELECT COALESCE(IS_USED_LOCK(?) = CONNECTION_ID(), 0)";
const LONGEST_NAME = 64;
const OPTIONS = ["timeout", "signal"];

/** The locks that the present code holds, so that none waits for itself. */
const held = new AsyncLocalStorage<ReadonlyMap<DatabaseCore, ReadonlySet<string>>>();
/** Of those that wait for a lock in this process only the first has a connection for it. */
const lines = new WeakMap<DatabaseCore, Map<string, Promise<void>>>();

/**
 * Runs a function while no other program of the same server holds the lock of this name: one session each, whichever
 * database it is in. It is held by a connection of its own, for as long as the function runs; what the function asks goes
 * by others of the pool. Transactions go inside: the lock is given back after their commits.
 *
 * @example
 * ```ts no-run
 * await namedLock(db, "shop:nightly-report", async () => {
 *   await db.atomic(async () => buildReport());
 * }, { timeout: 5000 });
 * // SELECT GET_LOCK('shop:nightly-report', 5) … SELECT RELEASE_LOCK('shop:nightly-report')
 * ```
 * @returns what the function gives.
 * @throws LockNotAvailable when the time is over; AbortError; TransactionError inside `db.atomic(…)`, and where the calling
 * code holds the lock already; ConnectionError where the lock was lost before the function was done; NotSupportedError on
 * other engines.
 */
export async function namedLock<T>(
  database: DatabaseLike,
  name: string,
  fn: (lock: NamedLock) => Promise<T> | T,
  options: NamedLockOptions = {},
): Promise<T> {
  const core = databaseFor(database, "write", "namedLock(db, name, fn)");
  onlyMysql(core.engine, "namedLock(…)", "PostgreSQL has advisory locks; SQLite's file has one writer at a time.");
  checkArguments(name, fn, options);
  // MySQL tells names by their letters, MariaDB upper from lower case, too.
  const key = name.normalize().toLowerCase();
  refuseInside(core, name, key);
  const { lock, end } = await obtained(core, name, key, options);
  const around = held.getStore();
  const names = new Set([...(around?.get(core) ?? []), key]);
  let result: T;
  try {
    result = await held.run(new Map([...(around ?? []), [core, names]]), async () => fn(lock));
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }
  if (await end()) return result;
  throw new ConnectionError(`The lock "${name}" was lost before its function was done.`, {
    hint: "Others may have run at the same time. Ask lock.isHeld() before what must not be done twice.",
  });
}

/** Waits for a lock, first behind those of this process. `end` gives it back, and says whether it was still held. */
async function obtained(
  database: DatabaseCore,
  name: string,
  key: string,
  { timeout, signal }: NamedLockOptions,
): Promise<{ readonly lock: NamedLock; readonly end: () => Promise<boolean> }> {
  const limits: LimitOptions = { ...(timeout !== undefined && timeout > 0 && { timeout }), ...(signal && { signal }) };
  let leave: () => void = () => undefined;
  try {
    return await withinLimits(limits, async () => {
      leave = await inLine(database, key, timeout === 0, () => notAvailable(name, 0));
      const session = await openSession(database);
      if (!(await session.get(key, timeout))) {
        session.end(false);
        currentLimit()?.check();
        throw notAvailable(name, timeout);
      }
      const lock = Object.freeze({ name, isHeld: () => session.ask(IS_HELD, key).catch(() => false) });
      const end = async (): Promise<boolean> => {
        const wasHeld = await session.ask(RELEASE, key).catch(() => false);
        session.end(!wasHeld);
        leave();
        return wasHeld;
      };
      return { lock, end };
    });
  } catch (error) {
    leave();
    // That of a signal is another.
    const isOurs = error instanceof QueryTimeoutError && timeout !== undefined && signal?.aborted !== true;
    throw isOurs ? notAvailable(name, timeout, error) : error;
  }
}

/** Waits for those of this process that were first; the answer gives up the place. */
async function inLine(database: DatabaseCore, key: string, atOnce: boolean, refusal: () => Error): Promise<() => void> {
  const line = lines.get(database) ?? new Map<string, Promise<void>>();
  lines.set(database, line);
  const before = line.get(key);
  if (before !== undefined && atOnce) throw refusal();
  let settle: () => void = () => undefined;
  const own = new Promise<void>((resolve) => (settle = resolve));
  const behind = (before ?? Promise.resolve()).then(() => own);
  line.set(key, behind);
  const leave = (): void => settle();
  void behind.then(() => {
    if (line.get(key) === behind) line.delete(key);
  });
  const limit = currentLimit();
  try {
    if (before !== undefined) await (limit === null ? before : limit.race(before));
    return leave;
  } catch (error) {
    leave();
    throw error;
  }
}

/** A connection of the pool that is kept for one lock. */
class LockSession {
  readonly #database: DatabaseCore;
  readonly #pool: Pool;
  readonly #connection: Connection;

  constructor(database: DatabaseCore, pool: Pool, connection: Connection) {
    this.#database = database;
    this.#pool = pool;
    this.#connection = connection;
  }

  /** Gives the connection back, or up where it may not be what it should be. */
  end(destroy: boolean): void {
    release(this.#pool, this.#connection, { destroy });
  }

  async get(name: string, timeout: number | undefined): Promise<boolean> {
    const seconds = timeout === undefined ? FOREVER : Math.ceil(timeout / 1000);
    try {
      return await this.#ask(GET, [name, BigInt(seconds)], { limit: currentLimit(), patience: 0, mayCancel: true });
    } catch (error) {
      // It may have been given all the same.
      this.end(true);
      throw error;
    }
  }

  ask(sql: string, name: string): Promise<boolean> {
    return this.#ask(sql, [name], { limit: null, patience: this.#database.patience, mayCancel: true });
  }

  async #ask(sql: string, parameters: readonly unknown[], bounds: Bounds): Promise<boolean> {
    const database = this.#database;
    const connection = this.#connection;
    const statement: Statement = { sql, returnsRows: true, wideIntegers: false, named: false };
    const work = () => guarded(connection, bounds, sql, () => connection.execute(statement, parameters));
    try {
      const request = { statement, parameters, model: null };
      const { rows } = await (isObserved(database) ? observed(database, request, null, work) : work());
      return Number(rows[0]?.[0]) === 1;
    } catch (error) {
      throw translated(database, error, sql);
    }
  }
}

async function openSession(database: DatabaseCore): Promise<LockSession> {
  try {
    const { pool, connection } = await acquired(database, currentLimit());
    return new LockSession(database, pool, connection);
  } catch (error) {
    throw translated(database, error);
  }
}

function notAvailable(name: string, timeout: number | undefined, cause?: unknown): LockNotAvailable {
  const waited = timeout === undefined || timeout === 0 ? "" : ` for ${timeout} ms`;
  return new LockNotAvailable(`The lock "${name}" is held by somebody else${waited}.`, {
    ...(cause !== undefined && { cause }),
    hint: "Wait longer (timeout), or leave the work to whoever holds it.",
  });
}

function refuseInside(database: DatabaseCore, name: string, key: string): void {
  if (currentBlock(database) !== null) {
    throw new TransactionError(`namedLock(db, "${name}", fn) was called inside an atomic block.`, {
      hint: "It would be given back before the block has committed: take the lock first, and db.atomic(…) inside it.",
    });
  }
  if (held.getStore()?.get(database)?.has(key) === true) {
    throw new TransactionError(`The lock "${name}" is held by the calling code already: it would wait for itself.`);
  }
  if (database.options.pool?.max === 1) {
    throw new ConfigurationError(
      "namedLock(…) keeps a connection, and pool.max is 1: its function could ask nothing.",
      {
        hint: "Raise pool.max.",
      },
    );
  }
}

function checkArguments(name: unknown, fn: unknown, options: unknown): void {
  if (typeof name !== "string" || name === "" || [...name].length > LONGEST_NAME) {
    throw new ConfigurationError(
      `namedLock(db, name, fn): a name has 1 to ${LONGEST_NAME} characters, got ${printable(name)}.`,
    );
  }
  if (typeof fn !== "function") {
    throw new ConfigurationError(`namedLock(db, name, fn) takes a function, got ${printable(fn)}.`);
  }
  if (options === null || typeof options !== "object") {
    throw new ConfigurationError(`namedLock(db, name, fn, options) takes an object, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `namedLock takes no option "${unknown}".${didYouMean(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  const { timeout, signal } = options as { readonly timeout?: unknown; readonly signal?: unknown };
  const problem = limitsProblem({ timeout, signal });
  if (problem !== null) throw new ConfigurationError(`namedLock: ${problem}`);
}
