import { sql } from "kysely";
import { expect, it } from "vitest";
import {
  AbortError,
  ConfigurationError,
  Database,
  fields,
  manager,
  Model,
  QueryTimeoutError,
  TransactionError,
} from "dunder-orm";
import { advisoryLock, tryAdvisoryLock } from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, onOthers, onPostgres } from "./only.js";

class Job extends Model("job", { name: fields.string() }) {
  static objects = manager(this);
}

const locksHeld = sql<{
  n: number;
}>`select count(*)::int as n from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;

onPostgres("Advisory locks", (engine) => {
  const use = useDatabase(engine, [Job], { pool: { max: 2 } });
  const held = async () => (await use.db.execute(locksHeld))[0]?.n;

  it("keep out everybody else, in this process too, while the function runs", async () => {
    let inside = 0;
    let most = 0;
    const work = async (name: string) => {
      inside += 1;
      most = Math.max(most, inside);
      await Job.objects.create({ name });
      inside -= 1;
      return name;
    };
    // More than the pool has connections.
    const names = Array.from({ length: 8 }, (_, index) => `job ${index}`);
    expect(await Promise.all(names.map((name) => advisoryLock(use.db, "jobs", () => work(name))))).toEqual(names);
    expect(most).toBe(1);
    expect(await Job.objects.count()).toBe(8);
    expect(await held()).toBe(0);
  });

  it("are held by name: other names do not wait for each other", async () => {
    await advisoryLock(use.db, "one", async () => {
      expect(await tryAdvisoryLock(use.db, "two", () => "in")).toEqual({ acquired: true, result: "in" });
      expect(await held()).toBe(1);
    });
  });

  it.each([["text"], [7], [7n], [[1, 2] as const], [-(2n ** 63n)], [2n ** 63n - 1n], [[-1, 2 ** 31 - 1] as const]])(
    "are known by %o, in every process the same",
    async (key) => {
      await using other = new Database(await engineUrl());
      await advisoryLock(use.db, key, async () => {
        expect(await tryAdvisoryLock(other, key, () => "never")).toEqual({ acquired: false });
      });
      expect(await tryAdvisoryLock(other, key, () => "now")).toEqual({ acquired: true, result: "now" });
    },
  );

  const engineUrl = async () => {
    const [row] = await use.db.execute(sql<{ name: string }>`select current_database() as name`);
    const url = new URL(await engine.url());
    url.pathname = `/${row?.name}`;
    return url.toString();
  };

  it("are let go when the function throws", async () => {
    const failure = new Error("no");
    await expect(advisoryLock(use.db, "throws", () => Promise.reject(failure))).rejects.toBe(failure);
    expect(await held()).toBe(0);
    expect(await tryAdvisoryLock(use.db, "throws", () => 1)).toEqual({ acquired: true, result: 1 });
  });

  it("may be taken again by those who hold them", async () => {
    const result = await advisoryLock(use.db, "again", () => advisoryLock(use.db, "again", () => "twice"));
    expect(result).toBe("twice");
  });

  it("are shared by those who ask so, who keep out the others", async () => {
    await using other = new Database(await engineUrl());
    const shared = { shared: true };
    await advisoryLock(
      use.db,
      "reading",
      async () => {
        expect(await tryAdvisoryLock(other, "reading", () => "too", shared)).toEqual({ acquired: true, result: "too" });
        expect(await tryAdvisoryLock(other, "reading", () => "no")).toEqual({ acquired: false });
        await expect(advisoryLock(use.db, "reading", () => "for itself")).rejects.toThrow(TransactionError);
      },
      shared,
    );
    expect(await held()).toBe(0);
  });

  it("belong to the transaction inside one, and end with it", async () => {
    await using other = new Database(await engineUrl());
    await use.db.atomic(async () => {
      await advisoryLock(use.db, "in transaction");
      expect(await advisoryLock(use.db, "in transaction", () => "again")).toBe("again");
      expect(await tryAdvisoryLock(other, "in transaction", () => 1)).toEqual({ acquired: false });
    });
    expect(await held()).toBe(0);
    await other.atomic(async () => {
      expect(await tryAdvisoryLock(other, "there")).toEqual({ acquired: true, result: undefined });
      await use.db.atomic(async () => {
        expect(await tryAdvisoryLock(use.db, "there")).toEqual({ acquired: false });
      });
    });
  });

  it("are waited for no longer than the limits allow, which do not end the function", async () => {
    await using other = new Database(await engineUrl());
    await advisoryLock(other, "long", async () => {
      const waiting = advisoryLock(use.db, "long", () => "never", { timeout: 50 });
      await expect(waiting).rejects.toThrow(QueryTimeoutError);
      const controller = new AbortController();
      const aborted = advisoryLock(use.db, "long", () => "never", { signal: controller.signal });
      const behind = advisoryLock(use.db, "long", () => "never", { signal: controller.signal });
      controller.abort();
      await Promise.all([aborted, behind].map((one) => expect(one).rejects.toThrow(AbortError)));
    });
    const result = await advisoryLock(
      use.db,
      "long",
      async () => (await use.db.execute(sql<{ one: number }>`select 1 as one from pg_sleep(0.2)`))[0]?.one,
      { timeout: 150 },
    );
    expect(result).toBe(1);
    expect(await held()).toBe(0);
  });

  it("tell by a signal that the connection which held them is lost", async () => {
    await advisoryLock(use.db, "lost", async ({ signal }) => {
      expect(signal.aborted).toBe(false);
      const gone = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      await use.db.execute(
        sql`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      );
      await gone;
    });
    expect(await held()).toBe(0);
  });

  it("refuse keys that are none, and calls that could not hold them", async () => {
    for (const key of [1.5, 2n ** 63n, [1], [1, 2 ** 31], null, undefined, {}, true]) {
      await expect(advisoryLock(use.db, key as never, () => 1)).rejects.toThrow(/a lock is known by/);
    }
    await expect(advisoryLock(use.db, "x")).rejects.toThrow(ConfigurationError);
    await expect(advisoryLock(use.db, "x", 7 as never)).rejects.toThrow(/expected a function, got number 7/);
    await expect(advisoryLock(use.db, "x", () => 1, { share: true } as never)).rejects.toThrow(/Did you mean "shared"/);
    await expect(advisoryLock(use.db, "x", () => 1, { timeout: -1 })).rejects.toThrow(/timeout/);
    await expect(advisoryLock({}, "x", () => 1)).rejects.toThrow(/expected a Database/);
  });
});

onOthers("Advisory locks", (engine) => {
  const use = useDatabase(engine, []);

  it("are refused by name", async () => {
    await expectRefusal(() => advisoryLock(use.db, "x", () => 1), /advisoryLock/);
    await expectRefusal(() => tryAdvisoryLock(use.db, "x", () => 1), /tryAdvisoryLock/);
  });
});
