import { beforeEach, expect, it } from "vitest";
import {
  Excluded,
  F,
  FieldError,
  fields,
  manager,
  Model,
  type QueryEvent,
  StaleRowError,
  UniqueViolation,
  Upper,
  ValidationError,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Crate extends Model("crate", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  parcels: () => fields.hasMany(Parcel, "crate"),
}) {
  static objects = manager(this);
}

class Parcel extends Model("parcel_of_crate", {
  id: fields.bigInteger({ primaryKey: true }),
  label: fields.string({ maxLength: 40, unique: true }),
  crate: () => fields.foreignKey(Crate, { null: true }),
  text: fields.text({ null: true }),
  amount: fields.decimal({ precision: 30, scale: 10, null: true }),
  data: fields.json<unknown>({ null: true }),
  bytes: fields.binary({ null: true }),
  at: fields.datetime({ null: true }),
  day: fields.date({ null: true }),
  clock: fields.time({ null: true }),
  big: fields.bigInteger({ null: true }),
  rank: fields.integer({ default: 0 }),
  ratio: fields.float({ null: true }),
  yes: fields.boolean({ null: true }),
  uuid: fields.uuid({ null: true }),
  seen: fields.datetime({ autoNow: true }),
}) {
  static objects = manager(this);
}

class Cell extends Model(
  "cell_of_crate",
  {
    crate: () => fields.foreignKey(Crate),
    spot: fields.string({ maxLength: 10 }),
    full: fields.boolean({ default: false }),
    next: () => fields.foreignKey(Cell, { null: true, columns: ["next_crate", "next_spot"] }),
  },
  { primaryKey: ["crate", "spot"] },
) {
  static objects = manager(this);
}

/** Known by text, and by a UUID. */
class Mark extends Model("mark_of_crate", {
  slug: fields.string({ primaryKey: true, maxLength: 40 }),
  text: fields.text({ default: "" }),
}) {
  static objects = manager(this);
}

class Badge extends Model("badge_of_crate", {
  code: fields.uuid({ primaryKey: true }),
  text: fields.text({ default: "" }),
}) {
  static objects = manager(this);
}

class Draft extends Model("draft_of_crate", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
  text: fields.text({ default: "" }),
  version: fields.version(),
}) {
  static objects = manager(this);
}

