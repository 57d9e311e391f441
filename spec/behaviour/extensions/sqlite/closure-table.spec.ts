import fc from "fast-check";
import { sql } from "kysely";
import { beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError, F, fields, FieldError, manager, Model, NotSupportedError } from "dunder-orm";
import { ClosureTable, sqlite } from "dunder-orm/sqlite";
import { SEED } from "../../../properties/runs.js";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Category extends Model("closure category", {
  id: fields.integer({ primaryKey: true, column: "the id" }),
  name: fields.string({ maxLength: 50, default: "" }),
  parent: () => fields.foreignKey(Category, { null: true, onDelete: "set null" }),
}) {
  static objects = manager(this);
}

class CategoryTree extends ClosureTable("closure tree", () => Category, "parent") {
  static objects = manager(this);
}

class Page extends Model("closure_page", {
  path: fields.string({ maxLength: 50, primaryKey: true }),
  under: () => fields.foreignKey(Page, { null: true, onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

class PageTree extends ClosureTable("closure_page_tree", () => Page, "under") {
  static objects = manager(this);
}

class Pair extends Model(
  "closure_pair",
  { left: fields.integer(), right: fields.integer(), above: () => fields.foreignKey(Pair, { null: true }) },
  { primaryKey: ["left", "right"] },
) {
  static objects = manager(this);
}

/** By key, the key of the row above. */
type Parents = Map<number, number | null>;
type Triple = readonly [ancestor: number, descendant: number, depth: number];

/** All pairs, found by walking up from each row until there is nothing above, or a row comes again. */
function pairsOf(parents: Parents): Triple[] {
  const found: Triple[] = [];
  for (const start of parents.keys()) {
    const seen = new Set<number>();
    let at: number | null = start;
    while (at !== null && parents.has(at) && !seen.has(at)) {
      found.push([at, start, seen.size]);
      seen.add(at);
      at = parents.get(at) ?? null;
    }
  }
  return found.sort(([a, b], [c, d]) => a - c || b - d);
}

async function pairsHeld(): Promise<Triple[]> {
  const rows = await CategoryTree.objects
    .orderBy("ancestor", "descendant")
    .values("ancestor", "descendant", "depth")
    .all();
  return rows.map(({ ancestor, descendant, depth }) => [ancestor, descendant, depth]);
}

onEngines("ClosureTable", (engine) => {
  if (engine.name !== "sqlite") {
    it("is refused by name", async () => {
      const db = await engine.database();
      await db.createTables([Category]);
      await expect(db.createTables([CategoryTree])).rejects.toThrow(NotSupportedError);
      await expect(db.createTables([CategoryTree])).rejects.toThrow(/CategoryTree: \w+ has no closure tables/);
      const objects = Category.objects.using(db);
      for (const found of [
        CategoryTree.descendants(objects, 1),
        CategoryTree.ancestors(objects, 1),
        CategoryTree.siblings(objects, 1),
      ]) {
        await expect(found.all()).rejects.toThrow(NotSupportedError);
        await expect(found.all()).rejects.toThrow(/A closure table is SQLite's/);
      }
      await expect(CategoryTree.bindContext(db, () => CategoryTree.rebuild())).rejects.toThrow(NotSupportedError);
    });
    return;
  }

  const spec = useDatabase(engine, [Category, CategoryTree, Page, PageTree]);

  beforeEach(async () => {
    await Category.objects.delete({ all: true });
    await Page.objects.delete({ all: true });
  });

  describe("asked for rows", () => {
    beforeEach(async () => {
      await Category.objects.bulkCreate([
        { id: 1, name: "music" },
        { id: 2, name: "rock", parent: 1 },
        { id: 3, name: "jazz", parent: 1 },
        { id: 4, name: "bebop", parent: 3 },
        { id: 5, name: "hard bop", parent: 4 },
        { id: 6, name: "books" },
      ]);
    });
    const names = (found: typeof Category.objects) => found.orderBy("id").valuesList("name", { flat: true }).all();
    const { objects } = Category;

    it("gives those below and above a row", async () => {
      expect(await names(CategoryTree.descendants(objects, 1))).toEqual(["rock", "jazz", "bebop", "hard bop"]);
      expect(await names(CategoryTree.descendants(objects, 1, { maxDepth: 1 }))).toEqual(["rock", "jazz"]);
      expect(await names(CategoryTree.descendants(objects, 3, { includeSelf: true }))).toEqual([
        "jazz",
        "bebop",
        "hard bop",
      ]);
      expect(await names(CategoryTree.descendants(objects, 3, { includeSelf: true, maxDepth: 0 }))).toEqual(["jazz"]);
      expect(await names(CategoryTree.ancestors(objects, 5))).toEqual(["music", "jazz", "bebop"]);
      expect(await names(CategoryTree.ancestors(objects, 5, { maxDepth: 2 }))).toEqual(["jazz", "bebop"]);
      expect(await names(CategoryTree.ancestors(objects, 6))).toEqual([]);
      expect(await names(CategoryTree.ancestors(objects, 99, { includeSelf: true }))).toEqual([]);
    });

    it("takes rows, and querysets that are narrowed already", async () => {
      const jazz = await objects.get({ name: "jazz" });
      expect(await names(CategoryTree.descendants(objects.filter({ name__contains: "hard" }), jazz))).toEqual([
        "hard bop",
      ]);
      expect(await names(CategoryTree.siblings(objects, jazz))).toEqual(["rock"]);
    });

    it("tells the number of steps", async () => {
      const below = CategoryTree.descendants(objects, 1, { depth: "level", includeSelf: true });
      const rows = await below.orderBy("-level", "id").all();
      expect(rows.map(({ id, level }) => [id, level])).toEqual([
        [5, 3],
        [4, 2],
        [2, 1],
        [3, 1],
        [1, 0],
      ]);
      expect(await below.filter({ level: 2 }).valuesList("name", { flat: true }).all()).toEqual(["bebop"]);
      const above = CategoryTree.ancestors(objects, 5, { depth: "up" }).orderBy("-up");
      expect(await above.valuesList("name", "up").all()).toEqual([
        ["music", 3],
        ["jazz", 2],
        ["bebop", 1],
      ]);
    });

    it("gives those beside a row", async () => {
      expect(await names(CategoryTree.siblings(objects, 2))).toEqual(["jazz"]);
      expect(await names(CategoryTree.siblings(objects, 2, { includeSelf: true }))).toEqual(["rock", "jazz"]);
      expect(await names(CategoryTree.siblings(objects, 6))).toEqual(["music"]);
      expect(await names(CategoryTree.siblings(objects, 5))).toEqual([]);
      expect(await names(CategoryTree.siblings(objects, 99))).toEqual([]);
    });

    it("writes to what it finds", async () => {
      expect(await CategoryTree.descendants(objects, 3).update({ name: "x" })).toBe(2);
      await CategoryTree.descendants(objects, 3, { includeSelf: true }).delete();
      expect(await names(objects)).toEqual(["music", "rock", "books"]);
      expect(await CategoryTree.objects.count()).toBe(4);
    });

    it("is a model, whose pairs can be asked and joined", async () => {
      expect(await CategoryTree.objects.filter({ ancestor__name: "music", depth__gt: 1 }).count()).toBe(2);
      const counted = objects.join(CategoryTree.alias("pair"), { pair__ancestor: F("id"), pair__depth__gt: 0 });
      expect(
        await counted.filter({ pair__descendant__name: "bebop" }).valuesList("name", { flat: true }).all(),
      ).toEqual(expect.arrayContaining(["music", "jazz"]));
    });

    it("agrees with descendantsOf and ancestorsOf", async () => {
      for (const row of [1, 2, 3, 4, 5, 6]) {
        expect(await names(CategoryTree.descendants(objects, row))).toEqual(
          await names(objects.descendantsOf(row, "parent")),
        );
        expect(await names(CategoryTree.ancestors(objects, row))).toEqual(
          await names(objects.ancestorsOf(row, "parent")),
        );
      }
    });

    it("refuses what is none", () => {
      const any = CategoryTree as unknown as Record<string, (...given: unknown[]) => unknown>;
      expect(() => any["descendants"]?.(Page.objects, 1)).toThrow(FieldError);
      expect(() => any["descendants"]?.(Page.objects, 1)).toThrow(
        "CategoryTree.descendants(objects, row) takes a queryset of Category, got one of Page.",
      );
      expect(() => any["ancestors"]?.(objects, null)).toThrow(/a row of the tree, or its key, got null/);
      expect(() => any["ancestors"]?.(objects, 1, { depht: "x" })).toThrow(/takes no option "depht"/);
      expect(() => any["ancestors"]?.(objects, 1, { maxDepth: -1 })).toThrow(
        /whole number from 0 upwards, got number -1/,
      );
      expect(() => any["ancestors"]?.(objects, 1, { depth: 3 })).toThrow(
        /depth names the number of steps, got number 3/,
      );
      expect(() => any["siblings"]?.(objects, 1, { includeSelf: 1 })).toThrow(/true or false, got number 1/);
    });
  });

  describe("kept up to date", () => {
    const KEYS = [1, 2, 3, 4, 5, 6, 7, 8];
    const key = fc.constantFrom(...KEYS);
    const parent = fc.option(key, { nil: null, freq: 4 });
    const change = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("move" as const), key, parent }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("create" as const), key, parent }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("replace" as const), key, parent }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("rename" as const), key, to: key }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("many" as const),
          rows: fc.uniqueArray(fc.tuple(key, parent), { selector: ([of]) => of, minLength: 2 }),
        }),
      },
    );
    type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

    /** False for a change of a row that is not there, or to a key that is. */
    function applies(what: Change, parents: Parents): boolean {
      if (what.kind === "many" || what.kind === "replace") return true;
      if (what.kind === "rename" && parents.has(what.to)) return false;
      return parents.has(what.key) !== (what.kind === "create");
    }

    /** A change as SQL, where rows may name others that are not there. */
    function sqlOf(what: Change): ReturnType<typeof sql> {
      switch (what.kind) {
        case "create":
          return sql`insert into "closure category" ("the id", name, parent_id) values (${what.key}, '', ${what.parent})`;
        case "replace":
          return sql`insert or replace into "closure category" ("the id", name, parent_id) values (${what.key}, '', ${what.parent})`;
        case "move":
          return sql`update "closure category" set parent_id = ${what.parent} where "the id" = ${what.key}`;
        case "rename":
          return sql`update "closure category" set "the id" = ${what.to} where "the id" = ${what.key}`;
        case "delete":
          return sql`delete from "closure category" where "the id" = ${what.key}`;
        case "many": {
          const rows = what.rows.map(([of, above]) => sql`(${of}, '', ${above})`);
          return sql`insert into "closure category" ("the id", name, parent_id) values ${sql.join(rows)}
            on conflict ("the id") do update set parent_id = excluded.parent_id`;
        }
      }
    }

    /** The same in a map. */
    function note(what: Change, parents: Parents): void {
      if (what.kind === "many") {
        for (const [of, above] of what.rows) parents.set(of, above);
      } else if (what.kind === "rename") {
        parents.set(what.to, parents.get(what.key) ?? null);
        parents.delete(what.key);
      } else if (what.kind === "delete") {
        parents.delete(what.key);
      } else {
        parents.set(what.key, what.parent);
      }
    }

    async function apply(what: Change, parents: Parents): Promise<void> {
      if (!applies(what, parents)) return;
      await spec.db.execute(sqlOf(what));
      note(what, parents);
    }

    it.each([
      ["as it is", "off"],
      ["where triggers may run themselves", "on"],
    ])("through whatever rows do, circles and rows without those above them included, %s", async (_, recursive) => {
      await spec.db.execute(sql.raw(`pragma foreign_keys = off`));
      await spec.db.execute(sql.raw(`pragma recursive_triggers = ${recursive}`));
      try {
        const property = fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 30 }), async (changes) => {
          await Category.objects.delete({ all: true });
          expect(await CategoryTree.objects.count()).toBe(0);
          const parents: Parents = new Map();
          for (const what of changes) {
            await apply(what, parents);
            expect(await pairsHeld()).toEqual(pairsOf(parents));
          }
          await spec.db.execute(sql`delete from "closure tree" where depth = 1`);
          await CategoryTree.rebuild();
          expect(await pairsHeld()).toEqual(pairsOf(parents));
        });
        await fc.assert(property, { seed: SEED, numRuns: 150 });
      } finally {
        await spec.db.execute(sql.raw(`pragma recursive_triggers = off`));
        await Category.objects.delete({ all: true });
        await spec.db.execute(sql.raw(`pragma foreign_keys = on`));
      }
    });

    it("moves rows along with those below them", async () => {
      await Category.objects.bulkCreate([{ id: 1 }, { id: 2 }, { id: 3, parent: 1 }, { id: 4, parent: 3 }]);
      const row = await Category.objects.get({ id: 3 });
      await row.update({ parent: 2 });
      expect(await pairsHeld()).toEqual(
        pairsOf(
          new Map([
            [1, null],
            [2, null],
            [3, 2],
            [4, 3],
          ]),
        ),
      );
    });

    it("turns a tree round in one statement", async () => {
      await Category.objects.bulkCreate([{ id: 1 }, { id: 2, parent: 1 }, { id: 3, parent: 2 }]);
      await spec.db.execute(
        sql`update "closure category" set parent_id = case "the id" when 1 then 2 when 2 then 3 else null end`,
      );
      expect(await pairsHeld()).toEqual(
        pairsOf(
          new Map([
            [1, 2],
            [2, 3],
            [3, null],
          ]),
        ),
      );
    });

    it("through what foreign keys do when a row goes", async () => {
      await Category.objects.bulkCreate([{ id: 1 }, { id: 2, parent: 1 }, { id: 3, parent: 2 }]);
      await spec.db.execute(sql`delete from "closure category" where "the id" = 1`);
      expect(await pairsHeld()).toEqual(
        pairsOf(
          new Map([
            [2, null],
            [3, 2],
          ]),
        ),
      );
      await Category.objects.filter({ id: 2 }).delete();
      expect(await pairsHeld()).toEqual([[3, 3, 0]]);
    });

    it("of keys that are texts, cascades included", async () => {
      await Page.objects.bulkCreate([{ path: "a" }, { path: "a/b", under: "a" }, { path: "a/b/c", under: "a/b" }]);
      const below = PageTree.descendants(Page.objects, "a", { depth: "level" }).orderBy("path");
      expect(await below.valuesList("path", "level").all()).toEqual([
        ["a/b", 1],
        ["a/b/c", 2],
      ]);
      await spec.db.execute(sql`delete from closure_page where path = 'a'`);
      expect([await Page.objects.count(), await PageTree.objects.count()]).toEqual([0, 0]);
    });

    it("goes back with its transaction", async () => {
      await Category.objects.bulkCreate([{ id: 1 }, { id: 2, parent: 1 }]);
      const undone = spec.db.atomic(async () => {
        await Category.objects.filter({ id: 2 }).delete();
        expect(await CategoryTree.objects.count()).toBe(1);
        throw new Error("undo");
      });
      await expect(undone).rejects.toThrow("undo");
      expect(await CategoryTree.objects.count()).toBe(3);
    });
  });

  describe("made and dropped", () => {
    it("takes in rows that are there already, a long chain among them, and leaves no trigger behind", async () => {
      const db = await engine.database();
      await db.createTables([Category]);
      const rows = Array.from({ length: 300 }, (_, at) => ({ id: at + 1, ...(at < 299 && { parent: at + 2 }) }));
      // Rows come before those above them.
      await db.execute(sql`pragma foreign_keys = off`);
      await Category.objects.using(db).bulkCreate(rows);
      await db.createTables([CategoryTree]);
      const below = CategoryTree.descendants(Category.objects, 300).using(db);
      expect(await below.count()).toBe(299);
      expect(await CategoryTree.objects.using(db).count()).toBe((300 * 301) / 2);
      await db.dropTables([CategoryTree]);
      const left = await db.execute<{ name: string }>(
        sql`select name from sqlite_master where name like '%tree%' or sql like '%tree%'`,
      );
      expect(left).toEqual([]);
      await Category.objects.using(db).create({ id: 2000 });
      await db.createTables([Category, CategoryTree]);
      expect(await CategoryTree.objects.using(db).filter({ descendant: 2000 }).count()).toBe(1);
      await db.dropTables([Category, CategoryTree]);
    });

    it("of a file that is attached", async () => {
      const db = await engine.database();
      await sqlite(db).attach("archive", (await engine.url()).slice("sqlite:".length));
      class Old extends Model(
        "old",
        { id: fields.integer({ primaryKey: true }), over: () => fields.foreignKey(Old, { null: true }) },
        { database: db, schema: "archive" },
      ) {
        static objects = manager(this);
      }
      class OldTree extends ClosureTable("old_tree", () => Old, "over", { database: db, schema: "archive" }) {
        static objects = manager(this);
      }
      class Lost extends ClosureTable("lost_tree", () => Old, "over", { database: db }) {
        static objects = manager(this);
      }
      await db.createTables([Old, OldTree]);
      await Old.objects.bulkCreate([{ id: 1 }, { id: 2, over: 1 }]);
      expect(await OldTree.descendants(Old.objects, 1).count()).toBe(1);
      await OldTree.rebuild();
      expect(await OldTree.objects.count()).toBe(3);
      await expect(db.createTables([Lost])).rejects.toThrow(ConfigurationError);
      await expect(db.createTables([Lost])).rejects.toThrow(/Lost: it is in another schema than Old, its tree/);
      await db.dropTables([Old, OldTree]);
    });
  });

  it("refuses what is no tree", async () => {
    const any = ClosureTable as unknown as (...given: unknown[]) => new () => object;
    expect(() => any("x", Category, "parent")).not.toThrow();
    expect(() => any("x", "Category", "parent")).toThrow(ConfigurationError);
    expect(() => any("x", () => Category, "parent", { ordering: ["depth"] })).toThrow(/takes no option "ordering"/);
    class Wrong extends any("closure_wrong", () => Category, "parnet") {}
    class Keys extends any("closure_keys", () => Pair, "above") {}
    await expect(spec.db.createTables([Wrong])).rejects.toThrow(
      'ClosureTable("closure_wrong") takes the name of a foreign key of Category to its own primary key, got string "parnet". ' +
        'Did you mean "parent"? There are: parent.',
    );
    await expect(spec.db.createTables([Keys])).rejects.toThrow(/Pair has a key of several columns/);
  });
});
