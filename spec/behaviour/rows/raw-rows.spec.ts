import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { F, FieldError, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Album extends Model("rr_album", {
  id: fields.bigAuto({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("rr_track", {
  id: fields.integer({ primaryKey: true }),
  trackTitle: fields.string({ maxLength: 100 }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
  made: fields.datetime({ null: true }),
  loud: fields.boolean({ default: false }),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
  get label(): string {
    return `${this.trackTitle}!`;
  }
}

const NOON = new Date("2024-02-29T12:00:00.250Z");
const ALL = sql`select * from rr_track order by id`;

onEngines("Rows of SQL of one's own", (engine) => {
  const held = useDatabase(engine, [Album, Track]);

  beforeAll(async () => {
    const album = await Album.objects.create({ title: "A" });
    await Track.objects.bulkCreate([
      { trackTitle: "Öl", price: "1.50", made: NOON, loud: true, album },
      { trackTitle: "x", album },
      { trackTitle: "y", price: "0.10", album },
    ]);
  });

  it("are instances like those of a queryset", async () => {
    const rows = await Track.objects.raw(ALL).all();
    const same = await Track.objects.orderBy("id").all();
    expect(rows.map((row) => row.toJSON())).toEqual(same.map((row) => row.toJSON()));
    expect(rows[0]).toBeInstanceOf(Track);
    expect(rows[0]?.label).toBe("Öl!");
    expect(rows[0]?.made).toEqual(NOON);
    expect(rows[0]?.album.pk).toBe(1n);
    expect((await rows[0]?.album.load())?.title).toBe("A");
    expect((await Track.raw(ALL).all()).length).toBe(3);
  });

  it("have their columns matched by name, whatever their order, and further ones as properties", async () => {
    const rows = await Track.objects
      .raw<{ rest: number; up: string | null }>(
        sql`select loud, id % ${2} as rest, album_id, made, price, track_title, null as up, id from rr_track order by id`,
      )
      .all();
    expect(rows.map((row) => [row.id, row.trackTitle, row.price, row.loud, row.rest, row.up])).toEqual([
      [1, "Öl", "1.50", true, 1, null],
      [2, "x", null, false, 0, null],
      [3, "y", "0.10", false, 1, null],
    ]);
  });

  it.skipIf(without.has("plans"))("bind their values, by one plan for all", async () => {
    const { compiled } = held.db.stats.plans;
    for (const title of ["x", "y", "'; drop table rr_track; --"]) {
      const rows = await Track.objects
        .raw(sql`select * from ${sql.table("rr_track")} where track_title = ${title}`)
        .all();
      expect(rows.map((row) => row.trackTitle)).toEqual(title.length > 1 ? [] : [title]);
    }
    expect(held.db.stats.plans.compiled).toBe(compiled + 1);
    expect(
      await Track.objects.raw(sql`select * from rr_track where made = ${NOON} and loud = ${true}`).all(),
    ).toHaveLength(1);
  });

  it("come first, or one after another", async () => {
    expect((await Track.objects.raw(ALL).first())?.trackTitle).toBe("Öl");
    expect(await Track.objects.raw(sql`select * from rr_track where id = ${99}`).first()).toBe(null);
    const streamed: string[] = [];
    for await (const row of Track.objects.raw(ALL)) streamed.push(row.trackTitle);
    expect(streamed).toEqual(["Öl", "x", "y"]);
  });

  it("can be changed and saved, inside a transaction too", async () => {
    await held.db.atomic(async () => {
      const row = await Track.objects.raw(sql`select * from rr_track where id = ${2}`).first();
      if (row === null) throw new Error("There is a row 2.");
      expect(row.isDirty()).toBe(false);
      row.trackTitle = "z";
      expect(row.dirtyFields()).toEqual(["trackTitle"]);
      await row.save();
    });
    expect((await Track.objects.get({ id: 2 })).trackTitle).toBe("z");
    await Track.objects.filter({ id: 2 }).update({ trackTitle: "x" });
  });

  it("need all columns once, a key, and names that rows can have", async () => {
    const raw = (query: ReturnType<typeof sql>) => Track.objects.raw(query).all();
    await expect(raw(sql`select id, track_title from rr_track`)).rejects.toThrow(/does not select "price", "made"/);
    await expect(raw(sql`select t.*, t.id from rr_track as t`)).rejects.toThrow(/two columns named "id"/);
    await expect(raw(sql`select t.*, 1 as save from rr_track as t`)).rejects.toThrow(/"save"/);
    await expect(raw(sql`select t.*, 1 as ${sql.id("a__b")} from rr_track as t`)).rejects.toThrow(FieldError);
    await expect(raw(sql`select t.*, 1 as album from rr_track as t`)).rejects.toThrow(/"album"/);
    const nulls = sql`select null as id, track_title, price, made, loud, album_id from rr_track`;
    await expect(raw(nulls)).rejects.toThrow(/without a key/);
    await expect(raw(sql`select id, nonsense`)).rejects.toThrow();
  });
});

describe("raw() of a manager", () => {
  it.each([
    ["a text", "select * from rr_track"],
    ["nothing", undefined],
    ["what JSON can hold", JSON.parse('{"toOperationNode":{"kind":"RawNode"}}')],
  ])("refuses %s", (_, given) => {
    expect(() => Track.objects.raw(given as never)).toThrow(FieldError);
  });

  it("refuses a queryset that was narrowed, which the SQL would pass over", () => {
    expect(() => Track.objects.filter({ id: 1 }).raw(ALL)).toThrow(/whole query of its own/);
    expect(() => Track.objects.limit(1).raw(ALL)).toThrow(FieldError);
    expect(() => new Album({ id: 1n, title: "x" }).tracks.raw(ALL)).toThrow(FieldError);
  });

  it("refuses expressions, which have no row to be about", () => {
    expect(() => Track.objects.raw(sql`select ${F("id")}`)).toThrow(/Write it in SQL/);
    expect(() => Track.objects.raw(sql`select ${undefined}`)).toThrow(FieldError);
  });
});
