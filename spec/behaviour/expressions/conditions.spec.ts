import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Case, Count, Extract, F, fields, Length, manager, Max, Model, Q, Sum, Trunc, Value, When } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model(
  "album",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 40 }),
    tracks: () => fields.hasMany(Track, "album"),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
  title: fields.string({ maxLength: 40 }),
  position: fields.integer(),
  length: fields.integer({ null: true }),
  added: fields.datetime(),
}) {
  static objects = manager(this);
}

const albums = Album.objects;
const tracks = Track.objects;
const utc = (text: string) => new Date(`${text}Z`);

/** Malibu: One 1 and Two 2; Venice: Three 5; Oxnard has none. The first was added on New Year's Eve in New York. */
async function createMusic(): Promise<void> {
  await albums.delete({ all: true });
  const [malibu, venice] = await albums.bulkCreate([{ name: "Malibu" }, { name: "Venice" }, { name: "Oxnard" }]);
  await tracks.bulkCreate([
    { album: malibu as Album, title: "One", position: 1, length: 10, added: utc("2024-01-01T03:00:00") },
    { album: malibu as Album, title: "Two", position: 2, length: 20, added: utc("2024-01-01T12:00:00") },
    { album: venice as Album, title: "Three", position: 5, length: null, added: utc("2024-06-01T12:00:00") },
  ]);
}

const namesOf = async (queryset: { all(): Promise<object[]> }) =>
  (await queryset.all()).map((row) => (row as { readonly name: string }).name).sort();

onEngines("Conditions in expressions", (engine) => {
  useDatabase(engine, [Album, Track]);
  beforeAll(createMusic);

  describe("over groups", () => {
    const groups = tracks.values("album__name").annotate({ n: Count("*") });

    it("a Case over an aggregate is of the group, and no part of what makes it", async () => {
      const size = Case(When({ n__gt: 1 }, Value("big")), { default: Value("small") });
      const asked = groups.annotate({ size } as never).orderBy("album__name") as unknown as typeof groups;
      expect(await asked.all()).toEqual([
        { album__name: "Malibu", n: 2, size: "big" },
        { album__name: "Venice", n: 1, size: "small" },
      ]);
      expect(await asked.count()).toBe(2);
    });

    it("so is one whose condition is an aggregate's own", async () => {
      const long = Case(When(Max("position").gt(2), Value(1)), When(Count("*").gte(2), Value(2)), {
        default: Value(3),
      });
      const rows = await tracks.values("album__name").annotate({ long }).orderBy("album__name").all();
      expect(rows).toEqual([
        { album__name: "Malibu", long: 2 },
        { album__name: "Venice", long: 1 },
      ]);
      const found = tracks.values("album__name").annotate({ long }).filter({ long: 1 });
      expect(await found.valuesList("album__name", { flat: true }).all()).toEqual(["Venice"]);
    });

    it("a Case over what they are grouped by is, too", async () => {
      const first = Case(When({ album__name: "Malibu" }, Value(true)), { default: Value(false) });
      expect(await groups.annotate({ first }).orderBy("album__name").valuesList("n", "first").all()).toEqual([
        [2, true],
        [1, false],
      ]);
    });
  });

  describe("about many related rows", () => {
    it("exclude of a comparison asks whether there is no such row, as that of a lookup does", async () => {
      for (const [comparison, lookup] of [
        [F("tracks__position").gt(1), { tracks__position__gt: 1 }],
        [F("tracks__position").lte(1), { tracks__position__lte: 1 }],
        [F("tracks__title").eq("One"), { tracks__title: "One" }],
        [F("tracks__length").isNull(), { tracks__length__isnull: true }],
        [F("tracks__position").in([1, 5]), { tracks__position__in: [1, 5] }],
        [F("tracks__title").ne("One"), { tracks__title__ne: "One" }],
      ] as const) {
        const excluded = await namesOf(albums.exclude(comparison as never));
        expect(excluded).toEqual(await namesOf(albums.exclude(lookup as never)));
        expect(excluded).toEqual(await namesOf(albums.filter(Q.and(comparison as never).not())));
        const kept = new Set(await namesOf(albums.filter(lookup as never)));
        expect([...excluded, ...kept].sort()).toEqual(["Malibu", "Oxnard", "Venice"]);
      }
      expect(await namesOf(albums.exclude(F("tracks__position").gt(1)))).toEqual(["Oxnard"]);
      expect(await namesOf(albums.exclude(F("tracks__position").lt(2)))).toEqual(["Oxnard", "Venice"]);
    });

    it("exclude of what is worked out of them does, too", async () => {
      expect(await namesOf(albums.exclude(Length("tracks__title").gt(3)))).toEqual(["Malibu", "Oxnard"]);
      expect(await namesOf(albums.exclude(Length("tracks__title").eq(3)))).toEqual(["Oxnard", "Venice"]);
      expect(await namesOf(albums.exclude(F("tracks__length").add(F("tracks__position")).eq(22)))).toEqual([
        "Oxnard",
        "Venice",
      ]);
      expect(await namesOf(albums.exclude({ name: F("tracks__title") }))).toEqual(["Malibu", "Oxnard", "Venice"]);
    });

    it("a Case in an aggregate is over the relation", async () => {
      const late = Case(When({ tracks__position__gte: 2 }, Value(1)), { default: Value(0) });
      const rows = await albums
        .annotate({ n: Count("tracks"), late: Sum(late) })
        .valuesList("name", "n", "late")
        .all();
      expect(rows).toEqual([
        ["Malibu", 2, 1],
        ["Oxnard", 0, null],
        ["Venice", 1, 1],
      ]);
      const lengths = Case(When({ tracks__title__startswith: "T" }, F("tracks__length")));
      expect(
        await albums
          .annotate({ sum: Sum(lengths, { default: 0 }) })
          .valuesList("sum", { flat: true })
          .all(),
      ).toEqual([20, 0, 0]);
      expect(await albums.aggregate({ late: Sum(late), n: Count("id") })).toEqual({ late: 2, n: 3 });
    });
  });

  it("a zone reaches what is counted behind a filter about many rows", async () => {
    const counted = albums.annotate({ n: Count("tracks") });
    const inZone = (zone: string, where: object) =>
      counted
        .inTimeZone(zone)
        .filter(where as never)
        .valuesList("name", "n")
        .all();
    expect(await inZone("America/New_York", { tracks__added__year: 2023 })).toEqual([["Malibu", 2]]);
    expect(await inZone("UTC", { tracks__added__year: 2023 })).toEqual([]);
    expect(await inZone("America/New_York", { tracks__added__date: "2023-12-31", tracks__added__hour: 22 })).toEqual([
      ["Malibu", 2],
    ]);
    const excluded = counted.inTimeZone("America/New_York").exclude({ tracks__added__year: 2023 });
    expect(await excluded.valuesList("name", { flat: true }).all()).toEqual(["Oxnard", "Venice"]);
    const before = albums
      .inTimeZone("America/New_York")
      .filter({ tracks__added__year: 2023 })
      .annotate({ n: Count("tracks") });
    expect(await before.valuesList("name", "n").all()).toEqual([["Malibu", 1]]);
    const within = albums
      .inTimeZone("America/New_York")
      .annotate({ n: Count("tracks", { filter: Q({ tracks__added__year: 2023 }) }) });
    expect(await within.valuesList("n", { flat: true }).all()).toEqual([1, 0, 0]);
    expect(await albums.inTimeZone("America/New_York").exclude(Extract("tracks__added", "year").eq(2023)).count()).toBe(
      2,
    );
  });

  describe("DISTINCT and an order", () => {
    it("by a value that is selected is by its place", async () => {
      const loud = tracks.values({ size: Length("title").add(1) }).distinct();
      expect(await loud.orderBy("size").all()).toEqual([{ size: 4 }, { size: 6 }]);
      expect(await loud.orderBy("-size").all()).toEqual([{ size: 6 }, { size: 4 }]);
      expect(await loud.orderBy("-size").limit(1).all()).toEqual([{ size: 6 }]);
      expect(await loud.orderBy("size").count()).toBe(2);
      expect(await loud.orderBy("size").first()).toEqual({ size: 4 });
      const order = loud.orderBy("-size").sql().sql.toLowerCase();
      expect(order).toMatch(/order by 1 desc/);
    });

    it("of moments that are cut is, too", async () => {
      const years = tracks.valuesList({ year: Trunc("added", "year") }, { flat: true }).distinct();
      expect(await years.orderBy("-year" as never).all()).toEqual([utc("2024-01-01T00:00:00")]);
      expect(await tracks.dates("added", "month", "desc").all()).toEqual(["2024-06-01", "2024-01-01"]);
    });

    it("by another value gives each of that", async () => {
      const names = tracks.valuesList("album__name", { flat: true }).distinct();
      expect(await names.orderBy("position").all()).toEqual(["Malibu", "Malibu", "Venice"]);
      expect(await names.orderBy("album__name").all()).toEqual(["Malibu", "Venice"]);
    });
  });
});

