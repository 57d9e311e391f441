import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import {
  ConfigurationError,
  Database,
  fields,
  LockNotAvailable,
  manager,
  Model,
  NotSupportedError,
  SerializationError,
  TransactionError,
  UniqueViolation,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Item extends Model("item", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
}) {
  static objects = manager(this);
}

const add = (name: string): Promise<Item> => Item.objects.create({ name });
const names = async (): Promise<string[]> => (await Item.objects.orderBy("name").all()).map(({ name }) => name);

onEngines("A transaction by hand", (engine) => {
  let url: string;
  let db: Database;
  beforeAll(async () => {
    url = await engine.url();
    // PGlite is started by the first who asks.
    db = new Database(url, { pool: { max: 3, acquireTimeout: engine.isPglite ? 20_000 : 2000 } });
    Item.bind(db);
    await db.createTables([Item]);
  });
  afterAll(() => db.close());
  beforeEach(() => Item.objects.delete({ all: true }));

  it("keeps what ran in it when it is committed, and nothing when it is rolled back", async () => {
    const transaction = await db.transaction();
    expect(await transaction.run(() => add("a"))).toMatchObject({ name: "a" });
    await transaction.run(() => add("b"));
    expect(await transaction.run(names)).toEqual(["a", "b"]);
    await transaction.commit();
    expect([transaction.isActive, await names()]).toEqual([false, ["a", "b"]]);
    const other = await db.transaction({ isolation: "serializable" });
    const row = await other.run(() => add("c"));
    await other.rollback();
    expect([other.isActive, row.pk, await names()]).toEqual([false, null, ["a", "b"]]);
    for (const over of [() => other.commit(), () => other.rollback(), () => other.run(names)]) {
      await expect(over()).rejects.toBeInstanceOf(TransactionError);
    }
  });

  it("is rolled back at the end of its scope, unless it was committed", async () => {
    {
      await using transaction = await db.transaction();
      await transaction.run(() => add("lost"));
    }
    {
      await using transaction = await db.transaction();
      await transaction.run(() => add("kept"));
      await transaction.commit();
    }
    const thrown = async (): Promise<void> => {
      await using transaction = await db.transaction();
      await transaction.run(() => add("thrown"));
      throw new Error("out");
    };
    await expect(thrown()).rejects.toThrow("out");
    expect(await names()).toEqual(["kept"]);
  });

  it("goes on after what its function throws, but not after an error of the database", async () => {
    await using transaction = await db.transaction();
    await expect(transaction.run(() => add("a").then(() => Promise.reject(new Error("mine"))))).rejects.toThrow("mine");
    await transaction.run(() => add("b"));
    await expect(transaction.run(() => add("b"))).rejects.toBeInstanceOf(UniqueViolation);
    await expect(transaction.run(names)).rejects.toBeInstanceOf(TransactionError);
    await expect(transaction.commit()).rejects.toMatchObject({ cause: expect.any(UniqueViolation) as unknown });
    expect([transaction.isActive, await names()]).toEqual([false, []]);
  });

  it("has blocks and callbacks in it", async () => {
    const calls: string[] = [];
    const transaction = await db.transaction();
    await transaction.run(async () => {
      await db.onCommit(() => calls.push("committed"));
      await expect(db.atomic(() => add("x").then(() => Promise.reject(new Error("inner"))))).rejects.toThrow("inner");
      await db.atomic(() => add("y"));
      await expect(db.transaction()).rejects.toThrow(/db.savepoint/);
    });
    expect(calls).toEqual([]);
    await transaction.commit();
    expect([calls, await names()]).toEqual([["committed"], ["y"]]);
  });

  it.skipIf(engine.isPglite)("is nobody else's, and is not waited for from inside itself", async () => {
    await using transaction = await db.transaction();
    await transaction.run(async () => {
      await add("mine");
      await db.atomic(async () => {
        for (const waits of [() => transaction.run(names), () => transaction.commit(), () => transaction.rollback()]) {
          await expect(waits()).rejects.toThrow(/in an atomic block inside that transaction/);
        }
      });
    });
    expect(await names()).toEqual([]);
    const other = await engine.database();
    await other.createTables([Item]);
    await other
      .atomic(async () => {
        await Item.objects.using(other).create({ name: "theirs" });
        await transaction.run(async () => {
          await Item.objects.using(other).create({ name: "theirs too" });
          expect(await names()).toEqual(["mine"]);
        });
        throw new Error("out");
      })
      .catch(() => undefined);
    expect(await Item.objects.using(other).count()).toBe(0);
  });

  it("refuses what it does not know", async () => {
    for (const wrong of [{ retries: 1 }, { isolation: "no" }, { lockMode: "no" }, null, "x"] as never[]) {
      await expect(db.transaction(wrong)).rejects.toBeInstanceOf(ConfigurationError);
    }
    await expect(db.savepoint()).rejects.toThrow(/none is under way/);
  });

  it("a block's handle commits and rolls back in the middle, and goes on", async () => {
    const calls: string[] = [];
    let row: Item | null = null;
    const block = db.atomic(async (transaction) => {
      await add("kept");
      await db.onCommit(() => calls.push("kept"));
      await transaction.commit();
      expect(calls).toEqual(["kept"]);
      row = await add("undone");
      await db.onCommit(() => calls.push("undone"));
      await transaction.rollback();
      expect([row.pk, await names()]).toEqual([null, ["kept"]]);
      await add("a");
      await expect(add("a")).rejects.toBeInstanceOf(UniqueViolation);
      await transaction.rollback();
      await add("late");
      throw new Error("out");
    });
    await expect(block).rejects.toThrow("out");
    await db.atomic(async (transaction) => {
      await add("first");
      await transaction.rollback();
      await add("second");
    });
    expect([calls, await names()]).toEqual([["kept"], ["kept", "second"]]);
  });

  it("an inner block's handle keeps and undoes within the outer one", async () => {
    await db.atomic(async () => {
      await add("outer");
      const inner = db.atomic(async (savepoint) => {
        await add("kept");
        await savepoint.commit();
        await add("undone");
        await savepoint.rollback();
        await add("thrown");
        throw new Error("inner");
      });
      await expect(inner).rejects.toThrow("inner");
      expect(await names()).toEqual(["kept", "outer"]);
      await db.atomic(async (outer) => {
        await db.atomic(async () => {
          await expect(outer.rollback()).rejects.toThrow(/outside of its own block/);
        });
      });
    });
    expect(await names()).toEqual(["kept", "outer"]);
  });

  it("is not run again once part of it is committed", async () => {
    let runs = 0;
    const block = db.atomic(
      async (transaction) => {
        runs += 1;
        await add(`run${runs}`);
        await transaction.commit();
        throw new SerializationError("again");
      },
      { retries: 3 },
    );
    await expect(block).rejects.toBeInstanceOf(SerializationError);
    expect([runs, await names()]).toEqual([1, ["run1"]]);
  });

  it("savepoints are places to go back to", async () => {
    await db.atomic(async () => {
      await add("a");
      const first = await db.savepoint();
      await add("b");
      const second = await db.savepoint();
      const row = await add("c");
      await second.rollback();
      expect([row.pk, second.isActive, first.isActive, await names()]).toEqual([null, false, true, ["a", "b"]]);
      const third = await db.savepoint();
      await expect(add("a")).rejects.toBeInstanceOf(UniqueViolation);
      await expect(add("d")).rejects.toBeInstanceOf(TransactionError);
      await third.rollback();
      await add("d");
      await using fourth = await db.savepoint();
      await add("e");
      await fourth.commit();
      await expect(fourth.rollback()).rejects.toThrow(/it is over/);
      {
        await using _lost = await db.savepoint();
        await add("f");
      }
      const fifth = await db.savepoint();
      await first.rollback();
      expect([fifth.isActive, await names()]).toEqual([false, ["a"]]);
      await expect(fifth.commit()).rejects.toThrow(/it is over/);
      await add("end");
    });
    expect(await names()).toEqual(["a", "end"]);
  });

  it("callbacks that throw are let through, unless they are robust", async () => {
    const heard: unknown[] = [];
    const calls: number[] = [];
    const boom = (): never => {
      throw new Error("boom");
    };
    const warned = vi.spyOn(process, "emitWarning").mockReturnValue();
    await db.atomic(async () => {
      await db.onCommit(boom, { robust: (error) => heard.push(error) });
      await db.onCommit(boom, { robust: true });
      await db.onCommit(() => calls.push(1));
    });
    await db.onCommit(boom, { robust: (error) => heard.push(error) });
    await expect.poll(() => warned.mock.calls).toHaveLength(1);
    expect(warned.mock.calls[0]?.[0]).toContain("robust");
    warned.mockRestore();
    expect(heard).toEqual([new Error("boom"), new Error("boom")]);
    expect(calls).toEqual([1]);
    const strict = db.atomic(async () => {
      await db.onCommit(boom);
      await db.onCommit(() => calls.push(2));
    });
    await expect(strict).rejects.toThrow("boom");
    expect(calls).toEqual([1]);
    await expect(db.onCommit(boom, { robust: 1 as never })).rejects.toBeInstanceOf(ConfigurationError);
  });

  it("SQL that would begin or end one unnoticed is refused, and leaves nothing open", async () => {
    const begin = [sql`begin`, sql`  START  transaction`, sql`commit`, sql`rollback work`, sql`end`];
    for (const one of begin) await expect(db.execute(one)).rejects.toThrow(/db\.transaction\(\)/);
    await db.atomic(async () => {
      for (const one of begin) await expect(db.execute(one)).rejects.toBeInstanceOf(TransactionError);
      await db.execute(sql`savepoint mine`);
      await add("mine");
      await db.execute(sql`rollback to mine`);
      await add("kept");
    });
    expect(await names()).toEqual(["kept"]);
    if (engine.name !== "mysql") {
      // What a comment hides is found when the connection comes back.
      await db.execute(sql`/* mine */ begin`);
      await Promise.all([1, 2, 3].map((index) => add(`n${index}`)));
    } else {
      await db.execute(sql`/* mine */ start transaction`);
      await Promise.all([1, 2, 3].map((index) => add(`n${index}`)));
    }
    // A folder of PGlite's is open once.
    if (engine.isPglite) return expect(await names()).toHaveLength(4);
    await using other = new Database(url);
    expect(await Item.objects.using(other).count()).toBe(4);
  });

  it("an inner block that waits for what the outer one started is told so, instead of for ever", async () => {
    const block = db.atomic(async () => {
      const started = add("one").then(() => add("two"));
      started.catch(() => undefined);
      await db.atomic(() => started);
    });
    await expect(block).rejects.toThrow(/waited for an atomic block inside its own.*asked the database nothing for/);
    expect(await names()).toEqual([]);
  });

  it("lock modes are SQLite's", async () => {
    if (engine.name !== "sqlite") {
      const block = db.atomic(() => Promise.resolve(1), { lockMode: "exclusive" });
      await expect(block).rejects.toBeInstanceOf(NotSupportedError);
      await expect(block).rejects.toThrow(/lockMode: "exclusive" is SQLite's alone/);
      await expect(db.transaction({ lockMode: "deferred" })).rejects.toBeInstanceOf(NotSupportedError);
      expect(await db.atomic(names)).toEqual([]);
      return;
    }
    await using other = new Database(`${url}?busyTimeout=50`);
    const theirs = Item.objects.using(other);
    await db
      .atomic(
        async () => {
          await Item.objects.count();
          // Nothing is locked until something is written.
          await theirs.create({ name: "theirs" });
          await expect(add("mine")).rejects.toBeInstanceOf(SerializationError);
        },
        { lockMode: "deferred" },
      )
      .catch(() => undefined);
    for (const lockMode of ["immediate", "exclusive"] as const) {
      await db.atomic(
        async () => {
          await expect(theirs.create({ name: lockMode })).rejects.toBeInstanceOf(LockNotAvailable);
        },
        { lockMode },
      );
    }
    let runs = 0;
    await db.atomic(
      async () => {
        runs += 1;
        await Item.objects.count();
        if (runs === 1) await theirs.create({ name: "between" });
        await add("again");
      },
      { lockMode: "deferred", retries: 1 },
    );
    expect([runs, await names()]).toEqual([2, ["again", "between", "theirs"]]);
    await expect(db.atomic(() => db.atomic(names, { lockMode: "deferred" }))).rejects.toThrow(/outermost/);
  });
});
