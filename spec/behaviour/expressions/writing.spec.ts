import { describe, expect, it } from "vitest";
import {
  Case,
  Concat,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  Lower,
  manager,
  Max,
  Model,
  Now,
  OuterRef,
  Q,
  Subquery,
  Upper,
  Value,
  ValidationError,
  When,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Box extends Model("box", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  size: fields.integer({ default: 1 }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
  made: fields.datetime({ null: true }),
  day: fields.date({ null: true }),
  open: fields.boolean({ null: true }),
  data: fields.json<{ a: number }>({ null: true }),
  inside: () => fields.foreignKey(Box, { null: true }),
}) {
  static objects = manager(this);
}

/** Rows of a class with more to it are made one by one. */
class Crate extends Model("crate", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  kind: fields.string({ maxLength: 10, dbDefault: "wood" }),
}) {
  static objects = manager(this);
  label = "fragile";
}

onEngines("Expressions in new rows", (engine) => {
  const used = useDatabase(engine, [Box, Crate]);

  it("are worked out by the database, and read back", async () => {
    const before = Date.now();
    const box = await Box.objects.create({
      name: Lower(Value("ÀBBA")),
      size: 7,
      price: Value("1.50", "decimal").mul(3),
      made: Now(),
      open: Value(3).gt(2),
    });
    expect(box).toBeInstanceOf(Box);
    expect([box.name, box.size, box.price, box.open]).toEqual(["àbba", 7, "4.50", true]);
    expect(Math.abs(box.made!.getTime() - before)).toBeLessThan(600_000);
    expect(box.isDirty()).toBe(false);
    expect(typeof box.pk).toBe("number");
    const again = await Box.objects.get({ id: box.id });
    expect(again.toJSON()).toEqual(box.toJSON());
  });

  it("beside each other, whatever their values: one plan for a shape", async () => {
    for (const name of ["A", "B", "C"]) {
      expect((await Box.objects.create({ name: Lower(Value(name)), data: { a: 1 } })).name).toBe(name.toLowerCase());
      expect((await Box.objects.create({ name: Upper(Value(name.toLowerCase())), size: 3 })).name).toBe(name);
    }
    expect(await Box.objects.filter({ data__isnull: false }).count()).toBe(3);
  });

  it("are NULL where they come out so, and refused where they may not be", async () => {
    const box = await Box.objects.create({
      name: "n",
      price: Value(null, "integer").add(1),
      inside: Value(null, "integer"),
    });
    expect([box.price, box.inside]).toEqual([null, null]);
    await expect(Box.objects.create({ name: Lower(Value(null, "text")) })).rejects.toThrow(/null/i);
  });

  it("take values of other rows, of the same table, too", async () => {
    await Box.objects.create({ name: "seven", size: 7 });
    const largest = Box.objects.orderBy("-size").values("size").limit(1);
    const box = await Box.objects.create({ name: "top", size: Subquery(largest) });
    expect(box.size).toBe(7);
    const some = Case(When(Exists(Box.objects.filter({ name: "top" })), Value("yes")), { default: Value("no") });
    expect((await Box.objects.create({ name: some })).name).toBe("yes");
    const inside = await Box.objects.create({
      name: "in",
      inside: Subquery(Box.objects.filter({ name: "top" }).values("id")),
    });
    expect(inside.inside?.pk).toBe(box.pk);
  });

  it("in bulkCreate, between plain rows and in their order", async () => {
    const rows = await Box.objects.bulkCreate([
      { name: "one" },
      { name: Concat(Value("t"), Value("wo")), size: Value(2).mul(2) },
      { name: "three", size: 3 },
      { name: Upper(Value("four")) },
    ]);
    expect(rows.map(({ name, size }) => [name, size])).toEqual([
      ["one", 1],
      ["two", 4],
      ["three", 3],
      ["FOUR", 1],
    ]);
    const found = await Box.objects.inBulk(rows.map((row) => row.id));
    expect(rows.map((row) => found.get(row.id)?.name)).toEqual(["one", "two", "three", "FOUR"]);
    const wrong = Box.objects.bulkCreate([{ name: "lost" }, { name: F("size") as never }]);
    await expect(wrong).rejects.toThrow(FieldError);
    expect(await Box.objects.filter({ name: "lost" }).exists()).toBe(false);
  });

  it("in getOrCreate", async () => {
    const ask = () => Box.objects.getOrCreate({ name: "once" }, { defaults: { size: Value(20).add(1) } });
    const [box, created] = await ask();
    expect([box.size, created]).toEqual([21, true]);
    expect((await ask())[1]).toBe(false);
  });

  it("in classes with more to them, and beside what the database fills in", async () => {
    const crate = await Crate.objects.create({ name: Lower(Value("X")) });
    expect([crate.name, crate.kind, crate.label]).toEqual(["x", "wood", "fragile"]);
    const named = await Crate.objects.create({ name: "y", kind: Upper(Value("tin")) });
    expect([named.name, named.kind]).toEqual(["y", "TIN"]);
  });

  it("are as they were in a row whose block is undone", async () => {
    const boxes = Box.objects.filter({ name: "undone" });
    const undone = used.db.atomic(async () => {
      await Box.objects.create({ name: Lower(Value("UNDONE")) });
      expect(await boxes.count()).toBe(1);
      throw new Error("stop");
    });
    await expect(undone).rejects.toThrow("stop");
    expect(await boxes.count()).toBe(0);
  });

  it("cannot name fields, be a key, or be something else in disguise", async () => {
    const create = (values: object) => Box.objects.create(values as never);
    const free = "there is no row yet whose fields an expression could name";
    await expect(create({ name: "x", size: F("size") })).rejects.toThrow(free);
    await expect(create({ name: Lower("name") })).rejects.toThrow(free);
    await expect(create({ name: "x", size: Count("*") })).rejects.toThrow();
    await expect(create({ name: Case(When(Q({ name: "x" }), Value("y"))) })).rejects.toThrow(free);
    const theirs = Box.objects.filter({ id: OuterRef("id") });
    await expect(create({ name: "x", size: Subquery(theirs.values("size")) })).rejects.toThrow(free);
    await expect(create({ name: "x", open: Exists(theirs) })).rejects.toThrow(free);
    await expect(create({ name: "x", id: Value(5) })).rejects.toThrow(ValidationError);
    await expect(create({ name: "x", data: F("name") })).rejects.toThrow(free);
    await expect(create({ name: { said: { kind: "value", value: "x" } } })).rejects.toThrow(ValidationError);
    await expect(create({ name: Lower(Value(1)) })).rejects.toThrow(FieldError);
  });
});

