import { beforeAll, describe, expect, it } from "vitest";
import {
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
  Q,
  RowNumber,
  Sum,
  Window,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Person extends Model("person", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  age: fields.integer({ null: true }),
  boss: () => fields.foreignKey(Person, { null: true }),
  staff: () => fields.hasMany(Person, "boss"),
  pets: () => fields.hasMany(Pet, "owner"),
}) {
  static objects = manager(this);
}

class Pet extends Model("pet", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  owner: () => fields.foreignKey(Person),
}) {
  static objects = manager(this);
}

class Seat extends Model(
  "seat",
  {
    line: fields.integer(),
    place: fields.integer(),
    taken: () => fields.foreignKey(Person, { null: true }),
  },
  { primaryKey: ["line", "place"] },
) {
  static objects = manager(this);
}

onEngines("join", (engine) => {
  useDatabase(engine, [Person, Pet, Seat]);
  beforeAll(async () => {
    await Person.objects.bulkCreate([
      { id: 1, name: "Ann", age: 50 },
      { id: 2, name: "Bob", age: 40, boss: 1 },
      { id: 3, name: "Çem", age: 40, boss: 1 },
      { id: 4, name: "Dee", age: 30, boss: 2 },
      { id: 5, name: "Eve", age: null, boss: 2 },
    ]);
    await Pet.objects.bulkCreate([
      { id: 1, name: "ann", owner: 3 },
      { id: 2, name: "ÇEM", owner: 1 },
      { id: 3, name: "rex", owner: 1 },
    ]);
    await Seat.objects.bulkCreate([
      { line: 1, place: 1, taken: 1 },
      { line: 1, place: 2, taken: 2 },
      { line: 2, place: 1, taken: 4 },
    ]);
  });

  const Elder = Person.alias("elder");
  const older = Person.objects.join(Elder, { elder__age__gt: F("age") });

  it("puts a row of the same model beside each row for which the condition holds", async () => {
    expect(await older.orderBy("id", "elder__id").valuesList("name", "elder__name").all()).toEqual([
      ["Bob", "Ann"],
      ["Çem", "Ann"],
      ["Dee", "Ann"],
      ["Dee", "Bob"],
      ["Dee", "Çem"],
    ]);
    expect((await older.orderBy("-elder__age", "id").all()).map(({ id }) => id)).toEqual([2, 3, 4, 4, 4]);
    expect(await older.count()).toBe(5);
    expect(await older.distinct().count()).toBe(3);
    expect((await older.distinct().orderBy("id").all()).map(({ name }) => name)).toEqual(["Bob", "Çem", "Dee"]);
    expect(await older.exists()).toBe(true);
    expect(await older.none().count()).toBe(0);
  });

  it("keeps rows without any beside NULL where it is left", async () => {
    const left = Person.objects.join(Elder, { elder__age__gt: F("age") }, { left: true });
    expect(await left.count()).toBe(7);
    expect(await left.filter({ elder__isnull: true }).orderBy("id").valuesList("name", { flat: true }).all()).toEqual([
      "Ann",
      "Eve",
    ]);
    expect(await left.filter({ id: 5 }).values("name", "elder", "elder__name").get()).toEqual({
      name: "Eve",
      elder: null,
      elder__name: null,
    });
    expect(await left.filter({ elder__boss__isnull: false }).count()).toBe(2);
    expect(await left.exclude({ elder__name: "Ann" }).count()).toBe(4);
  });

  it("means the same row wherever it is named", async () => {
    expect(await older.filter({ elder__name: "Ann" }).filter({ elder__id: 2 }).count()).toBe(0);
    expect(await older.filter({ elder__name: "Bob" }).filter({ elder__id: 2 }).count()).toBe(1);
    expect(await older.exclude({ elder__name: "Ann" }).count()).toBe(2);
    expect(await older.filter(Q({ elder__name: "Bob" }).not(), Q({ elder: 1 }).not()).count()).toBe(1);
    expect(await older.filter(F("elder__boss").eq(F("boss__boss"))).count()).toBe(2);
    expect(await older.filter({ elder__in: [2, 3] }).count()).toBe(2);
    expect(await older.filter({ elder__in: Person.objects.filter({ name: "Ann" }) }).count()).toBe(3);
    const [dee] = await Person.objects.filter({ name: "Dee" }).all();
    expect(await older.filter({ elder: dee as Person }).count()).toBe(0);
    expect(await older.filter({ elder__pets__name__iexact: "çem" }).count()).toBe(3);
    expect(await older.exclude({ elder__pets__name: "rex" }).count()).toBe(2);
    expect(
      await older
        .filter({ elder__boss__name: "Ann" })
        .orderBy("elder__name")
        .valuesList("elder__name", { flat: true })
        .all(),
    ).toEqual(["Bob", "Çem"]);
  });

  it("joins rows of another model, and several one after another", async () => {
    const namesakes = Pet.objects.join(Person.alias("namesake"), { namesake__name__iexact: F("name") });
    expect(await namesakes.orderBy("id").valuesList("name", "namesake__name", "owner__name").all()).toEqual([
      ["ann", "Ann", "Çem"],
      ["ÇEM", "Çem", "Ann"],
    ]);
    const further = namesakes.join(Seat.alias("seat"), { seat__taken: F("namesake") }, { left: true });
    expect(
      await further
        .orderBy("id")
        .values("id", "seat", { line: F("seat__line") })
        .all(),
    ).toEqual([
      { id: 1, seat: [1, 1], line: 1 },
      { id: 2, seat: null, line: null },
    ]);
    expect(await further.filter({ seat: [1, 1] }).count()).toBe(1);
    expect(await further.filter({ seat__isnull: true }).count()).toBe(1);
    const beside = Seat.objects.join(Seat.alias("next"), { next__line: F("line"), next__place: F("place").add(1) });
    expect(await beside.values("pk", "next__taken__name").all()).toEqual([{ pk: [1, 1], next__taken__name: "Bob" }]);
    const byOwner = Pet.objects.join(Person.alias("other"), {
      other__boss: F("owner"),
      other__age__lt: F("owner__age"),
    });
    expect(await byOwner.orderBy("id", "other").valuesList("id", "other__name").all()).toEqual([
      [2, "Bob"],
      [2, "Çem"],
      [3, "Bob"],
      [3, "Çem"],
    ]);
  });

  it("is what expressions and aggregates are over", async () => {
    expect(await older.aggregate({ n: Count("*"), oldest: Max("elder__age"), sum: Sum("age") })).toEqual({
      n: 5,
      oldest: 50,
      sum: 170,
    });
    expect(
      await older
        .values("name")
        .annotate({ n: Count("elder"), top: Max("elder__age") })
        .orderBy("name")
        .filter({ n__gt: 1 })
        .all(),
    ).toEqual([{ name: "Dee", n: 3, top: 50 }]);
    expect(
      await older
        .annotate({ gap: F("elder__age").sub(F("age")), low: Lower("elder__name") })
        .filter({ gap__gte: 20 })
        .values("id", "gap", "low")
        .all(),
    ).toEqual([{ id: 4, gap: 20, low: "ann" }]);
    expect(
      await older
        .annotate({ n: Count("elder__pets"), mine: Count("pets") })
        .orderBy("id", "elder__id")
        .values("id", "n", "mine")
        .all(),
    ).toEqual([
      { id: 2, n: 2, mine: 0 },
      { id: 3, n: 2, mine: 1 },
      { id: 4, n: 2, mine: 0 },
      { id: 4, n: 0, mine: 0 },
      { id: 4, n: 1, mine: 0 },
    ]);
    const place = Window(RowNumber(), { partitionBy: "id", orderBy: ["-elder__age", "elder__id"] });
    const first = older.annotate({ place }).filter({ place: 1 });
    expect(await first.orderBy("id").valuesList("id", "elder__name").all()).toEqual([
      [2, "Ann"],
      [3, "Ann"],
      [4, "Ann"],
    ]);
    expect(await first.count()).toBe(3);
    expect(await older.filter(Exists(Pet.objects.filter({ owner: OuterRef("elder__id"), name: "ann" }))).count()).toBe(
      1,
    );
    expect(await Person.objects.filter({ pk__in: older.filter({ elder__name: "Bob" }) }).count()).toBe(1);
    expect(
      await Person.objects
        .filter(Exists(Person.objects.join(Elder, { elder__age__gt: F("age") }).filter({ pk: OuterRef("pk") })))
        .count(),
    ).toBe(3);
  });

  it("takes part in what follows: slices, streams, sets, tables, locks, changes", async () => {
    expect(await older.orderBy("id", "elder__id").slice(2, 4).valuesList("elder__name", { flat: true }).all()).toEqual([
      "Ann",
      "Bob",
    ]);
    expect(await older.limit(4).count()).toBe(4);
    expect(await older.distinct("elder").orderBy("elder__name", "-id").values("id", "elder__name").all()).toEqual([
      { id: 4, elder__name: "Ann" },
      { id: 4, elder__name: "Bob" },
      { id: 4, elder__name: "Çem" },
    ]);
    const streamed: number[] = [];
    for await (const { id } of older.orderBy("id").iterator({ chunkSize: 2 })) streamed.push(id);
    expect(streamed).toEqual([2, 3, 4, 4, 4]);
    const pairs = older.values("id", "elder__id");
    expect(await pairs.union(Person.objects.filter({ id: 1 }).values("id", "boss")).count()).toBe(6);
    expect(await pairs.asCte("pairs").aggregate({ n: Count("*") })).toEqual({ n: 5 });
    expect(
      await Person.objects
        .filter({ id: 4 })
        .recursive("boss")
        .join(Elder, { elder__age__gt: F("age") })
        .count(),
    ).toBe(4);
    expect(
      await Person.objects
        .filter({ id: 1 })
        .and(older.filter({ elder__name: "Bob" }))
        .count(),
    ).toBe(0);
    expect(
      await Person.objects
        .filter({ id: 1 })
        .or(older.filter({ elder__name: "Bob" }))
        .count(),
    ).toBe(2);
    expect(
      await older
        .filter({ elder__name: "Bob" })
        .and(Person.objects.filter({ id__gt: 1 }))
        .count(),
    ).toBe(1);
    expect(await older.filter({ elder__name: "Ann" }).update({ age: F("age").add(0) })).toBe(3);
    expect(await older.update({ name: F("name") }, { all: true })).toBe(3);
    expect(await Pet.objects.join(Person.alias("p"), { p__name: F("name") }).delete({ all: true })).toEqual({
      total: 0,
      byModel: {},
    });
    expect(
      await older
        .selectRelated("boss")
        .prefetchRelated("pets")
        .filter({ elder__name: "Ann", boss__name: "Bob" })
        .count(),
    ).toBe(1);
    const ann = await Person.objects.get({ name: "Ann" });
    expect(await ann.staff.join(Elder, { elder__age: F("age"), elder__id__ne: F("id") }).count()).toBe(2);
    expect(await older.toKysely().execute()).toHaveLength(5);
  });

  it("keeps values and shapes apart: other values are asked by the same SQL", async () => {
    const above = (age: number) =>
      Person.objects.filter({ id__gt: 0 }).join(Elder, { elder__age__gt: age }).filter({ elder__id__gt: 0 });
    expect(above(1).sql().sql).toBe(above(2).sql().sql);
    expect(await above(45).count()).toBe(5);
    expect(await above(35).count()).toBe(15);
  });

  describe("refuses", () => {
    type Loose = Record<string, (...args: unknown[]) => never>;
    const objects = Person.objects as unknown as Loose;
    const join = (...args: unknown[]) => objects["join"]?.(...args);
    const on = { elder__age__gt: F("age") };
    const refused: readonly (readonly [string, () => unknown, string])[] = [
      ["undefined", () => join(undefined, on), "takes a model under a name"],
      ["a model", () => join(Person, on), 'such as Person.alias("other"), got function Person'],
      ["a plain object", () => join({ name: "elder" }, on), "got a plain object"],
      ["no condition", () => join(Elder), "join(…)"],
      ["an empty condition", () => join(Elder, {}), "joins rows by a condition"],
      ["a list", () => join(Elder, [1]), "array"],
      ["a value that is undefined", () => join(Elder, { elder__age: undefined }), "undefined"],
      ["an object for a value", () => join(Elder, { elder__age: { gt: 1 } }), "elder__age"],
      ["a wrong name of its own", () => join(Elder, { elder__agee: 1 }), 'Did you mean "age"?'],
      ["a wrong name of the row", () => join(Elder, { elder__age: F("agee") }), "agee"],
      ["the name of a relation", () => join(Person.alias("boss"), { boss__id: 1 }), "leads along without a join"],
      ["the name of a field", () => join(Person.alias("age"), { age: 1 }), "there is a field of this name"],
      ["a name twice", () => (older as unknown as Loose)["join"]?.(Elder, on), "there is a field of this name"],
      [
        "an annotation's name",
        () => (Person.objects.annotate({ elder: F("age") }) as unknown as Loose)["join"]?.(Elder, on),
        "already",
      ],
      ["an unknown option", () => join(Elder, on, { lft: true }), 'Did you mean "left"?'],
      ["an option that is no boolean", () => join(Elder, on, { left: 1 }), "is true or false"],
      ["the query around", () => join(Elder, { elder__age: OuterRef("age") }), "cannot name the query around"],
      [
        "conditions along relations of the joined row",
        () => join(Elder, { elder__boss__name: "x" }),
        "along relations to one row",
      ],
      ["conditions on many rows", () => join(Elder, { elder__name: F("pets__name") }), "along relations to one row"],
      ["aggregates", () => join(Elder, { elder__age: Count("pets") }), "worked out over many"],
      ["a slice", () => (Person.objects.limit(1) as unknown as Loose)["join"]?.(Elder, on), "join"],
      ["values", () => (Person.objects.values("id") as unknown as Loose)["join"]?.(Elder, on), "Join first"],
      [
        "windows",
        () => (Person.objects.annotate({ r: Window(RowNumber()) }) as unknown as Loose)["join"]?.(Elder, on),
        "Join first",
      ],
      ["a set", () => (Person.objects.union(Person.objects) as unknown as Loose)["join"]?.(Elder, on), "join"],
      ["or", () => older.or(Person.objects), "cannot follow a join"],
      ["a name that is no text", () => Person.alias(3 as never), "takes the name to join Person under"],
      ["a name that is no word", () => Person.alias("a__b"), "single underscores"],
      ["a name that every row has", () => Person.alias("save"), "none that every row has"],
      [
        "an aggregate of a joined row for each row",
        () => older.annotate({ n: Count("elder") }).sql(),
        "name first by what",
      ],
      ["to be fetched along", () => (older as unknown as Loose)["selectRelated"]?.("elder"), '"elder"'],
    ];
    it.each(refused)("%s", (_, ask, message) => {
      expect(ask).toThrow(FieldError);
      expect(ask).toThrow(message);
    });

    it("what knows joined rows by their keys alone", async () => {
      await expect(older.limit(2).aggregate({ n: Count("*") })).rejects.toThrow("over joined rows cannot follow");
      const mixed = older.exclude(F("elder__name").eq(F("pets__name")));
      await expect(mixed.count()).rejects.toThrow("Ask about each in a filter of its own");
      await expect(older.update({ age: F("elder__age") }, { all: true })).rejects.toThrow("a row's own fields");
    });
  });
});
