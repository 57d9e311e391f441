import type { QueryEvent } from "../databases/options.js";
import type { Request } from "./request.js";

/** Hears of every statement of every database. */
export type Observer = (event: QueryEvent, database: object) => void;

/** How a piece of work ended. */
export interface Ending {
  readonly error: unknown;
  /** Rows read, or affected by a write. */
  readonly rows?: number;
  /** The transaction's number, where it came to be one. */
  readonly transaction?: number | undefined;
  /** What became of what a block wrote. */
  readonly outcome?: "commit" | "rollback" | "unknown";
}

/** A piece of work that is traced. */
export interface Traced {
  /** Does something as a part of it. */
  within<T>(work: () => T): T;
  end(ending: Ending): void;
}

/** A savepoint made by hand: no function is its inside, so that whoever asks in its block is told to be in it. */
export interface Mark {
  readonly traced: Traced | null;
}

/** The transaction that something happens in: a block, or one of Kysely's. */
export interface Within {
  readonly id: number;
  readonly depth: number;
  readonly marks: readonly Mark[];
}

/** A statement about to be sent, or what begins or ends a block. */
export type Sent = (Request & { readonly times?: number }) | { readonly statement: null; readonly control: string };

/** A transaction, or a savepoint, about to begin. */
export interface BlockEvent {
  /** What it is begun in. */
  readonly within: Within | null;
  /** 2 and up where a deadlock or a serialization failure has it run again. */
  readonly attempt: number;
  readonly isolation?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/** Stands around everything that is asked of databases. What it does not trace is null. */
export interface Tracer {
  statement(sent: Sent, database: object, within: Within | null): Traced | null;
  block(event: BlockEvent, database: object): Traced | null;
}

interface Observers {
  readonly queries: Set<Observer>;
  tracer: Tracer | null;
}

const KEY = Symbol.for("dunder-orm.observers");

/** Kept with the process, not with this module: who observes may have come with another file of the package. */
export const observers: Observers = ((globalThis as { [KEY]?: Observers })[KEY] ??= {
  queries: new Set(),
  tracer: null,
});
