import { beforeAll, beforeEach, expect, it } from "vitest";
import { Avg, Count, Exists, F, FieldError, Max, Min, OuterRef, Q, type QueryEvent, Sum } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, Blog, Book, createD1, createD2, createD3, Entry, labelsInOrder, models } from "./data.js";

/** Anything whose rows are plain values. */
interface Listed {
  all(): Promise<unknown[]>;
}

type ListCase = readonly [trap: number, title: string, ask: () => Listed, answer: readonly unknown[]];

const blogs = Blog.objects.orderBy("name");
const books = Book.objects.orderBy("title");
const counted = { n: Count("entries") };
const ofBooks = Book.objects.values("author").orderBy(F("author").asc({ nulls: "last" }));

const cases: readonly ListCase[] = [
  [
    24,
    "two counts over two relations",
    () => books.annotate({ tags: Count("taggings"), stores: Count("stockings") }).valuesList("title", "tags", "stores"),
    [
      ["B1", 2, 2],
      ["B2", 1, 1],
      ["B3", 0, 0],
    ],
  ],
  [
    24,
    "the same in two calls, a step further, and distinct",
    () =>
      books
        .annotate({ tags: Count("taggings__tag", { distinct: true }) })
        .annotate({ stores: Count("stockings__store__name") })
        .valuesList("title", "tags", "stores"),
    [
      ["B1", 2, 2],
      ["B2", 1, 1],
      ["B3", 0, 0],
    ],
  ],
  [
    24,
    "a sum beside a count of what lies behind",
    () =>
      Author.objects
        .filter({ name: "Ann" })
        .annotate({ sum: Sum("books__rating"), tags: Count("books__taggings"), stores: Count("books__stockings") })
        .valuesList("sum", "tags", "stores"),
    [[8, 3, 3]],
  ],
  [
    24,
    "in groups",
    () => ofBooks.annotate({ n: Count("*"), sum: Sum("rating"), tags: Count("taggings"), stores: Count("stockings") }),
    [
      { author: 1, n: 2, sum: 8, tags: 3, stores: 3 },
      { author: null, n: 1, sum: null, tags: 0, stores: 0 },
    ],
  ],
  [
    24,
    "filtered and ordered by both",
    () =>
      Book.objects
        .annotate({ tags: Count("taggings"), stores: Count("stockings") })
        .filter({ tags: F("stores"), stores__gt: 0 })
        .orderBy("-tags", "stores")
        .valuesList("title", { flat: true }),
    ["B1", "B2"],
  ],
  [
    25,
    "a filter after the count leaves it alone",
    () => blogs.annotate(counted).filter({ entries__year: 2007 }).valuesList("name", "n"),
    [
      ["b1", 2],
      ["b2", 1],
    ],
  ],
  [
    25,
    "a filter before it narrows it",
    () => blogs.filter({ entries__year: 2007 }).annotate(counted).valuesList("name", "n"),
    [
      ["b1", 1],
      ["b2", 1],
    ],
  ],
  [
    25,
    "a filter within it keeps all blogs",
    () =>
      blogs.annotate({ n: Count("entries", { filter: Q({ entries__year: 2007 }) }) }).valuesList("n", { flat: true }),
    [1, 1, 0],
  ],
  [
    25,
    "an exclude before it does not narrow it",
    () => blogs.exclude({ entries__headline: "McC" }).annotate(counted).valuesList("name", "n"),
    [
      ["b2", 1],
      ["b3", 0],
    ],
  ],
  [
    25,
    "before it and after it",
    () =>
      blogs
        .filter({ entries__headline: "Lennon" })
        .annotate(counted)
        .filter({ entries__year: 2007 })
        .valuesList("name", "n"),
    [
      ["b1", 1],
      ["b2", 1],
    ],
  ],
  [
    25,
    "by the count itself",
    () => blogs.annotate(counted).filter({ n__lt: 2 }).exclude({ n: 0 }).valuesList("name", { flat: true }),
    ["b2"],
  ],
  [
    25,
    "by the count or a name",
    () =>
      blogs
        .annotate(counted)
        .filter(Q({ n: 2 }).or(Q({ name: "b3" })))
        .valuesList("name", { flat: true }),
    ["b1", "b3"],
  ],
  [
    26,
    "values, then annotate: groups",
    () => ofBooks.annotate({ n: Count("*") }),
    [
      { author: 1, n: 2 },
      { author: null, n: 1 },
    ],
  ],
  [
    26,
    "annotate, then values: each row",
    () => books.annotate({ n: Count("taggings") }).values("author", "n"),
    [
      { author: 1, n: 2 },
      { author: 1, n: 1 },
      { author: null, n: 0 },
    ],
  ],
  [
    26,
    "groups by a field of a related row",
    () =>
      Entry.objects
        .values("blog__name")
        .annotate({ n: Count("*"), last: Max("year") })
        .filter({ blog__name__isnull: false })
        .orderBy("blog__name"),
    [
      { blog__name: "b1", n: 2, last: 2008 },
      { blog__name: "b2", n: 1, last: 2007 },
    ],
  ],
  [
    26,
    "groups by two values, filtered before and after",
    () =>
      Entry.objects
        .filter({ year__gte: 2007 })
        .values("year", "headline")
        .annotate({ n: Count("*") })
        .filter({ n: 1 })
        .orderBy("year", "headline")
        .valuesList("year", "headline"),
    [
      [2007, "Lennon"],
      [2007, "McC"],
      [2008, "Lennon"],
    ],
  ],
  [
    26,
    "groups in order of what was counted",
    () =>
      Entry.objects
        .values("headline")
        .annotate({ n: Count("*") })
        .orderBy("-n", "headline")
        .limit(2),
    [
      { headline: "Lennon", n: 2 },
      { headline: "McC", n: 1 },
    ],
  ],
  [
    27,
    "of no related rows: null, 0, and what was said",
    () =>
      blogs
        .filter({ name: "b3" })
        .annotate({
          n: Count("entries"),
          sum: Sum("entries__year"),
          mean: Avg("entries__year"),
          most: Max("entries__year"),
          nought: Sum("entries__year", { default: 0 }),
        })
        .values("n", "sum", "mean", "most", "nought"),
    [{ n: 0, sum: null, mean: null, most: null, nought: 0 }],
  ],
  [
    27,
    "a mean of whole numbers is no whole number",
    () =>
      Author.objects
        .filter({ name: "Ann" })
        .annotate({ mean: Avg("books__rating") })
        .valuesList("mean", { flat: true }),
    [4],
  ],
];