onEngines("Expressions in rows that are saved", (engine) => {
  const used = useDatabase(engine, [Box, Crate]);
  const other = async (box: Box) => (await Box.objects.get({ id: box.id })).size;

  describe("update", () => {
    it("goes on from what is in the database, not from what was read", async () => {
      const box = await Box.objects.create({ name: "a", size: 10 });
      await Box.objects.filter({ id: box.id }).update({ size: 20 });
      await box.update({ size: F("size").add(1) });
      expect([box.size, box.isDirty(), await other(box)]).toEqual([21, false, 21]);
      await box.save();
      await box.update({ name: Upper("name") });
      expect([box.name, box.size]).toEqual(["A", 21]);
    });

    it("leaves a foreign key that was worked out to be loaded", async () => {
      const box = await Box.objects.create({ name: "in" });
      await box.update({ inside: F("id") });
      expect(box.inside?.pk).toBe(box.id);
      await box.update({ inside: Value(null, "integer") });
      expect(box.inside).toBeNull();
    });
  });

  it("save works an assigned one out once", async () => {
    const box = await Box.objects.create({ name: "b", size: 10 });
    (box as { size: unknown }).size = F("size").add(1);
    expect(box.isDirty()).toBe(true);
    await box.save();
    expect(box.size).toBe(11);
    await box.save();
    expect(await other(box)).toBe(11);
    (box as { size: unknown }).size = F("size").mul(2);
    box.name = "c";
    await box.save({ only: ["name"] });
    expect(await other(box)).toBe(11);
    await box.save();
    expect([box.size, box.name]).toEqual([22, "c"]);
  });

  it("and so does the first save of a new row, with what needs no row", async () => {
    const box = new Box({ name: "new" });
    (box as { size: unknown }).size = Value(3).add(4);
    await box.save();
    expect([box.size, await other(box)]).toEqual([7, 7]);
    const wrong = new Box({ name: "new" });
    (wrong as { size: unknown }).size = F("size");
    await expect(wrong.save()).rejects.toThrow("there is no row yet");
  });

  it("are there again when their block is undone", async () => {
    const box = await Box.objects.create({ name: "d", size: 1 });
    const undone = used.db.atomic(async () => {
      await box.update({ size: F("size").add(1) });
      expect(box.size).toBe(2);
      throw new Error("stop");
    });
    await expect(undone).rejects.toThrow("stop");
    expect(await other(box)).toBe(1);
    expect(box.isDirty()).toBe(true);
    await box.save();
    expect(await other(box)).toBe(2);
  });

  it("refuse keys, relations' fields and names that there are not", async () => {
    const box = await Box.objects.create({ name: "e" });
    await expect(box.update({ id: Value(5) })).rejects.toThrow(ValidationError);
    await expect(box.update({ size: F("sise") })).rejects.toThrow('Did you mean "size"?');
    await expect(box.refresh().then((row) => row.update({ size: F("inside__size") }))).rejects.toThrow(FieldError);
    await box.refresh();
    await expect(box.update({ size: Max("size") })).rejects.toThrow();
  });
});
