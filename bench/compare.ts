import { isDeepStrictEqual } from "node:util";
import type { ContestantProcess } from "./process.js";
import type { Batch, Measured } from "./protocol.js";
import type { Result, WorkResult } from "./results.js";
import type { WorkName } from "./works.js";

/** Enough to be above the noise of a shared machine, short enough for all to meet the same conditions. */
const BATCH_MICROSECONDS = 40_000;
/** Until then the compiler is still at work on what a program does: longer for libraries than for a few lines. */
const WARM_UP_MICROSECONDS = 1_000_000;

/** What a row keeps is seen in this list. */
const RETAINED: WorkName = "list10000";

/** Throws where contestants do not give the same as the first. */
async function checkEqual(work: WorkName, contestants: readonly ContestantProcess[]): Promise<void> {
  for (const start of [1, 12_345, 20_000]) {
    const found = await inTurn(contestants, (one) => one.check({ work, start, times: 1, concurrency: 1 }));
    found.forEach((answer, at) => {
      if (isDeepStrictEqual(answer, found[0])) return;
      throw new Error(
        `${work}: ${contestants[at]?.name} gives something else than ${contestants[0]?.name}:\n` +
          `${JSON.stringify(answer).slice(0, 500)}\n${JSON.stringify(found[0]).slice(0, 500)}`,
      );
    });
  }
}

/** Lets contestants take turns, batch by batch; the ratio to the first is taken in each round, and its median counts. */
export async function compare(
  work: WorkName,
  concurrency: number,
  contestants: readonly ContestantProcess[],
  roundsWanted: number,
): Promise<WorkResult> {
  await checkEqual(work, contestants);
  const times = await inTurn(contestants, (one) => batchSize(one, work, concurrency));
  const batch = (start: number, at: number): Batch => ({ work, start, times: times[at] ?? 1, concurrency });
  const rounds: Measured[][] = [];
  let start = 1;
  for (let round = 0; round < roundsWanted; round += 1) {
    rounds.push(await inTurn(contestants, (one, at) => one.measure(batch(start, at))));
    start += Math.max(...times);
  }
  const bytes = await inTurn(contestants, (one, at) => {
    const few = Math.max(concurrency, Math.min(200, (times[at] ?? 1) >> 3));
    return one.allocated({ work, start: 1, times: few, concurrency });
  });
  const retained = work === RETAINED ? await inTurn(contestants, (one) => one.retained(work)) : null;
  const results = contestants.map(({ name }, at): Result => {
    return { name, ...summary(rounds, at), bytes: bytes[at] ?? 0, ...(retained && { retained: retained[at] }) };
  });
  return { work, concurrency, contestants: results };
}

function summary(rounds: readonly Measured[][], at: number) {
  const middle = (of: (round: Measured[]) => number) => median(rounds.map(of));
  const one = (round: Measured[], index: number) => round[index] as Measured;
  return {
    wall: middle((round) => one(round, at).wall),
    cpu: middle((round) => one(round, at).cpu),
    wallRatio: middle((round) => one(round, at).wall / one(round, 0).wall),
    cpuRatio: middle((round) => one(round, at).cpu / one(round, 0).cpu),
  };
}

/** How many runs fill a batch, once the code is warm. */
async function batchSize(contestant: ContestantProcess, work: WorkName, concurrency: number): Promise<number> {
  let times = concurrency;
  let ran = 0;
  for (let attempt = 0; ; attempt += 1) {
    const { wall } = await contestant.measure({ work, start: attempt * 7, times, concurrency });
    ran += wall * times;
    const wanted = Math.max(concurrency, Math.round(BATCH_MICROSECONDS / wall));
    if (ran > WARM_UP_MICROSECONDS) return wanted;
    times = Math.min(wanted, times * 8);
  }
}

async function inTurn<T>(
  contestants: readonly ContestantProcess[],
  ask: (contestant: ContestantProcess, at: number) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = [];
  for (const [at, contestant] of contestants.entries()) answers.push(await ask(contestant, at));
  return answers;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? NaN;
}
