import { inspect } from "node:util";
import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, NotLoadedError, type QueryEvent, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  artist: () => fields.foreignKey(Artist, { null: true, onDelete: "set null" }),
  tracks: () => fields.hasMany(Track, "album"),
  cover: () => fields.hasOne(Cover, "album"),
}) {
  static objects = manager(this);
  get loud(): string {
    return this.name.toUpperCase();
  }
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 50 }),
}) {
  static objects = manager(this);
}

class Cover extends Model("cover", {
  album: () => fields.oneToOne(Album, { primaryKey: true, onDelete: "cascade" }),
  colour: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

onEngines("A relation", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, [Track, Cover, Album, Artist], { onQuery: (event) => events.push(event) });
  beforeEach(() => {
    events = [];
  });

  it("is given as a row or as a key, wherever a row is made or changed", async () => {
    const malibu = await Album.objects.create({ name: "Malibu" });
    const other = await Album.objects.create({ name: "Other" });
    const byRow = await Track.objects.create({ album: malibu, title: "a" });
    const byKey = await Track.objects.create({ album: malibu.pk, title: "b" });
    const [bulkRow, bulkKey] = await Track.objects.bulkCreate([
      { album: malibu, title: "c" },
      { album: malibu.pk, title: "d" },
    ]);
    for (const track of [byRow, byKey, bulkRow!, bulkKey!]) {
      expect(track.album.pk).toBe(malibu.pk);
      expect((await Track.objects.get({ pk: track.pk })).album.pk).toBe(malibu.pk);
    }
    expect(byRow.album).toBe(malibu);
    expect(byRow.album.isSparse).toBe(false);
    expect(byKey.album.isSparse).toBe(true);

    await byRow.update({ album: other });
    await byKey.update({ album: other.pk });
    bulkRow!.album = other;
    await bulkRow!.save();
    await Track.objects.filter({ pk: bulkKey!.pk }).update({ album: other });
    expect(await Track.objects.filter({ album: other }).count()).toBe(4);
    expect(await Track.objects.filter({ album: malibu.pk }).count()).toBe(0);
    expect(byRow.album).toBe(other);
  });

  it("that is assigned makes its row dirty, and only then", async () => {
    const [one, two] = [await Album.objects.create({ name: "1" }), await Album.objects.create({ name: "2" })];
    const { pk } = await Track.objects.create({ album: one, title: "a" });
    const track = await Track.objects.get({ pk });
    expect(track.album.pk).toBe(one.pk);
    expect(track.isDirty()).toBe(false);
    track.album = one;
    expect(track.isDirty()).toBe(false);
    track.album = two;
    expect(track.dirtyFields()).toEqual(["album"]);
    events = [];
    await track.save();
    expect(events.map((event) => /set ["`]album_id["`] = /i.test(event.sql))).toEqual([true]);
    await track.save();
    expect(events).toHaveLength(1);
  });

  it("can be null only where it is declared so", async () => {
    const artist = await Artist.objects.create({ name: "x" });
    const album = await Album.objects.create({ name: "a", artist });
    album.artist = null;
    await album.save();
    const read = await Album.objects.get({ pk: album.pk });
    expect(read.artist).toBeNull();
    expect((await Album.objects.create({ name: "b" })).artist).toBeNull();
    const joined = await Album.objects.selectRelated("artist").get({ pk: album.pk });
    expect(joined.artist).toBeNull();

    const track = await Track.objects.create({ album, title: "t" });
    expect(() => {
      track.album = null as never;
    }).toThrow(/Track\.album: cannot be null/);
    expect(track.album.pk).toBe(album.pk);
    await expect(Track.objects.create({ album: null, title: "t" } as never)).rejects.toBeInstanceOf(ValidationError);
    await expect(Track.objects.create({ title: "t" } as never)).rejects.toThrow(/Track\.album: is required/);
  });

  it("to a row that is not saved waits for it", async () => {
    const album = new Album({ name: "later" });
    const track = new Track({ album: album, title: "t" });
    expect(track.album).toBe(album);
    await expect(track.save()).rejects.toThrow(/Track\.album: is a Album that is not saved yet\. Save it first/);
    await expect(Track.objects.create({ album: album, title: "t" })).rejects.toBeInstanceOf(ValidationError);
    await album.save();
    await track.save();
    expect((await Track.objects.get({ pk: track.pk })).album.pk).toBe(album.pk);

    const assigned = new Track({ album, title: "u" });
    const second = new Album({ name: "second" });
    assigned.album = second;
    await expect(assigned.save()).rejects.toBeInstanceOf(ValidationError);
    await second.save();
    await assigned.save();
    expect((await Track.objects.get({ pk: assigned.pk })).album.pk).toBe(second.pk);
  });

  it("to a row of another model is refused, naming both", async () => {
    const artist = await Artist.objects.create({ name: "x" });
    const album = await Album.objects.create({ name: "a" });
    const track = await Track.objects.create({ album, title: "t" });
    const wrong = /Track\.album: expected a row of Album, got one of Artist/;
    expect(() => {
      track.album = artist as never;
    }).toThrow(wrong);
    expect(() => new Track({ album: artist as never, title: "t" })).toThrow(wrong);
    expect(() => new Track({ album: new Artist({ name: "y" }) as never, title: "t" })).toThrow(ValidationError);
    await expect(track.update({ album: artist as never })).rejects.toThrow(wrong);
    await expect(Track.objects.filter({ pk: track.pk }).update({ album: artist as never })).rejects.toThrow(wrong);
    expect(() => {
      track.album = "x" as never;
    }).toThrow(ValidationError);
    expect(track.album.pk).toBe(album.pk);
  });

  it("to a row that is not there is refused by the database", async () => {
    await expect(Track.objects.create({ album: 999_999, title: "t" })).rejects.toMatchObject({
      name: "ForeignKeyViolation",
    });
  });

  it("that is not loaded knows its key, and says how to load the rest", async () => {
    const album = await Album.objects.create({ name: "a", artist: await Artist.objects.create({ name: "x" }) });
    const { pk } = await Track.objects.create({ album, title: "t" });
    const track = await Track.objects.get({ pk });
    const sparse = track.album as Album;
    expect(sparse).toBeInstanceOf(Album);
    expect(track.album).toBe(sparse);
    expect([sparse.pk, sparse.id, sparse.isSparse]).toEqual([album.pk, album.pk, true]);
    expect([String(sparse), inspect(sparse)]).toEqual(Array(2).fill(`Album(id=${album.pk}) [sparse]`));
    const message = new RegExp(
      `Album\\.name was not loaded.*await row\\.album\\.load\\(\\).*Track\\.objects\\.selectRelated\\("album"\\)`,
    );
    expect(() => sparse.name).toThrow(message);
    expect(() => sparse.name).toThrow(NotLoadedError);
    expect(() => sparse.artist).toThrow(NotLoadedError);
    expect(() => sparse.cover).toThrow(NotLoadedError);
    expect(() => sparse.loud).toThrow(NotLoadedError);
    expect(() => {
      sparse.name = "b";
    }).toThrow(NotLoadedError);
    await expect(sparse.save()).rejects.toThrow(NotLoadedError);
    await expect(sparse.update({ name: "b" })).rejects.toThrow(NotLoadedError);
    expect(sparse.isDirty()).toBe(false);
    expect(sparse.dirtyFields()).toEqual([]);
    expect(JSON.parse(JSON.stringify(sparse))).toEqual({ id: album.pk });
    expect(sparse.equals(album)).toBe(true);
    expect(album.equals(sparse)).toBe(true);
    expect(await sparse.tracks.count()).toBe(1);
    expect(await Track.objects.filter({ album: sparse }).count()).toBe(1);
    expect((await Track.objects.create({ album: sparse, title: "u" })).album.pk).toBe(album.pk);
  });

  it("is loaded in place, by load and by refresh, once", async () => {
    const artist = await Artist.objects.create({ name: "x" });
    const album = await Album.objects.create({ name: "a", artist });
    const { pk } = await Track.objects.create({ album, title: "t" });
    for (const method of ["load", "refresh"] as const) {
      const track = await Track.objects.get({ pk });
      const sparse = track.album as Album;
      events = [];
      expect(await sparse[method]()).toBe(sparse);
      expect(track.album).toBe(sparse);
      expect([sparse.isSparse, sparse.name, sparse.loud, String(sparse)]).toEqual([
        false,
        "a",
        "A",
        `Album(id=${album.pk})`,
      ]);
      expect(sparse.artist?.pk).toBe(artist.pk);
      await track.album.load();
      expect(events).toHaveLength(1);
      sparse.name = "b";
      expect(sparse.dirtyFields()).toEqual(["name"]);
      await sparse.save();
      await sparse.update({ name: "a" });
    }
  });

  it("whose row is gone says so when loaded", async () => {
    const album = await Album.objects.create({ name: "a" });
    const { pk } = await Track.objects.create({ album, title: "t" });
    const track = await Track.objects.get({ pk });
    await Album.objects.filter({ pk: album.pk }).delete();
    await expect(track.album.load()).rejects.toBeInstanceOf(Album.DoesNotExist);
    expect(track.album.isSparse).toBe(true);
  });

  it("is forgotten when its row is refreshed", async () => {
    const [one, two] = [await Album.objects.create({ name: "1" }), await Album.objects.create({ name: "2" })];
    const track = await Track.objects.create({ album: one, title: "t" });
    await Track.objects.filter({ pk: track.pk }).update({ album: two });
    await track.refresh();
    expect(track.album.pk).toBe(two.pk);
    expect(track.album.isSparse).toBe(true);
  });

  it("is joined at any depth", async () => {
    const artist = await Artist.objects.create({ name: "deep" });
    const album = await Album.objects.create({ name: "a", artist });
    const { pk } = await Track.objects.create({ album, title: "t" });
    events = [];
    const track = await Track.objects.selectRelated("album__artist").get({ pk });
    expect(track.album.artist?.name).toBe("deep");
    expect(track.album.loud).toBe("A");
    expect(events).toHaveLength(1);
    expect(track.isDirty()).toBe(false);
    expect((track.album as unknown as Album).isDirty()).toBe(false);
  });

  it("to many rows reads, makes, counts and narrows", async () => {
    const album = await Album.objects.create({ name: "a" });
    const other = await Album.objects.create({ name: "b" });
    await other.tracks.create({ title: "elsewhere" });
    await album.tracks.create({ title: "x" });
    await album.tracks.bulkCreate([{ title: "y" }, { title: "z" }]);
    expect(await album.tracks.count()).toBe(3);
    expect((await album.tracks.filter({ title__gt: "x" }).orderBy("-title").all()).map((track) => track.title)).toEqual(
      ["z", "y"],
    );
    expect(await album.tracks.filter({ title: "elsewhere" }).exists()).toBe(false);
    const [found, created] = await album.tracks.getOrCreate({ title: "w" });
    expect([found.title, found.album.pk, created]).toEqual(["w", album.pk, true]);
    expect(await album.tracks.delete({ all: true })).toMatchObject({ total: 4 });
    expect(await Track.objects.filter({ album: other }).count()).toBe(1);
    expect(() => new Album({ name: "new" }).tracks.all()).toThrow(/nothing can point at it/);
    expect(() => {
      (album as { tracks: unknown }).tracks = [];
    }).toThrow(/Set their "album"/);
  });

  it("to one row works both ways, loaded or joined", async () => {
    const album = await Album.objects.create({ name: "a" });
    expect(await album.cover.load()).toBeNull();
    const cover = await Cover.objects.create({ album, colour: "red" });
    expect(cover.pk).toBe(album.pk);
    await expect(Cover.objects.create({ album, colour: "blue" })).rejects.toMatchObject({ name: "UniqueViolation" });

    const read = await Album.objects.get({ pk: album.pk });
    const loaded = await read.cover.load();
    expect(loaded?.colour).toBe("red");
    expect(loaded?.album).toBe(read);

    events = [];
    const joined = await Album.objects.selectRelated("cover").get({ pk: album.pk });
    expect(joined.cover?.colour).toBe("red");
    expect(joined.cover?.album as unknown).toBe(joined);
    const forward = await Cover.objects.selectRelated("album").get({ pk: album.pk });
    expect(forward.album.name).toBe("a");
    expect(events).toHaveLength(2);

    const bare = await Album.objects.create({ name: "bare" });
    expect((await Album.objects.selectRelated("cover").get({ pk: bare.pk })).cover).toBeNull();
    await cover.update({ colour: "green" });
    expect((await Cover.objects.get({ album })).colour).toBe("green");
    expect((await Cover.objects.get({ pk: album.pk })).colour).toBe("green");
  });
});
