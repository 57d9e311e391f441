import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ConnectionError, Database, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { FaultProxy } from "../../support/fault-proxy.js";

class Note extends Model("note", { id: fields.integer({ primaryKey: true }), text: fields.text() }) {
  static objects = manager(this);
}

onEngines("A network with faults", (engine) => {
  // There is no network before SQLite.
  if (engine.name === "sqlite") return it.skip("is not there");

  useDatabase(engine, [Note]);
  let proxy: FaultProxy;
  let db: Database;
  const notes = () => Note.objects.using(db);
  beforeAll(async () => {
    const own = await engine.url();
    proxy = await FaultProxy.before(own);
    db = new Database(proxy.url, { pool: { max: 2 } });
    await db.createTables([Note]);
  });
  afterAll(async () => {
    await db.close();
    await proxy.close();
  });
  afterEach(() => proxy.pass());

  it("passes everything on as long as there are none", async () => {
    const text = "é".repeat(200_000);
    await notes().create({ text });
    expect((await notes().get()).text).toBe(text);
  });

  it("that resets connections costs the statements under way, and no others", async () => {
    const slow = db.atomic(async () => {
      await notes().count();
      proxy.reset();
      await notes().count();
    });
    await expect(slow).rejects.toBeInstanceOf(ConnectionError);
    expect(await notes().count()).toBe(1);
  });

  it("that cuts an answer short is no answer", async () => {
    proxy.cutAfter(1000);
    await expect(notes().all()).rejects.toBeInstanceOf(ConnectionError);
    expect(await notes().count()).toBe(1);
  });

  it("that refuses connections says where, and is forgotten when it is over", async () => {
    await proxy.refuse();
    proxy.reset();
    // A connection that was reset a moment ago may take a statement before it hears of it.
    await Promise.allSettled([notes().count(), notes().count()]);
    await expect(Promise.all([notes().count(), notes().count()])).rejects.toThrow(/cannot be reached: nothing listens/);
    await proxy.accept();
    expect(await notes().count()).toBe(1);
  });

  it("that is slow is only slow", async () => {
    proxy.delay(20);
    expect(await Promise.all([1, 2, 3, 4].map(() => notes().count()))).toEqual([1, 1, 1, 1]);
  });
});
