import { beforeAll, describe, expect, it } from "vitest";
import {
  Coalesce,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  Length,
  manager,
  Max,
  Model,
  NotSupportedError,
  OuterRef,
  RowNumber,
  Subquery,
  Value,
  Window,
} from "dunder-orm";
import { lateral as lateralHere } from "dunder-orm/mysql";
import { lateral } from "dunder-orm/postgres";
import { onEngines, useDatabase } from "../../support/engines.js";

class Band extends Model("lateral_band", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Record extends Model("lateral_record", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  band: () => fields.foreignKey(Band),
  songs: () => fields.hasMany(Song, "record"),
}) {
  static objects = manager(this);
}

class Song extends Model(
  "lateral_song",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 20 }),
    stars: fields.integer(),
    price: fields.decimal({ precision: 6, scale: 2, null: true }),
    data: fields.json<{ tags: string[] }>({ null: true }),
    record: () => fields.foreignKey(Record),
    notes: () => fields.hasMany(Remark, "song"),
  },
  { ordering: ["title"] },
) {
  static objects = manager(this);
}

class Remark extends Model("lateral_remark", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20 }),
  song: () => fields.foreignKey(Song),
}) {
  static objects = manager(this);
}

onEngines("lateral", (engine) => {
  const held = useDatabase(engine, [Band, Record, Song, Remark]);
  beforeAll(async () => {
    await Band.objects.bulkCreate([
      { id: 1, name: "Ants" },
      { id: 2, name: "Bees" },
    ]);
    await Record.objects.bulkCreate([
      { id: 1, name: "One", band: 1 },
      { id: 2, name: "Two", band: 1 },
      { id: 3, name: "Three", band: 2 },
    ]);
    await Song.objects.bulkCreate([
      { id: 1, title: "a", stars: 5, price: "1.50", data: { tags: ["x"] }, record: 1 },
      { id: 2, title: "b", stars: 3, price: null, data: null, record: 1 },
      { id: 3, title: "c", stars: 4, price: "2.25", data: { tags: [] }, record: 1 },
      { id: 4, title: "Ants", stars: 1, price: "0.10", data: null, record: 2 },
    ]);
    await Remark.objects.bulkCreate([
      { id: 1, text: "good", song: 1 },
      { id: 2, text: "loud", song: 1 },
      { id: 3, text: "quiet", song: 4 },
    ]);
  });

  const songs = Song.objects.filter({ record: OuterRef("pk") });
  const best = songs.orderBy("-stars").limit(2);
  const withBest = Record.objects.join(lateral("best", best), {});

  const here = engine.name === "postgres" || engine.label === "MySQL";
  if (!here) {
    it("is refused by name where the engine has no such join", async () => {
      expect(held.db.engine.features.lateralJoins ?? false).toBe(false);
      for (const rows of [
        withBest.all(),
        withBest.count(),
        withBest.filter({ best__stars: 1 }).update({ name: "x" }),
      ]) {
        const error = await rows.then(
          () => null,
          (thrown: unknown) => thrown,
        );
        expect(error).toBeInstanceOf(NotSupportedError);
        expect((error as NotSupportedError).message).toMatch(
          new RegExp(`^Record: ${engine.label} has no LATERAL: .*Subquery\\(…\\).*OuterRef\\(…\\).*Prefetch\\(…\\)`),
        );
      }
    });
    describe.skip("its rows", () => undefined);
    return;
  }

  it("puts a slice of related rows beside each row", async () => {
    const rows = withBest.orderBy("id", "-best__stars");
    expect(await rows.valuesList("name", "best__title", "best__stars", "best__price").all()).toEqual([
      ["One", "a", 5, "1.50"],
      ["One", "c", 4, "2.25"],
      ["Two", "Ants", 1, "0.10"],
    ]);
    expect((await rows.all()).map(({ name }) => name)).toEqual(["One", "One", "Two"]);
    expect(await rows.count()).toBe(3);
  });

  it("keeps rows beside which there is none", async () => {
    const rows = Record.objects.join(lateral("best", best), {}, { left: true }).orderBy("id", "best__id");
    expect(await rows.valuesList("id", "best", "best__title", "best__data").all()).toEqual([
      [1, 1, "a", { tags: ["x"] }],
      [1, 3, "c", { tags: [] }],
      [2, 4, "Ants", null],
      [3, null, null, null],
    ]);
    expect(await rows.filter({ best__isnull: true }).valuesList("id", { flat: true }).all()).toEqual([3]);
    expect(await rows.exclude({ best__stars__gt: 3 }).valuesList("id", { flat: true }).all()).toEqual([2, 3]);
  });

  it("leads on along the relations of its rows", async () => {
    const rows = withBest.orderBy("id", "best__id");
    expect(await rows.valuesList("best__record__band__name", { flat: true }).all()).toEqual(["Ants", "Ants", "Ants"]);
    expect(await rows.filter({ best__notes__text: "loud" }).valuesList("id", { flat: true }).all()).toEqual([1]);
    expect(await rows.exclude({ best__notes__text: "loud" }).valuesList("best__id", { flat: true }).all()).toEqual([
      3, 4,
    ]);
    expect(
      await rows
        .annotate({ n: Count("best__notes") })
        .valuesList("best__id", "n")
        .all(),
    ).toEqual([
      [1, 2],
      [3, 0],
      [4, 1],
    ]);
    expect(await rows.filter({ best: await Song.objects.get({ id: 3 }) }).count()).toBe(1);
    expect(await rows.filter({ best__in: Song.objects.filter({ stars__gt: 3 }) }).count()).toBe(2);
    expect(await rows.filter({ best__data__tags__contains: ["x"] }).count()).toBe(1);
  });

  it("orders, narrows, annotates, groups and counts by what it gives", async () => {
    const rows = withBest.annotate({ label: F("best__title"), size: Length("best__title") });
    expect((await rows.orderBy("-best__stars").all()).map(({ id, label, size }) => [id, label, size])).toEqual([
      [1, "a", 1],
      [1, "c", 1],
      [2, "Ants", 4],
    ]);
    expect(await withBest.aggregate({ n: Count("*"), most: Max("best__stars") })).toEqual({ n: 3, most: 5 });
    expect(
      await withBest
        .values("name")
        .annotate({ n: Count("*"), most: Max("best__stars") })
        .orderBy("name")
        .all(),
    ).toEqual([
      { name: "One", n: 2, most: 5 },
      { name: "Two", n: 1, most: 1 },
    ]);
    const order = Window(RowNumber(), { orderBy: "-best__stars" });
    expect(
      await withBest.annotate({ at: order }).filter({ at__lte: 2 }).valuesList("best__id", { flat: true }).all(),
    ).toEqual([1, 3]);
    expect(
      await withBest.distinct("name").orderBy("name", "-best__stars").valuesList("best__id", { flat: true }).all(),
    ).toEqual([1, 4]);
  });

  it("takes a condition beside what its queryset says", async () => {
    const rows = Record.objects.join(lateral("best", best), { best__stars__lt: F("band").mul(5) }, { left: true });
    expect(await rows.orderBy("id", "best__id").valuesList("id", "best__id").all()).toEqual([
      [1, 3],
      [2, 4],
      [3, null],
    ]);
  });

  it("gives values under names, of groups as well", async () => {
    const counted = songs.values("record").annotate({ n: Count("*"), most: Max("price") });
    const rows = Record.objects.join(lateral("sum", counted), {}, { left: true }).orderBy("id");
    expect(await rows.values("id", "sum__n", "sum__most").all()).toEqual([
      { id: 1, sum__n: 3, sum__most: "2.25" },
      { id: 2, sum__n: 1, sum__most: "0.10" },
      { id: 3, sum__n: null, sum__most: null },
    ]);
    expect(await rows.filter({ sum__isnull: true }).valuesList("id", { flat: true }).all()).toEqual([3]);
    expect(await rows.filter({ sum__n__gt: 1 }).valuesList("sum__record", { flat: true }).all()).toEqual([1]);
    const dear = rows.annotate({ dear: Coalesce("sum__most", Value("0", "decimal")) }).filter({ dear__gte: "1.00" });
    expect(await dear.valuesList("dear", { flat: true }).all()).toEqual(["2.25"]);
  });

  it("gives annotations with rows", async () => {
    const marked = songs
      .annotate({ long: Length("title"), remarks: Count("notes") })
      .orderBy("-remarks")
      .limit(1);
    const rows = Record.objects.join(lateral("top", marked), {});
    expect(await rows.orderBy("id").values("id", "top__title", "top__long", "top__remarks").all()).toEqual([
      { id: 1, top__title: "a", top__long: 1, top__remarks: 2 },
      { id: 2, top__title: "Ants", top__long: 4, top__remarks: 1 },
    ]);
    expect(await rows.filter({ top__remarks__gt: 1 }).count()).toBe(1);
  });

  it("names what is reached from the row, what was joined before, and annotations", async () => {
    const named = Song.objects.filter({ title: OuterRef("band__name") });
    expect(await Record.objects.join(lateral("own", named), {}).orderBy("id").values("id", "own__id").all()).toEqual([
      { id: 1, own__id: 4 },
      { id: 2, own__id: 4 },
    ]);
    const remarks = Remark.objects
      .filter({ song: OuterRef("best__pk") })
      .orderBy("-id")
      .limit(1);
    expect(
      await withBest
        .join(lateral("last", remarks), {}, { left: true })
        .orderBy("best__id")
        .values("best__id", "last__text")
        .all(),
    ).toEqual([
      { best__id: 1, last__text: "loud" },
      { best__id: 3, last__text: null },
      { best__id: 4, last__text: "quiet" },
    ]);
    const above = Record.objects
      .annotate({ least: Length("name") })
      .join(lateral("fine", Song.objects.filter({ stars__gt: OuterRef("least") })), {});
    expect(await above.orderBy("id", "fine__id").valuesList("id", "fine__id").all()).toEqual([
      [1, 1],
      [1, 3],
      [2, 1],
      [2, 3],
    ]);
  });

  it("stands in other querysets, in updates and in deletes", async () => {
    expect(await Band.objects.filter({ pk__in: withBest.filter({ best__stars: 1 }).values("band") }).count()).toBe(1);
    const high = withBest.filter({ band: OuterRef("pk"), best__stars__gte: 5 });
    expect(await Band.objects.filter(Exists(high)).valuesList("name", { flat: true }).all()).toEqual(["Ants"]);
    const most = withBest
      .filter({ band: OuterRef("pk") })
      .orderBy("-best__stars")
      .values("best__title");
    expect(
      await Band.objects
        .annotate({ top: Subquery(most) })
        .orderBy("id")
        .valuesList("id", "top")
        .all(),
    ).toEqual([
      [1, "a"],
      [2, null],
    ]);
    await held.db
      .atomic(async () => {
        expect(await withBest.filter({ best__stars: 1 }).update({ name: "2" })).toBe(1);
        expect((await Record.objects.get({ id: 2 })).name).toBe("2");
        await Song.objects
          .filter({ record: 2 })
          .delete({ all: true })
          .catch(() => null);
        throw new Error("back");
      })
      .catch((error: unknown) => expect((error as Error).message).toBe("back"));
  });

  it("takes no rows for a queryset of none", async () => {
    const none = lateral("best", best.none());
    expect(await Record.objects.join(none, {}).count()).toBe(0);
    expect(await Record.objects.join(none, {}, { left: true }).values("best__title").all()).toEqual([
      { best__title: null },
      { best__title: null },
      { best__title: null },
    ]);
  });

  it("runs the same plan with other values", async () => {
    const atLeast = (stars: number, rows: number) =>
      Record.objects
        .join(lateral("s", songs.filter({ stars__gte: stars }).orderBy("-stars").limit(rows)), {})
        .orderBy("s__id")
        .valuesList("s__id", { flat: true })
        .all();
    expect(await atLeast(1, 1)).toEqual([1, 4]);
    expect(await atLeast(4, 9)).toEqual([1, 3]);
    expect(await atLeast(4, 1)).toEqual([1]);
  });

  it("is the same from both entries", () => {
    expect(lateralHere).toBe(lateral);
  });

  it("refuses what it cannot take, and says what it can", () => {
    const join = (queryset: unknown) => () => Record.objects.join(lateral("x", queryset as typeof best), {});
    const cases: readonly (readonly [string, () => unknown, string])[] = [
      ["no queryset", join(Song), 'lateral("x", queryset) takes a queryset, got'],
      ["no name", () => lateral(3 as never, best), "takes the name to join rows under, got number 3"],
      ["a bad name", () => lateral("a__b", best), "single underscores at most"],
      [
        "a name that is taken",
        () => Record.objects.join(lateral("songs" as "x", best), {}),
        "leads along without a join",
      ],
      ["lists", join(songs.valuesList("title")), "values(…), not valuesList(…)"],
      ["a path for a name", join(songs.values("record__name")), 'values({ x: F("record__name") })'],
      ["a field that is not there", join(songs.filter({ title: OuterRef("nmae") })), 'Did you mean "name"'],
      ["many rows", join(songs.filter({ title: OuterRef("songs__title") })), "worked out for single rows"],
      ["a query further out", join(songs.filter({ title: OuterRef(OuterRef("name")) })), "and no query around that"],
      [
        "names of its rows that are not there",
        () => withBest.filter({ best__titel: "x" } as never),
        'Did you mean "title"',
      ],
      ["values after", () => withBest.values("name").join(lateral("y", best), {}), "Join first"],
    ];
    for (const [what, work, message] of cases) {
      expect(work, what).toThrow(FieldError);
      expect(work, what).toThrow(message);
    }
  });
});
