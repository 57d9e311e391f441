import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigurationError, Database, fields, manager, Model } from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Artist extends Model("bound_artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}
class Album extends Model("bound_album", {
  id: fields.integer({ primaryKey: true }),
  artist: () => fields.foreignKey(Artist, { onDelete: "cascade" }),
  name: fields.string({ maxLength: 50 }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}
class Tag extends Model("bound_tag", {
  id: fields.integer({ primaryKey: true }),
  word: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}
class Apart extends Model("bound_apart", { id: fields.integer({ primaryKey: true }) }) {
  static objects = manager(this);
}
class Special extends Artist {
  static override objects = manager(this);
}
const MODELS = [Artist, Album, Tag, Apart];

onEngines("Binding models", (engine) => {
  let real: Database;
  let scratch: Database;
  beforeAll(async () => {
    [real, scratch] = [await engine.database(), await engine.database()];
    for (const db of [real, scratch]) await db.createTables(MODELS);
    real.bind(MODELS);
    await Artist.objects.create({ name: "real" });
  });
  // What a test leaves that was refused in the middle is not there for the next one.
  afterEach(async () => {
    await scratch.bindContext(MODELS, () => Artist.objects.delete({ all: true }));
  });
  afterAll(() => {
    for (const model of MODELS) model.bind(null);
  });

  it("db.bind binds those that are named, and with `related` all that they are related to", async () => {
    scratch.bind([Album]);
    expect([await Album.objects.count(), await Artist.objects.count()]).toEqual([0, 1]);
    real.bind([Album]);
    scratch.bind([Tag], { related: true });
    expect([await Artist.objects.count(), await Special.objects.count()]).toEqual([0, 0]);
    await Apart.objects.create({});
    expect(await Apart.objects.using(real).count()).toBe(1);
    real.bind([Artist], { related: true });
    expect(await Artist.objects.count()).toBe(1);
  });

  it("bindContext has models, their relations and through models elsewhere, for as long as a function runs", async () => {
    const answer = await scratch.bindContext([Artist], async () => {
      const artist = await Artist.objects.create({ name: "scratch" });
      const album = await Album.objects.create({ artist, name: "one" });
      await album.tags.add(await Tag.objects.create({ word: "loud" }));
      expect((await (await Album.objects.get()).artist.load()).name).toBe("scratch");
      const [read] = await Artist.objects.prefetchRelated("albums__tags").all();
      expect(read?.albums.length).toBe(1);
      expect(await Album.objects.filter({ tags__word: "loud", artist__name: "scratch" }).count()).toBe(1);
      expect(await Special.objects.count()).toBe(1);
      await scratch.atomic(async () => {
        await Tag.objects.create({ word: "soft" });
      });
      return "done";
    });
    expect(answer).toBe("done");
    expect([await Album.objects.count(), await Tag.objects.count()]).toEqual([0, 0]);
    expect(await Tag.objects.using(scratch).count()).toBe(2);
    // A model's own, and what was described before it.
    const all = Artist.objects.filter({ name: "scratch" });
    expect(await Album.bindContext(scratch, () => all.count())).toBe(1);
    expect(await all.count()).toBe(0);
    await scratch.bindContext([Artist], () => Artist.objects.delete({ all: true }));
    expect(await Album.objects.using(scratch).count()).toBe(0);
    expect(await Artist.objects.count()).toBe(1);
  });

  it("a context is over when its function fails, and `related: false` binds no more than is named", async () => {
    await expect(
      scratch.bindContext([Artist], async () => {
        await Artist.objects.count();
        throw new Error("no");
      }),
    ).rejects.toThrow("no");
    expect(await Artist.objects.count()).toBe(1);
    await scratch.bindContext(
      [Album],
      async () => expect([await Album.objects.count(), await Artist.objects.count()]).toEqual([0, 1]),
      { related: false },
    );
  });

  it("contexts that run at the same time do not see each other, and the inner one counts", async () => {
    const seen = await Promise.all([
      scratch.bindContext([Artist], async () => {
        const before = await Artist.objects.count();
        await sleep(5);
        return [before, await Artist.objects.count()];
      }),
      (async () => {
        const before = await Artist.objects.count();
        await sleep(1);
        return [before, await Artist.objects.count()];
      })(),
      real.bindContext([Artist], () =>
        scratch.bindContext([Artist], () => Promise.all([Artist.objects.count(), Album.objects.count()])),
      ),
      scratch.bindContext([Artist], () => real.bindContext([Artist], () => Promise.all([Artist.objects.count()]))),
    ]);
    expect(seen).toEqual([[0, 0], [1, 1], [0, 0], [1]]);
  });

  it("rows stay where they are from", async () => {
    const row = await Artist.objects.get({ name: "real" });
    await scratch.bindContext([Artist], async () => {
      await row.update({ name: "renamed" });
      expect(await row.albums.count()).toBe(0);
      expect(await Artist.objects.count()).toBe(0);
    });
    await row.refresh();
    expect(row.name).toBe("renamed");
    await row.update({ name: "real" });
  });

  it("Model.bind(null) leaves it to the declaration again", async () => {
    class Own extends Model("bound_artist", { id: fields.integer({ primaryKey: true }) }, { database: real }) {
      static objects = manager(this);
    }
    Own.bind(scratch);
    expect(await Own.objects.count()).toBe(0);
    Own.bind(null);
    expect(await Own.objects.count()).toBe(1);
  });
});

describe("What cannot be bound", () => {
  const db = new Database("sqlite::memory:");
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["no list", () => db.bind(Artist as never), /db\.bind\(\[…\]\) takes a list of models/],
    ["no models", () => db.bind([{}]), /expected a class made with Model/],
    ["unknown options", () => db.bind([Artist], { relatd: true } as never), /no option "relatd".*"related"/],
    ["an option of another type", () => db.bind([Artist], { related: 1 } as never), /related is true or false/],
    ["no function", () => db.bindContext([Artist], undefined as never), /bindContext\(…\) runs a function/],
    [
      "no database",
      () => Artist.bindContext(5 as never, () => 1),
      /Artist\.bindContext\(db, fn\): expected a Database/,
    ],
    ["nothing", () => Artist.bind(undefined as never), /Artist\.bind\(db\): expected a Database/],
  ];

  it.each(cases)("%s", async (_, work, says) => {
    const attempt = (): Promise<unknown> => Promise.resolve().then(work);
    await expect(attempt()).rejects.toThrow(ConfigurationError);
    await expect(attempt()).rejects.toThrow(says);
  });
});
