import { beforeEach, expect, it } from "vitest";
import { type QueryEvent } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Booking, models, Place, Restaurant, Trattoria } from "./places.js";

onEngines("a row that extends one that is there", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, models, { onQuery: (event) => void events.push(event) });

  beforeEach(async () => {
    await Place.objects.delete({ all: true });
    events = [];
  });

  const asRestaurant = (place: Place) => Restaurant.objects.create({ place, stars: 2 });

  it("has its key and its values, and no second row above it", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    const restaurant = await expectQueries(1, () => asRestaurant(ivy));
    expect([restaurant.pk, restaurant.name, restaurant.address, restaurant.stars]).toEqual([
      ivy.id,
      "Ivy",
      "West Street",
      2,
    ]);
    expect(restaurant.place).toBe(ivy);
    expect(restaurant.isDirty()).toBe(false);
    expect(await Place.objects.count()).toBe(1);
    const trattoria = await Trattoria.objects.create({ base: restaurant, region: "Lazio" });
    expect([trattoria.pk, trattoria.name, trattoria.stars]).toEqual([ivy.id, "Ivy", 2]);
    expect([await Place.objects.count(), await Restaurant.objects.count()]).toEqual([1, 1]);
  });

  it("is told by a key alone, whose values are read", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    const booking = await Booking.objects.create({ guest: "Ann", place: ivy });
    const restaurant = await expectQueries(2, () => Restaurant.objects.create({ place: ivy.id, stars: 2 }));
    expect([restaurant.name, restaurant.stars, restaurant.isDirty()]).toEqual(["Ivy", 2, false]);
    const other = await Place.objects.create({ name: "Bar", address: "x" });
    await booking.update({ place: other });
    const again = await Booking.objects.get();
    expect((await Restaurant.objects.create({ place: again.place, stars: 1 })).name).toBe("Bar");
    const partly = await Place.objects.create({ name: "Late", address: "y" });
    const [thin] = await Place.objects.filter({ pk: partly.pk }).only("name").all();
    expect((await Restaurant.objects.create({ place: thin! })).address).toBe("y");
  });

  it("writes what is to be other than it is there", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    const restaurant = await Restaurant.objects.create({ place: ivy, name: "The Ivy", servesPizza: true });
    expect((await Place.objects.get()).name).toBe("The Ivy");
    expect(restaurant.isDirty()).toBe(false);
    const bar = await Place.objects.create({ name: "Bar", address: "x" });
    const row = new Restaurant({ place: bar });
    row.address = "z";
    await row.save();
    expect((await Place.objects.get({ name: "Bar" })).address).toBe("z");
  });

  it("may be several levels below what is there", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    const trattoria = await Trattoria.objects.create({ place: ivy, stars: 3, region: "Lazio" });
    expect([trattoria.pk, trattoria.name, trattoria.stars]).toEqual([ivy.id, "Ivy", 3]);
    expect(await Restaurant.objects.filter({ stars: 3 }).count()).toBe(1);
    expect(await Place.objects.count()).toBe(1);
  });

  it("may be made along with it", async () => {
    const made = await Restaurant.objects.create({ place: { name: "Ivy", address: "x" }, stars: 2 });
    expect([made.name, made.stars, made.pk]).toEqual(["Ivy", 2, (await Place.objects.get()).id]);
    const place = new Place({ name: "Bar", address: "y" });
    await expect(Restaurant.objects.create({ place })).rejects.toThrow(/Restaurant.*id.*not saved yet/s);
    await place.save();
    expect((await Restaurant.objects.create({ place })).name).toBe("Bar");
  });

  it("comes in bulk beside others, and is what getOrCreate makes", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    const rows = await Restaurant.objects.bulkCreate([
      { place: ivy, stars: 1 },
      { name: "New", address: "a", stars: 2 },
    ]);
    expect(rows.map(({ name, stars }) => [name, stars])).toEqual([
      ["Ivy", 1],
      ["New", 2],
    ]);
    expect(await Place.objects.count()).toBe(2);
    const bar = await Place.objects.create({ name: "Bar", address: "b" });
    const [made, created] = await Restaurant.objects.getOrCreate({ place: bar }, { defaults: { stars: 3 } });
    expect([made.name, made.stars, created]).toEqual(["Bar", 3, true]);
    const [found, again] = await Restaurant.objects.getOrCreate({ place: bar }, { defaults: { stars: 4 } });
    expect([found.pk, found.stars, again]).toEqual([bar.pk, 3, false]);
  });

  it("is none after a rollback, and can be saved then", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    const row = new Restaurant({ place: ivy, stars: 2 });
    const undone = holder.db.atomic(async () => {
      await row.save();
      throw new Error("no");
    });
    await expect(undone).rejects.toThrow("no");
    expect([await Restaurant.objects.count(), await Place.objects.count()]).toEqual([0, 1]);
    await row.save();
    expect([await Restaurant.objects.count(), await Place.objects.count()]).toEqual([1, 1]);
  });

  it("cannot be a second one, nor extend what is not there", async () => {
    const ivy = await Place.objects.create({ name: "Ivy", address: "West Street" });
    await asRestaurant(ivy);
    await expect(asRestaurant(ivy)).rejects.toThrow();
    await expect(Restaurant.objects.create({ place: 999_999 })).rejects.toThrow();
    // @ts-expect-error a booking is no place
    await expect(Restaurant.objects.create({ place: new Booking({ guest: "x", place: ivy }) })).rejects.toThrow(
      /Restaurant.*place/s,
    );
    expect(await Restaurant.objects.count()).toBe(1);
  });
});
