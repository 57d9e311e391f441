import { beforeEach, expect, it } from "vitest";
import { F, Length, Lower, type QueryEvent, Subquery, OuterRef, Value, ValidationError } from "dunder-orm";
import { expectQueries } from "dunder-orm/testing";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Booking, Chef, City, models, Place, Restaurant, Review, Trattoria } from "./places.js";

onEngines("rows of a model with a parent are written to both tables:", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, models, { onQuery: (event) => void events.push(event) });

  beforeEach(async () => {
    for (const model of [Booking, Review, Place, City, Chef]) await model.objects.delete({ all: true });
    events = [];
  });

  const written = () =>
    events
      .map(({ sql }) => /^(insert into|update|delete from) [`"](\w+)/i.exec(sql))
      .flatMap((found) => (found === null ? [] : [`${found[1]} ${found[2]}`]));
  const create = (values: object = {}) => Restaurant.objects.create({ name: "Ivy", address: "High Street", ...values });

  it("create, one statement for each, together or not at all", async () => {
    const ivy = await expectQueries(2, () => create({ servesPizza: true }));
    expect(written()).toEqual(["insert into place", "insert into restaurant"]);
    expect([ivy.id, ivy.pk, ivy.isDirty(), ivy.stars, ivy.city]).toEqual([ivy.id, ivy.id, false, null, null]);
    const given = await create({ id: 7001, name: "Given" });
    expect([given.pk, (await Restaurant.objects.get({ pk: 7001 })).name]).toEqual([7001, "Given"]);
    // @ts-expect-error the parent's field is required
    await expect(Restaurant.objects.create({ name: "x" })).rejects.toThrow(/Restaurant.address: is required/);
    await expect(create({ stars: "many" })).rejects.toThrow(/Restaurant.stars/);
    await expect(create({ chef: 999_999 })).rejects.toThrow();
    expect([await Place.objects.count(), await Restaurant.objects.count()]).toEqual([2, 2]);
    // @ts-expect-error no such field
    expect(() => new Restaurant({ name: "x", address: "y", region: "z" })).toThrow(/Restaurant has no field "region"/);
    expect(() => new Restaurant({ name: "x".repeat(51), address: "y" })).toThrow(ValidationError);
  });

  it("save, with expressions, and again only what changed", async () => {
    const row = new Trattoria({ name: "Gino", address: "Via Łódź", region: "Lazio", stars: 1 });
    await row.save();
    expect(written()).toEqual(["insert into place", "insert into restaurant", "insert into trattoria"]);
    events = [];
    await row.save();
    expect(events).toEqual([]);
    row.region = "Roma";
    expect(row.dirtyFields()).toEqual(["region"]);
    await row.save();
    expect(written()).toEqual(["update trattoria"]);
    events = [];
    row.name = "Da Gino";
    row.stars = 2;
    expect(row.dirtyFields()).toEqual(["name", "stars"]);
    await row.save();
    expect(written().sort()).toEqual(["update place", "update restaurant"]);
    expect(await Place.objects.filter({ name: "Da Gino", restaurant__stars: 2 }).count()).toBe(1);
    await row.update({ name: Lower("name"), stars: F("stars").add(1), region: "Lazio" });
    expect([row.name, row.stars, row.region]).toEqual(["da gino", 3, "Lazio"]);
    const made = await Restaurant.objects.create({ name: Lower(Value("ÖAK")), address: "x", stars: Value(2) });
    expect([made.name, made.stars, made.isDirty()]).toEqual(["öak", 2, false]);
    row.name = "lost";
    await row.refresh();
    expect(row.name).toBe("da gino");
    await Restaurant.objects.filter({ pk: made.pk }).delete();
    made.name = "gone";
    await expect(made.save()).rejects.toThrow(Restaurant.DoesNotExist);
    made.stars = 5;
    await expect(made.save()).rejects.toThrow(Restaurant.DoesNotExist);
    row.id = 12;
    await expect(row.save()).rejects.toThrow(/Trattoria.id is the key of rows in two tables/);
  });

  it("bulkCreate, in few statements where the engine tells keys", async () => {
    const rows = Array.from({ length: 40 }, (_, at) => ({ name: `n${at}`, address: `a${at}`, stars: at }));
    const made = await Restaurant.objects.bulkCreate(rows);
    expect(made.map(({ name, stars }) => [name, stars])).toEqual(rows.map(({ name, stars }) => [name, stars]));
    const read = await Restaurant.objects.orderBy("stars").all();
    expect(read.map(({ id, name }) => [id, name])).toEqual(made.map(({ id, name }) => [id, name]));
    const { insertReturning, executeMany } = holder.db.engine.features;
    const isTold = insertReturning || executeMany === true;
    expect(written().length).toBeLessThanOrEqual(isTold ? (executeMany === true ? 80 : 2) : 41);
    events = [];
    expect(await Restaurant.objects.bulkCreate([])).toEqual([]);
    await Trattoria.objects.bulkCreate(
      rows.slice(0, 3).map((row) => ({ ...row, region: "R" })),
      { batchSize: 2 },
    );
    expect(await Trattoria.objects.filter({ region: "R", name__startswith: "n", stars__lt: 3 }).count()).toBe(3);
    await expect(Place.objects.bulkCreate([new Restaurant({ name: "x", address: "y" })])).rejects.toThrow(
      /Place: bulkCreate\(rows\) was given a row of Restaurant/,
    );
    await expect(
      Restaurant.objects.bulkCreate([rows[0]!, { name: "x", address: "y", chef: 999_999 }]),
    ).rejects.toThrow();
    expect(await Place.objects.count()).toBe(43);
  });

  it("getOrCreate and updateOrCreate", async () => {
    const where = { name: "Ivy", servesPizza: true };
    const [made, created] = await Restaurant.objects.getOrCreate(where, { defaults: { address: "x" } });
    expect([made.name, made.servesPizza, created]).toEqual(["Ivy", true, true]);
    expect((await Restaurant.objects.getOrCreate(where, { defaults: { address: "y" } }))[1]).toBe(false);
    const [updated, again] = await Restaurant.objects.updateOrCreate(where, { defaults: { address: "z", stars: 2 } });
    expect([updated.pk, updated.address, updated.stars, again]).toEqual([made.pk, "z", 2, false]);
    expect(await Place.objects.filter({ address: "z" }).count()).toBe(1);
  });

  it("update of a queryset, each table where it has something, and the rows that were meant", async () => {
    const ivy = await create({ stars: 1 });
    await create({ name: "Oak", stars: 2 });
    await Place.objects.create({ name: "Ivy", address: "bar" });
    events = [];
    expect(await Restaurant.objects.filter({ stars: 1 }).update({ servesPizza: true })).toBe(1);
    expect(await Restaurant.objects.filter({ name: "Ivy" }).update({ name: "Öak" })).toBe(1);
    expect(events).toHaveLength(2);
    expect(await Place.objects.filter({ name: "Ivy" }).count()).toBe(1);
    // What is set decides on which rows: it is asked before.
    expect(await Restaurant.objects.filter({ name: "Öak", stars: 1 }).update({ name: "x", stars: 9 })).toBe(1);
    expect([(await ivy.refresh()).name, ivy.stars]).toEqual(["x", 9]);
    expect(await Restaurant.objects.update({ name: "all", stars: null }, { all: true })).toBe(2);
    expect(await Restaurant.objects.filter({ pk: ivy.pk }).update({ address: "q", stars: 4 })).toBe(1);
    expect(await Restaurant.objects.filter({ name: "nobody" }).update({ name: "y", stars: 1 })).toBe(0);
    expect(await Restaurant.objects.none().update({ name: "y", stars: 1 })).toBe(0);
    expect(
      await Restaurant.objects.filter({ stars: 4 }).update({ stars: F("stars").add(1), name: Lower("address") }),
    ).toBe(1);
    expect([(await ivy.refresh()).name, ivy.stars]).toEqual(["q", 5]);
    expect(await Place.objects.filter({ name: "Ivy" }).count()).toBe(1);
    const named = Subquery(Place.objects.filter({ pk: OuterRef("pk") }).values("id"));
    expect(await Restaurant.objects.filter({ stars: 5 }).update({ stars: named })).toBe(1);
    await expect(Restaurant.objects.filter({ pk: ivy.pk }).update({ stars: F("id").add(0) })).resolves.toBe(1);
    await expect(Restaurant.objects.filter({ stars: 1 }).update({ stars: Length("name") })).rejects.toThrow(
      /worked out from "name", which is in the table of Place, not of Restaurant/,
    );
    await expect(Restaurant.objects.filter({ stars: 1 }).update({ id: 3 })).rejects.toThrow(
      /key of rows in two tables/,
    );
  });

  it("delete, with all that points at either", async () => {
    const ann = await Chef.objects.create({ name: "Ann" });
    const york = await City.objects.create({ name: "York" });
    const ivy = await create({ chef: ann });
    const gino = await Trattoria.objects.create({ name: "Gino", address: "x", region: "R", city: york, chef: ann });
    const bar = await Place.objects.create({ name: "Bar", address: "y", city: york });
    await Booking.objects.bulkCreate([ivy, gino, bar].map((place) => ({ guest: "Max", place })));
    await Review.objects.create({ text: "good", restaurant: gino });
    const preview = await gino.delete({ dryRun: true });
    expect(preview.byModel).toEqual({ Trattoria: 1, Restaurant: 1, Place: 1, Booking: 1, Review: 1 });
    await expect(
      holder.db.atomic(async () => {
        expect((await gino.delete()).byModel).toEqual(preview.byModel);
        throw new Error("undone");
      }),
    ).rejects.toThrow("undone");
    expect(gino.pk).not.toBeNull();
    expect((await Restaurant.objects.filter({ name: "Ivy" }).delete()).byModel).toEqual({
      Restaurant: 1,
      Place: 1,
      Booking: 1,
    });
    expect(await Place.objects.count()).toBe(2);
    // From above, and from the side of its own table.
    expect((await ann.delete()).byModel).toEqual({
      Chef: 1,
      Trattoria: 1,
      Restaurant: 1,
      Place: 1,
      Booking: 1,
      Review: 1,
    });
    expect((await york.delete()).byModel).toEqual({ City: 1, Place: 1, Booking: 1 });
    expect([await Place.objects.count(), await Booking.objects.count()]).toEqual([0, 0]);
    const place = await Place.objects.get({ pk: (await create()).pk });
    expect((await place.delete()).byModel).toEqual({ Place: 1, Restaurant: 1 });
    expect(await Restaurant.objects.count()).toBe(0);
  });

  it("delete that leaves parents where they are", async () => {
    const ivy = await create();
    const gino = await Trattoria.objects.create({ name: "Gino", address: "x", region: "R" });
    await Booking.objects.create({ guest: "Max", place: ivy });
    await Review.objects.create({ text: "good", restaurant: ivy });
    expect((await ivy.delete({ keepParents: true })).byModel).toEqual({ Restaurant: 1, Review: 1 });
    expect([await Place.objects.count(), await Booking.objects.count()]).toEqual([2, 1]);
    expect((await Trattoria.objects.delete({ all: true, keepParents: true })).byModel).toEqual({ Trattoria: 1 });
    expect((await Restaurant.objects.get()).name).toBe("Gino");
    expect((await Restaurant.objects.delete({ all: true, keepParents: true, dryRun: true })).byModel).toEqual({
      Restaurant: 1,
    });
    expect(gino.id).toBeGreaterThan(0);
    // @ts-expect-error not true or false
    await expect(Restaurant.objects.delete({ all: true, keepParents: 1 })).rejects.toThrow(
      /keepParents.*true or false/,
    );
  });

  it("in the database, too, rows go with those that they extend", async () => {
    const ivy = await create();
    await holder.db.kysely.deleteFrom("place").where("id", "=", ivy.id).execute();
    expect(await Restaurant.objects.count()).toBe(0);
  });
});
