import { beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  DatabaseError,
  F,
  FieldError,
  fields,
  manager,
  Model,
  NotSupportedError,
  OuterRef,
  Subquery,
  Sum,
} from "dunder-orm";
import { JsonExtract } from "dunder-orm/json";
import { jsonColumn, jsonExists, jsonTable, nestedColumns, ordinality } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

interface Line {
  readonly sku?: string | null;
  readonly quantity?: number;
  readonly tags?: readonly string[];
  readonly [other: string]: unknown;
}

class Order extends Model("my_table_order", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  data: fields.json<{ items: readonly Line[] }>({ null: true }),
}) {
  static objects = manager(this);
}

class Product extends Model("my_table_product", {
  sku: fields.string({ maxLength: 10, primaryKey: true }),
  price: fields.decimal({ precision: 8, scale: 2 }),
}) {
  static objects = manager(this);
}

const item = jsonTable("item", "data__items", "$[*]", {
  at: ordinality(),
  sku: fields.string(),
  n: jsonColumn(fields.integer(), { path: "$.quantity", onEmpty: { default: 1 } }),
  tagged: jsonExists("$.tags"),
});

onEngines("JSON_TABLE", (engine) => {
  useDatabase(engine, [Order, Product]);
  const rows = Order.objects.join(item, {});

  if (engine.name !== "mysql") {
    it("is refused by name", async () => {
      const error = await rows.all().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(NotSupportedError);
      expect((error as Error).message).toContain("jsonTable(…) is there on MySQL and MariaDB");
    });
    describe.skip("its rows", () => undefined);
    return;
  }

  beforeAll(async () => {
    await Order.objects.bulkCreate([
      {
        id: 1,
        name: "one",
        data: {
          items: [
            { sku: "a1", quantity: 3, tags: ["x", "Y"] },
            { sku: "A1", tags: [] },
          ],
        },
      },
      { id: 2, name: "two", data: { items: [{ sku: null, quantity: 5 }] } },
      { id: 3, name: "three", data: { items: [] } },
      { id: 4, name: "four", data: null },
    ]);
    await Product.objects.bulkCreate([
      { sku: "a1", price: "1.50" },
      { sku: "b2", price: "2.00" },
    ]);
  });

  it("puts each item of a list beside its row", async () => {
    expect(
      await rows.orderBy("id", "item__at").values("id", "item__at", "item__sku", "item__n", "item__tagged").all(),
    ).toEqual([
      { id: 1, item__at: 1, item__sku: "a1", item__n: 3, item__tagged: true },
      { id: 1, item__at: 2, item__sku: "A1", item__n: 1, item__tagged: true },
      { id: 2, item__at: 1, item__sku: null, item__n: 5, item__tagged: false },
    ]);
    expect((await rows.orderBy("id", "item__at").all()).map(({ name }) => name)).toEqual(["one", "one", "two"]);
    expect(await rows.count()).toBe(3);
  });

  it("keeps rows that have none", async () => {
    const all = Order.objects.join(item, {}, { left: true }).orderBy("id", "item__at");
    expect(await all.valuesList("id", "item__n", "item__tagged").all()).toEqual([
      [1, 3, true],
      [1, 1, true],
      [2, 5, false],
      [3, null, null],
      [4, null, null],
    ]);
    expect(await all.filter({ item__isnull: true }).valuesList("id", { flat: true }).all()).toEqual([3, 4]);
    expect(await all.exclude({ item__n__gte: 3 }).valuesList("id", { flat: true }).all()).toEqual([1, 3, 4]);
  });

  it("tells texts apart as columns do", async () => {
    expect(await rows.filter({ item__sku: "a1" }).count()).toBe(1);
    expect(await rows.filter({ item__sku__iexact: "a1" }).count()).toBe(2);
    expect(await rows.filter({ item__sku__startswith: "A" }).count()).toBe(1);
    const sold = Product.objects.filter({ pk__in: rows.values("item__sku") });
    expect(await sold.valuesList("sku", { flat: true }).all()).toEqual(["a1"]);
  });

  it("narrows by a condition, and is joined on to further rows", async () => {
    const priced = Order.objects
      .join(item, { item__n__gt: 1 })
      .join(Product.alias("product"), { product__sku: F("item__sku") }, { left: true });
    expect(await priced.orderBy("id").valuesList("id", "item__sku", "product__price").all()).toEqual([
      [1, "a1", "1.50"],
      [2, null, null],
    ]);
  });

  it("annotates, groups, updates and stands in other querysets", async () => {
    expect(
      await rows
        .annotate({ double: F("item__n").mul(2) })
        .orderBy("-double")
        .valuesList("double", { flat: true })
        .all(),
    ).toEqual([10, 6, 2]);
    expect(
      await rows
        .values("id")
        .annotate({ n: Sum("item__n"), lines: Count("*") })
        .orderBy("id")
        .all(),
    ).toEqual([
      { id: 1, n: 4, lines: 2 },
      { id: 2, n: 5, lines: 1 },
    ]);
    expect(await Order.objects.filter({ pk__in: rows.filter({ item__n: 5 }) }).count()).toBe(1);
    expect(await rows.filter({ item__sku: "A1" }).update({ name: "One" })).toBe(1);
    expect(await Order.objects.filter({ name: "One" }).update({ name: "one" })).toBe(1);
    const sold = Product.objects.filter({ sku: OuterRef("item__sku") }).values("price");
    expect(
      await rows
        .annotate({ price: Subquery(sold) })
        .orderBy("-price")
        .valuesList("price", { flat: true })
        .all(),
    ).toEqual(["1.50", null, null]);
  });

  it("reads what stands in lists within, and its place there", async () => {
    const tags = jsonTable("line", "data__items", "$[*]", {
      sku: fields.string(),
      tags: nestedColumns("$.tags[*]", { place: ordinality(), tag: jsonColumn(fields.string(), { path: "$" }) }),
    });
    const all = Order.objects.join(tags, {}).orderBy("id", "line__sku", "line__place");
    expect(await all.valuesList("id", "line__sku", "line__place", "line__tag").all()).toEqual([
      [1, "A1", null, null],
      [1, "a1", 1, "x"],
      [1, "a1", 2, "Y"],
      [2, null, null, null],
    ]);
    expect(await all.filter({ line__tag: "x" }).count()).toBe(1);
  });

  it("reads every kind that JSON has", async () => {
    const held = {
      items: [
        {
          text: "ünï",
          int: -7,
          small: 3,
          float: 1.5,
          price: 12.5,
          yes: true,
          id: "0b6ad2c0-5a5f-4a3f-8a39-6d1d3cf1c2aa",
          day: "2024-02-29",
          time: "10:20:30.5",
          more: { a: [1, null] },
          "what? 'is'": "it",
        },
        {},
      ],
    };
    await Order.objects.create({ id: 9, name: "nine", data: held });
    const kinds = jsonTable("it", "data__items", "$[*]", {
      at: ordinality(),
      text: fields.text(),
      int: fields.integer(),
      small: fields.smallInteger(),
      big: jsonColumn(fields.bigInteger(), { path: "$.int" }),
      float: fields.float(),
      price: fields.decimal({ precision: 8, scale: 2 }),
      yes: fields.boolean(),
      uuid: jsonColumn(fields.uuid(), { path: "$.id" }),
      day: fields.date(),
      time: fields.time(),
      more: fields.json<{ a: unknown[] }>(),
      odd: jsonColumn(fields.string(), { path: "$.\"what? 'is'\"" }),
    });
    const read = Order.objects.filter({ id: 9 }).join(kinds, {}).orderBy("it__at");
    const columns = [
      "text",
      "int",
      "small",
      "big",
      "float",
      "price",
      "yes",
      "uuid",
      "day",
      "time",
      "more",
      "odd",
    ] as const;
    const [first, second] = await read.valuesList(...columns.map((name) => `it__${name}` as const)).all();
    expect(first).toEqual([
      "ünï",
      -7,
      3,
      -7n,
      1.5,
      "12.50",
      true,
      "0b6ad2c0-5a5f-4a3f-8a39-6d1d3cf1c2aa",
      "2024-02-29",
      "10:20:30.5",
      { a: [1, null] },
      "it",
    ]);
    expect(second).toEqual(columns.map(() => null));
    expect(await read.filter({ it__more__a__0: 1, it__day__year: 2024, it__yes: true }).count()).toBe(1);
    await Order.objects.filter({ id: 9 }).delete();
  });

  it("gives defaults of each kind for what is not there, and throws for what must be", async () => {
    const defaults = jsonTable("it", "data__items", "$[*]", {
      text: jsonColumn(fields.string(), { path: "$.x", onEmpty: { default: 'it\'s \\ "so"' } }),
      price: jsonColumn(fields.decimal({ precision: 8, scale: 2 }), { path: "$.x", onEmpty: { default: "1.50" } }),
      yes: jsonColumn(fields.boolean(), { path: "$.x", onEmpty: { default: true } }),
      big: jsonColumn(fields.bigInteger(), { path: "$.x", onEmpty: { default: 9007199254740993n } }),
      day: jsonColumn(fields.date(), { path: "$.x", onEmpty: { default: "2024-01-01" } }),
      more: jsonColumn(fields.json<{ a: number }>(), { path: "$.x", onEmpty: { default: { a: 1 } } }),
    });
    const two = Order.objects.filter({ id: 2 });
    expect(
      await two
        .join(defaults, {})
        .valuesList("it__text", "it__price", "it__yes", "it__big", "it__day", "it__more")
        .all(),
    ).toEqual([['it\'s \\ "so"', "1.50", true, 9007199254740993n, "2024-01-01", { a: 1 }]]);
    const strict = jsonTable("it", "data__items", "$[*]", {
      x: jsonColumn(fields.string(), { onEmpty: "error" }),
      y: jsonColumn(fields.string(), { path: "$", onError: "error" }),
    });
    await expect(two.join(strict, {}).values("it__x").all()).rejects.toThrow(DatabaseError);
  });

  it("takes an expression, other paths, and the whole value", async () => {
    const first = jsonTable("first", JsonExtract("data", ["items", 0]), "$", { sku: fields.string() });
    expect(await Order.objects.join(first, {}).orderBy("id").valuesList("id", "first__sku").all()).toEqual([
      [1, "a1"],
      [2, null],
    ]);
    const any = jsonTable("any", "data", "$.items[0].tags[1]", { tag: jsonColumn(fields.string(), { path: "$" }) });
    expect(await Order.objects.join(any, {}).valuesList("id", "any__tag").all()).toEqual([[1, "Y"]]);
  });

  it("is compiled once for all values", async () => {
    const atLeast = (n: number) =>
      Order.objects
        .join(jsonTable("item", "data__items", "$[*]", { quantity: fields.integer() }), {})
        .filter({ item__quantity__gte: n })
        .count();
    expect([await atLeast(1), await atLeast(4), await atLeast(6)]).toEqual([2, 1, 0]);
  });
});

