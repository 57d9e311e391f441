import { beforeAll, beforeEach, expect, it } from "vitest";
import { FieldError, Q, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, Blog, type Case, createD1, createD2, EL, Entry, labels, models } from "./data.js";

const authors = Author.objects;
const blogs = Blog.objects;
const entries = Entry.objects;
const b1 = () => blogs.filter({ name: "b1" });

const cases: readonly Case[] = [
  [5, "exclude keeps rows that are NULL", () => authors.exclude({ age: 30 }), ["bob", EL]],
  [5, "exclude of an order keeps them", () => authors.exclude({ age__gt: 35 }), ["Ann", "bob"]],
  [5, "exclude of text keeps them", () => authors.exclude({ alias__contains: "z" }), ["Ann", "bob"]],
  [5, "exclude of a range keeps them", () => authors.exclude({ age__range: [20, 35] }), ["bob", EL]],
  [5, "exclude of a list keeps them", () => authors.exclude({ age__in: [30] }), ["bob", EL]],
  [5, "exclude of a regex keeps them", () => authors.exclude({ alias__regex: "^x" }), ["bob"]],
  [5, "exclude of iexact keeps them", () => authors.exclude({ alias__iexact: "XZY" }), ["Ann", "bob"]],
  [5, "exclude of a transform keeps them", () => authors.exclude({ alias__length__gt: 2 }), ["bob"]],
  [5, "ne keeps them", () => authors.filter({ age__ne: 30 }), ["bob", EL]],
  [5, "exclude of ne gives the equal ones", () => authors.exclude({ age__ne: 30 }), ["Ann"]],
  [5, "NOT of an OR with a NULL in it", () => authors.exclude(Q({ age: 30 }).or(Q({ alias: "xzy" }))), ["bob"]],
  [5, "p or not p is all", () => authors.filter(Q({ age: 30 }).or(Q({ age: 30 }).not())), ["Ann", "bob", EL]],
  [5, "p and not p is nothing", () => authors.filter(Q({ age: 30 }).and(Q({ age: 30 }).not())), []],
  [5, "ne null: those that are not", () => authors.filter({ age__ne: null }), ["Ann", EL]],
  [6, "exclude of two conditions: not both", () => authors.exclude({ age: 30, name: "bob" }), ["Ann", "bob", EL]],
  [6, "two excludes: neither", () => authors.exclude({ age: 30 }).exclude({ name: "bob" }), [EL]],
  [6, "exclude of two arguments: not both", () => authors.exclude({ age: 30 }, Q({ name: "Ann" })), ["bob", EL]],
  [8, "in an empty list", () => blogs.filter({ pk__in: [] }), []],
  [8, "exclude of an empty list", () => blogs.exclude({ pk__in: [] }), ["b1", "b2", "b3"]],
  [8, "an empty list or a name", () => blogs.filter(Q({ pk__in: [] }).or(Q({ name: "b1" }))), ["b1"]],
  [8, "an empty list and a name", () => blogs.filter({ pk__in: [], name: "b1" }), []],
  [8, "an empty list through a relation", () => entries.filter({ blog__in: [] }), []],
  [
    8,
    "exclude of an empty list through a relation to many",
    () => blogs.exclude({ entries__in: [] }),
    ["b1", "b2", "b3"],
  ],
  [8, "an empty set", () => authors.filter({ age__in: new Set<number>() }), []],
  [8, "exclude of none()", () => blogs.exclude({ pk__in: blogs.none() }), ["b1", "b2", "b3"]],
  [8, "in none()", () => blogs.filter({ pk__in: blogs.none() }), []],
  [10, "null is IS NULL", () => authors.filter({ age: null }), ["bob"]],
  [10, "exclude null is IS NOT NULL", () => authors.exclude({ age: null }), ["Ann", EL]],
  [10, "exact null", () => authors.filter({ alias__exact: null }), ["bob"]],
  [10, "iexact null", () => authors.filter({ alias__iexact: null }), ["bob"]],
  [
    17,
    "xor with a NULL: one or the other",
    () => authors.filter(Q.xor(Q({ age: 30 }), Q({ name: "bob" }))),
    ["Ann", "bob"],
  ],
  [17, "xor of both on one row", () => authors.filter(Q({ age: 30 }).xor(Q({ name: "Ann" }))), []],
  [
    17,
    "xor of three: an odd number",
    () => authors.filter(Q.xor(Q({ age: 30 }), Q({ name: "Ann" }), Q({ alias: "x%y" }))),
    ["Ann"],
  ],
  [17, "exclude of an xor", () => authors.exclude(Q.xor(Q({ age: 30 }), Q({ name: "bob" }))), [EL]],
  [
    17,
    "xor with a relation to many",
    () => blogs.filter(Q.xor(Q({ entries__headline: "Lennon" }), Q({ entries__headline: "McC" }))),
    ["b2"],
  ],
];

