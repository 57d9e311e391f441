import { beforeAll, expect, it } from "vitest";
import {
  Avg,
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
  OuterRef,
  Subquery,
  Sum,
  Value,
  When,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shop extends Model("shop", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  factor: fields.integer(),
  least: fields.decimal({ precision: 8, scale: 2 }),
  opened: fields.date(),
  since: fields.datetime(),
  open: fields.boolean(),
  goods: () => fields.hasMany(Good, "shop"),
}) {
  static objects = manager(this);
}

class Good extends Model("good", {
  id: fields.integer({ primaryKey: true }),
  shop: () => fields.foreignKey(Shop, { null: true }),
  name: fields.string({ maxLength: 40 }),
  count: fields.integer({ null: true }),
  price: fields.decimal({ precision: 10, scale: 4 }),
  made: fields.date(),
  sold: fields.datetime({ null: true }),
}) {
  static objects = manager(this);
}

onEngines("OuterRef", (engine) => {
  useDatabase(engine, [Shop, Good]);

  beforeAll(async () => {
    const at = (text: string) => new Date(text);
    await Shop.objects.bulkCreate([
      {
        id: 1,
        name: "One",
        factor: 2,
        least: "1.50",
        opened: "2001-01-01",
        since: at("2001-06-01T12:00:00Z"),
        open: true,
      },
      {
        id: 2,
        name: "Two",
        factor: 10,
        least: "3.00",
        opened: "2005-05-05",
        since: at("2005-06-01T12:00:00Z"),
        open: false,
      },
    ]);
    await Good.objects.bulkCreate([
      {
        id: 1,
        shop: 1,
        name: "one cup",
        count: 3,
        price: "1.5000",
        made: "2001-01-02",
        sold: at("2001-06-01T12:00:01Z"),
      },
      { id: 2, shop: 1, name: "Plate", count: 20, price: "10.0000", made: "2000-12-31", sold: null },
      {
        id: 3,
        shop: 2,
        name: "two%",
        count: null,
        price: "3.0000",
        made: "2005-05-05",
        sold: at("2005-06-01T11:59:59Z"),
      },
      { id: 4, shop: 2, name: "Fork", count: 10, price: "2.9999", made: "2006-01-01", sold: null },
    ]);
  });

  const theirs = Good.objects.filter({ shop: OuterRef("id") });
  const shops = async (goods: object) =>
    Shop.objects
      .filter(Exists(theirs.filter(goods as never)))
      .orderBy("id")
      .valuesList("id", { flat: true })
      .all();

  it("is a number, with which one can work", async () => {
    expect(await shops({ count__gt: OuterRef("factor") })).toEqual([1]);
    expect(await shops({ count: OuterRef("factor").add(1) })).toEqual([1]);
    expect(await shops({ count__gte: OuterRef("factor").mul(OuterRef("factor")).div(10) })).toEqual([1, 2]);
    expect(await shops({ count__in: [OuterRef("factor"), 20] })).toEqual([1, 2]);
    expect(await shops({ count__range: [OuterRef("factor"), OuterRef("factor").add(1)] })).toEqual([1, 2]);
    expect(await shops(OuterRef("factor").add(1).gt(5))).toEqual([2]);
    expect(await shops(OuterRef("factor").in([2, 3]))).toEqual([1]);
    expect(await shops(OuterRef("factor").add(F("count")).eq(5))).toEqual([1]);
  });

  it("is a decimal beside other ones", async () => {
    expect(await shops({ price: OuterRef("least") })).toEqual([1, 2]);
    expect(await shops({ price__lt: OuterRef("least") })).toEqual([2]);
    expect(await shops({ price__gt: OuterRef("least").mul(OuterRef("factor")) })).toEqual([1]);
    expect(await shops({ price__gt: OuterRef("factor") })).toEqual([1]);
    expect(await shops({ count: OuterRef("least").mul(2) })).toEqual([1]);
  });

  it("is a date, an instant, and parts of these", async () => {
    expect(await shops({ made__gte: OuterRef("opened") })).toEqual([1, 2]);
    expect(await shops({ made__lt: OuterRef("opened") })).toEqual([1]);
    expect(await shops({ made__year: OuterRef("opened__year") })).toEqual([1, 2]);
    expect(await shops({ sold__gt: OuterRef("since") })).toEqual([1]);
    await expect(shops({ sold: OuterRef("since").add(1000) })).rejects.toThrow(
      "a datetime cannot be added to a number",
    );
    expect(await shops({ sold: OuterRef("since").add(Value(1000, "duration")) })).toEqual([1]);
  });

  it("is a text, and a truth", async () => {
    expect(await shops({ name__istartswith: OuterRef("name") })).toEqual([1, 2]);
    expect(await shops({ name__startswith: Lower(OuterRef("name")) })).toEqual([1, 2]);
    expect(await shops({ name: Concat(Lower(OuterRef("name")), Value("%")) })).toEqual([2]);
    expect(await shops(OuterRef("open"))).toEqual([1]);
    expect(await shops(Case(When(OuterRef("open"), F("count")), { default: OuterRef("factor") }).eq(10))).toEqual([2]);
  });

  it("is what rows around were annotated with", async () => {
    const rows = Shop.objects.annotate({ twice: F("factor").mul(2), n: Count("goods") });
    const found = rows.filter(Exists(theirs.filter({ count__gte: OuterRef("twice").sub(1) })));
    expect(await found.valuesList("id", { flat: true }).all()).toEqual([1]);
    const few = rows.filter(Exists(Good.objects.filter({ id: OuterRef("n") })));
    expect(await few.count()).toBe(2);
  });

  it("stands in annotations and values of the query within", async () => {
    const ratio = theirs.annotate({ ratio: F("count").sub(OuterRef("factor")) });
    expect(
      await Shop.objects
        .annotate({
          most: Subquery(
            ratio
              .orderBy(F("ratio").desc({ nulls: "last" }))
              .values("ratio")
              .limit(1),
          ),
        })
        .orderBy("id")
        .values("id", "most")
        .all(),
    ).toEqual([
      { id: 1, most: 18 },
      { id: 2, most: 0 },
    ]);
    expect(await Shop.objects.filter({ pk__in: ratio.filter({ ratio__gt: 0 }).values("shop") }).count()).toBe(1);
    const cost = theirs
      .values({ cost: F("price").mul(OuterRef("factor")) })
      .orderBy("-cost")
      .limit(1);
    expect(
      await Shop.objects
        .annotate({ cost: Subquery(cost) })
        .orderBy("id")
        .valuesList("cost", { flat: true })
        .all(),
    ).toEqual(["20.0000", "30.0000"]);
  });

  it("is worked into aggregates of the query within", async () => {
    const total = (of: object) => {
      const grouped = theirs
        .values("shop")
        .annotate({ total: of as never })
        .values("total");
      return Shop.objects
        .annotate({ total: Subquery(grouped as never) })
        .orderBy("id")
        .valuesList("total" as never, { flat: true })
        .all();
    };
    expect(await total(Sum(F("count").mul(OuterRef("factor"))))).toEqual([46, 100]);
    expect(await total(Sum(OuterRef("factor")))).toEqual([4, 20]);
    expect(await total(Count(OuterRef("factor").add(1)))).toEqual([2, 2]);
    expect(await total(Max(OuterRef("opened")))).toEqual(["2001-01-01", "2005-05-05"]);
    expect(await total(Avg(OuterRef("factor"), { filter: { count__gt: OuterRef("factor") } as never }))).toEqual([
      2,
      null,
    ]);
  });

  it("reaches two levels", async () => {
    const same = Good.objects.filter({
      shop: OuterRef(OuterRef("id")),
      count__gt: OuterRef(OuterRef("factor")),
      id: OuterRef("id"),
    });
    expect(await shops(Exists(same))).toEqual([1]);
    const next = Good.objects.filter({
      id: OuterRef("id"),
      price: OuterRef(OuterRef("least")).add(Value("8.5", "decimal")),
    });
    expect(await shops(Exists(next))).toEqual([1]);
  });

  it("stands under NOT, across many related rows, and in update", async () => {
    const ids = (query: { valuesList(name: "id", options: { flat: true }): { all(): Promise<number[]> } }) =>
      query.valuesList("id", { flat: true }).all();
    const others = Shop.objects.filter({
      id__ne: OuterRef("shop__id"),
      goods__count__gt: OuterRef("shop__factor").add(9),
    });
    expect(await ids(Good.objects.filter(Exists(others)).orderBy("id"))).toEqual([3, 4]);
    const none = Shop.objects.filter({ id: OuterRef("shop") }).exclude({ goods__count: OuterRef("count") });
    expect(await ids(Good.objects.filter(Exists(none)).orderBy("id"))).toEqual([3]);
    const factor = Shop.objects.filter({ id: OuterRef("shop") }).values({ x: F("factor").add(OuterRef("count")) });
    await Good.objects.filter({ count__isnull: false }).update({ count: Subquery(factor) });
    expect(await Good.objects.orderBy("id").valuesList("count", { flat: true }).all()).toEqual([5, 22, null, 20]);
  });

  it("is refused where it does not fit the place, or there is none", async () => {
    const within = (goods: object) => () => Shop.objects.filter(Exists(Good.objects.filter(goods as never)));
    expect(within({ count: OuterRef("nope") })).toThrow('Shop has no field "nope" in OuterRef({ nope })');
    expect(within({ count: OuterRef("name") })).toThrow("a number cannot be compared with a text");
    expect(within({ count: OuterRef("name").add(1) })).toThrow(FieldError);
    expect(within(OuterRef("name"))).toThrow("expected a condition");
    expect(() => Good.objects.filter({ shop__in: Shop.objects.filter({ name: OuterRef("count") }) as never })).toThrow(
      "Good: filter({ shop__in }): a text cannot be compared with a number",
    );
    await expect(Good.objects.filter({ count: OuterRef("factor") }).all()).rejects.toThrow("there is none");
    await expect(
      Good.objects.filter(Exists(Shop.objects.filter({ id: OuterRef(OuterRef("x")) }))).all(),
    ).rejects.toThrow('OuterRef(OuterRef("x")) names a column of a query around this one');
  });
});