describe("What JSON_TABLE is declared with", () => {
  const column = { x: fields.string() };
  it.each([
    ["no path", () => jsonTable("x", "data", "items", column), "a path begins with $"],
    ["a path with a backslash", () => jsonTable("x", "data", '$."a\\"', column), "a path begins with $"],
    ["no columns", () => jsonTable("x", "data", "$", {}), "columns are fields by name"],
    ["what is no column", () => jsonTable("x", "data", "$", { x: 3 }), '"x" is a field such as fields.string()'],
    ["a name with a path in it", () => jsonTable("x", "data", "$", { a__b: fields.string() }), "single underscores"],
    ["a kind that JSON has not", () => jsonTable("x", "data", "$", { x: fields.datetime() }), 'the kind "datetime"'],
    [
      "a field with a default",
      () => jsonTable("x", "data", "$", { x: fields.string({ default: "y" }) }),
      "has no default",
    ],
    [
      "two columns of a name",
      () => jsonTable("x", "data", "$", { ...column, y: nestedColumns("$", { X: fields.string() }) }),
      'called "X"',
    ],
    ["another option", () => jsonColumn(fields.string(), { at: "$" } as never), 'no option "at"'],
    [
      "a default of another kind",
      () => jsonColumn(fields.integer(), { onEmpty: { default: "x" as never } }),
      "onEmpty",
    ],
    [
      "a default of nothing",
      () => jsonColumn(fields.integer(), { onError: {} as never }),
      '"null", "error" or { default',
    ],
    ["no field", () => jsonColumn({}), "expected a field"],
    ["no path to look at", () => jsonExists("x"), "a path begins with $"],
  ])("refuses %s", (_, work, message) => {
    expect(work).toThrow(ConfigurationError);
    expect(work).toThrow(message);
  });

  it("refuses what is no JSON, and names that are not there", () => {
    expect(() => Order.objects.join(jsonTable("x", "name", "$", column), {})).toThrow(FieldError);
    expect(() => Order.objects.join(jsonTable("x", "name", "$", column), {})).toThrow("jsonTable works on JSON");
    expect(() => Order.objects.join(jsonTable("x", "dta", "$", column), {})).toThrow('Did you mean "data"');
    // @ts-expect-error ✗ no such field or lookup: item__skuu
    expect(() => Order.objects.join(item, {}).filter({ item__skuu: "x" })).toThrow('Did you mean "sku"');
    // @ts-expect-error ✗ no such field or lookup: item__n__contains
    expect(() => Order.objects.join(item, {}).filter({ item__n__contains: "x" })).toThrow("contains");
    // @ts-expect-error Type 'string' is not assignable to type 'number'
    expect(() => jsonColumn(fields.integer(), { onEmpty: { default: "x" } })).toThrow(ConfigurationError);
  });
});
