import { beforeAll, expect, it } from "vitest";
import { Q } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, Blog, Book, type Case, createD1, createD2, createD3, Entry, labels, models } from "./data.js";

const blogs = Blog.objects;
const entries = Entry.objects;

const ALL_ENTRIES = ["Lennon 2007", "Lennon 2008", "McC 2007", "orphan 2000"];
const notMcC = Q({ entries__headline: "McC" }).not();

const cases: readonly Case[] = [
  [
    1,
    "one filter: both hold for the same entry",
    () => blogs.filter({ entries__headline: "Lennon", entries__year: 2007 }),
    ["b2"],
  ],
  [
    1,
    "one filter of two arguments: still the same entry",
    () => blogs.filter({ entries__headline: "Lennon" }, Q({ entries__year: 2007 })),
    ["b2"],
  ],
  [
    1,
    "a Q of two conditions: still the same entry",
    () => blogs.filter(Q({ entries__headline: "Lennon" }).and(Q({ entries__year: 2007 }))),
    ["b2"],
  ],
  [
    1,
    "chained filters: each may hold for another entry",
    () => blogs.filter({ entries__headline: "Lennon" }).filter({ entries__year: 2007 }),
    ["b1", "b2"],
  ],
  [
    1,
    "has the tags t1 and t2: chained",
    () => Book.objects.filter({ taggings__tag__name: "t1" }).filter({ taggings__tag__name: "t2" }),
    ["B1"],
  ],
  [
    1,
    "has the tags t1 and t2: no tag is both",
    () => Book.objects.filter({ taggings__tag__name: "t1" }, { taggings__tag__name: "t2" }),
    [],
  ],
  [2, "a join multiplies rows", () => blogs.filter({ entries__year__gte: 2007 }), ["b1", "b1", "b2"]],
  [2, "distinct makes them one again", () => blogs.filter({ entries__year__gte: 2007 }).distinct(), ["b1", "b2"]],
  [3, "exclude asks of all entries", () => blogs.exclude({ entries__headline: "McC" }), ["b2", "b3"]],
  [3, "exclude keeps blogs without entries", () => blogs.exclude({ entries__headline: "Lennon" }), ["b3"]],
  [3, "a negated Q is the same", () => blogs.filter(notMcC), ["b2", "b3"]],
  [3, "a twice negated Q is the filter, each row once", () => blogs.filter(notMcC.not()), ["b1"]],
  [3, "exclude of a negated Q", () => blogs.exclude(notMcC), ["b1"]],
  [
    3,
    "two hops: authors without a book tagged t2",
    () => Author.objects.exclude({ books__taggings__tag__name: "t2" }),
    ["bob", "Él_i\\z"],
  ],
  [
    3,
    "from the other end: entries of blogs without McC",
    () => entries.exclude({ blog__entries__headline: "McC" }),
    ["Lennon 2007", "orphan 2000"],
  ],
  // Django's reading is kept: each excluded condition on a relation to many rows asks of its own related row.
  [
    4,
    "exclude of two conditions: each by itself",
    () => blogs.exclude({ entries__headline: "McC", entries__year: 2008 }),
    ["b2", "b3"],
  ],
  [
    4,
    "exclude of two conditions about the same entry",
    () => blogs.exclude({ entries__in: entries.filter({ headline: "McC", year: 2008 }) }),
    ["b1", "b2", "b3"],
  ],
  [
    7,
    "rows not in a list of keys that a NULL is among",
    () => blogs.exclude({ entries__in: entries.filter({ year: 2000 }) }),
    ["b1", "b2", "b3"],
  ],
  [7, "blogs that no entry is in", () => blogs.exclude({ pk__in: blogs.filter({ entries__isnull: false }) }), ["b3"]],
  [
    11,
    "OR: a blog without entries is not lost",
    () => blogs.filter(Q({ name: "b3" }).or(Q({ entries__headline: "McC" }))),
    ["b1", "b3"],
  ],
  [
    11,
    "OR: an entry without a blog is not lost",
    () => entries.filter(Q({ blog__name: "b2" }).or(Q({ year: 2000 }))),
    ["Lennon 2007", "orphan 2000"],
  ],
  [
    11,
    "OR, then an AND that needs the blog",
    () => entries.filter(Q({ blog__name: "b2" }).or(Q({ year: 2000 }))).filter({ blog__name__startswith: "b" }),
    ["Lennon 2007"],
  ],
  [
    11,
    "OR within AND",
    () => entries.filter(Q({ blog__name: "b1" }).or(Q({ blog__isnull: true })), { year__lte: 2007 }),
    ["McC 2007", "orphan 2000"],
  ],
  [12, "no entries", () => blogs.filter({ entries__isnull: true }), ["b3"]],
  [12, "some entries, one row for each", () => blogs.filter({ entries__isnull: false }), ["b1", "b1", "b2"]],
  [12, "exclude those without", () => blogs.exclude({ entries__isnull: true }), ["b1", "b2"]],
  [12, "exclude those with", () => blogs.exclude({ entries__isnull: false }), ["b3"]],
  [12, "no blog, by the key", () => entries.filter({ blog__isnull: true }), ["orphan 2000"]],
  [12, "no blog, by null", () => entries.filter({ blog: null }), ["orphan 2000"]],
  [12, "no blog, by the blog's key", () => entries.filter({ blog__pk__isnull: true }), ["orphan 2000"]],
  [12, "no blog, by its name", () => entries.filter({ blog__name__isnull: true }), ["orphan 2000"]],
  [
    12,
    "a blog, by its name",
    () => entries.filter({ blog__name__isnull: false }),
    ["Lennon 2007", "Lennon 2008", "McC 2007"],
  ],
  [
    12,
    "exclude those without a blog",
    () => entries.exclude({ blog__isnull: true }),
    ["Lennon 2007", "Lennon 2008", "McC 2007"],
  ],
  [
    5,
    "exclude through a nullable key keeps rows without",
    () => entries.exclude({ blog__name: "b1" }),
    ["Lennon 2007", "orphan 2000"],
  ],
  [
    5,
    "ne through a nullable key keeps them, too",
    () => entries.filter({ blog__name__ne: "b1" }),
    ["Lennon 2007", "orphan 2000"],
  ],
  [5, "a negated Q, twice", () => entries.filter(Q({ blog__name: "b1" }).not().not()), ["Lennon 2008", "McC 2007"]],
  [62, "a Q of nothing asks nothing", () => entries.filter(Q({})), ALL_ENTRIES],
  [62, "neither does its negation", () => entries.filter(Q({}).not()), ALL_ENTRIES],
  [62, "nor excluding nothing", () => entries.exclude({}), ALL_ENTRIES],
];