onEngines("Updates that read what they set", (engine) => {
  useDatabase(engine, [Album, Track]);
  beforeEach(createMusic);
  const rows = () => tracks.orderBy("id").valuesList("position", "length").all();

  it("in the condition of a Case see what was there", async () => {
    const length = Case(When({ position: 1 }, Value(100)), { default: F("length") });
    for (const values of [
      { position: F("position").add(10), length },
      { length, position: F("position").add(10) },
    ]) {
      await createMusic();
      expect(await tracks.update(values, { all: true })).toBe(3);
      expect(await rows()).toEqual([
        [11, 100],
        [12, 20],
        [15, null],
      ]);
    }
  });

  it("in a condition beside a plain value see what was there, too", async () => {
    const length = Case(When(F("position").gt(1), F("position").mul(7)), { default: Value(0) });
    expect(await tracks.update({ position: 3, length }, { all: true })).toBe(3);
    expect(await rows()).toEqual([
      [3, 0],
      [3, 14],
      [3, 35],
    ]);
  });

  it("each in the condition of the other are refused where the engine sets one after another", async () => {
    const swapped = tracks.filter({ title: "Two" }).update({
      position: Case(When({ length: 20 }, Value(7)), { default: Value(0) }),
      length: Case(When({ position: 2 }, Value(8)), { default: Value(0) }),
    });
    if (engine.name === "mysql") await expect(swapped).rejects.toThrow("Set them in several updates.");
    else {
      expect(await swapped).toBe(1);
      expect((await rows())[1]).toEqual([7, 8]);
    }
  });
});
