import { beforeEach, expect, it } from "vitest";
import {
  Count,
  Exists,
  F,
  FieldError,
  OuterRef,
  Q,
  type QueryEvent,
  Rank,
  Subquery,
  ValidationError,
  Window,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Customer, Invoice, Line, Order, Part, Product, shop } from "./composite-shop.js";

type Ids = number[];

onEngines("A foreign key of several columns", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, shop, { onQuery: (event) => events.push(event) });
  let orders: { ann: Order; bob: Order; nobody: Order };
  let bob: Customer;
  let lines: [Line, Line, Line];

  beforeEach(async () => {
    for (const model of [Part, Invoice, Line, Order, Customer, Product]) await model.objects.delete({ all: true });
    const ann = await Customer.objects.create({ tenant: 1, code: "ann", name: "Änn" });
    bob = await Customer.objects.create({ tenant: 2, code: "bob", name: "Bob" });
    orders = {
      ann: await Order.objects.create({ tenant: 1, number: 1, customer: ann }),
      bob: await Order.objects.create({ tenant: 2, number: 1, customer: [2, "bob"] }),
      nobody: await Order.objects.create({ tenant: 2, number: 2 }),
    };
    lines = [
      await Line.objects.create({ order: orders.ann }),
      await Line.objects.create({ order: [2, 1], replaces: orders.nobody, amount: 5 }),
      await orders.bob.lines.create({ amount: 7 }),
    ];
    events.length = 0;
  });

  const placesOf = async (found: typeof Line.objects): Promise<Ids> => {
    const all = await found.orderBy("id").all();
    return all.map((line) => lines.findIndex((known) => known.equals(line)));
  };
  const keysOf = async (found: typeof Order.objects): Promise<(readonly [number, number])[]> => {
    return (await found.orderBy("pk").all()).map((order) => order.pk);
  };

  it("is read as a tuple, and loads the row it stands for", async () => {
    const line = await Line.objects.get({ pk: lines[1].pk });
    expect(line.order.pk).toEqual([2, 1]);
    expect(line.order.isSparse).toBe(true);
    expect(String(line.order)).toBe("Order(tenant=2, number=1) [sparse]");
    expect(() => (line.order as Order).note).toThrow(
      "Order.note was not loaded: of this Order only the key is known, 2,1. Load it with await row.order.load(), or fetch " +
        'it along with Line.objects.selectRelated("order").',
    );
    expect(line.toJSON()).toEqual({ id: line.id, order: [2, 1], replaces: [2, 2], product: null, amount: 5 });
    expect(events.length).toBe(1);
    const order = await line.order.load();
    expect([order.note, order.customer?.pk, line.order === order]).toEqual(["", [2, "bob"], true]);
    expect(order.equals(orders.bob)).toBe(true);
    expect(events.length).toBe(2);
    expect((await Line.objects.get({ pk: lines[0].pk })).replaces).toBeNull();
  });

  it("is set to a row, a tuple or null", async () => {
    const line = await Line.objects.get({ pk: lines[1].pk });
    line.order = orders.ann;
    expect(line.dirtyFields()).toEqual(["order"]);
    await line.save();
    line.replaces = null;
    await line.save();
    await line.refresh();
    expect(line.toJSON()).toMatchObject({ order: [1, 1], replaces: null });
    expect(line.isDirty()).toBe(false);
    await line.update({ order: [2, 2], replaces: [2, 1] });
    expect((await Line.objects.get({ pk: line.pk })).toJSON()).toMatchObject({ order: [2, 2], replaces: [2, 1] });
    expect(await Line.objects.filter({ pk: line.pk }).update({ order: orders.ann, replaces: null })).toBe(1);
    expect((await Line.objects.get({ pk: line.pk })).toJSON()).toMatchObject({ order: [1, 1], replaces: null });
    await line.save({ only: ["order"] });
  });

  it("refuses what is no key of its target", async () => {
    const create = (order: unknown) => Line.objects.create({ order } as never);
    await expect(create(null)).rejects.toThrow(/Line\.order: cannot be null/);
    await expect(create(1)).rejects.toThrow(/expected a key \[tenant, number\], got number 1/);
    await expect(create([1])).rejects.toThrow(/expected a key \[tenant, number\], got an array of 1/);
    await expect(create([1, null])).rejects.toThrow(/got one with null or undefined in it/);
    await expect(create([1, "x"])).rejects.toThrow(ValidationError);
    await expect(lines[0].update({ order: { tenant: 1, number: 1 } } as never)).rejects.toThrow(/got a plain object/);
    await expect(create(bob)).rejects.toThrow(/expected a row of Order, got one of Customer/);
    await expect(create(undefined)).rejects.toThrow(/Line\.order: is required/);
    await expect(create(F("replaces"))).rejects.toThrow(/not to an expression/);
    await expect(create([9, 9])).rejects.toMatchObject({ name: "ForeignKeyViolation" });
    await expect(Line.objects.filter({ pk: 1 }).update({ order: F("replaces") } as never)).rejects.toThrow(FieldError);
  });

  it("takes a row that is saved after it was assigned", async () => {
    const order = new Order({ tenant: 3, number: 7 });
    const line = new Line({ order });
    expect(line.order).toBe(order);
    await order.save();
    await line.save();
    expect((await Line.objects.get({ pk: line.pk })).order.pk).toEqual([3, 7]);
  });

  it("is filled in by bulkCreate and getOrCreate", async () => {
    const made = await Line.objects.bulkCreate([{ order: orders.ann }, { order: [2, 1], replaces: null }]);
    expect(made.map((line) => line.order.pk)).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const [line, created] = await Line.objects.getOrCreate({ order: orders.nobody, amount: 9 });
    expect([line.order.pk, created]).toEqual([[2, 2], true]);
    const again = await Line.objects.getOrCreate({ order: [2, 2], amount: 9 });
    expect([again[0].pk, again[1]]).toEqual([line.pk, false]);
  });

  it("is left out and loaded as a whole", async () => {
    const some = await Line.objects.only("order").get({ pk: lines[1].pk });
    expect(some.order.pk).toEqual([2, 1]);
    expect(() => some.replaces).toThrow(/left it out/);
    const rest = await Line.objects.defer("order").get({ pk: lines[1].pk });
    expect(() => rest.order).toThrow(/Line\.order was not loaded: defer\(…\) left it out/);
    expect(rest.replaces?.pk).toEqual([2, 2]);
    expect(rest.toJSON()).not.toHaveProperty("order");
    await rest.load("order");
    expect(rest.order.pk).toEqual([2, 1]);
    const set = await Line.objects.defer("order").get({ pk: lines[1].pk });
    set.order = orders.ann;
    await set.save();
    expect((await Line.objects.get({ pk: set.pk })).order.pk).toEqual([1, 1]);
  });

  it("is asked about by rows and tuples", async () => {
    expect(await placesOf(Line.objects.filter({ order: orders.bob }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.filter({ order: [2, 1] }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.exclude({ order: [2, 1] }))).toEqual([0]);
    expect(await placesOf(Line.objects.filter({ order__ne: [2, 1] }))).toEqual([0]);
    expect(await placesOf(Line.objects.filter({ order__in: [[2, 1], orders.ann] }))).toEqual([0, 1, 2]);
    expect(await placesOf(Line.objects.filter({ order__in: [] }))).toEqual([]);
    expect(await placesOf(Line.objects.exclude({ order__in: [[1, 1]] }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.filter(Q({ order: orders.ann }).or(Q({ replaces: [2, 2] }))))).toEqual([0, 1]);
    expect(await placesOf(Line.objects.filter({ order: [1, 2 ** 40] }))).toEqual([]);
    expect(await placesOf(Line.objects.filter({ order__pk: [2, 1], order__exact: [2, 1] }))).toEqual([1, 2]);
  });

  it("where it is null, is no reference, and differs from every key", async () => {
    expect(await placesOf(Line.objects.filter({ replaces: null }))).toEqual([0, 2]);
    expect(await placesOf(Line.objects.filter({ replaces__isnull: false }))).toEqual([1]);
    expect(await placesOf(Line.objects.exclude({ replaces__isnull: false }))).toEqual([0, 2]);
    expect(await placesOf(Line.objects.filter({ replaces__ne: [2, 2] }))).toEqual([0, 2]);
    expect(await placesOf(Line.objects.filter({ replaces__ne: null }))).toEqual([1]);
    expect(await placesOf(Line.objects.exclude({ replaces: [2, 2] }))).toEqual([0, 2]);
    expect(await placesOf(Line.objects.exclude({ replaces__in: [[2, 2]] }))).toEqual([0, 2]);
    expect(await placesOf(Line.objects.exclude({ replaces__in: [null, [9, 9]] } as never))).toEqual([0, 1, 2]);
    expect(await placesOf(Line.objects.filter({ replaces__tenant: 2 }))).toEqual([1]);
    expect(await placesOf(Line.objects.exclude({ replaces__tenant: 2 }))).toEqual([0, 2]);
  });

  it("is asked about by querysets", async () => {
    const theirs = Order.objects.filter({ tenant: 2 });
    expect(await placesOf(Line.objects.filter({ order__in: theirs }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.exclude({ order__in: theirs }))).toEqual([0]);
    expect(await placesOf(Line.objects.filter({ order__in: theirs.orderBy("number").limit(1) }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.filter({ order__in: theirs.distinct().orderBy("note").limit(5) }))).toEqual([
      1, 2,
    ]);
    expect(await placesOf(Line.objects.filter({ order__in: theirs.none() }))).toEqual([]);
    expect(await placesOf(Line.objects.exclude({ replaces__in: Line.objects.values("replaces") } as never))).toEqual([
      0, 2,
    ]);
    expect(await keysOf(Order.objects.filter({ pk__in: theirs }))).toEqual([[2, 1], [2, 2]]); // prettier-ignore
    expect(await keysOf(Order.objects.filter({ pk__in: theirs.values("tenant", "number") } as never))).toHaveLength(2);
    expect(await keysOf(Order.objects.filter({ pk__in: Line.objects.values("order") } as never))).toHaveLength(2);
    expect(await keysOf(Order.objects.exclude({ pk__in: Line.objects.values("replaces") } as never))).toEqual([[1, 1], [2, 1]]); // prettier-ignore
    expect(await keysOf(Order.objects.filter({ pk__in: theirs }).exclude({ pk: [2, 1] }))).toEqual([[2, 2]]);
    expect(await Order.objects.filter({ pk__in: theirs }).update({ note: "x" })).toBe(2);
    expect(() => Line.objects.filter({ order__in: Customer.objects } as never)).toThrow(/expected a queryset of Order/);
    expect(() => Line.objects.filter({ order__in: theirs.values("tenant") } as never)).toThrow(/2 values a row/);
    expect(() => Line.objects.filter({ order: theirs } as never)).toThrow(/can only be the value of the lookup `in`/);
  });

  it("refuses lookups that a tuple has not", () => {
    expect(() => Line.objects.filter({ order__gt: [1, 1] } as never)).toThrow(/Order has no field "gt"/);
    expect(() => Line.objects.filter({ order: 1 } as never)).toThrow(/expected a key \[tenant, number\], got number 1/);
    expect(() => Line.objects.filter({ order: undefined } as never)).toThrow(FieldError);
    expect(() => Line.objects.filter({ order__in: [1, 2] } as never)).toThrow(/expected a key/);
    expect(() => Line.objects.filter({ order: { tenant: 1 } } as never)).toThrow(/got a plain object/);
    expect(() => Line.objects.filter({ order: [1, {}] } as never)).toThrow(FieldError);
    expect(() => Line.objects.filter({ order__isnull: [1, 1] } as never)).toThrow(/expected true or false/);
    expect(() => Line.objects.annotate({ x: F("order") } as never)).toThrow(
      /Name one of them: order__tenant, order__number/,
    );
  });

  it("is followed, and its parts are its own columns", async () => {
    expect(await placesOf(Line.objects.filter({ order__customer__name: "Bob" }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.filter({ order__customer: bob }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.filter({ order__customer__code__startswith: "b" }))).toEqual([1, 2]);
    expect(await placesOf(Line.objects.filter({ order__tenant: 2, order__number__gte: 1 }))).toEqual([1, 2]);
    events.length = 0;
    await Line.objects.filter({ order__tenant: 2 }).all();
    expect(events[0]?.sql).not.toMatch(/join/i);
    expect(await keysOf(Order.objects.filter({ customer__tenant: 2 }))).toEqual([[2, 1]]);
    expect(await keysOf(Order.objects.exclude({ customer__name: "Bob" }))).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    expect(await keysOf(Order.objects.filter({ customer__isnull: true }))).toEqual([[2, 2]]);
  });

  it("is followed backwards, row by row", async () => {
    expect(await keysOf(Order.objects.filter({ lines: lines[1] }))).toEqual([[2, 1]]);
    expect(await keysOf(Order.objects.exclude({ lines: lines[1] }))).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    expect(await keysOf(Order.objects.filter({ lines__amount__gt: 4 }).distinct())).toEqual([[2, 1]]);
    expect(await keysOf(Order.objects.exclude({ lines__amount__gt: 4 }))).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    expect(await keysOf(Order.objects.filter({ lines__isnull: true }))).toEqual([[2, 2]]);
    const found = await Customer.objects.filter({ orders: [2, 1] }).all();
    expect(found.map(({ name }) => name)).toEqual(["Bob"]);
    expect(await Customer.objects.exclude({ orders: orders.bob }).values("name").all()).toEqual([{ name: "Änn" }]);
    expect(await Customer.objects.exclude({ orders__in: [[2, 1], [1, 1]] }).count()).toBe(0); // prettier-ignore
    expect(await orders.bob.lines.filter({ amount__gt: 5 }).count()).toBe(1);
    expect(await orders.nobody.lines.exists()).toBe(false);
    expect(() => new Order({ tenant: 1, number: 1 }).lines.all()).not.toThrow();
    expect(() => new Order({ number: 1 } as never).lines).toThrow();
  });

  it("is compared with keys of the row, and of rows around", async () => {
    expect(await placesOf(Line.objects.filter({ order: F("replaces") }))).toEqual([]);
    expect(await placesOf(Line.objects.exclude({ order: F("replaces") }))).toEqual([0, 1, 2]);
    expect(await placesOf(Line.objects.filter({ order__ne: F("replaces") }))).toEqual([0, 1, 2]);
    await lines[1].update({ replaces: orders.bob });
    expect(await placesOf(Line.objects.filter({ order: F("replaces") }))).toEqual([1]);
    expect(await placesOf(Line.objects.exclude({ order: F("replaces") }))).toEqual([0, 2]);
    expect(await placesOf(Line.objects.filter({ order: [F("replaces__tenant"), 1] } as never))).toEqual([1]);
    const big = Line.objects.filter({ order: OuterRef("pk"), amount: 7 });
    expect(await keysOf(Order.objects.filter(Exists(big)))).toEqual([[2, 1]]);
    expect(await keysOf(Order.objects.exclude(Exists(big)))).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    const siblings = Line.objects.filter({ order: OuterRef("order"), amount__gt: OuterRef("amount") });
    expect(await placesOf(Line.objects.filter(Exists(siblings)))).toEqual([1]);
    const amount = Line.objects
      .filter({ order: OuterRef("pk") })
      .orderBy("-amount")
      .values("amount")
      .limit(1);
    const most = await Order.objects
      .annotate({ most: Subquery(amount) })
      .orderBy("pk")
      .all();
    expect(most.map((order) => order.most)).toEqual([1, 7, null]);
    expect(() => Line.objects.filter({ order: OuterRef("amount") }).exists()).toBeDefined();
    expect(() => Line.objects.filter(Exists(Line.objects.filter({ order: OuterRef("amount") } as never)))).toThrow(
      /OuterRef\("amount"\) has one value, and is compared with a key of 2 columns/,
    );
    expect(() => Line.objects.filter({ order: F("amount") } as never)).toThrow(
      /expected a key of 2 columns, got one value/,
    );
  });

  it("is a tuple in values, or null", async () => {
    expect(await Order.objects.orderBy("pk").values("customer", "number").all()).toEqual([
      { customer: [1, "ann"], number: 1 },
      { customer: [2, "bob"], number: 1 },
      { customer: null, number: 2 },
    ]);
    expect(await Line.objects.orderBy("id").valuesList("order", { flat: true }).all()).toEqual([[1, 1], [2, 1], [2, 1]]); // prettier-ignore
    expect(await Line.objects.orderBy("id").valuesList("replaces", "amount").all()).toEqual([
      [null, 1],
      [[2, 2], 5],
      [null, 7],
    ]);
    expect(await Order.objects.orderBy("-pk").valuesList("pk", { flat: true }).first()).toEqual([2, 2]);
    expect(await Line.objects.values("order").distinct().orderBy("order").all()).toEqual([{ order: [1, 1] }, { order: [2, 1] }]); // prettier-ignore
    expect(await Line.objects.filter({ amount: 5 }).values().all()).toEqual([
      { id: lines[1].id, order: [2, 1], replaces: [2, 2], product: null, amount: 5 },
    ]);
    const both = Line.objects.values("order").union(Line.objects.values("replaces"));
    expect(await both.count()).toBe(4);
    expect(await Line.objects.filter({ amount: 5 }).values("order__customer").all()).toEqual([
      { order__customer: [2, "bob"] },
    ]);
  });

  it("groups, counts and orders", async () => {
    const grouped = Line.objects
      .values("order")
      .annotate({ n: Count("*") })
      .orderBy("order");
    expect(await grouped.all()).toEqual([
      { order: [1, 1], n: 1 },
      { order: [2, 1], n: 2 },
    ]);
    expect(
      await Order.objects
        .values("customer")
        .annotate({ n: Count("*") })
        .orderBy("n", "customer__tenant")
        .all(),
    ).toHaveLength(3);
    const counted = await Order.objects
      .annotate({ n: Count("lines") })
      .orderBy("pk")
      .all();
    expect(counted.map(({ n }) => n)).toEqual([1, 2, 0]);
    expect(await Order.objects.aggregate({ n: Count("customer") })).toEqual({ n: 2 });
    expect(await Line.objects.aggregate({ n: Count("replaces") })).toEqual({ n: 1 });
    const customers = await Customer.objects
      .annotate({ n: Count("orders") })
      .orderBy("-n", "code")
      .all();
    expect(customers.map(({ n }) => n)).toEqual([1, 1]);
    expect((await Line.objects.orderBy("-order", "-id").all()).map((line) => line.amount)).toEqual([7, 5, 1]);
    const ranked = Line.objects.annotate({ place: Window(Rank(), { partitionBy: "order", orderBy: "-amount" }) });
    expect((await ranked.orderBy("id").all()).map(({ place }) => place)).toEqual([1, 2, 1]);
    expect(
      (await Line.objects.orderBy("order", "-amount").distinct("order").all()).map(({ amount }) => amount),
    ).toEqual([1, 7]);
  });

  it("is fetched along", async () => {
    const line = await Line.objects.selectRelated("order__customer", "replaces").get({ pk: lines[1].pk });
    expect([line.order.customer?.name, line.replaces?.pk]).toEqual(["Bob", [2, 2]]);
    const first = await Line.objects.selectRelated("order__customer", "replaces").get({ pk: lines[0].pk });
    expect([first.order.customer?.name, first.replaces]).toEqual(["Änn", null]);
    expect(events.length).toBe(2);
    const order = await Order.objects.selectRelated("customer").get({ pk: [2, 2] });
    expect(order.customer).toBeNull();
  });

  it("is a key by itself, with its other side", async () => {
    const invoice = await Invoice.objects.create({ order: orders.ann, total: 3 });
    expect(invoice.pk).toEqual([1, 1]);
    expect(String(invoice)).toBe("Invoice(order__tenant=1, order__number=1)");
    expect((await Invoice.objects.get({ pk: [1, 1] })).equals(invoice)).toBe(true);
    expect((await orders.ann.invoice.load())?.total).toBe(3);
    expect(await orders.bob.invoice.load()).toBeNull();
    const joined = await Order.objects.selectRelated("invoice").orderBy("pk").all();
    expect(joined.map((order) => order.invoice?.total ?? null)).toEqual([3, null, null]);
    expect(await keysOf(Order.objects.filter({ invoice: invoice }))).toEqual([[1, 1]]);
    expect(await keysOf(Order.objects.filter({ invoice__isnull: true }))).toEqual([[2, 1], [2, 2]]); // prettier-ignore
    await invoice.update({ total: 4 });
    await invoice.refresh();
    expect(invoice.total).toBe(4);
    await expect(Invoice.objects.create({ order: [1, 1] })).rejects.toMatchObject({ name: "UniqueViolation" });
  });

  it("begins a key, of which its columns are parts", async () => {
    const part = await orders.bob.parts.create({ position: 3, text: "ü" });
    expect(part.pk).toEqual([2, 1, 3]);
    const found = await Part.objects.get({ pk: [2, 1, 3] });
    expect([found.equals(part), found.order.pk, found.isDirty()]).toEqual([true, [2, 1], false]);
    expect(await Part.objects.filter({ pk__in: [[2, 1, 3], [1, 1, 1]] }).count()).toBe(1); // prettier-ignore
    expect(await Part.objects.filter({ order: orders.bob, order__customer__name: "Bob", position: 3 }).count()).toBe(1);
    expect(await keysOf(Order.objects.filter({ parts: found }))).toEqual([[2, 1]]);
    expect(await keysOf(Order.objects.exclude({ parts: [2, 1, 3] }))).toEqual([[1, 1], [2, 2]]); // prettier-ignore
    found.order = orders.ann;
    await found.save();
    expect(await Part.objects.valuesList("pk", { flat: true }).all()).toEqual([[1, 1, 3]]);
    expect(await Part.objects.create({ pk: [2, 2, 1] })).toMatchObject({ position: 1 });
    expect(found.toJSON()).toEqual({ order: [1, 1], position: 3, text: "ü" });
    const few = await Part.objects.inBulk([[1, 1, 3]]);
    expect(few.get([1, 1, 3])?.text).toBe("ü");
    expect([few.has([1, 1, 3]), few.has([1, 1, 4]), few.size]).toEqual([true, false, 1]);
    await found.delete();
    expect(await Part.objects.count()).toBe(1);
  });

  it("is kept by the database as onDelete says", async () => {
    await orders.nobody.delete();
    expect((await Line.objects.get({ pk: lines[1].pk })).replaces).toBeNull();
    await orders.bob.delete();
    expect(await Line.objects.count()).toBe(1);
    await expect(Customer.objects.filter({ code: "ann" }).delete()).rejects.toMatchObject({ name: "RestrictedError" });
  });
});
