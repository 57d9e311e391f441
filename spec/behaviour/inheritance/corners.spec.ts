import { beforeEach, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  fields,
  FilteredRelation,
  manager,
  Model,
  postSave,
  preDelete,
  QuerySet,
} from "dunder-orm";
import { sql } from "kysely";
import { onEngines, useDatabase } from "../../support/engines.js";

class Plot extends Model(
  "plot",
  {
    street: fields.string({ maxLength: 20 }),
    number: fields.integer(),
    size: fields.integer({ dbDefault: 7 }),
    opened: fields.datetime({ autoNowAdd: true }),
    notes: () => fields.hasMany(Note, "plot"),
  },
  { primaryKey: ["street", "number"] },
) {
  static objects = manager(this);
}

class House extends Model(
  "house",
  {
    floors: fields.integer({ dbDefault: 2 }),
    beside: () => fields.foreignKey(House, { null: true }),
    neighbours: () => fields.hasMany(House, "beside"),
    data: fields.json<{ a: number }>({ null: true }),
    doors: () => fields.hasMany(Door, "house"),
  },
  { parent: Plot, ordering: ["-number"], indexes: [["floors"]], constraints: [{ unique: ["floors", "beside"] }] },
) {
  static objects = manager(this);
}

class VillaQuery extends QuerySet<Villa> {
  big(): this {
    return this.filter({ floors__gte: 3 });
  }
}

class Villa extends Model("villa", { pool: fields.boolean({ default: true }) }, { parent: House }) {
  static objects: VillaQuery = VillaQuery.asManager(this);
}

class Manor extends Villa {
  static override objects: VillaQuery = VillaQuery.asManager(this);
  get title(): string {
    return `${this.street} Manor`;
  }
}

class Door extends Model("door", {
  colour: fields.string({ maxLength: 10 }),
  house: () => fields.foreignKey(House, { onDelete: "restrict" }),
}) {
  static objects = manager(this);
}

class Note extends Model("note", { text: fields.string({ maxLength: 10 }), plot: () => fields.foreignKey(Plot) }) {
  static objects = manager(this);
}

