import { ConfigurationError } from "../errors/index.js";
import { didYouMean } from "../util/suggest.js";
import type { ObjectState } from "./states.js";

/** An object went from one state to another. */
export interface StateChange {
  readonly row: object;
  readonly from: ObjectState;
  readonly to: ObjectState;
}

/** What a flush is about to do, or has done. */
export interface FlushEvent<S = unknown> {
  readonly session: S;
  readonly inserted: readonly object[];
  readonly updated: readonly object[];
  readonly deleted: readonly object[];
}

/** What those hear who listen to a session. */
export interface SessionEvents<S = unknown> {
  /** Before rows are looked at: what is changed here is written, too. It may ask the session for rows. */
  beforeFlush: S;
  /** After all was written, and not committed yet. */
  afterFlush: FlushEvent<S>;
  beforeCommit: S;
  afterCommit: S;
  afterRollback: S;
  stateChanged: StateChange;
}

export type SessionEvent = keyof SessionEvents;

/** A function that hears of an event; what it promises is waited for, but of `stateChanged`. */
export type Listener<E extends SessionEvent, S = unknown> = (event: SessionEvents<S>[E]) => unknown;

const NAMES = "beforeFlush afterFlush beforeCommit afterCommit afterRollback stateChanged".split(" ");

/** Who listens to a session, or to all sessions of a maker. */
export class Listeners {
  readonly #around: Listeners | null;
  readonly #heard = new Map<string, Set<(event: never) => unknown>>();

  constructor(around: Listeners | null = null) {
    this.#around = around;
  }

  /** Gives what ends it. */
  on(name: string, listener: (event: never) => unknown): () => void {
    if (!NAMES.includes(name) || typeof listener !== "function") {
      throw new ConfigurationError(
        `session.on("${name}", fn): no such event, or no function.${didYouMean(name, NAMES)} Events: ${NAMES.join(", ")}.`,
      );
    }
    let listeners = this.#heard.get(name);
    if (listeners === undefined) this.#heard.set(name, (listeners = new Set()));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  hears(name: SessionEvent): boolean {
    return (this.#heard.get(name)?.size ?? 0) > 0 || this.#around?.hears(name) === true;
  }

  async send(name: SessionEvent, event: unknown): Promise<void> {
    await this.#around?.send(name, event);
    for (const listener of this.#heard.get(name) ?? []) await listener(event as never);
  }

  tell(change: StateChange): void {
    this.#around?.tell(change);
    for (const listener of this.#heard.get("stateChanged") ?? []) listener(change as never);
  }
}
