import { beforeAll, describe, expect, it } from "vitest";
import type { Database } from "dunder-orm";
import {
  Cast,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  Length,
  Lower,
  manager,
  Model,
  NotSupportedError,
  OuterRef,
  Subquery,
  Upper,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { without } from "../../support/without.js";

class Maker extends Model("maker", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  cars: () => fields.hasMany(Car, "maker"),
}) {
  static objects = manager(this);
}

class Car extends Model(
  "car",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 40 }),
    maker: () => fields.foreignKey(Maker, { null: true }),
    seats: fields.integer({ null: true }),
    price: fields.decimal({ precision: 8, scale: 2 }),
    built: fields.date({ null: true }),
    sold: fields.datetime({ null: true }),
    extras: fields.json({ null: true }),
  },
  { ordering: ["-id"] },
) {
  static objects = manager(this);

  get label(): string {
    return `a ${this.name}`;
  }
}

class Boat extends Model("boat", {
  id: fields.integer({ primaryKey: true }),
  name: fields.text(),
  berths: fields.bigInteger(),
  price: fields.decimal({ precision: 9, scale: 3 }),
}) {
  static objects = manager(this);
}

const names = async (set: { all(): Promise<readonly { readonly name: string }[]> }): Promise<string[]> =>
  (await set.all()).map(({ name }) => name);

