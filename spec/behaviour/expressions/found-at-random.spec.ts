import { beforeAll, describe, expect, it } from "vitest";
import {
  Avg,
  Case,
  Cast,
  Coalesce,
  Concat,
  Count,
  Exists,
  Extract,
  F,
  fields,
  Left,
  Length,
  Lower,
  LPad,
  manager,
  Max,
  Min,
  Model,
  NullIf,
  OuterRef,
  Q,
  Replace,
  StringAgg,
  Subquery,
  Sum,
  Upper,
  Value,
  When,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Author extends Model("author", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  bio: fields.string({ maxLength: 40, null: true }),
  age: fields.integer({ null: true }),
  books: () => fields.hasMany(Book, "author"),
  edited: () => fields.hasMany(Book, "editor"),
}) {
  static objects = manager(this);
}

class Book extends Model("book", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 40 }),
  rating: fields.integer({ null: true }),
  author: () => fields.foreignKey(Author, { null: true }),
  editor: () => fields.foreignKey(Author, { null: true }),
}) {
  static objects = manager(this);
}

/** What random querysets gave wrong answers to, each as small as it could be made. */
onEngines("Found by random querysets", (engine) => {
  useDatabase(engine, [Author, Book]);

  beforeAll(async () => {
    await Author.objects.bulkCreate([
      { id: 1, name: "Ann", bio: "x", age: 30 },
      { id: 2, name: "Bob", bio: null, age: null },
      { id: 3, name: "Cy", bio: "y", age: 40 },
    ]);
    await Book.objects.bulkCreate([
      { id: 1, title: "a", rating: 1, author: 1, editor: 2 },
      { id: 2, title: "b", rating: 5, author: 1, editor: 2 },
      { id: 3, title: "c", rating: null, author: 2, editor: 1 },
      { id: 4, title: "d", rating: 5, author: null, editor: 1 },
    ]);
  });

  it("a count is of the rows that values of many related ones make", async () => {
    const titles = Author.objects.values("books__title");
    expect([(await titles.all()).length, await titles.count()]).toEqual([4, 4]);
    expect(await titles.slice(3, 9).exists()).toBe(true);
    expect(await Author.objects.annotate({ title: F("books__title") }).count()).toBe(4);
  });

  describe("the filter of an aggregate", () => {
    const counts = (filter: Parameters<typeof Count>[1]) =>
      Author.objects
        .annotate({ n: Count("books", filter) })
        .orderBy("id")
        .valuesList("n", { flat: true })
        .all();

    it("is about each related row, under NOT as well", async () => {
      const filter = Q({ books__rating: 1 }).not();
      expect(await counts({ filter })).toEqual([1, 1, 0]);
      expect(await Author.objects.aggregate({ n: Count("books", { filter }) })).toEqual({ n: 2 });
    });

    it("does not reach rows of others by its OR", async () => {
      expect(await counts({ filter: Q({ books__rating: 1 }).or(Q({ books__title: "c" })) })).toEqual([1, 1, 0]);
    });

    it("names the query's own model by OuterRef", async () => {
      const older = Author.objects.filter({ age__gt: OuterRef("age") });
      expect(await counts({ filter: Exists(older) })).toEqual([2, 0, 0]);
    });
  });

  describe("a filter before an aggregate narrows it", () => {
    const counted = { n: Count("books") };

    it("by expressions, too", async () => {
      const rows = Author.objects.filter(F("books__rating").add(1).gt(3)).annotate(counted);
      expect(await rows.values("id", "n").all()).toEqual([{ id: 1, n: 1 }]);
    });

    it("by each relation's own conditions, none of which multiplies the others' rows", async () => {
      const rows = Author.objects.filter({ books__id__gt: 0, edited__id__gt: 0 }).annotate(counted).orderBy("id");
      expect(await rows.values("id", "n").all()).toEqual([
        { id: 1, n: 2 },
        { id: 2, n: 1 },
      ]);
    });

    it("and is about the same row as a total after it", async () => {
      const rows = Author.objects.filter(Cast("books__rating", "text").eq("5"));
      expect(await rows.aggregate({ n: Count("*"), sum: Sum("books__rating") })).toEqual({ n: 1, sum: 5 });
    });
  });

  describe("groups", () => {
    it("are kept by an aggregate over related rows that is joined once", async () => {
      const groups = Author.objects.values("id").annotate({ sum: Sum("books__rating") });
      expect(await groups.filter({ sum__gt: 0 }).all()).toEqual([{ id: 1, sum: 6 }]);
    });

    it("have a default once, not for each row of theirs", async () => {
      const groups = Author.objects.values({ all: Value(1) });
      expect(await groups.annotate({ n: Count("*"), sum: Sum("books__rating", { default: 100 }) }).all()).toEqual([
        { all: 1, n: 3, sum: 6 },
      ]);
    });

    it("by something that is NULL, and counted", async () => {
      const nothing = Subquery(Book.objects.none().values("title"));
      const groups = Author.objects.values({ x: nothing }).annotate({ n: Count("*") });
      expect(await groups.all()).toEqual([{ x: null, n: 3 }]);
      expect(await groups.count()).toBe(1);
    });

    it("by something with values in it, ordered by that", async () => {
      const groups = Author.objects.values({ letter: Left("bio", 1) }).annotate({ n: Count("*") });
      expect(await groups.orderBy(F("letter").desc({ nulls: "last" })).all()).toEqual([
        { letter: "y", n: 1 },
        { letter: "x", n: 1 },
        { letter: null, n: 1 },
      ]);
      const first = Book.objects
        .filter({ author: OuterRef("pk") })
        .orderBy("id")
        .values("title")
        .limit(1);
      const byTitle = Author.objects.values({ first: Subquery(first) }).annotate({ n: Count("*") });
      expect(await byTitle.orderBy(F("first").asc({ nulls: "first" })).all()).toEqual([
        { first: null, n: 1 },
        { first: "a", n: 1 },
        { first: "c", n: 1 },
      ]);
    });
  });

  describe("exclude", () => {
    it("keeps what is not in a queryset that holds NULL", async () => {
      const bios = Author.objects.values("bio");
      expect(await Author.objects.exclude({ name__in: bios }).count()).toBe(3);
      expect(await Author.objects.filter(Q({ age__in: Book.objects.values("rating") }).not()).count()).toBe(3);
    });

    it("compares rows of two relations to many, one with another", async () => {
      const rows = Author.objects.exclude({ books__id__lt: F("edited__id") });
      expect(await rows.orderBy("id").valuesList("id", { flat: true }).all()).toEqual([2, 3]);
    });

    it("knows that nothing is no other than NULL", async () => {
      const rows = Author.objects.exclude({ books__id__ne: NullIf("age", Value(40)) });
      expect(await rows.valuesList("id", { flat: true }).all()).toEqual([3]);
    });
  });

  describe("an order", () => {
    it("says where NULLs come beside distinct", async () => {
      const ratings = Book.objects.values("rating").distinct();
      expect(await ratings.orderBy(F("rating").asc({ nulls: "first" })).all()).toEqual([
        { rating: null },
        { rating: 1 },
        { rating: 5 },
      ]);
      const bios = Author.objects.values("bio").distinct();
      expect(await bios.orderBy(F("bio").desc({ nulls: "last" })).all()).toEqual([
        { bio: "y" },
        { bio: "x" },
        { bio: null },
      ]);
      const rows = Author.objects.distinct().orderBy(Lower("bio").asc({ nulls: "first" }));
      expect((await rows.all()).map(({ id }) => id)).toEqual([2, 1, 3]);
    });

    it("by nothing is none", async () => {
      const nothing = Subquery(Book.objects.none().values("title"));
      expect((await Author.objects.orderBy(nothing, "-id").all()).map(({ id }) => id)).toEqual([3, 2, 1]);
    });
  });

  it("totals are of the rows that a slice or distinct leaves", async () => {
    const first = Book.objects.orderBy("-id").slice(0, 2);
    expect(await first.aggregate({ n: Count("*"), most: Max("id"), mean: Avg("rating") })).toEqual({
      n: 2,
      most: 4,
      mean: 5,
    });
    const authors = Author.objects.filter({ books__id__gt: 0 });
    expect(await authors.aggregate({ n: Count("*"), books: Count("books") })).toEqual({ n: 3, books: 3 });
    expect(await authors.distinct().aggregate({ n: Count("*"), books: Count("books") })).toEqual({ n: 2, books: 3 });
    await expect(
      Book.objects
        .values("rating")
        .distinct()
        .aggregate({ n: Count("*") }),
    ).rejects.toThrow("cannot follow values(…) with distinct or a slice");
  });

  it("an aggregate over what was counted for each row takes each row once, beside one over related rows", async () => {
    const counted = Author.objects.annotate({ n: Count("books") });
    expect(await counted.aggregate({ mean: Avg("n"), edited: Count("edited") })).toEqual({ mean: 1, edited: 4 });
    expect(await counted.aggregate({ all: Sum("n"), books: Count("books") })).toEqual({ all: 3, books: 3 });
  });

  it("what is made of aggregates over different rows has each of them right", async () => {
    const made = { x: Sum("age").add(Count("books")), y: Count("books").mul(10).add(Count("edited")) };
    expect(await Author.objects.aggregate(made)).toEqual({ x: 73, y: 34 });
    expect(await Author.objects.filter({ books__rating__gt: 0 }).aggregate(made)).toEqual({ x: 62, y: 24 });
  });

  it("a replacement that is NULL makes NULL, even of what is not found", async () => {
    const replaced = Author.objects.annotate({ x: Replace("name", Value(""), "bio") }).orderBy("id");
    expect(await replaced.valuesList("x", { flat: true }).all()).toEqual(["Ann", null, "Cy"]);
  });

  it("texts that are all NULL are joined to NULL, of one row as of many", async () => {
    const named = { n: Count("books"), bios: StringAgg("bio", ",", { filter: Q({ id__ne: 0 }) }) };
    expect(await Author.objects.filter({ id: 2 }).aggregate(named)).toEqual({ n: 1, bios: null });
  });

  it("a part of a date stays together in a product", async () => {
    const weeks = Author.objects.annotate({ x: F("id").mul(Extract(Value("2024-12-30", "date"), "iso_year")) });
    expect(await weeks.orderBy("id").valuesList("x", { flat: true }).all()).toEqual([2025, 4050, 6075]);
  });

  it("texts that were worked out are joined once each, in their order", async () => {
    const named = Author.objects.annotate({ loud: Concat(Lower("name"), Value("!")) });
    const once = StringAgg(F("loud"), ",", { distinct: true, orderBy: F("loud") });
    expect(await named.aggregate({ x: once })).toEqual({ x: "ann!,bob!,cy!" });
  });

  it("NULL of a kind is worked with: an operator of nothing but NULL has one", async () => {
    const nothing = Book.objects.none().values({ v: Value(0, "float") });
    const asked = Author.objects.annotate({ x: Subquery(nothing).neg(), y: Value(null, "integer").add(1) });
    expect(await asked.filter({ id: 1 }).values("x", "y").get()).toEqual({ x: null, y: null });
  });

  it("rows are ordered by a choice between nothing but NULL, of a kind or of none", async () => {
    const nothing = Book.objects.none().values("title").limit(1);
    for (const then of [Subquery(nothing), Value(null), Value(null, "integer")]) {
      const asked = Author.objects.annotate({ x: Case(When(Q({ id__lt: 2 }), then)) });
      const ordered = asked.orderBy(F("x").asc({ nulls: "first" }), "id");
      expect(await ordered.valuesList("x", "id").all()).toEqual([1, 2, 3].map((id) => [null, id]));
    }
    const numbers = Author.objects.annotate({ x: Subquery(Book.objects.none().values("rating")) });
    const texts = Author.objects.annotate({ x: Subquery(Book.objects.none().values("title")) });
    expect(await numbers.filter({ x__gt: 1 }).count()).toBe(0);
    expect(await texts.filter({ x__gt: "1" }).count()).toBe(0);
  });

  it("the greatest of bound texts is one of them, beside an aggregate that has an order", async () => {
    const asked = Author.objects
      .orderBy()
      .values("id", { long: Length(F("books__title")) })
      .annotate({ names: StringAgg(F("name"), ", ", { orderBy: F("name") }), x: Max(Value("x")), y: Min(Value("")) });
    const found = await asked.filter({ id: 3 }).all();
    expect(found.length).toBeGreaterThan(0);
    for (const { x, y } of found) expect([x, y]).toEqual(["x", ""]);
  });

  it("bound texts are texts where nothing but NULL is beside them", async () => {
    const some = Case(When(Q({ id__lt: 2 }), Value("é 👍")));
    const asked = Author.objects.orderBy("id").values({
      some,
      unlike: NullIf(some, F("name")),
      sure: Coalesce(Value(null, "text"), Value("é")),
      loud: Upper(some),
      long: Length(some),
      cut: LPad(some, 1, Value("x")),
      kept: Left(Coalesce(Value(null, "text"), Value("é 👍")), 3),
    });
    const none = { some: null, unlike: null, sure: "é", loud: null, long: null, cut: null, kept: "é 👍" };
    expect(await asked.all()).toEqual([
      { some: "é 👍", unlike: "é 👍", sure: "é", loud: "É 👍", long: 3, cut: "é", kept: "é 👍" },
      none,
      none,
    ]);
    expect(await Author.objects.annotate({ some }).filter({ some__icontains: "É" }).count()).toBe(1);
  });

  it("a slice that names the query around is one for each row", async () => {
    const newest = Book.objects
      .filter({ author: OuterRef("pk") })
      .orderBy("-id")
      .values("rating")
      .limit(1);
    expect(await Author.objects.filter({ age__gte: 30, id__in: newest }).count()).toBe(0);
    expect(await Author.objects.filter({ id__lt: 3 }).exclude({ id__in: newest }).count()).toBe(2);
  });

  it("an update works values out where its filter is about related rows", async () => {
    const changed = await Book.objects
      .filter({ author__name: "Ann" })
      .update({ rating: Coalesce(F("rating").add(10), Value(0)) });
    expect(changed).toBe(2);
    expect(await Book.objects.orderBy("id").valuesList("rating", { flat: true }).all()).toEqual([11, 15, null, 5]);
  });

  it("nothing is left of a negative decimal without a sign", async () => {
    const rest = Value("-0.01", "decimal").mod(Value("0.01", "decimal"));
    const asked = Author.objects.filter({ id: 1 }).annotate({ rest, text: Cast(rest, "text") });
    expect(await asked.values("rest", "text").get()).toEqual({ rest: "0.00", text: "0.00" });
  });
});
