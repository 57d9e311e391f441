import { told } from "../util/told.js";
import type { PoolEvent, PoolStats, RemovalReason } from "./ports/index.js";

/** What a pool counts of itself: how many there are now. */
interface Sizes {
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
}

/** What a pool has done so far, and who wants to hear of it. */
export class PoolLog {
  readonly #sizes: Sizes;
  readonly #listener: ((event: PoolEvent) => unknown) | null;
  #acquired = 0;
  #created = 0;
  #destroyed = 0;
  #timeouts = 0;
  #waited = 0;
  #waitMs = 0;
  #longestWaitMs = 0;

  constructor(sizes: Sizes, listener: ((event: PoolEvent) => unknown) | undefined) {
    this.#sizes = sizes;
    this.#listener = listener ?? null;
  }

  get stats(): PoolStats {
    const { size, idle, waiting } = this.#sizes;
    return {
      ...{ size, idle, waiting, acquired: this.#acquired, created: this.#created, destroyed: this.#destroyed },
      ...{ timeouts: this.#timeouts, waited: this.#waited, waitMs: this.#waitMs, longestWaitMs: this.#longestWaitMs },
    };
  }

  /** Called for every connection that is lent, so that it does next to nothing. */
  acquired(connection: number, waitMs: number): void {
    this.#acquired += 1;
    if (waitMs > 0) this.#waitedFor(waitMs);
    if (this.#listener !== null) this.#tell("acquire", connection, waitMs);
  }

  released(connection: number, lentAt: number): void {
    if (this.#listener !== null) this.#tell("release", connection, performance.now() - lentAt);
  }

  created(connection: number, durationMs: number): void {
    this.#created += 1;
    if (this.#listener !== null) this.#tell("connect", connection, durationMs);
  }

  removed(connection: number, reason: RemovalReason): void {
    this.#destroyed += 1;
    if (this.#listener !== null) this.#tell("remove", connection, 0, reason);
  }

  timedOut(waitMs: number): void {
    this.#timeouts += 1;
    this.#waitedFor(waitMs);
    if (this.#listener !== null) this.#tell("timeout", null, waitMs);
  }

  #waitedFor(ms: number): void {
    this.#waited += 1;
    this.#waitMs += ms;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, ms);
  }

  #tell(type: PoolEvent["type"], connection: number | null, durationMs: number, reason: RemovalReason | null = null) {
    const { size, idle, waiting } = this.#sizes;
    told("onPool", this.#listener as (event: PoolEvent) => unknown, {
      ...{ type, connection, durationMs, reason, size, idle, waiting },
    });
  }
}

const NOTHING: PoolStats = Object.freeze({
  ...{ size: 0, idle: 0, waiting: 0, acquired: 0, created: 0, destroyed: 0 },
  ...{ timeouts: 0, waited: 0, waitMs: 0, longestWaitMs: 0 },
});

/** What several pools together have done; of none, nothing. */
export function statsOf(pools: readonly { readonly stats: PoolStats }[]): PoolStats {
  const sum: Record<string, number> = { ...NOTHING };
  for (const { stats } of pools) {
    for (const [name, value] of Object.entries(stats) as [string, number][]) {
      const so = sum[name] ?? 0;
      sum[name] = name === "longestWaitMs" ? Math.max(so, value) : so + value;
    }
  }
  return sum as unknown as PoolStats;
}
