import { Track } from "../models.js";
import type { ShapeGrowth } from "../results.js";

/** After so many distinct shapes is looked at what a query costs. */
const STEPS = [10, 100, 1000, 10_000];
/** So many shapes, seen last, are run again: fewer than are kept. */
const AGAIN = 100;
const ROUNDS = 15;
const RUNS = 2000;

const COLUMNS = ["title", "composer", "milliseconds", "bytes", "rating", "position", "genre"] as const;
const LOWEST = { gte: true, gt: true, lte: false, lt: false };
const LOOKUPS = Object.entries(LOWEST);
/** A row whose columns are all filled, and within any of the bounds. */
const ROW = { id: 2 };

/** Get-like queries of as many shapes as are wanted: each with a key and seven conditions, which all hold. */
function queryOf(shape: number): Promise<Track[]> {
  const where: Record<string, string | number> = { ...ROW };
  let rest = shape;
  for (const column of COLUMNS) {
    const [lookup, lowest] = LOOKUPS[rest % LOOKUPS.length] as [string, boolean];
    rest = Math.floor(rest / LOOKUPS.length);
    where[`${column}__${lookup}`] = boundOf(column, lowest);
  }
  return Track.objects.filter(where as { id: number }).all();
}

function boundOf(column: (typeof COLUMNS)[number], lowest: boolean): string | number {
  const textual = column === "title" || column === "composer" || column === "genre";
  if (textual) return lowest ? " " : "~";
  return lowest ? -1 : 1e9;
}

/** What plan look-up costs while ever more shapes are seen; times in microseconds a run. */
export async function growShapes(): Promise<ShapeGrowth[]> {
  if ((await queryOf(1)).length !== 1) throw new Error("Each of the queries finds its row.");
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const growth: ShapeGrowth[] = [];
  let seen = 0;
  for (const step of STEPS) {
    const first = await timed(step - seen, (at) => queryOf(seen + at));
    seen = step;
    const kept = Math.min(AGAIN, seen);
    const again = await repeated((at) => queryOf(seen - 1 - (at % kept)));
    const same = await repeated(() => Track.objects.filter(ROW).all());
    globalThis.gc?.();
    growth.push({ seen, first, again, same, heap: process.memoryUsage().heapUsed - before });
  }
  return growth;
}

async function repeated(run: (at: number) => Promise<unknown>): Promise<number> {
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) found.push(await timed(RUNS, run));
  return found.sort((left, right) => left - right)[ROUNDS >> 1] ?? NaN;
}

async function timed(times: number, run: (at: number) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let at = 0; at < times; at += 1) await run(at);
  return ((performance.now() - start) * 1000) / times;
}
