import { beforeEach, expect, it } from "vitest";
import { Exists, F, fields, manager, Model, OuterRef, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Customer, Line, Order, Product, shop } from "./composite-shop.js";

/** Its rows are told apart by a label of two texts, too. */
class Shelf extends Model(
  "shelf",
  {
    id: fields.integer({ primaryKey: true }),
    hall: fields.string({ maxLength: 10 }),
    row: fields.string({ maxLength: 10 }),
    boxes: () => fields.hasMany(Box, "shelf"),
  },
  { indexes: [{ fields: ["hall", "row"], unique: true }] },
) {
  static objects = manager(this);
}

class Box extends Model("box", {
  id: fields.integer({ primaryKey: true }),
  shelf: () => fields.foreignKey(Shelf, { to: ["row", "hall"], columns: ["shelf_row", "shelf_hall"], null: true }),
  inside: () => fields.foreignKey(Box, { to: "label", null: true, column: "inside_label" }),
  label: fields.string({ maxLength: 20, unique: true }),
}) {
  static objects = manager(this);
}

onEngines("A foreign key to other fields than the key", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, [...shop, Shelf, Box], { onQuery: (event) => events.push(event) });
  let pen: Product;
  let line: Line;

  beforeEach(async () => {
    for (const model of [Box, Shelf, Line, Order, Customer, Product]) await model.objects.delete({ all: true });
    const order = await Order.objects.create({ tenant: 1, number: 1 });
    pen = await Product.objects.create({ code: "Stift-ü", name: "Pen" });
    await Product.objects.create({ code: "ink", name: "Ink" });
    line = await Line.objects.create({ order, product: pen });
    await Line.objects.create({ order, product: "ink" });
    await Line.objects.create({ order });
    events.length = 0;
  });

  it("knows that field, and not the key, of its row", async () => {
    const read = await Line.objects.get({ pk: line.pk });
    expect(read.product?.code).toBe("Stift-ü");
    expect(String(read.product)).toBe("Product(code=Stift-ü) [sparse]");
    const product = read.product as Product;
    expect(() => product.pk).toThrow(/Product\.pk was not loaded: of this Product only code is known, Stift-ü\./);
    expect(() => product.id).toThrow(/Product\.id was not loaded/);
    expect(product.toJSON()).toEqual({ code: "Stift-ü" });
    expect([product.equals(pen), pen.equals(product), product.equals(line)]).toEqual([true, true, false]);
    expect(product.equals((await Line.objects.get({ pk: line.pk })).product)).toBe(true);
    expect(read.toJSON()["product"]).toBe("Stift-ü");
    events.length = 0;
    const loaded = await read.product?.load();
    expect([loaded?.pk, loaded?.name, loaded === product]).toEqual([pen.id, "Pen", true]);
    expect(events.map(({ parameters }) => parameters)).toEqual([["Stift-ü"]]);
  });

  it("is set to a row, its field or null", async () => {
    const [other, none] = await Line.objects.filter({ amount: 1 }).exclude({ pk: line.pk }).orderBy("id").all();
    none!.product = other!.product;
    await none!.save();
    expect(await Line.objects.filter({ product: "ink" }).count()).toBe(2);
    await none!.update({ product: pen });
    await other!.update({ product: null });
    expect(await Line.objects.orderBy("id").values("product").all()).toEqual([
      { product: "Stift-ü" },
      { product: null },
      { product: "Stift-ü" },
    ]);
    await expect(line.update({ product: "gone" })).rejects.toMatchObject({ name: "ForeignKeyViolation" });
    await expect(line.update({ product: pen.id } as never)).rejects.toThrow(/Line\.product/);
    await expect(line.update({ product: {} } as never)).rejects.toThrow(/expected a row of Product or its code/);
  });

  it("is asked about by rows, values and querysets", async () => {
    const count = (where: object) => Line.objects.filter(where as { pk: number }).count();
    expect(await count({ product: pen })).toBe(1);
    expect(await count({ product: "Stift-ü" })).toBe(1);
    expect(await count({ product__in: [pen, "ink"] })).toBe(2);
    expect(await count({ product__in: Product.objects.filter({ name__startswith: "P" }) })).toBe(1);
    expect(await count({ product__in: Product.objects.values("code") })).toBe(2);
    expect(await count({ product__pk: pen.id })).toBe(1);
    expect(await count({ product__name: "Ink" })).toBe(1);
    expect(await count({ product__code__startswith: "Stift" })).toBe(1);
    expect(await count({ product__isnull: true })).toBe(1);
    expect(await Line.objects.exclude({ product: pen }).count()).toBe(2);
    expect(await Line.objects.exclude({ product__in: Product.objects.filter({ name: "Pen" }) }).count()).toBe(2);
    expect(await Product.objects.filter({ lines: line }).values("name").all()).toEqual([{ name: "Pen" }]);
    expect(await Product.objects.filter(Exists(Line.objects.filter({ product: OuterRef("code") }))).count()).toBe(2);
    expect(await Line.objects.filter({ product: F("product__code") }).count()).toBe(2);
    events.length = 0;
    await Line.objects.filter({ product__code: "ink" }).all();
    expect(events[0]?.sql).not.toMatch(/join/i);
  });

  it("is fetched along, and followed backwards", async () => {
    const read = await Line.objects.selectRelated("product").get({ pk: line.pk });
    expect([read.product?.pk, read.product?.name]).toEqual([pen.id, "Pen"]);
    expect(await pen.lines.count()).toBe(1);
    const made = await pen.lines.create({ order: [1, 1], amount: 3 });
    expect(made.product?.code).toBe("Stift-ü");
    expect(await read.product!.lines.count()).toBe(2);
    const sparse = (await Line.objects.get({ pk: line.pk })).product as Product;
    expect(await sparse.lines.count()).toBe(2);
  });

  it("follows a code that is changed on a loaded row", async () => {
    const read = await Line.objects.selectRelated("product").get({ pk: line.pk });
    const product = new Product({ code: "new", name: "New" });
    read.product = product;
    await product.save();
    await read.save();
    expect(await Line.objects.filter({ product__name: "New" }).count()).toBe(1);
  });

  it("may be to several fields in any order, and to rows of its own model", async () => {
    const shelf = await Shelf.objects.create({ hall: "A", row: "3" });
    const outer = await Box.objects.create({ label: "outer", shelf });
    const inner = await Box.objects.create({ label: "inner", shelf: ["3", "A"], inside: outer });
    const read = await Box.objects.get({ label: "inner" });
    expect([read.shelf?.row, read.shelf?.hall, read.inside?.label]).toEqual(["3", "A", "outer"]);
    expect((await read.shelf?.load())?.pk).toBe(shelf.pk);
    expect(await Box.objects.filter({ shelf }).count()).toBe(2);
    expect(await Box.objects.filter({ shelf__in: Shelf.objects.filter({ hall: "A" }) }).count()).toBe(2);
    expect(await Box.objects.filter({ inside__inside__isnull: true, inside: "outer" }).count()).toBe(1);
    expect(await Box.objects.filter({ shelf__pk: shelf.pk, inside: outer }).values("shelf").all()).toEqual([
      { shelf: ["3", "A"] },
    ]);
    expect(await shelf.boxes.filter({ label: "inner" }).get()).toMatchObject({ id: inner.id });
    await inner.update({ inside: null, shelf: null });
    await expect(Box.objects.create({ label: "x", shelf: ["A", "3"] })).rejects.toMatchObject({
      name: "ForeignKeyViolation",
    });
  });
});