onEngines("Aggregates", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeAll(async () => {
    await createD1();
    const { ann } = await createD2();
    await createD3(ann);
  });
  beforeEach(() => {
    events.length = 0;
  });

  it.each(cases)("trap %i: %s", async (_trap, _title, ask, answer) => {
    expect(await ask().all()).toEqual(answer);
  });

  it("trap 24: over all rows, each over its own", async () => {
    const totals = { n: Count("*"), sum: Sum("rating"), tags: Count("taggings"), stores: Count("stockings__store") };
    expect(await Book.objects.aggregate(totals)).toEqual({ n: 3, sum: 8, tags: 3, stores: 3 });
    expect(await Book.objects.filter({ rating: 5 }).aggregate(totals)).toEqual({ n: 1, sum: 5, tags: 2, stores: 2 });
  });

  it("trap 25: three books of which two match", async () => {
    const cy = await Author.objects.create({ name: "Cy" });
    await Book.objects.bulkCreate([4, 4, 1].map((rating, index) => ({ title: `C${index}`, rating, author: cy })));
    const named = Author.objects.filter({ name: "Cy" });
    const books = { n: Count("books") };
    // Django multiplies the count by the second join: 6, in one row. Here it stays what it was.
    expect(
      await named.annotate(books).filter({ books__rating: 4 }).distinct().valuesList("n", { flat: true }).all(),
    ).toEqual([3]);
    expect(await named.filter({ books__rating: 4 }).annotate(books).valuesList("n", { flat: true }).all()).toEqual([2]);
    await cy.delete();
  });

  it("trap 26: the model's own ordering does not split groups, one that is asked for does", async () => {
    const groups = Book.objects.values("publisher__name").annotate({ n: Count("*") });
    expect(groups.sql().sql.toLowerCase()).not.toContain("order by");
    const split = await Book.objects
      .values("author")
      .annotate({ n: Count("*") })
      .orderBy("title")
      .all();
    expect(split).toEqual([
      { author: 1, n: 1 },
      { author: 1, n: 1 },
      { author: null, n: 1 },
    ]);
  });

  it("trap 27: of no rows, of NULLs, and of whole numbers", async () => {
    const none = Author.objects.filter({ name: "nobody" });
    const asked = {
      n: Count("*"),
      ages: Count("age"),
      sum: Sum("age"),
      mean: Avg("age"),
      least: Min("name"),
      nought: Sum("age", { default: 0 }),
    };
    expect(await none.aggregate(asked)).toEqual({ n: 0, ages: 0, sum: null, mean: null, least: null, nought: 0 });
    expect(await Author.objects.aggregate(asked)).toEqual({
      n: 3,
      ages: 2,
      sum: 70,
      mean: 35,
      least: "Ann",
      nought: 70,
    });
    expect(await Author.objects.filter({ age: null }).aggregate(asked)).toEqual({
      n: 1,
      ages: 0,
      sum: null,
      mean: null,
      least: "bob",
      nought: 0,
    });
    expect(await Book.objects.aggregate({ mean: Avg("rating"), n: Count("rating") })).toEqual({ mean: 4, n: 2 });
  });

  it("trap 8: aggregates of an empty list", async () => {
    const empty = Author.objects.filter({ pk__in: [] });
    const asked = { n: Count("*"), most: Max("age"), sum: Sum("age", { default: 0 }), keys: Sum("id") };
    const answer = { n: 0, most: null, sum: 0, keys: null };
    expect(await empty.aggregate(asked)).toEqual(answer);
    expect(await Author.objects.none().aggregate(asked)).toEqual(answer);
    expect(await empty.filter({ age: 30 }).aggregate(asked)).toEqual(answer);
    expect(await Author.objects.aggregate({})).toEqual({});
    expect(events).toEqual([]);
    expect(await empty.aggregate({ twice: Sum("age", { default: 2 }).mul(2) })).toEqual({ twice: 4 });
  });

  it("trap 28: count of groups, of what is kept by aggregates, and of slices of them", async () => {
    const groups = Entry.objects.values("headline").annotate({ n: Count("*") });
    expect(await groups.count()).toBe(3);
    expect(await groups.filter({ n__gt: 1 }).count()).toBe(1);
    expect(await groups.orderBy("-n").limit(2).count()).toBe(2);
    const kept = blogs.annotate(counted).filter({ n__gte: 1 });
    expect(await kept.count()).toBe(2);
    expect(await kept.offset(1).count()).toBe(1);
    expect(await kept.distinct().count()).toBe(2);
    expect(await blogs.annotate(counted).count()).toBe(3);
    expect(await Entry.objects.values("headline").distinct().count()).toBe(3);
    expect(typeof (await kept.count())).toBe("number");
    expect(events.filter((event) => /order by/i.test(event.sql) && !/limit|offset/i.test(event.sql))).toEqual([]);
  });

  it("trap 20: groups have no first one unless they are in order", async () => {
    const groups = Entry.objects.values("headline").annotate({ n: Count("*") });
    await expect(groups.first()).rejects.toBeInstanceOf(FieldError);
    await expect(groups.last()).rejects.toBeInstanceOf(FieldError);
    expect(await groups.orderBy("n", "headline").last()).toEqual({ headline: "Lennon", n: 2 });
    expect(events).toHaveLength(1);
  });

  it("trap 51: what is true or false is a boolean", async () => {
    const entries = Entry.objects.filter({ blog: OuterRef("pk") });
    const asked = blogs.annotate({ has: Exists(entries), first: F("name").eq("b1"), busy: Count("entries") });
    expect(await asked.valuesList("has", "first").all()).toEqual([
      [true, true],
      [true, false],
      [false, false],
    ]);
    expect(await labelsInOrder(asked.filter({ has: false }))).toEqual(["b3"]);
    expect(await labelsInOrder(asked.exclude({ has: true }))).toEqual(["b3"]);
    expect(await labelsInOrder(asked.filter({ first__ne: true, has: true }))).toEqual(["b2"]);
    expect(await labelsInOrder(asked.orderBy("has", "-name"))).toEqual(["b3", "b2", "b1"]);
  });
});
