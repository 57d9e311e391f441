import { type Generated, type Kysely, sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import {
  type Database,
  DatabaseError,
  F,
  fields,
  FieldError,
  IntegrityError,
  manager,
  Model,
  type QueryEvent,
  TransactionError,
  UniqueViolation,
  ValidationError,
} from "dunder-orm";
import { onEngines, type TestEngine, useDatabase } from "../../support/engines.js";
import { Author, Blog, Book, createD1, createD2, EL, Entry, labels, models, Publisher, Tag, Tagging } from "./data.js";

class Key extends Model("key_value", {
  id: fields.integer({ primaryKey: true }),
  k: fields.string({ maxLength: 20, unique: true }),
  v: fields.integer({ default: 0 }),
}) {
  static objects = manager(this);
}

const WIDTH = 20;

class Wide extends Model("wide", {
  id: fields.integer({ primaryKey: true }),
  ...Object.fromEntries(Array.from({ length: WIDTH }, (_, index) => [`c${index}`, fields.integer({ default: index })])),
}) {
  static objects = manager(this);
}

const MANY = 70_000;

async function knowsReturning(engine: TestEngine, db: Database): Promise<boolean> {
  if (engine.name !== "mysql") return true;
  const [row] = await db.execute(sql<{ version: string }>`select version() as version`);
  return row?.version.includes("MariaDB") ?? false;
}

onEngines("Writes", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, [...models, Key, Wide], { onQuery: (event) => events.push(event) });
  beforeEach(async () => {
    for (const model of [Tagging, Tag, Book, Publisher, Author, Entry, Blog, Key]) {
      await model.objects.delete({ all: true });
    }
    events.length = 0;
  });

  it("trap 31: an expression that a row is set to is worked out once, and read back", async () => {
    const { ann } = await createD2();
    const older = F("age").add(1);
    Object.assign(ann, { age: older });
    await ann.save();
    await ann.save();
    expect(ann.age).toBe(31);
    await ann.update({ age: older });
    await ann.save();
    expect(ann.age).toBe(32);
    expect((await Author.objects.get({ pk: ann.pk })).age).toBe(32);
    events.length = 0;
    await expect(Author.objects.create({ name: "x", age: older } as never)).rejects.toBeInstanceOf(FieldError);
    expect(events).toEqual([]);
  });

  it("trap 32: update gives the rows matched, changed or not", async () => {
    await createD1();
    expect(await Entry.objects.update({ year: 2007 }, { all: true })).toBe(4);
    expect(await Entry.objects.update({ year: 2007 }, { all: true })).toBe(4);
    expect(await Entry.objects.filter({ headline: "McC" }).update({ year: 1 })).toBe(1);
    expect(await Entry.objects.filter({ headline: "nobody" }).update({ year: 1 })).toBe(0);
    expect(await labels(Entry.objects)).toEqual(["Lennon 2007", "Lennon 2007", "McC 1", "orphan 2007"]);
  });

  it("trap 32: update and delete see conditions on other tables, and each row once", async () => {
    const { b1 } = await createD1();
    expect(await Entry.objects.filter({ blog__name: "b1" }).update({ year: 1 })).toBe(2);
    expect(await labels(Entry.objects)).toEqual(["Lennon 1", "Lennon 2007", "McC 1", "orphan 2000"]);
    expect(await Blog.objects.filter({ entries__year: 1 }).update({ name: "two" })).toBe(1);
    expect(await labels(Blog.objects)).toEqual(["b2", "b3", "two"]);
    expect(await Blog.objects.exclude({ entries__headline: "Lennon" }).update({ name: "none" })).toBe(1);
    expect(await labels(Blog.objects)).toEqual(["b2", "none", "two"]);
    expect(await Entry.objects.exclude({ blog__name: "two" }).delete()).toEqual({ total: 2, byModel: { Entry: 2 } });
    expect(await labels(Entry.objects)).toEqual(["Lennon 1", "McC 1"]);
    expect((await Blog.objects.get({ name: "two" })).pk).toBe(b1.pk);
  });

  it("trap 32: update and delete of rows that a query of the same table names", async () => {
    await createD1();
    const oldest = Entry.objects.orderBy("year").limit(2);
    expect(await Entry.objects.filter({ pk__in: oldest }).filter({ year: 2000 }).update({ year: 1999 })).toBe(1);
    expect(await Entry.objects.filter({ pk__in: Entry.objects.filter({ blog__isnull: true }) }).delete()).toMatchObject(
      { total: 1 },
    );
    expect(await labels(Entry.objects)).toEqual(["Lennon 2007", "Lennon 2008", "McC 2007"]);
    expect(await Entry.objects.filter({ blog__entries__headline: "McC" }).delete()).toMatchObject({ total: 2 });
    expect(await labels(Entry.objects)).toEqual(["Lennon 2007"]);
  });

  it("trap 32: names along a relation cannot be set, and nothing to set is refused", async () => {
    await createD1();
    const update = (values: object) => Entry.objects.filter({ year: 2007 }).update(values);
    await expect(update({ blog__name: "x" })).rejects.toBeInstanceOf(FieldError);
    await expect(update({ nobody: "x" })).rejects.toThrow(/nobody/);
    await expect(update({})).rejects.toBeInstanceOf(FieldError);
    await expect(update({ year: "x" })).rejects.toBeInstanceOf(ValidationError);
    await expect(Entry.objects.update({ year: 1 })).rejects.toThrow(/all: true/);
    await expect(Entry.objects.delete()).rejects.toThrow(/all: true/);
    expect(await Entry.objects.count()).toBe(4);
  });

  it("trap 33: save writes what changed, and says so when there is no such row", async () => {
    const { b1, b2 } = await createD1();
    events.length = 0;
    await b1.save();
    await b1.save({ only: [] });
    expect(events.map((event) => event.sql)).toEqual([]);
    b1.name = "new";
    await b1.save();
    expect(events).toHaveLength(1);
    await b2.delete();
    const ghost = await Blog.objects.get({ name: "b3" });
    await Blog.objects.filter({ pk: ghost.pk }).delete();
    ghost.name = "boo";
    await expect(ghost.save()).rejects.toBeInstanceOf(Blog.DoesNotExist);
    await expect(ghost.save({ forceUpdate: true })).rejects.toBeInstanceOf(Blog.DoesNotExist);
    await expect(b1.save({ forceInsert: true, forceUpdate: true })).rejects.toBeInstanceOf(FieldError);
    await expect(b1.save({ only: ["nobody"] })).rejects.toBeInstanceOf(FieldError);
    expect(await labels(Blog.objects)).toEqual(["new"]);
  });

  it("trap 33: only the fields named are saved", async () => {
    const { ann } = await createD2();
    ann.age = 31;
    ann.alias = "later";
    await ann.save({ only: ["age"] });
    const fresh = await Author.objects.get({ pk: ann.pk });
    expect([fresh.age, fresh.alias]).toEqual([31, "x%y"]);
    expect(ann.dirtyFields()).toEqual(["alias"]);
  });

  it("trap 33: a row not saved yet cannot be pointed at", async () => {
    const blog = new Blog({ name: "later" });
    const entry = new Entry({ blog, headline: "x", year: 1 });
    await expect(entry.save()).rejects.toThrow(/Entry\.blog/);
    expect(await Entry.objects.count()).toBe(0);
    await blog.save();
    await entry.save();
    expect((await Entry.objects.get({ headline: "x" })).blog?.pk).toBe(blog.pk);
  });

  it("trap 34: a row deleted is new again, and one never saved cannot be deleted", async () => {
    const { b1 } = await createD1();
    expect(await b1.delete()).toEqual({ total: 3, byModel: { Entry: 2, Blog: 1 } });
    expect(b1.pk ?? null).toBeNull();
    expect(await labels(Entry.objects)).toEqual(["Lennon 2007", "orphan 2000"]);
    await expect(new Blog({ name: "x" }).delete()).rejects.toBeInstanceOf(FieldError);
    await b1.save();
    expect((await Blog.objects.get({ name: "b1" })).pk).toBe(b1.pk);
  });

  it("trap 35: bulkCreate gives the keys where the engine tells them, and guesses none", async () => {
    const rows = await Key.objects.bulkCreate([{ k: "a" }, { k: "b", v: 2 }, { k: "c" }]);
    expect(rows.map((row) => row.k)).toEqual(["a", "b", "c"]);
    for (const row of rows) expect((await Key.objects.get({ k: row.k })).pk).toBe(row.pk);
    expect(await Key.objects.bulkCreate([])).toEqual([]);
  });

  it("trap 35: bulkCreate is all or nothing", async () => {
    const rows = Array.from({ length: 1200 }, (_, index) => ({ k: `k${index}` }));
    await expect(Key.objects.bulkCreate([...rows, { k: "k0" }])).rejects.toBeInstanceOf(UniqueViolation);
    expect(await Key.objects.count()).toBe(0);
    const wrong = [{ k: "fine" }, { k: 3 as never }];
    events.length = 0;
    await expect(Key.objects.bulkCreate(wrong)).rejects.toBeInstanceOf(ValidationError);
    expect(events).toEqual([]);
  });

  it("trap 36: a key given by hand may be 0, and may be negative", async () => {
    const zero = await Key.objects.create({ id: 0, k: "zero" });
    const below = await Key.objects.create({ pk: -5, k: "below" });
    expect([zero.pk, below.pk]).toEqual([0, -5]);
    expect((await Key.objects.get({ pk: 0 })).k).toBe("zero");
    expect((await Key.objects.get({ pk: -5 })).k).toBe("below");
    const [bulk] = await Key.objects
      .filter({ pk: 0 })
      .delete()
      .then(() => Key.objects.bulkCreate([{ id: 0, k: "again" }]));
    expect([bulk?.pk, (await Key.objects.get({ k: "again" })).pk]).toEqual([0, 0]);
  });

  it("trap 37: a list of any length", async () => {
    await Key.objects.bulkCreate([
      { id: 1, k: "a" },
      { id: 69_999, k: "b" },
      { id: 70_000, k: "c" },
    ]);
    const names = async (ids: Iterable<number>) => {
      const found = await Key.objects
        .filter({ pk__in: [...ids] })
        .orderBy("k")
        .all();
      return found.map((row) => row.k);
    };
    expect(await names(Array.from({ length: MANY }, (_, index) => index))).toEqual(["a", "b"]);
    expect(await names(Array.from({ length: MANY }, (_, index) => index + 2))).toEqual(["b", "c"]);
    const words = Array.from({ length: MANY }, (_, index) => `w${index}`);
    expect((await Key.objects.filter({ k__in: [...words, "c"] }).all()).map((row) => row.k)).toEqual(["c"]);
    expect(await Key.objects.exclude({ k__in: [...words, "c"] }).count()).toBe(2);
  }, 120_000);

  it("trap 37: rows in any number", async () => {
    const rows = await Key.objects.bulkCreate(
      Array.from({ length: MANY }, (_, index) => ({ k: `k${index}`, v: index })),
    );
    expect(rows).toHaveLength(MANY);
    expect(await Key.objects.count()).toBe(MANY);
    const last = await Key.objects.get({ k: `k${MANY - 1}` });
    expect([last.v, last.pk]).toEqual([MANY - 1, rows.at(-1)?.pk]);
    await Key.objects.delete({ all: true });
  }, 120_000);

  it("trap 37: wide rows, whatever the batch size asked for", async () => {
    const rows = Array.from({ length: 7000 }, (_, index) => ({ c0: index }) as never);
    await Wide.objects.bulkCreate(rows, { batchSize: 7000 });
    expect(await Wide.objects.count()).toBe(7000);
    const last = (await Wide.objects.orderBy("-id").first()) as unknown as Record<string, number>;
    expect([last["c0"], last["c19"]]).toEqual([6999, WIDTH - 1]);
  }, 120_000);

  it("trap 38: a key that a server tells is that of its row, whatever was inserted before", async () => {
    const first = await Key.objects.create({ k: "a" });
    await Key.objects.bulkCreate([{ k: "b" }, { k: "c" }]);
    await expect(Key.objects.create({ k: "a" })).rejects.toBeInstanceOf(UniqueViolation);
    const [found, created] = await Key.objects.getOrCreate({ k: "a" });
    expect([found.pk, created]).toEqual([first.pk, false]);
    const last = await Key.objects.create({ k: "d" });
    for (const row of await Key.objects.all()) expect((await Key.objects.get({ k: row.k })).pk).toBe(row.pk);
    expect((await Key.objects.get({ k: "d" })).pk).toBe(last.pk);
    expect(await Key.objects.count()).toBe(4);
  });

  it("trap 38: rows that Kysely asks for with RETURNING come back, where the server knows it", async () => {
    interface Tables {
      key_value: { id: Generated<number>; k: string; v: number };
    }
    const kysely = holder.db.kysely as unknown as Kysely<Tables>;
    const insert = kysely.insertInto("key_value").values([
      { k: "a", v: 1 },
      { k: "b", v: 2 },
    ]);
    const ask = () => insert.returning(["id", "k"]).execute();
    if (!(await knowsReturning(engine, holder.db))) {
      await expect(ask()).rejects.toBeInstanceOf(DatabaseError);
      return;
    }
    const rows = await ask();
    expect(rows.map(({ k }) => k).sort()).toEqual(["a", "b"]);
    for (const { id, k } of rows) expect((await Key.objects.get({ k })).pk).toBe(id);
  });

  it("trap 39: two getOrCreate at once make one row, and one of them says so", async () => {
    const both = await Promise.all([
      Key.objects.getOrCreate({ k: "race" }, { defaults: { v: 1 } }),
      Key.objects.getOrCreate({ k: "race" }, { defaults: { v: 2 } }),
    ]);
    expect(both.map(([, created]) => created).sort()).toEqual([false, true]);
    expect(both[0][0].pk).toBe(both[1][0].pk);
    expect(await Key.objects.filter({ k: "race" }).count()).toBe(1);
  });

  it("trap 39: many at once, of several keys", async () => {
    const tasks = Array.from({ length: 30 }, (_, index) => Key.objects.getOrCreate({ k: `race${index % 3}` }));
    const results = await Promise.all(tasks);
    expect(
      results
        .filter(([, created]) => created)
        .map(([row]) => row.k)
        .sort(),
    ).toEqual(["race0", "race1", "race2"]);
    expect(await Key.objects.count()).toBe(3);
  });

  it("trap 39: a failed insert does not break the transaction around it", async () => {
    await Key.objects.create({ k: "a" });
    await holder.db.atomic(async () => {
      await expect(Key.objects.getOrCreate({ v: 12_345 }, { defaults: { k: "a" } })).rejects.toBeInstanceOf(
        IntegrityError,
      );
      expect(await Key.objects.count()).toBe(1);
      const [row, created] = await Key.objects.getOrCreate({ k: "b" });
      expect([row.k, created]).toEqual(["b", true]);
    });
    expect(await Key.objects.count()).toBe(2);
  });

  it("trap 39: lookups other than equality find a row but make none; defaults may be functions", async () => {
    const [made, created] = await Key.objects.getOrCreate(
      { k__iexact: "Upper", v__exact: 7 },
      { defaults: { k: (() => "UPPER") as unknown as string } },
    );
    expect([made.k, made.v, created]).toEqual(["UPPER", 7, true]);
    const [found, again] = await Key.objects.getOrCreate({ k__iexact: "upper" }, { defaults: { k: "other" } });
    expect([found.pk, again]).toEqual([made.pk, false]);
    await Key.objects.create({ k: "upper2", v: 7 });
    await expect(Key.objects.getOrCreate({ v: 7 })).rejects.toBeInstanceOf(Key.MultipleObjectsReturned);
  });

  it("trap 40: after an error inside a block nothing can be asked in it, on every engine", async () => {
    await Key.objects.create({ k: "a" });
    const work = holder.db.atomic(async () => {
      await Key.objects.create({ k: "b" });
      await expect(Key.objects.create({ k: "a" })).rejects.toBeInstanceOf(UniqueViolation);
      await expect(Key.objects.count()).rejects.toBeInstanceOf(TransactionError);
      await expect(Key.objects.create({ k: "c" })).rejects.toBeInstanceOf(TransactionError);
    });
    await expect(work).rejects.toBeInstanceOf(TransactionError);
    expect((await Key.objects.all()).map((row) => row.k)).toEqual(["a"]);
  });

  it("trap 40: an inner block around what fails keeps the outer one whole", async () => {
    await Key.objects.create({ k: "a" });
    await holder.db.atomic(async () => {
      await Key.objects.create({ k: "before" });
      const inner = holder.db.atomic(async () => {
        await Key.objects.create({ k: "undone" });
        await Key.objects.create({ k: "a" });
      });
      await expect(inner).rejects.toBeInstanceOf(UniqueViolation);
      await Key.objects.create({ k: "after" });
    });
    expect((await Key.objects.orderBy("k").all()).map((row) => row.k)).toEqual(["a", "after", "before"]);
  });

  it("trap 41: callbacks run once, in order, after the commit, and not for what was undone", async () => {
    const calls: (number | string)[] = [];
    await holder.db.atomic(async () => {
      await holder.db.onCommit(() => calls.push(1));
      const undone = holder.db.atomic(async () => {
        await holder.db.onCommit(() => calls.push(2));
        throw new Error("undo");
      });
      await expect(undone).rejects.toThrow("undo");
      await holder.db.onCommit(() => calls.push(3));
      calls.push("in the block");
      await expect(holder.db.atomic(async () => {}, { durable: true })).rejects.toBeInstanceOf(TransactionError);
    });
    expect(calls).toEqual(["in the block", 1, 3]);
    await holder.db.onCommit(() => calls.push("outside"));
    expect(calls.at(-1)).toBe("outside");
  });

  it("trap 56: what is started together inside one block takes turns", async () => {
    await holder.db.atomic(async () => {
      await Promise.all(["a", "b", "c", "d"].map((k) => Key.objects.create({ k })));
      await Promise.all([
        holder.db.atomic(async () => Key.objects.create({ k: "e" })),
        expect(
          holder.db.atomic(async () => {
            await Key.objects.create({ k: "f" });
            throw new Error("undo");
          }),
        ).rejects.toThrow("undo"),
        Key.objects.create({ k: "g" }),
      ]);
    });
    expect((await Key.objects.orderBy("k").all()).map((row) => row.k)).toEqual(["a", "b", "c", "d", "e", "g"]);
  });

  it("trap 60: a row of another model, or one not saved, is refused as a value", async () => {
    await createD1();
    const { ann } = await createD2();
    expect(() => Entry.objects.filter({ blog: ann } as never)).toThrow(/expected a row of Blog/);
    expect(() => Entry.objects.filter({ blog: new Blog({ name: "x" }) })).toThrow(/Save it first/);
    expect(() => Entry.objects.filter({ blog__in: Author.objects } as never)).toThrow(/queryset of Blog/);
    expect(() => Entry.objects.filter({ blog: Blog.objects } as never)).toThrow(FieldError);
    expect(() => Entry.objects.filter({ blog__name__in: Blog.objects } as never)).toThrow(FieldError);
    expect(await labels(Author.objects.filter({ pk: ann }))).toEqual(["Ann"]);
    expect(await labels(Author.objects.filter({ pk__in: [ann] }))).toEqual(["Ann"]);
    expect(await labels(Author.objects.exclude({ pk: ann }))).toEqual(["bob", EL]);
  });
});
