import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { Count, Exists, FieldError, fields, Lower, manager, Max, Model, OuterRef, Q } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Category extends Model(
  "category",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 40 }),
    parent: () => fields.foreignKey(Category, { null: true }),
    children: () => fields.hasMany(Category, "parent"),
    items: () => fields.hasMany(Item, "category"),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

class Item extends Model("item", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  category: () => fields.foreignKey(Category),
}) {
  static objects = manager(this);
}

/** In a circle that a tail leads into. */
class Stop extends Model("stop", {
  id: fields.uuid({ primaryKey: true }),
  code: fields.string({ maxLength: 10, unique: true }),
  next: () => fields.foreignKey(Stop, { null: true }),
  before: () => fields.hasMany(Stop, "next"),
  data: fields.json({ null: true }),
}) {
  static objects = manager(this);
}

const names = async (set: { all(): Promise<readonly { readonly name: string }[]> }): Promise<string[]> =>
  (await set.all()).map(({ name }) => name);

onEngines("recursive", (engine) => {
  useDatabase(engine, [Category, Item, Stop]);
  const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;

  beforeAll(async () => {
    const add = async (name: string, parent: Category | null) => Category.objects.create({ name, parent });
    const root = await add("root", null);
    const music = await add("music", root);
    await add("Wörter", root);
    const jazz = await add("jazz", music);
    await add("rock", music);
    const bebop = await add("bebop", jazz);
    await add("other", null);
    await Item.objects.bulkCreate([
      { name: "Bird", category: bebop },
      { name: "Kind of Blue", category: jazz },
      { name: "Mars", category: root },
    ]);
    // 1 -> 2 -> 3 -> 4 -> 5 -> 3
    for (let n = 1; n <= 5; n += 1) await Stop.objects.create({ id: uuid(n), code: `s${n}`, data: { n } });
    for (let n = 1; n < 4; n += 1) await Stop.objects.filter({ code: `s${n}` }).update({ next: uuid(n + 1) });
    await Stop.objects.filter({ code: "s4" }).update({ next: uuid(5) });
  });

  const below = (name: string) => Category.objects.filter({ name }).recursive("children");
  const above = (name: string) => Category.objects.filter({ name }).recursive("parent");

  it("goes down the reverse side and up the key", async () => {
    expect(await names(below("music"))).toEqual(["bebop", "jazz", "music", "rock"]);
    expect(await names(above("bebop").orderBy("id"))).toEqual(["root", "music", "jazz", "bebop"]);
    expect(await names(below("bebop"))).toEqual(["bebop"]);
    expect(await names(above("other"))).toEqual(["other"]);
    expect(await names(below("nobody"))).toEqual([]);
    expect((await below("music").all())[0]).toBeInstanceOf(Category);
  });

  it("counts steps, the fewest of them", async () => {
    const levels = Category.objects.filter({ name: "root" }).recursive("children", { depth: "level" });
    const found = await levels.orderBy("level", "name").all();
    expect(found.map(({ name, level }) => `${level} ${name}`).sort()).toEqual([
      "0 root",
      "1 Wörter",
      "1 music",
      "2 jazz",
      "2 rock",
      "3 bebop",
    ]);
    expect(found.map(({ level }) => level)).toEqual([0, 1, 1, 2, 2, 3]);
    expect(await levels.filter({ level__gt: 1 }).orderBy("-level", "name").valuesList("name", "level").all()).toEqual([
      ["bebop", 3],
      ["jazz", 2],
      ["rock", 2],
    ]);
    expect(await levels.aggregate({ deepest: Max("level"), n: Count("*") })).toEqual({ deepest: 3, n: 6 });
    expect(
      await levels
        .values("level")
        .annotate({ n: Count("*") })
        .orderBy("level")
        .all(),
    ).toEqual([
      { level: 0, n: 1 },
      { level: 1, n: 2 },
      { level: 2, n: 2 },
      { level: 3, n: 1 },
    ]);
    const two = Category.objects.filter({ name__in: ["root", "jazz"] }).recursive("children", { depth: "level" });
    expect(await two.filter({ name: "bebop" }).valuesList("level", { flat: true }).all()).toEqual([1]);
  });

  it("goes no further than told", async () => {
    const within = (maxDepth: number) => Category.objects.filter({ name: "root" }).recursive("children", { maxDepth });
    expect([
      await within(0).count(),
      await within(1).count(),
      await within(2).count(),
      await within(9).count(),
    ]).toEqual([1, 3, 5, 6]);
    const level = { depth: "level", maxDepth: 1 } as const;
    expect(
      await Category.objects
        .filter({ name: "jazz" })
        .recursive("parent", level)
        .orderBy("-level")
        .values("name", "level")
        .first(),
    ).toEqual({ name: "music", level: 1 });
  });

  it("comes to an end in circles, and in circles that a tail leads into", async () => {
    await Stop.objects.filter({ code: "s5" }).update({ next: uuid(3) });
    const codes = async (set: typeof Stop.objects) => set.orderBy("code").valuesList("code", { flat: true }).all();
    const all = ["s1", "s2", "s3", "s4", "s5"];
    const from = (code: string) => Stop.objects.filter({ code });
    expect(await codes(from("s1").recursive("next"))).toEqual(all);
    const steps = from("s1").recursive("next", { depth: "steps" });
    expect(await steps.orderBy("code").valuesList("code", "steps").all()).toEqual([
      ["s1", 0],
      ["s2", 1],
      ["s3", 2],
      ["s4", 3],
      ["s5", 4],
    ]);
    expect(await codes(from("s4").recursive("before"))).toEqual(all);
    expect(await from("s3").recursive("next", { depth: "steps", maxDepth: 7 }).count()).toBe(3);
    const [first] = await from("s1").recursive("next").orderBy("code").all();
    expect(first?.data).toEqual({ n: 1 });
  });

  it("of rows that lead to themselves", async () => {
    const alone = await Category.objects.create({ name: "alone", parent: null });
    await alone.update({ parent: alone });
    for (const relation of ["parent", "children"] as const) {
      const found = Category.objects.filter({ pk: alone }).recursive(relation, { depth: "n" });
      expect((await found.all()).map(({ name, n }) => [name, n])).toEqual([["alone", 0]]);
    }
    await alone.update({ parent: null });
    await alone.delete();
  });

  it("of a long chain", async () => {
    const first = await Category.objects.create({ name: "c0" });
    const rest = Array.from({ length: 1500 }, (_, index) => ({ name: `c${index + 1}`, id: first.id + index + 1 }));
    await Category.objects.bulkCreate(rest.map((row) => ({ ...row, parent: row.id - 1 })));
    const chain = Category.objects.filter({ pk: first }).recursive("children", { depth: "n" });
    expect([await chain.count(), (await chain.aggregate({ n: Max("n") })).n]).toEqual([1501, 1500]);
    expect(
      await Category.objects.filter({ pk__in: Category.objects.filter({ name__startswith: "c" }) }).delete(),
    ).toBeDefined();
  });

  describe("is a queryset like others", () => {
    it("filtered, ordered, sliced, counted, picked from and annotated", async () => {
      const set = below("music");
      expect(await names(set.filter({ items__name: "Bird" }))).toEqual(["bebop"]);
      expect(await names(set.exclude({ parent__name: "music" }))).toEqual(["bebop", "music"]);
      expect(await names(set.filter(Q({ name: "rock" }).or(Q({ children__name: "bebop" }))))).toEqual(["jazz", "rock"]);
      expect(await names(set.orderBy("-name").slice(1, 3))).toEqual(["music", "jazz"]);
      expect([await set.count(), await set.exists(), await below("x").exists()]).toEqual([4, true, false]);
      expect((await set.first())?.name).toBe("bebop");
      expect((await set.last())?.name).toBe("rock");
      expect((await set.get({ name: "rock" })).pk).toBeTypeOf("number");
      expect(await set.values("parent__name", { low: Lower("name") }).last()).toEqual({
        parent__name: "music",
        low: "rock",
      });
      const counted = set.annotate({ n: Count("items"), kids: Count("children") }).filter({ n__gt: 0 });
      expect((await counted.all()).map(({ name, n, kids }) => [name, n, kids])).toEqual([
        ["bebop", 1, 0],
        ["jazz", 1, 1],
      ]);
      const [row] = await set.selectRelated("parent").orderBy("-name").all();
      expect(row?.parent?.name).toBe("music");
    });

    it("streamed, and part of other queries", async () => {
      const found: string[] = [];
      for await (const { name } of below("jazz").iterator({ chunkSize: 1 })) found.push(name);
      expect(found).toEqual(["bebop", "jazz"]);
      expect(await names(Item.objects.filter({ category__in: below("music") }).orderBy("name"))).toEqual([
        "Bird",
        "Kind of Blue",
      ]);
      expect(await names(Item.objects.exclude({ category__in: below("music") }))).toEqual(["Mars"]);
      const theirs = below("jazz").filter({ items: OuterRef("pk") });
      expect(await names(Item.objects.filter(Exists(theirs)).orderBy("name"))).toEqual(["Bird", "Kind of Blue"]);
      expect(await below("jazz").contains(await Category.objects.get({ name: "bebop" }))).toBe(true);
    });

    it("combined with others", async () => {
      expect(await names(below("jazz").union(above("jazz")).orderBy("name"))).toEqual([
        "bebop",
        "jazz",
        "music",
        "root",
      ]);
      expect(await names(below("music").difference(below("jazz")).orderBy("name"))).toEqual(["music", "rock"]);
      expect(await names(below("music").intersection(above("jazz")).orderBy("name"))).toEqual(["jazz", "music"]);
      expect(await names(below("jazz").or(Category.objects.filter({ name: "other" })))).toEqual([
        "bebop",
        "jazz",
        "other",
      ]);
      expect(await names(below("music").and(above("jazz")))).toEqual(["jazz", "music"]);
      const levels = Category.objects.filter({ name: "root" }).recursive("children", { depth: "level" });
      expect(await names(levels.and(above("bebop")).orderBy("-level"))).toEqual(["bebop", "jazz", "music", "root"]);
    });

    it("begins with any rows: slices, sets, those of another recursion", async () => {
      const last = Category.objects.filter({ parent__name: "music" }).orderBy("name").limit(1);
      expect(await names(last.recursive("children"))).toEqual(["bebop", "jazz"]);
      expect(await names(Category.objects.filter({ name: "rock" }).union(last).recursive("parent"))).toEqual([
        "jazz",
        "music",
        "rock",
        "root",
      ]);
      expect(await names(above("bebop").filter({ name: "music" }).recursive("children"))).toEqual([
        "bebop",
        "jazz",
        "music",
        "rock",
      ]);
      expect(await names(Category.objects.filter({ items__isnull: false }).recursive("parent").orderBy("id"))).toEqual([
        "root",
        "music",
        "jazz",
        "bebop",
      ]);
      expect(await Category.objects.none().recursive("children").count()).toBe(0);
    });

    it("changed by key", async () => {
      const set = below("music") as unknown as { update(v: object): Promise<number>; delete(): Promise<unknown> };
      await expect(set.update({ name: "x" })).rejects.toThrow(/update\(…\) needs rows of the table itself/);
      await expect(set.delete()).rejects.toThrow(/objects.filter\(\{ pk__in: these \}\)\.delete\(…\)/);
      const leaves = Category.objects.filter({ pk__in: below("music"), children__isnull: true });
      expect(await leaves.update({ name: Lower("name") })).toBe(2);
      expect(await Item.objects.filter({ category__in: below("music") }).update({ name: Lower("name") })).toBe(2);
      expect(await names(Item.objects.filter({ category__in: below("music") }).orderBy("name"))).toEqual([
        "bird",
        "kind of blue",
      ]);
      expect((await Item.objects.filter({ category__in: below("bebop") }).delete()).total).toBe(1);
    });
  });

  it("is one plan for other values", async () => {
    const ask = async (name: string, maxDepth: number) =>
      Category.objects.filter({ name }).recursive("children", { maxDepth, depth: "n" }).count();
    expect([await ask("root", 1), await ask("music", 1), await ask("root", 3)]).toEqual([3, 3, 6]);
  });

  it("refuses what it cannot follow", () => {
    const open = (set: object) => set as { recursive(...args: unknown[]): unknown };
    const any = open(Category.objects);
    expect(() => any.recursive("childern")).toThrow(
      new FieldError(
        'Category: recursive(relation) takes the name of a relation of Category to itself, got string "childern". Did you mean "children"? There are: parent, children.',
      ),
    );
    for (const wrong of ["items", "name", "parent__parent", "__proto__", "", undefined, null, 1, {}]) {
      expect(() => any.recursive(wrong), inspect(wrong)).toThrow(FieldError);
    }
    expect(() => open(Item.objects).recursive("category")).toThrow(/There are: none\./);
    for (const depth of ["name", "pk", "a__b", "x; drop", "", 1, null, {}]) {
      expect(() => any.recursive("parent", { depth }), inspect(depth)).toThrow(FieldError);
    }
    for (const maxDepth of [-1, 1.5, "3", null, Number.NaN, Number.POSITIVE_INFINITY, [1]]) {
      expect(() => any.recursive("parent", { maxDepth }), inspect(maxDepth)).toThrow(/whole number from 0 upwards/);
    }
    for (const options of [null, 1, "depth", [], { dpeth: "n" }]) {
      expect(() => any.recursive("parent", options), inspect(options)).toThrow(FieldError);
    }
    expect(() => open(Category.objects.values("name")).recursive("parent")).toThrow(/begins with plain rows/);
    expect(() => open(Category.objects.annotate({ n: Count("items") })).recursive("parent")).toThrow(
      /Annotate and pick/,
    );
    expect(() => open(Category.objects.filter({ pk: OuterRef("pk") })).recursive("parent")).toThrow(
      'Category: recursive(…) stands apart from the query around it, so that OuterRef("pk") has no row to name.',
    );
  });
});