onEngines("Relations to many rows", (engine) => {
  useDatabase(engine, models);
  beforeAll(async () => {
    await createD1();
    const { ann } = await createD2();
    await createD3(ann);
  });

  it.each(cases)("trap %i: %s", async (_trap, _title, ask, answer) => {
    expect(await labels(ask())).toEqual([...answer].sort());
  });

  it("trap 2: count counts rows of the join, distinct ones once", async () => {
    const recent = blogs.filter({ entries__year__gte: 2007 });
    expect(await recent.count()).toBe(3);
    expect(await recent.distinct().count()).toBe(2);
  });

  it("trap 11: joins are inner again where the row is needed, and outer only where it is not", () => {
    const either = entries.filter(Q({ blog__name: "b2" }).or(Q({ year: 2000 })));
    expect(either.sql().sql.toLowerCase()).toContain("left join");
    expect(either.filter({ blog__name: "b2" }).sql().sql.toLowerCase()).not.toContain("left join");
    expect(blogs.filter({ entries__year: 2007 }).sql().sql.toLowerCase()).not.toContain("left join");
    expect(blogs.filter({ entries__isnull: true }).sql().sql.toLowerCase()).toContain("left join");
  });

  it.each([
    ["blog__isnull", () => entries.filter({ blog__isnull: true })],
    ["blog", () => entries.filter({ blog: 1 })],
    ["blog__in", () => entries.filter({ blog__in: [1, 2] })],
    ["blog__pk", () => entries.filter({ blog__pk: 1 })],
    ["blog__id__gt", () => entries.filter({ blog__id__gt: 1 })],
    ["blog__pk__isnull", () => entries.exclude({ blog__pk__isnull: true })],
  ])("trap 12: %s is asked of the key itself, without a join", (_key, ask) => {
    expect(ask().sql().sql.toLowerCase()).not.toMatch(/ join |exists/);
  });
});
