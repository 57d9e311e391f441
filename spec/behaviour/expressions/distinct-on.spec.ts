import { beforeAll, describe, expect, it } from "vitest";
import { Count, F, FieldError, fields, Length, Lower, manager, Model, Q, RowNumber, Sum, Window } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Album extends Model("album", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  tracks: () => fields.hasMany(Track, "album"),
}) {
  static objects = manager(this);
}

class Track extends Model(
  "track",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 20 }),
    position: fields.integer(),
    genre: fields.string({ maxLength: 20, null: true }),
    album: () => fields.foreignKey(Album, { null: true }),
  },
  { ordering: ["position"] },
) {
  static objects = manager(this);
}

const ROWS = [
  { id: 1, title: "a", position: 3, genre: "pop", album: 1 },
  { id: 2, title: "B", position: 1, genre: null, album: 1 },
  { id: 3, title: "ä", position: 2, genre: "rock", album: 2 },
  { id: 4, title: "d", position: 4, genre: null, album: 2 },
  { id: 5, title: "e", position: 5, genre: "pop", album: null },
  { id: 6, title: "a", position: 5, genre: "pop", album: null },
];

onEngines("distinct(…) of names", (engine) => {
  useDatabase(engine, [Album, Track]);
  beforeAll(async () => {
    await Album.objects.bulkCreate([
      { id: 1, name: "Ünder" },
      { id: 2, name: "Zed" },
      { id: 3, name: "none" },
    ]);
    await Track.objects.bulkCreate(ROWS);
  });
  const ids = async (query: typeof Track.objects): Promise<number[]> => (await query.all()).map((row) => row.id);
  const t = Track.objects;

  const cases: readonly (readonly [string, typeof Track.objects, number[]])[] = [
    ["in the model's order", t.distinct("album"), [2, 3, 5]],
    ["in another order, given later", t.distinct("album").orderBy("-position"), [5, 4, 1]],
    ["in an order given before", t.orderBy("-id").distinct("album"), [6, 4, 2]],
    ["reversed", t.distinct("album").reverse(), [5, 4, 1]],
    ["by key where there is no order", t.orderBy().distinct("album").orderBy("album", "id").filter({ album: 1 }), [1]],
    ["of several names", t.distinct("album", "genre").orderBy("id"), [1, 2, 3, 4, 5]],
    ["with NULLs alike", t.distinct("genre").orderBy("id"), [1, 2, 3]],
    [
      "across a relation",
      t.distinct("album__name").orderBy("-album__name", "id").filter({ album__isnull: false }),
      [1, 3],
    ],
    [
      "by what is worked out",
      t
        .annotate({ size: Length("title") })
        .distinct("size")
        .orderBy("-id"),
      [6],
    ],
    ["by an order that is worked out", t.distinct("album").orderBy(F("position").mul(-1), Lower("title")), [6, 4, 1]],
    ["after filters, which come first", t.distinct("album").filter({ position__gt: 2 }), [1, 4, 5]],
    [
      "after exclude and Q",
      t
        .exclude({ genre: "pop" })
        .distinct("album")
        .filter(Q({ id: 2 }).or(Q({ id: 4 }))),
      [2, 4],
    ],
    ["sliced", t.distinct("album").slice(1, 3), [3, 5]],
    ["sliced twice", t.distinct("album").offset(1).limit(1), [3]],
    ["by a transform", t.distinct("title__lower" as "title").orderBy("id"), [1, 2, 3, 4, 5]],
    ["in a subquery", t.filter({ pk__in: t.distinct("album") }).orderBy("id"), [2, 3, 5]],
    ["in a sliced subquery", t.filter({ pk__in: t.distinct("album").limit(2) }).orderBy("id"), [2, 3]],
    ["excluded by a subquery", t.exclude({ pk__in: t.distinct("album") }).orderBy("id"), [1, 4, 6]],
    [
      "with values bound before and behind",
      t.filter({ id__gt: 0 }).distinct("album").filter({ title__ne: "B" }),
      [3, 1, 5],
    ],
    ["asked for twice: the last counts", t.distinct("genre").distinct("album"), [2, 3, 5]],
    ["taken back by distinct()", t.distinct("genre").distinct().orderBy("id"), [1, 2, 3, 4, 5, 6]],
    ["of no rows", t.filter({ id: 99 }).distinct("album"), []],
    ["of none()", t.none().distinct("album"), []],
  ];
  it.each(cases)("%s", async (_, query, expected) => {
    expect(await ids(query)).toEqual(expected);
    expect(await query.count()).toBe(expected.length);
    expect(await query.exists()).toBe(expected.length > 0);
    const streamed: number[] = [];
    for await (const row of query.iterator({ chunkSize: 2 })) streamed.push(row.id);
    expect(streamed).toEqual(expected);
  });

  it("gives first() and last() of the rows that all() gives", async () => {
    const query = t.distinct("album");
    expect([(await query.first())?.id, (await query.last())?.id]).toEqual([2, 5]);
    expect([(await query.reverse().first())?.id, (await query.reverse().last())?.id]).toEqual([5, 1]);
    expect((await query.orderBy().last())?.id).toBe(5);
    expect((await query.get({ album: 2 })).id).toBe(3);
    expect((await query.earliest("title")).id).toBe(2);
  });

  it("knows which rows it contains", async () => {
    const rows = await t.orderBy("id").all();
    const contained = await Promise.all(rows.map((row) => t.distinct("album").contains(row)));
    expect(contained).toEqual([false, true, true, false, true, false]);
  });

  it("works with relations fetched along, fields left out, annotations and values", async () => {
    const joined = await t.selectRelated("album").only("title", "album__name").distinct("album").all();
    expect(joined.map((row) => [row.title, row.album?.name ?? null])).toEqual([
      ["B", "Ünder"],
      ["ä", "Zed"],
      ["e", null],
    ]);
    const annotated = await t
      .annotate({ twice: F("position").mul(2) })
      .distinct("album")
      .orderBy("-twice")
      .all();
    expect(annotated.map((row) => row.twice)).toEqual([10, 8, 6]);
    expect(await t.distinct("album").values("title", "album__name").all()).toEqual([
      { title: "B", album__name: "Ünder" },
      { title: "ä", album__name: "Zed" },
      { title: "e", album__name: null },
    ]);
    expect(await t.valuesList("id", { flat: true }).distinct("genre").orderBy("-id").all()).toEqual([6, 4, 3]);
    const albums = Album.objects
      .annotate({ n: Count("tracks") })
      .distinct("n")
      .orderBy("-id");
    expect((await albums.all()).map((row) => [row.id, row.n])).toEqual([
      [3, 0],
      [2, 2],
    ]);
    const many = Album.objects.values("name", "tracks__title").distinct("name").orderBy("name", "-tracks__position");
    expect((await many.filter({ tracks__isnull: false }).all()).map((row) => row.tracks__title).sort()).toEqual([
      "a",
      "d",
    ]);
    expect(await t.distinct("album").aggregate({ n: Count("*"), sum: Sum("position") })).toEqual({ n: 3, sum: 8 });
    expect([...(await t.distinct("album").inBulk([1, 2])).keys()]).toEqual([2]);
    expect((await t.distinct("album").toKysely().execute()).length).toBe(3);
  });

  it("serves other values by the same SQL", async () => {
    const ask = (position: number) => t.filter({ position__gt: position }).distinct("album").limit(2);
    expect(ask(1).sql().sql).toBe(ask(3).sql().sql);
    expect([await ids(ask(1)), await ids(ask(3))]).toEqual([
      [3, 1],
      [4, 5],
    ]);
  });

  describe("trap 23: refuses", () => {
    const refused: readonly (readonly [string, () => unknown, string])[] = [
      ["an unknown name", () => t.distinct("albun" as "album"), 'Did you mean "album"?'],
      ["SQL", () => t.distinct('id") from track; --' as "id"), "Track has no field"],
      ["undefined", () => t.distinct(undefined as never), "distinct(…): expected the path of a field"],
      ["an object", () => t.distinct({ album: 1 } as never), "distinct(…): expected the path of a field"],
      ["what follows a slice", () => t.limit(2).distinct("album"), "cannot follow limit"],
      [
        "rows of groups",
        () =>
          t
            .values("genre")
            .annotate({ n: Count("*") })
            .distinct("genre")
            .sql(),
        "groups them",
      ],
      ["many related rows", () => Album.objects.distinct("tracks__title").sql(), "values(…).distinct(…)"],
      [
        "a filter on a window",
        () =>
          t
            .annotate({ n: Window(RowNumber(), { orderBy: "id" }) })
            .filter({ n: 1 })
            .distinct("album")
            .sql(),
        "pk__in: filtered",
      ],
      ["locks", () => t.distinct("album").selectForUpdate().sql(), "a queryset that is distinct"],
    ];
    it.each(refused)("%s", (_, ask, message) => {
      expect(ask).toThrow(FieldError);
      expect(ask).toThrow(message);
    });

    it("to write through it", async () => {
      await expect(t.distinct("album").update({ title: "x" }, { all: true })).rejects.toThrow("pk__in: these");
      await expect(t.filter({ id: 1 }).distinct("album").delete()).rejects.toThrow(FieldError);
      expect(await t.filter({ pk__in: t.distinct("album") }).update({ genre: "first" })).toBe(3);
      for (const { id, genre } of ROWS) await t.filter({ id }).update({ genre });
    });
  });
});
