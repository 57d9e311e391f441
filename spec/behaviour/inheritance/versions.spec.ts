import { expect, it } from "vitest";
import { fields, manager, Model, StaleRowError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Place extends Model("place", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  version: fields.version(),
}) {
  static objects = manager(this);
}

class Restaurant extends Model("restaurant", { stars: fields.integer({ default: 0 }) }, { parent: Place }) {
  static objects = manager(this);
}

onEngines("A version that a parent has", (engine) => {
  useDatabase(engine, [Place, Restaurant]);

  const make = async () => {
    await Place.objects.delete({ all: true });
    return Restaurant.objects.create({ id: 1, name: "Ivy" });
  };
  const versionOf = async () => (await Restaurant.objects.get()).version;

  it("grows with what is written in either table, once where in both", async () => {
    const row = await make();
    await row.update({ name: "a" });
    await row.update({ stars: 1 });
    await row.update({ name: "b", stars: 2 });
    expect([row.version, await versionOf()]).toEqual([4, 4]);
    await Restaurant.objects.filter({ stars__gt: 0 }).update({ stars: 3 });
    await Restaurant.objects.filter({ name: "b" }).update({ name: "c", stars: 4 });
    await Place.objects.filter({ name: "c" }).update({ name: "d" });
    expect(await versionOf()).toBe(7);
  });

  it.each([{ name: "x" }, { stars: 9 }, { name: "x", stars: 9 }])(
    "keeps a row from being saved over another's change: %o",
    async (change) => {
      const mine = await make();
      await (await Restaurant.objects.get()).update({ stars: 1 });
      await expect(mine.update(change)).rejects.toThrow(StaleRowError);
      expect((await Restaurant.objects.get()).toJSON()).toMatchObject({ name: "Ivy", stars: 1, version: 2 });
      await expect(mine.delete()).rejects.toThrow(StaleRowError);
      await mine.refresh();
      await mine.update(change);
      expect(await versionOf()).toBe(3);
      expect((await mine.delete()).byModel).toEqual({ Place: 1, Restaurant: 1 });
    },
  );

  it.each([{ name: "x" }, { stars: 9 }, { name: "x", stars: 9 }])(
    "lets one of many through who read the same: %o",
    async (change) => {
      await make();
      const rows = await Promise.all(Array.from({ length: 6 }, () => Restaurant.objects.get({ id: 1 })));
      const saved = await Promise.allSettled(rows.map((row) => row.update(change)));
      expect(saved.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const one of saved) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(StaleRowError);
      expect(await versionOf()).toBe(2);
    },
  );
});
