import { isDeepStrictEqual } from "node:util";
import type { ContestantProcess } from "./process.js";
import type { Measured } from "./protocol.js";
import type { ContestantName, WorkName } from "./works.js";

/** Enough to be above the noise of a shared machine, short enough for all to meet the same conditions. */
const BATCH_MICROSECONDS = 40_000;
const ROUNDS = 15;
const WARM_UP = 4;

/** One contestant's result for one work. Ratios are to the first contestant, the bare driver. */
export interface Result {
  readonly name: ContestantName;
  readonly wall: number;
  readonly wallRatio: number;
  readonly cpuRatio: number;
  /** Bytes allocated a run. */
  readonly bytes: number;
}

/** Throws where contestants do not give the same. */
async function checkEqual(work: WorkName, contestants: readonly ContestantProcess[]): Promise<void> {
  for (const start of [1, 12_345]) {
    const [expected, ...others] = await inTurn(contestants, (one) => one.check({ work, start, times: 1 }));
    others.forEach((found, index) => {
      if (isDeepStrictEqual(found, expected)) return;
      const name = contestants[index + 1]?.name;
      throw new Error(
        `${work}: ${name} gives something else than ${contestants[0]?.name}:\n` +
          `${JSON.stringify(found).slice(0, 500)}\n${JSON.stringify(expected).slice(0, 500)}`,
      );
    });
  }
}

/** Lets contestants take turns, batch by batch; the ratio is taken in each round, and its median counts. */
export async function compare(work: WorkName, contestants: readonly ContestantProcess[]): Promise<Result[]> {
  await checkEqual(work, contestants);
  const times = await inTurn(contestants, (one) => batchSize(one, work));
  const rounds: Measured[][] = [];
  let start = 1;
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(await inTurn(contestants, (one, at) => one.measure({ work, start, times: times[at] ?? 1 })));
    start += Math.max(...times);
  }
  const bytes = await inTurn(contestants, (one, at) => {
    return one.allocated({ work, start: 1, times: Math.max(1, Math.min(200, (times[at] ?? 1) >> 3)) });
  });
  return contestants.map(({ name }, at) => {
    const ratio = (of: (measured: Measured) => number) =>
      median(rounds.map((round) => of(round[at] as Measured) / of(round[0] as Measured)));
    return {
      name,
      wall: median(rounds.map((round) => (round[at] as Measured).wall)),
      wallRatio: ratio(({ wall }) => wall),
      cpuRatio: ratio(({ cpu }) => cpu),
      bytes: bytes[at] ?? 0,
    };
  });
}

/** How many runs fill a batch, once the code is warm. */
async function batchSize(contestant: ContestantProcess, work: WorkName): Promise<number> {
  let times = 1;
  for (let attempt = 0; attempt < WARM_UP + 12; attempt += 1) {
    const { wall } = await contestant.measure({ work, start: attempt * 7, times });
    const wanted = Math.max(1, Math.round(BATCH_MICROSECONDS / wall));
    if (attempt >= WARM_UP && wanted < times * 1.5) return wanted;
    times = Math.min(wanted, times * 8);
  }
  return times;
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
