import { beforeEach, expect, it } from "vitest";
import {
  Avg,
  Count,
  Exists,
  F,
  Lower,
  Max,
  OuterRef,
  Prefetch,
  prefetch,
  Q,
  type QueryEvent,
  RowNumber,
  Subquery,
  Window,
} from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Booking, Chef, City, models, Place, Restaurant, Review, Tag, Trattoria } from "./places.js";

onEngines("rows of a model with a parent", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => void events.push(event) });
  let ids: Record<string, number> = {};

  beforeEach(async () => {
    for (const model of [Booking, Review, Tag, Place, City, Chef]) await model.objects.delete({ all: true });
    const rome = await City.objects.create({ name: "Röma" });
    const york = await City.objects.create({ name: "York" });
    const ann = await Chef.objects.create({ name: "Ann" });
    const bar = await Place.objects.create({ name: "Bar", address: "1 High Street", city: york });
    const ivy = await Restaurant.objects.create({
      name: "Ivy",
      address: "2 High Street",
      city: york,
      stars: 2,
      chef: ann,
    });
    const oak = await Restaurant.objects.create({ name: "Öak", address: "3 Low Street", servesPizza: true });
    const gino = await Trattoria.objects.create({
      ...{ name: "Gino", address: "Via Łódź", city: rome, chef: ann, stars: 3 },
      ...{ servesPizza: true, region: "Lazio" },
    });
    ids = { bar: bar.id, ivy: ivy.id, oak: oak.id, gino: gino.id };
    await Booking.objects.bulkCreate([
      { guest: "Max", place: ivy },
      { guest: "Zoë", place: ivy },
      { guest: "Max", place: gino },
      { guest: "Eve", place: bar },
    ]);
    await Review.objects.bulkCreate([
      { text: "good", restaurant: ivy },
      { text: "bad", restaurant: ivy },
      { text: "good", restaurant: gino },
    ]);
    const tag = await Tag.objects.create({ name: "cosy" });
    await gino.tags.add(tag);
    await bar.tags.add(tag);
    events = [];
  });

  it("have the fields and the members of both, by one statement", async () => {
    const all = await expectQueries(1, () => Restaurant.objects.all());
    expect(all.map(({ name, both, city, stars }) => [name, both, city?.pk ?? null, stars])).toEqual([
      ["Gino", "Gino! true", expect.any(Number), 3],
      ["Ivy", "Ivy! false", expect.any(Number), 2],
      ["Öak", "Öak! true", null, null],
    ]);
    expect(all.every((row) => row instanceof Place && row.constructor === Restaurant)).toBe(true);
    expect(String(all[1])).toBe(`Restaurant(id=${ids["ivy"]})`);
    const gino = await Trattoria.objects.get();
    expect([gino.name, gino.stars, gino.region, gino.pk, gino.id]).toEqual([
      "Gino",
      3,
      "Lazio",
      ids["gino"],
      ids["gino"],
    ]);
    expect(gino).toBeInstanceOf(Restaurant);
    expect(gino.toJSON()).toMatchObject({ id: ids["gino"], name: "Gino", servesPizza: true, region: "Lazio" });
    expect(gino.equals(await Trattoria.objects.get({ pk: ids["gino"]! }))).toBe(true);
    expect(gino.equals(await Restaurant.objects.get({ pk: ids["gino"]! }))).toBe(false);
    expect([await Place.objects.count(), (await Place.objects.get({ name: "Ivy" })).constructor]).toEqual([4, Place]);
    const streamed: string[] = [];
    for await (const row of Restaurant.objects.orderBy("-stars", "name")) streamed.push(row.name);
    expect(streamed.slice(engine.name === "postgres" ? 1 : 0).slice(0, 2)).toEqual(["Gino", "Ivy"]);
  });

  it("are found by fields of both, and in any order of them", async () => {
    const names = (where: object) => Restaurant.objects.filter(where).valuesList("name", { flat: true }).all();
    expect(await names({ name: "Ivy" })).toEqual(["Ivy"]);
    expect(await names({ name__icontains: "ö", servesPizza: true })).toEqual(["Öak"]);
    expect(await names({ pk: ids["ivy"] })).toEqual(["Ivy"]);
    expect(await names({ id__in: [ids["ivy"], ids["bar"]] })).toEqual(["Ivy"]);
    expect(await names({ id__in: [] })).toEqual([]);
    expect(await names({ place: ids["gino"] })).toEqual(["Gino"]);
    expect(await names({ place__name: "Gino", name__length: 4 })).toEqual(["Gino"]);
    expect(await names({ place__in: Place.objects.filter({ name__in: ["Ivy", "Bar"] }) })).toEqual(["Ivy"]);
    expect(await names({ city__name: "York" })).toEqual(["Ivy"]);
    expect(await names({ city__isnull: true })).toEqual(["Öak"]);
    expect(await names({ city: null })).toEqual(["Öak"]);
    expect(await Restaurant.objects.exclude({ city__name: "York" }).count()).toBe(2);
    expect(
      await Restaurant.objects.exclude({ bookings__guest: "Max" }).valuesList("name", { flat: true }).all(),
    ).toEqual(["Öak"]);
    expect(await Restaurant.objects.filter(Q({ name: "Ivy" }).or(Q({ stars: 3 }))).count()).toBe(2);
    expect(await Restaurant.objects.filter(Q({ name: "Ivy" }).xor(Q({ stars: 2 }))).count()).toBe(0);
    expect(await Restaurant.objects.filter({ address__lt: F("name") }).count()).toBe(2);
    expect(
      await Restaurant.objects
        .filter(Q({ stars: 3 }).not())
        .orderBy("-address")
        .valuesList("name", { flat: true })
        .all(),
    ).toEqual(["Öak", "Ivy"]);
    const byChef = Restaurant.objects.filter({ chef__isnull: false }).orderBy("chef__name", "-name");
    expect((await byChef.reverse().first())?.name).toBe("Gino");
    expect(await Restaurant.objects.orderBy("address").slice(1, 3).valuesList("name", { flat: true }).all()).toEqual([
      "Öak",
      "Gino",
    ]);
    expect(
      await Trattoria.objects
        .filter({ name: "Gino", stars__gte: 3, region: "Lazio", base__place__name: "Gino" })
        .count(),
    ).toBe(1);
    expect(await Restaurant.objects.none().count()).toBe(0);
    expect(await Restaurant.objects.filter({ pk__in: Trattoria.objects.valuesList("pk") }).count()).toBe(1);
    expect(await Place.objects.filter({ pk__in: Restaurant.objects.values("pk") }).count()).toBe(3);
    expect(await Restaurant.objects.search("LOW").count()).toBe(1);
  });

  it("are counted without their parents, whose table is joined only where something of it is asked", async () => {
    expect(await Restaurant.objects.count()).toBe(3);
    expect(await Restaurant.objects.filter({ stars: 2, pk__gt: 0 }).exists()).toBe(true);
    await Restaurant.objects.orderBy("pk").values("id", "stars").all();
    expect(events.filter(({ sql }) => /join/i.test(sql))).toEqual([]);
    expect(await Restaurant.objects.filter({ name: "Ivy" }).count()).toBe(1);
    expect(events.at(-1)?.sql).toMatch(/inner join/i);
  });

  it("give values, annotations and aggregates of both", async () => {
    const values = await Restaurant.objects.values("name", "city__name", "servesPizza", "place").all();
    expect(values[1]).toEqual({ name: "Ivy", city__name: "York", servesPizza: false, place: ids["ivy"] });
    const counted = await Restaurant.objects
      .annotate({ n: Count("bookings"), r: Count("reviews"), low: Lower("name") })
      .all();
    expect(counted.map(({ n, r, low }) => [n, r, low])).toEqual([
      [1, 1, "gino"],
      [2, 2, "ivy"],
      [0, 0, "öak"],
    ]);
    expect(
      await Restaurant.objects
        .filter({ bookings__guest: "Max" })
        .annotate({ n: Count("bookings") })
        .values("name", "n")
        .all(),
    ).toHaveLength(2);
    expect(await Restaurant.objects.aggregate({ max: Max("name"), stars: Avg("stars"), n: Count("*") })).toMatchObject({
      stars: 2.5,
      n: 3,
    });
    const grouped = await Restaurant.objects
      .values("city__name")
      .annotate({ n: Count("*") })
      .orderBy("city__name")
      .all();
    expect(grouped.map(({ n }) => n)).toEqual([1, 1, 1]);
    const places = await City.objects
      .annotate({ n: Count("places") })
      .orderBy("name")
      .all();
    expect(places.map(({ n }) => n)).toEqual([1, 2]);
    const chefs = await Chef.objects.annotate({ first: Max("restaurants__name"), n: Count("restaurants") }).get();
    expect([chefs.first, chefs.n]).toEqual(["Ivy", 2]);
    const numbered = await Restaurant.objects
      .annotate({ at: Window(RowNumber(), { orderBy: "name" }) })
      .filter({ at__lte: 1 })
      .all();
    expect(numbered.map(({ name, stars }) => [name, stars])).toEqual([["Gino", 3]]);
    const latest = await Restaurant.objects
      .annotate({
        guest: Subquery(
          Booking.objects
            .filter({ place: OuterRef("pk") })
            .orderBy("-guest")
            .values("guest")
            .slice(0, 1),
        ),
      })
      .all();
    expect(latest.map(({ guest }) => guest)).toEqual(["Max", "Zoë", null]);
    expect(
      await Place.objects
        .filter(Exists(Restaurant.objects.filter({ pk: OuterRef("pk"), name: OuterRef("name"), stars: 2 })))
        .count(),
    ).toBe(1);
    expect(await Restaurant.objects.distinct("city").count()).toBe(3);
    expect(await Restaurant.objects.orderBy().values("servesPizza").distinct().count()).toBe(2);
  });

  it("leave fields of either out, and load them later", async () => {
    const [ivy] = await expectQueries(1, () => Restaurant.objects.filter({ pk: ids["ivy"]! }).only("name").all());
    expect(ivy!.name).toBe("Ivy");
    expect(() => ivy!.stars).toThrow(/stars/);
    expect(() => ivy!.address).toThrow(/address/);
    await expectQueries(1, () => ivy!.load("address", "stars"));
    expect([ivy!.address, ivy!.stars]).toEqual(["2 High Street", 2]);
    const [thin] = await Restaurant.objects
      .filter({ pk: ids["ivy"]! })
      .orderBy()
      .defer("name", "address", "city")
      .all();
    expect(events.at(-1)?.sql).not.toMatch(/join/i);
    expect([thin!.stars, thin!.id]).toEqual([2, ids["ivy"]]);
    expect(() => thin!.name).toThrow(/name/);
  });

  it("are reached from elsewhere with all that they have", async () => {
    const reviews = await expectQueries(1, () =>
      Review.objects.selectRelated("restaurant__city", "restaurant__chef").orderBy("id").all(),
    );
    expect(
      reviews.map(({ restaurant }) => [
        restaurant.name,
        restaurant.stars,
        restaurant.city?.name,
        restaurant.chef?.name,
      ]),
    ).toEqual([
      ["Ivy", 2, "York", "Ann"],
      ["Ivy", 2, "York", "Ann"],
      ["Gino", 3, "Röma", "Ann"],
    ]);
    expect(reviews[0]!.restaurant).toBeInstanceOf(Restaurant);
    expect(await Review.objects.filter({ restaurant__name: "Ivy", restaurant__stars: 2 }).count()).toBe(2);
    expect(await Review.objects.filter({ restaurant__id: ids["ivy"]! }).orderBy("restaurant__name").count()).toBe(2);
    expect(await Review.objects.filter({ restaurant__bookings__guest: "Zoë" }).count()).toBe(2);
    expect(await Review.objects.exclude({ restaurant__name: "Ivy" }).count()).toBe(1);
    expect(await Review.objects.values("restaurant__city__name").distinct().count()).toBe(2);
    const lazy = await Review.objects.orderBy("id").first();
    expect(() => (lazy!.restaurant as Restaurant).name).toThrow(/load\(\)/);
    expect((await expectQueries(1, () => lazy!.restaurant.load())).name).toBe("Ivy");
    const chef = await Chef.objects.filter({ restaurants__name: "Ivy" }).get();
    expect((await chef.restaurants.filter({ city__name: "York" }).all()).map(({ name }) => name)).toEqual(["Ivy"]);
    expect(
      [...(await Chef.objects.prefetchRelated("restaurants__bookings").get()).restaurants].map((row) => [
        row.name,
        [...row.bookings].length,
      ]),
    ).toEqual([
      ["Gino", 1],
      ["Ivy", 2],
    ]);
  });

  it("have the relations of their parents", async () => {
    const ivy = await Restaurant.objects.get({ name: "Ivy" });
    expect((await ivy.bookings.orderBy("guest").all()).map(({ guest }) => guest)).toEqual(["Max", "Zoë"]);
    const made = await ivy.bookings.create({ guest: "Kim" });
    expect(made.place.pk).toBe(ivy.pk);
    const eve = await Booking.objects.get({ guest: "Eve" });
    await ivy.bookings.add(eve);
    expect(await ivy.bookings.count()).toBe(4);
    expect(await Booking.objects.filter({ place: ivy }).count()).toBe(4);
    const gino = await Trattoria.objects.prefetchRelated("tags", "bookings", "reviews", "city").get();
    await expectQueries(0, () => {
      expect([[...gino.tags].map(({ name }) => name), [...gino.bookings].length, [...gino.reviews].length]).toEqual([
        ["cosy"],
        1,
        1,
      ]);
      expect(gino.city?.name).toBe("Röma");
      return Promise.resolve();
    });
    const rows = await Restaurant.objects.all();
    await expectQueries(1, () => prefetch(rows, Prefetch("bookings", Booking.objects.filter({ guest: "Max" }))));
    await ivy.tags.set(await Tag.objects.all());
    expect(await Restaurant.objects.filter({ tags__name: "cosy" }).count()).toBe(2);
    const city = await (await Restaurant.objects.fetchMode("peers").get({ name: "Ivy" })).city!.load();
    expect(city.name).toBe("York");
  });

  it("are reached from their parents, where there are any", async () => {
    const places = await expectQueries(1, () => Place.objects.selectRelated("restaurant").all());
    expect(places.map(({ name, restaurant }) => [name, restaurant?.name ?? null, restaurant?.stars ?? null])).toEqual([
      ["Bar", null, null],
      ["Gino", "Gino", 3],
      ["Ivy", "Ivy", 2],
      ["Öak", "Öak", null],
    ]);
    expect(await Place.objects.filter({ restaurant__name: "Bar" }).count()).toBe(0);
    expect(await Place.objects.filter({ restaurant__isnull: true }).valuesList("name", { flat: true }).all()).toEqual([
      "Bar",
    ]);
    expect(await Place.objects.filter(Q({ restaurant__name: "Ivy" }).or(Q({ name: "Bar" }))).count()).toBe(2);
    expect(await Place.objects.exclude({ restaurant__stars: 2 }).count()).toBe(3);
    expect(await Booking.objects.filter({ place__restaurant__chef__name: "Ann" }).count()).toBe(3);
    const bar = await Place.objects.get({ name: "Bar" });
    expect(await bar.restaurant.load()).toBeNull();
    const ivy = await Place.objects.prefetchRelated("restaurant").get({ name: "Ivy" });
    await expectQueries(0, () => Promise.resolve(expect(ivy.restaurant!.stars).toBe(2)));
    const restaurant = await Restaurant.objects.selectRelated("place").get({ name: "Ivy" });
    await expectQueries(0, () => Promise.resolve(expect(restaurant.place.address).toBe("2 High Street")));
    const lone = await Restaurant.objects.get({ name: "Ivy" });
    expect(lone.place.pk).toBe(ids["ivy"]);
    expect((await lone.place.load()).name).toBe("Ivy");
  });

  it("go into sets, CTEs and subqueries", async () => {
    const both = Restaurant.objects.filter({ name: "Ivy" }).union(Restaurant.objects.filter({ stars: 3 }));
    expect((await both.orderBy("name").all()).map(({ name, stars, place }) => [name, stars, place.pk])).toEqual([
      ["Gino", 3, ids["gino"]],
      ["Ivy", 2, ids["ivy"]],
    ]);
    expect(await both.count()).toBe(2);
    expect(await Restaurant.objects.filter({ pk__in: both }).filter({ city__name: "York" }).count()).toBe(1);
    const cte = Restaurant.objects.filter({ servesPizza: true }).asCte("pizza");
    expect((await cte.filter({ name: "Gino" }).all()).map(({ address }) => address)).toEqual(["Via Łódź"]);
    expect(await cte.filter({ city__name: "Röma" }).count()).toBe(1);
    expect(
      await Restaurant.objects
        .filter({ name: "Ivy" })
        .or(Restaurant.objects.filter({ stars: 3 }))
        .count(),
    ).toBe(2);
    expect((await Restaurant.objects.inBulk([ids["ivy"]!, ids["bar"]!])).size).toBe(1);
    expect(
      (await Restaurant.objects.inBulk(["Ivy"], { field: "name" }).catch(() => new Map())).size,
    ).toBeLessThanOrEqual(1);
    expect(await Restaurant.objects.contains(await Restaurant.objects.get({ name: "Ivy" }))).toBe(true);
    expect(
      await Restaurant.objects
        .distinct("servesPizza")
        .orderBy("servesPizza", "name")
        .valuesList("name", { flat: true })
        .all(),
    ).toEqual(["Ivy", "Gino"]);
  });

  it("refuse names that neither has", () => {
    // @ts-expect-error no such field
    expect(() => Restaurant.objects.filter({ nmae: "x" })).toThrow(
      /Restaurant has no field "nmae".*Did you mean "name"/s,
    );
    // @ts-expect-error no such field
    expect(() => Restaurant.objects.orderBy("region")).toThrow(/Restaurant has no field "region"/);
  });
});
