import { beforeEach, expect, it } from "vitest";
import { fields, manager, Model, type QueryEvent, UniqueViolation, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Item extends Model("item", {
  id: fields.integer({ primaryKey: true }),
  label: fields.string({ maxLength: 40, unique: true }),
  note: fields.text({ null: true }),
  rank: fields.integer({ default: 7 }),
  state: fields.string({ maxLength: 10, dbDefault: "new" }),
  parent: () => fields.foreignKey(Item, { null: true }),
}) {
  static objects = manager(this);
}

class Parcel extends Model("parcel", {
  id: fields.bigInteger({ primaryKey: true }),
  text: fields.text({ null: true }),
  amount: fields.decimal({ precision: 30, scale: 10, null: true }),
  data: fields.json<unknown>({ null: true }),
  bytes: fields.binary({ null: true }),
  at: fields.datetime({ null: true }),
  day: fields.date({ null: true }),
  clock: fields.time({ null: true }),
  big: fields.bigInteger({ null: true }),
  ratio: fields.float({ null: true }),
  yes: fields.boolean({ null: true }),
  uuid: fields.uuid({ null: true }),
}) {
  static objects = manager(this);
}

class Plain extends Model("plain", {
  id: fields.integer({ primaryKey: true }),
  label: fields.string({ maxLength: 40 }),
}) {
  static objects = manager(this);
}

const labelled = (length: number, prefix = "i"): { label: string }[] =>
  Array.from({ length }, (_, index) => ({ label: `${prefix}${index}` }));

onEngines("Many rows at once", (engine) => {
  const events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Item, Parcel, Plain], { onQuery: (event) => events.push(event) });
  beforeEach(async () => {
    for (const model of [Item, Parcel, Plain]) await model.objects.delete({ all: true });
    events.length = 0;
  });

  it.each([1, 2, 64, 65, 127, 128, 129, 499, 500, 501, 1000, 1001])("have their own keys: %i", async (length) => {
    const made = await Plain.objects.bulkCreate(labelled(length));
    const read = await Plain.objects.orderBy("id").all();
    expect(made.map((row) => [row.id, row.label])).toEqual(read.map((row) => [row.id, row.label]));
    expect(read.map((row) => row.label)).toEqual(labelled(length).map((row) => row.label));
    expect(made.filter((row) => row.isDirty())).toEqual([]);
  });

  it.each([1, 3, 64, 70, 2000])("are cut as they are told: %i", async (batchSize) => {
    const made = await Plain.objects.bulkCreate(labelled(150), { batchSize });
    const read = await Plain.objects.orderBy("id").all();
    expect(made.map((row) => [row.id, row.label])).toEqual(read.map((row) => [row.id, row.label]));
  });

  it("of any number share a few statements", async () => {
    for (let length = 65; length < 500; length += 6) await Plain.objects.bulkCreate(labelled(length));
    const inserts = new Set(events.map((event) => event.sql).filter((sql) => /^insert/i.test(sql)));
    expect(inserts.size).toBeLessThanOrEqual(64 + 3);
  });

  it("may come in the tens of thousands", async () => {
    const made = await Plain.objects.bulkCreate(labelled(20_000));
    expect(await Plain.objects.count()).toBe(20_000);
    expect(new Set(made.map((row) => row.id)).size).toBe(20_000);
    for (const row of [made[0]!, made[9999]!, made[19_999]!]) {
      expect((await Plain.objects.get({ pk: row.pk })).label).toBe(row.label);
    }
  });

  it("may be larger together than a server takes in one statement", async () => {
    const text = "ü".repeat(500_000);
    await Parcel.objects.bulkCreate(Array.from({ length: 24 }, () => ({ text, bytes: new Uint8Array(500_000) })));
    const read = await Parcel.objects.all();
    expect(read.map((row) => [row.text?.length, row.bytes?.byteLength])).toEqual(
      Array.from({ length: 24 }, () => [500_000, 500_000]),
    );
  });

  it("may set different columns", async () => {
    const parent = await Item.objects.create({ label: "parent" });
    const given = [
      { label: "a" },
      { label: "b", note: null, state: "old" },
      { rank: 1, label: "c" },
      { label: "d", state: undefined, note: undefined, rank: undefined },
      { id: 90_000, label: "e", parent },
      { label: "f", parent: parent.pk, state: "mid" },
    ];
    const made = await Item.objects.bulkCreate(given);
    expect(made.map((row) => row.label)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(made.map((row) => row.rank)).toEqual([7, 7, 1, 7, 7, 7]);
    expect(made.map((row) => row.parent?.pk ?? null)).toEqual([null, null, null, null, parent.pk, parent.pk]);
    expect(made[4]?.parent).toBe(parent);
    expect(made[4]?.id).toBe(90_000);
    for (const row of made) {
      const read = await Item.objects.get({ label: row.label });
      expect([row.id, row.state, row.isDirty()]).toEqual([read.id, read.state, false]);
      expect(read.state).toBe({ b: "old", f: "mid" }[row.label] ?? "new");
    }
    expect(given[3]).toEqual({ label: "d", state: undefined, note: undefined, rank: undefined });
  });

  it("may be rows made before, among others", async () => {
    const row = new Item({ label: "mine", note: "n" });
    const made = await Item.objects.bulkCreate([{ label: "a" }, row, { label: "b" }]);
    expect(made[1]).toBe(row);
    expect(row.isDirty()).toBe(false);
    row.note = "changed";
    await row.save();
    const read = await Item.objects.orderBy("id").all();
    expect(read.map(({ id, label, note }) => [id, label, note])).toEqual(
      made.map(({ id, label, note }) => [id, label, note]),
    );
  });

  it("hold every kind of value, and nulls, as they were given", async () => {
    const texts = [
      "",
      " ",
      "NULL",
      "null",
      '"',
      "'",
      "\\",
      "\\\\",
      '\\"',
      "{}",
      "{a,b}",
      ",",
      "a\nb\tc\r",
      "$1 ? :x",
      "ü€😀",
    ];
    const given = [
      ...texts.map((text, index) => ({
        text,
        amount: `${index}.0000000001`,
        data: { text, list: [text, null, 1.5], at: { "": index } },
        bytes: Uint8Array.from(Buffer.from(`${text}\0\\x00"{}`)),
        at: new Date(Date.UTC(1 + index * 100, 0, 1, 0, 0, 0, index)),
        day: "0001-01-01",
        clock: "23:59:59.999999",
        big: 2n ** 63n - 1n - BigInt(index),
        ratio: 0.1 + index * 1e300,
        yes: index % 2 === 0,
        uuid: `00000000-0000-4000-8000-0000000000${10 + index}`,
      })),
      { text: null, amount: null, data: null, bytes: null, at: null, day: null, clock: null, big: null, ratio: null },
      {},
    ];
    const made = await Parcel.objects.bulkCreate(given);
    const read = await Parcel.objects.orderBy("id").all();
    expect(read.map((row) => Object.entries(row))).toEqual(made.map((row) => Object.entries(row)));
    expect(read.slice(0, texts.length).map(({ text, data }) => [text, data])).toEqual(
      given.slice(0, texts.length).map(({ text, data }) => [text, data]),
    );
    expect(made.filter((row) => row.isDirty())).toEqual([]);
    expect([made.at(-1)?.yes, made.at(-2)?.uuid]).toEqual([null, null]);
  });

  it("are what they were when they were given, whatever happens to their values later", async () => {
    const data = { list: [1] };
    const at = new Date(0);
    const bytes = Uint8Array.of(1);
    const [row] = await Parcel.objects.bulkCreate([{ data, at, bytes }]);
    expect(row?.isDirty()).toBe(false);
    data.list.push(2);
    at.setUTCFullYear(1999);
    bytes[0] = 9;
    expect(row?.dirtyFields()).toEqual(["data", "bytes", "at"]);
    await row?.save();
    const read = await Parcel.objects.get({ pk: row!.pk });
    expect([read.data, read.at?.getUTCFullYear(), read.bytes?.[0]]).toEqual([{ list: [1, 2] }, 1999, 9]);
  });

  it("are written all or not at all", async () => {
    const row = new Item({ label: "own" });
    for (const length of [3, 90, 700]) {
      const rows = labelled(length);
      const twice = { label: `i${length >> 1}` };
      await expect(Item.objects.bulkCreate([row as never, ...rows, twice])).rejects.toBeInstanceOf(UniqueViolation);
      expect(await Item.objects.count()).toBe(0);
      expect([row.pk, row.isDirty()]).toEqual([null, true]);
    }
    await row.save();
    expect(await Item.objects.count()).toBe(1);
  });

  it("are written all or not at all inside a block that goes on", async () => {
    await holder.db.atomic(async () => {
      await Item.objects.create({ label: "before" });
      const inner = holder.db.atomic(() => Item.objects.bulkCreate([...labelled(600), { label: "i300" }]));
      await expect(inner).rejects.toBeInstanceOf(UniqueViolation);
      await Item.objects.bulkCreate(labelled(2, "after"));
    });
    expect((await Item.objects.orderBy("id").all()).map((row) => row.label)).toEqual(["before", "after0", "after1"]);
  });

  it("are new again once their block is undone", async () => {
    const own = new Item({ label: "own" });
    let made: Item[] = [];
    const block = holder.db.atomic(async () => {
      made = await Item.objects.bulkCreate([own, ...labelled(3), { label: "x", state: "set" }]);
      expect(made.every((row) => row.pk !== null)).toBe(true);
      throw new Error("undo");
    });
    await expect(block).rejects.toThrow("undo");
    expect(made.map((row) => [row.pk, row.isDirty()])).toEqual(made.map(() => [null, true]));
    for (const row of made) await row.save();
    expect((await Item.objects.orderBy("id").all()).map((row) => row.label)).toEqual(["own", "i0", "i1", "i2", "x"]);
    expect(made.map((row) => row.state)).toEqual(["new", "new", "new", "new", "set"]);
  });

  it("are named when one of them is wrong, and none is sent", async () => {
    const rows: unknown[] = labelled(30);
    rows[17] = { label: 5, rank: "x" };
    const refused = await Item.objects.bulkCreate(rows as never).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ValidationError);
    expect((refused as ValidationError).problems.map(({ field, message }) => [field, message.slice(0, 13)])).toEqual([
      ["label", "in rows[17]: "],
      ["rank", "in rows[17]: "],
    ]);
    expect(events).toEqual([]);
  });

  it.each(["given", "unlessThere", "replaces", "method"])(
    "take no option %s, which is for the library itself",
    async (name) => {
      const options = { [name]: name === "replaces" ? true : [] } as object;
      await expect(Item.objects.bulkCreate(labelled(1), options)).rejects.toThrow(`takes no option "${name}"`);
      expect(events).toEqual([]);
    },
  );
});
