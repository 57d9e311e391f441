import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { sql } from "kysely";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  AbortError,
  ConfigurationError,
  Database,
  FieldError,
  fields,
  LockNotAvailable,
  manager,
  Model,
  QuerySet,
  QueryTimeoutError,
  raw,
  TransactionError,
} from "dunder-orm";
import { onEngines, type TestEngine, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Tag extends Model("tag", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
}) {
  static objects = manager(this);
}

class TagQuery extends QuerySet<Tag> {
  named(name: string) {
    return this.filter({ name });
  }
  override async count(): Promise<number> {
    return (await super.count()) + 1000;
  }
}

/** Something that takes longer than any test. */
function forever({ label }: TestEngine) {
  if (label === "PostgreSQL") return sql<number>`(select 1 from pg_sleep(60))`;
  if (label === "MariaDB") return sql<number>`sleep(60)`;
  // A sleep(60) that is all of a query and is stopped is no error to MySQL, but 1.
  return sql<number>`(select 1 where sleep(60) = 0)`;
}

/** How many statements of that kind a server is at work on. */
async function atWork(engine: TestEngine, db: Database): Promise<number> {
  const query =
    engine.name === "postgres"
      ? sql<{ n: unknown }>`select count(*) as n from pg_stat_activity
          where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`
      : sql<{ n: unknown }>`select count(*) as n from information_schema.processlist
          where db = database() and info like '%sleep(60)%' and id <> connection_id()`;
  return Number((await db.execute(query))[0]?.n);
}

