import { basename } from "node:path";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConfigurationError, Database, fields, manager, Model, type QueryEvent, type SlowQuery } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines } from "../../support/engines.js";

const HERE = basename(import.meta.url);
const SECRET = "s3cr3t-marker";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 60, unique: true }),
}) {
  static objects = manager(this);
}

onEngines("Those who watch a database", (engine) => {
  let events: QueryEvent[] = [];
  let lines: string[] = [];
  let db: Database;
  beforeEach(async () => {
    db = await engine.database({ onQuery: (event) => events.push(event), echo: (text) => lines.push(text) });
    Note.bind(db);
    await db.createTables([Note]);
    events = [];
    lines = [];
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await db.close();
  });

  const heard = () => events.map(({ sql: text }) => text.split(" ")[0]);

  it("hear of each statement once, with its transaction and savepoint", async () => {
    await Note.objects.create({ id: 1, text: "outside" });
    await db.atomic(async () => {
      await Note.objects.create({ id: 2, text: "in a transaction" });
      await db.atomic(async () => {
        await Note.objects.create({ id: 3, text: "in a savepoint" });
      });
      await Note.objects.filter({ id: 2 }).update({ text: "again" });
    });
    await db.atomic(() => Note.objects.count());
    expect(heard()).toEqual(["insert", "insert", "insert", "update", "select"]);
    const [outside, first, inner, after, second] = events as [
      QueryEvent,
      QueryEvent,
      QueryEvent,
      QueryEvent,
      QueryEvent,
    ];
    expect(outside).toMatchObject({ transaction: null, depth: 0, rows: 1, error: null, model: "Note" });
    expect(first).toMatchObject({ depth: 0, parameters: [2, "in a transaction"] });
    expect(first.transaction).toBeGreaterThan(0);
    expect(inner).toMatchObject({ depth: 1, transaction: first.transaction });
    expect(after).toMatchObject({ depth: 0, transaction: first.transaction });
    expect(second.transaction).toBeGreaterThan(first.transaction!);
    for (const event of events) expect(event.durationMs).toBeGreaterThan(0);
  });

  it("hear of transactions side by side by their numbers", async () => {
    const numbers = engine.name === "sqlite" ? [1] : [1, 2, 3];
    await Promise.all(
      numbers.map((id) =>
        db.atomic(async () => {
          await Note.objects.create({ id, text: `${id}` });
          await Note.objects.filter({ id }).update({ text: `${id}!` });
        }),
      ),
    );
    const byTransaction = new Map<number | null, unknown[]>();
    for (const { transaction, sql: text } of events) {
      byTransaction.set(transaction, [...(byTransaction.get(transaction) ?? []), text.split(" ")[0]]);
    }
    expect([...byTransaction.values()]).toEqual(numbers.map(() => ["insert", "update"]));
  });

  it("hear of raw SQL, Kysely and streams as of everything else", async () => {
    await Note.objects.bulkCreate([1, 2, 3].map((id) => ({ id, text: `${id}` })));
    events = [];
    await db.execute(sql`select ${1} as n`);
    await db.kysely.selectFrom("note").selectAll().execute();
    await db.kysely.transaction().execute(async (transaction) => {
      await transaction.selectFrom("note").select("id").execute();
    });
    await db.atomic(() => db.execute(sql`select ${2} as n`));
    for await (const note of Note.objects.iterator({ chunkSize: 1 })) expect(note.id).toBeLessThan(4);
    expect(events.map(({ rows }) => rows)).toEqual([1, 3, 3, 1, 3]);
    expect(events.map(({ transaction }) => transaction !== null)).toEqual([false, false, true, true, false]);
    expect(events.map(({ model }) => model)).toEqual([null, null, null, null, "Note"]);
  });

  it("hear of what failed with the error that the caller gets", async () => {
    await Note.objects.create({ id: 1, text: SECRET });
    const errors = [
      await Note.objects.create({ id: 2, text: SECRET }).catch((error: unknown) => error),
      await db.execute(sql`select ${SECRET} from nowhere`).catch((error: unknown) => error),
      await db.atomic(() => Note.objects.create({ id: 3, text: SECRET })).catch((error: unknown) => error),
    ];
    expect(events.slice(1).map(({ error }) => error)).toEqual(errors);
    expect(errors.map((error) => (error as Error).name)).toEqual([
      "UniqueViolation",
      "DatabaseError",
      "UniqueViolation",
    ]);
    expect(events.slice(1).every(({ rows }) => rows === 0)).toBe(true);
  });

  it("read what was sent and how long it took, where transactions begin and end, and no value", async () => {
    await db.atomic(async () => {
      await Note.objects.create({ id: 1, text: SECRET });
      await db.atomic(() => Note.objects.create({ id: 2, text: SECRET })).catch(() => null);
    });
    await db.atomic(() => Promise.reject(new Error("no"))).catch(() => null);
    const shown = lines.map((line) => line.replace(/\d+\.\d ms/, "… ms").replace(/transaction \d+/, "transaction N"));
    expect(shown.map((line) => line.replace(/\) insert.*? --/s, ") insert … --"))).toEqual([
      "(… ms) begin -- transaction N",
      "(… ms, 1 row) insert … -- 2 parameters -- transaction N",
      "(… ms) savepoint -- transaction N, savepoint 1",
      "(… ms, failed: UniqueViolation) insert … -- 2 parameters -- transaction N, savepoint 1",
      "(… ms) rollback to savepoint -- transaction N, savepoint 1",
      "(… ms) commit -- transaction N",
      "(… ms) begin -- transaction N",
      "(… ms) rollback -- transaction N",
    ]);
    expect(lines.join()).not.toContain(SECRET);
  });

  it("print to the console, a line for each clause of a long statement", async () => {
    const print = vi.spyOn(console, "log").mockReturnValue(undefined);
    const loud = await engine.database({ echo: true });
    await loud.createTables([Note]);
    print.mockClear();
    await Note.objects.using(loud).filter({ text__contains: "from where", id__gt: 3 }).orderBy("-text").limit(3).all();
    expect(print).toHaveBeenCalledTimes(1);
    const [[text]] = print.mock.calls as [[string]];
    expect(text.split("\n").map((line) => /^\s*(\([^)]*\) )?(\w+)/.exec(line)?.[2])).toEqual([
      "select",
      "from",
      "where",
      "order",
      "limit",
    ]);
  });

  it("do no harm when they throw", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue(undefined);
    const noisy = await engine.database({
      onQuery: () => {
        throw new Error("a bad listener");
      },
      onSlowQuery: () => Promise.reject(new Error("a bad promise")),
      slowQueryThreshold: 0,
    });
    await noisy.createTables([Note]);
    await Note.objects.using(noisy).create({ id: 1, text: "kept" });
    await noisy.atomic(() => Note.objects.using(noisy).create({ id: 2, text: "kept, too" }));
    expect(await Note.objects.using(noisy).count()).toBe(2);
    const said = warn.mock.calls.map(([text]) => String(text));
    expect(said).toContain("onQuery of a database threw: a bad listener");
    expect(said).toContain("onSlowQuery of a database threw: a bad promise");
  });

  it("hear of slow statements, with the line that asked", async () => {
    const slow: SlowQuery[] = [];
    const eager = await engine.database({ slowQueryThreshold: 0, onSlowQuery: (event) => slow.push(event) });
    await eager.createTables([Note]);
    slow.length = 0;
    await Note.objects.using(eager).filter({ text: SECRET }).all();
    await eager.atomic(() => Note.objects.using(eager).count());
    expect(slow).toMatchObject([
      { model: "Note", rows: 0, error: null, transaction: null },
      { model: "Note", rows: 1, depth: 0 },
    ]);
    for (const { place } of slow) expect(place).toContain(HERE);

    const patient = await engine.database({ slowQueryThreshold: 60_000, onSlowQuery: (event) => slow.push(event) });
    await patient.createTables([Note]);
    expect(await Note.objects.using(patient).count()).toBe(0);
    expect(slow).toHaveLength(2);
  });

  it("read of slow statements on the console, where nobody else wants to", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
    const eager = await engine.database({ slowQueryThreshold: 0 });
    await eager.createTables([Note]);
    warn.mockClear();
    await Note.objects.using(eager).filter({ text: SECRET }).exists();
    const [[text]] = warn.mock.calls as [[string]];
    expect(text).toMatch(/^Slow query \(\d+\.\d ms, \d rows?\) select/);
    expect(text).toContain(HERE);
    expect(text).not.toContain(SECRET);
  });

  describe("who count", () => {
    it("count their own, and say which there were", async () => {
      const other = await engine.database();
      await other.createTables([Note]);
      const beside = Note.objects.using(other);
      await Promise.all([
        expectQueries(2, async () => {
          await Note.objects.count();
          await Note.objects.exists();
        }),
        expectQueries(1, () => Note.objects.count()),
        expectQueries(1, () => Promise.all([Note.objects.count(), beside.count()]), { database: other }),
      ]);
      const failing = expectQueries(1, () =>
        db.atomic(() => Promise.all([Note.objects.count(), db.execute(sql`select 1`)])),
      );
      await expect(failing).rejects.toThrow(
        /Expected 1 query, got 2:\n {2}1\. select count\(\*\) from .note.\n {2}2\. select 1/,
      );
      await expect(expectQueries(1, () => Promise.resolve())).rejects.toThrow(/Expected 1 query, got 0\.$/);
    });
  });
});

it("options that no watcher would hear of are refused", () => {
  for (const [options, says] of [
    [{ onSlowQuery: () => undefined }, /never called without slowQueryThreshold/],
    [{ slowQueryThreshold: -1 }, /slowQueryThreshold: expected a whole number from 0/],
    [{ slowQueryThreshold: "100" }, /slowQueryThreshold/],
    [{ slowQueryThreshold: 1, onSlowQuery: "log" }, /onSlowQuery: expected a function/],
    [{ onSlowQery: 1 }, /Did you mean "onSlowQuery"/],
  ] as const) {
    expect(() => new Database("sqlite::memory:", options as never)).toThrow(ConfigurationError);
    expect(() => new Database("sqlite::memory:", options as never)).toThrow(says);
  }
});
