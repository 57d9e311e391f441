import { AsyncLocalStorage } from "node:async_hooks";
import { ConfigurationError, ConnectionError, TransactionError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { guarded } from "../../execute/guard.js";
import { currentBlock, type LimitOptions, limitsProblem, run, withinLimits } from "../../execute/index.js";
import { currentLimit } from "../../execute/limits.js";
import { translated } from "../../execute/translated.js";
import { printable } from "../../util/printable.js";
import { postgresDatabase } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import { type BoundKey, type LockKey, lockKey } from "./lock-key.js";
import type { Connection } from "../../databases/ports/index.js";
import { ask, isPooled, openOwn, withClient } from "./own-connection.js";

/** How an advisory lock is taken. */
export interface AdvisoryLockOptions extends LimitOptions {
  /** Others may hold it at the same time, who share it, too; those who do not wait for all of them. */
  readonly shared?: boolean;
}

/** What a function that runs under a lock is given. */
export interface HeldLock {
  /** Aborts when the connection that holds the lock is lost, and with it the lock: somebody else may have it now. */
  readonly signal: AbortSignal;
}

/** What became of an attempt. */
export type LockAttempt<T> = { readonly acquired: true; readonly result: T } | { readonly acquired: false };

type Locked<T> = (lock: HeldLock) => T | Promise<T>;

/** What the present code holds already, from the innermost outwards. */
interface Holding {
  readonly database: DatabaseCore;
  readonly id: string;
  readonly shared: boolean;
  readonly signal: AbortSignal;
  readonly around: Holding | null;
}

const held = new AsyncLocalStorage<Holding>();
/** Those of this process who wait for a lock, one behind the other: the first alone has a connection that waits. */
const lines = new WeakMap<DatabaseCore, Map<string, Promise<void>>>();

/**
 * Runs a function while nobody else, in whichever process, holds the lock of that name. Outside of transactions the
 * lock has a connection of its own, beside the pool's, and is let go when the function has ended. Inside `db.atomic(…)`
 * it belongs to the transaction and is let go with it; the function may then be left out.
 *
 * @example
 * ```ts
 * await advisoryLock(db, "nightly report", async () => {
 *   await Note.objects.create({ text: "Only one server writes this" });
 * }); // select pg_advisory_lock($1::bigint) … select pg_advisory_unlock($1::bigint)
 * await db.atomic(async () => {
 *   await advisoryLock(db, "album 7"); // select pg_advisory_xact_lock($1::bigint)
 * });
 * ```
 * @throws NotSupportedError on other engines; QueryTimeoutError and AbortError where the limits are over before it has
 * the lock; TransactionError where the same code holds it shared and wants it for itself.
 */
export async function advisoryLock<T = void>(
  db: object | string,
  key: LockKey,
  fn?: Locked<T> | null,
  options: AdvisoryLockOptions = {},
): Promise<T> {
  const attempt = await locked(asked(db, key, fn, options, "advisoryLock"), fn, true);
  return (attempt as { result: T }).result;
}

/**
 * The same, unless somebody else holds the lock: then the function is not run.
 *
 * @example
 * ```ts
 * const { acquired } = await tryAdvisoryLock(db, "clean up", () => Note.objects.filter({ completed: true }).delete());
 * // select pg_try_advisory_lock($1::bigint)
 * ```
 * @throws NotSupportedError on other engines.
 */
export async function tryAdvisoryLock<T = void>(
  db: object | string,
  key: LockKey,
  fn?: Locked<T> | null,
  options: AdvisoryLockOptions = {},
): Promise<LockAttempt<T>> {
  return locked(asked(db, key, fn, options, "tryAdvisoryLock"), fn, false);
}

interface Asked {
  readonly database: DatabaseCore;
  readonly key: BoundKey;
  readonly shared: boolean;
  readonly limits: LimitOptions;
}

function asked(db: unknown, key: unknown, fn: unknown, options: AdvisoryLockOptions, method: string): Asked {
  const where = `${method}(db, key, fn)`;
  const database = postgresDatabase(db, where);
  checkKnown(options, ["shared", "timeout", "signal"], where);
  checkFlags(options, ["shared"], where);
  const { shared = false, timeout, signal } = options;
  const problem = limitsProblem({ timeout, signal });
  if (problem !== null) throw new ConfigurationError(`${where}: ${problem}`);
  const isLeftOut = fn === undefined || fn === null;
  if (typeof fn !== "function" && (!isLeftOut || currentBlock(database) === null)) {
    const hint = isLeftOut ? "Without one the lock would be let go at once, outside of a transaction." : "";
    throw new ConfigurationError(`${where}: expected a function, got ${printable(fn)}. ${hint}`.trimEnd());
  }
  return { database, key: lockKey(key, where), shared, limits: { timeout, signal } };
}

async function locked<T>(lock: Asked, fn: Locked<T> | null | undefined, waits: boolean): Promise<LockAttempt<T>> {
  const work = async ({ signal }: HeldLock): Promise<T> => (await fn?.({ signal })) as T;
  if (currentBlock(lock.database) !== null) {
    if (!(await inTransaction(lock, waits))) return { acquired: false };
    return { acquired: true, result: await work({ signal: new AbortController().signal }) };
  }
  const holding = heldAlready(lock);
  if (holding !== null) return { acquired: true, result: await work(holding) };
  const session = await withinLimits(lock.limits, () => (lock.shared ? inSession : inLine)(lock, waits));
  if (session === null) return { acquired: false };
  const { database, key, shared } = lock;
  const now: Holding = { database, id: key.id, shared, signal: session.signal, around: held.getStore() ?? null };
  try {
    return { acquired: true, result: await held.run(now, work, now) };
  } finally {
    await session.letGo();
  }
}

/** Whoever holds a lock need not wait for it: that would be for ever. */
function heldAlready({ database, key, shared }: Asked): Holding | null {
  for (let at = held.getStore() ?? null; at !== null; at = at.around) {
    if (at.database !== database || at.id !== key.id) continue;
    if (shared || !at.shared) return at;
    throw new TransactionError(
      "This code shares an advisory lock already, which it cannot have for itself meanwhile.",
      {
        hint: "Take the lock without { shared: true } in the first place.",
      },
    );
  }
  return null;
}

/** `pg_try_advisory_xact_lock_shared` and its like. */
function call(how: { waits: boolean; xact?: boolean; shared: boolean; what?: string }, key: BoundKey): string {
  const { waits, xact = false, shared, what = "lock" } = how;
  return `select pg_${waits ? "" : "try_"}advisory_${xact ? "xact_" : ""}${what}${shared ? "_shared" : ""}(${key.sql})`;
}

async function inTransaction({ database, key, shared, limits }: Asked, waits: boolean): Promise<boolean> {
  const sql = call({ waits, xact: true, shared }, key);
  const statement = { sql, returnsRows: true, wideIntegers: false, named: true };
  const { rows } = await withinLimits(limits, () =>
    run(database, { statement, parameters: key.parameters, model: null }),
  );
  return waits || rows[0]?.[0] === true;
}

/** A lock that is held until it is let go. */
interface LockedSession {
  readonly signal: AbortSignal;
  letGo(): Promise<void>;
}

async function inLine(lock: Asked, waits: boolean): Promise<LockedSession | null> {
  let line = lines.get(lock.database);
  if (line === undefined) lines.set(lock.database, (line = new Map<string, Promise<void>>()));
  const { id } = lock.key;
  const before = line.get(id);
  if (before !== undefined && !waits) return null;
  let leave!: () => void;
  const own = new Promise<void>((resolve) => (leave = resolve));
  const tail = before === undefined ? own : Promise.all([before, own]).then(() => undefined);
  line.set(id, tail);
  const left = (): void => {
    leave();
    if (line.get(id) === tail) line.delete(id);
  };
  const session = await atTurn(lock, before, waits).catch((error: unknown) => {
    left();
    throw error;
  });
  if (session === null) left();
  return session && { signal: session.signal, letGo: () => session.letGo().finally(left) };
}

async function atTurn(lock: Asked, before: Promise<void> | undefined, waits: boolean): Promise<LockedSession | null> {
  const limit = currentLimit();
  if (before !== undefined) await (limit === null ? before : limit.race(before));
  return inSession(lock, waits);
}

async function inSession(lock: Asked, waits: boolean): Promise<LockedSession | null> {
  const own = await openOwn(lock.database);
  try {
    const lost = new AbortController();
    await withClient(own.connection, "advisoryLock", (client) => {
      client.once("end", () => lost.abort(new ConnectionError("The connection that held the advisory lock was lost.")));
      return Promise.resolve();
    });
    const unlock = await lockOn(own.connection, lock, waits);
    if (unlock === null) {
      await own.close();
      return null;
    }
    const letGo = async (): Promise<void> => {
      // Without its connection the lock is gone already.
      await unlock().catch(() => undefined);
      await own.close();
    };
    return { signal: lost.signal, letGo };
  } catch (error) {
    await own.close();
    throw error;
  }
}

/**
 * Takes a lock, and gives what lets it go; null where it is somebody else's. A pooler may give the next transaction's session
 * to others, the lock of a session with it: behind one a transaction is kept open that has the lock.
 */
async function lockOn(
  connection: Connection,
  { database, key, shared }: Asked,
  waits: boolean,
): Promise<(() => Promise<unknown>) | null> {
  const xact = await isPooled(connection, "advisoryLock");
  if (xact) await connection.begin({});
  const isOurs = (await askWithin(database, connection, call({ waits, xact, shared }, key), key)) === true || waits;
  if (xact) {
    if (isOurs) return () => connection.rollback();
    await connection.rollback();
    return null;
  }
  const unlock = call({ waits: true, shared, what: "unlock" }, key);
  return isOurs ? () => ask(connection, unlock, key.parameters) : null;
}

async function askWithin(database: DatabaseCore, connection: Connection, sql: string, key: BoundKey): Promise<unknown> {
  try {
    const bounds = { limit: currentLimit(), patience: 0, mayCancel: true };
    return await guarded(connection, bounds, sql, () => ask(connection, sql, key.parameters));
  } catch (error) {
    throw translated(database, error, sql);
  }
}