onEngines("Limits", (engine) => {
  const holder = useDatabase(engine, [Tag], { pool: { max: 3, acquireTimeout: 3000 } });
  const isServer = engine.name !== "sqlite";
  beforeAll(() => Tag.objects.bulkCreate([{ name: "a" }, { name: "b" }, { name: "ü" }]));
  afterEach(async () => {
    // Whatever happened, every connection is usable, and nothing is locked.
    await Promise.all(
      [1, 2, 3].map(() => holder.db.atomic(() => Tag.objects.filter({ name: "a" }).update({ name: "a" }))),
    );
    if (isServer) expect(await atWork(engine, holder.db)).toBe(0);
  });
  const never = () => new AbortController().signal;

  it("change nothing where they are not met", async () => {
    const tags = Tag.objects.orderBy("name").timeout(60_000).signal(never());
    expect((await tags.all()).map((tag) => tag.name)).toEqual(["a", "b", "ü"]);
    expect(await tags.filter({ name__gt: "a" }).count()).toBe(2);
    expect(await tags.exists()).toBe(true);
    expect((await tags.first())?.name).toBe("a");
    expect(await tags.values("name").first()).toEqual({ name: "a" });
    expect((await tags.inBulk(["ü"], { field: "name" })).size).toBe(1);
    const seen: string[] = [];
    for await (const tag of tags) seen.push(tag.name);
    for await (const tag of tags.iterator({ chunkSize: 1 })) {
      seen.push(tag.name);
      if (tag.name === "b") break;
    }
    expect(seen).toEqual(["a", "b", "ü", "a", "b"]);
    expect(tags.sql()).toEqual(Tag.objects.orderBy("name").sql());
    expect(await tags.none().update({ name: "x" })).toBe(0);
    const [made, isNew] = await tags.getOrCreate({ name: "new" });
    expect([isNew, await tags.filter({ pk: made.pk }).delete()]).toEqual([true, { total: 1, byModel: { Tag: 1 } }]);
    await expect(tags.get({ name: "none" })).rejects.toBeInstanceOf(Tag.DoesNotExist);
    expect(
      await Tag.objects
        .timeout(60_000)
        .raw(sql`select * from tag where name = ${"b"}`)
        .all(),
    ).toHaveLength(1);
  });

  it.skipIf(without.has("plans"))("share plans with querysets that have none", async () => {
    const { db } = holder;
    await Tag.objects.filter({ name: "a" }).all();
    const before = db.stats.plans.compiled;
    for (const ms of [1000, 2000, 3000]) await Tag.objects.filter({ name: "a" }).timeout(ms).all();
    await Tag.objects.timeout(0).filter({ name: "a" }).signal(never()).all();
    expect(db.stats.plans.compiled).toBe(before);
  });

  it("go with querysets of classes of one's own", async () => {
    const tags = new TagQuery(Tag).named("a").timeout(1000).named("a");
    expect(tags).toBeInstanceOf(TagQuery);
    expect(await tags.count()).toBe(1001);
    expect(inspect(tags)).toContain("TagQuery");
    await expect(tags.signal(AbortSignal.abort()).count()).rejects.toBeInstanceOf(AbortError);
    expect(await new TagQuery(Tag).named("a").count()).toBe(1001);
  });

  it("refuse what they cannot be", async () => {
    for (const wrong of ["5", -1, Number.NaN, undefined, null, { ms: 5 }] as never[]) {
      expect(() => Tag.objects.timeout(wrong)).toThrow(FieldError);
      expect(() => Tag.objects.signal(wrong)).toThrow(FieldError);
    }
    expect(() => Tag.objects.signal({ aborted: true } as never)).toThrow(/AbortSignal/);
    const { db } = holder;
    for (const wrong of [{ timeout: "1" }, { signal: 5 }, { tiemout: 5 }] as never[]) {
      await expect(db.atomic(() => Promise.resolve(1), wrong)).rejects.toBeInstanceOf(ConfigurationError);
      await expect(db.execute(sql`select 1`, wrong)).rejects.toBeInstanceOf(ConfigurationError);
    }
  });

  it("that are over beforehand send nothing", async () => {
    const reason = new Error("gone");
    const aborted = Tag.objects.signal(AbortSignal.abort(reason));
    const write = aborted.create({ name: "never" });
    await expect(write).rejects.toMatchObject({ name: "AbortError", cause: reason });
    await expect(write).rejects.toBeInstanceOf(AbortError);
    await expect(aborted.iterator().next()).rejects.toBeInstanceOf(AbortError);
    await expect(aborted.raw(sql`select * from tag`).all()).rejects.toBeInstanceOf(AbortError);
    const { db } = holder;
    const signal = AbortSignal.abort();
    let ran = false;
    await expect(db.atomic(() => Promise.resolve((ran = true)), { signal })).rejects.toBeInstanceOf(AbortError);
    await expect(db.execute(sql`delete from tag`, { signal })).rejects.toBeInstanceOf(AbortError);
    expect([ran, await Tag.objects.count()]).toEqual([false, 3]);
  });

  it("end the waiting for a connection", async () => {
    const { db } = holder;
    let finish!: () => void;
    const busy = new Promise<void>((resolve) => (finish = resolve));
    const blocks = [1, 2, 3].map(() => db.atomic(() => busy));
    const write = Tag.objects.filter({ name: "none" }).timeout(30).update({ name: "x" });
    await expect(write).rejects.toBeInstanceOf(QueryTimeoutError);
    await expect(db.execute(sql`delete from tag where name = 'none'`, { timeout: 30 })).rejects.toBeInstanceOf(
      QueryTimeoutError,
    );
    await expect(db.atomic(() => Tag.objects.count(), { timeout: 30 })).rejects.toThrow(/time limit of 30 ms/);
    const controller = new AbortController();
    const waiting = Tag.objects.signal(controller.signal).update({ name: "x" }, { all: true });
    setTimeout(() => controller.abort("enough"), 20);
    await expect(waiting).rejects.toMatchObject({ name: "AbortError", cause: "enough" });
    const late = Tag.objects.count();
    finish();
    await Promise.all(blocks);
    expect(await late).toBe(3);
  });

  it("of a block undo it, even while its function does other things", async () => {
    const { db } = holder;
    let later: Promise<unknown> = Promise.resolve();
    const block = db.atomic(
      async () => {
        await Tag.objects.create({ name: "slow" });
        await sleep(80);
        later = Tag.objects.create({ name: "later" });
        later.catch(() => undefined);
        await later;
      },
      { timeout: 40 },
    );
    await expect(block).rejects.toBeInstanceOf(QueryTimeoutError);
    expect(await Tag.objects.filter({ name: "slow" }).exists()).toBe(false);
    await sleep(80);
    await expect(later).rejects.toBeInstanceOf(TransactionError);
    expect(await Tag.objects.count()).toBe(3);
  });

  it("of an inner block leave the outer one whole", async () => {
    await holder.db.atomic(async () => {
      await Tag.objects.create({ name: "outer" });
      const inner = holder.db.atomic(
        async () => {
          await Tag.objects.create({ name: "inner" });
          await sleep(1000);
        },
        { timeout: 30 },
      );
      await expect(inner).rejects.toBeInstanceOf(QueryTimeoutError);
      expect(await Tag.objects.filter({ name__in: ["outer", "inner"] }).count()).toBe(1);
    });
    expect((await Tag.objects.filter({ name: "outer" }).delete()).total).toBe(1);
  });

  it("of a block hold for what runs in it, as the nearest of several does", async () => {
    const controller = new AbortController();
    const block = holder.db.atomic(
      async () => {
        await Tag.objects.timeout(60_000).create({ name: "x" });
        controller.abort();
        await Tag.objects.timeout(60_000).count();
      },
      { signal: controller.signal },
    );
    await expect(block).rejects.toBeInstanceOf(AbortError);
    expect(await Tag.objects.count()).toBe(3);
  });

  it("do not bind what is called back after the commit", async () => {
    const calls: number[] = [];
    const controller = new AbortController();
    await holder.db.atomic(
      () =>
        holder.db.onCommit(async () => {
          controller.abort();
          calls.push(await Tag.objects.count());
        }),
      { signal: controller.signal },
    );
    expect(calls).toEqual([3]);
  });

  it("of a stream count while it is asked for rows, not while the loop works", async () => {
    const seen: string[] = [];
    for await (const tag of Tag.objects.orderBy("name").timeout(300).iterator({ chunkSize: 1 })) {
      seen.push(tag.name);
      await sleep(150);
    }
    expect(seen).toEqual(["a", "b", "ü"]);
    const controller = new AbortController();
    const loop = async (): Promise<void> => {
      for await (const _ of Tag.objects.signal(controller.signal).iterator({ chunkSize: 1 })) controller.abort();
    };
    await expect(loop()).rejects.toBeInstanceOf(AbortError);
  });

  if (isServer) {
    describe("stop the server", () => {
      const slow = () => Tag.objects.annotate({ x: raw(forever(engine), "integer") });

      it("when time is over", async () => {
        const error: unknown = await slow()
          .timeout(50)
          .all()
          .catch((caught: unknown) => caught);
        expect(error).toBeInstanceOf(QueryTimeoutError);
        expect((error as QueryTimeoutError).sql).toMatch(/^select/i);
        expect((error as QueryTimeoutError).cause).toBeInstanceOf(Error);
        expect(await atWork(engine, holder.db)).toBe(0);
        await expect(slow().timeout(50).count()).resolves.toBe(3);
        await expect(slow().timeout(50).first()).rejects.toBeInstanceOf(QueryTimeoutError);
        await expect(slow().timeout(50).iterator().next()).rejects.toBeInstanceOf(QueryTimeoutError);
        await expect(holder.db.execute(sql`select ${forever(engine)}`, { timeout: 50 })).rejects.toBeInstanceOf(
          QueryTimeoutError,
        );
      });

      it("when a signal aborts, at any time", async () => {
        for (const wait of [0, 1, 3, 7, 20, 50]) {
          const controller = new AbortController();
          const running = slow().signal(controller.signal).all();
          const [outcome] = await Promise.all([
            running.catch((error: unknown) => error),
            sleep(wait).then(() => controller.abort()),
          ]);
          expect(outcome).toBeInstanceOf(AbortError);
        }
        await expect(slow().signal(AbortSignal.timeout(30)).all()).rejects.toBeInstanceOf(QueryTimeoutError);
      });

      it("and keep the connection, where it says that it has stopped", async () => {
        const db = await engine.database({ pool: { max: 1 } });
        const id =
          engine.name === "postgres"
            ? sql<{ id: number }>`select pg_backend_pid() as id`
            : sql<{ id: number }>`select connection_id() as id`;
        const [before] = await db.execute(id);
        await expect(db.execute(sql`select ${forever(engine)}`, { timeout: 30 })).rejects.toBeInstanceOf(
          QueryTimeoutError,
        );
        expect(await db.execute(id)).toEqual([before]);
      });

      it("in a block, which is undone", async () => {
        const block = holder.db.atomic(async () => {
          await Tag.objects.create({ name: "undone" });
          await slow()
            .timeout(40)
            .all()
            .catch(() => undefined);
          await Tag.objects.count();
        });
        await expect(block).rejects.toMatchObject({ name: "TransactionError" });
        const whole = holder.db.atomic(
          async () => {
            await Tag.objects.create({ name: "undone" });
            await slow().all();
          },
          { timeout: 60 },
        );
        await expect(whole).rejects.toBeInstanceOf(QueryTimeoutError);
        await holder.db.atomic(async () => {
          const inner = holder.db.atomic(() => slow().timeout(40).all());
          await expect(inner).rejects.toBeInstanceOf(QueryTimeoutError);
          expect(await Tag.objects.count()).toBe(3);
        });
      });

      it("from waiting for a lock", async () => {
        let finish!: () => void;
        const mayFinish = new Promise<void>((resolve) => (finish = resolve));
        let locked!: () => void;
        const isLocked = new Promise<void>((resolve) => (locked = resolve));
        const holding = holder.db.atomic(async () => {
          await Tag.objects.filter({ name: "b" }).update({ name: "b2" });
          locked();
          await mayFinish;
        });
        await isLocked;
        await expect(Tag.objects.filter({ name: "b" }).timeout(50).update({ name: "b3" })).rejects.toBeInstanceOf(
          QueryTimeoutError,
        );
        finish();
        await holding;
        expect(await Tag.objects.filter({ name: "b2" }).update({ name: "b" })).toBe(1);
      });
    });
  } else {
    it("end the waiting for another process's lock", async () => {
      const url = await engine.url();
      await using one = new Database(url);
      await using two = new Database(url);
      await one.createTables([Tag]);
      await two.connect();
      let finish!: () => void;
      const mayFinish = new Promise<void>((resolve) => (finish = resolve));
      const holding = one.atomic(async () => {
        await Tag.objects.using(one).create({ name: "one" });
        await mayFinish;
      });
      await sleep(5);
      const waiting = Tag.objects.using(two).timeout(50).create({ name: "two" });
      await expect(waiting).rejects.toBeInstanceOf(QueryTimeoutError);
      await expect(waiting).rejects.toMatchObject({
        cause: expect.objectContaining({ code: "SQLITE_BUSY" }) as unknown,
      });
      expect(new LockNotAvailable("")).toBeInstanceOf(Error);
      finish();
      await holding;
      expect(await Tag.objects.using(two).count()).toBe(1);
    });
  }
});
