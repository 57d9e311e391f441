import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { FieldError, fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Country extends Model("country", {
  code: fields.string({ maxLength: 2, primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  cities: () => fields.hasMany(City, "country"),
}) {
  static objects = manager(this);
}

class City extends Model("city", {
  key: fields.uuid({ primaryKey: true, default: () => randomUUID() }),
  name: fields.string({ maxLength: 50 }),
  country: () => fields.foreignKey(Country),
}) {
  static objects = manager(this);
}

class Seat extends Model(
  "seat",
  {
    row: fields.string({ maxLength: 2 }),
    number: fields.integer(),
    taken: fields.boolean({ default: false }),
  },
  { primaryKey: ["row", "number"] },
) {
  static objects = manager(this);
}

class Visit extends Model(
  "visit",
  {
    country: () => fields.foreignKey(Country, { onDelete: "cascade" }),
    year: fields.integer(),
    nights: fields.integer({ default: 1 }),
  },
  { primaryKey: ["country", "year"] },
) {
  static objects = manager(this);
}

class Implicit extends Model("implicit", { name: fields.string({ default: "x" }) }) {
  static objects = manager(this);
}

class Big extends Model("big", { id: fields.bigAuto() }) {
  static objects = manager(this);
}

class Small extends Model("small", { id: fields.smallInteger({ primaryKey: true }) }) {
  static objects = manager(this);
}

class Auto extends Model("auto", { id: fields.auto(), name: fields.string({ default: "" }) }) {
  static objects = manager(this);
}

onEngines("A primary key", (engine) => {
  useDatabase(engine, [City, Country, Seat, Visit, Implicit, Big, Small, Auto]);

  it("of text", async () => {
    const at = await Country.objects.create({ code: "AT", name: "Austria" });
    expect(at.pk).toBe("AT");
    expect(String(at)).toBe("Country(code=AT)");
    const it_ = await Country.objects.create({ pk: "IT", name: "Italy" });
    expect(it_.code).toBe("IT");
    expect((await Country.objects.get({ pk: "AT" })).name).toBe("Austria");
    expect(await Country.objects.getOrNull({ pk: "at" })).toBeNull();
    await at.update({ name: "Österreich" });
    await at.refresh();
    expect(at.name).toBe("Österreich");
    await expect(Country.objects.create({ code: "AT", name: "again" })).rejects.toMatchObject({
      name: "UniqueViolation",
    });
    await expect(Country.objects.create({ name: "none" } as never)).rejects.toThrow(/Country\.code: is required/);
    expect(await it_.delete()).toMatchObject({ total: 1 });
  });

  it("of text or a UUID, pointed at", async () => {
    await Country.objects.getOrCreate({ code: "AT" }, { defaults: { name: "Austria" } });
    const city = await Country.objects.get({ pk: "AT" }).then((at) => at.cities.create({ name: "Wien" }));
    expect(city.pk).toMatch(/^[0-9a-f-]{36}$/);
    expect(city.country.pk).toBe("AT");
    expect((await City.objects.get({ pk: city.pk.toUpperCase() })).name).toBe("Wien");
    expect((await City.objects.get({ country: "AT" })).pk).toBe(city.pk);
    expect((await City.objects.selectRelated("country").get({ pk: city.pk })).country.code).toBe("AT");
    expect(await Country.objects.filter({ cities: city.pk }).count()).toBe(1);
    const [bulk] = await City.objects.bulkCreate([{ name: "Graz", country: "AT" }]);
    expect((await City.objects.get({ name: "Graz" })).pk).toBe(bulk?.pk);
    await City.objects.delete({ all: true });
  });

  it("of several fields", async () => {
    const seat = await Seat.objects.create({ row: "A", number: 1 });
    expect(seat.pk).toEqual(["A", 1]);
    expect(String(seat)).toBe("Seat(row=A, number=1)");
    await Seat.objects.bulkCreate([
      { row: "A", number: 2 },
      { row: "B", number: 1 },
    ]);
    await Seat.objects.create({ pk: ["C", 7] } as never);
    expect((await Seat.objects.get({ row: "C", number: 7 })).pk).toEqual(["C", 7]);
    const read = await Seat.objects.get({ row: "A", number: 1 });
    expect(read.equals(seat)).toBe(true);
    expect(read.equals(await Seat.objects.get({ row: "A", number: 2 }))).toBe(false);
    await read.update({ taken: true });
    expect((await Seat.objects.filter({ taken: true }).all()).map((item) => item.pk)).toEqual([["A", 1]]);
    await seat.refresh();
    expect(seat.taken).toBe(true);
    expect(await read.delete()).toEqual({ total: 1, byModel: { Seat: 1 } });
    expect((await Seat.objects.orderBy("row", "number").all()).map((item) => item.pk)).toEqual([
      ["A", 2],
      ["B", 1],
      ["C", 7],
    ]);
    expect((await Seat.objects.first())?.pk).toEqual(["A", 2]);
    expect((await Seat.objects.last())?.pk).toEqual(["C", 7]);
    await expect(Seat.objects.create({ row: "B", number: 1 })).rejects.toMatchObject({ name: "UniqueViolation" });
    await expect(Seat.objects.create({ row: "B" } as never)).rejects.toThrow(/Seat\.number: is required/);
    await expect(Seat.objects.create({ pk: ["B"] } as never)).rejects.toThrow(FieldError);
    await expect(Seat.objects.get({ pk: ["B"] } as never)).rejects.toThrow(/expected a key \[row, number\]/);
    expect(new Seat({ row: "Z", number: 1 }).isDirty()).toBe(true);
    const moved = await Seat.objects.get({ row: "B", number: 1 });
    moved.number = 9;
    await moved.save();
    expect(await Seat.objects.filter({ row: "B" }).count()).toBe(1);
    expect((await Seat.objects.get({ row: "B" })).number).toBe(9);
  });

  it("ask for a key of several columns as a tuple, or by a row that has it", async () => {
    await Seat.objects.delete({ all: true });
    const seats = await Seat.objects.bulkCreate([
      { row: "A", number: 1 },
      { row: "A", number: 2 },
      { row: "B", number: 1 },
    ]);
    const keys = async (found: typeof Seat.objects): Promise<unknown> =>
      (await found.orderBy("row", "number").all()).map((seat) => seat.pk);
    expect((await Seat.objects.get({ pk: ["A", 2] })).number).toBe(2);
    expect(await keys(Seat.objects.filter({ pk: seats[2]! } as never))).toEqual([["B", 1]]);
    expect(await keys(Seat.objects.filter({ pk__ne: ["A", 2] }))).toEqual([
      ["A", 1],
      ["B", 1],
    ]);
    expect(
      await keys(
        Seat.objects.filter({
          pk__in: [
            ["A", 1],
            ["B", 1],
            ["B", 2],
          ],
        }),
      ),
    ).toEqual([
      ["A", 1],
      ["B", 1],
    ]);
    expect(await keys(Seat.objects.filter({ pk__in: [] }))).toEqual([]);
    expect(await Seat.objects.exclude({ pk__in: [] }).count()).toBe(3);
    expect(await keys(Seat.objects.exclude({ pk__in: [["A", 1], seats[1]!] } as never))).toEqual([["B", 1]]);
    expect(() => Seat.objects.filter({ pk: 1 } as never)).toThrow(/expected a key \[row, number\], got number 1/);
    expect(() => Seat.objects.filter({ pk__in: ["A", 1] } as never)).toThrow(/expected a key/);
    expect(() => Seat.objects.filter({ pk__in: 3 } as never)).toThrow(/expected a list of keys/);
    expect(() => Seat.objects.filter({ pk: ["A", "1"] } as never)).toThrow(FieldError);
  });

  it("of several fields, one a foreign key", async () => {
    await Country.objects.getOrCreate({ code: "AT" }, { defaults: { name: "Austria" } });
    const visit = await Visit.objects.create({ country: "AT", year: 2020 });
    expect(visit.pk).toEqual(["AT", 2020]);
    expect(String(visit)).toBe("Visit(country=AT, year=2020)");
    await visit.update({ nights: 5 });
    const read = await Visit.objects.selectRelated("country").get({ country: "AT", year: 2020 });
    expect([read.nights, read.country.code]).toEqual([5, "AT"]);
    await read.refresh();
    expect(await read.delete()).toMatchObject({ total: 1 });
  });

  it("that is not declared is an integer id", async () => {
    const one = await Implicit.objects.create({});
    const two = await new Implicit({}).save();
    expect(one.pk).toBe(one.id);
    expect(two.id).toBeGreaterThan(one.id);
    expect(Object.keys(Implicit.meta.fields)).toEqual(["id", "name"]);
    const rows = await Implicit.objects.bulkCreate([{}, {}, {}]);
    expect(new Set(rows.map((row) => row.pk)).size).toBe(3);
    expect(await Implicit.objects.count()).toBe(5);
  });

  it("of every width of integer is generated where none is given, in bulk too", async () => {
    expect(typeof (await Big.objects.create({})).pk).toBe("bigint");
    expect((await Small.objects.create({})).pk).toBe(1);
    expect((await Auto.objects.create({})).pk).toBe(1);
    const bigs = await Big.objects.bulkCreate(Array.from({ length: 5 }, () => ({})));
    expect(new Set(bigs.map((row) => row.pk)).size).toBe(5);
    expect(await Big.objects.count()).toBe(6);
    const autos = await Auto.objects.bulkCreate(Array.from({ length: 1200 }, (_, index) => ({ name: String(index) })));
    for (const row of [autos[0]!, autos[700]!, autos[1199]!]) {
      expect((await Auto.objects.get({ pk: row.pk })).name).toBe(row.name);
    }
  });

  it("of 0 is a key like any other", async () => {
    const { pk } = await Auto.objects.create({ id: 0, name: "zero" });
    expect(pk).toBe(0);
    expect((await Auto.objects.get({ pk: 0 })).name).toBe("zero");
  });
});
