/**
 * Loads the countries and cities of the world into a database and asks it questions.
 *
 *     npm run world                                # SQLite, a file in the system's temporary directory
 *     npm run world -- world.sqlite                # another file
 *     npm run world -- postgres://user@host/name   # PostgreSQL, MySQL, MariaDB
 *
 * Every answer is checked; the process ends with exit code 1 where one is wrong.
 */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionConfig, Database, setDefaultDatabase } from "dunder-orm";
import { loadWorld } from "./load.js";
import { Border, City, Country, Currency, Language } from "./models.js";
import { showProgress } from "./progress.js";
import { questions } from "./queries.js";
import { readSources, show } from "./show.js";

const target = process.argv[2] ?? join(tmpdir(), "dunder-world.sqlite");

try {
  await main();
} catch (error) {
  console.error(error instanceof assert.AssertionError ? `Wrong answer: ${error.message}` : error);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const start = performance.now();
  const statements: string[] = [];
  await using db = new Database(config(target), { onQuery: ({ sql }) => statements.push(sql) });
  setDefaultDatabase(db);
  console.log(`Loading the world into ${masked(target)}`);
  await loadWorld(db, showProgress);
  const loaded = performance.now();
  await checkCounts();
  const sources = readSources();
  assert.equal(sources.length, questions.length, "every question's text was found in queries.ts");
  for (const [index, question] of questions.entries()) await show(question, sources[index] ?? "", statements);
  const asked = performance.now();
  console.log(`\n${questions.length} questions answered, and every answer is right.`);
  console.log(`Loading took ${seconds(loaded - start)}, asking ${seconds(asked - loaded)}.`);
}

async function checkCounts(): Promise<void> {
  const counts = {
    countries: await Country.objects.count(),
    cities: await City.objects.count(),
    languages: await Language.objects.count(),
    currencies: await Currency.objects.count(),
    borders: await Border.objects.count(),
  };
  assert.deepEqual(counts, { countries: 250, cities: 138_398, languages: 153, currencies: 162, borders: 649 });
  console.log(
    Object.entries(counts)
      .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
      .join(", "),
  );
}

/** A URL as it is; anything else is a file of SQLite's. */
function config(given: string): string | ConnectionConfig {
  return /^[a-z]{2,}:/.test(given) ? given : { scheme: "sqlite", database: given };
}

function masked(given: string): string {
  return given.replace(/\/\/[^@/]*@/, "//***@");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