onEngines("NULLs and lists", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  let data: Awaited<ReturnType<typeof createD1>>;
  beforeAll(async () => {
    data = await createD1();
    await createD2();
  });
  beforeEach(() => {
    events.length = 0;
  });

  it.each(cases)("trap %i: %s", async (_trap, _title, ask, answer) => {
    expect(await labels(ask())).toEqual([...answer].sort());
  });

  it("trap 8: nothing is sent where nothing can match", async () => {
    const empty = [
      blogs.filter({ pk__in: [] }),
      blogs.filter({ pk__in: [], name: "b1" }),
      blogs.filter(Q({ pk__in: [] }).or(Q({ name__in: [] }))),
      blogs.exclude({ name: "b3" }).filter({ pk__in: [] }).orderBy("name"),
      blogs.none(),
    ];
    for (const queryset of empty) {
      expect(await queryset.all()).toEqual([]);
      expect(await queryset.count()).toBe(0);
      expect(await queryset.exists()).toBe(false);
      expect(await queryset.first()).toBeNull();
      expect(await queryset.last()).toBeNull();
      expect(await queryset.getOrNull()).toBeNull();
      expect(await queryset.update({ name: "x" })).toBe(0);
      expect(await queryset.delete()).toEqual({ total: 0, byModel: {} });
      for await (const row of queryset) expect.unreachable(`${row.name} came from an empty queryset`);
      await expect(queryset.get()).rejects.toBeInstanceOf(Blog.DoesNotExist);
    }
    expect(events.map((event) => event.sql)).toEqual([]);
    expect(await labels(blogs)).toEqual(["b1", "b2", "b3"]);
    expect(events).toHaveLength(1);
  });

  it("trap 9: null in a list is dropped, so that NOT IN is not spoiled", async () => {
    const key = data.b1.pk;
    const given = (list: readonly (number | null)[]) => ({ blog__in: list as readonly number[] });
    const names = async (where: { blog__in: readonly number[] }) => labels(entries.filter(where));
    expect(await names(given([null]))).toEqual([]);
    expect(await names(given([key, null]))).toEqual(["Lennon 2008", "McC 2007"]);
    expect(await names(given([key]))).toEqual(["Lennon 2008", "McC 2007"]);
    expect(await labels(entries.exclude(given([key, null])))).toEqual(["Lennon 2007", "orphan 2000"]);
    expect(await labels(entries.exclude(given([null])))).toEqual([
      "Lennon 2007",
      "Lennon 2008",
      "McC 2007",
      "orphan 2000",
    ]);
    expect(await labels(b1())).toEqual(["b1"]);
  });

  it("trap 7: a subquery that holds a NULL does not empty NOT IN", async () => {
    const withNull = entries.exclude({ headline: "McC" });
    expect(await labels(blogs.exclude({ entries__in: withNull }))).toEqual(["b3"]);
  });

  it.each([
    ["gt", { age__gt: null }],
    ["gte", { age__gte: null }],
    ["lt", { age__lt: null }],
    ["lte", { age__lte: null }],
    ["contains", { alias__contains: null }],
    ["istartswith", { alias__istartswith: null }],
    ["regex", { alias__regex: null }],
  ])("trap 10: null with %s is refused", (_lookup, where) => {
    expect(() => authors.filter(where as never)).toThrow(FieldError);
    expect(() => authors.filter(where as never)).toThrow(/cannot be null/);
  });

  it("trap 10: isnull takes a boolean only, and a range that ends at null holds nothing", async () => {
    expect(() => authors.filter({ age__isnull: "false" } as never)).toThrow(/expected true or false/);
    expect(() => authors.filter({ age__isnull: 1 } as never)).toThrow(FieldError);
    expect(await labels(authors.filter({ age__range: [30, null] } as never))).toEqual([]);
  });

  it.each([
    ["exact", { age: undefined }],
    ["in", { age__in: undefined }],
    ["inside in", { age__in: [1, undefined] }],
    ["inside a range", { age__range: [undefined, 3] }],
    ["isnull", { age__isnull: undefined }],
    ["a relation", { books: undefined }],
  ])("trap 58: undefined is refused as %s", (_lookup, where) => {
    expect(() => authors.filter(where as never)).toThrow(FieldError);
    expect(() => authors.exclude(where as never)).toThrow(FieldError);
    expect(() => authors.filter(Q(where as object))).toThrow(FieldError);
  });

  it("trap 58: undefined among a new row's values means that nothing was said", async () => {
    const entry = await entries.create({ headline: "new", year: 1, blog: undefined, id: undefined });
    expect([entry.pk > 0, entry.blog]).toEqual([true, null]);
    await entry.delete();
  });
});
