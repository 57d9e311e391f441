import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import {
  ConnectionError,
  Database,
  type DatabaseOptions,
  fields,
  manager,
  Model,
  type PoolEvent,
  PoolTimeoutError,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";
import { FaultProxy } from "../../support/fault-proxy.js";

class Note extends Model("note", { id: fields.integer({ primaryKey: true }), text: fields.string({ default: "" }) }) {
  static objects = manager(this);
}

onEngines("A pool", (engine) => {
  const hasSessions = engine.name !== "sqlite";
  let url: string;
  const opened: Database[] = [];
  beforeAll(async () => {
    url = await engine.url();
    const db = connected();
    await db.createTables([Note]);
    await db.close();
  });
  afterEach(async () => {
    for (const db of opened.splice(0)) await db.close();
  });

  function connected(options: DatabaseOptions = {}): Database {
    const db = new Database(url, options);
    opened.push(db);
    return db;
  }

  /** Has a transaction stay open until it is told to end. */
  async function holding(db: Database, sign = async (): Promise<unknown> => Note.objects.using(db).count()) {
    let end: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (end = resolve));
    let begun: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (begun = resolve));
    const over = db.atomic(async () => {
      await sign();
      begun();
      await told;
    });
    over.catch(begun);
    await started;
    return { end, over };
  }

  it("counts what it does, from connect() on", async () => {
    const db = connected({ pool: { max: 2 } });
    expect(db.pool).toBeNull();
    expect(Object.values(db.stats.pool)).toEqual(Array.from({ length: 10 }, () => 0));
    await db.connect();
    expect(db.stats.pool).toMatchObject({ size: 1, idle: 1, waiting: 0, created: 1, destroyed: 0, timeouts: 0 });
    const before = db.stats.pool.acquired;
    const held = await holding(db);
    expect(db.stats.pool).toMatchObject({ idle: 0, acquired: before + 1 });
    held.end();
    await held.over;
    expect(db.stats.pool.idle).toBe(1);
    await db.close();
    expect(db.stats.pool.created).toBe(0);
  });

  it("tells by onPool what becomes of connections", async () => {
    const told: PoolEvent[] = [];
    const db = connected({ onPool: (event) => told.push(event), pool: { max: 1, acquireTimeout: 500 } });
    await db.connect();
    const held = await holding(db);
    await expect(db.atomic(() => Promise.resolve())).rejects.toThrow(PoolTimeoutError);
    held.end();
    await held.over;
    await db.close();
    const types = told.map(({ type, reason }) => reason ?? type);
    expect(types.slice(0, 3)).toEqual(["connect", "acquire", "release"]);
    expect(types.slice(-4)).toEqual(["acquire", "timeout", "release", "closed"]);
  });

  it("says who has had a connection for longest, and by which line where that is traced", async () => {
    const db = connected({ pool: { max: 1, acquireTimeout: 500, traceHolders: true } });
    await db.connect();
    const held = await holding(db);
    const error = await db.atomic(() => Promise.resolve()).catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(PoolTimeoutError);
    expect((error as Error).message).toMatch(
      /1 of at most 1 are open, 0 idle, 0 more waiting\. The one lent for longest has been so for \d+ ms, to .*pools\.spec\.ts:\d+:\d+\)?, and was asked last: select count\(\*\) from ["`]note["`]\./,
    );
    held.end();
    await held.over;
  });

  it("closes idle connections, and those that somebody has had for too long, whose work fails", async () => {
    const db = connected({ pool: { max: 3 } });
    await db.connect();
    expect(db.pool?.closeIdle()).toBe(1);
    expect([db.isConnected, db.stats.pool.size]).toEqual([true, 0]);
    expect(await Note.objects.using(db).count()).toBe(0);
    const held = await holding(db, () => Note.objects.using(db).create({ text: "lost" }));
    expect(db.pool?.closeStale()).toBe(0);
    expect(db.pool?.closeStale(0)).toBe(1);
    held.end();
    await expect(held.over).rejects.toThrow();
    expect(await Note.objects.using(db).count()).toBe(0);
    const again = await holding(db);
    expect(db.pool?.closeAll()).toBeGreaterThan(0);
    again.end();
    await expect(again.over).rejects.toThrow();
    expect(await Note.objects.using(db).count()).toBe(0);
    expect(await db.close()).toBe(true);
  });

  if (!hasSessions) {
    it("keeps a database in memory, which would end with its connection", async () => {
      await using memory = new Database("sqlite::memory:");
      await memory.createTables([Note]);
      await Note.objects.using(memory).create({ text: "kept" });
      expect([memory.pool?.closeIdle(), memory.pool?.closeStale(0), memory.pool?.closeAll()]).toEqual([0, 0, 0]);
      expect(await Note.objects.using(memory).count()).toBe(1);
    });
    return;
  }

  it.skipIf(engine.isPglite)(
    "opens min connections when it connects, keeps as many, and no more than the server gives",
    async () => {
      const db = connected({ pool: { min: 3, max: 4, idleTimeout: 10 } });
      await db.connect();
      expect(db.stats.pool).toMatchObject({ size: 3, idle: 3, created: 3 });
      expect(db.pool?.closeIdle()).toBe(3);
      await expect.poll(() => db.stats.pool.idle).toBe(3);
    },
  );

  it("gives nobody the settings that another one's SQL has left", async () => {
    const db = connected({ pool: { max: 1 } });
    const [set, ask, initial] =
      engine.name === "postgres"
        ? [
            sql`set search_path to pg_catalog`,
            sql<{ v: unknown }>`select current_setting('search_path') as v`,
            /public/,
          ]
        : [sql`set lock_wait_timeout = 7`, sql<{ v: unknown }>`select @@lock_wait_timeout as v`, /^(?!7$)/];
    // PGlite's one session is set up anew, and stays the same.
    const isAnother = (one: unknown, other: unknown): void => {
      if (!engine.isPglite) expect(one).not.toEqual(other);
    };
    const session = engine.name === "postgres" ? sql`select pg_backend_pid() as id` : sql`select connection_id() as id`;
    const [before] = await db.execute(session);
    await db.execute(set);
    expect(String((await db.execute(ask))[0]?.v)).toMatch(initial);
    isAnother(await db.execute(session), [before]);
    const [other] = await db.execute(session);
    await db.atomic(async () => {
      await db.execute(set);
      expect(String((await db.execute(ask))[0]?.v)).not.toMatch(initial);
    });
    expect(String((await db.execute(ask))[0]?.v)).toMatch(initial);
    isAnother(await db.execute(session), [other]);
    // What ends with its transaction costs no connection.
    const local = engine.name === "postgres" ? sql`set local search_path to pg_catalog` : sql`select 'set x = 1'`;
    const [kept] = await db.execute(session);
    await db.atomic(() => db.execute(local));
    await db.execute(sql`select 'set', 'use'`);
    expect(await db.execute(session)).toEqual([kept]);
  });

  it.skipIf(engine.isPglite)("is the same behind the schemes that peewee knows", async () => {
    for (const manner of ["+pool", "ext+pool", "+pool+async"]) {
      await using db = new Database(url.replace(/^[a-z]+/, `${engine.name}${manner}`));
      expect(await Note.objects.using(db).count()).toBe(0);
    }
  });
});

onEngines("A pool behind a network that loses connections", (engine) => {
  if (engine.name === "sqlite" || engine.isPglite) return it.skip("is not there: it is a file");

  let proxy: FaultProxy;
  let db: Database;
  beforeAll(async () => {
    proxy = await FaultProxy.before(await engine.url());
    db = new Database(proxy.url, { pool: { max: 2, pingAfter: 1 } });
    await db.createTables([Note]);
  });
  afterAll(async () => {
    await db.close();
    await proxy.close();
  });

  it(
    "replaces dead connections, of which nobody notices anything, where pingAfter is set",
    { timeout: 30_000 },
    async () => {
      await db.connect({ reuseIfOpen: true });
      expect(await Note.objects.using(db).count()).toBe(0);
      const { created, destroyed } = db.stats.pool;
      proxy.blackhole();
      // The idle connection says nothing; what comes after it goes through again.
      const asking = Note.objects.using(db).count();
      await expect.poll(() => db.stats.pool.destroyed, { timeout: 10_000 }).toBeGreaterThanOrEqual(destroyed);
      proxy.pass();
      expect(await asking).toBe(0);
      expect(db.stats.pool.size).toBeGreaterThan(0);
      expect(created).toBeGreaterThan(0);
    },
  );

  it("replaces connections that were reset while they were idle", async () => {
    expect(await Note.objects.using(db).count()).toBe(0);
    for (let round = 0; round < 3; round += 1) {
      proxy.reset();
      // As long as pingAfter says, and no longer than the news may take.
      await sleep(5);
      expect(await Note.objects.using(db).count()).toBe(0);
    }
    expect(db.stats.pool.destroyed).toBeGreaterThan(0);
  });

  it("says that the server is not there where it is not", async () => {
    await proxy.refuse();
    proxy.reset();
    await expect(Note.objects.using(db).count()).rejects.toThrow(ConnectionError);
    await proxy.accept();
    expect(await Note.objects.using(db).count()).toBe(0);
  });
});
