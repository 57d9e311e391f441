import { beforeEach, expect, it } from "vitest";
import { F, fields, manager, Model, type QueryEvent, UniqueViolation, Upper, ValidationError, Value } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20, unique: true }),
  artist: () => fields.foreignKey(Artist, { null: true }),
  tracks: () => fields.hasMany(Track, "album"),
  cover: () => fields.hasOne(Cover, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model(
  "track",
  {
    id: fields.integer({ primaryKey: true }),
    album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
    title: fields.string({ maxLength: 20 }),
    position: fields.integer({ validators: [(value: number) => (value < 1 ? "is below 1." : undefined)] }),
    lines: () => fields.hasMany(Line, "track"),
  },
  { ordering: ["position"] },
) {
  static objects = manager(this);
  // A field of the class's own, so that its constructor has to run.
  heard = 0;
}

class Line extends Model("line", { track: () => fields.foreignKey(Track), text: fields.text({ default: "la" }) }) {
  static objects = manager(this);
}

/** Its key is the album's. */
class Cover extends Model("cover", {
  album: () => fields.oneToOne(Album, { primaryKey: true }),
  colour: fields.string({ choices: ["red", "grün"] }),
}) {
  static objects = manager(this);
}

class Category extends Model("category", {
  slug: fields.slug({ primaryKey: true }),
  name: fields.string({ default: "" }),
  parent: () => fields.foreignKey(Category, { null: true }),
  children: () => fields.hasMany(Category, "parent"),
}) {
  static objects = manager(this);
  override async save(...options: Parameters<Model["save"]>): Promise<this> {
    this.name = this.slug.toUpperCase();
    return super.save(...options);
  }
}
type Model = InstanceType<typeof Line>;

onEngines("Rows made along with others", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Line, Track, Cover, Album, Artist, Category], {
    onQuery: (event) => events.push(event),
  });
  const sent = (): string[] => events.map((event) => event.sql).filter((text) => /^insert/i.test(text));
  beforeEach(async () => {
    await Line.objects.delete({ all: true });
    await Track.objects.delete({ all: true });
    await Cover.objects.delete({ all: true });
    await Album.objects.delete({ all: true });
    await Artist.objects.delete({ all: true });
    events = [];
  });

  it("are those that point at it, those it points at, and theirs", async () => {
    const album = await Album.objects.create({
      name: "Malibu",
      artist: { name: "Anderson .Paak" },
      cover: { colour: "grün" },
      tracks: [
        { title: "The Bird", position: 1, lines: [{ text: "A bird" }, {}] },
        { title: "Heart Don’t", position: 2 },
        { title: "Room", position: 3, lines: [{ text: "🎺" }] },
      ],
    });
    // One statement for each level, and artist, album, cover.
    expect(sent()).toHaveLength(5);
    expect(album).toBeInstanceOf(Album);
    expect(album.isDirty()).toBe(false);
    expect(album.artist?.isSparse).toBe(false);
    events = [];
    const { cover } = await Album.objects.selectRelated("cover").get({ pk: album.pk });
    expect(cover?.colour).toBe("grün");
    const stored = await Track.objects.selectRelated("album__artist").all();
    expect(stored.map((track) => [track.title, track.album.name, track.album.artist?.name])).toEqual([
      ["The Bird", "Malibu", "Anderson .Paak"],
      ["Heart Don’t", "Malibu", "Anderson .Paak"],
      ["Room", "Malibu", "Anderson .Paak"],
    ]);
    expect(await Line.objects.orderBy("track__position", "id").valuesList("track__position", "text").all()).toEqual([
      [1, "A bird"],
      [1, "la"],
      [3, "🎺"],
    ]);
  });

  it("are known to it afterwards, and it to them", async () => {
    const album = await Album.objects.create({ name: "Malibu", artist: { name: "A" }, cover: { colour: "red" } });
    const other = await Album.objects.create({ name: "Bare", cover: null });
    events = [];
    expect((album.artist as Artist).name).toBe("A");
    const cover = album.cover as unknown as Cover;
    expect(cover.colour).toBe("red");
    expect(cover.album).toBe(album);
    expect(cover.pk).toBe(album.pk);
    expect(cover.isDirty()).toBe(false);
    expect(other.cover).toBeNull();
    expect(events).toEqual([]);
    const full = await Album.objects.create({ name: "F", tracks: [{ title: "a", position: 1, lines: [{}] }] });
    const empty = await Album.objects.create({ name: "E", tracks: [] });
    events = [];
    const tracks = await full.tracks.all();
    expect(tracks.map((track) => [track.title, track.album === full, track.isDirty()])).toEqual([["a", true, false]]);
    expect(await tracks[0]!.lines.count()).toBe(1);
    expect(await empty.tracks.exists()).toBe(false);
    expect(events).toEqual([]);
    await full.tracks.create({ title: "b", position: 2 });
    expect(await full.tracks.count()).toBe(2);
  });

  it("go with bulkCreate: one statement for all that stand in the same place", async () => {
    const ann = await Artist.objects.create({ name: "Ann" });
    const row = new Album({ name: "made before" });
    events = [];
    const albums = await Album.objects.bulkCreate([
      { name: "one", artist: { name: "Bo" }, tracks: [{ title: "a", position: 1 }] },
      row,
      { name: "two", artist: ann, tracks: [] },
      { name: "three", artist: { name: "Cy", albums: [{ name: "four" }] }, tracks: [{ title: "b", position: 1 }] },
    ]);
    expect(albums.map((album) => album.name)).toEqual(["one", "made before", "two", "three"]);
    expect(albums[1]).toBe(row);
    expect(sent()).toHaveLength(4);
    const names = Album.objects.orderBy("id").valuesList("name", "artist__name");
    expect(new Set((await names.all()).map(String))).toEqual(
      new Set(["one,Bo", "made before,", "two,Ann", "three,Cy", "four,Cy"]),
    );
    expect(await Track.objects.orderBy("title").valuesList("title", "album__name").all()).toEqual([
      ["a", "one"],
      ["b", "three"],
    ]);
  });

  it("are not counted where it is told how far the others are, and what that throws undoes all", async () => {
    const albums = ["one", "two", "three", "four", "five"].map((name, at) => ({
      name,
      artist: { name: "Ann", albums: [{ name: `${name}, too` }] },
      tracks: at === 1 ? [] : [{ title: "a", position: 1 }],
    }));
    const told: { done: number; total: number }[] = [];
    await Album.objects.bulkCreate(albums, { batchSize: 2, onProgress: (to) => told.push(to) });
    // A server that does not tell the keys of several rows is given them one at a time.
    const steps = told.length === 5 ? [1, 2, 3, 4, 5] : [2, 4, 5];
    expect(told).toEqual(steps.map((done) => ({ done, total: 5 })));
    expect(await Album.objects.count()).toBe(10);
    const stopping = Album.objects.bulkCreate([{ name: "six", tracks: [{ title: "b", position: 1 }] }], {
      onProgress: () => Promise.reject(new RangeError("stop")),
    });
    await expect(stopping).rejects.toThrow(new RangeError("stop"));
    expect(await Album.objects.count()).toBe(10);
  });

  it("go to hundreds, each to its own", async () => {
    const albums = Array.from({ length: 120 }, (_, index) => ({
      name: `album ${index}`,
      tracks: Array.from({ length: 10 }, (__, at) => ({ title: `${index}/${at}`, position: at + 1 })),
    }));
    await Album.objects.bulkCreate(albums, { batchSize: 50 });
    expect(await Track.objects.count()).toBe(1200);
    const tracks = await Track.objects.valuesList("album__name", "title").all();
    expect(tracks.every(([album, title]) => album === `album ${title.split("/")[0]}`)).toBe(true);
  });

  it("go through related managers, with keys by hand, and with expressions", async () => {
    const artist = await Artist.objects.create({ name: "Ann" });
    const album = await artist.albums.create({
      id: 77,
      name: Upper(Value("loud")),
      tracks: [
        { title: Upper(Value("ß?")), position: 1 },
        { pk: 5, title: "x", position: 2 },
      ],
    });
    expect(album.name).toBe("LOUD");
    expect(album.artist?.pk).toBe(artist.pk);
    expect((await Track.objects.get({ pk: 5 })).album.pk).toBe(77);
    expect(await Track.objects.filter({ album }).count()).toBe(2);
    const [second] = await artist.albums.bulkCreate([{ name: "2", tracks: [{ title: "y", position: 1 }] }]);
    expect(second?.artist).toBe(artist);
  });

  it("are all or nothing, inside of a block as well", async () => {
    const { db } = holder;
    await Album.objects.create({ name: "taken" });
    const taken = () => Artist.objects.create({ name: "A", albums: [{ name: "free" }, { name: "taken" }] });
    await expect(taken()).rejects.toThrow(UniqueViolation);
    expect(await Artist.objects.count()).toBe(0);
    await db.atomic(async () => {
      await Artist.objects.create({ name: "kept" });
      await expect(taken()).rejects.toThrow(UniqueViolation);
      await Artist.objects.create({ name: "kept, too", albums: [{ name: "free" }] });
    });
    expect(await Artist.objects.orderBy("id").valuesList("name", { flat: true }).all()).toEqual(["kept", "kept, too"]);
    expect(await Album.objects.orderBy("id").valuesList("name", { flat: true }).all()).toEqual(["taken", "free"]);
  });

  it("are undone with the block around, and not saved any more", async () => {
    let made: Album | undefined;
    const { db } = holder;
    const undone = db.atomic(async () => {
      made = await Album.objects.create({ name: "x", artist: { name: "A" }, cover: { colour: "red" } });
      throw new Error("undo");
    });
    await expect(undone).rejects.toThrow("undo");
    expect(made?.pk).toBeNull();
    expect(made?.artist?.pk).toBeNull();
    expect(await Album.objects.count()).toBe(0);
  });

  it("need one statement where there are none", async () => {
    await Album.objects.create({ name: "x", tracks: [], cover: null });
    expect(events).toHaveLength(1);
    events = [];
    await Album.objects.create({ name: "y", tracks: undefined, artist: null });
    expect(events).toHaveLength(1);
  });

  it("are asked to save themselves where their class does that in a way of its own", async () => {
    await Category.objects.create({ slug: "music", children: [{ slug: "rock", children: [{ slug: "punk" }] }] });
    const below = Category.objects.filter({ pk: "music" }).recursive("children", { depth: "level" }).orderBy("level");
    expect(await below.valuesList("name", "parent").all()).toEqual([
      ["MUSIC", null],
      ["ROCK", "music"],
      ["PUNK", "rock"],
    ]);
    await Category.objects.create({ slug: "jazz", parent: { slug: "art" } });
    expect((await Category.objects.get({ pk: "jazz" })).parent?.pk).toBe("art");
  });

  it("are checked before anything is sent, all at once, and told by their path", async () => {
    const wrong = Album.objects.create({
      name: "far too long a name for an album",
      artist: { name: 3 },
      cover: { colour: "blue" },
      tracks: [
        { title: "ok", position: 1 },
        { title: "x".repeat(21), position: 0, lines: [{ text: 1 }] },
        { title: "two", album: 3 },
        null,
        "Room",
      ],
    } as never);
    const error = (await wrong.catch((caught: unknown) => caught)) as ValidationError;
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.problems.map(({ field }) => field).sort()).toEqual([
      "artist.name",
      "cover.colour",
      "name",
      "tracks[1].lines[0].text",
      "tracks[1].position",
      "tracks[1].title",
      "tracks[2].album",
      "tracks[2].position",
      "tracks[3]",
      "tracks[4]",
    ]);
    expect(error.message).toContain("Album.tracks[2].position: is required.");
    expect(error.message).toContain("Album.tracks[2].album: is the Album that it is made with. Leave it out.");
    expect(error.message).toContain('Album.tracks[4]: expected an object of values, got string "Room".');
    const bulk = Album.objects.bulkCreate([{ name: "a" }, { name: "b", tracks: [{ title: "t" }] }] as never);
    await expect(bulk).rejects.toThrow("Album.tracks[0].position: in rows[1]: is required.");
    expect(events).toEqual([]);
  });

  it.each([
    [{ tracks: null }, "Album.tracks: expected a list of objects of values, got null."],
    [{ tracks: { title: "x" } }, "Album.tracks: expected a list of objects of values, got a plain object."],
    [{ cover: [{ colour: "red" }] }, "Album.cover: expected an object of values or null, got an array of 1."],
    [{ cover: 3 }, "Album.cover: expected an object of values, got number 3."],
    [
      { artist: { pk: 1 } },
      "Album.artist: expected a row of Artist or its key, got a plain object. To make one along with this row",
    ],
    [
      { artist: { id: 1 } },
      "Album.artist: expected a row of Artist or its key, got a plain object. To make one along with this row",
    ],
    [
      { artist: {} },
      "Album.artist: expected a row of Artist or its key, got a plain object. To make one along with this row",
    ],
    [{ artist: [] }, "Album.artist: expected a row of Artist or its key, got an array of 0."],
    [{ artist: new Map() }, "Album.artist: expected a row of Artist or its key, got an instance of Map."],
    [{ name: { text: "x" } }, "Album.name: expected a string, got a plain object."],
    [{ tracks: [{ title: F("position"), position: 1 }] }, "there is no row yet whose fields"],
  ])("refuse %j", async (values, message) => {
    await expect(Album.objects.create({ name: "x", ...values } as never)).rejects.toThrow(message);
    expect(await Album.objects.count()).toBe(0);
  });

  it("refuse names that do not exist, rows that are there, and circles", async () => {
    const unknown = Album.objects.create({ name: "x", tracks: [{ titel: "y" }] } as never);
    await expect(unknown).rejects.toThrow(/Track has no field "titel".*Did you mean "title"\?/);
    const hidden = JSON.parse('{ "name": "x", "tracks": [{ "__proto__": { "id": 1 }, "title": "y" }] }') as never;
    await expect(Album.objects.create(hidden)).rejects.toThrow(/Track has no field "__proto__"/);
    const album = await Album.objects.create({ name: "x", tracks: [{ title: "y", position: 1 }] });
    const track = await Track.objects.get({ album });
    const taken = Album.objects.create({ name: "z", tracks: [track] } as never);
    await expect(taken).rejects.toThrow(
      'Album.tracks[0]: expected values of a new Track, got a row of Track. Set its "album" once this row is saved.',
    );
    const circle: { slug: string; children: unknown[] } = { slug: "a", children: [] };
    circle.children.push(circle);
    await expect(Category.objects.create(circle as object as { slug: string })).rejects.toThrow(
      /nested more than 100 deep/,
    );
    expect(() => new Album({ name: "x", tracks: [] } as never)).toThrow(/rows of Track hold this relation/);
    await expect(Album.objects.filter({ name: "x" }).update({ artist: { name: "A" } } as never)).rejects.toThrow(
      /expected a row of Artist or its key, got a plain object/,
    );
  });
});
