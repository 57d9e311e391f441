import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Database,
  fields,
  LockNotAvailable,
  manager,
  Model,
  NotSupportedError,
  type QueryEvent,
  TransactionError,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Owner extends Model("owner", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Job extends Model(
  "job",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 20 }),
    owner: () => fields.foreignKey(Owner),
    helper: () => fields.foreignKey(Owner, { null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

onEngines("selectForUpdate", (engine) => {
  let db!: Database;
  let other!: Database;
  let events: QueryEvent[] = [];
  const locks = engine.name !== "sqlite";
  beforeAll(async () => {
    const url = await engine.url();
    db = new Database(url, { onQuery: (event) => events.push(event) });
    other = engine.isPglite ? db : new Database(url);
    Owner.bind(db);
    Job.bind(db);
    await db.createTables([Owner, Job]);
    await Owner.objects.create({ id: 1, name: "Zoë" });
    await Job.objects.bulkCreate([1, 2, 3].map((id) => ({ id, title: `job ${id}`, owner: 1 })));
  });
  afterAll(async () => {
    await db.close();
    await other.close();
  });
  const ids = (rows: readonly Job[]): number[] => rows.map((row) => row.id);

  it("gives the rows, typed and joined as ever", async () => {
    await db.atomic(async () => {
      const [row] = await Job.objects.selectRelated("owner").selectForUpdate().limit(1).all();
      expect([row?.title, row?.owner.name]).toEqual(["job 1", "Zoë"]);
      expect(await Job.objects.selectForUpdate().values("id").first()).toEqual({ id: 1 });
      expect((await Job.objects.selectForUpdate().only("title").get({ id: 2 })).title).toBe("job 2");
      const streamed: number[] = [];
      for await (const job of Job.objects.selectForUpdate().iterator({ chunkSize: 2 })) streamed.push(job.id);
      expect(streamed).toEqual([1, 2, 3]);
      expect(await Job.objects.selectForUpdate().none().all()).toEqual([]);
    });
  });

  it.runIf(locks)("trap 57: outside of a transaction is refused when it runs, before any SQL", async () => {
    const locked = Job.objects.selectForUpdate();
    events = [];
    await expect(locked.using(db).all()).rejects.toThrow(TransactionError);
    await expect(locked.first()).rejects.toThrow("Run it inside db.atomic(async () => { … }).");
    await expect(locked.values("id").all()).rejects.toThrow(TransactionError);
    await expect(locked.iterator().next()).rejects.toThrow(TransactionError);
    // PGlite has no other session to be in a transaction of.
    if (other !== db) await other.atomic(() => expect(locked.using(db).all()).rejects.toThrow(TransactionError));
    expect(events).toEqual([]);
  });

  it("does not matter where no row is read", async () => {
    const locked = Job.objects.selectForUpdate();
    expect([await locked.count(), await locked.exists()]).toEqual([3, true]);
    expect(await locked.filter({ id: 3 }).update({ title: "job 3" })).toBe(1);
    expect(await Owner.objects.filter({ pk__in: locked.values("owner") }).count()).toBe(1);
  });

  it.skipIf(locks)("does nothing on SQLite, outside of transactions and with any option", async () => {
    events = [];
    expect(ids(await Job.objects.selectForUpdate({ skipLocked: true, of: "self", noKey: true }).all())).toEqual([
      1, 2, 3,
    ]);
    expect(events[0]?.sql).not.toMatch(/ for /);
  });

  describe.runIf(locks && !engine.isPglite)("beside another transaction", () => {
    /** Runs a function while another connection has locked the first job. */
    const whileLocked = (work: () => Promise<void>): Promise<void> =>
      other.atomic(async () => {
        await Job.objects.using(other).selectForUpdate().get({ id: 1 });
        await work();
      });

    it("with nowait throws LockNotAvailable", () =>
      whileLocked(async () => {
        const busy = db.atomic(() => Job.objects.selectForUpdate({ nowait: true }).all());
        await expect(busy).rejects.toThrow(LockNotAvailable);
        await db.atomic(async () => {
          expect(ids(await Job.objects.filter({ id__gt: 1 }).selectForUpdate({ nowait: true }).all())).toEqual([2, 3]);
        });
      }));

    it("with skipLocked leaves locked rows out", () =>
      whileLocked(() =>
        db.atomic(async () => {
          const free = Job.objects.selectForUpdate({ skipLocked: true });
          expect((await free.first())?.id).toBe(2);
          expect(ids(await free.all())).toEqual([2, 3]);
          expect(ids(await Job.objects.all())).toEqual([1, 2, 3]);
        }),
      ));

    it("with share lets others share, and nobody change", async () => {
      await other.atomic(async () => {
        await Job.objects.using(other).selectForUpdate({ share: true }).get({ id: 1 });
        await db.atomic(async () => {
          expect(ids(await Job.objects.selectForUpdate({ share: true, nowait: true }).all())).toEqual([1, 2, 3]);
        });
        const busy = db.atomic(() => Job.objects.selectForUpdate({ nowait: true }).get({ id: 1 }));
        await expect(busy).rejects.toThrow(LockNotAvailable);
      });
    });

    it("holds until the transaction ends, and no longer", async () => {
      await whileLocked(() => Promise.resolve());
      await db.atomic(async () => {
        expect(await Job.objects.selectForUpdate({ nowait: true }).all()).toHaveLength(3);
      });
    });
  });

  describe.runIf(locks)("of some of the tables", () => {
    const joined = Job.objects.selectRelated("owner", "helper");

    it.skipIf(engine.isPglite)("locks these, or says that the engine cannot", async () => {
      const asked = other.atomic(async () => {
        await joined.using(other).selectForUpdate({ of: "self" }).get({ id: 1 });
        await db.atomic(async () => {
          const free = await Owner.objects.selectForUpdate({ nowait: true }).all();
          expect(free).toHaveLength(1);
        });
        const busy = db.atomic(() => Job.objects.selectForUpdate({ nowait: true }).get({ id: 1 }));
        await expect(busy).rejects.toThrow(LockNotAvailable);
      });
      if (isMariadb()) await expect(asked).rejects.toThrow("MariaDB has no selectForUpdate({ of })");
      else await asked;
    });

    it("is asked for where rows may be missing and cannot be locked", async () => {
      const asked = db.atomic(() => joined.selectForUpdate().get({ id: 1 }));
      if (engine.name === "postgres") await expect(asked).rejects.toThrow('selectForUpdate({ of: "self" })');
      else expect((await asked).helper).toBeNull();
    });

    it("takes noKey on PostgreSQL, where others may still point at the row", async () => {
      const asked = other.atomic(async () => {
        await Owner.objects.using(other).selectForUpdate({ noKey: true }).get({ id: 1 });
        await db.atomic(async () => {
          const job = await Job.objects.create({ id: 9, title: "new", owner: 1 });
          await job.delete();
        });
      });
      if (engine.name === "postgres") await asked;
      else await expect(asked).rejects.toThrow(NotSupportedError);
    });
  });

  /** MySQL and MariaDB are asked by one name, and lock in different ways. */
  const isMariadb = (): boolean => (db as unknown as { engine: { label: string } }).engine.label === "MariaDB";
});
