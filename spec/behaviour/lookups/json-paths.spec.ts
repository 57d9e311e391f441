import { beforeAll, describe, expect, it } from "vitest";
import {
  Avg,
  Cast,
  Concat,
  Count,
  Exists,
  F,
  FieldError,
  fields,
  type Json,
  JsonAgg,
  JsonArray,
  JsonNull,
  JsonObject,
  manager,
  Max,
  Model,
  OuterRef,
  Q,
  Sum,
  Value,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

interface Data {
  readonly owner?: { readonly name: string; readonly age?: number } | null;
  readonly tags?: readonly string[];
  readonly rank?: number | string | boolean | null | readonly number[] | { readonly deep: number };
  readonly ok?: boolean;
  readonly day?: string;
  readonly price?: string;
}

class Shelf extends Model("shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string(),
  books: () => fields.hasMany(Book, "shelf"),
}) {
  static objects = manager(this);
}

class Book extends Model(
  "book",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string(),
    size: fields.integer({ default: 0 }),
    shelf: () => fields.foreignKey(Shelf, { null: true }),
    data: fields.json<Data>({ null: true }),
    extra: fields.json({ null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

const BOOKS = [
  { id: 1, title: "Bob", size: 40, shelf: 1, data: { owner: { name: "Bob", age: 40 }, tags: ["x", "y"], rank: 10 } },
  { id: 2, title: "x", size: 3, shelf: 1, data: { owner: { name: "ann", age: 3 }, tags: ["x"], rank: 9, ok: true } },
  { id: 3, title: "É", size: 2, shelf: 2, data: { owner: null, tags: [], rank: "b", ok: false, day: "2024-02-29" } },
  { id: 4, title: "d", size: 1, shelf: 2, data: { rank: "É", price: "12.50" } },
  { id: 5, title: "e", size: 0, shelf: null, data: null },
  { id: 6, title: "f", size: 0, shelf: null, data: { rank: true, owner: { name: "Zoë" } } },
  { id: 7, title: "g", size: 0, shelf: null, data: { rank: null, day: "2023-02-29" } },
  { id: 8, title: "h", size: 0, shelf: null, data: { rank: [1] } },
  { id: 9, title: "i", size: 0, shelf: null, data: { rank: { deep: 1 }, tags: ["z", "é"] } },
  { id: 10, title: "j", size: 0, shelf: null, data: { rank: false, ok: true } },
  { id: 11, title: "k", size: 0, shelf: null, data: { rank: 1.5 } },
];

interface Found {
  all(): Promise<readonly { readonly id: number }[]>;
}
const ids = async (found: Found) => (await found.all()).map(({ id }) => id);

onEngines("Paths into JSON", (engine) => {
  useDatabase(engine, [Shelf, Book]);

  beforeAll(async () => {
    await Shelf.objects.bulkCreate([
      { id: 1, name: "one" },
      { id: 2, name: "two" },
      { id: 3, name: "empty" },
    ]);
    await Book.objects.bulkCreate(BOOKS);
  });

  describe("trap 54: null", () => {
    const rows: Json[] = [null, JsonNull, { a: 1 }, { a: null }, { b: 1 }];
    const extras = () => Book.objects.filter({ id__gte: 100 });
    const place = async (found: Found) => (await ids(found)).map((id) => id - 100);

    beforeAll(async () => {
      await Book.objects.bulkCreate(rows.map((extra, index) => ({ id: 100 + index, title: "null", extra })));
      return async () => {
        await Book.objects.filter({ id__gte: 100 }).delete();
      };
    });

    it("of JSON is apart from NULL, and a key that is not there from one that is null", async () => {
      expect(await place(extras().filter({ extra: null }))).toEqual([1]);
      expect(await place(extras().filter({ extra: JsonNull }))).toEqual([1]);
      expect(await place(extras().filter({ extra__isnull: true }))).toEqual([0]);
      expect(await place(extras().filter({ extra__a: null }))).toEqual([3]);
      expect(await place(extras().filter({ extra__a__isnull: true }))).toEqual([0, 1, 4]);
      expect(await place(extras().filter({ extra__a__ne: null }))).toEqual([0, 1, 2, 4]);
      expect(await place(extras().exclude({ extra__a: 1 }))).toEqual([0, 1, 3, 4]);
      expect(await place(extras().exclude({ extra: null }))).toEqual([0, 2, 3, 4]);
      expect(
        await place(
          extras().filter(
            Q({ extra__a: null })
              .or(Q({ extra: null }))
              .not(),
          ),
        ),
      ).toEqual([0, 2, 4]);
    });

    it("is read as null, and written by create and save", async () => {
      const row = await Book.objects.create({ id: 200, title: "n", extra: JsonNull });
      expect((await Book.objects.get({ id: 200 })).extra).toBe(null);
      expect(await Book.objects.filter({ id: 200, extra: null }).count()).toBe(1);
      row.extra = null;
      await row.save();
      expect(await Book.objects.filter({ id: 200, extra__isnull: true }).count()).toBe(1);
      row.extra = JsonNull;
      await row.save();
      expect(await Book.objects.filter({ id: 200, extra__isnull: false }).count()).toBe(1);
      await row.delete();
    });
  });

  describe("trap 59: names of lookups", () => {
    const found = (where: object) => Book.objects.filter(where as { extra__isnull: boolean }).count();

    beforeAll(async () => {
      const extra = { contains: "abc", isnull: 1, exact: { exact: 2 }, "0": "zero", a__b: 1, _: 2, "": 3 };
      await Book.objects.create({ id: 300, title: "named", extra });
      return async () => {
        await Book.objects.filter({ id: 300 }).delete();
      };
    });

    it("are lookups as the last name, and keys before another", async () => {
      expect(await found({ extra__contains__exact: "abc" })).toBe(1);
      expect(await found({ extra__contains__contains: "b" })).toBe(1);
      expect(await found({ extra__isnull__gt: 0 })).toBe(1);
      expect(await found({ extra__exact__exact__exact: 2 })).toBe(1);
      expect(await found({ extra__contains: { isnull: 1 } })).toBe(1);
    });

    it("and names that no path has are said by key(…)", async () => {
      expect(await Book.objects.filter(F("extra").key("contains").eq("abc")).count()).toBe(1);
      expect(await Book.objects.filter(F("extra").key("0").eq("zero")).count()).toBe(1);
      expect(await Book.objects.filter(F("extra").key(0).eq("zero")).count()).toBe(0);
      expect(await Book.objects.filter(F("extra").key("a__b").gte(1)).count()).toBe(1);
      expect(await Book.objects.filter(F("extra").key("_").in([2, 3])).count()).toBe(1);
      expect(await Book.objects.filter(F("extra").key("exact", "exact").ne(2), { id: 300 }).count()).toBe(0);
      expect(await Book.objects.filter(F("extra").key("exact").key("exact").isNull(false)).count()).toBe(1);
      const named = Book.objects.annotate({ inside: F("extra").key("exact") });
      expect(await named.filter({ inside__exact__exact: 2 } as object).count()).toBe(1);
      expect((await named.get({ id: 300 })).inside).toEqual({ exact: 2 });
    });

    it("digits behind an object find nothing, and there is no last item", async () => {
      expect(await found({ extra__0: "zero" })).toBe(0);
      expect(await found({ "data__tags__-1": "y" })).toBe(0);
      expect(await found({ data__tags__00: "x" })).toBe(0);
      expect(await found({ data__tags__99999999999999999999: "x" })).toBe(0);
    });
  });

  describe("in values", () => {
    it("are what JSON holds, as JavaScript has it", async () => {
      const rows = await Book.objects
        .values("id", "data__rank", "data__owner__name", "data__tags__0", "data__ok")
        .all();
      expect(rows).toHaveLength(BOOKS.length);
      for (const [index, { data }] of BOOKS.entries()) {
        const { rank = null, owner = null, tags = [], ok = null } = (data ?? {}) as Data;
        expect(rows[index]).toEqual({
          id: index + 1,
          data__rank: rank,
          data__owner__name: owner?.name ?? null,
          data__tags__0: tags[0] ?? null,
          data__ok: ok,
        });
      }
    });

    it("are annotated, listed, and asked about further", async () => {
      const owned = Book.objects.annotate({ owner: F("data__owner") });
      expect((await owned.get({ id: 1 })).owner).toEqual({ name: "Bob", age: 40 });
      expect(await ids(owned.filter({ owner__name__istartswith: "A" } as object))).toEqual([2]);
      expect(await ids(owned.filter({ owner: { age: 3, name: "ann" } }))).toEqual([2]);
      expect(await ids(owned.exclude({ owner__age__gt: 3 } as object))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect(await Book.objects.valuesList("data__owner__age", { flat: true }).filter({ id__lte: 3 }).all()).toEqual([
        40,
        3,
        null,
      ]);
    });

    it("come along relations, and are distinct", async () => {
      const names = Shelf.objects.orderBy("id", "books__id").valuesList("books__data__owner__name", { flat: true });
      expect(await names.all()).toEqual(["Bob", "ann", null, null, null]);
      const oks = Book.objects.orderBy().values("data__ok").distinct();
      expect((await oks.all()).map(({ data__ok: ok }) => String(ok)).sort()).toEqual(["false", "null", "true"]);
    });

    it("make groups, which come in JSON's order", async () => {
      const groups = Book.objects.values("data__ok").annotate({ n: Count("*") });
      expect(await groups.filter({ data__ok__isnull: false }).orderBy("-data__ok").all()).toEqual([
        { data__ok: true, n: 2 },
        { data__ok: false, n: 1 },
      ]);
      expect(await groups.orderBy("n").all()).toHaveLength(3);
    });
  });

  describe("in an order", () => {
    const ranked = () => Book.objects.filter({ data__rank__isnull: false });

    it("go by type, then numbers by size and texts by code point", async () => {
      const forward = [7, 10, 6, 11, 2, 1, 3, 4, 8, 9];
      expect(await ids(ranked().orderBy("data__rank", "id"))).toEqual(forward);
      expect(await ids(ranked().orderBy("-data__rank", "id"))).toEqual([...forward].reverse());
      expect(await ids(ranked().orderBy(F("data__rank").desc()).reverse().slice(1, 3))).toEqual([10, 6]);
      expect((await ids(Book.objects.orderBy(F("data__rank").asc({ nulls: "last" })))).at(-1)).toBe(5);
      expect((await ids(Book.objects.orderBy(F("data__rank").desc({ nulls: "first" })))).at(0)).toBe(5);
    });

    it("a whole column, and distinct rows", async () => {
      await Book.objects.filter({ id: 1 }).update({ extra: 2 });
      await Book.objects.filter({ id: 4 }).update({ extra: "1" });
      const both = Book.objects.filter({ id__in: [1, 4] });
      expect(await ids(both.orderBy("extra"))).toEqual([1, 4]);
      expect(await ids(both.orderBy("-extra").distinct())).toEqual([4, 1]);
      expect(await ids(both.orderBy("-data__rank").distinct())).toEqual([4, 1]);
      expect(await both.orderBy("-data__rank", "id").values("id").distinct().slice(0, 1).all()).toEqual([{ id: 4 }]);
      expect(await both.orderBy("data__rank").distinct().count()).toBe(2);
    });
  });

  describe("compared with expressions", () => {
    it("by the type of what they are compared with", async () => {
      expect(await ids(Book.objects.filter({ title: F("data__owner__name") }))).toEqual([1]);
      expect(await ids(Book.objects.filter({ data__owner__name: F("title") }))).toEqual([1]);
      expect(await ids(Book.objects.filter({ data__owner__age: F("size") }))).toEqual([1, 2]);
      expect(await ids(Book.objects.filter({ size__gte: F("data__owner__age") }))).toEqual([1, 2]);
      expect(await ids(Book.objects.filter({ data__rank__gt: F("size") }))).toEqual([2, 11]);
      expect(await ids(Book.objects.filter({ data__rank__lt: F("title") }))).toEqual([3]);
      expect(await ids(Book.objects.filter({ data__tags__0: F("title") }))).toEqual([2]);
      expect(await ids(Book.objects.filter({ data__owner__name__ne: F("title"), id__lte: 3 }))).toEqual([2, 3]);
      expect(await ids(Book.objects.filter({ data__rank: F("data__rank") }))).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
      expect(await ids(Book.objects.filter({ data__ok: Value(true) }))).toEqual([2, 10]);
      expect(
        await ids(Book.objects.filter(Exists(Shelf.objects.filter({ pk: OuterRef("size") })), { id__lte: 4 })),
      ).toEqual([2, 3, 4]);
    });

    it("in what Cast makes of them", async () => {
      expect(await Book.objects.aggregate({ sum: Sum(Cast("data__rank", "float")), n: Count("data__rank") })).toEqual({
        sum: 20.5,
        n: 10,
      });
      expect(
        await Book.objects.aggregate({
          max: Max(Cast("data__owner__age", "integer")),
          avg: Avg(Cast("data__rank", "integer")),
        }),
      ).toEqual({ max: 40, avg: 7 });
      const cast = Book.objects.filter({ id__lte: 7 }).values("id", {
        text: Cast("data__rank", "text"),
        truth: Cast("data__rank", "boolean"),
        day: Cast("data__day", "date"),
        name: Concat(Cast("data__owner__name", "text"), Value("!")),
      });
      expect(await cast.all()).toEqual([
        { id: 1, text: null, truth: null, day: null, name: "Bob!" },
        { id: 2, text: null, truth: null, day: null, name: "ann!" },
        { id: 3, text: "b", truth: null, day: "2024-02-29", name: "!" },
        { id: 4, text: "É", truth: null, day: null, name: "!" },
        { id: 5, text: null, truth: null, day: null, name: "!" },
        { id: 6, text: null, truth: true, day: null, name: "Zoë!" },
        { id: 7, text: null, truth: null, day: null, name: "!" },
      ]);
    });

    it("refuses what has no answer", async () => {
      const refused = (work: () => Found) => expect(async () => work().all()).rejects;
      await refused(() => Book.objects.filter({ data__rank__gt: F("data__owner__age") })).toThrow(
        /Say what to compare/,
      );
      await refused(() => Book.objects.filter({ data__rank__in: Book.objects.values("id") as never })).toThrow(
        FieldError,
      );
      await refused(() => Book.objects.filter({ data__rank__gt: [1] as never })).toThrow(/expected a number or a text/);
      await refused(() => Book.objects.filter({ data__rank__range: [1, "2"] })).toThrow(/two numbers or two texts/);
      await refused(() => Book.objects.filter({ data__rank: undefined as never })).toThrow(/undefined/);
      await refused(() => Book.objects.filter({ data__has_key: 0 as never })).toThrow(/expected a key/);
      await refused(() => Book.objects.filter({ "extra__a\u0000": 1 } as object)).toThrow(/U\+0000/);
      await refused(() => Book.objects.filter({ extra__has_key: "\ud800" })).toThrow(FieldError);
      await refused(() => Book.objects.filter(F("title").key("a").eq(1))).toThrow(/is of JSON, not of a text/);
      await refused(() => Book.objects.filter(F("data").key(-1).eq(1))).toThrow(/indexes from 0/);
    });
  });

  it("go into what JSON functions make, and out of it", async () => {
    const made = JsonObject({ who: F("data__owner__name"), list: JsonArray("data__tags", F("data__rank")) });
    const rows = Book.objects.filter({ id__in: [1, 5, 6] }).annotate({ made });
    expect((await rows.values("made").all()).map((row) => row.made)).toEqual([
      { who: "Bob", list: [["x", "y"], 10] },
      { who: null, list: [null, null] },
      { who: "Zoë", list: [null, true] },
    ]);
    expect(await ids(rows.filter({ made__list__1: true } as object))).toEqual([6]);
    expect(await ids(rows.filter({ made__contains: { list: [[]] } } as object))).toEqual([1]);
    const gathered = Book.objects.filter({ id__lte: 4 }).aggregate({ all: JsonAgg("data__owner", { orderBy: "id" }) });
    expect(await gathered).toEqual({ all: [{ name: "Bob", age: 40 }, { name: "ann", age: 3 }, null, null] });
    const perShelf = Shelf.objects.annotate({ names: JsonAgg("books__data__owner__name", { orderBy: "books__id" }) });
    expect((await perShelf.orderBy("id").values("names").all()).map(({ names }) => names)).toEqual([
      ["Bob", "ann"],
      [null, null],
      null,
    ]);
  });

  describe("together with the rest", () => {
    it("across relations, to one row and to many", async () => {
      expect(await ids(Shelf.objects.filter({ books__data__tags__contains: ["y"] }).orderBy("id"))).toEqual([1]);
      expect(await ids(Shelf.objects.exclude({ books__data__tags__0: "x" }).orderBy("id"))).toEqual([2, 3]);
      expect(await ids(Shelf.objects.filter({ books__data__ok__isnull: true }).distinct().orderBy("id"))).toEqual([
        1, 2, 3,
      ]);
      expect(await ids(Shelf.objects.exclude({ books__data__ok__isnull: true }).orderBy("id"))).toEqual([]);
      const counted = Shelf.objects.annotate({ n: Count("books", { filter: Q({ books__data__rank__gt: 9 }) }) });
      expect((await counted.orderBy("id").values("n").all()).map(({ n }) => n)).toEqual([1, 0, 0]);
    });

    it("in counts, slices, updates, deletes, streams and queries inside queries", async () => {
      const found = Book.objects.filter({ data__rank__gte: 1, data__tags__isnull: false });
      expect(await found.count()).toBe(2);
      expect(await found.exists()).toBe(true);
      expect(await ids(found.slice(1, 2))).toEqual([2]);
      expect(await found.none().count()).toBe(0);
      const streamed: number[] = [];
      for await (const { id } of found.iterator()) streamed.push(id);
      expect(streamed).toEqual([1, 2]);
      expect(await ids(Shelf.objects.filter({ books__in: found }).distinct())).toEqual([1]);
      await found.update({ title: "found" });
      expect(await ids(Book.objects.filter({ title: "found" }))).toEqual([1, 2]);
      expect((await Book.objects.filter({ data__contains: { tags: ["none"] } }).delete()).total).toBe(0);
    });
  });
});
