import { beforeAll, expect, it } from "vitest";
import { F, fields, manager, Model } from "dunder-orm";
import {
  ArrayAgg,
  arrayField,
  BitAnd,
  BitOr,
  BitXor,
  Corr,
  CovarPop,
  JsonConcat,
  JsonDelete,
  JsonPut,
  RegrAvgX,
  RegrAvgY,
  RegrCount,
  RegrIntercept,
  RegrR2,
  RegrSlope,
  RegrSXX,
  RegrSXY,
  RegrSYY,
} from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, idsOf, onOthers, onPostgres } from "./only.js";

class Album extends Model("album", {
  name: fields.string(),
  kept: arrayField(fields.string(), { null: true }),
  data: fields.json<Record<string, unknown>>({ default: () => ({}) }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  album: () => fields.foreignKey(Album),
  title: fields.string({ null: true }),
  position: fields.integer(),
  length: fields.float(),
  price: fields.decimal({ precision: 6, scale: 2 }),
  plays: fields.bigInteger(),
  out: fields.date(),
  at: fields.datetime(),
}) {
  static objects = manager(this);
}

onPostgres("Aggregates of PostgreSQL's", (engine) => {
  useDatabase(engine, [Album, Track]);
  const at = new Date("2024-01-01T10:00:00.5Z");

  beforeAll(async () => {
    await Album.objects.bulkCreate([
      { id: 1, name: "A" },
      { id: 2, name: "B" },
    ]);
    const rest = { album: 1, price: "1.50", out: "2024-02-29", at };
    await Track.objects.bulkCreate([
      { ...rest, title: "c", position: 1, length: 2, plays: 2n ** 60n },
      { ...rest, title: 'a"', position: 2, length: 4, plays: 5n },
      { ...rest, title: null, position: 3, length: 6.5, plays: 5n },
    ]);
  });

  it("put values of every kind in lists", async () => {
    const [first, second] = await Album.objects
      .annotate({
        titles: ArrayAgg("tracks__title", { orderBy: "-tracks__position" }),
        plays: ArrayAgg("tracks__plays", { distinct: true }),
        prices: ArrayAgg("tracks__price", { filter: { tracks__position: 1 } }),
        days: ArrayAgg("tracks__out", { distinct: true }),
        moments: ArrayAgg("tracks__at", { distinct: true }),
        sums: ArrayAgg(F("tracks__position").add(1), { orderBy: "tracks__position" }),
      })
      .orderBy("id")
      .all();
    expect(first?.titles).toEqual([null, 'a"', "c"]);
    expect(first?.plays).toEqual([5n, 2n ** 60n]);
    expect(first?.prices).toEqual(["1.50"]);
    expect(first?.days).toEqual(["2024-02-29"]);
    expect(first?.moments).toEqual([at]);
    expect(first?.sums).toEqual([2, 3, 4]);
    expect(second?.titles).toBeNull();
    expect(second?.prices).toBeNull();
  });

  it("give lists that are asked like others", async () => {
    const listed = Album.objects.annotate({
      titles: ArrayAgg("tracks__title", { filter: { tracks__title__isnull: false } }),
    });
    expect(await idsOf(listed.filter({ titles__len: 2 }))).toEqual([1]);
    expect(await idsOf(listed.filter({ titles__contains: ["c"] }))).toEqual([1]);
    expect(await idsOf(listed.filter({ titles__isnull: true }))).toEqual([2]);
    expect(await Track.objects.aggregate({ all: ArrayAgg("position", { orderBy: "position" }) })).toEqual({
      all: [1, 2, 3],
    });
    expect(await Track.objects.none().aggregate({ all: ArrayAgg("position") })).toEqual({ all: null });
    const byAlbum = await Track.objects
      .values("album")
      .annotate({ all: ArrayAgg("position", { orderBy: "-position" }) })
      .all();
    expect(byAlbum).toEqual([{ album: 1, all: [3, 2, 1] }]);
  });

  it("work on bits", async () => {
    const found = await Track.objects.aggregate({
      and: BitAnd("plays"),
      or: BitOr("position"),
      xor: BitXor("position", { filter: { position__lt: 3 } }),
      none: BitOr("position", { filter: { position__gt: 9 }, default: 0 }),
    });
    expect(found).toEqual({ and: 0n, or: 3, xor: 3, none: 0 });
    expect(() => Track.objects.annotate({ x: BitAnd("title") })).toThrow(/BitAnd/);
  });

  it("tell how numbers go together", async () => {
    const found = await Track.objects.filter({ position__lt: 3 }).aggregate({
      corr: Corr("length", "position"),
      covar: CovarPop("length", "position"),
      sample: CovarPop("length", "position", { sample: true }),
      avgX: RegrAvgX("length", "position"),
      avgY: RegrAvgY("length", "position"),
      count: RegrCount("length", "position"),
      intercept: RegrIntercept("length", "position"),
      r2: RegrR2("length", "position"),
      slope: RegrSlope("length", "position"),
      sxx: RegrSXX("length", "position"),
      sxy: RegrSXY("length", F("position").mul(2)),
      syy: RegrSYY("length", "position", { filter: { position__gte: 1 } }),
    });
    expect(found).toEqual({
      ...{ corr: 1, covar: 0.5, sample: 1, avgX: 1.5, avgY: 3, count: 2 },
      ...{ intercept: 0, r2: 1, slope: 2, sxx: 0.5, sxy: 2, syy: 2 },
    });
    expect(() => Track.objects.annotate({ x: Corr("title", "position") })).toThrow(/two numbers/);
  });

  it("write into JSON, and look along its paths", async () => {
    const one = Album.objects.filter({ id: 1 });
    await one.update({ data: { a: { b: 1 }, tags: ["x", "y"], size: 4 } });
    await one.update({ data: JsonConcat("data", { a: { c: 'q"' }, n: null }) });
    expect((await one.get()).data).toEqual({ a: { c: 'q"' }, tags: ["x", "y"], size: 4, n: null });
    await one.update({ data: JsonPut("data", ["a", "d, e"], [1]) });
    await one.update({ data: JsonPut("data", ["none", "there"], 1, { create: false }) });
    await one.update({ data: JsonPut("data", ["tags", 0], F("size" as never)) }).catch(() => undefined);
    await one.update({ data: JsonDelete("data", ["a", "c"]) });
    await one.update({ data: JsonDelete("data", "n") });
    expect((await one.get()).data).toEqual({ a: { "d, e": [1] }, tags: ["x", "y"], size: 4 });
    expect(await idsOf(Album.objects.filter({ data__path_exists: '$.tags[*] ? (@ == "y")' }))).toEqual([1]);
    expect(await idsOf(Album.objects.filter({ data__path_match: "$.size > 3" }))).toEqual([1]);
    expect(() => JsonPut("data", {} as never, 1)).toThrow(/path/);
    expect(() => Album.objects.annotate({ x: JsonConcat("name", {}) })).toThrow(/of JSON/);
  });
});

onOthers("Aggregates of PostgreSQL's", (engine) => {
  const use = useDatabase(engine, []);

  it("are refused by name", async () => {
    await expectRefusal(() => Track.objects.using(use.db).aggregate({ x: ArrayAgg("position") }), /ArrayAgg/);
    await expectRefusal(() => Track.objects.using(use.db).aggregate({ x: BitXor("position") }), /BitXor/);
    await expectRefusal(() => Track.objects.using(use.db).aggregate({ x: Corr("position", "length") }), /pair|Corr/);
    await expectRefusal(
      () =>
        Album.objects
          .using(use.db)
          .annotate({ x: JsonPut("data", "a", 1) })
          .all(),
      /JsonPut/,
    );
    await expectRefusal(() => Album.objects.using(use.db).filter({ data__path_match: "$.a" }).all(), /path_match/);
  });
});
