import fc from "fast-check";
import { expect, it } from "vitest";
import type { Database } from "dunder-orm";
import { onEngines, useDatabase } from "../support/engines.js";
import { Author, Book, libraries, type Library, Profile, store } from "./library.js";
import { type Question, questions } from "./questions.js";
import { SEED } from "./runs.js";
import { updates } from "./updates.js";

/** Querysets an engine; a longer run asks for more. */
const RUNS = Number(process.env["DUNDER_TEST_ORACLE_RUNS"] ?? 20_000);
/** Querysets asked of the same rows. */
const EACH = 500;
const AT_ONCE = 6;
const PLANS = 200;

interface Asking {
  readonly arbitrary: fc.Arbitrary<Question>;
  readonly runs: number;
  readonly atOnce: number;
  readonly ask: (question: Question) => Promise<unknown>;
}

/** What MySQL 9.7 itself does wrong: it takes a subquery in which nothing can be found for one that reads the table being updated. */
function isMysqlsOwn(found: string): boolean {
  return found.includes("for update in FROM clause");
}

onEngines(`Random querysets (seed ${SEED})`, (engine) => {
  const statements: string[] = [];
  const onQuery = ({ sql }: { readonly sql: string }): void => void statements.push(sql);
  const opened = useDatabase(engine, [Author, Book, Profile], { onQuery, planCacheSize: PLANS });

  /** What is wrong about an answer; null for nothing. */
  async function problem(asking: Asking, library: Library, question: Question): Promise<string | null> {
    const expected = JSON.stringify(question.answer(library));
    statements.length = 0;
    const found = await asking.ask(question).then(JSON.stringify, (error: unknown) => String(error));
    if (found === expected) return null;
    if (engine.label === "MySQL" && isMysqlsOwn(found)) return null;
    return [question.code, ...statements, `found    ${found}`, `expected ${expected}`].join("\n");
  }

  async function check(asking: Asking, library: Library, seed: number): Promise<void> {
    const { arbitrary, atOnce } = asking;
    const asked = fc.sample(arbitrary, { seed, numRuns: Math.min(EACH, asking.runs) });
    for (let from = 0; from < asked.length; from += atOnce) {
      const some = asked.slice(from, from + atOnce);
      const wrong = await Promise.all(some.map((question) => problem(asking, library, question)));
      const at = wrong.findIndex((text) => text !== null);
      if (at < 0) continue;
      // Once more from there, one at a time, to make it as small as it can be.
      const one = fc.asyncProperty(arbitrary, async (question) => {
        const text = await problem(asking, library, question);
        if (text !== null) expect.fail(text);
      });
      await fc.assert(one, { seed, path: String(from + at), numRuns: 1, interruptAfterTimeLimit: 60_000 });
      expect.fail(`Wrong only among others: ${wrong[at]}`);
    }
  }

  async function checkAll(asking: Asking): Promise<void> {
    const sets = fc.sample(libraries, { seed: SEED, numRuns: Math.ceil(asking.runs / EACH) });
    for (const [index, library] of sets.entries()) {
      await store(library);
      await check(asking, library, SEED + index);
    }
  }

  it("answer as plain JavaScript does", { timeout: 120_000 + RUNS * 30 }, async () => {
    await checkAll({ arbitrary: questions, runs: RUNS, atOnce: AT_ONCE, ask: (question) => question.ask() });
    const { plans } = opened.db as unknown as { readonly plans: { readonly stats: { readonly kept: number } } };
    expect(plans.stats.kept).toBeLessThanOrEqual(PLANS);
  });

  it("change rows as plain JavaScript does", { timeout: 120_000 + RUNS * 3 }, async () => {
    const ask = (question: Question): Promise<unknown> => undone(opened.db, () => question.ask());
    await checkAll({ arbitrary: updates, runs: Math.ceil(RUNS / 20), atOnce: 1, ask });
  });
});

/** What comes of work in a transaction that is rolled back. */
async function undone(db: Database, work: () => Promise<unknown>): Promise<unknown> {
  const enough = new Error("The transaction is undone.");
  let result: unknown;
  const run = db.atomic(async () => {
    result = await work();
    throw enough;
  });
  await run.catch((error: unknown) => {
    if (error !== enough) throw error;
  });
  return result;
}
