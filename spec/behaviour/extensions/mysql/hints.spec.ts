import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { Count, DatabaseError, FieldError, fields, manager, Model, NotSupportedError } from "dunder-orm";
import { forceIndex, fullTextIndex, ignoreIndex, optimizerHints, useIndex } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";

class Shelf extends Model("shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  books: () => fields.hasMany(Book, "shelf"),
}) {
  static objects = manager(this);
}

class Book extends Model(
  "book",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 50 }),
    year: fields.integer(),
    shelf: () => fields.foreignKey(Shelf, { onDelete: "cascade" }),
  },
  {
    indexes: [
      { fields: ["title"], name: "book_title" },
      { fields: ["year"], name: "odd `name`" },
    ],
  },
) {
  static objects = manager(this);
}

class Indexed extends Model(
  "indexed_book",
  {
    id: fields.integer({ primaryKey: true }),
    code: fields.string({ maxLength: 20, unique: true }),
    title: fields.string({ maxLength: 50 }),
    year: fields.integer({ index: true }),
    shelf: () => fields.foreignKey(Shelf),
    twin: () => fields.oneToOne(Shelf, { null: true }),
  },
  {
    indexes: [fullTextIndex("title"), ["title", "year"], { fields: ["title", "code"], unique: true }],
    constraints: [{ unique: ["year", "code"], name: "year_code" }],
  },
) {
  static objects = manager(this);
}

class Elsewhere extends Model("elsewhere_book", { title: fields.text() }, { managed: false }) {
  static objects = manager(this);
}