onEngines("union, intersection and difference", (engine) => {
  const held = useDatabase(engine, [Maker, Car, Boat]);
  beforeAll(async () => {
    const volvo = await Maker.objects.create({ name: "Volvo" });
    const saab = await Maker.objects.create({ name: "Saab" });
    await Car.objects.bulkCreate([
      { name: "Amazon", maker: volvo, seats: 5, price: "10.00", built: "1960-05-01", extras: { radio: true } },
      { name: "Duett", maker: volvo, seats: 2, price: "12.50", sold: new Date("2020-01-02T03:04:05.678Z") },
      { name: "Sonett", maker: saab, seats: 2, price: "10.00", extras: [1, 2] },
      { name: "Häns", seats: null, price: "0.10", built: "1999-12-31" },
    ]);
    await Boat.objects.bulkCreate([
      { name: "Sonett", berths: 4n, price: "10.000" },
      { name: "sonett", berths: 9007199254740993n, price: "10.125" },
      { name: "Häns", berths: 2n, price: "0.100" },
    ]);
  });

  const two = Car.objects.filter({ seats: 2 });
  const cheap = Car.objects.filter({ price: "10.00" });
  const nordic = Car.objects.filter({ maker__name__in: ["Volvo", "Saab"] });

  describe("rows of a model", () => {
    it("come as instances, each once unless all are kept", async () => {
      const [first, ...rest] = await two.union(cheap).orderBy("name").all();
      expect(first).toBeInstanceOf(Car);
      expect([first?.label, first?.extras, first?.maker?.pk]).toEqual(["a Amazon", { radio: true }, 1]);
      expect(rest.map(({ name }) => name)).toEqual(["Duett", "Sonett"]);
      expect(await names(two.union(cheap, { all: true }).orderBy("name"))).toEqual([
        "Amazon",
        "Duett",
        "Sonett",
        "Sonett",
      ]);
      expect(await names(two.intersection(cheap))).toEqual(["Sonett"]);
      expect(await names(two.difference(cheap))).toEqual(["Duett"]);
      expect(await names(nordic.difference(two, cheap))).toEqual([]);
      expect(await names(nordic.intersection(two, cheap))).toEqual(["Sonett"]);
    });

    it("can be changed and saved", async () => {
      const [row] = await two.intersection(cheap).all();
      await row?.update({ seats: 3 });
      expect((await Car.objects.get({ name: "Sonett" })).seats).toBe(3);
      await row?.update({ seats: 2 });
    });

    it("are ordered by what they hold, NULLs, relations to one row and expressions among it", async () => {
      const all = Car.objects.union(two);
      expect(await names(all.orderBy("-name"))).toEqual(["Sonett", "Häns", "Duett", "Amazon"]);
      expect(await names(all.orderBy("-pk"))).toEqual(["Häns", "Sonett", "Duett", "Amazon"]);
      expect(await names(all.orderBy(F("seats").desc({ nulls: "first" }), "price"))).toEqual([
        "Häns",
        "Amazon",
        "Sonett",
        "Duett",
      ]);
      expect(await names(all.orderBy(Length("name"), "name"))).toEqual(["Häns", "Duett", "Amazon", "Sonett"]);
      expect(await names(nordic.union(two).orderBy("maker__name", "-name"))).toEqual(["Sonett", "Duett", "Amazon"]);
      expect(await names(all.orderBy("name").reverse())).toEqual(["Sonett", "Häns", "Duett", "Amazon"]);
    });

    it("are sliced and counted", async () => {
      const set = Car.objects.union(two).orderBy("name");
      expect(await names(set.limit(2))).toEqual(["Amazon", "Duett"]);
      expect(await names(set.slice(1, 3))).toEqual(["Duett", "Häns"]);
      expect(await names(set.offset(3))).toEqual(["Sonett"]);
      expect([await set.count(), await set.limit(3).count(), await set.offset(9).count()]).toEqual([4, 3, 0]);
      expect([await set.exists(), await set.offset(9).exists(), await two.difference(Car.objects).exists()]).toEqual([
        true,
        false,
        false,
      ]);
      expect(await two.union(cheap, { all: true }).count()).toBe(4);
    });

    it("have a first and a last, by key where there is no order, and one where there is one", async () => {
      const set = two.union(cheap);
      expect([(await set.first())?.name, (await set.last())?.name]).toEqual(["Amazon", "Sonett"]);
      expect((await set.orderBy("-name").first())?.name).toBe("Sonett");
      expect((await set.earliest("price", "-id")).name).toBe("Sonett");
      expect((await set.latest("price")).name).toBe("Duett");
      expect((await two.intersection(cheap).get()).name).toBe("Sonett");
      await expect(set.get()).rejects.toThrow(Car.MultipleObjectsReturned);
      await expect(two.difference(two).get()).rejects.toThrow(Car.DoesNotExist);
      expect(await two.difference(two).getOrNull()).toBeNull();
      expect(await two.difference(two).first()).toBeNull();
    });

    it("are streamed", async () => {
      const found: string[] = [];
      for await (const car of two.union(cheap).orderBy("id").iterator({ chunkSize: 2 })) found.push(car.name);
      expect(found).toEqual(["Amazon", "Duett", "Sonett"]);
    });

    it("give values of theirs", async () => {
      const set = two.union(cheap).orderBy("name");
      expect(await set.values("name", "maker").limit(1).all()).toEqual([{ name: "Amazon", maker: 1 }]);
      expect(await set.valuesList("price", { flat: true }).all()).toEqual(["10.00", "12.50", "10.00"]);
      expect(await set.values("name", { low: Lower("name") }).first()).toEqual({ name: "Amazon", low: "amazon" });
      expect(await set.values("maker__name").last()).toEqual({ maker__name: "Saab" });
      expect(Object.keys((await set.values().first()) ?? {})).toContain("extras");
    });

    it("keep annotations and the relations of the first that are fetched along", async () => {
      const counted = Maker.objects.annotate({ n: Count("cars") });
      const set = counted
        .filter({ n: 2 })
        .union(counted.filter({ n: 1 }))
        .orderBy("-n");
      expect((await set.all()).map(({ name, n }) => [name, n])).toEqual([
        ["Volvo", 2],
        ["Saab", 1],
      ]);
      expect(await set.valuesList("n", { flat: true }).all()).toEqual([2, 1]);
      const [car] = await two.selectRelated("maker").union(cheap).orderBy("id").all();
      expect(car?.maker?.name).toBe("Volvo");
    });

    it("come from parts that are ordered and sliced", async () => {
      const dearest = Car.objects.orderBy("-price").limit(1);
      const oldest = Car.objects.orderBy("id").slice(0, 1);
      expect(await names(dearest.union(oldest).orderBy("id"))).toEqual(["Amazon", "Duett"]);
      expect(await names(oldest.union(dearest, oldest).orderBy("-id"))).toEqual(["Duett", "Amazon"]);
      expect(await names(Car.objects.orderBy("id").limit(3).difference(oldest).orderBy("id"))).toEqual([
        "Duett",
        "Sonett",
      ]);
      expect(await names(two.orderBy("name").union(cheap.orderBy("-name")).orderBy("-name").limit(1))).toEqual([
        "Sonett",
      ]);
      const distinct = Car.objects.distinct().orderBy("maker__name", "id").limit(2);
      expect(await distinct.union(oldest).count()).toBeGreaterThan(1);
    });

    it("of other limits and values by the same plan", async () => {
      const some = (seats: number, rows: number) =>
        Car.objects.filter({ seats }).union(Car.objects.orderBy("id").limit(rows)).count();
      expect([await some(2, 1), await some(5, 1), await some(2, 0), await some(9, 3)]).toEqual([3, 1, 2, 3]);
    });
  });

  describe("nesting", () => {
    it("is as in the code", async () => {
      const [a, b, c] = [two, cheap, Car.objects.filter({ name: "Häns" })] as const;
      expect(await names(a.union(b.intersection(c)).orderBy("name"))).toEqual(["Duett", "Sonett"]);
      expect(await names(a.union(b).intersection(c))).toEqual([]);
      expect(await names(a.difference(b.difference(a)).orderBy("name"))).toEqual(["Duett", "Sonett"]);
      expect(await names(a.difference(b).difference(a))).toEqual([]);
      expect(await names(c.union(a.difference(b)).orderBy("name"))).toEqual(["Duett", "Häns"]);
      expect(await names(a.union(b).union(c).orderBy("name").limit(3).union(c).orderBy("name"))).toEqual([
        "Amazon",
        "Duett",
        "Häns",
      ]);
      expect(await a.union(b, { all: true }).union(c).count()).toBe(4);
      expect(await a.union(b).union(c, a, { all: true }).count()).toBe(6);
    });
  });

  describe("none()", () => {
    it("adds nothing, takes nothing away, and has nothing in common with anything", async () => {
      const none = Car.objects.none();
      expect(await names(none.union(two).orderBy("name"))).toEqual(["Duett", "Sonett"]);
      expect(await names(two.union(none, none).orderBy("name"))).toEqual(["Duett", "Sonett"]);
      expect(await none.union(none).count()).toBe(0);
      expect(await none.union(two, cheap).count()).toBe(3);
      expect(await two.intersection(none).all()).toEqual([]);
      expect(await none.intersection(two).count()).toBe(0);
      expect(await names(two.difference(none).orderBy("name"))).toEqual(["Duett", "Sonett"]);
      expect(await none.difference(two).exists()).toBe(false);
      expect(await two.union(Car.objects.filter({ id__in: [] })).count()).toBe(2);
      const seats = Car.objects.values("seats");
      expect(await seats.none().union(seats).count()).toBe(3);
      expect(await seats.none().union(seats, { all: true }).count()).toBe(4);
      expect(await seats.difference(seats.none()).count()).toBe(3);
      expect(await Maker.objects.values("name").none().union(two.values("name")).orderBy("name").first()).toEqual({
        name: "Duett",
      });
    });
  });

  describe("values", () => {
    it("of several models, by the names of the first", async () => {
      const set = Car.objects.values("name").union(Boat.objects.values("name"));
      expect(await set.orderBy("name").valuesList("name", { flat: true }).count()).toBe(5);
      expect(await names(Car.objects.values("name").intersection(Boat.objects.values("name")).orderBy("name"))).toEqual(
        ["Häns", "Sonett"],
      );
      expect(await names(Boat.objects.values("name").difference(Car.objects.values("name")))).toEqual(["sonett"]);
      const mixed = Car.objects.valuesList("name", "seats").union(Boat.objects.valuesList("name", "id"), { all: true });
      expect(await mixed.orderBy("seats", "name").last()).toEqual(
        engine.name === "postgres" ? ["Häns", null] : ["Amazon", 5],
      );
      const flat = Car.objects
        .valuesList("maker__name", { flat: true })
        .union(Boat.objects.valuesList("name", { flat: true }));
      expect((await flat.orderBy("maker__name").all()).filter((name) => name !== null)).toHaveLength(5);
    });

    it("of several kinds of numbers, as one that holds them all", async () => {
      const prices = Car.objects.values("price").union(Boat.objects.values("price")).orderBy("price");
      expect(await prices.valuesList("price", { flat: true }).all()).toEqual(["0.100", "10.000", "10.125", "12.500"]);
      const sizes = Car.objects.values("seats").intersection(Boat.objects.values("berths"));
      expect(await sizes.all()).toEqual([{ seats: 2n }]);
      const all = Boat.objects.values({ n: F("berths") }).union(Car.objects.values({ n: F("price") }));
      expect(await all.orderBy("-n").valuesList("n", { flat: true }).first()).toBe("9007199254740993.00");
    });

    it("of dates, instants and JSON, with NULLs once", async () => {
      const built = Car.objects.values("built").union(Car.objects.values("built"));
      expect(await built.count()).toBe(3);
      expect(
        await built
          .difference(Car.objects.filter({ built__isnull: true }).values("built"))
          .orderBy("built")
          .all(),
      ).toEqual([{ built: "1960-05-01" }, { built: "1999-12-31" }]);
      const sold = Car.objects.values("sold").intersection(Car.objects.filter({ sold__isnull: false }).values("sold"));
      expect(await sold.all()).toEqual([{ sold: new Date("2020-01-02T03:04:05.678Z") }]);
      const extras = await Car.objects.values("extras").union(Car.objects.values("extras")).all();
      expect(extras).toHaveLength(3);
      expect(extras).toContainEqual({ extras: { radio: true } });
    });

    it("of groups and expressions", async () => {
      const bySeats = Car.objects.values("seats").annotate({ n: Count("*") });
      const set = bySeats
        .filter({ n__gt: 1 })
        .union(bySeats.filter({ seats: 5 }))
        .orderBy("-n");
      expect(await set.all()).toEqual([
        { seats: 2, n: 2 },
        { seats: 5, n: 1 },
      ]);
      const kinds = Car.objects
        .values("name", { kind: Value("car") })
        .union(Boat.objects.values("name", { sort: Value("boat") }))
        .orderBy("kind", "name");
      expect(await kinds.first()).toEqual({ name: "Häns", kind: "boat" });
      expect(await kinds.values("kind").first()).toEqual({ kind: "boat" });
      expect(await kinds.valuesList("kind", { flat: true }).last()).toBe("car");
      const lengths = Car.objects.values({ x: Length("name") }).union(Boat.objects.values({ x: Value(77) }));
      expect(await lengths.orderBy("-x").all()).toEqual([{ x: 77 }, { x: 6 }, { x: 5 }, { x: 4 }]);
    });

    it("whose names differ in case only, or look like paths", async () => {
      const both = { Name: Lower("name"), name: F("name") };
      const set = Car.objects.values(both).union(Boat.objects.values(both)).orderBy("Name", "-name");
      expect(await set.last()).toEqual({ Name: "sonett", name: "Sonett" });
      const paths = Car.objects.values("maker__name", "maker").union(Car.objects.values("maker__name", "maker"));
      expect(await paths.orderBy("-maker__name").count()).toBe(3);
      expect(
        await paths
          .orderBy(Length("maker__name"))
          .values({ up: Upper("maker__name") })
          .count(),
      ).toBe(3);
    });

    it("keep as many of those alike as there are", async () => {
      const seats = (...ids: number[]) => Car.objects.filter({ id__in: ids }).values("seats");
      const list = (set: ReturnType<typeof seats>) => set.orderBy("seats").valuesList("seats", { flat: true }).all();
      expect(await list(seats(1, 2, 3).intersection(seats(2, 3), { all: true }))).toEqual([2, 2]);
      expect(await list(seats(1, 2, 3).intersection(seats(2, 3)))).toEqual([2]);
      expect(await list(seats(1, 2, 3).difference(seats(2), { all: true }))).toEqual([2, 5]);
      expect(await list(seats(1, 2, 3).difference(seats(2)))).toEqual([5]);
      expect(await list(seats(2, 4).intersection(seats(4), seats(4), { all: true }))).toEqual([null]);
      expect(await list(seats(1, 2, 3).difference(seats(2), seats(3), { all: true }))).toEqual([5]);
    });
  });

  describe("within other queries", () => {
    it("in", async () => {
      expect(await names(Car.objects.filter({ pk__in: two.intersection(cheap) }))).toEqual(["Sonett"]);
      expect(
        await names(
          Maker.objects
            .filter({ cars__in: two.union(cheap) })
            .distinct()
            .orderBy("name"),
        ),
      ).toEqual(["Saab", "Volvo"]);
      expect(await Car.objects.exclude({ pk__in: two.union(cheap).orderBy("id").limit(2) }).count()).toBe(2);
      const both = Car.objects.values("name").intersection(Boat.objects.values("name"));
      expect(await names(Boat.objects.filter({ name__in: both }).orderBy("name"))).toEqual(["Häns", "Sonett"]);
      expect(await Car.objects.filter({ pk__in: two.difference(two) }).count()).toBe(0);
    });

    it("Exists and Subquery", async () => {
      expect(await Maker.objects.filter(Exists(two.intersection(cheap))).count()).toBe(2);
      const dearest = two.union(cheap).orderBy("-price").values("name").limit(1);
      expect(
        await Maker.objects
          .annotate({ x: Subquery(dearest) })
          .values("x")
          .first(),
      ).toEqual({ x: "Duett" });
    });

    it("about rows of the query around, where the engine can", async () => {
      const theirs = two.filter({ maker: OuterRef("pk") }).union(cheap.filter({ maker: OuterRef("pk"), seats: 5 }));
      const asked = Maker.objects.filter(Exists(theirs)).orderBy("name");
      if (held.db.engine.features.outerInDerivedTables) {
        expect(await names(asked)).toEqual(["Saab", "Volvo"]);
      } else {
        await expect(asked.all()).rejects.toThrow(NotSupportedError);
        await expect(asked.all()).rejects.toThrow('OuterRef("pk"), within union(…)');
      }
    });

    it("or and and of a set", async () => {
      const set = two.intersection(cheap);
      expect(await names(set.or(Car.objects.filter({ name: "Häns" })).orderBy("name"))).toEqual(["Häns", "Sonett"]);
      expect(await names(Car.objects.filter({ seats: 2 }).and(two.union(cheap)).filter({ name: "Duett" }))).toEqual([
        "Duett",
      ]);
    });

    it("Kysely", async () => {
      const rows = await two.union(cheap).orderBy("name").toKysely().limit(1).execute();
      expect(rows).toMatchObject([{ name: "Amazon" }]);
    });
  });

  describe("trap 29: refuse", () => {
    const set = two.union(cheap);
    const any = set as unknown as Record<string, (...args: unknown[]) => unknown>;

    it.each(["filter", "exclude", "annotate", "alias", "distinct", "selectRelated", "search", "dates"])(
      "%s after them",
      (method) => {
        const args: Readonly<Record<string, unknown[]>> = {
          filter: [{ id: 1 }],
          exclude: [{ id: 1 }],
          annotate: [{ x: Length("name") }],
          alias: [{ x: Length("name") }],
          selectRelated: ["maker"],
          search: ["x"],
          dates: ["built", "year"],
        };
        const call = () => any[method]?.(...(args[method] ?? []));
        expect(call).toThrow(FieldError);
        expect(call).toThrow(
          `Car: ${method}(…) cannot follow union, intersection or difference. Call it on the querysets before they are ` +
            "combined, or ask for the rows by key: Car.objects.filter({ pk__in: combined }).",
        );
      },
    );

    it.each([
      ["get", [{ id: 1 }]],
      ["update", [{ seats: 1 }, { all: true }]],
      ["delete", [{ all: true }]],
      ["aggregate", [{ n: Count("*") }]],
      ["inBulk", [[1]]],
      ["getOrCreate", [{ name: "x" }]],
    ] as const)("%s after them", async (method, args) => {
      const done = any[method]?.(...args);
      await expect(done).rejects.toThrow(FieldError);
      await expect(done).rejects.toThrow(/cannot follow union, intersection or difference/);
    });

    it("rows that do not go together", () => {
      const open = (qs: unknown) => qs as { union(...args: unknown[]): unknown };
      const cars = open(Car.objects);
      expect(() => cars.union(Boat.objects)).toThrow(
        new FieldError(
          'Car: union(…) of rows takes querysets of Car, got one of Boat. Name what they have in common: values("…").union(….values("…")).',
        ),
      );
      expect(() => cars.union(Car.objects.values("id"))).toThrow(/rows, or of values\(…\), not both/);
      expect(() => cars.union(Car.objects.annotate({ n: Length("name") }))).toThrow(/rows of as many values/);
      expect(() => open(Car.objects.values("id", "name")).union(Boat.objects.values("id"))).toThrow(
        "Car: union(…) takes rows of as many values: the first have 2 (id, name), others 1 (id).",
      );
      expect(() => open(Car.objects.values("name")).union(Boat.objects.values("berths"))).toThrow(
        'Car: union(…): the value "name" is of several kinds, text and number. Use Cast to make them alike.',
      );
      const cast = Boat.objects.values({ b: Cast("berths", "text") });
      expect(() => open(Car.objects.values("name")).union(cast)).not.toThrow();
    });

    it("what is no queryset, and options that there are not", () => {
      const cars = Car.objects as unknown as { union(...args: unknown[]): unknown };
      for (const wrong of [undefined, null, "x", 1, [], [two], {}, { all: 1 }, { al: true }]) {
        expect(() => cars.union(wrong)).toThrow(FieldError);
      }
      expect(() => cars.union(two, { al: true })).toThrow("the only option is { all: true } or { all: false }, got");
      expect(() => cars.union()).toThrow("Car: union(…) needs another queryset.");
      expect(() => cars.union({ all: true })).toThrow("Car: union(…) needs another queryset.");
      expect(() => cars.union({ all: true }, two)).toThrow(/takes querysets and at last \{ all: true \}/);
    });

    it("orders by what rows do not hold", async () => {
      const values = Car.objects.values("name").union(Boat.objects.values("name"));
      expect(() => values.orderBy("seats")).toThrow(
        'Car: these rows hold no "seats", which orderBy(…) names. They hold: name.',
      );
      expect(() => values.orderBy("-nmae" as never)).toThrow(/Did you mean "name"\?/);
      expect(() => values.values("seats")).toThrow(/these rows hold no "seats", which values\(…\) names/);
      expect(() => Maker.objects.union(Maker.objects).orderBy("cars__name")).toThrow(/many related rows/);
      expect(() => set.orderBy("nmae" as never)).toThrow(/Did you mean "name"\?/);
      await expect(values.first()).rejects.toThrow(/first\(\) of values needs an order/);
    });

    it("changes after a slice of them", () => {
      expect(() => set.limit(1).orderBy("id")).toThrow(/cannot follow limit, offset or slice/);
    });
  });

  it.skipIf(without.has("plans"))("are compiled once for their shape", async () => {
    const db: Database = held.db;
    const ask = (seats: number) => Car.objects.filter({ seats }).difference(cheap).orderBy("id").count();
    await ask(1);
    const before = db.stats.plans.compiled;
    expect([await ask(2), await ask(5)]).toEqual([1, 0]);
    expect(db.stats.plans.compiled).toBe(before);
  });
});
