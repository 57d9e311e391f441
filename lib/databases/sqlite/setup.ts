import type { SqliteDatabase } from "./face.js";

/** Teaches a connection something; throws what the driver throws. */
export type SetupStep = (database: SqliteDatabase) => void;

/** What every connection of a database is taught: those that are open at once, others when they are opened. */
export class SqliteSetup {
  /** By what they are about, so that a later one takes an earlier one's place. */
  readonly #steps = new Map<string, SetupStep>();
  readonly #open = new Set<SqliteDatabase>();
  /** What connections are still to be taught that were in the middle of a stream. */
  readonly #owed = new Map<SqliteDatabase, SetupStep[]>();
  /** That of the database which the owner stands for. */
  #other: SqliteSetup | null = null;

  /** Goes over to another database, where the owner only stands for one: all that was said, and what will be. */
  passTo(other: SqliteSetup): void {
    this.#other = other;
    for (const [about, step] of this.#steps) if (other.#steps.get(about) !== step) other.add(about, step);
  }

  /** Teaches all connections. Where one refuses, it is as if nothing had been said. */
  add(about: string, step: SetupStep): void {
    this.#teach(step);
    this.#other?.add(about, step);
    this.#steps.set(about, step);
  }

  /** Forgets a step; false where there was none. What undoes it on connections that are open is up to `now`. */
  remove(about: string): boolean {
    const isElsewhere = this.#other?.remove(about) ?? false;
    return this.#steps.delete(about) || isElsewhere;
  }

  /** Does something on each connection that is open, and on none that is opened later. */
  now(step: SetupStep): void {
    this.#teach(step);
    this.#other?.now(step);
  }

  #teach(step: SetupStep): void {
    for (const database of this.#open) {
      if (!database.open) this.#open.delete(database);
      else if (!taught(database, step)) this.#owed.set(database, [...(this.#owed.get(database) ?? []), step]);
    }
  }

  /** Takes in a connection that was just opened. */
  opened(database: SqliteDatabase): void {
    for (const step of this.#steps.values()) step(database);
    this.#open.add(database);
  }

  /** Teaches a connection what it could not take in before. */
  settle(database: SqliteDatabase): void {
    if (this.#owed.size === 0) return;
    const owed = this.#owed.get(database) ?? [];
    this.#owed.delete(database);
    for (const step of owed) step(database);
  }
}

/** False where the connection is in the middle of a stream, and takes nothing in. */
function taught(database: SqliteDatabase, step: SetupStep): boolean {
  try {
    step(database);
    return true;
  } catch (error) {
    if (error instanceof TypeError && error.message.includes("busy executing a query")) return false;
    throw error;
  }
}

const setups = new WeakMap<object, SqliteSetup>();

/** The setup of a database, whether it has connections already or not. */
export function setupOf(owner: object): SqliteSetup {
  const known = setups.get(owner) ?? new SqliteSetup();
  setups.set(owner, known);
  return known;
}
