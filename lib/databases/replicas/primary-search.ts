import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionError, OperationalError, QueryTimeoutError } from "../../errors/index.js";
import type { Standing } from "../ports/index.js";
import type { Failover } from "../replica-options.js";
import type { ClusterNode } from "./cluster-node.js";
import type { Roster } from "./roster.js";

const WAIT = 5000;
/** Milliseconds between two looks at all servers. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 250;
/** Milliseconds that are left to others which could be the primary, too, when one was found. */
const GRACE = 50;
/** A primary that is found well so often, by one who meets errors there, is not the reason of them. */
const ALARMS = 3;

/** Something to be done, which may have to look for a server. */
export interface Errand {
  readonly reads: boolean;
  /** It only reads, but no replica would have it. */
  onPrimary: boolean;
  /** When it is given up, by `performance.now()`; null while nothing is wrong. */
  deadline: number | null;
  alarms: number;
}

export function errandFor(reads: boolean): Errand {
  return { reads, onPrimary: false, deadline: null, alarms: 0 };
}

/** Finds out whether the primary is one still, and if it is not, which server was made the primary instead. */
export class PrimarySearch {
  readonly #roster: Roster;
  readonly #isOn: boolean;
  readonly #wait: number;
  #running: Promise<void> | null = null;

  constructor(roster: Roster, failover: boolean | Failover = true) {
    this.#roster = roster;
    this.#isOn = failover !== false;
    this.#wait = (typeof failover === "object" ? failover.wait : undefined) ?? WAIT;
  }

  /** True for an error that is of the server, and after which nothing is left of what was to be done. */
  concerns(error: unknown): error is OperationalError {
    if (!(error instanceof OperationalError)) return false;
    if (this.isLoss(error)) return true;
    return this.#roster.replication.refusesWrites(error.code);
  }

  /** True for an error of a server that could not be reached, or is there no more. */
  isLoss(error: unknown): boolean {
    return (
      error instanceof ConnectionError &&
      error.cause !== undefined &&
      !this.#roster.replication.refusesGuests(error.code)
    );
  }

  /** Hears of an error: looks into it, where it may be the primary's. */
  hears(error: unknown): boolean {
    // Of those the server itself has told, the number tells; this one it has not.
    const isSilence = error instanceof QueryTimeoutError && error.code === undefined;
    const concerns = this.concerns(error);
    if ((concerns || isSilence) && this.#isOn && !this.#roster.isClosed) void this.#begin(error);
    return concerns;
  }

  /** Settles when there is a primary, and throws the error when that takes too long. */
  async settled(error: unknown, errand: Errand): Promise<void> {
    if (!this.#isOn || this.#roster.isClosed) throw error;
    errand.deadline ??= performance.now() + this.#wait;
    errand.alarms += 1;
    const search = this.#begin(error);
    const left = errand.deadline - performance.now();
    if (left <= 0 || errand.alarms > ALARMS) throw error;
    let timer: NodeJS.Timeout | null = null;
    // Not unref'ed: who waits must hear of the end.
    const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(error as Error), left)));
    try {
      await Promise.race([search, late]);
    } finally {
      clearTimeout(timer ?? undefined);
    }
  }

  #begin(error: unknown): Promise<void> {
    this.#running ??= this.#search(error).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #search(error: unknown): Promise<void> {
    const roster = this.#roster;
    if (roster.primary !== null) {
      const standing = await roster.examine(roster.primary);
      if (standing === "full" || standing?.takesWrites === true) return;
      roster.lose(error);
    }
    for (let pause = FIRST_PAUSE; !roster.isClosed; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const found = await this.#look();
      if (roster.isClosed) return;
      if (found !== null) return roster.promote(found);
      await sleep(pause, undefined, { ref: false });
    }
  }

  /** The server that is the primary by now; null for none. */
  #look(): Promise<ClusterNode | null> {
    const { nodes } = this.#roster;
    const found: ClusterNode[] = [];
    let left = nodes.length;
    return new Promise((resolve) => {
      const settle = (): void => resolve(latest(found));
      const look = async (node: ClusterNode): Promise<void> => {
        const standing = await this.#roster.examine(node);
        left -= 1;
        if (typeof standing === "object" && standing !== null && this.#mayLead(node, standing)) {
          found.push(node);
          setTimeout(settle, GRACE);
        }
        if (left === 0) settle();
      };
      for (const node of nodes) void look(node);
    });
  }

  #mayLead(node: ClusterNode, standing: Standing): boolean {
    if (!standing.takesWrites) return false;
    if (node === this.#roster.lastPrimary) return true;
    // Where the engine tells it, a copy of the same data, and promoted since; else one that took no writes before.
    return standing.family === null ? node.wasReplica && !node.isStandalone : this.#roster.succeeds(standing);
  }
}

/** The one that was promoted last; where the engine does not tell, one that was a replica before. */
function latest(found: readonly ClusterNode[]): ClusterNode | null {
  const order = ({ standing, told }: ClusterNode): number =>
    (standing?.generation ?? 0) + (told.role === "replica" ? 0.5 : 0);
  return found.reduce<ClusterNode | null>(
    (best, node) => (best === null || order(node) > order(best) ? node : best),
    null,
  );
}
