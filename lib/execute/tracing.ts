import { CommitUnknownError } from "../errors/index.js";
import type { DatabaseCore } from "./database-core.js";
import { type BlockEvent, type Ending, type Mark, observers, type Traced, type Within } from "./observers.js";

/** What is under way, once it is: waiting for a connection comes first, and is part of what is traced. */
export interface Begun<B extends Within = Within> {
  block: B | null;
}

/** Begins what those who trace see of a block; null where nobody does. */
export function traceOf(database: DatabaseCore, event: BlockEvent): Traced | null {
  return observers.tracer?.block(event, database) ?? null;
}

/** Does something as a part of what is traced. */
export function inside<T>(traced: Traced | null, work: () => T): T {
  return traced === null ? work() : traced.within(work);
}

/** Runs a block from its beginning to its end. */
export async function tracedBlock<T>(
  database: DatabaseCore,
  event: BlockEvent,
  begun: Begun,
  work: () => Promise<T>,
): Promise<T> {
  const traced = traceOf(database, event);
  try {
    const result = await inside(traced, work);
    endTrace(traced, begun.block, KEPT);
    return result;
  } catch (error) {
    endTrace(traced, begun.block, failed(error));
    throw error;
  }
}

export const KEPT: Ending = { error: null, outcome: "commit" };
export const UNDONE: Ending = { error: null, outcome: "rollback" };

export function failed(error: unknown): Ending {
  return { error: error ?? undefined, outcome: error instanceof CommitUnknownError ? "unknown" : "rollback" };
}

/** A block is over, and with it the savepoints made by hand that are in force in it. */
export function endTrace(traced: Traced | null, block: Within | null, ending: Ending): void {
  if (traced === null) return;
  if (block !== null) endMarks(block.marks, { ...ending, error: null });
  traced.end({ ...ending, transaction: block?.id });
}

/** Savepoints made by hand are over, the innermost first. */
export function endMarks(marks: readonly Mark[], ending: Ending): void {
  for (const { traced } of marks.toReversed()) traced?.end(ending);
}
