import { beforeEach, expect, it } from "vitest";
import {
  Cast,
  Count,
  F,
  FieldError,
  fields,
  ForeignKeyViolation,
  Length,
  manager,
  Model,
  NotSupportedError,
  UniqueViolation,
  Upper,
  ValidationError,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Box extends Model("box_of_placing", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
  things: () => fields.hasMany(Thing, "box"),
}) {
  static objects = manager(this);
}

class Mark extends Model("mark_of_placing", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
}) {
  static objects = manager(this);
}

class Thing extends Model(
  "thing_of_placing",
  {
    id: fields.integer({ primaryKey: true }),
    code: fields.string({ maxLength: 40, unique: true, null: true }),
    row: fields.integer({ default: 0 }),
    column: fields.integer({ default: () => Math.floor(Math.random() * 1e9) }),
    note: fields.text({ null: true }),
    state: fields.string({ maxLength: 10, dbDefault: "new" }),
    price: fields.decimal({ precision: 8, scale: 2, default: "1.50" }),
    box: () => fields.foreignKey(Box, { null: true, onDelete: "set null" }),
    made: fields.datetime({ autoNowAdd: true }),
    marks: () => fields.manyToMany(Mark),
  },
  { constraints: [{ unique: ["row", "column"] }] },
) {
  static objects = manager(this);
}

