import { expect, it } from "vitest";
import { F, fields, manager, Model, Upper, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

let counter = 0;

class Defaulted extends Model("defaulted", {
  id: fields.integer({ primaryKey: true }),
  fixed: fields.string({ default: "it's \\ fine" }),
  called: fields.integer({ default: () => (counter += 1) }),
  list: fields.json<string[]>({ default: [] }),
  moment: fields.datetime({ default: new Date("2024-01-02T03:04:05.678Z") }),
  nothing: fields.integer({ null: true, default: 5 }),
  nil: fields.string({ null: true, default: null }),
  off: fields.boolean({ default: false }),
  zero: fields.integer({ default: 0 }),
  empty: fields.string({ default: "" }),
  rounded: fields.decimal({ precision: 5, scale: 2, default: "1.005" }),
}) {
  static objects = manager(this);
}

class ByDatabase extends Model("by_database", {
  id: fields.integer({ primaryKey: true }),
  integer: fields.integer({ dbDefault: -7 }),
  big: fields.bigInteger({ dbDefault: 9_007_199_254_740_993n }),
  float: fields.float({ dbDefault: 0.1 }),
  decimal: fields.decimal({ precision: 5, scale: 2, dbDefault: "1.5" }),
  yes: fields.boolean({ dbDefault: true }),
  no: fields.boolean({ dbDefault: false }),
  string: fields.string({ dbDefault: 'it\'s \\ "fine" %s ? $1 🎸' }),
  empty: fields.string({ dbDefault: "" }),
  text: fields.text({ dbDefault: "\\'; drop table by_database; --" }),
  uuid: fields.uuid({ dbDefault: "3F2504E0-4F89-41D3-9A0C-0305E82C3301" }),
  date: fields.date({ dbDefault: "0001-01-01" }),
  time: fields.time({ dbDefault: "10:20:30.000001" }),
  datetime: fields.datetime({ dbDefault: new Date("1969-12-31T23:59:59.999Z") }),
  duration: fields.duration({ dbDefault: -1 }),
  json: fields.json<unknown>({ dbDefault: { a: ["'", '"', "\\"] } }),
  binary: fields.binary({ dbDefault: new Uint8Array([0, 39, 92, 255]) }),
  size: fields.enumeration(["s", "m"], { dbDefault: "m" }),
  point: fields.custom({
    sqlType: () => "varchar(40)",
    toDb: (value: readonly number[]) => value.join(","),
    fromDb: (text) => String(text).split(",").map(Number),
    dbDefault: [1, 2],
  }),
}) {
  static objects = manager(this);
}

const written = {
  integer: -7,
  big: 9_007_199_254_740_993n,
  float: 0.1,
  decimal: "1.50",
  yes: true,
  no: false,
  string: 'it\'s \\ "fine" %s ? $1 🎸',
  empty: "",
  text: "\\'; drop table by_database; --",
  uuid: "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  date: "0001-01-01",
  time: "10:20:30.000001",
  datetime: new Date("1969-12-31T23:59:59.999Z"),
  duration: -1,
  json: { a: ["'", '"', "\\"] },
  binary: new Uint8Array([0, 39, 92, 255]),
  size: "m",
  point: [1, 2],
};

class Stamped extends Model("stamped", {
  id: fields.integer({ primaryKey: true }),
  note: fields.string({ default: "" }),
  made: fields.datetime({ autoNowAdd: true }),
  changed: fields.datetime({ autoNow: true }),
  day: fields.date({ autoNow: true }),
  clock: fields.time({ autoNowAdd: true }),
}) {
  static objects = manager(this);
}

class Priced extends Model("priced", {
  id: fields.integer({ primaryKey: true }),
  price: fields.integer(),
  doubled: fields.integer({ generatedAs: "price * 2" }),
}) {
  static objects = manager(this);
}

const pick = (row: object, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, (row as Record<string, unknown>)[name]]));

