import { GCProfiler } from "node:v8";
import type { Batch, Measured, Streamed } from "./protocol.js";
import type { Contestant, Work, WorkName } from "./works.js";

/** What is measured inside a contestant's process, which runs with `--expose-gc`. */

const collect = (): void => globalThis.gc?.();
const heapUsed = (): number => process.memoryUsage().heapUsed;

function workOf(contestant: Contestant, name: WorkName): Work {
  const work = contestant.works[name];
  if (work === undefined) throw new Error(`It has no work "${name}".`);
  return work;
}

export async function check(contestant: Contestant, batch: Batch): Promise<unknown> {
  const work = workOf(contestant, batch.work);
  const result = work.plain((await work.run(batch.start)) as never);
  return [result, await contestant.clean()];
}

export async function measure(contestant: Contestant, batch: Batch): Promise<Measured> {
  const work = workOf(contestant, batch.work);
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await repeat(work, batch);
  const wall = Number(process.hrtime.bigint() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await contestant.clean();
  return { wall: wall / batch.times, cpu: (user + system) / batch.times };
}

/** Bytes allocated by one run: what the heap grew by, and what was collected meanwhile. */
export async function allocated(contestant: Contestant, batch: Batch): Promise<number> {
  const found: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    collect();
    const profiler = new GCProfiler();
    profiler.start();
    const before = heapUsed();
    await repeat(workOf(contestant, batch.work), batch);
    const grown = heapUsed() - before;
    const collected = profiler
      .stop()
      ?.statistics.map(
        ({ beforeGC, afterGC }) => beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize,
      );
    found.push((grown + (collected ?? []).reduce((sum, bytes) => sum + bytes, 0)) / batch.times);
    await contestant.clean();
  }
  return median(found);
}

/** Bytes that the rows of a list keep, each. */
export async function retained(contestant: Contestant, name: WorkName): Promise<number> {
  const found: number[] = [];
  for (let attempt = 0; attempt < 7; attempt += 1) found.push(await keptByRow(workOf(contestant, name), attempt));
  return median(found);
}

/** On its own, so that nothing holds the rows of one attempt during the next. */
async function keptByRow(work: Work, attempt: number): Promise<number> {
  collect();
  const before = heapUsed();
  const rows = (await work.run(attempt)) as readonly unknown[];
  collect();
  return (heapUsed() - before) / rows.length;
}

const LOOK_EVERY = 1000;
const COLLECT_EVERY = 50_000;

/** Streams a million rows without keeping any; `null` where the library has no way to. */
export async function stream(contestant: Contestant): Promise<Streamed | null> {
  if (contestant.stream === undefined) return null;
  // Drivers are there, and connected, before anything is measured.
  await contestant.works.get?.run(0);
  collect();
  const before = heapUsed();
  const residentBefore = process.memoryUsage.rss();
  let [rows, held, peak, paused, resident] = [0, 0, 0, 0, 0];
  const start = performance.now();
  for await (const row of contestant.stream()) {
    if (row === null) throw new Error("A stream gives rows.");
    rows += 1;
    if (rows % LOOK_EVERY !== 0) continue;
    peak = Math.max(peak, heapUsed() - before);
    resident = Math.max(resident, process.memoryUsage.rss() - residentBefore);
    if (rows % COLLECT_EVERY !== 0) continue;
    const pause = performance.now();
    collect();
    held = Math.max(held, heapUsed() - before);
    paused += performance.now() - pause;
  }
  return { rows, microsecondsPerRow: ((performance.now() - start - paused) * 1000) / rows, held, peak, resident };
}

async function repeat(work: Work, { start, times, concurrency }: Batch): Promise<void> {
  let next = start;
  const end = start + times;
  const loop = async (): Promise<void> => {
    while (next < end) {
      const result = work.run(next++);
      // A bare SQLite driver answers at once, and is not made to wait.
      if (isThenable(result)) await result;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | undefined)?.then === "function";
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}
