import { dunderContestant } from "./contestants/dunder.js";
import { kyselyContestant } from "./contestants/kysely.js";
import { mysqlContestant } from "./contestants/mysql.js";
import { postgresContestant } from "./contestants/postgres.js";
import { sqliteContestant } from "./contestants/sqlite.js";
import type { Batch, Measured, Order } from "./protocol.js";
import type { Contestant, ContestantName, EngineName, Work } from "./works.js";

/** A process of one contestant: it waits for orders, so that all take turns without sharing a heap or compiled code. */

const bare = { sqlite: sqliteContestant, postgres: postgresContestant, mysql: mysqlContestant };

function contestantFor(name: ContestantName, engine: EngineName, url: string): Contestant {
  if (name === "dunder-orm") return dunderContestant(url);
  if (name === "kysely") return kyselyContestant(engine, url);
  return bare[engine](url, name === "raw-map");
}

async function repeat(work: Work, { start, times }: Batch): Promise<void> {
  for (let index = start; index < start + times; index += 1) {
    const result = work.run(index);
    // A bare SQLite driver answers at once, and is not made to wait.
    if (result instanceof Promise) await result;
  }
}

async function measure(contestant: Contestant, batch: Batch): Promise<Measured> {
  const work = contestant.works[batch.work];
  const cpu = process.cpuUsage();
  const start = process.hrtime.bigint();
  await repeat(work, batch);
  const wall = Number(process.hrtime.bigint() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await contestant.clean();
  return { wall: wall / batch.times, cpu: (user + system) / batch.times };
}

/** Bytes allocated by one run: the median of a few short stretches in which nothing was collected. */
async function allocated(contestant: Contestant, batch: Batch): Promise<number> {
  const found: number[] = [];
  for (let attempt = 0; attempt < 9; attempt += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    await repeat(contestant.works[batch.work], batch);
    const bytes = (process.memoryUsage().heapUsed - before) / batch.times;
    if (bytes > 0) found.push(bytes);
    await contestant.clean();
  }
  return found.sort((a, b) => a - b)[found.length >> 1] ?? 0;
}

async function check(contestant: Contestant, batch: Batch): Promise<unknown> {
  const work = contestant.works[batch.work];
  const result = work.plain((await work.run(batch.start)) as never);
  return [result, await contestant.clean()];
}

async function obey(contestant: Contestant, order: Order): Promise<unknown> {
  if (order.kind === "measure") return measure(contestant, order);
  if (order.kind === "allocated") return allocated(contestant, order);
  if (order.kind === "check") return check(contestant, order);
  await contestant.close();
  return null;
}

const [, , name, engine, url] = process.argv as [string, string, ContestantName, EngineName, string];
const contestant = contestantFor(name, engine, url);
process.on("message", (order: Order) => {
  obey(contestant, order).then(
    (answer) => {
      process.send?.({ answer });
      if (order.kind === "close") process.disconnect();
    },
    (error: unknown) => process.send?.({ error: (error as Error).stack }),
  );
});
