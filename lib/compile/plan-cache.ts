import type { Plan } from "./plan.js";

/** Plans by key, the least recently used dropped first. */
export class PlanCache {
  readonly #plans = new Map<string, Plan>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The plan of a key, compiled if it is new. */
  get(key: string, compile: () => Plan): Plan {
    const known = this.#plans.get(key);
    if (known !== undefined) {
      // Moved to the end only when the cache is full: below that nothing is dropped and order does not matter.
      if (this.#plans.size >= this.#capacity) this.#touch(key, known);
      return known;
    }
    const plan = compile();
    if (this.#plans.size >= this.#capacity) this.#dropOldest();
    this.#plans.set(key, plan);
    return plan;
  }

  get size(): number {
    return this.#plans.size;
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
      return;
    }
  }
}
