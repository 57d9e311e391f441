import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Database, fields, manager, Model, UniqueViolation } from "dunder-orm";
import { ConnectionError } from "../../../lib/errors/index.js";
import type { EngineOptions } from "../../../lib/databases/ports/index.js";
import type { Server } from "../databases/server-kit.js";
import { onPostgres, openServer, planned } from "./postgres-kit.js";

class Parcel extends Model("statement_parcel", { id: fields.integer({ primaryKey: true }), to: fields.string() }) {
  static objects = manager(this);
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

onPostgres("A pipeline", (url) => {
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.pool.close();
  });
  const open = async (options: EngineOptions = {}): Promise<Server> => {
    const server = await openServer(url, { pipeline: true, ...options });
    servers.push(server);
    return server;
  };
  const send = async (server: Server, text: string, parameters: readonly unknown[] = []): Promise<unknown> =>
    (await server.pool.execute(planned(text), parameters)).rows[0]?.[0];
  const session = (server: Server): Promise<unknown> => send(server, "select pg_backend_pid()");
  /** Both connections of the pipeline, open. */
  const sessions = async (server: Server): Promise<Set<unknown>> => {
    let found = new Set<unknown>();
    for (let time = 0; time < 300 && found.size < 2; time += 1) {
      if (time > 0) await sleep(10);
      found = new Set(await Promise.all(range(8).map(() => session(server))));
    }
    return found;
  };

  it("answers each of many at once with its own rows, on two connections", async () => {
    const server = await open();
    const text = "select $1::int * 2 as a, pg_backend_pid() as b from generate_series(1, $1) as n where n = $1";
    expect((await sessions(server)).size).toBe(2);
    const seen = new Set<unknown>();
    for (let time = 0; time < 5; time += 1) {
      const answers = await Promise.all(range(64).map(async (n) => server.pool.execute(planned(text), [n + 1])));
      expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual(range(64).map((n) => 2 * n + 2));
      for (const { rows } of answers) seen.add(rows[0]?.[1]);
    }
    expect(seen.size).toBe(2);
  });

  it("keeps a failing statement's neighbours out of it", async () => {
    const server = await open();
    for (let time = 0; time < 3; time += 1) {
      const settled = await Promise.allSettled(
        range(64).map((n) =>
          send(server, n % 8 === 3 ? "select 10 / $1::int" : "select 10 + $1::int", [n % 8 === 3 ? 0 : n]),
        ),
      );
      settled.forEach((result, n) => {
        if (n % 8 === 3) expect(result).toMatchObject({ status: "rejected", reason: { code: "22012" } });
        else expect(result).toEqual({ status: "fulfilled", value: 10 + n });
      });
    }
  });

  it("tells everybody what is wrong with a statement that cannot be prepared", async () => {
    const server = await open();
    for (let time = 0; time < 3; time += 1) {
      const settled = await Promise.allSettled(
        range(20).map(() => send(server, "select no_such_column where 1 = $1", [1])),
      );
      for (const result of settled) expect(result).toMatchObject({ status: "rejected", reason: { code: "42703" } });
    }
    expect(await send(server, "select 5")).toBe(5);
  });

  it("goes on when its named statements are lost, or a table is altered", async () => {
    const server = await open();
    await server.run("drop table if exists statement_belt");
    await server.run("create table statement_belt as select 7 as a");
    await sessions(server);
    const all = () =>
      Promise.all(range(30).map((n) => send(server, "select a from statement_belt where $1 > -1", [n])));
    for (let time = 0; time < 3; time += 1) expect(new Set(await all())).toEqual(new Set([7]));
    await server.run("alter table statement_belt alter a type text using a::text");
    expect(new Set(await all())).toEqual(new Set(["7"]));
    await Promise.all(range(8).map(() => send(server, "do $$ begin execute 'deallocate all'; end $$")));
    for (let time = 0; time < 3; time += 1) expect(new Set(await all())).toEqual(new Set(["7"]));
    await server.run("drop table statement_belt");
  });

  it("has what is slow wait alone, where another connection is free", async () => {
    const server = await open();
    expect((await sessions(server)).size).toBe(2);
    let isSlowDone = false;
    const slow = send(server, "select 1 from pg_sleep(0.5)").then(() => (isSlowDone = true));
    for (let n = 0; n < 20; n += 1) expect(await send(server, "select $1::int", [n])).toBe(n);
    expect(isSlowDone).toBe(false);
    await slow;
  });

  it("leaves SQL written by hand, which may change the session, to the pool's own connections", async () => {
    const server = await open({ pool: { max: 1 } });
    const own = await sessions(server);
    const [[pid]] = (await server.run("select pg_backend_pid()")).rows as [[unknown]];
    expect(own.has(pid)).toBe(false);
    const raw = { ...planned("select pg_backend_pid()"), named: true };
    expect((await server.pool.execute(raw, [])).rows).toEqual([[pid]]);
  });

