import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Database, OperationalError, TransactionError } from "dunder-orm";
import { onEngines, type TestEngine, useDatabase } from "../../../support/engines.js";
import { FailingDriver, type FailureMode } from "../../../support/failing-driver.js";
import { Author, Book, MODELS, Review, type Scenario, scenarios, Tag } from "./scenarios.js";

/** A disk that is full, in each driver's words: the connection goes on. */
const failures: Readonly<Record<TestEngine["name"], () => Error>> = {
  sqlite: () => Object.assign(new Error("disk I/O error"), { name: "SqliteError", code: "SQLITE_IOERR_WRITE" }),
  postgres: () => Object.assign(new Error("No space left on device"), { code: "53100", severity: "ERROR" }),
  mysql: () => Object.assign(new Error("Disk full"), { errno: 1021, sqlState: "HY000", sqlMessage: "Disk full" }),
};

const TABLES = ["author", "tag", "book", "review"];

async function fill(): Promise<void> {
  for (const model of [Review, Book, Tag, Author]) await model.objects.delete({ all: true });
  await Author.objects.bulkCreate([
    { id: 1, name: "Ann" },
    { id: 2, name: "Bob" },
    { id: 3, name: "Cleo" },
  ]);
  await Tag.objects.bulkCreate([1, 2, 3].map((id) => ({ id, name: `tag ${id}` })));
  await Book.objects.bulkCreate([
    { id: 1, author: 1, editor: 2, title: "One" },
    { id: 2, author: 2, editor: 1, title: "Two" },
  ]);
  await Review.objects.bulkCreate([
    { id: 1, book: 1 },
    { id: 2, book: 2 },
  ]);
  await (await Book.objects.get({ id: 1 })).tags.add(1);
}

/** All that there is, the generated keys of many-to-many rows left out. */
async function everything(db: Database): Promise<unknown> {
  const tables = await Promise.all(TABLES.map((name) => db.execute(sql`select * from ${sql.table(name)} order by id`)));
  const tagged = await Book.objects.orderBy("id", "tags__id").values("id", "tags__id").all();
  return { tables, tagged };
}

onEngines("A driver that fails", (engine) => {
  const holder = useDatabase(engine, MODELS, { pool: { max: 3, acquireTimeout: engine.isPglite ? 20_000 : 2000 } });
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  let driver: FailingDriver;
  beforeAll(async () => {
    process.on("unhandledRejection", note);
    driver = await FailingDriver.before(holder.db);
  });
  afterAll(() => void process.off("unhandledRejection", note));
  beforeEach(() => driver.pass());

  const failAt = async (scenario: Scenario, call: number, mode: FailureMode, before: unknown, after: unknown) => {
    const { db } = holder;
    const where = `call ${call}, ${mode}`;
    driver.fail(call, mode, failures[engine.name]);
    const error = await scenario.run(db).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    driver.pass();
    expect(driver.failures, where).toBeGreaterThan(0);
    // What failed may have been tidied up after, but then all is done.
    if (error !== null && !(error instanceof TransactionError)) expect(error, where).toBeInstanceOf(OperationalError);
    expect(driver.lent, where).toBe(0);
    const now = await everything(db);
    expect(now, where).toEqual(error === null ? after : before);
    // No lock and no transaction is left: the same work goes well.
    if (error === null) return fill();
    await scenario.run(db);
    expect(await everything(db), where).toEqual(after);
  };

  it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", async (_, scenario) => {
    const { db } = holder;
    await fill();
    const before = await everything(db);
    const calls = await driver.callsOf(() => scenario.run(db));
    const after = await everything(db);
    for (let call = 1; call <= calls; call += 1) {
      for (const mode of ["once", "for ever"] as const) {
        await fill();
        await failAt(scenario, call, mode, before, after);
      }
    }
    expect(calls).toBeGreaterThan(0);
    expect(unhandled).toEqual([]);
  });
});
