import { sql } from "kysely";
import { expect, it } from "vitest";
import { type Database, fields, manager, Model, Q } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 100 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model("track", {
  id: fields.integer({ primaryKey: true }),
  album: () => fields.foreignKey(Album),
  title: fields.string({ maxLength: 100 }),
  position: fields.integer(),
}) {
  static objects = manager(this);
}

/** Every kind of call, with values that differ from run to run. */
const calls: Readonly<Record<string, (run: number) => Promise<unknown>>> = {
  get: (run) => Track.objects.get({ id: 1 + (run % 2) }),
  getOrNull: (run) => Track.objects.getOrNull({ title: `no ${run}` }),
  first: (run) => Track.objects.filter({ position__gt: run % 3 }).first(),
  all: (run) => Track.objects.filter({ title: `x${run}` }).all(),
  "Q, across a relation": (run) => Track.objects.filter(Q({ album__name: `x${run}` }).or(Q({ position: run }))).all(),
  "lists of 3 and 4": (run) => Track.objects.filter({ id__in: [run, run + 1, run + 2, run + 3].slice(run % 2) }).all(),
  "a query in a query": (run) =>
    Track.objects.filter({ album__in: Album.objects.filter({ name__contains: `x${run}` }) }).all(),
  "order, slice": (run) =>
    Track.objects
      .orderBy("-position")
      .slice(run % 2, 2 + (run % 2))
      .all(),
  selectRelated: (run) =>
    Track.objects
      .selectRelated("album")
      .filter({ id__gte: run % 3 })
      .all(),
  count: (run) => Track.objects.filter({ position__lt: run }).count(),
  exists: (run) => Track.objects.filter({ position__lt: run }).exists(),
  create: (run) => Track.objects.create({ album: 1, title: `new ${run}`, position: 10 + run }),
  bulkCreate: (run) =>
    Track.objects.bulkCreate([1, 2, 3].map((at) => ({ album: 1, title: `bulk ${run} ${at}`, position: 10 + run }))),
  "save, changed": async (run) => {
    const track = await Track.objects.get({ id: 1 });
    track.title = `changed ${run}`;
    await track.save();
  },
  update: (run) => Track.objects.filter({ id: 2 }).update({ position: run }),
  delete: (run) => Track.objects.filter({ position: 10_000 + run }).delete(),
  "lazy load": async (run) => (await Track.objects.get({ id: 1 + (run % 2) })).album.load(),
  "a related manager": async (run) => (await Album.objects.get({ id: 1 })).tracks.filter({ position: run }).all(),
  iterator: async (run) => {
    for await (const track of Track.objects.filter({ position: run }).iterator()) void track;
  },
};

onEngines("The plans of a database", (engine) => {
  const holder = useDatabase(engine, [Album, Track]);

  async function rows(): Promise<void> {
    if (await Album.objects.exists()) return;
    await Album.objects.create({ id: 1, name: "Malibu" });
    await Track.objects.create({ id: 1, album: 1, title: "The Bird", position: 1 });
    await Track.objects.create({ id: 2, album: 1, title: "Heart don't stand a chance", position: 2 });
    // Keys of their own must not meet those that the database gives.
    if (engine.name === "postgres") await holder.db.execute(sql`select setval('track_id_seq', 1000)`);
  }

  const compiled = (db: Database): number => db.stats.plans.compiled;

  it.each(Object.keys(calls).map((name) => [name, calls[name] as (run: number) => Promise<unknown>] as const))(
    "are made once for %s",
    async (_name, call) => {
      await rows();
      await call(1);
      await call(2);
      const before = holder.db.stats.plans;
      for (let run = 3; run < 8; run += 1) await call(run);
      const after = holder.db.stats.plans;
      if (without.has("plans")) {
        expect(after.kept).toBe(0);
        return;
      }
      expect(after.compiled).toBe(before.compiled);
      expect(after.hits).toBeGreaterThanOrEqual(before.hits + 5);
      expect(after.unplanned).toBe(before.unplanned);
    },
  );

  it("count what Kysely compiles", async () => {
    await rows();
    const before = holder.db.stats.plans.unplanned;
    await holder.db.execute(sql`select 1`);
    await Track.objects.filter({ id: 1 }).toKysely().execute();
    expect(holder.db.stats.plans.unplanned).toBe(before + 2);
  });

  it("are made anew when the database moves to another place", async () => {
    await rows();
    await Track.objects.get({ id: 1 });
    const before = compiled(holder.db);
    await holder.db.init(await engine.url());
    await holder.db.createTables([Album, Track]);
    expect(holder.db.stats.plans.kept).toBe(0);
    await rows();
    await Track.objects.get({ id: 1 });
    expect(compiled(holder.db)).toBeGreaterThan(before);
  });
});