  it("fails what is under way when its connection ends, and opens another one", async () => {
    const server = await open();
    const before = await sessions(server);
    const under = range(10).map(() => send(server, "select 1 from pg_sleep(5)"));
    const settling = Promise.allSettled(under);
    await sleep(100);
    for (const pid of before) await server.run(`select pg_terminate_backend(${Number(pid)})`);
    for (const result of await settling) {
      expect(result.status).toBe("rejected");
      const { reason } = result as PromiseRejectedResult;
      expect(server.engine.translateError(reason, {})).toBeInstanceOf(ConnectionError);
    }
    const after = await sessions(server);
    expect(after.size).toBe(2);
    for (const pid of after) expect(before.has(pid)).toBe(false);
  });

  it("closes what is idle, and after what is under way when it is closed", async () => {
    const server = await open({ pool: { idleTimeout: 400 } });
    const before = await sessions(server);
    const stillOpen = async (): Promise<number> => {
      const pids = [...before].map(Number).join(", ");
      const { rows } = await server.run(`select count(*)::int from pg_stat_activity where pid in (${pids})`);
      return rows[0]?.[0] as number;
    };
    expect(await stillOpen()).toBe(2);
    for (let time = 0; time < 100 && (await stillOpen()) > 0; time += 1) await sleep(20);
    expect(await stillOpen()).toBe(0);
    const last = send(server, "select 5 from pg_sleep(0.1)");
    while ((await sessions(server)).size === 0) await sleep(1);
    const closing = server.pool.close();
    expect(await last).toBe(5);
    await closing;
    await expect(send(server, "select 1")).rejects.toBeInstanceOf(ConnectionError);
  });

  describe("under models", () => {
    let db: Database;
    beforeAll(async () => {
      db = new Database(url, { pipeline: true, pool: { max: 3 }, preparedStatements: true });
      Parcel.bind(db);
      await db.dropTables([Parcel], { safe: true });
      await db.createTables([Parcel]);
      return async () => {
        await db.dropTables([Parcel]);
        await db.close();
      };
    });
    afterEach(() => Parcel.objects.delete({ all: true }));
    const ids = async (): Promise<number[]> => (await Parcel.objects.orderBy("id").all()).map(({ id }) => id);

    it("creates and gets many at once", async () => {
      await Promise.all(range(64).map((id) => Parcel.objects.create({ id, to: `door ${id}` })));
      const found = await Promise.all(range(64).map((id) => Parcel.objects.get({ id })));
      expect(found.map(({ to }) => to)).toEqual(range(64).map((id) => `door ${id}`));
    });

    it("keeps transactions to themselves, among statements and errors of others", async () => {
      await Parcel.objects.create({ id: 1000, to: "taken" });
      const block = (id: number) =>
        db.atomic(async () => {
          await Parcel.objects.create({ id, to: "inside" });
          await sleep(5);
          if (id % 2 === 1) throw new Error(`undone ${id}`);
          await Parcel.objects.create({ id: id + 500, to: "inside" });
        });
      const settled = await Promise.allSettled([
        ...range(12).map(block),
        ...range(20).map((n) => Parcel.objects.create({ id: 100 + n, to: "outside" })),
        ...range(20).map(() => Parcel.objects.create({ id: 1000, to: "again" })),
        ...range(20).map(() => Parcel.objects.filter({ to: "inside" }).count()),
      ]);
      settled.slice(0, 12).forEach(({ status }, id) => expect(status).toBe(id % 2 === 1 ? "rejected" : "fulfilled"));
      for (const { status } of settled.slice(12, 32)) expect(status).toBe("fulfilled");
      for (const result of settled.slice(32, 52)) {
        expect((result as PromiseRejectedResult).reason).toBeInstanceOf(UniqueViolation);
      }
      const even = range(12).filter((id) => id % 2 === 0);
      expect(await ids()).toEqual([...even, ...range(20).map((n) => 100 + n), ...even.map((id) => id + 500), 1000]);
    });

    it("streams on a connection of the pool", async () => {
      await Parcel.objects.bulkCreate(range(1500).map((id) => ({ id, to: "far" })));
      const seen: number[] = [];
      for await (const { id } of Parcel.objects.orderBy("id")) {
        seen.push(id);
        if (id % 500 === 0) await Parcel.objects.filter({ id }).update({ to: "near" });
      }
      expect(seen).toEqual(range(1500));
      expect(await Parcel.objects.filter({ to: "near" }).count()).toBe(3);
    });
  });
});
