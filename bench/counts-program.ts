import { Database } from "dunder-orm";
import { bytesOf, CallCounter, type Called, changesOf, promisesOf, statementsOf, warmUp } from "./counts-measure.js";
import { openWorks } from "./counts-works.js";

/** What one run of a work comes to. */
export interface Counts {
  /** Functions called in our built files, and in what they make from text. */
  readonly calls: number;
  readonly promises: number;
  /** Query plans compiled, and those found. */
  readonly compiled: number;
  readonly hits: number;
  /** Statements prepared. */
  readonly prepared: number;
  /** Statements sent. */
  readonly sent: number;
  readonly bytes: number;
}

export interface Counted extends Counts {
  readonly called: readonly Called[];
}

/** Counts every work; one thing after the other, because each way of counting disturbs the next. */
async function count(url: string, ours: string): Promise<Record<string, Counted>> {
  // A server tells of one session only what it was asked.
  const db = new Database(url, url.startsWith("sqlite:") ? {} : { pool: { max: 1 } });
  const works = Object.entries(await openWorks(db));
  const results: Record<string, Counted> = {};
  for (const [name, run] of works) {
    await warmUp(run);
    const bytes = Math.round(await bytesOf(run));
    const promises = await promisesOf(run);
    const plans = await changesOf(() => db.plans.stats, run);
    const statements = await statementsOf(db, run);
    const { compiled = 0, hits = 0 } = plans;
    results[name] = { calls: 0, promises, compiled, hits, ...statements, bytes, called: [] };
  }
  const counter = new CallCounter((script) => script === "" || (script.startsWith(ours) && script !== import.meta.url));
  await counter.start();
  for (const [name, run] of works) {
    const called = await counter.of(run);
    const calls = called.reduce((sum, { times }) => sum + times, 0);
    results[name] = { ...(results[name] as Counted), calls, called };
  }
  await db.close();
  return results;
}

const [, , url, ours] = process.argv as [string, string, string, string];
process.stdout.write(JSON.stringify(await count(url, ours)));
