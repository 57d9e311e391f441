import { scopeOf, type Write, type Writes } from "../reading-scope.js";
import type { ReadYourWrites } from "../replica-options.js";
import type { Connection, Pool } from "../ports/index.js";
import type { ClusterNode } from "./cluster-node.js";
import type { Roster } from "./roster.js";

const WINDOW = 2000;
const WAIT = 100;

/** Which replica may answer, so that nobody is shown a past in which something was not written yet that he wrote. */
export class Freshness {
  readonly #owner: object;
  readonly #roster: Roster;
  readonly #window: number;
  readonly #wait: number;
  readonly #byPosition: boolean;
  /** What the process wrote, where all of it is to be seen everywhere. */
  readonly #everywhere: Writes | null;

  constructor(owner: object, roster: Roster, option: boolean | ReadYourWrites = false) {
    const { by = "time", ms = WINDOW, wait = WAIT }: ReadYourWrites = typeof option === "object" ? option : {};
    this.#owner = owner;
    this.#roster = roster;
    this.#window = ms;
    this.#wait = wait;
    this.#byPosition = by === "position";
    this.#everywhere = option === false ? null : { last: null };
  }

  /** Something may have been written by the present code. */
  noteWrite(): void {
    const writes = scopeOf(this.#owner)?.writes ?? null;
    if (writes === null && this.#everywhere === null) return;
    const write: Write = { at: performance.now(), position: null, primaryUntil: 0, reachedBy: new WeakSet() };
    if (writes !== null) writes.last = write;
    if (this.#everywhere !== null) this.#everywhere.last = write;
  }

  /** The replica to ask; null for the primary. */
  reader(): ClusterNode | null | Promise<ClusterNode | null> {
    const scope = scopeOf(this.#owner);
    if (scope?.onPrimary === true) return null;
    const writes = scope?.writes ?? this.#everywhere;
    if (writes === null || writes.last === null) return this.#roster.next();
    return this.#byPosition ? this.#upToDate(writes.last) : this.#later(writes, writes.last);
  }

  #later(writes: Writes, write: Write): ClusterNode | null {
    if (performance.now() - write.at < this.#window) return null;
    if (writes.last === write) writes.last = null;
    return this.#roster.next();
  }

  async #upToDate(write: Write): Promise<ClusterNode | null> {
    const node = this.#among(write);
    if (node === null || write.reachedBy.has(node)) return node;
    if (performance.now() < write.primaryUntil) return null;
    const position = await (write.position ??= this.#positionNow());
    // Without a log that tells of positions there is but the time.
    if (position === null) return performance.now() - write.at < this.#window ? null : node;
    if (await this.#hasReached(node, position)) {
      write.reachedBy.add(node);
      return node;
    }
    write.primaryUntil = performance.now() + this.#wait;
    return null;
  }

  /** One that is known to have it, where there is one. */
  #among(write: Write): ClusterNode | null {
    const first = this.#roster.next();
    if (first === null || write.reachedBy.has(first)) return first;
    return this.#roster.readers.find((node) => write.reachedBy.has(node)) ?? first;
  }

  async #positionNow(): Promise<string | null> {
    const { primary, replication } = this.#roster;
    if (primary === null) return null;
    try {
      return await lending(primary.pool, (connection) => replication.position(connection));
    } catch {
      // Whoever asks the primary next hears what is wrong with it.
      return null;
    }
  }

  async #hasReached(node: ClusterNode, position: string): Promise<boolean> {
    const { replication } = this.#roster;
    try {
      return await lending(node.pool, (connection) => replication.hasReached(connection, position, this.#wait));
    } catch (error) {
      this.#roster.eject(node, error);
      return false;
    }
  }
}

async function lending<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await pool.acquire();
  try {
    return await work(connection);
  } finally {
    pool.release(connection);
  }
}