onEngines("Values that are not given", (engine) => {
  useDatabase(engine, [Defaulted, ByDatabase, Stamped, Priced]);

  it("are the defaults, in the form that is kept", async () => {
    const expected = {
      fixed: "it's \\ fine",
      list: [],
      moment: new Date("2024-01-02T03:04:05.678Z"),
      nothing: 5,
      nil: null,
      off: false,
      zero: 0,
      empty: "",
      rounded: "1.01",
    };
    const names = Object.keys(expected);
    const before = counter;
    const made = await Defaulted.objects.create({ fixed: undefined });
    expect(made.called).toBe(before + 1);
    expect(pick(made, names)).toEqual(expected);
    expect(pick(await Defaulted.objects.get({ pk: made.pk }), names)).toEqual(expected);
    const [bulk] = await Defaulted.objects.bulkCreate([{}]);
    expect(bulk?.called).toBe(before + 2);
    expect(pick(await Defaulted.objects.get({ pk: bulk!.pk }), names)).toEqual(expected);
  });

  it("null is a value where it is allowed, and beats the default", async () => {
    const { pk } = await Defaulted.objects.create({ nothing: null });
    expect((await Defaulted.objects.get({ pk })).nothing).toBeNull();
    await expect(Defaulted.objects.create({ zero: null } as never)).rejects.toThrow(/Defaulted\.zero: cannot be null/);
  });

  it("each row has a default of its own", () => {
    const [one, two] = [new Defaulted({}), new Defaulted({})];
    one.list.push("x");
    one.moment.setUTCFullYear(1999);
    expect(two.list).toEqual([]);
    expect(two.moment).toEqual(new Date("2024-01-02T03:04:05.678Z"));
    expect(new Defaulted({}).moment.getUTCFullYear()).toBe(2024);
  });

  it("are the database's defaults, known to the new row at once", async () => {
    const names = Object.keys(written);
    const made = await ByDatabase.objects.create({});
    expect(pick(made, names)).toEqual(written);
    expect(made.isDirty()).toBe(false);
    expect(pick(await ByDatabase.objects.get({ pk: made.pk }), names)).toEqual(written);
    const many = await ByDatabase.objects.bulkCreate([{}, { string: "own" }, {}]);
    expect(many.map((row) => row.string)).toEqual([written.string, "own", written.string]);
    expect(pick(many[2] as object, names)).toEqual(written);
    expect(many.map((row) => row.pk).sort((a, b) => a - b)).toEqual(
      [...new Set(many.map((row) => row.pk))].sort((a, b) => a - b),
    );
    const saved = await new ByDatabase({ integer: 1 }).save();
    expect([saved.integer, saved.big]).toEqual([1, 9_007_199_254_740_993n]);
  });

  it("autoNow is set by updates of a queryset, too, unless these say to what", async () => {
    const old = new Date("2001-02-03T04:05:06.000Z");
    const [row, other] = await Stamped.objects.bulkCreate([{ changed: old, made: old }, { changed: old }]);
    expect(await Stamped.objects.filter({ pk: row!.pk }).update({ note: "x" })).toBe(1);
    const read = await Stamped.objects.get({ pk: row!.pk });
    expect([read.note, read.made, read.changed > old]).toEqual(["x", old, true]);
    await Stamped.objects.filter({ pk: row!.pk }).update({ note: Upper("note") });
    expect((await Stamped.objects.get({ pk: row!.pk })).note).toBe("X");
    await Stamped.objects.filter({ pk: row!.pk }).update({ note: "y", changed: old });
    await Stamped.objects.filter({ pk: other!.pk }).update({ note: "y", changed: F("changed") });
    expect(await Stamped.objects.filter({ changed: old }).count()).toBe(2);
    await expect(Stamped.objects.update({ note: undefined }, { all: true })).rejects.toThrow(/names no field to set/);
  });

  it("autoNowAdd is set once, autoNow on every save", async () => {
    const start = Date.now();
    const row = await Stamped.objects.create({});
    const { made, clock } = row;
    expect(made.getTime()).toBeGreaterThanOrEqual(start);
    expect(made.getTime()).toBeLessThanOrEqual(Date.now());
    expect(row.day).toMatch(/^\d{4}-\d\d-\d\d$/);
    const first = row.changed;
    await new Promise((resolve) => setTimeout(resolve, 5));
    await row.update({ note: "x" });
    expect(row.changed.getTime()).toBeGreaterThan(first.getTime());
    const read = await Stamped.objects.get({ pk: row.pk });
    expect(read.made).toEqual(made);
    expect(read.clock).toBe(clock);
    await new Promise((resolve) => setTimeout(resolve, 5));
    read.note = "y";
    await read.save();
    expect(read.changed.getTime()).toBeGreaterThan(first.getTime());
    expect((await Stamped.objects.get({ pk: row.pk })).changed).toEqual(read.changed);
  });

  it("generated columns are the database's, in create, bulkCreate and after update", async () => {
    const row = await Priced.objects.create({ price: 21 });
    expect(row.doubled).toBe(42);
    const [bulk] = await Priced.objects.bulkCreate([{ price: 3 }]);
    expect(bulk?.doubled).toBe(6);
    await row.update({ price: 5 });
    expect((await Priced.objects.get({ pk: row.pk })).doubled).toBe(10);
    expect((await row.refresh()).doubled).toBe(10);
    await expect(Priced.objects.create({ price: 1, doubled: 9 })).rejects.toBeInstanceOf(ValidationError);
    await expect(row.update({ doubled: 9 })).rejects.toBeInstanceOf(ValidationError);
    await expect(Priced.objects.filter({ pk: row.pk }).update({ doubled: 9 })).rejects.toBeInstanceOf(ValidationError);
  });
});
