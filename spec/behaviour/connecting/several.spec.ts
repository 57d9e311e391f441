import { afterAll, beforeAll, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  Database,
  Exists,
  FieldError,
  fields,
  manager,
  Model,
  NotLoadedError,
  Q,
  StaleRowError,
  Subquery,
  ValidationError,
} from "dunder-orm";
import { onEngines } from "../../support/engines.js";

class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}
class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  artist: () => fields.foreignKey(Artist, { null: true, onDelete: "cascade" }),
  name: fields.string({ maxLength: 50, default: "" }),
  price: fields.decimal({ precision: 6, scale: 2, null: true }),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}
class Tag extends Model("tag", { id: fields.integer({ primaryKey: true }), word: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}
class Leaflet extends Model("leaflet", {
  id: fields.integer({ primaryKey: true }),
  text: fields.text(),
  version: fields.version(),
}) {
  static objects = manager(this);
}
const MODELS = [Artist, Album, Tag, Leaflet];

onEngines("Several databases", (engine) => {
  let db: Database;
  let attic: Database;
  beforeAll(async () => {
    db = await engine.database();
    attic = await engine.database({ alias: "several-attic" });
    for (const one of [db, attic]) await one.createTables(MODELS);
    db.bind(MODELS);
  });
  afterAll(() => {
    for (const model of MODELS) model.bind(null);
  });

  it("rows read with using save, load, refresh and delete where they are from", async () => {
    await Artist.objects.create({ id: 70, name: "here" });
    const made = await Artist.objects.using("several-attic").create({ id: 70, name: "there" });
    await Album.objects.using(attic).create({ artist: made, name: "old" });
    const artist = await Artist.objects.using("several-attic").get({ pk: 70 });
    expect(await artist.albums.valuesList("name", { flat: true }).all()).toEqual(["old"]);
    const album = await Album.objects.using(attic).get({ name: "old" });
    expect((await album.artist?.load())?.name).toBe("there");
    await artist.update({ name: "attic" });
    await artist.albums.create({ name: "new" });
    await artist.refresh();
    expect(artist.name).toBe("attic");
    expect((await Artist.objects.get({ pk: 70 })).name).toBe("here");
    expect(await Album.objects.count()).toBe(0);
    expect((await artist.delete()).total).toBe(3);
    expect(await Artist.objects.filter({ pk: 70 }).count()).toBe(1);
    await Artist.objects.filter({ pk: 70 }).delete();
  });

  it("save({ using }) inserts a new row there, and from then on it is of there", async () => {
    const album = await new Album({ name: "Ünïque 🎵", price: "12.50" }).save({ using: attic });
    await album.update({ name: "again" });
    expect(await Album.objects.using(attic).filter({ name: "again", price: "12.50" }).count()).toBe(1);
    expect(await Album.objects.count()).toBe(0);
    await album.delete();
  });

  it("save({ using }) of a row from elsewhere updates its namesake as a whole, else inserts it with its key", async () => {
    const album = await Album.objects.create({ id: 5, name: "copied", price: null });
    await album.save({ using: "several-attic" });
    const there = await Album.objects.using(attic).get({ pk: 5 });
    expect([there.name, there.price]).toEqual(["copied", null]);
    const again = await Album.objects.get({ pk: 5 });
    again.price = "1.00";
    await Album.objects.using(attic).filter({ pk: 5 }).update({ name: "changed" });
    await again.save({ using: attic });
    await there.refresh();
    expect([there.name, there.price]).toEqual(["copied", "1.00"]);
    // It was never written here, and is of there now.
    expect((await Album.objects.get({ pk: 5 })).price).toBeNull();
    await again.delete();
    expect([await Album.objects.count(), await Album.objects.using(attic).count()]).toEqual([1, 0]);
    await expect((await Album.objects.get({ pk: 5 })).save({ using: attic, forceUpdate: true })).rejects.toThrow(
      Album.DoesNotExist,
    );
    const kept = await Album.objects.get({ pk: 5 });
    await kept.save({ using: db });
    expect(kept.isDirty()).toBe(false);
    await expect(kept.save({ using: attic, forceUpdate: true })).rejects.toThrow(Album.DoesNotExist);
    // What failed has left it where it was.
    await kept.update({ name: "here" });
    expect((await Album.objects.get({ pk: 5 })).name).toBe("here");
    await kept.delete();
  });

  it("save({ using }) that is undone leaves the row where it was", async () => {
    const album = await Album.objects.create({ name: "steady" });
    await expect(
      attic.atomic(async () => {
        await album.save({ using: attic });
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect(await Album.objects.using(attic).count()).toBe(0);
    await album.update({ name: "steady still" });
    expect((await Album.objects.get({ pk: album.pk })).name).toBe("steady still");
    await album.delete();
  });

  it("save({ using }) minds versions and rows that were not read whole", async () => {
    const leaflet = await Leaflet.objects.create({ id: 1, text: "one" });
    await leaflet.save({ using: attic });
    const here = await Leaflet.objects.get({ pk: 1 });
    await Leaflet.objects
      .using(attic)
      .get({ pk: 1 })
      .then((other) => other.update({ text: "two" }));
    await expect(here.save({ using: attic })).rejects.toThrow(StaleRowError);
    const part = await Leaflet.objects.only("id").get({ pk: 1 });
    await expect(part.save({ using: attic })).rejects.toThrow(NotLoadedError);
    await expect(part.save({ using: attic })).rejects.toThrow(/needs the whole row, and text was not loaded/);
    for (const one of [db, attic]) await Leaflet.objects.using(one).delete({ all: true });
  });

  it("delete and refresh take using, too", async () => {
    const album = await Album.objects.create({ id: 9, name: "here" });
    await Album.objects.using(attic).create({ id: 9, name: "there" });
    await album.refresh({ using: attic });
    expect(album.name).toBe("there");
    await album.refresh({ using: db });
    expect(album.name).toBe("here");
    expect((await album.delete({ using: "several-attic" })).total).toBe(1);
    expect(await Album.objects.using(attic).count()).toBe(0);
    await album.update({ name: "still here" });
    expect((await album.delete({ using: db })).total).toBe(1);
    await expect(album.save({ using: 5 as never })).rejects.toThrow(/Album\.save\(\{ using \}\): expected a Database/);
    await expect(album.save({ using: "nowhere" })).rejects.toThrow(/no database is called "nowhere"/);
    await expect(album.save({ usng: db } as never)).rejects.toThrow(/no option "usng".*"using"/);
    await expect(album.refresh({ from: db } as never)).rejects.toThrow(FieldError);
  });

  it("refuses relations from one to another, before any SQL", async () => {
    const here = await Artist.objects.create({ name: "here" });
    const there = await Artist.objects.using(attic).create({ name: "there" });
    const says = /artist: is given Artist\(id=\d+\), which is in another database \("several-attic", not one of /;
    await expect(Album.objects.create({ artist: there })).rejects.toThrow(ValidationError);
    await expect(Album.objects.create({ artist: there })).rejects.toThrow(says);
    await expect(new Album({ artist: there }).save()).rejects.toThrow(says);
    await expect(Album.objects.bulkCreate([{ artist: here }, { artist: there }])).rejects.toThrow(says);
    await expect(here.albums.add(await Album.objects.using(attic).create({}))).rejects.toThrow(/another database/);
    const album = await Album.objects.create({ artist: here });
    expect(() => (album.artist = there)).toThrow(says);
    const tag = await Tag.objects.using(attic).create({ word: "there" });
    await expect(album.tags.add(tag)).rejects.toThrow(/tags.*which is in another database/);
    await expect(album.tags.set([tag])).rejects.toThrow(/which is in another database/);
    expect(await album.tags.count()).toBe(0);
    // By their keys, rows are nobody's; and a row that was not saved yet goes where its owner goes.
    await album.update({ artist: here.pk });
    await Album.objects.using(attic).create({ artist: there, name: "x" });
    expect(await Album.objects.using(attic).filter({ artist: there }).count()).toBe(1);
    for (const one of [db, attic]) for (const model of MODELS) await model.objects.using(one).delete({ all: true });
  });

  it("lets rows of one place be related, by whichever Database they came", async () => {
    const url = await engine.url();
    await using one = new Database(url);
    await using other = new Database(url);
    await one.createTables(MODELS);
    if (engine.isPglite) {
      // A second instance would write over what the first one has in memory.
      return expect(other.connect()).rejects.toThrow(/this process has it open already\. Use the Database that has it/);
    }
    const artist = await Artist.objects.using(one).create({ name: "shared" });
    await Album.objects.using(other).create({ artist, name: "x" });
    expect(await Album.objects.using(one).filter({ artist }).count()).toBe(1);
  });

  it("createTables refuses foreign keys to models of another database, unless their tables are made along", async () => {
    const empty = await engine.database();
    class Far extends Model("far", { id: fields.integer({ primaryKey: true }) }, { database: attic }) {}
    class Near extends Model(
      "near",
      { id: fields.integer({ primaryKey: true }), far: () => fields.foreignKey(Far) },
      { database: empty },
    ) {}
    await expect(empty.createTables([Near])).rejects.toThrow(ConfigurationError);
    await expect(empty.createTables([Near])).rejects.toThrow(/Near\.far points at Far, which is in another database/);
    await empty.createTables([Near, Far]);
  });

  it("a queryset told another database than the query around it is refused, whatever it stands in", async () => {
    await Artist.objects.create({ id: 90, name: "here" });
    const there = await Artist.objects.using(attic).create({ id: 90, name: "there" });
    await Album.objects.using(attic).create({ artist: there, name: "apart" });
    const theirs = Album.objects.using("several-attic").filter({ name: "apart" });
    const ids = theirs.values("artist");
    const ours = Artist.objects.filter({ pk: 90 });
    const around: Record<string, () => Promise<unknown>> = {
      in: () => ours.filter({ id__in: ids }).all(),
      nested: () => ours.filter({ id__in: Artist.objects.filter({ id__in: ids }).values("id") }).count(),
      exists: () => ours.filter(Exists(theirs)).exists(),
      subquery: () => ours.annotate({ album: Subquery(theirs.values("name")) }).first(),
      orderBy: () => ours.orderBy(Subquery(theirs.values("name"))).all(),
      aggregate: () => ours.aggregate({ n: Count("id", { filter: Q({ id__in: ids }) }) }),
      or: () => ours.or(Artist.objects.using(attic)).all(),
      union: () => ours.union(Artist.objects.using(attic)).all(),
      update: () => ours.filter({ id__in: ids }).update({ name: "wrong" }),
      "update to": () => ours.update({ name: Subquery(theirs.values("name")) }),
      delete: () => ours.filter({ id__in: ids }).delete(),
      "for await": async () => {
        for await (const row of ours.filter({ id__in: ids })) throw new Error(row.name);
      },
      "related rows": () => ours.filter({ id__in: there.albums.values("artist") }).all(),
      "around there": () =>
        Artist.objects
          .using(attic)
          .filter({ id__in: ours.using(db).values("id") })
          .all(),
    };
    for (const [what, run] of Object.entries(around)) {
      await expect(run(), what).rejects.toThrow(
        /A queryset of (Album|Artist) on .+ stands inside a query of .+ runs on one database.+tell both the same/,
      );
    }
    expect((await Artist.objects.get({ pk: 90 })).name).toBe("here");
    const names = ours.values("name");
    expect(await names.using("several-attic").filter({ id__in: ids }).all()).toEqual([{ name: "there" }]);
    expect(
      await names
        .using(attic)
        .filter({ id__in: there.albums.values("artist") })
        .count(),
    ).toBe(1);
    expect(await names.filter({ id__in: ours.using(db).values("id") }).all()).toEqual([{ name: "here" }]);
    await there.delete();
    await ours.delete();
  });
});
