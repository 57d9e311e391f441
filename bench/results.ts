import type { Streamed } from "./protocol.js";
import { type EngineName, type WorkName, WORKS } from "./works.js";

/** What was measured on one engine, as it is kept in docs/benchmarks. Times in microseconds a run, sizes in bytes. */
export interface Results {
  readonly engine: EngineName;
  /** What was measured with: Node.js, the driver, the server, the rivals. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cpu: string;
  readonly rounds: number;
  readonly works: readonly WorkResult[];
  readonly streams?: Readonly<Record<string, Streamed | null>>;
  readonly growth?: Growth;
}

export interface WorkResult {
  readonly work: WorkName;
  /** Runs in flight at a time. */
  readonly concurrency: number;
  readonly contestants: readonly Result[];
}

/** One contestant's result for one work. Ratios are to the first contestant, the bare driver. */
export interface Result {
  readonly name: string;
  readonly wall: number;
  readonly cpu: number;
  readonly wallRatio: number;
  readonly cpuRatio: number;
  /** Allocated a run. */
  readonly bytes: number;
  /** Kept by each listed row. */
  readonly retained?: number;
}

export interface Growth {
  readonly shapes: readonly ShapeGrowth[];
  /** Microseconds a row, by contestant and length of the list. */
  readonly lists: readonly { readonly name: string; readonly perRow: Readonly<Record<number, number>> }[];
}

/** What queries cost when so many distinct shapes have been seen. */
export interface ShapeGrowth {
  readonly seen: number;
  /** The first run of a shape. */
  readonly first: number;
  /** Runs of the hundred shapes seen last, in turn. */
  readonly again: number;
  /** Runs of one shape, which was there from the start. */
  readonly same: number;
  /** Heap in use beyond what it was before the first. */
  readonly heap: number;
}

const placeOf = ({ work, concurrency }: WorkResult): number =>
  WORKS.findIndex((name) => name === work) + WORKS.length * concurrency;

/** Newer results take the place of older ones of the same works; what was not measured again is kept. */
export function merge(older: Results | null, newer: Results): Results {
  const replaced = ({ work, concurrency }: WorkResult) =>
    newer.works.some((one) => one.work === work && one.concurrency === concurrency);
  const kept = older?.works.filter((one) => !replaced(one)) ?? [];
  const works = [...kept, ...newer.works].toSorted((left, right) => placeOf(left) - placeOf(right));
  return { ...older, ...newer, versions: { ...older?.versions, ...newer.versions }, works };
}