onEngines("a model with a parent", (engine) => {
  const holder = useDatabase(engine, [Plot, House, Villa, Door, Note]);

  beforeEach(async () => {
    await Door.objects.delete({ all: true });
    await House.objects.update({ beside: null }, { all: true });
    await Plot.objects.delete({ all: true });
  });

  const house = (number: number, more: object = {}) => House.objects.create({ street: "Öst", number, ...more });

  it("has a key of several columns, and what the database fills in, where its parent has", async () => {
    const one = await house(1);
    expect([one.pk, one.size, one.floors, one.opened]).toEqual([["Öst", 1], 7, 2, expect.any(Date)]);
    const many = await House.objects.bulkCreate([
      { street: "Öst", number: 2, beside: one },
      { street: "Öst", number: 3, floors: 3, data: { a: 1 } },
    ]);
    expect(many.map((row) => [row.pk, row.size, row.floors])).toEqual([
      [["Öst", 2], 7, 2],
      [["Öst", 3], 7, 3],
    ]);
    expect((await House.objects.all()).map(({ number }) => number)).toEqual([3, 2, 1]);
    expect((await House.objects.get({ pk: ["Öst", 2] })).beside?.pk).toEqual(["Öst", 1]);
    expect((await House.objects.filter({ beside__size: 7 }).selectRelated("beside").get()).beside!.floors).toBe(2);
    expect(await House.objects.filter({ pk__in: [one, many[0]!] }).update({ size: 9, floors: 4 })).toBe(2);
    expect((await one.refresh()).size).toBe(9);
    expect(await House.objects.filter({ data__a: 1 }).values("street", "data__a").all()).toEqual([
      { street: "Öst", data__a: 1 },
    ]);
    expect(await House.objects.exclude({ neighbours__floors: 4 }).count()).toBe(2);
    expect(
      (
        await House.objects
          .annotate({ n: Count("neighbours") })
          .orderBy("number")
          .all()
      ).map(({ n }) => n),
    ).toEqual([1, 0, 0]);
    await Note.objects.create({ text: "x", plot: one });
    expect(await House.objects.filter({ notes__text: "x" }).count()).toBe(1);
    const plot = await Plot.objects.create({ street: "Väst", number: 1 });
    const made = await Villa.objects.create({ plot, floors: 5 } as never);
    expect([made.pk, made.size, made.pool]).toEqual([["Väst", 1], 7, true]);
    const [bare] = await House.objects.only("floors").filter({ number: 3 }).all();
    expect([bare!.pk, bare!.floors]).toEqual([["Öst", 3], 4 - 1]);
  });

  it("is deleted by such a key", async () => {
    const one = await house(1);
    await house(2, { beside: one });
    await Door.objects.create({ colour: "red", house: one });
    await expect(one.delete()).rejects.toThrow(/1 row of Door/);
    await Door.objects.delete({ all: true });
    expect((await Plot.objects.filter({ number: 1 }).delete()).byModel).toEqual({ Plot: 1, House: 1 });
    expect((await House.objects.get()).beside).toBeNull();
    expect((await House.objects.filter({ street: "Öst" }).delete()).byModel).toEqual({ Plot: 1, House: 1 });
  });

  it("leads to itself, and on", async () => {
    const one = await house(1);
    const two = await house(2, { beside: one });
    await house(3, { beside: two, floors: 1 });
    const all = await House.objects.filter({ number: 1 }).recursive("neighbours").orderBy("number").all();
    expect(all.map(({ number, floors, size }) => [number, floors, size])).toEqual([
      [1, 2, 7],
      [2, 2, 7],
      [3, 1, 7],
    ]);
    const deep = await House.objects
      .filter({ number: 3 })
      .recursive("beside", { depth: "d" } as never)
      .orderBy("number")
      .all();
    expect(deep.map((row) => (row as unknown as { d: number }).d)).toEqual([2, 1, 0]);
    const named = House.objects
      .alias({ high: FilteredRelation("neighbours", { neighbours__floors__gte: 2 }) })
      .filter({ high__number: 2, high__size: 7 });
    expect((await named.get()).number).toBe(1);
    expect(() => House.objects.alias({ near: FilteredRelation("neighbours", { neighbours__size: 7 }) })).toThrow(
      /names "size", which is in the table of Plot, and looks at that of House alone/,
    );
  });

  it("is locked, read by SQL of one's own, and extended by classes", async () => {
    await house(1);
    const villa = await Villa.objects.create({ street: "Alm", number: 1, floors: 3 });
    await holder.db.atomic(async () => {
      expect((await House.objects.selectForUpdate().get({ number: 1, street: "Öst" })).size).toBe(7);
      expect((await Villa.objects.selectForUpdate().get()).pool).toBe(true);
    });
    const raw = await House.raw(
      sql`select p.*, h.floors, h.beside_street, h.beside_number, h.data from plot p join house h on h.plot_street = p.street`,
    ).all();
    expect(raw.map((row) => row.floors).sort()).toEqual([2, 3]);
    expect(((await Manor.objects.big().get()) as Manor).title).toBe("Alm Manor");
    expect(await Manor.objects.filter({ street: "Alm", size: 7 }).count()).toBe(1);
    expect((await Villa.objects.big().get()).equals(villa)).toBe(true);
    const manor = await Manor.objects.create({ street: "Ask", number: 1 });
    manor.size = 1;
    await manor.save();
    expect(await Plot.objects.filter({ size: 1 }).count()).toBe(1);
    expect((await manor.delete()).total).toBe(3);
  });

  it("tells of its link only where that was declared", async () => {
    const one = await house(1);
    expect(Object.keys(one.toJSON())).toEqual(["street", "number", "size", "opened", "floors", "beside", "data"]);
    const [values] = await House.objects.values().all();
    expect(Object.keys(values!).sort()).toEqual(["beside", "data", "floors", "number", "opened", "size", "street"]);
    expect((one as unknown as { plot: Plot }).plot.pk).toEqual(["Öst", 1]);
    expect(await House.objects.filter({ plot__size: 7 } as never).count()).toBe(1);
  });

  it("is told of once, as what it is", async () => {
    const told: string[] = [];
    const off = [
      postSave.connect(Plot, ({ row }) => void told.push(`saved ${String(row)}`)),
      preDelete.connect(Plot, ({ row }) => void told.push(`deletes ${String(row)}`)),
    ];
    const villa = await Villa.objects.create({ street: "Alm", number: 1 });
    await house(2);
    await villa.delete();
    await Plot.objects.filter({ number: 2 }).delete();
    for (const disconnect of off) disconnect();
    expect(told.map((text) => text.replace(/\(.*/, ""))).toEqual([
      "saved Villa",
      "saved House",
      "deletes Villa",
      "deletes House",
    ]);
  });

  it("is refused where it makes no sense", () => {
    const make = (extra: object, options: object) => () => {
      const Odd = class extends Model("odd", extra, options as { parent: typeof Plot }) {};
      return (Odd as unknown as { meta: unknown }).meta;
    };
    expect(make({}, { parent: undefined })).toThrow(
      /Model\("odd", fields, { parent }\): expected a class made with Model/,
    );
    expect(make({}, { parent: class {} })).toThrow(ConfigurationError);
    expect(make({}, { parent: Plot, primaryKey: ["street"] })).toThrow(/goes with no option "primaryKey"/);
    expect(make({ size: fields.integer() }, { parent: Plot })).toThrow(
      /size: Plot has a field or a member of this name/,
    );
    expect(make({ id: fields.integer({ primaryKey: true }) }, { parent: Plot })).toThrow(/primary key of their Plot/);
    expect(make({ plot: fields.integer() }, { parent: Plot })).toThrow(ConfigurationError);
    expect(make({ other: fields.integer({ column: "size" }) }, { parent: Plot })).toThrow(/both kept in column "size"/);
    expect(make({ link: () => fields.oneToOne(House, { parentLink: true }) }, { parent: Plot })).toThrow(/parentLink/);
    expect(make({ link: () => fields.oneToOne(Plot, { parentLink: true, null: true }) }, { parent: Plot })).toThrow(
      /option "null"/,
    );
    const Sized = class extends Model("sized", { label: fields.string({ maxLength: 5, unique: true }) }) {};
    const Big = class extends Model("big", {}, { parent: Sized }) {};
    const Far = class extends Model("far", { big: () => fields.foreignKey(Big, { to: "label" }) }) {};
    expect(() => Far.meta).toThrow(/"label" is in the table of Sized/);
  });
});
