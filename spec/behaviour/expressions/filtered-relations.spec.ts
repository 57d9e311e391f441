import { beforeAll, describe, expect, it } from "vitest";
import {
  Count,
  Exists,
  F,
  FieldError,
  fields,
  FilteredRelation,
  manager,
  Max,
  Model,
  OuterRef,
  Q,
  Rank,
  Window,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Artist extends Model("artist", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  favourite: fields.string({ maxLength: 20, null: true }),
  albums: () => fields.hasMany(Album, "artist"),
}) {
  static objects = manager(this);
}

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  rating: fields.integer({ null: true }),
  artist: () => fields.foreignKey(Artist, { null: true }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 20 }),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
}

onEngines("FilteredRelation", (engine) => {
  useDatabase(engine, [Artist, Album, Track]);
  beforeAll(async () => {
    await Artist.objects.bulkCreate([
      { id: 1, name: "Ann", favourite: "b" },
      { id: 2, name: "Bob" },
      { id: 3, name: "Cy" },
    ]);
    await Album.objects.bulkCreate([
      { id: 1, name: "a", rating: 1, artist: 1 },
      { id: 2, name: "b", rating: 5, artist: 1 },
      { id: 3, name: "c", rating: 4, artist: 1 },
      { id: 4, name: "d", rating: null, artist: 2 },
      { id: 5, name: "e", rating: 2, artist: null },
    ]);
    await Track.objects.bulkCreate([
      { id: 1, title: "x", album: 2 },
      { id: 2, title: "y", album: 2 },
      { id: 3, title: "z", album: 1 },
    ]);
  });

  const good = Artist.objects.alias({ good: FilteredRelation("albums", { albums__rating__gte: 4 }) });
  it("leads to the rows that fulfil it, and to NULL where there is none", async () => {
    expect(await good.orderBy("id", "good__name").values("id", "good__name").all()).toEqual([
      { id: 1, good__name: "b" },
      { id: 1, good__name: "c" },
      { id: 2, good__name: null },
      { id: 3, good__name: null },
    ]);
    expect(await good.filter({ good__isnull: true }).orderBy("id").valuesList("id", { flat: true }).all()).toEqual([
      2, 3,
    ]);
    expect(await good.filter({ good__isnull: false }).distinct().valuesList("id", { flat: true }).all()).toEqual([1]);
  });

  it("is filtered, excluded, compared and counted like a relation", async () => {
    expect((await good.filter({ good__name: "b" }).all()).map(({ id }) => id)).toEqual([1]);
    expect(await good.filter({ good__name: "a" }).count()).toBe(0);
    expect((await good.exclude({ good__name: "b" }).orderBy("id").all()).map(({ id }) => id)).toEqual([2, 3]);
    expect((await good.exclude({ good__name: "a" }).orderBy("id").all()).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(await good.filter(F("good__name").eq(F("favourite"))).count()).toBe(1);
    expect(await good.filter(Q({ good__name: "c" }).or(Q({ name: "Cy" }))).count()).toBe(2);
    expect(await good.filter({ good__tracks__title: "y" }).count()).toBe(1);
    expect(await good.filter({ good__tracks__title: "z" }).exists()).toBe(false);
    expect(await good.filter({ pk__in: good.filter({ good__rating: 5 }) }).count()).toBe(1);
  });

  it("is what aggregates are over", async () => {
    const counted = good.annotate({ n: Count("good"), all: Count("albums"), most: Max("good__rating") }).orderBy("id");
    expect(await counted.values("id", "n", "all", "most").all()).toEqual([
      { id: 1, n: 2, all: 3, most: 5 },
      { id: 2, n: 0, all: 1, most: null },
      { id: 3, n: 0, all: 0, most: null },
    ]);
    expect(await good.aggregate({ n: Count("good") })).toEqual({ n: 2 });
    expect(
      await good
        .values("name")
        .annotate({ n: Count("good__id") })
        .filter({ n__gt: 0 })
        .all(),
    ).toEqual([{ name: "Ann", n: 2 }]);
  });

  it("has a condition on the row itself, too, and others beside it", async () => {
    const liked = Artist.objects.alias({
      liked: FilteredRelation("albums", Q({ albums__name: F("favourite") })),
      low: FilteredRelation("albums", { albums__rating__lt: 3 }),
      busy: FilteredRelation("albums", Exists(Track.objects.filter({ title: "z" }))),
      any: FilteredRelation("albums", {}),
    });
    expect(await liked.filter({ liked__isnull: false }).values("id", "liked__name", "low__name").all()).toEqual([
      { id: 1, liked__name: "b", low__name: "a" },
    ]);
    expect(
      await liked
        .annotate({ n: Count("any"), b: Count("busy") })
        .filter({ id: 1 })
        .values("n", "b")
        .get(),
    ).toEqual({
      n: 3,
      b: 3,
    });
  });

  it("along a relation to one row gives NULL where that does not fulfil it", async () => {
    const byAnn = Album.objects.alias({ ann: FilteredRelation("artist", { artist__name: "Ann" }) }).orderBy("id");
    expect(await byAnn.valuesList("ann__name", { flat: true }).all()).toEqual(["Ann", "Ann", "Ann", null, null]);
    expect(await byAnn.valuesList("ann", { flat: true }).all()).toEqual([1, 1, 1, null, null]);
    expect(await byAnn.valuesList("ann__id", { flat: true }).all()).toEqual([1, 1, 1, null, null]);
    expect(await byAnn.filter({ ann__isnull: true }).count()).toBe(2);
    expect(await byAnn.exclude({ ann__name: "Ann" }).count()).toBe(2);
    expect(await byAnn.filter({ ann: 1 }).count()).toBe(3);
    expect(await byAnn.filter({ ann: 2 }).count()).toBe(0);
  });

  it("keeps values and shapes apart: other values are asked by the same SQL", async () => {
    const above = (rating: number) =>
      Artist.objects.filter({ id__gt: 0 }).alias({ x: FilteredRelation("albums", { albums__rating__gt: rating }) });
    expect(above(1).filter({ x__name: "c" }).sql().sql).toBe(above(2).filter({ x__name: "c" }).sql().sql);
    expect(await above(3).filter({ x__name: "c" }).count()).toBe(1);
    expect(await above(4).filter({ x__name: "c" }).count()).toBe(0);
  });

  it("takes part in what follows: updates, windows, streams, slices", async () => {
    const place = Window(Rank(), { orderBy: "id" });
    expect(await good.filter({ good__name: "b" }).annotate({ place }).values("id", "place").all()).toEqual([
      { id: 1, place: 1 },
    ]);
    expect(await good.filter({ good__rating: 4 }).update({ name: "Ann" })).toBe(1);
    const streamed: number[] = [];
    for await (const artist of good.filter({ good__rating: 4 }).iterator()) streamed.push(artist.id);
    expect(streamed).toEqual([1]);
    expect((await good.filter({ good__rating__gt: 0 }).orderBy("good__rating").limit(1).all())[0]?.id).toBe(1);
  });

  describe("refuses", () => {
    const objects = Artist.objects as unknown as Record<string, (values: object) => unknown>;
    const refused: readonly (readonly [string, () => unknown, string])[] = [
      [
        "annotate",
        () => objects["annotate"]?.({ x: FilteredRelation("albums", {}) }),
        "Say alias({ x: FilteredRelation(…) })",
      ],
      [
        "a field",
        () => objects["alias"]?.({ x: FilteredRelation("name", {}) }),
        "takes the name of a relation of Artist",
      ],
      ["a slip", () => objects["alias"]?.({ x: FilteredRelation("album", {}) }), 'Did you mean "albums"?'],
      [
        "a path",
        () => objects["alias"]?.({ x: FilteredRelation("albums__tracks", {}) }),
        "takes the name of a relation",
      ],
      ["no text", () => FilteredRelation(3 as never, {}), "takes the name of a relation and a condition, got number 3"],
      ["no condition", () => FilteredRelation("albums", 3 as never), "takes a condition such as"],
      [
        "a condition along others",
        () => objects["alias"]?.({ x: FilteredRelation("albums", { albums__tracks__title: "x" }) }),
        "goes along no other relation",
      ],
      [
        "an aggregate",
        () => Artist.objects.annotate({ n: Count("albums") }).alias({ x: FilteredRelation("albums", { n__gt: 1 }) }),
        "cannot ask what is worked out over many",
      ],
      [
        "the query around",
        () => objects["alias"]?.({ x: FilteredRelation("albums", { albums__rating: OuterRef("rating") }) }),
        "cannot name the query around",
      ],
      ["a wrong name", () => objects["alias"]?.({ x: FilteredRelation("albums", { albums__nmae: 1 }) }), "nmae"],
      [
        "the name of a field",
        () => objects["alias"]?.({ name: FilteredRelation("albums", {}) }),
        "there is a field of this name",
      ],
      [
        "a name twice",
        () => (good as never as typeof objects)["alias"]?.({ good: FilteredRelation("albums", {}) }),
        "there is a field",
      ],
      ["a value of it", () => Artist.objects.filter(FilteredRelation("albums", {}) as never), "is no value"],
      ["a name that it does not have", () => good.filter({ good__nmae: 1 } as never), "nmae"],
      [
        "to be fetched along",
        () => (good as never as Record<string, (name: string) => unknown>)["selectRelated"]?.("good"),
        '"good"',
      ],
    ];
    it.each(refused)("%s", (_, ask, message) => {
      expect(ask).toThrow(FieldError);
      expect(ask).toThrow(message);
    });
  });

  it("keeps its own values beside another queryset, on either side", async () => {
    const all = Artist.objects.filter({ id__gt: 1 }).filter({ id__lt: 100 });
    const fine = good.filter({ good__name: "b" });
    const ids = (rows: { id: number }[]) => rows.map(({ id }) => id).sort();
    expect(ids(await all.or(fine).all())).toEqual([1, 2, 3]);
    expect(ids(await fine.or(all).all())).toEqual([1, 2, 3]);
    expect(ids(await all.and(fine).all())).toEqual([]);
    const first = Artist.objects.filter({ id__lt: 3 }).filter({ id__gt: 0 });
    expect(ids(await first.and(fine).all())).toEqual([1]);
    expect(ids(await fine.and(first).all())).toEqual([1]);
    expect(ids(await first.and(fine).and(fine).all())).toEqual([1]);
    expect(ids(await first.or(fine.and(first)).all())).toEqual([1, 2]);
    // The first's names go on being its own.
    expect(ids(await fine.and(first).filter({ good__rating: 5 }).all())).toEqual([1]);
    expect(ids(await fine.and(first).filter({ good__rating: 1 }).all())).toEqual([]);
  });
});
