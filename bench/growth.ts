import { compare } from "./compare.js";
import type { ContestantProcess } from "./process.js";
import type { Growth, WorkResult } from "./results.js";
import { LISTS } from "./works.js";

/** How costs grow: with the rows of a list, and with the shapes of queries that were seen. */
export async function grow(contestants: readonly ContestantProcess[], rounds: number): Promise<Growth> {
  const measured: WorkResult[] = [];
  for (const list of LISTS) measured.push(await compare(list, 1, contestants, rounds));
  const shapes: Growth["shapes"][] = [];
  for (const contestant of contestants) shapes.push((await contestant.growShapes()) ?? []);
  return { shapes: shapes.flat(), lists: contestants.map(({ name }, at) => ({ name, perRow: perRow(measured, at) })) };
}

function perRow(measured: readonly WorkResult[], at: number): Record<number, number> {
  const times = measured.map(({ work, contestants }) => {
    const rows = Number(work.slice("list".length));
    return [rows, (contestants[at]?.wall ?? NaN) / rows] as const;
  });
  return Object.fromEntries(times);
}
