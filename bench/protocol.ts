import type { WorkName } from "./works.js";

/** So many runs of a work, each with an index of its own from `start` on. */
export interface Batch {
  readonly work: WorkName;
  readonly start: number;
  readonly times: number;
}

/** What a contestant's process is told to do. */
export type Order = (Batch & { readonly kind: "measure" | "allocated" | "check" }) | { readonly kind: "close" };

/** Microseconds a run: on the clock, and of this process's processor time. */
export interface Measured {
  readonly wall: number;
  readonly cpu: number;
}
