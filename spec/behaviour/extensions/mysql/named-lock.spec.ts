import { sql } from "kysely";
import { expect, it, vi } from "vitest";
import {
  AbortError,
  ConfigurationError,
  ConnectionError,
  Database,
  fields,
  LockNotAvailable,
  manager,
  Model,
  NotSupportedError,
  TransactionError,
} from "dunder-orm";
import { namedLock } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Job extends Model("job", { id: fields.integer({ primaryKey: true }), name: fields.string({ maxLength: 50 }) }) {
  static objects = manager(this);
}

/** A promise, and what settles it. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

let locks = 0;
const fresh = (): string => `dunder spec ${process.pid} ${(locks += 1)} é`;

onEngines("namedLock", (engine) => {
  const holder = useDatabase(engine, [Job]);

  if (engine.name !== "mysql") {
    it("is refused before anything is asked", async () => {
      const work = vi.fn();
      await expect(namedLock(holder.db, "a", work)).rejects.toThrow(NotSupportedError);
      expect(work).not.toHaveBeenCalled();
    });
    return;
  }

  const waiting = async (): Promise<number> => {
    const [row] = await holder.db.execute(
      sql<{ n: number }>`select count(*) as n from information_schema.processlist where state = 'User lock'`,
    );
    return Number(row?.n);
  };

  it("keeps others of the server out while its function runs", async () => {
    const name = fresh();
    await using other = await engine.database();
    const events: string[] = [];
    const inside = gate();
    const go = gate();
    const first = namedLock(holder.db, name, async (lock) => {
      expect(lock.name).toBe(name);
      expect(await lock.isHeld()).toBe(true);
      inside.open();
      await go.passed;
      events.push("first");
      return 1;
    });
    await inside.passed;
    await expect(namedLock(other, name.toUpperCase(), () => 0, { timeout: 0 })).rejects.toThrow(LockNotAvailable);
    const before = await waiting();
    const second = namedLock(other, name, () => events.push("second"), { timeout: 60_000 });
    await vi.waitFor(async () => expect(await waiting()).toBe(before + 1), { timeout: 10_000 });
    expect(await namedLock(other, fresh(), () => "another is free")).toBe("another is free");
    go.open();
    expect(await first).toBe(1);
    await second;
    expect(events).toEqual(["first", "second"]);
  });

  it("is given back when its function throws, and gives what that threw", async () => {
    const name = fresh();
    await expect(
      namedLock(holder.db, name, () => {
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await namedLock(holder.db, name, () => "free", { timeout: 0 })).toBe("free");
  });

  it("has those of one program wait in line, with one connection between them", async () => {
    const name = fresh();
    await using db = await engine.database({ pool: { max: 2 } });
    const order: number[] = [];
    const all = Array.from({ length: 6 }, (_, at) =>
      namedLock(db, name, async () => {
        await db.execute(sql`select 1`);
        order.push(at);
      }),
    );
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("is waited for no longer than it was told", async () => {
    const name = fresh();
    await using other = await engine.database();
    await namedLock(holder.db, name, async () => {
      await expect(namedLock(other, name, () => 0, { timeout: 50 })).rejects.toThrow(/for 50 ms/);
      await using third = new Database(await engine.url());
      const controller = new AbortController();
      const before = await waiting();
      const aborted = namedLock(third, name, () => 0, { signal: controller.signal });
      await vi.waitFor(async () => expect(await waiting()).toBe(before + 1), { timeout: 10_000 });
      controller.abort();
      await expect(aborted).rejects.toThrow(AbortError);
    });
    expect(await namedLock(other, name, () => "free", { timeout: 0 })).toBe("free");
    await holder.db.execute(sql`select 1`);
  });

  it("gives up its place in the line, too", async () => {
    const name = fresh();
    const { db } = holder;
    await namedLock(db, name, async () => {
      // What is not awaited inside holds nothing of it.
      await expect(namedLock(db, name, () => 0)).rejects.toThrow(TransactionError);
    });
    const go = gate();
    const inside = gate();
    const first = namedLock(db, name, async () => {
      inside.open();
      await go.passed;
    });
    await inside.passed;
    await expect(namedLock(db, name, () => 0, { timeout: 0 })).rejects.toThrow(LockNotAvailable);
    await expect(namedLock(db, name, () => 0, { timeout: 20 })).rejects.toThrow(LockNotAvailable);
    const third = namedLock(db, name, () => "third");
    go.open();
    await first;
    expect(await third).toBe("third");
  });

  it("goes around transactions, not into them", async () => {
    const name = fresh();
    await holder.db.atomic(async () => {
      await expect(namedLock(holder.db, name, () => 0)).rejects.toThrow(/inside an atomic block/);
    });
    await namedLock(holder.db, name, () => holder.db.atomic(() => Job.objects.create({ name: "inside" })));
    expect(await Job.objects.filter({ name: "inside" }).count()).toBe(1);
  });

  it("says that it was lost, to its function and at its end", async () => {
    const name = fresh();
    const lost = namedLock(holder.db, name, async (lock) => {
      const [row] = await holder.db.execute(sql<{ id: number }>`select is_used_lock(${name}) as id`);
      await holder.db.execute(sql.raw(`kill ${Number(row?.id)}`));
      await vi.waitFor(async () => expect(await lock.isHeld()).toBe(false), { timeout: 10_000 });
    });
    await expect(lost).rejects.toThrow(ConnectionError);
    expect(await namedLock(holder.db, name, () => "free", { timeout: 1000 })).toBe("free");
  });

  it("is not bound by the limit of statements", async () => {
    const name = fresh();
    await using hasty = new Database(await engine.url(), { statementTimeout: 30 });
    const go = gate();
    const inside = gate();
    const first = namedLock(holder.db, name, async () => {
      inside.open();
      await go.passed;
    });
    await inside.passed;
    const before = await waiting();
    const second = namedLock(hasty, name, () => "second");
    await vi.waitFor(async () => expect(await waiting()).toBe(before + 1), { timeout: 10_000 });
    await holder.db.execute(sql`select sleep(0.2)`);
    go.open();
    await first;
    expect(await second).toBe("second");
  });

  it("refuses what makes no sense", async () => {
    const { db } = holder;
    const lock = namedLock as (...args: unknown[]) => Promise<unknown>;
    for (const name of ["", "x".repeat(65), 1, null, undefined, {}]) {
      await expect(lock(db, name, () => 0)).rejects.toThrow(ConfigurationError);
    }
    await expect(lock(db, "a", 1)).rejects.toThrow(/takes a function/);
    await expect(lock(db, "a", () => 0, { timeot: 1 })).rejects.toThrow(/Did you mean "timeout"/);
    await expect(lock(db, "a", () => 0, { timeout: -1 })).rejects.toThrow(ConfigurationError);
    await expect(lock(db, "a", () => 0, null)).rejects.toThrow(ConfigurationError);
    await expect(lock({}, "a", () => 0)).rejects.toThrow(/a Database/);
    await using single = await engine.database({ pool: { max: 1 } });
    await expect(lock(single, "a", () => 0)).rejects.toThrow(/pool.max/);
    await using closed = new Database(await engine.url());
    await closed.close();
    await expect(lock(closed, "a", () => 0)).rejects.toThrow(ConnectionError);
  });

  it("shows in what the database tells of its statements", async () => {
    const texts: string[] = [];
    await using db = await engine.database({ onQuery: ({ sql: text }) => texts.push(text) });
    await namedLock(db, fresh(), () => 0);
    expect(texts).toEqual([expect.stringContaining("GET_LOCK(?, ?)"), "SELECT RELEASE_LOCK(?)"]);
  });
});
