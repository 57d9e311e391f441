import { inspect } from "node:util";
import { sql } from "kysely";
import { afterEach, describe, expect, it } from "vitest";
import { ConfigurationError, Database, DatabaseProxy, fields, manager, Model, setDefaultDatabase } from "dunder-orm";
import { onEngines } from "../../support/engines.js";

const album = { id: fields.integer({ primaryKey: true }), name: fields.string({ default: "" }) };

onEngines("A DatabaseProxy", (engine) => {
  afterEach(() => setDefaultDatabase(null));

  it("stands for a database wherever one is taken, and may be told again", async () => {
    const proxy = new DatabaseProxy();
    class Album extends Model("album", album, { database: proxy }) {
      static objects = manager(this);
    }
    class Track extends proxy.Model("track", {
      id: fields.integer({ primaryKey: true }),
      album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
      title: fields.string({ default: "" }),
    }) {
      static objects = manager(this);
    }
    class Note extends Model("note", album) {
      static objects = manager(this);
    }
    const used = Note.objects.using(proxy);
    const [one, other] = [await engine.database(), await engine.database()];
    for (const db of [one, other]) {
      proxy.initialize(db);
      expect(proxy.isInitialized).toBe(true);
      await proxy.createTables([Album, Track, Note]);
      expect(proxy.isConnected).toBe(db.isConnected);
    }
    await Album.objects.create({ name: "Malibu" });
    expect(await Album.objects.using(other).count()).toBe(1);
    expect(await Album.objects.using(one).count()).toBe(0);
    await used.create({ name: "by using" });
    Note.bind(proxy);
    await Note.objects.create({ name: "by bind" });
    Note.bind(null);
    setDefaultDatabase(proxy);
    await Note.objects.create({ name: "by default" });
    expect(await Note.objects.using(other).valuesList("name", { flat: true }).all()).toEqual([
      "by using",
      "by bind",
      "by default",
    ]);
    proxy.initialize(one);
    expect([await Album.objects.count(), await Note.objects.count(), await used.count()]).toEqual([0, 0, 0]);
  });

  it("has transactions, SQL and deletes along relations as its database has", async () => {
    const proxy = new DatabaseProxy();
    const db = await engine.database();
    class Album extends Model("album", album, { database: db }) {
      static objects = manager(this);
    }
    class Track extends Model(
      "track",
      {
        id: fields.integer({ primaryKey: true }),
        album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
      },
      { database: proxy },
    ) {
      static objects = manager(this);
    }
    proxy.initialize(db);
    await db.createTables([Album, Track]);
    await expect(
      proxy.atomic(async () => {
        await Track.objects.create({ album: await Album.objects.create({ name: "x" }) });
        expect(await Track.objects.count()).toBe(1);
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect(await Track.objects.count()).toBe(0);
    const row = await Album.objects.create({ name: "x" });
    await Track.objects.create({ album: row });
    // The two are one database, by whichever name: the delete knows of the track.
    expect(await row.delete()).toEqual({ total: 2, byModel: { Album: 1, Track: 1 } });
    expect(await proxy.execute(sql`select 1 as n`)).toHaveLength(1);
    expect(await proxy.kysely.selectFrom("album").selectAll().execute()).toEqual([]);
    expect(await proxy.close()).toBe(true);
    expect(db.isConnected).toBe(false);
  });
});

describe("A DatabaseProxy", () => {
  class Note extends Model("note", album) {
    static objects = manager(this);
  }

  it("refuses everything before initialize, and says how", async () => {
    const proxy = new DatabaseProxy();
    class Bound extends Model("note", album, { database: proxy }) {
      static objects = manager(this);
    }
    const says = /this DatabaseProxy was not told its database yet\. Call proxy\.initialize/;
    for (const work of [
      () => proxy.atomic(() => Promise.resolve(1)),
      () => proxy.connect(),
      () => proxy.isConnected,
      () => proxy.close(),
    ]) {
      expect(work).toThrow(ConfigurationError);
      expect(work).toThrow(says);
    }
    await expect(Bound.objects.count()).rejects.toThrow(/^Bound: this DatabaseProxy/);
    await expect(Note.objects.using(proxy).count()).rejects.toThrow(says);
    expect(() => Bound.objects.sql()).toThrow(says);
    expect(proxy.isInitialized).toBe(false);
    expect(inspect(proxy)).toContain("DatabaseProxy(not initialized)");
    expect(await Promise.resolve(proxy)).toBe(proxy);
    expect("atomic" in proxy).toBe(false);
  });

  it("calls what was attached with each database, at once where there is one, until told otherwise", () => {
    const proxy = new DatabaseProxy();
    const told: unknown[] = [];
    const [one, other] = [new Database("sqlite::memory:"), new Database("sqlite::memory:")];
    const detach = proxy.attachCallback((db) => told.push(db));
    proxy.initialize(one);
    expect(told).toEqual([one]);
    const late: unknown[] = [];
    proxy.attachCallback((db) => late.push(db));
    detach();
    proxy.initialize(other);
    expect(told).toEqual([one]);
    expect(late).toEqual([one, other]);
    expect(inspect(proxy)).toContain("DatabaseProxy(SQLite)");
  });

  it("takes a database and functions, and no properties", () => {
    const proxy = new DatabaseProxy();
    for (const none of [null, undefined, "sqlite::memory:", {}, new DatabaseProxy()]) {
      expect(() => proxy.initialize(none as never)).toThrow(/expected a Database/);
    }
    expect(() => proxy.attachCallback(5 as never)).toThrow(/expected a function/);
    expect(() => Object.assign(proxy, { echo: true })).toThrow(/takes no properties/);
  });
});
