import { beforeAll, describe, expect, it } from "vitest";
import {
  Avg,
  Case,
  Cast,
  Collate,
  Concat,
  Count,
  Exists,
  Extract,
  F,
  FieldError,
  fields,
  JsonObject,
  Length,
  Lower,
  manager,
  Max,
  Min,
  Model,
  OuterRef,
  Q,
  StringAgg,
  Subquery,
  Sum,
  Value,
  When,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model(
  "album",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 100 }),
    tracks: () => fields.hasMany(Track, "album"),
    tags: () => fields.hasMany(Tag, "album"),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album),
  title: fields.string({ maxLength: 100 }),
  position: fields.integer(),
  length: fields.integer({ null: true }),
  price: fields.decimal({ precision: 8, scale: 2, default: "0.10" }),
}) {
  static objects = manager(this);
}

class Tag extends Model("tag", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album),
  name: fields.string({ maxLength: 50 }),
}) {
  static objects = manager(this);
}

onEngines("Expressions in querysets", (engine) => {
  useDatabase(engine, [Album, Track, Tag]);

  beforeAll(async () => {
    const malibu = await Album.objects.create({ name: "Malibu" });
    const venice = await Album.objects.create({ name: "Venice" });
    await Album.objects.create({ name: "Oxnard" });
    await Track.objects.bulkCreate([
      { album: malibu, title: "One", position: 1, length: 10 },
      { album: malibu, title: "Two", position: 2, length: 20 },
      { album: venice, title: "Three", position: 1, length: null, price: "0.20" },
    ]);
    await Tag.objects.bulkCreate([
      { album: malibu, name: "x" },
      { album: malibu, name: "y" },
    ]);
  });

  const titles = async (queryset: {
    valuesList(name: "title", options: { flat: true }): { all(): Promise<string[]> };
  }) => (await queryset.valuesList("title", { flat: true }).all()).sort();

  describe("F", () => {
    it("compares a column with what is worked out", async () => {
      expect(await titles(Track.objects.filter({ length__gt: F("position").mul(5) }))).toEqual(["One", "Two"]);
      expect(await titles(Track.objects.filter(F("position").add(F("length")).gt(15)))).toEqual(["Two"]);
    });

    it("keeps rows in exclude for which it is unknown", async () => {
      expect(await titles(Track.objects.exclude({ length__gt: F("position").mul(5) }))).toEqual(["Three"]);
      expect(await titles(Track.objects.exclude(F("length").gt(0)))).toEqual(["Three"]);
    });

    it("reaches related rows", async () => {
      expect(await titles(Track.objects.filter({ title: F("album__name") }))).toEqual([]);
      expect(await titles(Track.objects.filter(Length("album__name").eq(Length("title").add(3))))).toEqual([
        "One",
        "Two",
      ]);
    });

    it("stands in a list, known by its place", async () => {
      const rows = Track.objects.orderBy("id").valuesList(Lower("title"), "position", F("position").mul(2));
      const all: [string, number, number][] = await rows.all();
      expect(all.map(([title, position, twice]) => [title, twice - position === position])).toEqual([
        ["one", true],
        ["two", true],
        ["three", true],
      ]);
      const flat: string[] = await Track.objects.orderBy("id").valuesList(Lower("title"), { flat: true }).all();
      expect(flat).toEqual(["one", "two", "three"]);
      expect(
        await Track.objects.filter({ title__in: Track.objects.valuesList(F("title"), { flat: true }) }).count(),
      ).toBe(3);
      expect(() => Track.objects.values(Lower("title") as never)).toThrow(
        "takes paths of fields and { name: expression }",
      );
    });

    it("orders, NULLs where they are wanted", async () => {
      const lengths = Track.objects.valuesList("length", { flat: true });
      expect(await lengths.orderBy(F("length").desc({ nulls: "last" })).all()).toEqual([20, 10, null]);
      expect(await lengths.orderBy(F("length").asc({ nulls: "first" })).all()).toEqual([null, 10, 20]);
      expect(await lengths.orderBy(F("length").desc({ nulls: "first" })).all()).toEqual([null, 20, 10]);
    });
  });

  describe("annotate", () => {
    it("adds values to instances, and lets them be asked for", async () => {
      const rows = await Track.objects
        .annotate({ twice: F("position").mul(2), loud: Concat(Lower("title"), Value("!")) })
        .filter({ twice__gte: 4 })
        .all();
      expect(rows.map((row) => [row.title, row.twice, row.loud])).toEqual([["Two", 4, "two!"]]);
      expect(rows[0]).toBeInstanceOf(Track);
      expect(rows[0]?.isDirty()).toBe(false);
    });

    it("goes on from annotations", async () => {
      const rows = await Track.objects
        .annotate({ twice: F("position").mul(2) })
        .annotate({ more: F("twice").add(1) })
        .orderBy("-more", "title")
        .valuesList("title", "more")
        .all();
      expect(rows).toEqual([
        ["Two", 5],
        ["One", 3],
        ["Three", 3],
      ]);
    });

    it("gives each aggregate its own right number", async () => {
      const rows = await Album.objects
        .annotate({
          n: Count("tracks"),
          tagged: Count("tags"),
          sum: Sum("tracks__length"),
          none: Sum("tags__id", { default: 0 }),
        })
        .all();
      expect(rows.map((row) => [row.name, row.n, row.tagged, row.sum, Number(row.none) > 0])).toEqual([
        ["Malibu", 2, 2, 30, true],
        ["Oxnard", 0, 0, null, false],
        ["Venice", 1, 0, null, false],
      ]);
    });

    it("counts what a filter before it lets through, and everything where the filter comes later", async () => {
      const first = await Album.objects
        .filter({ tracks__position: 1 })
        .annotate({ n: Count("tracks") })
        .values("name", "n")
        .all();
      expect(first).toEqual([
        { name: "Malibu", n: 1 },
        { name: "Venice", n: 1 },
      ]);
      const later = await Album.objects
        .annotate({ n: Count("tracks") })
        .filter({ tracks__position: 1 })
        .values("name", "n")
        .all();
      expect(later).toEqual([
        { name: "Malibu", n: 2 },
        { name: "Venice", n: 1 },
      ]);
      const filtered = await Album.objects
        .annotate({ n: Count("tracks", { filter: Q({ tracks__position: 1 }) }) })
        .values("name", "n")
        .all();
      expect(filtered.map(({ n }) => n)).toEqual([1, 0, 1]);
    });

    it("filters and counts by aggregates", async () => {
      const counted = Album.objects.annotate({ n: Count("tracks") });
      expect(await counted.filter({ n__gt: 0 }).count()).toBe(2);
      expect(await counted.filter({ n: 2 }).exists()).toBe(true);
      expect(await counted.exclude({ n__gte: 1 }).valuesList("name", { flat: true }).all()).toEqual(["Oxnard"]);
      expect(await counted.orderBy("-n", "name").valuesList("name", { flat: true }).all()).toEqual([
        "Malibu",
        "Venice",
        "Oxnard",
      ]);
    });
  });

  describe("values", () => {
    it("groups by what it names", async () => {
      const rows = await Track.objects
        .values("album__name")
        .annotate({ n: Count("*"), last: Max("position") })
        .orderBy("album__name")
        .all();
      expect(rows).toEqual([
        { album__name: "Malibu", n: 2, last: 2 },
        { album__name: "Venice", n: 1, last: 1 },
      ]);
    });

    it("keeps groups by what was worked out over them", async () => {
      const groups = Track.objects.values("album__name").annotate({ n: Count("id") });
      expect(await groups.filter({ n__gt: 1 }).all()).toEqual([{ album__name: "Malibu", n: 2 }]);
      expect(await groups.count()).toBe(2);
      expect(await groups.filter({ n: 5 }).exists()).toBe(false);
    });

    it("does not multiply what is over different rows of a group", async () => {
      const rows = await Album.objects
        .values("name")
        .annotate({ n: Count("tracks"), own: Count("*"), tagged: Count("tags") })
        .all();
      expect(rows.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
        { name: "Malibu", n: 2, own: 1, tagged: 2 },
        { name: "Oxnard", n: 0, own: 1, tagged: 0 },
        { name: "Venice", n: 1, own: 1, tagged: 0 },
      ]);
    });

    it("gives a foreign key as its key, lists, and single values", async () => {
      const rows = await Track.objects.orderBy("id").values("title", "album").all();
      expect(rows[0]).toEqual({ title: "One", album: 1 });
      expect(await Track.objects.orderBy("id").valuesList("title", "position").all()).toEqual([
        ["One", 1],
        ["Two", 2],
        ["Three", 1],
      ]);
      expect(await Track.objects.values("position").distinct().orderBy("position").all()).toEqual([
        { position: 1 },
        { position: 2 },
      ]);
      expect(await Track.objects.values("price").distinct().orderBy("price").all()).toEqual([
        { price: "0.10" },
        { price: "0.20" },
      ]);
    });

    it("stands in `in`", async () => {
      const albums = Track.objects.filter({ position: 2 }).values("album");
      expect(await Album.objects.filter({ id__in: albums }).valuesList("name", { flat: true }).all()).toEqual([
        "Malibu",
      ]);
    });
  });

  describe("aggregate", () => {
    it("of nothing is nothing", async () => {
      expect(await Track.objects.aggregate({})).toEqual({});
    });

    it("takes all rows together", async () => {
      expect(
        await Track.objects.aggregate({
          n: Count("*"),
          lengths: Count("length"),
          sum: Sum("length"),
          mean: Avg("position"),
          least: Min("title"),
          price: Sum("price"),
          none: Sum("length", { default: 0, filter: Q({ position: 9 }) }),
        }),
      ).toEqual({ n: 3, lengths: 2, sum: 30, mean: 4 / 3, least: "One", price: "0.40", none: 0 });
    });

    it("takes the rows of several relations, each by itself", async () => {
      expect(await Album.objects.aggregate({ n: Count("tracks"), tagged: Count("tags"), own: Count("id") })).toEqual({
        n: 3,
        tagged: 2,
        own: 3,
      });
      expect(
        await Album.objects.annotate({ n: Count("tracks") }).aggregate({ mean: Avg("n"), most: Max("n") }),
      ).toEqual({
        mean: 1,
        most: 2,
      });
    });

    it("is null, or nothing, of no rows", async () => {
      const none = Track.objects.filter({ position: 99 });
      expect(await none.aggregate({ n: Count("*"), sum: Sum("length"), zero: Sum("length", { default: 0 }) })).toEqual({
        n: 0,
        sum: null,
        zero: 0,
      });
    });
  });

  describe("queries in queries", () => {
    it("asks whether there is a row", async () => {
      const second = Track.objects.filter({ album: OuterRef("pk"), position: 2 });
      const any = Track.objects.filter({ album: OuterRef("pk") });
      expect(await Album.objects.filter(Exists(second)).valuesList("name", { flat: true }).all()).toEqual(["Malibu"]);
      expect(await Album.objects.filter(Exists(any).not()).valuesList("name", { flat: true }).all()).toEqual([
        "Oxnard",
      ]);
      expect(await Album.objects.exclude(Exists(any)).count()).toBe(1);
      const rows = await Album.objects
        .annotate({ has: Exists(second) })
        .values("name", "has")
        .all();
      expect(rows.map(({ has }) => has)).toEqual([true, false, false]);
    });

    it("takes a value of another query's row", async () => {
      const last = Track.objects
        .filter({ album: OuterRef("pk") })
        .orderBy("-position")
        .values("title")
        .limit(1);
      const rows = await Album.objects
        .annotate({ last: Subquery(last) })
        .valuesList("name", "last")
        .all();
      expect(rows).toEqual([
        ["Malibu", "Two"],
        ["Oxnard", null],
        ["Venice", "Three"],
      ]);
    });

    it("refuses a column of a query around where there is none", async () => {
      await expect(Track.objects.filter({ album: OuterRef("pk") }).all()).rejects.toThrow(
        'Track: OuterRef("pk") names a column of a query around this one, and there is none.',
      );
    });
  });

  describe("over nothing", () => {
    it("none() aggregates to nothing, and stands for no value", async () => {
      const none = Track.objects.none();
      expect(await none.aggregate({ n: Count("*"), sum: Sum("length") })).toEqual({ n: 0, sum: null });
      const rows = await Album.objects
        .annotate({ x: Subquery(none.values("title")) })
        .orderBy()
        .values("x")
        .distinct()
        .all();
      expect(rows).toEqual([{ x: null }]);
      expect(await Album.objects.filter(Exists(none)).count()).toBe(0);
      expect(await Album.objects.exclude(Exists(none)).count()).toBe(3);
    });
  });

  describe("groups", () => {
    it("have no order of their own, so that the model's does not split them", async () => {
      const groups = Album.objects.values("id").annotate({ n: Count("*") });
      expect(groups.sql().sql.toLowerCase()).not.toContain("order by");
      await expect(groups.first()).rejects.toThrow("first() of groups needs an order");
      expect(await groups.orderBy("id").first()).toEqual({ id: 1, n: 1 });
    });

    it("are no rows to change", async () => {
      await expect(Track.objects.filter({ id: 1 }).values("title").delete()).rejects.toThrow("cannot follow values(…)");
      await expect(Track.objects.filter({ id: 1 }).values("title").update({ position: 1 })).rejects.toThrow(FieldError);
    });

    it("by something worked out with values of its own", async () => {
      const rows = await Track.objects
        .values({ next: F("position").add(1) })
        .annotate({ n: Count("*") })
        .orderBy("next")
        .all();
      expect(rows).toEqual([
        { next: 2, n: 2 },
        { next: 3, n: 1 },
      ]);
      expect(
        await Track.objects
          .values({ next: F("position").add(1) })
          .annotate({ n: Count("*") })
          .count(),
      ).toBe(2);
    });
  });

  describe("what is written into SQL", () => {
    const nasty = [`x'); drop table track; --`, `"`, "`", "a'b", "a\\b", "%", "?", "$1", ":x"];

    it.each(nasty)("a value %j", async (text) => {
      const row = await Track.objects
        .annotate({ x: Value(text), joined: Concat(Value(text), Value(text)) })
        .values("x", "joined")
        .first();
      expect(row).toEqual({ x: text, joined: text + text });
    });

    it.each(nasty)("the separator and the keys %j", async (text) => {
      const { all } = await Track.objects
        .filter({ position: 1 })
        .aggregate({ all: StringAgg("title", text, { orderBy: "id" }) });
      expect(all).toBe(`One${text}Three`);
      const row = await Track.objects
        .annotate({ data: JsonObject({ [text]: Value(1) }) })
        .valuesList("data", { flat: true })
        .first();
      expect(row).toEqual({ [text]: 1 });
    });

    it.each(nasty)("no name %j", (text) => {
      const untyped = Track.objects as unknown as Record<
        "values" | "annotate" | "orderBy",
        (given: unknown) => unknown
      >;
      expect(() => untyped.values({ [text]: F("title") })).toThrow(FieldError);
      expect(() => untyped.annotate({ [text]: F("title") })).toThrow(FieldError);
      if (text !== "?") expect(() => untyped.orderBy(text)).toThrow(FieldError);
      expect(() => untyped.annotate({ x: Collate("title", text) })).toThrow(FieldError);
      expect(() => untyped.annotate({ x: Extract("title", text as "year") })).toThrow(FieldError);
      expect(() => untyped.annotate({ x: Cast("title", text as "text") })).toThrow(FieldError);
    });
  });

  it("chooses between values", async () => {
    const rows = await Track.objects
      .annotate({ place: Case(When(Q({ position: 1 }), Value("first")), { default: Value("later") }) })
      .orderBy("id")
      .valuesList("title", "place")
      .all();
    expect(rows).toEqual([
      ["One", "first"],
      ["Two", "later"],
      ["Three", "first"],
    ]);
  });

  describe("refuses", () => {
    const untyped = Track.objects as unknown as {
      annotate(values: unknown): unknown;
      values(...names: unknown[]): unknown;
      aggregate(values: unknown): Promise<unknown>;
    };

    it.each([
      [{ x: F("nope") }, 'Track has no field "nope" in annotate({ nope })'],
      [{ title: F("length") }, "there is a field of this name"],
      [{ "a b": F("length") }, "a name starts with a letter"],
      [{ a__b: F("length") }, "a name starts with a letter"],
      [{ pk: F("length") }, "a name starts with a letter"],
      [{ x: "length" }, "expected an expression"],
      [{ x: { kind: "path", path: "length" } }, "expected an expression"],
      [{ x: Sum("title") }, "sum: argument 1 must be"],
      [null, "takes an object of expressions"],
    ])("annotate(%j)", (values, message) => {
      expect(() => untyped.annotate(values)).toThrow(FieldError);
      expect(() => untyped.annotate(values)).toThrow(message);
    });

    it("names that lead nowhere in values, and other things", async () => {
      expect(() => untyped.values("nope")).toThrow('Track has no field "nope"');
      expect(() => untyped.values("title", "title")).toThrow('names "title" twice');
      expect(() => untyped.values(5)).toThrow(FieldError);
      await expect(untyped.aggregate({ x: F("length") })).rejects.toThrow("takes aggregates");
    });
  });
});

