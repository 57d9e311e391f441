import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import {
  fields,
  LockNotAvailable,
  manager,
  Model,
  TransactionError,
  TransactionRolledBack,
  UniqueViolation,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Thing extends Model("thing", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
}) {
  static objects = manager(this);
}

const names = async (): Promise<string[]> => (await Thing.objects.orderBy("name").all()).map(({ name }) => name);
const add = (name: string): Promise<Thing> => Thing.objects.create({ name });

onEngines("A block that an error broke", (engine) => {
  const holder = useDatabase(engine, [Thing], { pool: { max: 3 } });
  beforeEach(() => Thing.objects.delete({ all: true }));

  /** What a query after some failure, and the block's end, have to say. */
  const afterwards = async (fail: () => Promise<unknown>): Promise<readonly [first: unknown, unknown, unknown]> => {
    let first: unknown;
    let second: unknown;
    const end: unknown = await holder.db
      .atomic(async () => {
        await add("lost");
        first = await fail().catch((error: unknown) => error);
        second = await add("later").catch((error: unknown) => error);
      })
      .catch((error: unknown) => error);
    return [first, second, end];
  };

  it("refuses what comes later, and names the first error, whatever the engine would do", async () => {
    const failures: (() => Promise<unknown>)[] = [
      () => add("lost"),
      () => Thing.objects.bulkCreate([{ name: "new" }, { name: "lost" }]),
      () => Thing.objects.raw(sql`select * from nothing`).all(),
      () => holder.db.execute(sql`insert into thing (name) values (${"lost"})`),
      async () => {
        for await (const _ of Thing.objects.annotate({}).iterator()) await add("lost");
      },
    ];
    if (engine.name === "sqlite") {
      failures.push(() => holder.db.execute(sql`insert or rollback into thing (name) values (${"lost"})`));
    }
    for (const fail of failures) {
      const [first, second, end] = await afterwards(fail);
      expect(second).toBeInstanceOf(TransactionError);
      expect(second).toMatchObject({ cause: first });
      expect(end).toBeInstanceOf(TransactionError);
      expect(end).toMatchObject({ cause: first });
      expect(await names()).toEqual([]);
    }
  });

  it("rejects with what broke it, of all that was started together", async () => {
    await add("there");
    const together = holder.db.atomic(() => Promise.all(["a", "b", "there", "c", "d"].map((name) => add(name))));
    await expect(together).rejects.toBeInstanceOf(UniqueViolation);
    const outcomes: unknown[] = [];
    const each = holder.db.atomic(async () => {
      outcomes.push(...(await Promise.allSettled(["a", "there", "b"].map((name) => add(name)))));
    });
    await expect(each).rejects.toBeInstanceOf(TransactionError);
    expect(outcomes).toMatchObject([
      { status: "fulfilled" },
      { reason: { name: "UniqueViolation" } },
      { reason: { name: "TransactionError", cause: { name: "UniqueViolation" } } },
    ]);
    expect(await names()).toEqual(["there"]);
  });

  it("an inner one that the engine ended with the whole transaction breaks the outer one, too", async () => {
    if (engine.name !== "sqlite") return;
    const block = holder.db.atomic(async () => {
      await add("outer");
      const inner = holder.db.atomic(async () => {
        await add("inner");
        await holder.db.execute(sql`insert or rollback into thing (name) values (${"outer"})`);
      });
      await expect(inner).rejects.toBeInstanceOf(UniqueViolation);
      await add("later");
    });
    await expect(block).rejects.toBeInstanceOf(TransactionError);
    expect(await names()).toEqual([]);
  });

  it("by waiting too long for a lock is undone as a whole, though MySQL undoes the statement alone", async () => {
    if (engine.name !== "mysql") return;
    await add("locked");
    const { db } = holder;
    await using other = await db.transaction();
    await other.run(() => Thing.objects.filter({ name: "locked" }).update({ name: "theirs" }));
    const block = db.atomic(async () => {
      await add("mine");
      await db.execute(sql`set innodb_lock_wait_timeout = 1`);
      const waited = Thing.objects.filter({ name: "locked" }).update({ name: "mine too" });
      await expect(waited).rejects.toBeInstanceOf(LockNotAvailable);
      await expect(names()).rejects.toBeInstanceOf(TransactionError);
    });
    await expect(block).rejects.toMatchObject({ cause: expect.any(LockNotAvailable) as unknown });
    await other.rollback();
    expect(await names()).toEqual(["locked"]);
  });

  it("unknown to us is not committed either", async () => {
    if (engine.name !== "postgres") return;
    const { db } = holder;
    const run = db.kysely.transaction().execute(async (kysely) => {
      await kysely.insertInto("thing").values({ name: "lost" }).execute();
      await sql`select 1 / 0`.execute(kysely).catch(() => undefined);
    });
    await expect(run).rejects.toBeInstanceOf(TransactionRolledBack);
    await expect(run).rejects.toBeInstanceOf(TransactionError);
    expect(await names()).toEqual([]);
  });
});
