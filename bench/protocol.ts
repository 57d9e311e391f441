import type { WorkName } from "./works.js";

/** So many runs of a work, each with an index of its own from `start` on, and so many of them in flight at a time. */
export interface Batch {
  readonly work: WorkName;
  readonly start: number;
  readonly times: number;
  readonly concurrency: number;
}

/** What a contestant's process is told to do. */
export type Order =
  | (Batch & { readonly kind: "measure" | "allocated" | "check" })
  | { readonly kind: "retained"; readonly work: WorkName }
  | { readonly kind: "works" | "stream" | "shapes" | "close" };

/** Microseconds a run: on the clock, and of this process's processor time. */
export interface Measured {
  readonly wall: number;
  readonly cpu: number;
}

/** How a million rows were streamed; heap in bytes above what was in use before. */
export interface Streamed {
  readonly rows: number;
  readonly microsecondsPerRow: number;
  /** What could not be collected. */
  readonly held: number;
  /** The highest that was seen, garbage included. */
  readonly peak: number;
  /** Memory of the whole process beyond what it was: buffers, and what the collector has not given back. */
  readonly resident: number;
}
