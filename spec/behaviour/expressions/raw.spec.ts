import { sql } from "kysely";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  Case,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  manager,
  Max,
  Model,
  OuterRef,
  Q,
  raw,
  Subquery,
  Sum,
  Value,
  When,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Album extends Model("raw_album", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("raw_track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  length: fields.integer({ null: true }),
  released: fields.datetime({ null: true }),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
}

const NOON = new Date("2024-02-29T12:00:00.250Z");
const titleLength = (of: unknown = sql.ref("title")) => sql`char_length(${of})`;

onEngines("SQL of one's own", (engine) => {
  const held = useDatabase(engine, [Album, Track]);
  // SQLite has no char_length; what is asked here is how SQL is put in, not what it says.
  const size = (of: unknown = sql.ref("title")) => (engine.name === "sqlite" ? sql`length(${of})` : titleLength(of));

  beforeAll(async () => {
    const album = await Album.objects.create({ title: "Ärger" });
    const other = await Album.objects.create({ title: "B" });
    await Track.objects.bulkCreate([
      { title: "Öl", length: 3, album, released: NOON },
      { title: "a'b", length: null, album },
      { title: "long title", length: 8, album: other },
    ]);
  });

  const titles = Track.objects.orderBy("id").valuesList("title", { flat: true });

  it("is a value of rows, and binds what it is given", async () => {
    const rows = await Track.objects
      .annotate({ rest: raw(sql`${size()} % ${4}`, "integer"), said: raw<string>(sql`${sql.ref("title")}`) })
      .orderBy("id")
      .all();
    expect(rows.map((row) => [row.rest, row.said])).toEqual([
      [2, "Öl"],
      [3, "a'b"],
      [2, "long title"],
    ]);
  });

  it.skipIf(without.has("plans"))("makes one plan for all values", async () => {
    const { compiled } = held.db.stats.plans;
    for (const n of [2, 3, 4, 5, 600]) {
      const query = Track.objects.annotate({ rest: raw<number>(sql`${size()} % ${n}`, "integer") });
      await query.filter({ rest__gte: 1, id__lt: 100 }).all();
    }
    expect(held.db.stats.plans.compiled).toBe(compiled + 1);
  });

  it("makes plans of their own for other SQL, names, kinds and texts", async () => {
    const { compiled } = held.db.stats.plans;
    const all = [
      raw(sql`${sql.ref("id")} + ${1}`, "integer"),
      raw(sql`${sql.ref("length")} + ${1}`, "integer"),
      raw(sql`${sql.ref("id")} - ${1}`, "integer"),
      raw(sql`${sql.ref("id")} - ${1}`, "float"),
      raw(sql`${sql.ref("id")} - ${sql.lit(1)}`, "float"),
      raw(sql`${sql.ref("id")} - ${sql.lit(2)}`, "float"),
      raw(sql`${F("id")} - ${F("length")}`, "float"),
      raw(sql`${F("length")} - ${F("id")}`, "float"),
    ];
    const got = [];
    for (const value of all) got.push((await Track.objects.orderBy("id").annotate({ value }).first())?.value);
    expect(got).toEqual([2, 4, 0, 0, 0, -1, -2, 2]);
    expect(held.db.stats.plans.compiled).toBe(compiled + all.length);
  });

  it("is a condition by itself, under NOT and in Q, and NULL is not true", async () => {
    const short = raw<boolean>(sql`${sql.ref("length")} < ${5}`);
    expect(await titles.filter(short).all()).toEqual(["Öl"]);
    expect(await titles.exclude(short).all()).toEqual(["a'b", "long title"]);
    expect(await titles.filter(Q({ title: "a'b" }).or(Q.and(Q({ id__gt: 0 })).and(Q({ title: "x" })))).all()).toEqual([
      "a'b",
    ]);
    expect(await titles.filter(raw(sql`${sql.ref("length")} < ${5}`, "boolean"), { title: "x" }).all()).toEqual([]);
    expect(await titles.filter(short).count()).toBe(1);
    expect(await titles.filter(short).exists()).toBe(true);
    await expect(async () => titles.filter(raw<boolean>(sql`1`, "integer" as never)).all()).rejects.toThrow(FieldError);
  });

  it("binds whole numbers, fractions, texts, dates, null and booleans", async () => {
    const of = (value: unknown) => raw<boolean>(sql`${sql.ref("released")} = ${value}`);
    expect(await titles.filter(of(NOON)).all()).toEqual(["Öl"]);
    expect(await titles.filter(of(null)).all()).toEqual([]);
    expect(
      await titles.filter(raw<boolean>(sql`${sql.ref("length")} > ${2} and ${sql.ref("title")} = ${"Öl"}`)).all(),
    ).toEqual(["Öl"]);
    const half = Track.objects.annotate({ half: raw<number>(sql`${sql.ref("length")} / ${sql.lit(2.0)}`, "float") });
    expect(await half.filter({ half__lte: 1.5 }).valuesList("title", { flat: true }).all()).toEqual(["Öl"]);
  });

  it("takes the expressions of ours, and querysets, where they stand", async () => {
    const loud = raw(sql`upper(${F("album__title")})`, "text");
    expect(
      await Track.objects.annotate({ loud }).orderBy("id").filter({ loud__endswith: "B" }).values("title").all(),
    ).toEqual([{ title: "long title" }]);
    const choice = Case(When({ length__gt: 5 }, Value("long")), { default: Value("short") });

    expect(
      await Track.objects
        .orderBy("id")
        .values({ c: raw(sql`coalesce(${choice}, ${"x"})`, "text") })
        .all(),
    ).toEqual([{ c: "short" }, { c: "short" }, { c: "long" }]);
    const newest = Track.objects.orderBy("-id").values("id").limit(1);
    expect(await titles.filter(raw<boolean>(sql`${sql.ref("id")} = ${newest}`)).all()).toEqual(["long title"]);
    const nested = raw(sql`${raw(sql`${sql.ref("id")} + ${1}`, "integer")} * ${10}`, "integer");
    expect(await Track.objects.orderBy("id").annotate({ nested }).valuesList("nested", { flat: true }).all()).toEqual([
      20, 30, 40,
    ]);
  });

  it("orders, and is calculated with where its kind is known", async () => {
    expect(await titles.orderBy(raw(sql`${sql.ref("id")} * ${-1}`, "integer")).first()).toBe("long title");
    expect(await titles.orderBy(raw(size(), "integer").desc(), "-id").all()).toEqual(["long title", "a'b", "Öl"]);
    const plus = raw(sql`${sql.ref("id")} + ${1}`, "integer").mul(2);
    expect(await Track.objects.annotate({ plus }).orderBy("id").valuesList("plus", { flat: true }).all()).toEqual([
      4, 6, 8,
    ]);
  });

  it("is an argument of aggregates and functions, over related rows too", async () => {
    const twice = raw(sql`${F("length")} * ${2}`, "integer");
    expect(
      await Track.objects.aggregate({ total: Sum(twice), top: Max(raw<number>(sql`${sql.ref("length")}`)) }),
    ).toEqual({
      total: 22,
      top: 8,
    });
    const albums = Album.objects.orderBy("id").annotate({
      sum: Sum(raw(sql`${F("tracks__length")} + ${1}`, "integer")),
      n: Count("tracks", { filter: raw<boolean>(sql`${F("tracks__length")} > ${2}`) }),
    });
    expect(await albums.valuesList("sum", "n").all()).toEqual([
      [4, 1],
      [9, 1],
    ]);
    const groups = Track.objects
      .values({ size: raw(sql`${sql.ref("length")} > ${5}`, "boolean") })
      .annotate({ n: Count("*") });
    expect((await groups.all()).sort((a, b) => String(a.size).localeCompare(String(b.size)))).toEqual([
      { size: false, n: 1 },
      { size: null, n: 1 },
      { size: true, n: 1 },
    ]);
  });

  it("names the row of its own query, joined or within another", async () => {
    const same = Track.objects.filter(raw<boolean>(sql`${sql.ref("title")} <> ${OuterRef("title")}`), {
      album__title: "B",
    });
    expect(await Album.objects.filter(Exists(same)).orderBy("id").valuesList("title", { flat: true }).all()).toEqual([
      "Ärger",
      "B",
    ]);
    const own = Track.objects.filter({
      pk__in: Track.objects.filter(raw<boolean>(sql`${sql.ref("raw_track.title")} = ${"Öl"}`)),
    });
    expect(await own.values("title").all()).toEqual([{ title: "Öl" }]);
    const joined = titles.filter({ album__title: "B" }, raw<boolean>(sql`${sql.ref("title")} = ${"long title"}`));
    expect(await joined.all()).toEqual(["long title"]);
    const first = Subquery(
      Track.objects
        .filter({ album: OuterRef("pk") })
        .orderBy("id")
        .values({ up: raw(sql`upper(${sql.ref("title")})`, "text") })
        .limit(1),
    );
    expect(await Album.objects.orderBy("id").annotate({ first }).valuesList("first", { flat: true }).all()).toEqual(
      engine.name === "sqlite" ? ["Öl".replace("l", "L"), "LONG TITLE"] : ["ÖL", "LONG TITLE"],
    );
  });

  it("goes on with distinct, slices, streams and none", async () => {
    const rest = Track.objects.annotate({ rest: raw(sql`${sql.ref("id")} % ${2}`, "integer") }).orderBy("rest", "id");
    expect(await rest.limit(1).valuesList("title", "rest").all()).toEqual([["a'b", 0]]);
    expect((await rest.orderBy("rest").values("rest").distinct().all()).length).toBe(2);
    const streamed: number[] = [];
    for await (const row of rest) streamed.push(row.rest ?? -1);
    expect(streamed).toEqual([0, 1, 1]);
    expect(await rest.none().all()).toEqual([]);
    expect((await rest.toKysely().execute()).length).toBe(3);
    expect(rest.sql().parameters.map(Number)).toEqual([2, 2].slice(0, rest.sql().parameters.length));
  });

  describe("in updates", () => {
    beforeEach(async () => {
      await Track.objects.filter({ id: 1 }).update({ title: "Öl", length: 3 });
    });

    it("sets a column to what it gives, read before the update", async () => {
      await Track.objects.filter({ id: 1 }).update({ length: raw<number>(sql`${sql.ref("length")} + ${4}`) });
      expect((await Track.objects.get({ id: 1 })).length).toBe(7);
      await Track.objects
        .filter({ id: 1 })
        .update({ length: raw<number>(sql`${sql.ref("length")} + ${Value(0.4)}`, "float") });
      expect((await Track.objects.get({ id: 1 })).length).toBe(7);
    });
  });
});

describe("raw()", () => {
  it.each([
    ["a text", "length(title)"],
    ["nothing", undefined],
    ["null", null],
    ["a number", 1],
    ["what JSON can hold", JSON.parse('{"toOperationNode":{"kind":"RawNode","sqlFragments":["1"],"parameters":[]}}')],
    ["a node itself", sql`1`.toOperationNode()],
    ["an expression of ours", F("title")],
    ["something under a name", sql`1`.as("one")],
    ["what only looks like it", { toOperationNode: () => "1; drop table raw_track" }],
  ])("refuses %s", (_, given) => {
    expect(() => raw(given as never)).toThrow(FieldError);
  });

  it.each([
    ["undefined", undefined],
    ["a plain object", { a: 1 }],
    ["a function", () => 1],
    ["a direction", F("title").desc()],
    ["a row", new Album({ title: "x" })],
  ])("refuses %s as a value in it", (_, value) => {
    // A function would be called by the tag itself.
    const build = () =>
      Track.objects.annotate({ n: raw(sql`${typeof value === "function" ? sql.val(undefined) : value}`) });
    expect(build).toThrow(FieldError);
  });

  it("says what is wrong with a kind", () => {
    expect(() => Track.objects.annotate({ n: raw(sql`1`, "integr" as never) })).toThrow(/did you mean "integer"/i);
    expect(() => raw(sql`1`, 1 as never)).toThrow(FieldError);
    expect(() => Track.objects.annotate({ n: raw(sql`1`, "decimal") })).toThrow(/scale/);
    expect(() => raw(sql`1`, "decimal", { scale: -1 })).toThrow(FieldError);
    expect(() => Track.objects.annotate({ n: raw<number>(sql`1`).add(1) })).toThrow(
      /name it, raw\(sql`…`, "integer"\)/,
    );
    expect(() => Track.objects.annotate({ n: raw(sql`lower(${F("titel")})`, "text") })).toThrow(
      /did you mean "title"/i,
    );
  });

  it("takes a list as so many values, and no empty one", () => {
    expect(() =>
      Track.objects.annotate({ n: raw({ toOperationNode: () => ({ kind: "PrimitiveValueListNode", values: [] }) }) }),
    ).toThrow(FieldError);
  });
});
