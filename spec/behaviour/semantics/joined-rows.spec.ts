import { beforeAll, expect, it } from "vitest";
import { Count, F, fields, manager, Max, Model, Q, Sum } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Blog extends Model("blog", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  entries: () => fields.hasMany(Entry, "blog"),
  likes: () => fields.hasMany(Like, "blog"),
}) {
  static objects = manager(this);
}

class Entry extends Model("entry", {
  id: fields.integer({ primaryKey: true }),
  blog: () => fields.foreignKey(Blog, { null: true }),
  headline: fields.string({ maxLength: 20 }),
  year: fields.integer({ null: true }),
}) {
  static objects = manager(this);
}

class Like extends Model("fan", {
  id: fields.integer({ primaryKey: true }),
  blog: () => fields.foreignKey(Blog),
  weight: fields.integer(),
}) {
  static objects = manager(this);
}

onEngines("Joined rows, shared and not", (engine) => {
  useDatabase(engine, [Blog, Entry, Like]);

  beforeAll(async () => {
    await Blog.objects.bulkCreate([1, 2, 3].map((id) => ({ id, name: `b${id}` })));
    await Entry.objects.bulkCreate([
      { id: 1, blog: 1, headline: "Lennon", year: 2008 },
      { id: 2, blog: 1, headline: "McC", year: 2007 },
      { id: 3, blog: 2, headline: "Lennon", year: 2007 },
      { id: 4, blog: 2, headline: "Old", year: null },
      { id: 5, headline: "orphan", year: 2000 },
    ]);
    await Like.objects.bulkCreate([
      { id: 1, blog: 1, weight: 1 },
      { id: 2, blog: 1, weight: 2 },
      { id: 3, blog: 2, weight: 2007 },
    ]);
  });

  const blogs = Blog.objects.orderBy("id");
  const ids = (query: typeof blogs) => query.valuesList("id", { flat: true }).all();

  it("values and filters on a relation share the row, in either order", async () => {
    const rows = [[1, "Lennon"]];
    const where = { entries__year: 2008 };
    expect(await blogs.filter(where).valuesList("id", "entries__headline").all()).toEqual(rows);
    expect(await blogs.valuesList("id", "entries__headline").filter(where).all()).toEqual(rows);
    expect(
      await blogs
        .filter(where)
        .annotate({ h: F("entries__headline") })
        .valuesList("id", "h")
        .all(),
    ).toEqual(rows);
    expect(
      await blogs
        .annotate({ h: F("entries__headline") })
        .filter(where)
        .valuesList("id", "h")
        .all(),
    ).toEqual(rows);
    expect(
      await blogs
        .annotate({ h: F("entries__headline") })
        .filter({ h: "Lennon" })
        .valuesList("id", "entries__year")
        .all(),
    ).toEqual([
      [1, 2008],
      [2, 2007],
    ]);
  });

  it("order over the relation follows that row, too", async () => {
    const found = blogs.filter({ entries__year__gte: 2007 }).orderBy("-entries__year", "-id");
    expect(await found.valuesList("id", "entries__year").all()).toEqual([
      [1, 2008],
      [2, 2007],
      [1, 2007],
    ]);
    expect(await ids(found.limit(2))).toEqual([1, 2]);
  });

  it("F over the relation is of the same row in one filter, and of another in the next", async () => {
    expect(await ids(blogs.filter({ entries__year: F("likes__weight") }))).toEqual([2]);
    expect(
      await ids(blogs.filter({ entries__headline: "McC", entries__year__lt: F("entries__id").add(2006) })),
    ).toEqual([1]);
    expect(await ids(blogs.filter({ entries__headline: "Lennon" }).filter({ entries__year: 2007 }))).toEqual([1, 2]);
    expect(await ids(blogs.filter({ entries__headline: "Lennon", entries__year: 2007 }))).toEqual([2]);
    expect(await ids(blogs.exclude({ entries__year: F("likes__weight") }))).toEqual([1, 3]);
  });

  it("joins are left ones where OR or isnull needs it, and inner ones where AND demands the row", async () => {
    const either = Q({ name: "b3" }).or(Q({ entries__headline: "McC" }));
    expect(await ids(blogs.filter(either))).toEqual([1, 3]);
    expect(await ids(blogs.filter(either, { entries__year: 2007 }))).toEqual([1]);
    expect(await ids(blogs.filter({ entries__isnull: true }))).toEqual([3]);
    expect(await ids(blogs.filter(Q({ entries__isnull: true }).or(Q({ entries__year: 2008 }))))).toEqual([1, 3]);
    expect(await ids(blogs.filter({ entries__year__isnull: true }))).toEqual([2, 3]);
    expect(await ids(blogs.filter({ entries__isnull: false }).distinct())).toEqual([1, 2]);
    expect(await ids(blogs.filter(either).filter({ likes__weight: 2 }))).toEqual([1]);
  });

  it("distinct, counts and slices are of the rows that come out", async () => {
    const several = blogs.filter({ entries__headline__ne: "Old" });
    expect(await several.count()).toBe(4);
    expect(await several.distinct().count()).toBe(3);
    expect(await ids(several.distinct().limit(2))).toEqual([1, 2]);
    expect(await several.distinct().limit(2).count()).toBe(2);
    expect(await ids(several.distinct().offset(1))).toEqual([2, 3]);
  });

  it("aggregates are not multiplied by what is joined before or after them", async () => {
    const counted = { n: Count("entries"), w: Sum("likes__weight") };
    expect(await blogs.annotate(counted).valuesList("id", "n", "w").all()).toEqual([
      [1, 2, 3],
      [2, 2, 2007],
      [3, 0, null],
    ]);
    expect(
      await blogs
        .filter({ likes__weight__gte: 1 })
        .annotate({ n: Count("entries") })
        .valuesList("id", "n")
        .all(),
    ).toEqual([
      [1, 2],
      [2, 2],
    ]);
    expect(await blogs.annotate(counted).filter({ likes__weight__gte: 1 }).valuesList("id", "n", "w").all()).toEqual([
      [1, 2, 3],
      [2, 2, 2007],
    ]);
    expect(await blogs.filter({ entries__year: 2007 }).annotate(counted).valuesList("id", "n", "w").all()).toEqual([
      [1, 1, 3],
      [2, 1, 2007],
    ]);
    expect(
      await blogs.filter({ entries__year: 2007 }).aggregate({ w: Sum("likes__weight"), last: Max("entries__year") }),
    ).toEqual({
      w: 2010,
      last: 2007,
    });
    expect(await blogs.exclude({ entries__year: 2008 }).annotate(counted).valuesList("id", "n").all()).toEqual([
      [2, 2],
      [3, 0],
    ]);
  });

  it("exclude asks each condition of any related row, and keeps those for which it is unknown", async () => {
    expect(await ids(blogs.exclude({ entries__headline: "McC" }))).toEqual([2, 3]);
    expect(await ids(blogs.exclude({ entries__headline: "McC", entries__year: 2008 }))).toEqual([2, 3]);
    expect(await ids(blogs.exclude({ entries__year__gt: 2007 }))).toEqual([2, 3]);
    expect(await ids(blogs.exclude({ entries__isnull: true }))).toEqual([1, 2]);
    expect(await ids(blogs.filter({ entries__headline: "Lennon" }).exclude({ entries__year: 2008 }))).toEqual([2]);
    expect(
      await Entry.objects
        .exclude({ blog__entries__headline: "McC" })
        .orderBy("id")
        .valuesList("id", { flat: true })
        .all(),
    ).toEqual([3, 4, 5]);
  });
});