onEngines("index hints", (engine) => {
  const holder = useDatabase(engine, engine.name === "mysql" ? [Shelf, Book, Indexed] : [Shelf, Book]);

  beforeAll(async () => {
    const [a, b] = await Shelf.objects.bulkCreate([{ name: "a" }, { name: "b" }]);
    await Book.objects.bulkCreate([
      { title: "Emma", year: 1815, shelf: a! },
      { title: "Ulysses", year: 1922, shelf: a! },
      { title: "Émile", year: 1762, shelf: b! },
    ]);
  });

  if (engine.name !== "mysql") {
    it("are refused when the query is written, before it is sent", async () => {
      for (const hint of [useIndex, forceIndex, ignoreIndex]) {
        await expect(hint(Book.objects, "book_title").all()).rejects.toThrow(NotSupportedError);
        expect(() => hint(Book.objects, "book_title").sql()).toThrow(/on (SQLite|PostgreSQL)/);
      }
      await expect(optimizerHints(Book.objects, "NO_ICP(book)").count()).rejects.toThrow(NotSupportedError);
    });
    return;
  }

  describe("of indexes", () => {
    it("stand behind the query's own table, and change nothing of what it gives", async () => {
      const hinted = forceIndex(Book.objects.filter({ title__startswith: "E" }), "book_title");
      expect(hinted.sql().sql).toContain("from `book` FORCE INDEX (`book_title`) where");
      expect((await hinted.all()).map((book) => book.title)).toEqual(["Emma"]);
      expect(hinted.filter({ year: 1815 }).sql().sql).toContain("FORCE INDEX (`book_title`) where");
      expect(await hinted.count()).toBe(1);
      expect(await hinted.exists()).toBe(true);
      expect(await hinted.aggregate({ n: Count("*") })).toEqual({ n: 1 });
      expect(Book.objects.sql().sql).not.toContain("INDEX");
    });

    it("go with joins, slices, distinct, values, subqueries, streams and locks", async () => {
      const books = useIndex(Book.objects, ["PRIMARY", "book_title"]);
      expect((await books.selectRelated("shelf").filter({ shelf__name: "a" }).orderBy("id").all()).length).toBe(2);
      expect(await books.values("year").distinct().orderBy("year").limit(2).all()).toEqual([
        { year: 1762 },
        { year: 1815 },
      ]);
      expect(
        await Shelf.objects.filter({ books__in: ignoreIndex(Book.objects.filter({ year: 1762 }), "PRIMARY") }).count(),
      ).toBe(1);
      const titles: string[] = [];
      for await (const book of books.orderBy("-year")) titles.push(book.title);
      expect(titles).toEqual(["Ulysses", "Emma", "Émile"]);
      await holder.db.atomic(async () => expect((await books.selectForUpdate().all()).length).toBe(3));
      expect(
        await Shelf.objects
          .annotate({ n: Count("books") })
          .orderBy("id")
          .valuesList("n", { flat: true })
          .all(),
      ).toEqual([2, 1]);
    });

    it("say what they are for, several of them, any name, and none at all", () => {
      const ordered = useIndex(Book.objects.orderBy("title"), "book_title", { for: "orderBy" });
      expect(ordered.sql().sql).toContain("USE INDEX FOR ORDER BY (`book_title`)");
      expect(ignoreIndex(ordered, "odd `name`", { for: "join" }).sql().sql).toContain(
        "USE INDEX FOR ORDER BY (`book_title`) IGNORE INDEX FOR JOIN (`odd ``name```)",
      );
      expect(useIndex(Book.objects, []).sql().sql).toContain("USE INDEX ()");
      expect(forceIndex(Book.objects, "PRIMARY", { for: "groupBy" }).sql().sql).toContain(
        "FORCE INDEX FOR GROUP BY (`PRIMARY`)",
      );
    });

    it("are followed by the server", async () => {
      expect(await forceIndex(Book.objects.filter({ title: "Emma" }), "book_title").explain()).toContain("book_title");
      const kept = ignoreIndex(Book.objects.filter({ title: "Emma" }), "book_title");
      expect(await kept.explain()).not.toMatch(/(using|over|on) .*book_title|\| *book_title *\|/i);
      expect(await ignoreIndex(Book.objects.filter({ year: 1815 }), "odd `name`").count()).toBe(1);
      await expect(forceIndex(Book.objects, "no_such", { declared: false }).all()).rejects.toThrow(DatabaseError);
    });

    it("name indexes that the model has, by whatever it declares them", async () => {
      const rows = await holder.db.execute(
        sql<{
          name: string;
        }>`select distinct index_name as name from information_schema.statistics where table_schema = database() and table_name = 'indexed_book'`,
      );
      expect(rows.length).toBe(9);
      for (const { name } of rows) expect(await useIndex(Indexed.objects, name).count(), name).toBe(0);
      expect(
        await useIndex(Indexed.objects, ["primary", "BY_HAND"], { declared: false })
          .count()
          .catch(() => "none"),
      ).toBe("none");
      await holder.db.execute(sql`create index by_hand on indexed_book (year)`);
      expect(await useIndex(Indexed.objects, ["primary", "BY_HAND"], { declared: false }).count()).toBe(0);
      expect(() => useIndex(Indexed.objects, "by_hand")).toThrow(
        'Indexed: useIndex(queryset, indexes): Indexed declares no index "by_hand"',
      );
      expect(() => ignoreIndex(Indexed.objects, "indexed_book_yaer_idx")).toThrow(
        'Did you mean "indexed_book_year_idx"',
      );
      expect(() => useIndex(Indexed.objects, "x", { declared: 1 } as never)).toThrow("declared is true or false");
      expect(useIndex(Elsewhere.objects.using(holder.db), "whatever").sql().sql).toContain("USE INDEX (`whatever`)");
    });

    it("are refused where they make no sense", async () => {
      const hint = forceIndex as (...args: unknown[]) => unknown;
      for (const names of [[], "", 1, null, ["book_title", undefined], "a\u0000b", "x".repeat(65), { name: "x" }]) {
        expect(() => hint(Book.objects, names)).toThrow(FieldError);
      }
      expect(() => hint(Book, "a")).toThrow(/queryset or a manager/);
      expect(() => hint(Book.objects, "a", { for: "where" })).toThrow(/"join", "orderBy" or "groupBy"/);
      expect(() => hint(Book.objects, "a", { fro: "join" })).toThrow(FieldError);
      expect(() => hint(Book.objects, "a", null)).toThrow(FieldError);
      expect(() => forceIndex(useIndex(Book.objects, "PRIMARY"), "book_title")).toThrow(/cannot both/);
      expect(() => useIndex(Book.objects.union(Book.objects), "a")).toThrow(/other querysets/);
      await expect(useIndex(Book.objects.filter({ id: 1 }), "PRIMARY").update({ year: 1 })).rejects.toThrow(/no hints/);
      await expect(useIndex(Book.objects.filter({ id: 1 }), "PRIMARY").delete()).rejects.toThrow(/no hints/);
    });
  });

  describe("for the optimizer", () => {
    const hinted = () =>
      optimizerHints(Book.objects.filter({ year__gt: 1800 }), "MAX_EXECUTION_TIME(5000)", "no_icp(book)");

    it("are MySQL's alone", async () => {
      if (engine.label === "MySQL") {
        expect(hinted().sql().sql).toMatch(/^select \/\*\+ MAX_EXECUTION_TIME\(5000\) no_icp\(book\) \*\/ `book`/);
        expect(await hinted().count()).toBe(2);
        expect(await hinted().values("shelf").distinct().all()).toHaveLength(1);
        expect(hinted().values("shelf").distinct().sql().sql).toMatch(/^select \/\*.*\*\/ distinct /);
      } else {
        await expect(hinted().all()).rejects.toThrow(/pass over them in silence/);
      }
    });

    it("are refused where they could be anything else", () => {
      const hint = optimizerHints as (...args: unknown[]) => unknown;
      for (const text of ["", "*/ ; drop table book", "NO_ICP(`a`)", "NO_ICP(a) */", "NO_ICP('x')", 1, null, {}]) {
        expect(() => hint(Book.objects, text)).toThrow(FieldError);
      }
      expect(() => hint(Book.objects, "NO_ICQ(book)")).toThrow(/Did you mean "NO_ICP"/);
      expect(() => hint(Book.objects)).toThrow(/at least one/);
    });
  });
});
