import type { EventEmitter } from "node:events";
import type { Row } from "../ports/index.js";

/** What can be told to stop and go on sending: a session of the driver. */
export interface Source {
  pause(): void;
  resume(): void;
}

/**
 * Rows of one statement as they come in, held back by pausing the session while its reader is slow.
 *
 * The session can do nothing else until the last row has come in; `keepRest` and `discardRest` see to that.
 */
export class RowStream {
  readonly #source: Source;
  readonly #chunkSize: number;
  readonly #over: Promise<void>;
  #declareOver!: () => void;
  #rows: Row[] = [];
  #error: Error | null = null;
  #ended = false;
  #paused = false;
  #fate: "hold back" | "keep" | "discard" = "hold back";
  #wake: (() => void) | null = null;

  constructor(source: Source, command: EventEmitter, chunkSize: number) {
    this.#source = source;
    this.#chunkSize = chunkSize;
    this.#over = new Promise((resolve) => (this.#declareOver = resolve));
    command.on("result", (row: Row) => this.#take(row));
    command.on("error", (error: Error) => this.fail(error));
    command.on("end", () => this.#end());
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Settles when the session is free again, or over. */
  whenEnded(): Promise<void> {
    return this.#over;
  }

  /** The next rows, at most a chunk of them; null when there are no more. Throws what ended the statement. */
  async next(): Promise<Row[] | null> {
    while (this.#rows.length < this.#chunkSize && !this.#ended) {
      this.#resume();
      await this.#change();
    }
    if (this.#error !== null) throw this.#error;
    return this.#rows.length === 0 ? null : this.#rows.splice(0, this.#chunkSize);
  }

  /** Takes all that is still to come into memory at once: somebody else needs the session. */
  keepRest(): void {
    if (this.#fate === "hold back") this.#fate = "keep";
    this.#resume();
  }

  /** Lets all that is still to come pass by, and settles when the session is free. */
  async discardRest(): Promise<void> {
    this.#fate = "discard";
    this.#rows = [];
    this.#resume();
    await this.#over;
  }

  /** The statement is over, for a reason the driver tells the session only. */
  fail(error: Error): void {
    this.#error ??= error;
    this.#end();
  }

  #take(row: Row): void {
    if (this.#fate === "discard") return;
    this.#rows.push(row);
    if (this.#fate === "hold back" && this.#rows.length >= this.#chunkSize) {
      this.#paused = true;
      this.#source.pause();
      this.#notify();
    }
  }

  #end(): void {
    this.#ended = true;
    this.#declareOver();
    this.#notify();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#source.resume();
  }

  /** Settles at the next pause or at the end; at once when the end came while the session was being resumed. */
  #change(): Promise<void> {
    if (this.#ended || this.#paused) return Promise.resolve();
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
