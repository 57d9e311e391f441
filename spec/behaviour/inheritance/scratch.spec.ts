import { afterAll, expect, it } from "vitest";
import { Count, F } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Booking, Chef, City, models, Place, Restaurant, Review, Trattoria } from "./places.js";

onEngines("a model with a parent", (engine) => {
  const sqls: string[] = [];
  useDatabase(engine, models, { onQuery: (e) => void sqls.push(e.sql) });
  afterAll(() => engine.name === "sqlite" && console.log(sqls.join("\n")));
  it("works", async () => {
    const r = await Restaurant.objects.create({ name: "Ivy", address: "x", servesPizza: true });
    expect(r.id).toBeGreaterThan(0);
    expect(r instanceof Place).toBe(true);
    expect(r.both).toBe("Ivy! true");
    const t = await Trattoria.objects.create({ name: "Da Gino", address: "y", stars: 2, region: "Lazio" });
    console.log(JSON.stringify(t), String(t));
    const all = await Restaurant.objects.all();
    expect(all.map((x) => [x.name, x.servesPizza])).toEqual([
      ["Da Gino", false],
      ["Ivy", true],
    ]);
    const found = await Trattoria.objects.get({ name: "Da Gino", stars: 2 });
    expect(found.region).toBe("Lazio");
    found.address = "z";
    found.region = "Roma";
    await found.save();
    expect(await Place.objects.filter({ address: "z" }).count()).toBe(1);
    expect(await Restaurant.objects.filter({ name__startswith: "D" }).update({ address: "q", stars: 3 })).toBe(1);
    await Booking.objects.create({ guest: "Ann", place: r });
    expect(await r.bookings.count()).toBe(1);
    console.log(Restaurant.objects.filter({ bookings__guest: "Ann" }).sql().sql);
    expect(await Restaurant.objects.filter({ bookings__guest: "Ann" }).count()).toBe(1);
    expect(await Booking.objects.filter({ place__restaurant__stars: 3 }).count()).toBe(0);
    expect(await Restaurant.objects.delete({ all: true })).toEqual({});
  });
});
