import { beforeAll, expect, it } from "vitest";
import { sql } from "kysely";
import { Count, Exists, F, FieldError, fields, manager, Model, OuterRef, Rank, raw, Window } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Note extends Model("note", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 20 }),
  body: fields.string({ maxLength: 20, default: "" }),
  rank: fields.integer(),
  data: fields.json<{ a: number }>(),
}) {
  static objects = manager(this);
}

/** What any queryset of rows does; each has a type of its own. */
interface Rows {
  orderBy(name: "id"): { all(): Promise<readonly { readonly id: number }[]> };
  count(): Promise<number>;
}

onEngines("Sets, CTEs and or() beside the rest of a queryset", (engine) => {
  useDatabase(engine, [Note]);
  beforeAll(async () => {
    await Note.objects.bulkCreate([1, 2, 3, 4].map((id) => ({ id, title: `t${id % 2}`, rank: id, data: { a: id } })));
  });

  const all = Note.objects;
  const of = (rank: number) => all.filter({ rank });
  const first = all.annotate({ place: Window(Rank(), { partitionBy: "title", orderBy: "rank" }) }).filter({ place: 1 });
  const largest = all.annotate({ place: Window(Rank(), { orderBy: "-rank" }) }).asCte("largest");

  const cases: readonly (readonly [string, Rows, readonly number[]])[] = [
    ["a set of rows of which a part is left out", all.only("title").union(of(1)), [1, 2, 3, 4]],
    ["only() of a set", of(1).union(of(2)).only("title"), [1, 2]],
    ["defer() and comment() of a set", of(1).union(of(2)).defer("body").comment("x"), [1, 2]],
    ["or() after a filter on a window", first.or(of(4)), [1, 2, 4]],
    ["and() with a filter on a window", all.filter({ rank__gt: 1 }).and(first), [2]],
    ["and() after a filter on a window, which it does not narrow", first.and(all.filter({ rank__gt: 1 })), [2]],
    ["or() after distinct(name)", all.distinct("title").or(of(4)), [1, 2, 4]],
    ["a set of distinct(name)", all.distinct("title").union(of(4)), [1, 2, 4]],
    ["a set of filters on windows", first.union(first.filter({ rank: 4 })), [1, 2, 4]],
    ["filters on the windows of a CTE", largest.filter({ place__lte: 2 }), [3, 4]],
    [
      "windows over the rows of a CTE",
      largest
        .filter({ place__lte: 2 })
        .annotate({ again: Window(Rank(), { orderBy: "rank" }) })
        .filter({ again: 1 }),
      [3],
    ],
    ["SQL of one's own in a CTE", all.asCte("c").filter(raw(sql`${sql.ref("rank")} > ${2}`, "boolean")), [3, 4]],
    [
      "SQL of one's own as a column of a CTE",
      all
        .annotate({ more: raw(sql`${F("rank")} + ${2}`, "integer") })
        .asCte("c")
        .filter({ more__gt: 5 }),
      [4],
    ],
    [
      "either of two about the row around",
      all.filter(
        Exists(all.filter({ rank: OuterRef("rank"), title: "t1" }).or(of(2).filter({ rank: OuterRef("id") }))),
      ),
      [1, 2, 3],
    ],
  ];
  it.each(cases)("%s", async (_, query, expected) => {
    expect((await query.orderBy("id").all()).map(({ id }) => id)).toEqual(expected);
    expect(await query.count()).toBe(expected.length);
  });

  it("JSON, groups and first rows of values in a CTE", async () => {
    const pairs = all.values("title", "data").asCte("pairs");
    expect(await pairs.filter({ data__a: 2 }).all()).toEqual([{ title: "t0", data: { a: 2 } }]);
    expect(await pairs.filter({ data__a__gt: 3 }).values("data__a").all()).toEqual([{ data__a: 4 }]);
    expect(await all.values("title").asCte("c").distinct("title").orderBy("title").all()).toEqual([
      { title: "t0" },
      { title: "t1" },
    ]);
    const sizes = all
      .values("title")
      .annotate({ n: Count("*") })
      .asCte("sizes");
    expect(await sizes.filter({ n__gt: 1 }).orderBy("-title").all()).toEqual([
      { title: "t1", n: 2 },
      { title: "t0", n: 2 },
    ]);
  });

  it("explain() and contains() of a set", async () => {
    const both = of(1).union(of(2));
    expect(await both.explain()).not.toBe("");
    expect(await both.contains(await of(1).get())).toBe(true);
    expect(await both.contains(await of(3).get())).toBe(false);
  });

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    [
      "where",
      () =>
        of(1)
          .union(of(2))
          .where((eb) => eb("rank", "=", 1)),
      "where(…) cannot follow union",
    ],
    ["distinct of names", () => of(1).union(of(2)).distinct("title"), "distinct(…) cannot follow union"],
    [
      "a value of the query around",
      () => all.values({ o: OuterRef("rank") }).union(all.values("rank")),
      '"o" is a value of the query around',
    ],
  ];
  it.each(refused)("refuses %s", (_, ask, message) => {
    expect(ask).toThrow(FieldError);
    expect(ask).toThrow(message);
  });

  it("refuses to lock the rows of a set", () => {
    const locked = of(1).union(of(2)).selectForUpdate();
    expect(() => locked.sql()).toThrow(
      "selectForUpdate() cannot lock the rows of a queryset that reads other querysets",
    );
  });
});