onEngines("Rows updated each to values of its own", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Crate, Parcel, Cell, Draft, Mark, Badge], {
    onQuery: (event) => events.push(event),
  });
  let parcels: Parcel[] = [];
  const make = async (length: number): Promise<void> => {
    parcels = await Parcel.objects.bulkCreate(Array.from({ length }, (_, at) => ({ label: `p${at}` })));
    events.length = 0;
  };
  beforeEach(async () => {
    await Cell.objects.update({ next: null }, { all: true });
    for (const model of [Cell, Parcel, Crate, Draft, Mark, Badge]) await model.objects.delete({ all: true });
    events.length = 0;
  });

  it.each([1, 2, 16, 17, 199, 201, 1001, 5001])("%i of them", async (length) => {
    await make(length);
    parcels.forEach((row, at) => {
      row.rank = length - at;
      row.text = at % 5 === 0 ? null : `ü😀'"\\ ${at}`;
    });
    expect(await Parcel.objects.bulkUpdate(parcels, ["rank", "text"])).toBe(length);
    expect(parcels.filter((row) => row.isDirty())).toEqual([]);
    const read = await Parcel.objects.orderBy("id").valuesList("label", "rank", "text").all();
    expect(read).toEqual(parcels.map(({ label, rank, text }) => [label, rank, text]));
  });

  it("take few statements", async () => {
    await make(400);
    await Parcel.objects.bulkUpdate(parcels, ["text"]);
    const updates = events.filter(({ sql }) => /^update/i.test(sql));
    expect(updates.length).toBe(1);
  });

  // Bytes are none of what a list of rows can hold.
  it.each([true, false])("every kind of value, and nulls; bytes: %s", async (withBytes) => {
    await make(18);
    const crate = await Crate.objects.create({ name: "c" });
    const kinds = [
      "text",
      "amount",
      "data",
      "bytes",
      "at",
      "day",
      "clock",
      "big",
      "ratio",
      "yes",
      "uuid",
      "crate",
    ] as const;
    const names = kinds.filter((name) => withBytes || name !== "bytes");
    parcels.forEach((row, at) => {
      if (at % 3 === 2) return;
      Object.assign(row, {
        text: "x".repeat(at * 1000),
        amount: `${at}2345678901234567.0123456789`,
        data: at === 0 ? [] : { a: [at, null, "é😀"], b: { c: 1.5 } },
        bytes: withBytes ? Uint8Array.from({ length: at * 700 }, (_, index) => index % 256) : null,
        at: new Date(Date.UTC(1969, 1, 1, 0, 0, 0, at)),
        day: "9999-12-31",
        clock: "23:59:59.999999",
        big: 2n ** 63n - 1n - BigInt(at),
        ratio: -0.1 * at * 1e200,
        yes: at % 2 === 0,
        uuid: `00000000-0000-4000-8000-0000000000${10 + at}`,
        crate,
      });
    });
    for (const rows of [parcels.slice(0, 3), parcels])
      expect(await Parcel.objects.bulkUpdate(rows, names)).toBe(rows.length);
    const read = await Parcel.objects.orderBy("id").all();
    const values = (row: Parcel) => names.map((name) => (name === "crate" ? (row.crate?.pk ?? null) : row[name]));
    expect(read.map(values)).toEqual(parcels.map(values));
    for (const row of parcels) for (const name of names) row[name] = null;
    await Parcel.objects.bulkUpdate(parcels, names);
    const nulls = await Parcel.objects.orderBy("id").all();
    expect(nulls.map(values)).toEqual(nulls.map(() => names.map(() => null)));
  });

  it("by keys of several columns, and with foreign keys of several", async () => {
    const crate = await Crate.objects.create({ name: "c" });
    const cells = await Cell.objects.bulkCreate(Array.from({ length: 20 }, (_, at) => ({ crate, spot: `s${at}` })));
    cells.forEach((cell, at) => {
      cell.full = at % 2 === 0;
      cell.next = cells[(at + 1) % 20]!;
    });
    cells[5]!.next = null;
    expect(await Cell.objects.bulkUpdate(cells, ["full", "next"])).toBe(20);
    const read = new Map((await Cell.objects.all()).map((cell) => [cell.spot, cell]));
    expect([read.get("s4")?.full, read.get("s4")?.next?.pk]).toEqual([true, [crate.pk, "s5"]]);
    expect([read.get("s5")?.full, read.get("s5")?.next]).toEqual([false, null]);
    expect([read.get("s19")?.next?.pk]).toEqual([[crate.pk, "s0"]]);
  });

  it("by keys of text, and of UUIDs", async () => {
    const slugs = Array.from({ length: 20 }, (_, at) => `é'"\\ ${at}`);
    const marks = await Mark.objects.bulkCreate([...slugs, "A", "a", "a "].map((slug) => ({ slug })));
    for (const mark of marks) mark.text = `of ${mark.slug}`;
    expect(await Mark.objects.bulkUpdate(marks, ["text"])).toBe(23);
    const stored = await Mark.objects.all();
    expect(stored.every(({ slug, text }) => text === `of ${slug}`)).toBe(true);
    const code = (at: number): string => `00000000-0000-4000-8000-0000000000${10 + at}`;
    const badges = await Badge.objects.bulkCreate(Array.from({ length: 20 }, (_, at) => ({ code: code(at) })));
    for (const badge of badges) badge.text = `of ${badge.code}`;
    expect(await Badge.objects.bulkUpdate(badges, ["text"])).toBe(20);
    expect((await Badge.objects.all()).every((badge) => badge.text === `of ${badge.code}`)).toBe(true);
  });

  it("only those of the queryset", async () => {
    await make(30);
    const crate = await Crate.objects.create({ name: "mine" });
    await Parcel.objects.filter({ label__in: ["p0", "p1", "p2"] }).update({ crate });
    for (const row of parcels) row.text = "new";
    expect(await Parcel.objects.filter({ crate__name: "mine" }).bulkUpdate(parcels, ["text"])).toBe(3);
    expect(await crate.parcels.bulkUpdate(parcels, ["text"])).toBe(3);
    expect(await Parcel.objects.exclude({ label: "p0" }).bulkUpdate(parcels.slice(0, 2), ["text"])).toBe(1);
    expect(await Parcel.objects.none().bulkUpdate(parcels, ["text"])).toBe(0);
    expect(await Parcel.objects.filter({ text: "new" }).count()).toBe(3);
    // Nobody says which were not there.
    expect(parcels.every((row) => row.isDirty())).toBe(true);
  });

  it("nothing but the fields named, and only these are clean then", async () => {
    await make(3);
    const [row] = parcels as [Parcel];
    row.rank = 5;
    row.text = "unsaved";
    const { seen } = row;
    expect(await Parcel.objects.bulkUpdate([row], ["rank"])).toBe(1);
    expect([row.dirtyFields(), row.seen]).toEqual([["text"], seen]);
    const read = await Parcel.objects.get({ pk: row.pk });
    expect([read.rank, read.text]).toEqual([5, null]);
    read.seen = new Date(0);
    await Parcel.objects.bulkUpdate([read], ["seen"]);
    expect(read.seen.getTime()).toBeGreaterThan(Date.UTC(2020));
  });

  it("values may be expressions, which are read back", async () => {
    await make(20);
    const [first, second] = parcels as [Parcel, Parcel];
    for (const row of parcels) row.rank = 2;
    first.rank = F("rank").add(7) as never;
    second.text = Upper(Value("x")) as never;
    expect(await Parcel.objects.bulkUpdate(parcels, ["rank", "text"])).toBe(20);
    expect([first.rank, second.rank, second.text, first.isDirty()]).toEqual([7, 2, "X", false]);
    expect(await Parcel.objects.bulkUpdate([first], ["rank"])).toBe(1);
    expect((await Parcel.objects.get({ pk: first.pk })).rank).toBe(7);
  });

  it("the last time counts where a row comes twice", async () => {
    await make(20);
    const again = await Parcel.objects.get({ pk: parcels[0]!.pk });
    parcels[0]!.text = "first";
    again.text = "last";
    expect(await Parcel.objects.bulkUpdate([...parcels, again, again], ["text"])).toBe(20);
    expect((await Parcel.objects.get({ pk: again.pk })).text).toBe("last");
  });

  it("all or none, and rows are as they were then", async () => {
    await make(40);
    parcels.forEach((row, at) => (row.label = at === 30 ? "p0" : `q${at}`));
    parcels[0]!.label = "p0";
    const changed = () => Parcel.objects.filter({ label__startswith: "q" }).count();
    for (const options of [{}, { batchSize: 7 }]) {
      const failing = () => Parcel.objects.bulkUpdate(parcels, ["label"], options);
      await expect(failing()).rejects.toBeInstanceOf(UniqueViolation);
      expect(await changed()).toBe(0);
      await holder.db.atomic(async () => {
        await expect(failing()).rejects.toBeInstanceOf(UniqueViolation);
        // The block around goes on.
        expect(await changed()).toBe(0);
      });
    }
    expect(parcels[1]!.dirtyFields()).toEqual(["label"]);
    const told: unknown[] = [];
    parcels[30]!.label = "q30";
    await Parcel.objects.bulkUpdate(parcels, ["label"], { batchSize: 15, onProgress: ({ done }) => told.push(done) });
    expect(told).toEqual([15, 30, 40]);
    const undone = holder.db.atomic(async () => {
      for (const row of parcels) row.rank = 9;
      await Parcel.objects.bulkUpdate(parcels, ["rank"]);
      throw new RangeError("undo");
    });
    await expect(undone).rejects.toBeInstanceOf(RangeError);
    expect(parcels.every((row) => row.dirtyFields().join() === "rank")).toBe(true);
  });

  it("have their next version, unless somebody else has written one of them", async () => {
    const rows = await Draft.objects.bulkCreate(Array.from({ length: 20 }, (_, at) => ({ name: `d${at}` })));
    for (const row of rows) row.text = "one";
    rows[3]!.text = F("name") as never;
    expect(await Draft.objects.bulkUpdate(rows, ["text"])).toBe(20);
    expect(rows.map((row) => [row.version, row.isDirty()])).toEqual(rows.map(() => [2, false]));
    expect(new Set(await Draft.objects.valuesList("version", { flat: true }).all())).toEqual(new Set([2]));
    const undone = holder.db.atomic(async () => {
      for (const row of rows) row.text = "undone";
      await Draft.objects.bulkUpdate(rows, ["text"]);
      expect(rows.map((row) => [row.version, row.isDirty()])).toEqual(rows.map(() => [3, false]));
      throw new RangeError("undo");
    });
    await expect(undone).rejects.toBeInstanceOf(RangeError);
    expect(rows.map((row) => [row.version, row.dirtyFields()])).toEqual(rows.map(() => [2, ["text"]]));
    await Draft.objects.filter({ name: "d7" }).update({ text: "theirs" });
    for (const row of rows) row.text = "two";
    await expect(Draft.objects.bulkUpdate(rows, ["text"])).rejects.toThrow(StaleRowError);
    expect(await Draft.objects.filter({ text: "two" }).count()).toBe(0);
    expect(rows.map((row) => row.version)).toEqual(rows.map(() => 2));
    const again = await Draft.objects.upsert({ name: "d7", text: "three" }, { uniqueFields: ["name"] });
    expect([again.version, again.text]).toEqual([4, "three"]);
    expect((await Draft.objects.upsert({ name: "d7" }, { updateFields: [] })).version).toBe(4);
    expect(
      (await Draft.objects.upsert({ name: "d7", text: "x" }, { updateFields: { text: Excluded("text") } })).version,
    ).toBe(5);
  });

  it("wrong input is refused before any SQL", async () => {
    await make(2);
    const refused = async (
      work: () => Promise<unknown>,
      message: RegExp,
      kind: unknown = FieldError,
    ): Promise<void> => {
      const error = await work().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(kind);
      expect((error as Error).message).toMatch(message);
    };
    const { objects } = Parcel;
    const update = (rows: unknown, names: unknown, options?: object) => () =>
      objects.bulkUpdate(rows as never, names as never, options);
    await refused(update(parcels, []), /names no field/);
    await refused(update(parcels, "rank"), /fields is a list of names, got string "rank"/);
    await refused(update(parcels, ["rnak"]), /no field "rnak".*Did you mean "rank"/);
    await refused(update(parcels, ["pk"]), /"id" is part of the primary key/);
    await refused(update(parcels[0], ["rank"]), /takes a list of rows/);
    await refused(update([{ pk: 1, rank: 2 }], ["rank"]), /rows\[0\] is .* not a row of Parcel/);
    await refused(update([parcels[0], new Crate({ name: "x" })], ["rank"]), /rows\[1\] is a row of Crate/);
    await refused(update([new Parcel({ label: "new" })], ["rank"]), /rows\[0\] has no primary key/);
    await refused(update(parcels, ["rank"], { batchsize: 3 }), /Did you mean "batchSize"/);
    await refused(update(parcels, ["rank"], { batchSize: 0 }), /batchSize is a whole number/);
    parcels[1]!.rank = "x" as never;
    await refused(update(parcels, ["rank"]), /in rows\[1\]/, ValidationError);
    parcels[1]!.rank = 1;
    await refused(() => objects.limit(1).bulkUpdate(parcels, ["rank"]), /bulkUpdate/);
    await refused(() => objects.values("rank").bulkUpdate(parcels, ["rank"]), /values/);
    events.length = 0;
    expect(await objects.bulkUpdate([], ["rank"])).toBe(0);
    expect(events).toEqual([]);
  });
});
