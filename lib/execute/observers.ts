import type { QueryEvent } from "../databases/options.js";

/** Hears of every statement of every database. */
export type Observer = (event: QueryEvent, database: object) => void;

/** What is known of a block that is about to begin. */
export interface BlockEvent {
  /** How many blocks it is inside of: 0 for a transaction. */
  readonly depth: number;
}

/** Stands around every block of every database: gives what the block gives. */
export type BlockObserver = <T>(event: BlockEvent, database: object, block: () => Promise<T>) => Promise<T>;

interface Observers {
  readonly queries: Set<Observer>;
  readonly blocks: Set<BlockObserver>;
}

const KEY = Symbol.for("dunder-orm.observers");

/** Kept with the process, not with this module: who observes may have come with another file of the package. */
export const observers: Observers = ((globalThis as { [KEY]?: Observers })[KEY] ??= {
  queries: new Set(),
  blocks: new Set(),
});

/** Runs a block with those around it who observe blocks. */
export function observedBlock<T>(event: BlockEvent, database: object, block: () => Promise<T>): Promise<T> {
  let work = block;
  for (const observer of observers.blocks) {
    const inner = work;
    work = () => observer(event, database, inner);
  }
  return work();
}