onEngines("Expressions in update", (engine) => {
  useDatabase(engine, [Album, Track, Tag]);

  it("are worked out from what was there, all at once", async () => {
    const album = await Album.objects.create({ name: "Malibu" });
    await Track.objects.bulkCreate([
      { album, title: "one", position: 1, length: 10 },
      { album, title: "two", position: 2, length: 20 },
    ]);
    const changed = await Track.objects.filter({ position: 2 }).update({
      position: 9,
      length: F("length").add(F("position")),
      title: Concat(Lower("title"), Value("!")),
      price: F("price").mul(3),
    });
    expect(changed).toBe(1);
    expect(await Track.objects.orderBy("id").valuesList("title", "position", "length", "price").all()).toEqual([
      ["one", 1, 10, "0.10"],
      ["two!", 9, 22, "0.30"],
    ]);
  });

  it("may change places, except where the engine sets one after another", async () => {
    await Track.objects.filter({ title__startswith: "two" }).update({ position: 9, length: 22 });
    const swapped = Track.objects.filter({ position: 9 }).update({ position: F("length"), length: F("position") });
    if (engine.name === "mysql") await expect(swapped).rejects.toThrow("Set them in several updates.");
    else {
      expect(await swapped).toBe(1);
      expect(await Track.objects.filter({ position: 22 }).valuesList("length", { flat: true }).all()).toEqual([9]);
    }
  });

  it("take values of other rows by a subquery, and refuse those of related ones", async () => {
    const first = Track.objects
      .filter({ album: OuterRef("album") })
      .orderBy("position")
      .values("title")
      .limit(1);
    await Track.objects.update({ title: Subquery(first) }, { all: true });
    expect(await Track.objects.filter({ title: "one" }).count()).toBe(2);
    await expect(Track.objects.update({ title: F("album__name") }, { all: true })).rejects.toThrow("use Subquery(…)");
    await expect(Track.objects.update({ nope: F("title") } as never, { all: true })).rejects.toThrow('no field "nope"');
  });
});
