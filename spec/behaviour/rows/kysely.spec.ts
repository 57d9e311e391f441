import { sql } from "kysely";
import { expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", { name: fields.string({ maxLength: 50 }), year: fields.integer({ null: true }) }) {
  static objects = manager(this);
}

onEngines("Beside lookups", (engine) => {
  const holder = useDatabase(engine, [Album]);

  it("a queryset goes on as a Kysely query", async () => {
    await Album.objects.bulkCreate([
      { name: "Malibu", year: 2016 },
      { name: "Oxnard", year: 2018 },
      { name: "Ventura" },
    ]);
    const builder = Album.objects.filter({ name__contains: "a" }).orderBy("-name").toKysely();
    const rows = await builder.where("year", "is not", null).execute();
    expect(rows.map((row) => row["name"])).toEqual(["Oxnard", "Malibu"]);
  });

  it("db.execute runs Kysely's sql tag, and db.kysely takes part in a transaction", async () => {
    const [row] = await holder.db.execute(sql<{ n: unknown }>`select count(*) as n from album where year > ${2016}`);
    expect(Number(row?.n)).toBe(1);
    await expect(
      holder.db.atomic(async () => {
        await holder.db.kysely.updateTable("album").set({ name: "x" }).execute();
        expect(await Album.objects.filter({ name: "x" }).count()).toBe(3);
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    expect(await Album.objects.filter({ name: "x" }).exists()).toBe(false);
  });
});
