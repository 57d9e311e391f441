import { sql } from "kysely";
import { expect, it } from "vitest";
import type { Database } from "dunder-orm";
import { fields, manager, Model, OperationalError } from "dunder-orm";
import { readsBesideWriter } from "../../support/drivers.js";
import { onEngines } from "../../support/engines.js";

class Line extends Model("beside_line", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

onEngines("Beside a transaction that writes", (engine) => {
  /** Runs work outside of a transaction that wrote "new" and goes on until the work is done. */
  async function beside<T>(db: Database, work: () => Promise<T>): Promise<T> {
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let wrote!: () => void;
    const written = new Promise<void>((resolve) => (wrote = resolve));
    const block = db.atomic(async () => {
      await Line.objects.create({ text: "new" });
      wrote();
      await finished;
    });
    await written;
    try {
      return await work();
    } finally {
      finish();
      await block;
    }
  }

  async function open(max: number): Promise<Database> {
    const db = await engine.database({ pool: { max, acquireTimeout: 3000 } });
    Line.bind(db);
    await db.createTables([Line]);
    await Line.objects.create({ text: "old" });
    return db;
  }

  const texts = (): Promise<string[]> => Line.objects.orderBy("id").valuesList("text", { flat: true }).all();

  it.skipIf(!readsBesideWriter)("everything can be read as it was before", async () => {
    const db = await open(4);
    const read = await beside(db, async () => {
      const { pk } = await Line.objects.get();
      const streamed: string[] = [];
      for await (const { text } of Line.objects.iterator()) streamed.push(text);
      return [
        await texts(),
        await Line.objects.timeout(2000).count(),
        await Line.objects.filter({ pk }).exists(),
        (await Line.objects.raw(sql`select * from beside_line`).all()).length,
        streamed,
        new Set(await Promise.all(Array.from({ length: 50 }, () => Line.objects.count()))).size,
        await db.atomic(texts, { readOnly: true }),
      ];
    });
    expect(read.map((value) => JSON.stringify(value).replaceAll('"', ""))).toEqual([
      "[old]",
      "1",
      "true",
      "1",
      "[old]",
      "1",
      "[old]",
    ]);
    expect(await texts()).toEqual(["old", "new"]);
  });

  it.skipIf(!readsBesideWriter)("a read-only transaction sees one state, and takes no writes", async () => {
    const db = await open(4);
    let begin!: () => void;
    const write = new Promise<void>((resolve) => (begin = resolve)).then(() => Line.objects.create({ text: "new" }));
    const seen = await db.atomic(
      async () => {
        const before = await texts();
        begin();
        await write;
        return [before, await texts()];
      },
      { readOnly: true, ...(engine.name !== "sqlite" && { isolation: "repeatable read" }) },
    );
    expect(seen).toEqual([["old"], ["old"]]);
    expect(await texts()).toEqual(["old", "new"]);
  });

  it.skipIf(!readsBesideWriter)("writes wait for their turn, and tell of it when it does not come", async () => {
    const db = await open(4);
    const refused = db.atomic(() => Line.objects.create({ text: "no" }), { readOnly: true });
    await expect(refused).rejects.toBeInstanceOf(OperationalError);
    const order: string[] = [];
    let write: Promise<unknown> = Promise.resolve();
    await beside(db, async () => {
      write = Line.objects.create({ text: "later" }).then(() => order.push("written"));
      order.push(...(await texts()));
    });
    await write;
    expect(order.slice(0, 2)).toEqual(engine.name === "sqlite" ? ["old", "written"] : expect.arrayContaining(["old"]));
    expect((await texts()).sort()).toEqual(["later", "new", "old"]);
  });

  it.skipIf(!readsBesideWriter)("a loop over a stream that asks for more does not wait for itself", async () => {
    const db = await open(engine.name === "sqlite" ? 1 : 3);
    await Line.objects.create({ text: "two" });
    const counts: number[] = [];
    let waiting: Promise<unknown> = Promise.resolve();
    await beside(db, async () => {
      for await (const _ of Line.objects.iterator({ chunkSize: 1 })) {
        waiting = Promise.all([waiting, Line.objects.count().then((count) => counts.push(count))]);
      }
    });
    await waiting;
    expect(counts).toHaveLength(2);
  });

  it.skipIf(!readsBesideWriter)("a temporary table is found where it is", async () => {
    if (engine.name !== "sqlite") return;
    const db = await open(2);
    await db.execute(sql`create temp table own (n integer)`);
    await db.execute(sql`insert into own values (1), (2)`);
    class Own extends Model("own", { n: fields.integer({ primaryKey: true }) }, { database: db }) {
      static objects = manager(this);
    }
    let rows: Promise<unknown> = Promise.resolve();
    await beside(db, async () => {
      rows = Promise.all([Own.objects.count(), Own.objects.timeout(2000).count()]);
      expect(await texts()).toEqual(["old"]);
    });
    expect(await rows).toEqual([2, 2]);
  });
});
