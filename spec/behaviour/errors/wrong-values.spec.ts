import { describe, expect, it } from "vitest";
import { FieldError, fields, manager, Model, OrmError, Q, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Owner extends Model("owner", { id: fields.integer({ primaryKey: true }), name: fields.string({ default: "" }) }) {
  static objects = manager(this);
}

class Item extends Model("item", {
  id: fields.integer({ primaryKey: true }),
  owner: () => fields.foreignKey(Owner, { null: true }),
  name: fields.string({ maxLength: 50, default: "" }),
  age: fields.integer({ null: true }),
  big: fields.bigInteger({ null: true }),
  price: fields.decimal({ precision: 8, scale: 2, null: true }),
  ratio: fields.float({ null: true }),
  live: fields.boolean({ default: false }),
  day: fields.date({ null: true }),
  clock: fields.time({ null: true }),
  made: fields.datetime({ null: true }),
  key: fields.uuid({ null: true }),
  data: fields.json({ null: true }),
  bytes: fields.binary({ null: true }),
}) {
  static objects = manager(this);
}

const any = <T>(value: T): never => value as never;
const parsed = (text: string): unknown => JSON.parse(text) as unknown;

/** What a request's body may hold where a value was expected. */
const imposters: readonly unknown[] = [
  { _q: "title" },
  { connector: "where", where: { id: 1 }, items: [] },
  { not: "" },
  { $gt: "" },
  { toSqlString: () => "1 = 1" },
  { sql: "1 = 1", parameters: [] },
  { pk: 1, isSparse: false },
  { model: "Item", query: {} },
  parsed('{"__proto__": {"pk": 1}}'),
  parsed('{"constructor": {"name": "Item"}}'),
  { toString: () => "1", valueOf: () => 1 },
  { toOperationNode: () => ({ kind: "RawNode", sqlFragments: ["1 = 1"], parameters: [] }) },
  [],
  ["a"],
  [[1]],
];
const strangers: readonly unknown[] = [
  undefined,
  () => 1,
  Symbol("x"),
  new Map(),
  Number.NaN,
  Infinity,
  new Date(Number.NaN),
];

const scalar = [
  "name",
  "age",
  "big",
  "price",
  "ratio",
  "live",
  "day",
  "clock",
  "made",
  "key",
  "bytes",
  "pk",
  "owner",
] as const;
const lookups: readonly string[] = [
  ...scalar,
  ...scalar.map((name) => `${name}__ne`),
  ...[
    "name__icontains",
    "name__startswith",
    "name__regex",
    "age__gt",
    "price__lte",
    "made__gte",
    "day__year",
    "made__date",
  ],
  ...["owner__name", "owner__name__iexact", "owner__pk", "name__length", "name__lower"],
];

const wrong: readonly (readonly [string, readonly unknown[]])[] = [
  ["name", [1, true, 1n, new Date(), "a\0b", "\uD800"]],
  ["name__icontains", [1, null, "\0"]],
  ["name__regex", ["(", "[", null]],
  ["name__length", ["5"]],
  ["age", ["1", "", true, new Date()]],
  ["age__gt", [null, "1"]],
  ["age__range", [1, [1], [1, 2, 3], "1,2", [1, undefined], ["1", "2"], null, {}]],
  ["age__in", ["1", 5, null, {}, [undefined], ["1"], [{}], [[1]], new Map()]],
  ["age__isnull", ["true", 1, 0, null, "false", undefined]],
  ["big", ["1", true]],
  ["price", ["abc", "1e3", true, 1.5, ""]],
  ["live", [1, 0, "true", "false"]],
  ["day", ["2023-02-30", "yesterday", new Date(), "10000-01-01", ""]],
  ["day__year", ["2000", "", true]],
  ["clock", ["25:00", "noon"]],
  ["made", ["2024-01-01", 0, new Date(Number.NaN), new Date(9e15)]],
  ["made__date", [new Date(), "2023-02-30"]],
  ["key", ["abc", 1, ""]],
  ["bytes", ["abc", 1]],
  ["pk", ["1", true, new Date(), new Owner({})]],
  ["owner", ["1", true, new Item({}), new Owner({})]],
  ["owner__in", ["1", [new Item({})], [{ pk: 1 }], [new Owner({})]]],
];

onEngines("A value that a lookup cannot take", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, [Owner, Item], { onQuery: (event) => events.push(event) });

  const refused = async (work: () => unknown): Promise<FieldError> => {
    const sent = events.length;
    const error: unknown = await Promise.resolve()
      .then(work)
      .then(
        () => null,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(FieldError);
    expect(events).toHaveLength(sent);
    return error as FieldError;
  };

  describe("is refused before any SQL, naming model and lookup:", () => {
    it.each(lookups)("%s, for objects and strangers", async (lookup) => {
      for (const value of [...imposters, ...strangers]) {
        const where = any({ [lookup]: value });
        for (const work of [
          () => Item.objects.filter(where),
          () => Item.objects.exclude(where),
          () => Item.objects.filter(any(Q(where).not())),
          () => Item.objects.get(where),
        ]) {
          const { message } = await refused(work);
          expect(message).toMatch(new RegExp(`^Item: (filter|exclude|get)\\(\\{ ${lookup} \\}\\): `));
        }
        await refused(() => Item.objects.getOrCreate(where));
      }
    });

    it.each(wrong)("%s", async (lookup, values) => {
      for (const value of values) {
        const { message } = await refused(() => Item.objects.filter(any({ [lookup]: value })));
        expect(message).toContain(`filter({ ${lookup} }): `);
      }
    });
  });

  it("cannot stand for a whole condition", async () => {
    for (const value of [
      null,
      5,
      "name",
      [],
      [{ name: "x" }],
      new Date(),
      new Map(),
      () => 1,
      new Owner({}),
      Item.objects,
    ]) {
      await refused(() => Item.objects.filter(any(value)));
      await refused(() => Item.objects.exclude(any({ name: "x" }), any(value)));
      await refused(() => Item.objects.get(any(value)));
    }
    await refused(() => Q(any(5)));
    await refused(() => Q(any(null)));
    await refused(() => Q({ name: "x" }).or(any({ name: "y" })));
    await refused(() => Q.and(any({ name: "y" })));
    await refused(() => Item.objects.filter(any({ connector: "or", where: null, items: [] })));
  });

  it("cannot widen a condition: what JSON holds is never an expression, a row or a queryset", async () => {
    await Item.objects.create({ name: "only" });
    for (const body of [
      '{"name": {"_q": 1}}',
      '{"pk": {"pk": 1}}',
      '{"owner": {"pk": 1}}',
      '{"pk__in": {"_query": {}}}',
    ]) {
      await refused(() => Item.objects.filter(any(parsed(body))));
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("pk");
  });

  it("of another model's queryset is refused", async () => {
    await refused(() => Item.objects.filter({ owner__in: any(Item.objects) }));
    await refused(() => Item.objects.filter({ pk__in: any(Owner.objects) }));
    await refused(() => Item.objects.filter({ owner: any(Owner.objects) }));
    await refused(() => Item.objects.filter({ name__in: any(Owner.objects) }));
    expect(await Item.objects.filter({ owner__in: Owner.objects.filter({ name: "x" }) }).count()).toBe(0);
  });

  it("as an argument of a method is refused", async () => {
    const { objects } = Item;
    const works: readonly (() => unknown)[] = [
      () => objects.limit(any("1")),
      () => objects.limit(-1),
      () => objects.limit(1.5),
      () => objects.limit(Number.NaN),
      () => objects.limit(any(undefined)),
      () => objects.offset(any(null)),
      () => objects.slice(-1),
      () => objects.slice(0, any("5")),
      () => objects.limit(1).filter({ name: "x" }),
      () => objects.limit(1).orderBy("name"),
      () => objects.limit(1).reverse(),
      () => objects.limit(1).distinct(),
      () => objects.limit(1).last(),
      () => objects.limit(1).update({ name: "x" }),
      () => objects.limit(1).delete(),
      () => objects.update({ name: "x" }),
      () => objects.delete(),
      () => objects.filter({ name: "x" }).update(any({})),
      () => objects.filter({ name: "x" }).update(any(null)),
      () => objects.filter({ name: "x" }).update(any([])),
      () => objects.create(any(null)),
      () => objects.create(any("x")),
      () => objects.create(any([])),
      () => objects.bulkCreate(any({})),
      () => objects.bulkCreate(any([null])),
      () => objects.bulkCreate(any(["x"])),
      () => objects.bulkCreate([{}], { batchSize: 0 }),
      () => objects.bulkCreate([{}], { batchSize: any("5") }),
      () => objects.bulkCreate(any([new Owner({})])),
      () => objects.iterator({ chunkSize: 0 }).next(),
      () => objects.iterator({ chunkSize: any("x") }).next(),
      () => objects.inTimeZone("Nowhere/Land"),
      () => objects.inTimeZone(any(5)),
      () => objects.getOrCreate(any(null)),
      () => objects.getOrCreate(any({ name: "x" }), any({ defaults: 5 })),
      () => new Item(any(null)),
      () => new Item(any(5)),
      () => new Item(any(undefined)),
    ];
    for (const [index, work] of works.entries()) {
      const sent = events.length;
      const error: unknown = await Promise.resolve()
        .then(work)
        .then(
          () => `number ${index} was taken`,
          (reason: unknown) => reason,
        );
      expect(error, `number ${index}: ${String(work)}`).toBeInstanceOf(OrmError);
      expect((error as Error).message).toMatch(/Item/);
      expect(events.slice(sent).filter(({ sql }) => !/^select/i.test(sql))).toEqual([]);
    }
  });

  it("is taken where it is right", async () => {
    await Item.objects.delete({ all: true });
    const row = await Item.objects.create({ name: "x", age: 0, data: { a: 1 } });
    const zero = [
      { age: 0 },
      { age__in: new Set([0]) },
      { age__range: [-1, 1] },
      { name__in: ["x", "y"] },
      { pk: row },
    ];
    for (const where of zero) expect(await Item.objects.filter(where as never).count()).toBe(1);
    expect(await Item.objects.filter({ age__in: [] }).count()).toBe(0);
    expect(await Item.objects.exclude({ age__in: [] }).count()).toBe(1);
    expect(await Item.objects.filter({ age: null }).count()).toBe(0);
    expect(await Item.objects.filter().count()).toBe(1);
    expect(await Item.objects.filter({}).count()).toBe(1);
    expect(await Item.objects.filter(Object.assign(Object.create(null) as object, { age: 0 })).count()).toBe(1);
  });
});
