import { expect, it } from "vitest";
import { Count, Exists, F, OuterRef, Q } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Customer, Invoice, Line, Order, Part, Product, shop } from "./composite-shop.js";

onEngines("scratch", (engine) => {
  useDatabase(engine, shop);
  const any = (x: unknown) => x as any;
  it("runs", async () => {
    const ann = await Customer.objects.create({ tenant: 1, code: "ann", name: "Ann" });
    const bob = await Customer.objects.create({ tenant: 2, code: "bob", name: "Bob" });
    const o1: any = await any(Order.objects).create({ number: 1, customer: ann });
    const o2: any = await any(Order.objects).create({ tenant: 2, number: 1, customer: [2, "bob"] });
    const o3: any = await any(Order.objects).create({ tenant: 2, number: 2 });
    expect([o1.tenant, o1.pk, o2.pk, o3.customer]).toEqual([1, [1, 1], [2, 1], null]);
    await expect(any(Order.objects).create({ tenant: 1, number: 9, customer: bob })).rejects.toThrow(
      /says that column "tenant"/,
    );
    const p = await Product.objects.create({ code: "P", name: "Pen" });
    const l1: any = await any(Line.objects).create({ order: o1, product: p });
    const l2: any = await any(Line.objects).create({ order: [2, 1], product: "P", replaces: o3, amount: 5 });
    const l3: any = await o2.lines.create({ amount: 7 });
    expect(l3.order.pk).toEqual([2, 1]);
    const got: any = await Line.objects.get({ id: l2.id });
    expect(got.order.pk).toEqual([2, 1]);
    expect(String(got.order)).toBe("Order(tenant=2, number=1) [sparse]");
    expect(() => got.order.note).toThrow(/only the key is known, 2,1/);
    expect(got.product.code).toBe("P");
    expect(() => got.product.pk).toThrow(/only code is known, P/);
    expect(String(got.product)).toBe("Product(code=P) [sparse]");
    expect(got.product.equals(p)).toBe(true);
    expect(p.equals(got.product)).toBe(true);
    await got.product.load();
    expect(got.product.pk).toBe(p.id);
    expect(got.product.name).toBe("Pen");
    await got.order.load();
    expect(got.order.note).toBe("");
    expect(got.order.customer.pk).toEqual([2, "bob"]);
    expect(got.toJSON()).toEqual({ id: l2.id, order: [2, 1], replaces: [2, 2], product: "P", amount: 5 });

    const ids = async (where: any, ex = false) => {
      const q: any = ex ? any(Line.objects).exclude(where) : any(Line.objects).filter(where);
      return (await q.orderBy("id").all()).map((l: any) => l.id);
    };
    expect(await ids({ order: o2 })).toEqual([l2.id, l3.id]);
    expect(await ids({ order: [2, 1] })).toEqual([l2.id, l3.id]);
    expect(await ids({ order: [2, 1] }, true)).toEqual([l1.id]);
    expect(await ids({ order__ne: [2, 1] })).toEqual([l1.id]);
    expect(await ids({ order__in: [[2, 1], o1] })).toEqual([l1.id, l2.id, l3.id]);
    expect(await ids({ order__in: [[2, 1], o1] }, true)).toEqual([]);
    expect(await ids({ order__in: Order.objects.filter({ tenant: 2 }) })).toEqual([l2.id, l3.id]);
    expect(await ids({ order__in: Order.objects.filter({ tenant: 2 }).orderBy("number").limit(1) })).toEqual([
      l2.id,
      l3.id,
    ]);
    expect(await ids({ replaces: null })).toEqual([l1.id, l3.id]);
    expect(await ids({ replaces__isnull: false })).toEqual([l2.id]);
    expect(await ids({ replaces: [2, 2] }, true)).toEqual([l1.id, l3.id]);
    expect(await ids({ replaces__ne: [2, 2] })).toEqual([l1.id, l3.id]);
    expect(await ids({ order__customer__name: "Bob" })).toEqual([l2.id, l3.id]);
    expect(await ids({ order__customer: [2, "bob"] })).toEqual([l2.id, l3.id]);
    expect(await ids({ order__customer: bob })).toEqual([l2.id, l3.id]);
    expect(await ids({ order__tenant: 2 })).toEqual([l2.id, l3.id]);
    expect(await ids({ product: "P" })).toEqual([l1.id, l2.id]);
    expect(await ids({ product: p })).toEqual([l1.id, l2.id]);
    expect(await ids({ product__in: Product.objects.filter({ name: "Pen" }) })).toEqual([l1.id, l2.id]);
    expect(await ids({ product__pk: p.id })).toEqual([l1.id, l2.id]);
    expect(await ids({ product__name: "Pen" })).toEqual([l1.id, l2.id]);
    expect(await ids({ order__pk: [2, 1] })).toEqual([l2.id, l3.id]);
    expect(await ids({ order: F("replaces") })).toEqual([]);
    expect(await ids({ order: [F("order__tenant"), F("order__number")] })).toEqual([l1.id, l2.id, l3.id]);
    expect(await ids(Q({ order: o1 }).or(Q({ replaces: o3 })))).toEqual([l1.id, l2.id]);

    const orders = async (q: any) => (await q.orderBy("pk").all()).map((o: any) => o.pk);
    const O: any = Order.objects;
    expect(await orders(O.filter({ lines: l2 }))).toEqual([[2, 1]]);
    expect(await orders(O.exclude({ lines: l2 }))).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(await orders(O.filter({ lines__amount__gt: 4 }).distinct())).toEqual([[2, 1]]);
    expect(await orders(O.exclude({ lines__amount__gt: 4 }))).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(await orders(O.filter({ pk__in: O.filter({ tenant: 2 }) }))).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(await orders(O.filter({ pk__in: O.filter({ tenant: 2 }).values("tenant", "number") }))).toEqual([
      [2, 1],
      [2, 2],
    ]);
    expect(await orders(O.filter({ pk__in: any(Line.objects).values("order") }))).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(await orders(O.exclude({ pk__in: any(Line.objects).values("replaces") }))).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(await orders(O.filter(Exists(any(Line.objects).filter({ order: OuterRef("pk"), amount: 7 }))))).toEqual([
      [2, 1],
    ]);
    expect(await orders(O.filter({ customer__isnull: true }))).toEqual([[2, 2]]);
    expect(await orders(O.filter({ customer__tenant: 2 }))).toEqual([[2, 1]]);
    expect(await orders(O.filter({ customer__code: "bob" }))).toEqual([[2, 1]]);
    expect(
      (
        await O.annotate({ n: Count("lines") })
          .orderBy("pk")
          .all()
      ).map((o: any) => o.n),
    ).toEqual([1, 2, 0]);
    expect(await O.aggregate({ n: Count("customer") })).toEqual({ n: 2 });
    expect(await O.orderBy("pk").values("customer", "number").all()).toEqual([
      { customer: [1, "ann"], number: 1 },
      { customer: [2, "bob"], number: 1 },
      { customer: null, number: 2 },
    ]);
    expect(await any(Line.objects).orderBy("id").valuesList("order", { flat: true }).all()).toEqual([
      [1, 1],
      [2, 1],
      [2, 1],
    ]);
    expect(
      await any(Line.objects)
        .values("order")
        .annotate({ n: Count("*") })
        .orderBy("order")
        .all(),
    ).toEqual([
      { order: [1, 1], n: 1 },
      { order: [2, 1], n: 2 },
    ]);
    const [joined] = await any(Line.objects)
      .selectRelated("order__customer", "replaces", "product")
      .filter({ id: l2.id })
      .all();
    expect(joined.order.customer.name).toBe("Bob");
    expect(joined.replaces.pk).toEqual([2, 2]);
    expect(joined.product.pk).toBe(p.id);
    const inv: any = await any(Invoice.objects).create({ order: o1 });
    expect(inv.pk).toEqual([1, 1]);
    const again: any = await O.selectRelated("invoice").get({ pk: [1, 1] });
    expect(again.invoice.pk).toEqual([1, 1]);
    expect((await any(await O.get({ pk: [1, 1] })).invoice.load()).total).toBe(0);
    const part: any = await o1.parts.create({ position: 3 });
    expect(part.pk).toEqual([1, 1, 3]);
    expect(part.order.pk).toEqual([1, 1]);
    expect(String(part)).toBe("Part(order__tenant=1, order__number=1, position=3)");
    await part.update({ text: "x" });
    await part.refresh();
    expect(part.text).toBe("x");
    const found: any = await any(Part.objects).get({ pk: [1, 1, 3] });
    expect(found.equals(part)).toBe(true);
    expect(found.isDirty()).toBe(false);
    found.order = o2;
    expect(found.dirtyFields()).toEqual(["order"]);
    await found.save();
    expect(found.pk).toEqual([2, 1, 3]);
    l3.order = [1, 1];
    l3.replaces = o2;
    await l3.save();
    expect((await any(Line.objects).get({ id: l3.id })).toJSON()).toMatchObject({ order: [1, 1], replaces: [2, 1] });
    expect(await any(Line.objects).filter({ id: l3.id }).update({ replaces: null, order: o2 })).toBe(1);
    await l3.refresh();
    expect(l3.toJSON()).toMatchObject({ order: [2, 1], replaces: null });
    const many: any = await any(Line.objects).bulkCreate([{ order: o1 }, { order: [2, 1], replaces: null }]);
    expect(many.map((l: any) => l.order.pk)).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const [gc, created] = await any(Line.objects).getOrCreate({ order: o3, amount: 99 });
    expect([gc.order.pk, created]).toEqual([[2, 2], true]);
    expect((await any(Line.objects).getOrCreate({ order: [2, 2], amount: 99 }))[1]).toBe(false);
    const only: any = await any(Line.objects).only("order").get({ id: l2.id });
    expect(only.order.pk).toEqual([2, 1]);
    expect(() => only.replaces).toThrow(/left it out/);
    const defer: any = await any(Line.objects).defer("order").get({ id: l2.id });
    expect(() => defer.order).toThrow(/left it out/);
    await defer.load("order");
    expect(defer.order.pk).toEqual([2, 1]);
    await o3.delete();
    expect((await any(Line.objects).get({ id: l2.id })).replaces).toBe(null);
  });
});
