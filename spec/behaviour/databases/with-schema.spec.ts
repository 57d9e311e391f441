import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  Database,
  Exists,
  F,
  FieldError,
  fields,
  manager,
  Model,
  OuterRef,
  Prefetch,
  UniqueViolation,
} from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, type TestEngine } from "../../support/engines.js";

class Plan extends Model("ws_plan", { name: fields.string({ maxLength: 20, unique: true }) }, { schema: "ws_shared" }) {
  static objects = manager(this);
}

class Artist extends Model("ws_artist", {
  name: fields.string({ maxLength: 40 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

class Album extends Model(
  "ws_album",
  {
    artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
    name: fields.string({ maxLength: 40, index: true }),
    year: fields.integer({ default: 2000 }),
    tags: () => fields.manyToMany(Tag),
    tracks: () => fields.hasMany(Track, "album"),
  },
  { ordering: ["name"], constraints: [{ unique: ["artist", "name"] }] },
) {
  static objects = manager(this);
}

class Track extends Model("ws_track", {
  album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 40 }),
}) {
  static objects = manager(this);
}

class Tag extends Model("ws_tag", {
  name: fields.string({ maxLength: 40 }),
  posts: () => fields.manyToMany(Album, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

const MODELS = [Artist, Album, Track, Tag];

onEngines("withSchema", (engine) => {
  const suffix = randomBytes(4).toString("hex");
  const [a, b] = [`tenant_a_${suffix}`, `tenant_b_${suffix}`];
  const { make, drop } = schemasOf(engine);
  let db: Database;

  beforeAll(async () => {
    // Each connection to SQLite would have attachments of its own; a database in memory has one connection.
    db = engine.name === "sqlite" ? new Database("sqlite::memory:") : await engine.database();
    for (const model of [...MODELS, Plan]) model.bind(db);
    for (const name of [a, b, "ws_shared"]) await make(db, name);
    await db.createTables([...MODELS, Plan]);
    for (const name of [a, b]) await db.withSchema(name, () => db.createTables(MODELS));
  });

  afterAll(async () => {
    if (engine.name === "mysql") for (const name of [a, b, "ws_shared"]) await drop(db, name);
    await db.close();
  });

  beforeEach(async () => {
    const clear = async () => {
      await Album.tags.through.objects.delete({ all: true });
      for (const model of [Track, Album, Artist, Tag]) await model.objects.delete({ all: true });
    };
    await clear();
    await Plan.objects.delete({ all: true });
    for (const name of [a, b]) await db.withSchema(name, clear);
    await Artist.objects.create({ name: "Nobody's" });
    for (const [name, who] of [
      [a, "Ann"],
      [b, "Bo"],
    ] as const) {
      await db.withSchema(name, async () => {
        const artist = await Artist.objects.create({ name: who });
        const album = await Album.objects.create({ artist, name: `${who} one`, year: 1999 });
        await Album.objects.create({ artist, name: `${who} two` });
        await Track.objects.bulkCreate([
          { album, title: "Ü" },
          { album, title: "" },
        ]);
        await album.tags.add(await Tag.objects.create({ name: `of ${who}` }));
      });
    }
  });

  it("asks the tables of a schema, by queryset", async () => {
    const names = (schema: string) => Artist.objects.withSchema(schema).valuesList("name", { flat: true }).all();
    expect(await names(a)).toEqual(["Ann"]);
    expect(await names(b)).toEqual(["Bo"]);
    expect(await Artist.objects.valuesList("name", { flat: true }).all()).toEqual(["Nobody's"]);
    expect(await Artist.objects.filter({ albums__name: "Ann one" }).withSchema(a).count()).toBe(1);
    expect(
      await Artist.objects.withSchema(a).filter({ albums__tags__name: "of Ann", albums__year__lt: 2000 }).count(),
    ).toBe(1);
    expect(await Artist.objects.withSchema(b).filter({ albums__tags__name: "of Ann" }).exists()).toBe(false);
    expect(await Artist.objects.withSchema(a).exclude({ albums__name: "Ann one" }).count()).toBe(0);
  });

  it("says in SQL where tables are", () => {
    const { sql: text } = Album.objects.withSchema(a).filter({ artist__name: "x" }).sql();
    expect(text).toContain(`${a}`);
    expect(text.split(a)).toHaveLength(3);
  });

  it("asks them in a function, across awaits and nested ones", async () => {
    const seen = await db.withSchema(a, async () => {
      const first = await Artist.objects.get();
      const other = await db.withSchema(b, async () => (await Artist.objects.get()).name);
      const none = await db.withSchema(null, async () => (await Artist.objects.get()).name);
      await new Promise((resolve) => setImmediate(resolve));
      return [first.name, other, none, (await Artist.objects.get()).name];
    });
    expect(seen).toEqual(["Ann", "Bo", "Nobody's", "Ann"]);
    expect((await Artist.objects.get()).name).toBe("Nobody's");
  });

  it("keeps scopes at the same time apart", async () => {
    const ask = (schema: string) =>
      db.withSchema(schema, async () => {
        const first = await Artist.objects.get();
        await new Promise((resolve) => setImmediate(resolve));
        return [first.name, await Album.objects.filter({ artist: first }).count()];
      });
    const found = await Promise.all([a, b, a, b].map(ask));
    expect(found).toEqual([
      ["Ann", 2],
      ["Bo", 2],
      ["Ann", 2],
      ["Bo", 2],
    ]);
  });

  it("stays with rows: what they load, write and delete is where they came from", async () => {
    const artist = await Artist.objects.withSchema(a).get();
    expect((await artist.albums.all()).map(({ name }) => name)).toEqual(["Ann one", "Ann two"]);
    const [album] = await artist.albums.filter({ year: 1999 }).all();
    expect((await album!.artist.load()).name).toBe("Ann");
    expect(await album!.tags.count()).toBe(1);
    await album!.tags.create({ name: "more" });
    await artist.albums.create({ name: "Ann three" });
    await artist.update({ name: "Anna" });
    await db.withSchema(b, async () => {
      artist.name = "Annie";
      await artist.save();
      await artist.refresh();
    });
    expect(artist.name).toBe("Annie");
    expect(await Album.objects.withSchema(a).count()).toBe(3);
    expect(await Tag.objects.withSchema(a).count()).toBe(2);
    await artist.delete();
    expect(await Track.objects.withSchema(a).count()).toBe(0);
    expect(await Track.objects.withSchema(b).count()).toBe(2);
    expect(await Artist.objects.withSchema(b).count()).toBe(1);
    expect((await Artist.objects.get()).name).toBe("Nobody's");
  });

  it("fetches along, by joins and by further queries", async () => {
    const [joined] = await Track.objects.withSchema(b).selectRelated("album__artist").filter({ title: "Ü" }).all();
    expect(joined!.album.artist.name).toBe("Bo");
    const albums = await Album.objects.withSchema(b).prefetchRelated("tracks", "tags", "artist").all();
    expect(albums.map((album) => album.tracks.length)).toEqual([2, 0]);
    const other = Prefetch("albums", Album.objects.withSchema(a).filter({ year: 1999 }), { toAttr: "theirs" });
    const artists = await db.withSchema(b, () => Artist.objects.prefetchRelated(other).all());
    // Keys of one schema mean nothing in another: that it was asked there is all there is to see.
    expect(artists).toHaveLength(1);
  });

  it("writes: bulk, upsert, get or create, update and delete by condition", async () => {
    await db.withSchema(a, async () => {
      const artist = await Artist.objects.get();
      const [made, isNew] = await Album.objects.getOrCreate({ artist, name: "Ann two" });
      expect([made.year, isNew]).toEqual([2000, false]);
      await Album.objects.upsert({ artist, name: "Ann two", year: 2020 }, { uniqueFields: ["artist", "name"] });
      expect(await Album.objects.filter({ year: 2020 }).update({ year: F("year").add(1) })).toBe(1);
      expect(await Album.objects.filter({ artist__name: "Ann" }).update({ year: 1980 })).toBe(2);
      const rows = await Album.objects.all();
      for (const [index, row] of rows.entries()) row.year = index;
      await Album.objects.bulkUpdate(rows, ["year"]);
      await expect(Album.objects.create({ artist, name: "Ann one" })).rejects.toThrow(UniqueViolation);
      expect(await Album.objects.filter({ artist__name: "Ann", year: 1 }).delete()).toMatchObject({ total: 1 });
      await Track.objects.bulkCreate(
        Array.from({ length: 50 }, (_, index) => ({ album: rows[0]!, title: `${index}` })),
      );
    });
    expect(await Album.objects.withSchema(a).valuesList("year", { flat: true }).all()).toEqual([0]);
    expect(await Track.objects.withSchema(a).count()).toBe(52);
    expect(await Album.objects.withSchema(b).count()).toBe(2);
    expect(await Album.objects.count()).toBe(0);
  });

  it("is of a transaction like any other query", async () => {
    await expect(
      db.atomic(async () => {
        await Artist.objects.withSchema(a).create({ name: "Gone" });
        await db.withSchema(b, () => Artist.objects.create({ name: "Gone" }));
        await db.withSchema(b, () =>
          db.atomic(() => Artist.objects.filter({ name: "Gone" }).update({ name: "Still" })),
        );
        expect(await Artist.objects.withSchema(b).count()).toBe(2);
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect(await Artist.objects.withSchema(a).count()).toBe(1);
    expect(await Artist.objects.withSchema(b).count()).toBe(1);
    const inside = await db.withSchema(a, () => db.atomic(async () => (await Artist.objects.get()).name));
    expect(inside).toBe("Ann");
  });

  it("keeps models that name a schema of their own where they are", async () => {
    await db.withSchema(a, () => Plan.objects.create({ name: "free" }));
    expect(await Plan.objects.withSchema(b).count()).toBe(1);
    expect(await Plan.objects.filter({ name: "free" }).update({ name: "paid" })).toBe(1);
    expect(await Plan.objects.filter({ name: "paid" }).delete()).toMatchObject({ total: 1 });
  });

  it("takes part in other querysets: a schema named in a subquery is that one's", async () => {
    const theirs = Album.objects.withSchema(b).values("year");
    expect(await Album.objects.withSchema(a).filter({ year__in: theirs }).count()).toBe(2);
    const loud = Artist.objects
      .withSchema(a)
      .annotate({ n: Count("albums"), has: Exists(Track.objects.filter({ album__artist: OuterRef("pk") })) });
    expect(await loud.values("name", "n", "has").all()).toEqual([{ name: "Ann", n: 2, has: true }]);
    const all = Artist.objects
      .withSchema(a)
      .values("name")
      .union(Artist.objects.withSchema(b).values("name"), { all: true });
    expect((await all.all()).map(({ name }) => name).sort()).toEqual(["Ann", "Bo"]);
    const once = Artist.objects.withSchema(a).filter({ name: "Ann" });
    expect(await once.or(Artist.objects.filter({ name: "x" })).count()).toBe(1);
    expect(() => once.or(Artist.objects.withSchema(b))).toThrow(FieldError);
    expect(await Album.objects.withSchema(a).aggregate({ n: Count("*") })).toEqual({ n: 2 });
    const cte = Album.objects.withSchema(a).filter({ year: 1999 }).asCte("old");
    expect(await cte.count()).toBe(1);
    const streamed: string[] = [];
    for await (const row of Album.objects.withSchema(a).iterator({ chunkSize: 1 })) streamed.push(row.name);
    expect(streamed).toEqual(["Ann one", "Ann two"]);
  });

  it("copies from one schema to another where the source says which", async () => {
    const source = Artist.objects.withSchema(a).filter({ name: "Ann" }).values("name");
    expect(await Artist.objects.withSchema(b).insertFrom(source, ["name"])).toBe(1);
    expect(await Artist.objects.withSchema(b).count()).toBe(2);
    await expect(db.withSchema(b, () => Artist.objects.using(db).insertFrom(source, ["name"]))).resolves.toBe(1);
  });

  it("serves Kysely, and is counted with its database", async () => {
    const rows = await db.withSchema(a, () => db.kysely.selectFrom("ws_artist").select("name").execute());
    expect(rows).toEqual([{ name: "Ann" }]);
    const typed = await Artist.objects.withSchema(b).toKysely().execute();
    expect(typed).toHaveLength(1);
    await expectQueries(
      2,
      async () => {
        await Artist.objects.withSchema(a).count();
        await db.withSchema(b, () => Artist.objects.count());
      },
      { database: db },
    );
  });

  it("has one plan for each schema", async () => {
    await Artist.objects.withSchema(a).filter({ name: "p" }).all();
    const before = db.stats.plans;
    for (const name of ["q", "r", "s"]) await Artist.objects.withSchema(a).filter({ name }).all();
    expect(db.stats.plans.compiled).toBe(before.compiled);
    expect(db.stats.plans.hits).toBe(before.hits + 3);
  });

  it("drops tables of a schema alone", async () => {
    const extra = `tenant_c_${suffix}`;
    await make(db, extra);
    await db.withSchema(extra, () => db.createTables(MODELS));
    await db.withSchema(extra, () => db.createTables(MODELS)); // they are there already
    expect(await Artist.objects.withSchema(extra).count()).toBe(0);
    await db.withSchema(extra, () => db.dropTables(MODELS));
    await expect(Artist.objects.withSchema(extra).count()).rejects.toThrow();
    expect(await Artist.objects.withSchema(a).count()).toBe(1);
    await drop(db, extra);
  });

  it("refuses what is no name", async () => {
    for (const name of ["", "a\0b", undefined, {}, ["x"], 1, "x".repeat(64), "__proto__"]) {
      expect(() => Artist.objects.withSchema(name as never)).toThrow(ConfigurationError);
      expect(() => db.withSchema(name as never, () => 1)).toThrow(ConfigurationError);
    }
    expect(() => Artist.objects.withSchema(null as never)).toThrow(ConfigurationError);
    expect(() => db.withSchema(a, null as never)).toThrow(ConfigurationError);
    const odd = `x"; drop table ws_artist; --\``;
    await expect(Artist.objects.withSchema(odd).all()).rejects.toThrow();
    expect(await Artist.objects.count()).toBe(1);
  });
});

/** How schemas are made and dropped on an engine. */
function schemasOf({ name }: TestEngine) {
  const run = async (db: Database, text: string): Promise<void> => void (await db.execute(sql.raw(text)));
  if (name === "sqlite") {
    return {
      make: (db: Database, schema: string) => run(db, `attach ':memory:' as ${schema}`),
      drop: (db: Database, schema: string) => run(db, `detach ${schema}`),
    };
  }
  const kind = name === "postgres" ? "schema" : "database";
  return {
    make: (db: Database, schema: string) => run(db, `create ${kind} if not exists ${schema}`),
    drop: (db: Database, schema: string) => run(db, `drop ${kind} ${schema}`),
  };
}
