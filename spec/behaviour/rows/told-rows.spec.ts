import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, OuterRef, type QueryEvent, Subquery, Sum } from "dunder-orm";
import { tellsNewRows } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

class Parcel extends Model("told_parcel", {
  id: fields.integer({ primaryKey: true }),
  label: fields.string({ maxLength: 40 }),
  weight: fields.integer({ dbDefault: 7 }),
}) {
  static objects = manager(this);
}

class Place extends Model("told_place", {
  code: fields.string({ maxLength: 10, primaryKey: true }),
  size: fields.integer({ dbDefault: 3 }),
}) {
  static objects = manager(this);
}

onEngines("What the database makes of new rows", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Parcel, Place], { onQuery: (event) => events.push(event), pool: { max: 6 } });
  const isTold = tellsNewRows(engine.label);
  const labels = (from: string, length: number) => Array.from({ length }, (_, at) => ({ label: `${from}${at} é😀` }));
  const inserts = () => events.filter(({ sql: text }) => /^insert/i.test(text));
  /** Each row's key leads to that row, and to no other. */
  async function check(made: readonly Parcel[]): Promise<void> {
    const found = await Parcel.objects.inBulk(made.map((row) => row.id));
    expect(made.map((row) => found.get(row.id)?.label)).toEqual(made.map((row) => row.label));
    expect(new Set(made.map((row) => row.id)).size).toBe(made.length);
    expect(made.filter((row) => row.weight !== 7 || row.isDirty())).toEqual([]);
  }
  beforeEach(async () => {
    for (const model of [Parcel, Place]) await model.objects.delete({ all: true });
    events.length = 0;
  });

  it("is read in one transaction with the insert, where it is not told", async () => {
    const row = await Parcel.objects.create({ label: "one" });
    expect([row.weight, row.isDirty()]).toEqual([7, false]);
    expect(events).toHaveLength(isTold ? 1 : 2);
    expect(new Set(events.map(({ transaction }) => transaction)).size).toBe(1);
    if (!isTold) expect(events[0]!.transaction).not.toBeNull();
    const place = await Place.objects.create({ code: "ä" });
    expect([place.size, place.isDirty()]).toEqual([3, false]);
  });

  it("is told of many rows, whatever their number, in their order", async () => {
    for (const length of [1, 2, 63, 130, 701]) await check(await Parcel.objects.bulkCreate(labels("m", length)));
    const places = await Place.objects.bulkCreate(["b", "a", "ß"].map((code) => ({ code })));
    expect(places.map(({ code, size }) => [code, size])).toEqual([
      ["b", 3],
      ["a", 3],
      ["ß", 3],
    ]);
  });

  it("is told of many rows inside of blocks, and of several at once there", async () => {
    await holder.db.atomic(async () => {
      await check(await Parcel.objects.bulkCreate(labels("a", 70)));
      const [one, two] = await Promise.all([
        Parcel.objects.bulkCreate(labels("b", 90)),
        Parcel.objects.bulkCreate(labels("c", 90)),
      ]);
      await check([...one, ...two]);
    });
  });

  it("is told of what many callers insert at once", async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map((at) => Parcel.objects.bulkCreate(labels(`w${at} `, 300))));
    await check(all.flat());
  });

  it.skipIf(engine.name === "sqlite")("is told at every level of isolation", async () => {
    for (const isolation of ["read committed", "repeatable read", "serializable"] as const) {
      events.length = 0;
      const made = await holder.db.atomic(() => Parcel.objects.bulkCreate(labels("i", 5)), { isolation });
      expect(inserts()).toHaveLength(isTold || isolation === "repeatable read" ? 1 : 5);
      await check(made);
    }
  });

  it.skipIf(engine.name !== "mysql")("is no guess where keys do not come one after another", async () => {
    await holder.db.atomic(async () => {
      await holder.db.execute(sql`set session auto_increment_increment = 5`);
      const made = await Parcel.objects.bulkCreate(labels("s", 20));
      await holder.db.execute(sql`set session auto_increment_increment = 1`);
      await check(made);
      expect(made[19]!.id - made[0]!.id).toBe(95);
    });
  });

  it("is forgotten where the block is undone", async () => {
    const rows = [new Parcel({ label: "x" }), new Parcel({ label: "y" })];
    const block = holder.db.atomic(async () => {
      await Parcel.objects.bulkCreate(rows);
      expect(rows.every((row) => row.weight === 7)).toBe(true);
      throw new Error("undo");
    });
    await expect(block).rejects.toThrow("undo");
    expect(await Parcel.objects.count()).toBe(0);
    await check(await Parcel.objects.bulkCreate(rows));
  });

  it("values of an update are worked out from what was there before", async () => {
    await Parcel.objects.bulkCreate([1, 2, 3, 4].map((weight) => ({ label: weight < 4 ? "a" : "b", weight })));
    const same = Parcel.objects.filter({ label: OuterRef("label") }).values("label");
    const sum = Subquery(same.annotate({ sum: Sum("weight") }).values("sum"));
    expect(await Parcel.objects.filter({ weight__lt: 9 }).update({ weight: sum, label: "ü" })).toBe(4);
    expect(await Parcel.objects.orderBy("id").valuesList("label", "weight").all()).toEqual([
      ["ü", 6],
      ["ü", 6],
      ["ü", 6],
      ["ü", 4],
    ]);
  });
});
