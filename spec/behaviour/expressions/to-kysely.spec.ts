import { beforeAll, expect, it } from "vitest";
import { Count, F, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("tk_album", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("tk_track", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
  position: fields.integer(),
  album: () => fields.foreignKey(Album),
}) {
  static objects = manager(this);
}

onEngines("toKysely()", (engine) => {
  const held = useDatabase(engine, [Album, Track]);

  beforeAll(async () => {
    const album = await Album.objects.create({ title: "Ä" });
    const other = await Album.objects.create({ title: "B" });
    await Track.objects.bulkCreate([
      { title: "x", position: 1, album },
      { title: "y", position: 2, album },
      { title: "z", position: 3, album: other },
    ]);
  });

  const late = Track.objects.filter({ position__gte: 2 }).annotate({ twice: F("position").mul(2) });

  it("is a query of Kysely's, to go on with", async () => {
    const rows = await late.filter({ album__title: "B" }).toKysely().clearSelect().select("tk_track.title").execute();
    expect(rows).toEqual([{ title: "z" }]);
  });

  it("is a CTE, with its annotations", async () => {
    const rows = await held.db.kysely
      .with("late", () => late.toKysely())
      .selectFrom("late")
      .select(["title", "twice"])
      .where("twice", ">", 4)
      .execute();
    expect(rows.map((row): unknown => [row.title, Number(row.twice)])).toEqual([["z", 6]]);
  });

  it("is a table to select from and to join, and a subquery, its own values bound beside the others", async () => {
    const { kysely } = held.db;
    const groups = Track.objects.values("album").annotate({ n: Count("*") });
    const rows = await kysely
      .selectFrom("tk_album as a")
      .innerJoin(groups.toKysely().as("g"), "g.album", "a.id")
      .select(["a.title", "g.n"])
      .where("a.title", "!=", "none")
      .orderBy("a.id")
      .execute();
    expect(rows.map((row): unknown => [row.title, Number(row.n)])).toEqual([
      ["Ä", 2],
      ["B", 1],
    ]);
    const ids = late.values("album").distinct();
    const found = await kysely
      .selectFrom("tk_album")
      .select("title")
      .where("title", "=", "B")
      .where("id", "in", ids.filter({ title: "z" }).toKysely() as never)
      .execute();
    expect(found).toEqual([{ title: "B" }]);
    const sliced = Track.objects.orderBy("-id").limit(2).valuesList("title", { flat: true });
    const inside = await kysely.selectFrom(sliced.toKysely().as("s")).selectAll().execute();
    expect(inside).toHaveLength(2);
  });

  it("counts among the statements that have no plan", async () => {
    const { unplanned } = held.db.stats.plans;
    await late.toKysely().execute();
    expect(held.db.stats.plans.unplanned).toBe(unplanned + 1);
  });
});
