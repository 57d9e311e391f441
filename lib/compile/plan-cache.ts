import type { Plan } from "./plan.js";

/** What a plan cache has done since it was made. */
export interface PlanStats {
  /** Plans kept now. */
  readonly kept: number;
  /** Runs that found their plan. */
  readonly hits: number;
  /** Plans compiled: runs that did not find theirs. */
  readonly compiled: number;
  /** Plans dropped for newer ones. */
  readonly dropped: number;
  /** Statements that had no plan, since Kysely compiled them: those of `db.kysely`, `db.execute` and `toKysely()`. */
  readonly unplanned: number;
}

/** Where plans are kept. */
export type Plans = Pick<PlanCache, "get" | "stats" | "clear" | "countUnplanned">;

/** Plans by key, the least recently used dropped first. A capacity of 0 keeps none. */
export class PlanCache {
  readonly #plans = new Map<string, Plan>();
  readonly #capacity: number;
  #hits = 0;
  #compiled = 0;
  #dropped = 0;
  #unplanned = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The plan of a key, compiled if it is new. */
  get(key: string, compile: () => Plan): Plan {
    const known = this.#plans.get(key);
    if (known === undefined) return this.#add(key, compile());
    this.#hits += 1;
    // Moved to the end only when the cache is full: below that nothing is dropped and order does not matter.
    if (this.#plans.size >= this.#capacity) this.#touch(key, known);
    return known;
  }

  #add(key: string, plan: Plan): Plan {
    this.#compiled += 1;
    if (this.#capacity === 0) return plan;
    if (this.#plans.size >= this.#capacity) this.#dropOldest();
    this.#plans.set(key, plan);
    return plan;
  }

  get stats(): PlanStats {
    return {
      kept: this.#plans.size,
      hits: this.#hits,
      compiled: this.#compiled,
      dropped: this.#dropped,
      unplanned: this.#unplanned,
    };
  }

  countUnplanned(): void {
    this.#unplanned += 1;
  }

  clear(): void {
    this.#plans.clear();
  }

  #touch(key: string, plan: Plan): void {
    this.#plans.delete(key);
    this.#plans.set(key, plan);
  }

  #dropOldest(): void {
    for (const key of this.#plans.keys()) {
      this.#plans.delete(key);
      this.#dropped += 1;
      return;
    }
  }
}
