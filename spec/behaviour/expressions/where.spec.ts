import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { Count, F, FieldError, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Album extends Model("eb_album", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model(
  "eb_track",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 100 }),
    trackLength: fields.integer({ null: true }),
    made: fields.datetime({ null: true }),
    loud: fields.boolean({ default: false }),
    album: () => fields.foreignKey(Album),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

const NOON = new Date("2024-02-29T12:00:00.250Z");

onEngines("where((eb) => …)", (engine) => {
  const held = useDatabase(engine, [Album, Track]);

  beforeAll(async () => {
    const album = await Album.objects.create({ title: "A" });
    const other = await Album.objects.create({ title: "B" });
    await Track.objects.bulkCreate([
      { title: "Öl", trackLength: 3, album, made: NOON, loud: true },
      { title: "x", trackLength: null, album },
      { title: "y", trackLength: 8, album: other },
    ]);
  });

  const titles = Track.objects.valuesList("title", { flat: true });

  it("asks what Kysely's builder can say", async () => {
    expect(await titles.where((eb) => eb("title", "=", "x").or("track_length", ">", 5)).all()).toEqual(["x", "y"]);
    expect(await titles.where((eb) => eb.and([eb("made", "=", NOON), eb("loud", "=", true)])).all()).toEqual(["Öl"]);
    expect(await titles.where((eb) => eb("track_length", "is", null)).all()).toEqual(["x"]);
    expect(await titles.where((eb) => eb.not(eb("title", "in", ["x", "y"]))).all()).toEqual(["Öl"]);
    expect(await titles.where((eb) => eb("id", "=", eb.ref("album_id"))).all()).toEqual(["Öl"]);
    expect(await titles.where((eb) => eb.between("id", 2, 3)).all()).toEqual(["x", "y"]);
    expect(await titles.where((eb) => eb(sql<string>`upper(${eb.ref("title")})`, "=", "X")).all()).toEqual(["x"]);
  });

  it("composes with lookups across relations, orders, slices, annotations and exclude", async () => {
    const long = Track.objects.where((eb) => eb("track_length", ">", 2).or("title", "=", "x"));
    const before = Track.objects.filter({ album__title: "A" }).where((eb) => eb("title", "<>", "x"));
    expect((await before.all()).map((track) => track.title)).toEqual(["Öl"]);
    const after = long.filter({ album__title: "A" }).exclude({ title: "x" }).orderBy("-album__title");
    expect((await after.all()).map((track) => track.title)).toEqual(["Öl"]);
    expect(await long.filter({ album__title: "A" }).count()).toBe(2);
    expect(await long.exists()).toBe(true);
    expect((await long.orderBy("-id").limit(1).get()).title).toBe("y");
    expect(await long.aggregate({ n: Count("*") })).toEqual({ n: 3 });
    expect(
      await Album.objects
        .filter({ tracks__in: long.where((eb) => eb("title", "=", "y")) })
        .values("title")
        .all(),
    ).toEqual([{ title: "B" }]);
    expect(
      await long
        .annotate({ twice: F("trackLength").mul(2) })
        .filter({ twice: 16 })
        .count(),
    ).toBe(1);
    expect(
      await long
        .none()
        .where((eb) => eb("title", "=", "y"))
        .all(),
    ).toEqual([]);
    const kysely = await long
      .where((eb) => eb("title", "=", "y"))
      .toKysely()
      .execute();
    expect(kysely.length).toBe(1);
  });

  it("looks at other tables, and tells its own row from theirs", async () => {
    const inA = titles.where((eb) =>
      eb.exists(
        eb.selectFrom("eb_album as a").whereRef("a.id", "=", "self.album_id").where("title", "=", "A").select("a.id"),
      ),
    );
    expect(await inA.all()).toEqual(["Öl", "x"]);
    const newest = Track.objects.where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("eb_track as t")
            .whereRef("t.album_id", "=", "self.album_id")
            .whereRef("t.id", ">", "self.id")
            .select("t.id"),
        ),
      ),
    );
    expect((await newest.all()).map((track) => track.title)).toEqual(["x", "y"]);
    expect(await titles.filter({ pk__in: newest }).all()).toEqual(["x", "y"]);
  });

  it("changes the rows it finds, and no others", async () => {
    const found = Track.objects.where((eb) => eb("title", "=", "y"));
    expect(await found.update({ trackLength: 9 })).toBe(1);
    expect((await found.get()).trackLength).toBe(9);
    await Track.objects.create({ title: "gone", album: 1 });
    expect((await Track.objects.where((eb) => eb("title", "=", "gone")).delete()).total).toBe(1);
    expect(await Track.objects.count()).toBe(3);
  });

  it.skipIf(without.has("plans"))("has one plan for all values, and for lists of about one length", async () => {
    const { compiled } = held.db.stats.plans;
    for (const title of ["x", "y", "'; --"]) await titles.where((eb) => eb("title", "=", title)).all();
    expect(held.db.stats.plans.compiled).toBe(compiled + 1);
    for (const list of [
      ["a", "x", "y"],
      ["a", "b", "c", "x"],
    ]) {
      expect((await titles.where((eb) => eb("title", "in", list)).all()).length).toBe(list.length === 3 ? 2 : 1);
    }
    expect(held.db.stats.plans.compiled).toBe(compiled + 2);
  });
});

describe("where()", () => {
  it.each([
    ["an object of lookups", { title: "x" }],
    ["nothing", undefined],
    ["a text", "title = 'x'"],
  ])("refuses %s", (_, given) => {
    expect(() => Track.objects.where(given as never)).toThrow(/takes a function of Kysely's expression builder/);
  });

  it.each([
    ["a promise", () => Promise.resolve(sql`1 = 1`)],
    ["nothing", () => undefined],
    ["a boolean", () => true],
    ["a text", () => "title = 'x'"],
    ["lookups", () => ({ title: "x" })],
    ["what JSON can hold", () => JSON.parse('{"toOperationNode":{"kind":"RawNode"}}') as unknown],
  ])("refuses a function that gives %s", (_, build) => {
    expect(() => Track.objects.where(build as never)).toThrow(FieldError);
  });

  it("refuses values that cannot be bound, empty lists, and slices before it", () => {
    expect(() => Track.objects.where((eb) => eb("title", "=", undefined as never))).toThrow(FieldError);
    expect(() => Track.objects.where((eb) => eb("title", "=", { $ne: "" } as never))).toThrow(FieldError);
    expect(() => Track.objects.where((eb) => eb("title", "in", []))).toThrow(/empty/);
    expect(() => Track.objects.limit(1).where((eb) => eb("title", "=", "x"))).toThrow(FieldError);
  });
});
