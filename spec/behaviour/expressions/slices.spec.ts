import { beforeAll, expect, it } from "vitest";
import { Count, Exists, F, fields, manager, Model, OuterRef, Subquery } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album, { null: true }),
  title: fields.string({ maxLength: 40 }),
  plays: fields.integer({ null: true }),
}) {
  static objects = manager(this);
}

onEngines("Slices of the rows of each row", (engine) => {
  useDatabase(engine, [Album, Track]);

  beforeAll(async () => {
    await Album.objects.bulkCreate([1, 2, 3].map((id) => ({ id, name: `a${id}` })));
    const plays = [5, 5, 9, null, 1, 7, null, 2];
    await Track.objects.bulkCreate(
      plays.map((count, index) => ({
        ...{ id: index + 1, title: `t${index + 1}`, plays: count },
        album: index < 4 ? 1 : index < 7 ? 2 : null,
      })),
    );
  });

  const ids = (tracks: typeof Track.objects) => tracks.orderBy("id").valuesList("id", { flat: true }).all();
  const newest = (rows: number) =>
    Track.objects
      .filter({ album: OuterRef("album") })
      .orderBy("-id")
      .limit(rows)
      .values("pk");

  it("takes the newest of each", async () => {
    expect(await ids(Track.objects.filter({ pk__in: newest(1) }))).toEqual([4, 7]);
    expect(await ids(Track.objects.filter({ pk__in: newest(2) }))).toEqual([3, 4, 6, 7]);
    expect(await ids(Track.objects.filter({ pk__in: newest(9) }))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await ids(Track.objects.exclude({ pk__in: newest(2) }))).toEqual([1, 2, 5, 8]);
    expect(await ids(Track.objects.filter({ pk__in: newest(2) }).filter({ plays__gt: 7 }))).toEqual([3]);
  });

  it("from a place on, and by another order", async () => {
    const some = (from: number, to?: number) =>
      Track.objects
        .filter({ album: OuterRef("album") })
        .orderBy("-plays", "id")
        .filter({ plays__isnull: false })
        .slice(from, to)
        .values("pk");
    expect(await ids(Track.objects.filter({ pk__in: some(0, 2) }))).toEqual([1, 3, 5, 6]);
    expect(await ids(Track.objects.filter({ pk__in: some(1, 2) }))).toEqual([1, 5]);
    expect(await ids(Track.objects.filter({ pk__in: some(1) }))).toEqual([1, 2, 5]);
    expect(await ids(Track.objects.filter({ pk__in: some(0, 0) }))).toEqual([]);
  });

  it("of albums, by their tracks", async () => {
    const top = Track.objects
      .filter({ album: OuterRef("pk") })
      .orderBy("-id")
      .limit(2);
    const albums = Album.objects.filter({ tracks__in: top }).orderBy("id");
    expect(await albums.valuesList("id", "tracks__id").all()).toEqual(
      [
        [1, 3],
        [1, 4],
        [2, 6],
        [2, 7],
      ].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!),
    );
    expect(await Album.objects.filter({ tracks__in: top }).distinct().count()).toBe(2);
    expect(await Album.objects.exclude({ tracks__in: top }).valuesList("id", { flat: true }).all()).toEqual([3]);
    const seen = Track.objects
      .filter({ album: OuterRef("pk") })
      .orderBy("id")
      .limit(2)
      .values("plays");
    expect(await Album.objects.filter({ id__in: seen }).count()).toBe(0);
  });

  it("as the one value, beside counts, and in Exists", async () => {
    const second = Track.objects
      .filter({ album: OuterRef("pk") })
      .orderBy("-id")
      .slice(1, 2)
      .values("title");
    expect(
      await Album.objects
        .annotate({ second: Subquery(second), n: Count("tracks") })
        .orderBy("id")
        .valuesList("second", "n")
        .all(),
    ).toEqual([
      ["t3", 4],
      ["t6", 3],
      [null, 0],
    ]);
    const third = Track.objects
      .filter({ album: OuterRef("pk") })
      .orderBy("id")
      .offset(3);
    expect(await Album.objects.filter(Exists(third)).valuesList("id", { flat: true }).all()).toEqual([1]);
  });

  it("grouped, distinct, and two levels deep", async () => {
    const counts = Track.objects
      .filter({ album: OuterRef("album") })
      .values("plays")
      .annotate({ n: Count("*") })
      .orderBy("-n", F("plays").desc({ nulls: "last" }))
      .limit(1)
      .values("plays");
    expect(await ids(Track.objects.filter({ plays__in: counts as never }))).toEqual([1, 2, 6]);
    const kinds = Track.objects
      .filter({ album: OuterRef("album"), plays__isnull: false })
      .orderBy("-plays")
      .distinct()
      .limit(2)
      .values("plays");
    expect(await ids(Track.objects.filter({ plays__in: kinds }))).toEqual([1, 2, 3, 5, 6]);
    const inner = Track.objects
      .filter({ album: OuterRef(OuterRef("pk")) })
      .orderBy("-id")
      .limit(1)
      .values("pk");
    const last = Track.objects.filter({ pk__in: inner }).values("title");
    expect(
      await Album.objects
        .annotate({ last: Subquery(last) })
        .orderBy("id")
        .valuesList("last", { flat: true })
        .all(),
    ).toEqual(["t4", "t7", null]);
  });

  it("in update and delete", async () => {
    await Track.objects.filter({ pk__in: newest(1) }).update({ plays: 0 });
    expect(await ids(Track.objects.filter({ plays: 0 }))).toEqual([4, 7]);
    expect((await Track.objects.filter({ pk__in: newest(1) }).delete()).total).toBe(2);
    expect(await ids(Track.objects.filter({ pk__in: newest(1) }))).toEqual([3, 6]);
  });
});
