import { REVALIDATION } from "./errors.js";
import type { NamedStatement, PgQuery } from "./query.js";

const DEFAULT_LIMIT = 100;
/** How often names may be lost before they are given up: a pooler loses them again and again. */
const LOSSES = 2;

/** What the connections of one pool share: whether statements are named at all, and since when names are good. */
export class NamingPolicy {
  readonly limit: number;
  /** Whether a pooler stands before the server: null while that is not known. Who asks for names gets them all the same. */
  #isPooled: boolean | null;
  #isAsking = false;
  #losses = 0;
  #generation = 0;

  constructor(option: boolean | number | undefined) {
    this.limit = option === false ? 0 : typeof option === "number" ? option : DEFAULT_LIMIT;
    this.#isPooled = option === undefined ? null : false;
  }

  get isOn(): boolean {
    return this.limit > 0 && this.#losses < LOSSES && this.#isPooled !== true;
  }

  /** True once it is known that a server is spoken to, and no pooler; until then it has `ask` find out. */
  isSettled(ask: () => void): boolean {
    if (this.#isPooled === null && !this.#isAsking) {
      this.#isAsking = true;
      ask();
    }
    return this.#isPooled !== null;
  }

  /** Takes the answer; null where none came. */
  settle(isPooled: boolean | null): void {
    this.#isAsking = false;
    this.#isPooled = isPooled;
  }

  /** Statements prepared in an earlier generation are prepared anew. */
  get generation(): number {
    return this.#generation;
  }

  /** The server does not know, or knew already, a name of ours: something else gives and takes names there. */
  namesWereLost(): void {
    this.#losses += 1;
  }

  /** A table is not what it was, for the statements of all connections. */
  tablesChanged(): void {
    this.#generation += 1;
  }
}

/** What to do about a query that failed: run it again (under a name or without), or tell. */
export type Remedy = "run unnamed" | "run renamed" | "tell";

interface ServerError {
  readonly code?: string;
  readonly message: string;
  readonly routine?: string;
}

/**
 * The named statements of one connection, the least recently used dropped first.
 *
 * Names carry a random part of the connection's own. Behind a pooler two connections may share a session of the server,
 * and the same name for different statements would then run the wrong one.
 */
export class NamedStatements {
  readonly #policy: NamingPolicy;
  readonly #findPooler: () => void;
  readonly #prefix = `d${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}_`;
  readonly #known = new Map<string, NamedStatement>();
  #latest: string | null = null;
  #named = 0;
  #generation: number;
  #dropped: string[] = [];

  /** `findPooler` asks the server whether a pooler stands before it, for `policy` to be told. */
  constructor(policy: NamingPolicy, findPooler: () => void) {
    this.#policy = policy;
    this.#findPooler = findPooler;
    this.#generation = policy.generation;
  }

  /** The statement to run a text under; null for one that is to run unnamed. */
  find(sql: string, parameters: readonly unknown[]): NamedStatement | null {
    if (!this.#policy.isOn) return this.#giveUp();
    if (this.#generation !== this.#policy.generation) this.forget();
    const found = this.#known.get(sql);
    if (found === undefined) return this.#add(sql, parameters);
    if (this.#latest !== sql) this.#touch(sql, found);
    if (found.isPrepared) return found;
    // While another query prepares it, which may yet fail, this one goes without.
    if (found.name !== "" || !this.#policy.isSettled(this.#findPooler)) return null;
    this.#named += 1;
    found.name = `${this.#prefix}${this.#named}`;
    return found;
  }

  /** Names to be closed on the server with the next query, which must take them along. */
  takeDropped(): readonly string[] {
    if (this.#dropped.length === 0) return this.#dropped;
    const dropped = this.#dropped;
    this.#dropped = [];
    return dropped;
  }

  /** Notes what a query showed of its statement, whether it failed or not. */
  learn(statement: NamedStatement, query: PgQuery): void {
    if (query.name !== undefined) {
      statement.isPrepared = query.wasPrepared;
      // A name whose statement could not be prepared is never used again, nor is any other one.
      if (!statement.isPrepared) statement.name = "";
    }
    if (statement.isPrepared) statement.shape ??= query.shape;
  }

  /** What to do about an error. The statement certainly did nothing, unless the error is merely to be told. */
  remedy(statement: NamedStatement, sql: string, error: ServerError): Remedy {
    if (error.code === "26000" || error.code === "42P05") {
      // Functions may prepare statements of their own; an error about ours names it.
      if (!error.message.includes(this.#prefix)) return "tell";
      // Queries under way at once fail at once: that is one loss.
      if (this.#known.get(sql) === statement) {
        this.#policy.namesWereLost();
        this.forget();
      }
      return "run unnamed";
    }
    if (error.code !== "0A000" || error.routine !== REVALIDATION) return "tell";
    if (this.#known.get(sql) === statement) this.#policy.tablesChanged();
    return "run renamed";
  }

  /** Begins anew: nothing counts as prepared any more, and what still is, is closed. */
  forget(): void {
    for (const { name } of this.#known.values()) {
      if (name !== "") this.#dropped.push(name);
    }
    for (const [sql] of this.#known) this.#known.set(sql, { name: "", isPrepared: false, shape: null });
    this.#generation = this.#policy.generation;
  }

  #giveUp(): null {
    if (this.#known.size > 0) {
      this.forget();
      this.#known.clear();
    }
    return null;
  }

  #add(sql: string, parameters: readonly unknown[]): null {
    // Several statements in one text cannot be prepared, nor most others than these.
    if (parameters.length === 0 && (sql.includes(";") || !/^\s*(?:select|with|insert|update|delete)\b/i.test(sql))) {
      return null;
    }
    this.#latest = sql;
    this.#known.set(sql, { name: "", isPrepared: false, shape: null });
    if (this.#known.size > this.#policy.limit) this.#dropOldest();
    return null;
  }

  #touch(sql: string, statement: NamedStatement): void {
    this.#known.delete(sql);
    this.#known.set(sql, statement);
    this.#latest = sql;
  }

  #dropOldest(): void {
    const [[sql, { name }]] = this.#known as unknown as [[string, NamedStatement]];
    this.#known.delete(sql);
    if (name !== "") this.#dropped.push(name);
  }
}
