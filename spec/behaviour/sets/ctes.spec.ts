import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import type { Database } from "dunder-orm";
import {
  Avg,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  Lower,
  manager,
  Max,
  Model,
  NotSupportedError,
  OuterRef,
  Subquery,
  Sum,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Shop extends Model(
  "shop",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 40 }),
    orders: () => fields.hasMany(Order, "shop"),
  },
  { ordering: ["-name"] },
) {
  static objects = manager(this);
}

class Order extends Model("order", {
  id: fields.integer({ primaryKey: true }),
  shop: () => fields.foreignKey(Shop),
  item: fields.string({ maxLength: 40 }),
  amount: fields.decimal({ precision: 8, scale: 2 }),
  at: fields.datetime(),
}) {
  static objects = manager(this);
}

const names = async (set: { all(): Promise<readonly { readonly name: string }[]> }): Promise<string[]> =>
  (await set.all()).map(({ name }) => name);

onEngines("asCte", (engine) => {
  const held = useDatabase(engine, [Shop, Order]);
  const at = (month: number): Date => new Date(Date.UTC(2024, month, 3, 12));

  beforeAll(async () => {
    for (const name of ["Ä", "B", "C", "empty"]) await Shop.objects.create({ name });
    await Order.objects.bulkCreate([
      { shop: 1, item: "tea", amount: "1.50", at: at(0) },
      { shop: 1, item: "tea", amount: "2.50", at: at(1) },
      { shop: 1, item: "cup", amount: "10.00", at: at(1) },
      { shop: 2, item: "tea", amount: "3.00", at: at(2) },
      { shop: 3, item: "pot", amount: "40.00", at: at(2) },
    ]);
  });

  const counted = Shop.objects.annotate({ n: Count("orders") });
  const top = counted.orderBy("-n", "id").limit(2).asCte("top");

  describe("of rows", () => {
    it("is a queryset of the same rows", async () => {
      const rows = await top.all();
      expect(rows.map(({ name, n }) => [name, n]).sort()).toEqual([
        ["B", 1],
        ["Ä", 3],
      ]);
      expect(rows[0]).toBeInstanceOf(Shop);
      expect([await top.count(), await top.exists(), (await top.get({ n: 3 })).name]).toEqual([2, true, "Ä"]);
    });

    it("goes on with filters, orders, annotations, aggregates and slices", async () => {
      expect(await names(top.filter({ n__gt: 1 }))).toEqual(["Ä"]);
      expect(await names(top.exclude({ n__gt: 1 }))).toEqual(["B"]);
      expect(await names(top.filter({ orders__item: "cup" }))).toEqual(["Ä"]);
      expect(await names(top.orderBy("n"))).toEqual(["B", "Ä"]);
      expect(await names(top.orderBy("-n").slice(1, 2))).toEqual(["B"]);
      expect(await names(top.orderBy("id").reverse())).toEqual(["B", "Ä"]);
      expect(
        await top
          .annotate({ twice: F("n").mul(2), last: Max("orders__at") })
          .filter({ twice: 6 })
          .values("name", "twice", "last")
          .all(),
      ).toEqual([{ name: "Ä", twice: 6, last: at(1) }]);
      expect(await top.aggregate({ all: Sum("n"), mean: Avg("n") })).toEqual({ all: 4, mean: 2 });
      const more = top.annotate({ few: Count("orders", { filter: { orders__amount__lt: F("n") } }) });
      expect(await more.orderBy("id").valuesList("few", { flat: true }).all()).toEqual([2, 0]);
      expect((await top.orderBy("-n").first())?.name).toBe("Ä");
      expect((await top.orderBy("-n").last())?.name).toBe("B");
    });

    it("is written once, wherever it is used", async () => {
      const twice = top.filter({ pk__in: top.filter({ n__gt: 1 }) });
      expect(await names(twice)).toEqual(["Ä"]);
      expect(twice.sql().sql.match(/limit/g)).toHaveLength(1);
      const orders = Order.objects.filter({ shop__in: top }).exclude({ shop__in: top.filter({ n: 3 }) });
      expect((await orders.all()).map(({ item }) => item)).toEqual(["tea"]);
      expect(orders.sql().sql.match(/with /g)).toHaveLength(1);
      const theirs = top.filter({ pk: OuterRef("shop"), n: 3 });
      expect(await Order.objects.filter(Exists(theirs)).filter({ shop__in: top }).count()).toBe(3);
      const n = Subquery(top.filter({ pk: OuterRef("shop") }).values("n"));
      expect(await Order.objects.annotate({ n }).orderBy("id").valuesList("n", { flat: true }).all()).toEqual([
        3,
        3,
        3,
        1,
        null,
      ]);
      expect(
        await names(
          top
            .union(Shop.objects.annotate({ n: Count("orders") }).filter({ n: 0 }))
            .orderBy("name", "id")
            .difference(top),
        ),
      ).toEqual(["empty"]);
    });

    it("names another", async () => {
      const rich = Shop.objects
        .filter({ pk__in: Order.objects.filter({ amount__gte: "3.00" }).values("shop") })
        .asCte("rich");
      const both = top.filter({ pk__in: rich }).asCte("both_of_them");
      expect(await names(both.orderBy("id"))).toEqual(["Ä", "B"]);
      expect(await both.filter({ pk__in: rich }).count()).toBe(2);
    });

    it("fetches relations along, streams, and is combined", async () => {
      const some = Order.objects.selectRelated("shop").filter({ item: "pot" }).asCte("some");
      expect((await some.all())[0]?.shop.name).toBe("C");
      const found: string[] = [];
      for await (const { name } of top.iterator({ chunkSize: 1 })) found.push(name);
      expect(found).toHaveLength(2);
      const plain = Shop.objects.orderBy("id").limit(2).asCte("plain");
      expect(await names(plain.or(Shop.objects.filter({ name: "empty" })).orderBy("id"))).toEqual(["Ä", "B", "empty"]);
      expect(await names(top.and(Shop.objects.filter({ orders__item: "cup" })))).toEqual(["Ä"]);
      expect(await Shop.objects.none().asCte("nothing").count()).toBe(0);
    });

    it("narrows what is changed", async () => {
      expect(await Order.objects.filter({ shop__in: top, item: "cup" }).update({ item: Lower("item") })).toBe(1);
      expect(await Order.objects.filter({ shop__in: top.filter({ pk__in: top, n: 9 }) }).update({ item: "x" })).toBe(0);
      const made = await Order.objects.create({ shop: 2, item: "gone", amount: "0.10", at: at(3) });
      const gone = Order.objects.filter({ pk: made.pk }).asCte("gone");
      expect((await Order.objects.filter({ pk__in: gone }).delete()).total).toBe(1);
      await expect((gone as { delete(): Promise<unknown> }).delete()).rejects.toThrow(
        /delete\(…\) needs rows of the table itself/,
      );
    });
  });

  describe("of values", () => {
    const perShop = Order.objects
      .values("shop__name")
      .annotate({ n: Count("*"), sum: Sum("amount") })
      .asCte("per_shop");

    it("has them for columns, with nothing else to be named", async () => {
      expect(await perShop.filter({ n__gt: 1 }).all()).toEqual([{ shop__name: "Ä", n: 3, sum: "14.00" }]);
      expect(await perShop.orderBy("-sum").valuesList("sum", { flat: true }).all()).toEqual(["40.00", "14.00", "3.00"]);
      expect(await perShop.filter({ shop__name__in: ["B", "C"], sum__lt: "39.99" }).all()).toEqual([
        { shop__name: "B", n: 1, sum: "3.00" },
      ]);
      expect(await perShop.exclude({ shop__name__startswith: "Ä" }).count()).toBe(2);
      expect(await perShop.filter(F("sum").gt(F("n").mul(4))).count()).toBe(2);
      expect(await perShop.aggregate({ mean: Avg("n"), most: Max("sum") })).toEqual({ mean: 5 / 3, most: "40.00" });
      expect(
        await perShop
          .values("n")
          .annotate({ shops: Count("*") })
          .orderBy("n")
          .all(),
      ).toEqual([
        { n: 1, shops: 2 },
        { n: 3, shops: 1 },
      ]);
      expect(await perShop.values("n").distinct().orderBy("-n").all()).toEqual([{ n: 3 }, { n: 1 }]);
      const singles = perShop.filter({ n: 1 }).valuesList("shop__name", { flat: true });
      expect(await Shop.objects.filter({ name__in: singles }).count()).toBe(2);
      expect(
        await perShop
          .annotate({ low: Lower("shop__name") })
          .filter({ low: "b" })
          .all(),
      ).toEqual([{ shop__name: "B", n: 1, sum: "3.00", low: "b" }]);
    });

    it("takes parts of dates", async () => {
      const months = Order.objects.values("at", "item").asCte("months");
      expect(await months.filter({ at__month: 2 }).count()).toBe(2);
      expect(await months.filter({ at__date__gte: "2024-03-01" }).count()).toBe(2);
      expect(
        await months
          .filter({ at: at(0) })
          .values("item")
          .all(),
      ).toEqual([{ item: "tea" }]);
    });

    it("refuses what it does not hold", () => {
      const open = perShop as unknown as Record<string, (...args: unknown[]) => unknown>;
      expect(() => open["filter"]?.({ item: "tea" })).toThrow(
        'Order: these rows hold no "item", which filter(…) names. They hold: shop__name, n, sum.',
      );
      expect(() => open["filter"]?.({ summ: 1 })).toThrow(/Did you mean "sum"\?/);
      expect(() => open["filter"]?.({ n__contians: 1 })).toThrow(/no lookup or transform "contians"/);
      expect(() => open["filter"]?.({ pk: 1 })).toThrow(/hold no "pk"/);
      expect(() => open["orderBy"]?.("shop")).toThrow(/hold no "shop"/);
      expect(() => open["annotate"]?.({ n: Count("*") })).toThrow(/rows have a "n" already/);
      expect(() => open["or"]?.(perShop)).toThrow(/combines rows alone/);
    });
  });

  it("is kept or not, where the engine lets itself be told", async () => {
    for (const materialized of [true, false]) {
      const told = Shop.objects.filter({ name: "B" }).asCte("told", { materialized });
      if (held.db.engine.features.materializedCtes) expect(await names(told)).toEqual(["B"]);
      else await expect(told.all()).rejects.toThrow(NotSupportedError);
    }
  });

  it.skipIf(without.has("plans"))("is one plan for other values", async () => {
    const db: Database = held.db;
    const ask = async (name: string, limit: number) =>
      Shop.objects.filter({ name__gte: name }).orderBy("name").limit(limit).asCte("asked").count();
    await ask("A", 1);
    const before = db.stats.plans.compiled;
    expect([await ask("B", 2), await ask("C", 9), await ask("zz", 1)]).toEqual([2, 3, 1]);
    expect(db.stats.plans.compiled).toBe(before);
  });

  describe("names", () => {
    it("that stand for two querysets are refused, compiled before or not", async () => {
      const from = (name: string) => Shop.objects.filter({ name }).asCte("same");
      const both = (one: string, other: string) =>
        Shop.objects.filter({ pk__in: from(one) }).exclude({ pk__in: from(other) });
      const differs = 'asCte("same"): two different querysets of one statement have this name.';
      await expect(both("B", "C").all()).rejects.toThrow(differs);
      expect(await both("B", "B").all()).toEqual([]);
      await expect(both("B", "C").all()).rejects.toThrow(differs);
      await expect(both("B", "C").count()).rejects.toThrow(differs);
      expect(() => both("B", "C").toKysely()).toThrow(differs);
      await expect(both("B", "C").update({ name: "x" })).rejects.toThrow(differs);
      const other = Shop.objects.exclude({ name: "B" }).asCte("same");
      await expect(from("B").filter({ pk__in: other }).all()).rejects.toThrow(differs);
    });

    it("of tables are refused", async () => {
      await expect(Shop.objects.asCte("shop").all()).rejects.toThrow(
        'asCte("shop"): there is a table of this name in the query.',
      );
      await expect(Shop.objects.filter({ orders__item: "tea" }).asCte("ORDER").all()).rejects.toThrow(FieldError);
      const open = Shop.objects as unknown as { asCte(...args: unknown[]): unknown };
      for (const wrong of [
        "",
        "1a",
        "a b",
        'a"; drop table shop',
        "t1",
        "T22",
        "tree_t3",
        "ä",
        "x".repeat(61),
        undefined,
        null,
        1,
        {},
      ]) {
        expect(() => open.asCte(wrong), inspect(wrong)).toThrow(/asCte\(name\) takes a name/);
      }
      for (const options of [null, 1, [], { materialised: true }, { materialized: 1 }, { materialized: null, x: 1 }]) {
        expect(() => open.asCte("x", options), JSON.stringify(options)).toThrow(FieldError);
      }
      expect(() => Shop.objects.filter({ pk: OuterRef("shop") }).asCte("x")).toThrow(
        'Shop: asCte(…) stands apart from the query around it, so that OuterRef("shop") has no row to name. Filter by it after asCte(…).',
      );
    });

    it("may be words of SQL", async () => {
      expect(await Shop.objects.asCte("select").filter({ name: "B" }).count()).toBe(1);
    });
  });

  it("goes on in Kysely", async () => {
    const rows = await top.filter({ pk__in: top }).toKysely().execute();
    expect(rows).toHaveLength(2);
  });
});
