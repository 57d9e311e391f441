import { expect, it } from "vitest";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Customer, Invoice, Line, Order, Part, Product, shop } from "./composite-shop.js";

onEngines("Keys of several columns, with the rest,", (engine) => {
  useDatabase(engine, shop);

  it("are filled in where rows are made along with others", async () => {
    const order = await Order.objects.create({
      tenant: 1,
      number: 1,
      customer: { tenant: 1, code: "ann", name: "Ann" },
      lines: [{ amount: 1 }, { amount: 2, product: { code: "P", name: "Pen" } }],
      parts: [{ position: 1, text: "é" }],
      invoice: { total: 4 },
    });
    expect(order.customer?.pk).toEqual([1, "ann"]);
    expect(await Line.objects.orderBy("amount").values("order", "product").all()).toEqual([
      { order: [1, 1], product: null },
      { order: [1, 1], product: "P" },
    ]);
    expect(await Part.objects.valuesList("pk", { flat: true }).all()).toEqual([[1, 1, 1]]);
    expect((await order.invoice.load())?.total).toBe(4);
    expect(await Product.objects.filter({ lines__order: order }).count()).toBe(1);
  });

  it("are gone along, or set null, as onDelete says", async () => {
    const other = await Order.objects.create({ tenant: 1, number: 2 });
    await Line.objects.filter({ amount: 2 }).update({ replaces: other });
    await expect(Customer.objects.filter({ orders: [1, 1] }).delete()).rejects.toMatchObject({
      name: "RestrictedError",
    });
    expect(await Order.objects.filter({ pk: [1, 2] }).delete()).toMatchObject({ total: 1 });
    expect(await Line.objects.filter({ replaces: null }).count()).toBe(2);
    await (await Product.objects.get({ code: "P" })).delete();
    expect(await Line.objects.filter({ product: null }).count()).toBe(2);
    const order = await Order.objects.get({ pk: [1, 1] });
    expect(await order.delete()).toEqual({ total: 5, byModel: { Line: 2, Part: 1, Invoice: 1, Order: 1 } });
    expect(await Invoice.objects.exists()).toBe(false);
  });

  it("are counted, streamed, sliced, locked and written about", async () => {
    for (const model of [Line, Order, Product]) await model.objects.delete({ all: true });
    const orders = await Order.objects.bulkCreate(
      Array.from({ length: 40 }, (_, index) => ({ tenant: index % 3, number: index })),
    );
    await Line.objects.bulkCreate(orders.map((order) => ({ order, amount: order.number })));
    const found: unknown[] = [];
    for await (const line of Line.objects
      .filter({ order__in: orders.slice(0, 30) })
      .orderBy("id")
      .iterator({ chunkSize: 7 })) {
      found.push(line.order.pk);
    }
    expect(found).toEqual(orders.slice(0, 30).map((order) => order.pk));
    const some = Line.objects.filter({ order__in: orders.slice(0, 5) });
    expect([await some.count(), await some.exists(), await some.contains((await some.first())!)]).toEqual([
      5,
      true,
      true,
    ]);
    expect(await some.orderBy("-order").limit(2).values("order").all()).toHaveLength(2);
    expect(await some.or(Line.objects.filter({ order: orders[7]! })).count()).toBe(6);
    expect(await Order.objects.filter({ lines__in: some }).update({ note: "ß" })).toBe(5);
    expect(await Order.objects.filter({ note: "ß" }).annotate({}).count()).toBe(5);
    expect(await Line.objects.exclude({ order__in: orders.slice(1) }).delete()).toMatchObject({ total: 1 });
    expect(await Line.objects.filter({ pk__in: some.limit(2) }).count()).toBe(2);
    expect(await Order.objects.filter({ pk__in: orders }).asCte("some").filter({ lines__amount: 7 }).count()).toBe(1);
    const picked = Line.objects.values("order").asCte("picked");
    expect(await picked.filter({ order__tenant: 1 }).count()).toBe(13);
    expect(await picked.orderBy("order__number").limit(1).all()).toEqual([{ order: [1, 1] }]);
  });

  it("are fetched along in queries of their own, and loaded together", async () => {
    for (const model of [Line, Order, Product]) await model.objects.delete({ all: true });
    const pen = await Product.objects.create({ code: "pen", name: "Pen" });
    const orders = await Order.objects.bulkCreate([
      { tenant: 1, number: 1 },
      { tenant: 2, number: 1 },
    ]);
    await Line.objects.bulkCreate(orders.flatMap((order) => [{ order, product: pen }, { order }]));
    const found = await Order.objects.prefetchRelated("lines__product").orderBy("pk").all();
    expect(found.map((order) => [...order.lines].map((line) => line.product?.name ?? null).toSorted())).toEqual([
      ["Pen", null],
      ["Pen", null],
    ]);
    const products = await Product.objects.prefetchRelated("lines__order").all();
    expect([...products[0]!.lines].map((line) => line.order.pk)).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const lines = await Line.objects.orderBy("id").all();
    const loaded = await Promise.all(lines.map((line) => line.order.load()));
    expect(loaded.map((order) => order.pk)).toEqual([[1, 1], [1, 1], [2, 1], [2, 1]]); // prettier-ignore
    const names = await Promise.all(lines.map(async (line) => (await line.product?.load())?.name ?? null));
    expect(names).toEqual(["Pen", null, "Pen", null]);
  });
});