onEngines("Rows put in their place", (engine) => {
  const holder = useDatabase(engine, [Box, Mark, Thing, Thing.marks.through], {
    pool: { max: 8, acquireTimeout: 30_000 },
  });
  beforeEach(async () => {
    for (const model of [Thing, Mark, Box]) await model.objects.delete({ all: true });
  });
  const refused = async (work: () => Promise<unknown>, message: RegExp, kind: unknown = FieldError): Promise<void> => {
    const error = await work().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toMatch(message);
  };

  it("replace deletes what is in the way, and fields begin anew", async () => {
    const old = await Thing.objects.create({ code: "a", row: 1, column: 1, note: "gone", state: "old" });
    const other = await Thing.objects.create({ code: "b", row: 2, column: 2 });
    const replacing = Thing.objects.replace({ code: "a", row: 2, column: 2 });
    if (engine.name === "postgres") {
      await expect(replacing).rejects.toBeInstanceOf(NotSupportedError);
      return expect(await Thing.objects.count()).toBe(2);
    }
    const made = await replacing;
    expect([made.code, made.note, made.state, made.isDirty()]).toEqual(["a", null, "new", false]);
    expect([old.pk, other.pk]).not.toContain(made.pk);
    expect((await Thing.objects.all()).map((row) => [row.pk, row.code, row.note, row.state])).toEqual([
      [made.pk, "a", null, "new"],
    ]);
    const box = await Box.objects.create({ name: "x" });
    const again = await box.things.replace({ id: made.id, code: "c", column: 9 });
    expect([again.pk, again.box?.pk, await box.things.count()]).toEqual([made.pk, box.pk, 1]);
    await refused(() => Thing.objects.limit(1).replace({ code: "x" }), /replace/);
    await refused(() => Thing.objects.replace({ code: "x", box: { name: "new" } }), /without others/);
    await expect(Thing.objects.replace({ code: "q", box: 98_765 })).rejects.toBeInstanceOf(ForeignKeyViolation);
  });

  it("createOrGet gives the row that is there, as it is", async () => {
    const [made, created] = await Thing.objects.createOrGet({ code: "a", note: "first" });
    const [found, again] = await Thing.objects.createOrGet({ code: "a", note: "second" });
    expect([created, again, found.pk, found.note]).toEqual([true, false, made.pk, "first"]);
    const [byPair, third] = await Thing.objects.createOrGet({ row: made.row, column: made.column, note: "x" });
    expect([byPair.pk, third]).toEqual([made.pk, false]);
    const [byKey] = await Thing.objects.createOrGet({ id: made.id, code: "b" });
    expect(byKey.pk).toBe(made.pk);
    expect(await Thing.objects.count()).toBe(1);
  });

  it("createOrGet is refused where nothing says which row is meant, and throws where several are in the way", async () => {
    const one = await Thing.objects.create({ code: "a", row: 1, column: 1 });
    await Thing.objects.create({ code: "b", row: 2, column: 2 });
    await expect(Thing.objects.createOrGet({ code: "b", row: 1, column: 1 })).rejects.toBeInstanceOf(UniqueViolation);
    await refused(
      () => Thing.objects.createOrGet({ note: "x" }),
      /none is given\. Unique: \[id\], \[code\], \[row, column\]/,
    );
    await refused(() => Thing.objects.createOrGet({ code: null, row: 1 }), /none is given/);
    await refused(() => Thing.objects.createOrGet({ code: "x", row: "y" as never }), /row/, ValidationError);
    await refused(() => Thing.objects.createOrGet(one as never), /not a row/);
    await expect(Thing.objects.createOrGet({ code: "c", box: 98_765 })).rejects.toBeInstanceOf(ForeignKeyViolation);
    expect(await Thing.objects.count()).toBe(2);
  });

  it("createOrGet and upsert tie to the row of a many-to-many manager, once", async () => {
    const thing = await Thing.objects.create({ code: "a" });
    await Mark.objects.create({ name: "old" });
    for (let time = 0; time < 2; time += 1) {
      await thing.marks.createOrGet({ name: "old" });
      await thing.marks.upsert({ name: "new" });
    }
    expect((await thing.marks.orderBy("name").all()).map(({ name }) => name)).toEqual(["new", "old"]);
    expect(await Thing.marks.through.objects.count()).toBe(2);
    await refused(() => thing.marks.insertFrom(Mark.objects.values("name")), /cannot be tied/);
  });

  it("insertFrom makes rows of what a queryset gives", async () => {
    await Box.objects.bulkCreate([{ name: "é😀" }, { name: "b" }, { name: "c" }]);
    const boxes = Box.objects.filter({ name__ne: "c" });
    const source = boxes.values("name", "id", { n: Length("name") }, { shout: Upper("name") });
    expect(await Thing.objects.insertFrom(source, ["code", "box", "column", "note"])).toBe(2);
    const made = await Thing.objects.orderBy("id").all();
    expect(new Set(made.map((row) => row.code))).toEqual(new Set(["é😀", "b"]));
    for (const row of made) {
      expect([row.row, row.state, row.price, row.box?.pk === null]).toEqual([0, "new", "1.50", false]);
      expect([row.note, Date.now() - row.made.getTime() < 100_000]).toEqual([row.code?.toUpperCase(), true]);
    }
  });

  it("insertFrom takes rows of the same table, slices, groups, sets, and nothing", async () => {
    const box = await Box.objects.create({ name: "box" });
    await Thing.objects.bulkCreate([1, 2, 3].map((at) => ({ code: `t${at}`, row: at, column: at, price: `${at}.25` })));
    const sliced = Thing.objects
      .orderBy("-row")
      .limit(2)
      .values("row", { column: F("column").add(10) }, "price");
    expect(await box.things.insertFrom(sliced)).toBe(2);
    expect(await box.things.orderBy("row").valuesList("row", "column", "price", "code").all()).toEqual([
      [2, 12, "2.25", null],
      [3, 13, "3.25", null],
    ]);
    const groups = Thing.objects
      .values("row")
      .annotate({ n: Count("*") })
      .filter({ n__gt: 1 });
    expect(await Thing.objects.insertFrom(groups.values("n", { by: F("row").add(100) }), ["column", "row"])).toBe(2);
    const both = Box.objects.values("name").union(Thing.objects.filter({ code__isnull: false }).values("code"));
    expect(await Mark.objects.insertFrom(both, ["name"])).toBe(4);
    expect(await Mark.objects.insertFrom(Box.objects.none().values("name"))).toBe(0);
    expect(await Mark.objects.insertFrom(Box.objects.values({ name: Cast("id", "text") }))).toBe(1);
    const whole = Thing.objects
      .filter({ row: 1 })
      .values({ row: F("row").mul(50) }, { column: Value(1) }, { price: Value(7) });
    expect(await Thing.objects.insertFrom(whole)).toBe(1);
    expect((await Thing.objects.get({ row: 50 })).price).toBe("7.00");
  });

  it("insertFrom says what does not fit", async () => {
    const { objects } = Thing;
    await refused(() => objects.insertFrom(Box.objects, ["code"]), /whole rows of Box.*values/);
    await refused(() => objects.insertFrom(Box.objects.values("name", "id"), ["code"]), /1 columns for 2 values/);
    await refused(
      () => objects.insertFrom(Box.objects.values("name"), ["row"]),
      /"row" is a number, and "name" a text/,
    );
    await refused(
      () => objects.insertFrom(Box.objects.values("name"), ["code"]),
      /"column" needs a value for each row/,
    );
    await refused(() => objects.insertFrom(Box.objects.values("name")), /no field "name"/);
    await refused(
      () => objects.insertFrom(Box.objects.values("id", { twice: F("id") }), ["row", "row"]),
      /named twice/,
    );
    await refused(() => objects.insertFrom([{ code: "x" }] as never, ["code"]), /takes a queryset of values/);
    await refused(() => objects.insertFrom(Box.objects.values("name"), "code" as never), /fields is a list of names/);
    await refused(() => objects.values("code").insertFrom(Box.objects.values("name"), ["code"]), /values/);
    expect(await objects.count()).toBe(0);
  });

  it("a hundred callers at once make one row", async () => {
    const hundred = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 100 }, work));
    const keys = async (rows: Promise<readonly (readonly [Thing, boolean])[]>): Promise<void> => {
      const all = await rows;
      expect(new Set(all.map(([row]) => row.pk)).size).toBe(1);
      expect(all.filter(([, created]) => created)).toHaveLength(1);
    };
    await keys(hundred(() => Thing.objects.createOrGet({ code: "a" })));
    await keys(hundred(() => Thing.objects.getOrCreate({ code: "b" })));
    await keys(hundred(() => Thing.objects.updateOrCreate({ code: "c" }, { defaults: { note: "n" } })));
    await hundred(() => Mark.objects.upsert({ name: "d" }));
    expect(await Thing.objects.orderBy("code").valuesList("code", { flat: true }).all()).toEqual(["a", "b", "c"]);
    expect(await Mark.objects.count()).toBe(1);
  });

  it("so do those in transactions of their own, which began before", async () => {
    const inBlocks = async (work: () => Promise<Thing | Mark>, retries = 0): Promise<void> => {
      const rows = await Promise.all(
        Array.from({ length: 24 }, () =>
          holder.db.atomic(
            async () => {
              await Box.objects.count();
              const row = await work();
              await Box.objects.exists();
              return row.pk;
            },
            { retries },
          ),
        ),
      );
      expect(new Set(rows).size).toBe(1);
    };
    await inBlocks(async () => (await Thing.objects.createOrGet({ code: "a" }))[0]);
    await inBlocks(async () => (await Thing.objects.getOrCreate({ code: "b" }))[0]);
    await inBlocks(() => Mark.objects.upsert({ name: "c" }));
    await inBlocks(async () => (await Thing.objects.updateOrCreate({ code: "d" }, { defaults: { note: "n" } }))[0], 40);
    expect([await Thing.objects.count(), await Mark.objects.count()]).toEqual([3, 1]);
  });
});
