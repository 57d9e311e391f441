import { beforeAll, describe, expect, it } from "vitest";
import { Count, Exists, F, FieldError, fields, manager, Model, OuterRef } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Part extends Model("part", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  whole: () => fields.foreignKey(Part, { null: true }),
  spare: () => fields.foreignKey(Part, { null: true }),
  like: () => fields.manyToMany(Part),
}) {
  static objects = manager(this);
  static named = manager(this).filter({ name__ne: "" });
}

class Step extends Model(
  "step",
  {
    plan: fields.integer(),
    number: fields.integer(),
    after: () => fields.foreignKey(Step, { null: true, columns: ["plan", "after_number"], onDelete: "cascade" }),
  },
  { primaryKey: ["plan", "number"] },
) {
  static objects = manager(this);
}

onEngines("ancestorsOf and descendantsOf", (engine) => {
  useDatabase(engine, [Part, Step]);
  beforeAll(async () => {
    await Part.objects.bulkCreate([
      { id: 1, name: "car" },
      { id: 2, name: "wheel", whole: 1 },
      { id: 3, name: "Reifen ß", whole: 2 },
      { id: 4, name: "", whole: 3 },
      { id: 5, name: "door", whole: 1 },
      { id: 6, name: "a" },
      { id: 7, name: "b", whole: 6 },
    ]);
    await Part.objects.filter({ id: 6 }).update({ whole: 7 });
    await Step.objects.bulkCreate([
      { plan: 1, number: 1 },
      { plan: 1, number: 2, after: [1, 1] },
      { plan: 1, number: 3, after: [1, 2] },
      { plan: 2, number: 1 },
      { plan: 2, number: 2, after: [2, 1] },
    ]);
  });

  const ids = async (rows: { all(): Promise<{ id: number }[]> }) => (await rows.all()).map(({ id }) => id).sort();

  it("give what a foreign key leads to, and from what it leads here", async () => {
    expect(await ids(Part.objects.descendantsOf(1, "whole"))).toEqual([2, 3, 4, 5]);
    expect(await ids(Part.objects.ancestorsOf(4, "whole"))).toEqual([1, 2, 3]);
    expect(await ids(Part.objects.ancestorsOf(1, "whole"))).toEqual([]);
    expect(await ids(Part.objects.descendantsOf(4, "whole"))).toEqual([]);
    expect(await ids(Part.objects.descendantsOf(99, "whole", { includeSelf: true }))).toEqual([]);
    expect(await ids(Part.objects.descendantsOf(1, "spare", { includeSelf: true }))).toEqual([1]);
    const tyre = await Part.objects.get({ id: 3 });
    expect(await ids(Part.objects.descendantsOf(tyre, "whole"))).toEqual([4]);
    expect(await ids(Part.objects.ancestorsOf(tyre, "whole", { includeSelf: true }))).toEqual([1, 2, 3]);
    expect(await ids(Part.objects.ancestorsOf(tyre.whole ?? 0, "whole"))).toEqual([1]);
  });

  it("count steps, as many as are wanted", async () => {
    const below = Part.objects.descendantsOf(1, "whole", { depth: "level" });
    expect(await below.orderBy("level", "id").valuesList("id", "level").all()).toEqual([
      [2, 1],
      [5, 1],
      [3, 2],
      [4, 3],
    ]);
    expect((await below.filter({ level__gt: 2 }).get()).level).toBe(3);
    expect(await ids(Part.objects.descendantsOf(1, "whole", { maxDepth: 1 }))).toEqual([2, 5]);
    expect(await ids(Part.objects.descendantsOf(1, "whole", { maxDepth: 0, includeSelf: true }))).toEqual([1]);
    expect(await ids(Part.objects.ancestorsOf(4, "whole", { maxDepth: 2 }))).toEqual([2, 3]);
    const path = Part.objects.ancestorsOf(4, "whole", { depth: "level", includeSelf: true }).orderBy("-level");
    expect(await path.valuesList("name", { flat: true }).all()).toEqual(["car", "wheel", "Reifen ß", ""]);
  });

  it("come to an end where rows go round in a circle", async () => {
    expect(await ids(Part.objects.descendantsOf(6, "whole"))).toEqual([7]);
    expect(
      await Part.objects
        .ancestorsOf(6, "whole", { depth: "n", includeSelf: true })
        .orderBy("n")
        .valuesList("id", "n")
        .all(),
    ).toEqual([
      [6, 0],
      [7, 1],
    ]);
  });

  it("keep the conditions that came before, and go on from there", async () => {
    const named = Part.named.descendantsOf(1, "whole");
    expect(await ids(named)).toEqual([2, 3, 5]);
    expect(
      await ids(
        Part.objects
          .filter({ name__contains: "e" })
          .exclude({ id: 3 })
          .descendantsOf(1, "whole", { depth: "n", maxDepth: 9 })
          .filter({ n: 1 }),
      ),
    ).toEqual([2]);
    expect((await Part.objects.orderBy("-name").descendantsOf(1, "whole").all()).map(({ id }) => id)).toEqual([
      2, 5, 3, 4,
    ]);
    const below = Part.objects.descendantsOf(1, "whole");
    expect(await below.count()).toBe(4);
    expect(await below.exists()).toBe(true);
    expect(await below.orderBy("id").slice(1, 3).values("id", "whole__name").all()).toEqual([
      { id: 3, whole__name: "wheel" },
      { id: 4, whole__name: "Reifen ß" },
    ]);
    expect(await below.aggregate({ n: Count("*") })).toEqual({ n: 4 });
    expect(
      await below
        .filter({ whole: 1 })
        .annotate({ x: F("id").mul(2) })
        .orderBy("x")
        .valuesList("x", { flat: true })
        .all(),
    ).toEqual([4, 10]);
    expect((await below.selectRelated("whole").get({ id: 3 })).whole?.name).toBe("wheel");
    expect(await ids(Part.objects.filter({ pk__in: below }).exclude({ name: "door" }))).toEqual([2, 3, 4]);
    expect(await Part.objects.filter({ whole__in: below }).update({ spare: 1 })).toBe(2);
    expect(await ids(Part.objects.filter(Exists(below.filter({ pk: OuterRef("whole") }))))).toEqual([3, 4]);
    expect(await ids(Part.objects.none().descendantsOf(1, "whole"))).toEqual([]);
    expect(await below.none().count()).toBe(0);
    const streamed: number[] = [];
    for await (const { id } of below.orderBy("id").iterator()) streamed.push(id);
    expect(streamed).toEqual([2, 3, 4, 5]);
    expect(await ids(Part.objects.limit(2).descendantsOf(1, "whole"))).toEqual([2]);
  });

  it("go along keys of several columns", async () => {
    const numbers = async (rows: { all(): Promise<Step[]> }) => (await rows.all()).map(({ pk }) => pk).sort();
    expect(await numbers(Step.objects.descendantsOf([1, 1], "after"))).toEqual([
      [1, 2],
      [1, 3],
    ]);
    expect(await numbers(Step.objects.ancestorsOf([1, 3], "after", { depth: "n" }))).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(await numbers(Step.objects.filter({ plan: 2 }).descendantsOf([1, 1], "after"))).toEqual([]);
  });

  it("are one plan for all rows", () => {
    const of = (id: number) => Part.named.descendantsOf(id, "whole", { maxDepth: id }).sql();
    expect(of(1).sql).toBe(of(2).sql);
    expect(of(1).parameters).not.toEqual(of(2).parameters);
  });

  describe("refuse", () => {
    type Loose = Record<string, (...args: unknown[]) => never>;
    const objects = Part.objects as unknown as Loose;
    const refused: readonly (readonly [string, () => unknown, string])[] = [
      ["no row", () => objects["ancestorsOf"]?.(undefined, "whole"), "takes a row of Part, or its key, got undefined"],
      ["null", () => objects["descendantsOf"]?.(null, "whole"), "got null"],
      ["a row of another model", () => objects["descendantsOf"]?.(new Step({ plan: 1, number: 1 }), "whole"), "Part"],
      ["an object", () => objects["descendantsOf"]?.({ id: 1 }, "whole"), "pk"],
      ["no relation", () => objects["descendantsOf"]?.(1), "a relation of Part to itself, got undefined"],
      ["a slip", () => objects["descendantsOf"]?.(1, "hole"), 'Did you mean "whole"?'],
      ["a many-to-many relation", () => objects["descendantsOf"]?.(1, "like"), "There are: whole, spare."],
      [
        "a depth that is a field",
        () => objects["descendantsOf"]?.(1, "whole", { depth: "name" }),
        "there is a field of this name",
      ],
      [
        "a wrong bound",
        () => objects["descendantsOf"]?.(1, "whole", { maxDepth: -1 }),
        "descendantsOf(…, { maxDepth }) is a whole number",
      ],
      [
        "an unknown option",
        () => objects["ancestorsOf"]?.(1, "whole", { self: true }),
        "ancestorsOf(…) has no option self",
      ],
      [
        "an option that is no boolean",
        () => objects["ancestorsOf"]?.(1, "whole", { includeSelf: 1 }),
        "is true or false",
      ],
      [
        "annotations before",
        () => (Part.objects.annotate({ n: F("id") }) as unknown as Loose)["ancestorsOf"]?.(1, "whole"),
        "after it",
      ],
      [
        "distinct before",
        () => (Part.objects.distinct() as unknown as Loose)["ancestorsOf"]?.(1, "whole"),
        "say distinct after it",
      ],
      ["values before", () => (Part.objects.values("id") as unknown as Loose)["ancestorsOf"]?.(1, "whole"), "after it"],
    ];
    it.each(refused)("%s", (_, ask, message) => {
      expect(ask).toThrow(FieldError);
      expect(ask).toThrow(message);
    });
  });
});
