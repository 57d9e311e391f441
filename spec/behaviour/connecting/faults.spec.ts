import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  AbortError,
  CommitUnknownError,
  ConnectionError,
  Database,
  fields,
  manager,
  Model,
  PoolTimeoutError,
  QueryTimeoutError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { FaultProxy } from "../../support/fault-proxy.js";

class Note extends Model("note", { id: fields.integer({ primaryKey: true }), text: fields.text() }) {
  static objects = manager(this);
}

onEngines("A network with faults", (engine) => {
  // There is no network before SQLite.
  if (engine.name === "sqlite") return it.skip("is not there: SQLite is a file");

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
  // A connection that was reset a moment ago may take a statement before it hears of it.
  const hearOfIt = () => Promise.allSettled([1, 2, 3, 4].map(() => notes().count()));
  const recovered = async (): Promise<void> => {
    proxy.pass();
    await hearOfIt();
    expect(await Promise.all([1, 2, 3, 4].map(() => notes().count()))).toEqual([1, 1, 1, 1]);
  };
  beforeEach(hearOfIt);
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
    await recovered();
  });

  it("that cuts an answer short is no answer", async () => {
    proxy.cutAfter(1000);
    await expect(notes().all()).rejects.toBeInstanceOf(ConnectionError);
    await recovered();
  });

  it("that refuses connections says where, and is forgotten when it is over", async () => {
    await proxy.refuse();
    proxy.reset();
    await hearOfIt();
    await expect(Promise.all([notes().count(), notes().count()])).rejects.toThrow(/cannot be reached: nothing listens/);
    await proxy.accept();
    await recovered();
  });

  it("that is slow is only slow", async () => {
    proxy.delay(20);
    expect(await Promise.all([1, 2, 3, 4].map(() => notes().count()))).toEqual([1, 1, 1, 1]);
  });

  describe("that swallows everything", () => {
    afterEach(() => proxy.reset());
    it("is noticed when the time is over, and costs that connection", async () => {
      await notes().count();
      proxy.blackhole();
      await expect(notes().timeout(50).count()).rejects.toBeInstanceOf(QueryTimeoutError);
      const controller = new AbortController();
      const running = notes().signal(controller.signal).all();
      setTimeout(() => controller.abort(), 30);
      await expect(running).rejects.toBeInstanceOf(AbortError);
      await recovered();
    });

    it("is noticed by a block with a time limit, and by its streams", async () => {
      await expect(
        db.atomic(
          async () => {
            await notes().count();
            proxy.blackhole();
            await notes().count();
          },
          { timeout: 300 },
        ),
      ).rejects.toBeInstanceOf(QueryTimeoutError);
      await recovered();
      const loop = async (): Promise<void> => {
        for await (const _ of notes().timeout(300)) proxy.blackhole();
        await notes().timeout(100).count();
      };
      await expect(loop()).rejects.toBeInstanceOf(QueryTimeoutError);
      await recovered();
    });

    it("is noticed by statementTimeout, which the server could not tell of", async () => {
      const own = new Database(proxy.url, { statementTimeout: 100, pool: { max: 1 } });
      await Note.objects.using(own).count();
      proxy.blackhole();
      await expect(Note.objects.using(own).count()).rejects.toBeInstanceOf(QueryTimeoutError);
      proxy.pass();
      expect(await Note.objects.using(own).count()).toBe(1);
      await own.close();
    });

    it("is noticed while connecting, and by those who wait for a connection", async () => {
      const own = new Database(proxy.url, { connectTimeout: 1000, pool: { max: 1 } });
      const other = new Database(proxy.url, { connectTimeout: 3000, pool: { max: 1, acquireTimeout: 100 } });
      proxy.blackhole();
      await expect(own.connect()).rejects.toThrow(/no answer in time/);
      await expect(own.connect()).rejects.toBeInstanceOf(ConnectionError);
      await expect(other.connect()).rejects.toBeInstanceOf(PoolTimeoutError);
      proxy.pass();
      expect(await Note.objects.using(own).count()).toBe(1);
      await own.close();
    });

    it("does not keep a database from being closed", async () => {
      const own = new Database(proxy.url);
      await Note.objects.using(own).count();
      proxy.blackhole();
      expect(await own.close()).toBe(true);
    });
  });

  describe("that fails during a commit", () => {
    const COMMIT = "COMMIT";

    it("leaves it unknown what became of it, and never runs it again", async () => {
      for (const when of ["before", "after"] as const) {
        let runs = 0;
        const block = db.atomic(
          async () => {
            runs += 1;
            await notes().create({ text: when });
            proxy.resetOn(COMMIT, when);
          },
          { retries: 5 },
        );
        await expect(block).rejects.toBeInstanceOf(CommitUnknownError);
        await expect(block).rejects.toMatchObject({ cause: expect.any(ConnectionError) as unknown });
        expect(runs).toBe(1);
      }
      await hearOfIt();
      expect(await notes().filter({ text: "before" }).exists()).toBe(false);
      await expect.poll(() => notes().filter({ text: "after" }).exists()).toBe(true);
      await notes().filter({ text: "after" }).delete();
    });

    it("is no less unknown to a transaction by hand, or when its time is over", async () => {
      const transaction = await db.transaction();
      await transaction.run(() => notes().create({ text: "hand" }));
      proxy.resetOn(COMMIT, "before");
      await expect(transaction.commit()).rejects.toBeInstanceOf(CommitUnknownError);
      expect(transaction.isActive).toBe(false);
      const block = db.atomic(
        async () => {
          await notes().create({ text: "swallowed" });
          proxy.blackhole();
        },
        { timeout: 2000 },
      );
      await expect(block).rejects.toBeInstanceOf(CommitUnknownError);
      proxy.pass();
      expect(
        await notes()
          .filter({ text__in: ["hand", "swallowed"] })
          .count(),
      ).toBe(0);
    });

    it("before it is known not to have been, is an ordinary lost connection", async () => {
      const block = db.atomic(async () => {
        await notes().create({ text: "lost" });
        proxy.reset();
        await notes().count();
      });
      await expect(block).rejects.toBeInstanceOf(ConnectionError);
      await recovered();
    });
  });
});
