import { beforeEach, expect, it } from "vitest";
import { FieldError, fields, manager, Model, type QueryEvent, QuerySet, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", {
  name: fields.string({ maxLength: 50, unique: true }),
  tracks: () => fields.hasMany(Track, "album"),
  reviews: () => fields.hasMany(Review, "album"),
}) {
  static objects = manager(this);
}

class TrackQuery extends QuerySet<Track> {
  short() {
    return this.filter({ seconds__lt: 100 });
  }
}

class Track extends Model(
  "track",
  {
    title: fields.string({ maxLength: 50 }),
    seconds: fields.integer({ default: 60 }),
    album: () => fields.foreignKey(Album, { null: true, onDelete: "set null" }),
  },
  { ordering: ["title"] },
) {
  static objects = TrackQuery.asManager(this);
}

class Review extends Model("review", {
  text: fields.string({ maxLength: 50 }),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
}

const titles = (rows: readonly { readonly title: string }[]) => rows.map(({ title }) => title);
const any = (value: unknown) => value as never;

onEngines("The manager of a foreign key's other side", (engine) => {
  let events: QueryEvent[] = [];
  const suite = useDatabase(engine, [Album, Track, Review], { onQuery: (event) => events.push(event) });
  const statements = () =>
    events
      .map(({ sql }) => sql.split(" ", 1)[0]!.toUpperCase())
      .filter((word) => ["SELECT", "INSERT", "UPDATE", "DELETE"].includes(word));
  let malibu: Album;
  let other: Album;
  let a: Track;
  let b: Track;
  let c: Track;

  beforeEach(async () => {
    for (const model of [Review, Track, Album]) await (model as typeof Track).objects.delete({ all: true });
    [malibu, other] = (await Album.objects.bulkCreate([{ name: "Malibu" }, { name: "Öther" }])) as [Album, Album];
    [a, b, c] = (await Track.objects.bulkCreate([{ title: "a" }, { title: "b" }, { title: "c", album: other }])) as [
      Track,
      Track,
      Track,
    ];
    events = [];
  });

  it("has rows point at its own by one UPDATE, and tells those that it was given", async () => {
    await malibu.tracks.add(a, b.pk, c);
    expect(statements()).toEqual(["UPDATE"]);
    expect(titles(await malibu.tracks.all())).toEqual(["a", "b", "c"]);
    expect(a.album).toBe(malibu);
    expect(c.album?.pk).toBe(malibu.pk);
    expect([a.isDirty(), c.isDirty()]).toEqual([false, false]);
    expect(await other.tracks.exists()).toBe(false);
    await malibu.tracks.add();
    await other.tracks.add(malibu.tracks.filter({ title__in: ["a", "b"] }));
    expect(titles(await malibu.tracks.all())).toEqual(["c"]);
    expect(titles(await (malibu.tracks as unknown as TrackQuery).short().all())).toEqual(["c"]);
  });

  it("takes rows out by one UPDATE, where the key can be null, and only its own", async () => {
    await malibu.tracks.add(a, b);
    events = [];
    await malibu.tracks.remove(a, c);
    expect(statements()).toEqual(["UPDATE"]);
    expect(a.album).toBe(null);
    expect(a.isDirty()).toBe(false);
    expect(c.album?.pk).toBe(other.pk);
    expect(titles(await other.tracks.all())).toEqual(["c"]);
    await malibu.tracks.clear();
    expect(await Track.objects.filter({ album: null }).count()).toBe(2);
    await malibu.tracks.remove(999_999);
  });

  it("is set to a list by what differs", async () => {
    await malibu.tracks.add(a, b);
    events = [];
    await malibu.tracks.set([b, c.pk]);
    expect(statements()).toEqual(["SELECT", "UPDATE", "UPDATE"]);
    expect(titles(await malibu.tracks.all())).toEqual(["b", "c"]);
    events = [];
    await malibu.tracks.set([b, c]);
    expect(statements()).toEqual(["SELECT"]);
    await malibu.tracks.set(Track.objects.filter({ title: "a" }), { clear: true });
    expect(titles(await malibu.tracks.all())).toEqual(["a"]);
    await malibu.tracks.set([]);
    expect(await malibu.tracks.count()).toBe(0);
  });

  it("refuses to leave rows without a key that cannot be null", async () => {
    const review = await malibu.reviews.create({ text: "good" });
    const reviews = malibu.reviews as unknown as typeof malibu.tracks;
    const message = /would leave rows without a "album", which Review.album does not allow.*\{ null: true \}/;
    await expect(reviews.remove(any(review))).rejects.toThrow(message);
    await expect(reviews.clear()).rejects.toThrow(message);
    await expect(malibu.reviews.set([])).rejects.toThrow(FieldError);
    await malibu.reviews.set([review]);
    const second = await other.reviews.create({ text: "bad" });
    await malibu.reviews.set([review, second]);
    expect(await malibu.reviews.count()).toBe(2);
    expect(await other.reviews.count()).toBe(0);
  });

  it("makes rows that point at its own", async () => {
    expect((await malibu.tracks.create({ title: "d" })).album).toBe(malibu);
    await malibu.tracks.bulkCreate([{ title: "e" }]);
    const [, made] = await malibu.tracks.getOrCreate({ title: "f" });
    const [row, again] = await malibu.tracks.updateOrCreate({ title: "f" }, { defaults: { seconds: 7 } });
    expect([made, again, row.seconds]).toEqual([true, false, 7]);
    // Another album's track of this title is not this one's.
    const [own, isNew] = await malibu.tracks.updateOrCreate({ title: "c" }, { defaults: { seconds: 8 } });
    expect([isNew, own.seconds, own.album?.pk]).toEqual([true, 8, malibu.pk]);
    expect(titles(await malibu.tracks.all())).toEqual(["c", "d", "e", "f"]);
    const create = malibu.tracks.create.bind(malibu.tracks) as (...args: unknown[]) => Promise<unknown>;
    await expect(create({ title: "x" }, { throughDefaults: {} })).rejects.toThrow(
      /takes no option "throughDefaults".*many-to-many/,
    );
  });

  it("refuses rows that are not there, and other things, and changes nothing then", async () => {
    await expect(malibu.tracks.add(a, 999_999)).rejects.toThrow(Track.DoesNotExist);
    expect(await malibu.tracks.count()).toBe(0);
    expect(a.album).toBe(null);
    await expect(malibu.tracks.add(any(malibu))).rejects.toThrow(ValidationError);
    await expect(malibu.tracks.add(new Track({ title: "new" }))).rejects.toThrow(/Save it first/);
    await expect(malibu.tracks.add(any([a]))).rejects.toThrow(/not in a list/);
    await expect(malibu.tracks.filter({ title: "a" }).add(a)).rejects.toThrow(/about all of row.tracks/);
    await expect((malibu.tracks as unknown as TrackQuery & typeof malibu.tracks).short().remove(a)).rejects.toThrow(
      /row.tracks.filter/,
    );
    expect(() => new Album({ name: "unsaved" }).tracks.all()).toThrow(/Save it first/);
  });

  it("is undone with the transaction around, in rows as well", async () => {
    const undone = suite.db.atomic(async () => {
      await malibu.tracks.add(a);
      expect(a.isDirty()).toBe(false);
      throw new Error("no");
    });
    await expect(undone).rejects.toThrow("no");
    expect(await malibu.tracks.count()).toBe(0);
    expect(a.dirtyFields()).toEqual(["album"]);
    await a.save();
    expect(titles(await malibu.tracks.all())).toEqual(["a"]);
  });
});

onEngines("updateOrCreate", (engine) => {
  let events: QueryEvent[] = [];
  const suite = useDatabase(engine, [Album, Track, Review], { onQuery: (event) => events.push(event) });
  beforeEach(async () => {
    await Track.objects.delete({ all: true });
    await Album.objects.delete({ all: true });
    events = [];
  });

  it("makes a row, or sets the one there is, which it locks", async () => {
    const [made, created] = await Track.objects.updateOrCreate(
      { title: "ä", seconds__gt: 5 },
      { defaults: { seconds: () => 30 } as never },
    );
    expect([made.seconds, created]).toEqual([30, true]);
    events = [];
    const [found, again] = await Track.objects.updateOrCreate({ title: "ä" }, { defaults: { seconds: 31 } });
    expect([found.pk, found.seconds, again]).toEqual([made.pk, 31, false]);
    expect((await Track.objects.get({ title: "ä" })).seconds).toBe(31);
    const locked = events.some(({ sql }) => /for update/i.test(sql));
    expect(locked).toBe(engine.name !== "sqlite");
    const [, third] = await Track.objects.updateOrCreate({ title: "ä" });
    expect(third).toBe(false);
    const [fourth] = await Track.objects.updateOrCreate(
      { title: "new" },
      { defaults: { seconds: 1 }, createDefaults: { seconds: 2 } },
    );
    expect(fourth.seconds).toBe(2);
    const [fifth] = await Track.objects.updateOrCreate(
      { title: "new" },
      { defaults: { seconds: 1 }, createDefaults: { seconds: 2 } },
    );
    expect(fifth.seconds).toBe(1);
  });

  it("trap 39: several at once make one row, and one of them says so", async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, () => Album.objects.updateOrCreate({ name: "same" }, { defaults: {} })),
    );
    expect(all.filter(([, created]) => created)).toHaveLength(1);
    expect(await Album.objects.count()).toBe(1);
  });

  it("refuses several rows, wrong names and wrong values", async () => {
    await Track.objects.bulkCreate([{ title: "x" }, { title: "x" }]);
    await expect(Track.objects.updateOrCreate({ title: "x" })).rejects.toThrow(Track.MultipleObjectsReturned);
    await expect(Track.objects.updateOrCreate(any({ titel: "x" }))).rejects.toThrow(
      /updateOrCreate.*Did you mean "title"/,
    );
    await expect(Track.objects.updateOrCreate({ title: "y" }, { defaults: any(5) })).rejects.toThrow(FieldError);
    await expect(Track.objects.updateOrCreate({ title: "y" }, { defaults: any({ secs: 1 }) })).rejects.toThrow(/secs/);
    await expect(Track.objects.limit(1).updateOrCreate({ title: "y" })).rejects.toThrow(/slice/);
    expect(await Track.objects.count()).toBe(2);
    await suite.db.atomic(async () => {
      const [row] = await Track.objects.updateOrCreate({ title: "y" }, { defaults: { seconds: 5 } });
      expect(row.seconds).toBe(5);
    });
  });
});
