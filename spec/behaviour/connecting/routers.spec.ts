import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sql } from "kysely";
import {
  ConfigurationError,
  Count,
  type Database,
  fields,
  manager,
  Model,
  type Router,
  setDefaultDatabase,
  setRouter,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Artist extends Model("routed_artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}
class Album extends Model("routed_album", {
  id: fields.integer({ primaryKey: true }),
  artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
  name: fields.string({ maxLength: 50 }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}
class Tag extends Model("routed_tag", {
  id: fields.integer({ primaryKey: true }),
  word: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}
class Log extends Model("routed_log", {
  id: fields.integer({ primaryKey: true }),
  line: fields.string({ default: "" }),
}) {
  static objects = manager(this);
}
const MODELS = [Artist, Album, Tag, Log];

onEngines("A router", (engine) => {
  let main: Database;
  let copy: Database;
  const asked: string[] = [];
  beforeAll(async () => {
    main = await engine.database({ onQuery: () => asked.push("main") });
    copy = await engine.database({ alias: "routed-copy", onQuery: () => asked.push("copy") });
    for (const db of [main, copy]) await db.createTables(MODELS);
    setDefaultDatabase(main);
  });
  afterEach(async () => {
    setRouter(null);
    for (const db of [main, copy]) for (const model of MODELS) await model.objects.using(db).delete({ all: true });
  });
  afterAll(() => setDefaultDatabase(null));

  async function of(work: () => Promise<unknown>): Promise<string[]> {
    asked.length = 0;
    await work();
    return [...new Set(asked)];
  }

  const split: Router = {
    dbForRead: () => "routed-copy",
    dbForWrite: () => main,
    allowRelation: () => true,
  };

  it("says by operation where rows are read and written", async () => {
    setRouter(split);
    const artist = await Artist.objects.using(main).create({ id: 101, name: "x" });
    await Artist.objects.using(copy).create({ id: 101, name: "x" });
    expect(await of(() => Artist.objects.count())).toEqual(["copy"]);
    expect(await of(() => Artist.objects.filter({ name: "x" }).exists())).toEqual(["copy"]);
    expect(await of(() => Artist.objects.aggregate({ n: Count("*") }))).toEqual(["copy"]);
    expect(await of(() => Artist.objects.values("name").all())).toEqual(["copy"]);
    expect(await of(() => Artist.raw(sql`select id, name from routed_artist`).all())).toEqual(["copy"]);
    expect(await of(() => Artist.objects.raw(sql`select id, name from routed_artist`).all())).toEqual(["copy"]);
    expect(await of(() => Artist.objects.filter({ pk: 101 }).update({ name: "y" }))).toEqual(["main"]);
    expect(await of(() => Artist.objects.create({ name: "z" }))).toEqual(["main"]);
    expect(await of(() => Artist.objects.bulkCreate([{ name: "a" }, { name: "b" }]))).toEqual(["main"]);
    expect(await of(() => Artist.objects.getOrCreate({ name: "only" }))).toEqual(["main"]);
    expect(await of(() => Artist.objects.filter({ name: "a" }).delete())).toEqual(["main"]);
    expect(
      await of(() => main.atomic(() => Artist.objects.selectForUpdate().filter({ pk: 101 }).all()).catch(() => null)),
    ).toEqual(["main"]);
    // A row read from the copy is written to the other one, and is of there from then on.
    const read = await Artist.objects.get({ pk: 101 });
    expect(read.name).toBe("x");
    expect(await of(() => read.update({ name: "w" }))).toEqual(["main"]);
    expect(await of(() => read.refresh())).toEqual(["copy"]);
    expect(await of(() => read.save({ using: copy }))).toEqual([]);
    expect(await of(() => read.delete())).toEqual(["main"]);
    expect(await of(() => artist.albums.count())).toEqual(["copy"]);
  });

  it("minds the hint of the row in related managers, loads and many-to-many relations", async () => {
    setRouter(split);
    for (const db of [main, copy]) {
      const artist = await Artist.objects.using(db).create({ id: 101, name: "x" });
      await Album.objects.using(db).create({ id: 101, artist, name: "one" });
    }
    const artist = await Artist.objects.get({ pk: 101 });
    expect(await of(() => artist.albums.create({ name: "two" }))).toEqual(["main"]);
    expect(await of(() => artist.albums.filter({ name: "two" }).count())).toEqual(["copy"]);
    const album = await Album.objects.get({ pk: 101 });
    expect(await of(() => album.artist.load())).toEqual(["copy"]);
    const tag = await Tag.objects.create({ id: 101, word: "loud" });
    expect(await of(() => album.tags.add(tag))).toEqual(["main"]);
    expect(await of(() => album.tags.all())).toEqual(["copy"]);
    const hints: unknown[] = [];
    setRouter({
      dbForRead: (model, { instance }) => void hints.push([model.name, instance]),
      allowRelation: () => true,
    });
    await artist.albums.all();
    expect(hints).toEqual([["Album", artist]]);
  });

  it("comes by model, the first that answers, and not before using and bindings", async () => {
    const calls: string[] = [];
    setRouter([
      { dbForWrite: (model) => (calls.push(`first ${model.meta.table}`), null) },
      {
        dbForRead: (model) => (model.name === "Log" ? copy : undefined),
        dbForWrite: (model) => (model.name === "Log" ? "routed-copy" : undefined),
      },
      { dbForWrite: () => main },
    ]);
    expect(await of(() => Log.objects.create({ line: "x" }))).toEqual(["copy"]);
    expect(await of(() => Log.objects.count())).toEqual(["copy"]);
    expect(await of(() => Artist.objects.create({ name: "x" }))).toEqual(["main"]);
    expect(calls).toEqual(["first routed_log", "first routed_artist"]);
    expect(await of(() => Log.objects.using(main).create({ line: "x" }))).toEqual(["main"]);
    expect(await of(() => new Log({ line: "x" }).save({ using: main }))).toEqual(["main"]);
    expect(await of(() => main.bindContext([Log], () => Log.objects.create({ line: "x" })))).toEqual(["main"]);
    Log.bind(main);
    expect(await of(() => Log.objects.create({ line: "x" }))).toEqual(["main"]);
    Log.bind(null);
    expect(await of(() => Log.objects.create({ line: "x" }))).toEqual(["copy"]);
  });

  it("allows relations that else are refused, and refuses others", async () => {
    const there = await Artist.objects.using(copy).create({ id: 7, name: "there" });
    await Artist.objects.create({ id: 7, name: "here" });
    await expect(Album.objects.create({ artist: there, name: "x" })).rejects.toThrow(/another database/);
    setRouter([{ allowRelation: () => undefined }, { allowRelation: (one, other) => one !== other }]);
    const album = await Album.objects.create({ artist: there, name: "x" });
    expect((await Album.objects.selectRelated("artist").get({ pk: album.pk })).artist.name).toBe("here");
  });

  it("keeps models' tables from databases by allowMigrate", async () => {
    const empty = await engine.database();
    setRouter({ allowMigrate: (db, model) => (model.name === "Log" ? db !== empty : undefined) });
    await empty.createTables(MODELS);
    expect(await Artist.objects.using(empty).count()).toBe(0);
    await expect(Log.objects.using(empty).count()).rejects.toThrow(/log/);
    await empty.dropTables(MODELS);
    await expect(Artist.objects.using(empty).count()).rejects.toThrow(/artist/);
  });

  it("says in words what it answered wrongly", async () => {
    setRouter({ dbForRead: () => Promise.resolve(main) as never });
    await expect(Artist.objects.count()).rejects.toThrow(/expected a Database or the alias of one, got.*Promise/);
    setRouter({ dbForRead: () => "routed-kopy" });
    await expect(Artist.objects.count()).rejects.toThrow(/"routed-kopy".*Did you mean "routed-copy"/);
    setRouter({ allowMigrate: () => "yes" as never });
    await expect(main.createTables([Log])).rejects.toThrow(/allowMigrate\(…\) says true, false or nothing/);
  });
});

describe("What is no router", () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ["nothing", undefined, /takes objects with methods such as dbForRead/],
    ["a function", () => null, /takes objects with methods such as dbForRead/],
    ["an object of something else", {}, /has none of a router's methods\. Methods: dbForRead, dbForWrite/],
    ["a misspelt method", { dbForRaed: () => null }, /no use for dbForRaed.*Did you mean "dbForRead"/],
    ["a method that is none", { dbForRead: "main" }, /dbForRead is a method/],
    ["a list with one of them", [{ dbForRead: () => null }, 5], /takes objects/],
  ];

  it.each(cases)("%s", (_, router, says) => {
    expect(() => setRouter(router as never)).toThrow(ConfigurationError);
    expect(() => setRouter(router as never)).toThrow(says);
  });
});
