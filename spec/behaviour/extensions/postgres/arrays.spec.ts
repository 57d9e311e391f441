import { beforeAll, describe, expect, it } from "vitest";
import { Count, F, fields, manager, Model, type ValidationError } from "dunder-orm";
import { arrayField } from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, idsOf, onOthers, onPostgres } from "./only.js";

class Author extends Model("author", { name: fields.string(), posts: () => fields.hasMany(Post, "author") }) {
  static objects = manager(this);
}

class Post extends Model("post", {
  author: () => fields.foreignKey(Author, { null: true }),
  tags: arrayField(fields.string({ maxLength: 20 }), { default: () => [] }),
  scores: arrayField(fields.integer({ null: true }), { null: true }),
  grid: arrayField(arrayField(fields.integer()), { null: true }),
}) {
  static objects = manager(this);
}

class Everything extends Model("everything", {
  smalls: arrayField(fields.smallInteger()),
  bigs: arrayField(fields.bigInteger()),
  floats: arrayField(fields.float()),
  decimals: arrayField(fields.decimal({ precision: 30, scale: 10 })),
  booleans: arrayField(fields.boolean({ null: true })),
  texts: arrayField(fields.text()),
  uuids: arrayField(fields.uuid()),
  dates: arrayField(fields.date()),
  times: arrayField(fields.time()),
  moments: arrayField(fields.datetime()),
  durations: arrayField(fields.duration()),
  jsons: arrayField(fields.json<{ a: unknown } | number[]>()),
  bytes: arrayField(fields.binary()),
  moods: arrayField(fields.enumeration(["sad", "glad"])),
}) {
  static objects = manager(this);
}

const nasty = ["", "NULL", "null", "{}", 'say "hi"', "back\\slash", "comma,comma", "é👍", " space ", "'"];

const full = {
  smalls: [-32768, 0, 32767],
  bigs: [2n ** 53n + 1n, -(2n ** 63n)],
  floats: [0.1, -1e300, 5e-324, 1],
  decimals: ["12345678901234567890.0123456789", "-0.1000000000"],
  booleans: [true, false, null],
  texts: nasty,
  uuids: ["00000000-0000-4000-8000-0000000000ff"],
  dates: ["0001-01-01", "1969-12-31", "9999-12-31"],
  times: ["00:00:00", "23:59:59.123456", "10:20:30.5"],
  moments: [new Date("1969-12-31T23:59:59.999Z"), new Date("9999-12-31T00:00:00Z")],
  durations: [0, 86_400_001],
  jsons: [{ a: 'x"y' }, [1, 2], { a: null }],
  bytes: [Uint8Array.of(0, 1, 255), new Uint8Array()],
  moods: ["glad", "sad"],
} as const;
const given = () => structuredClone(full) as never;

onPostgres("Fields of lists", (engine) => {
  useDatabase(engine, [Author, Post, Everything]);

  beforeAll(async () => {
    await Author.objects.create({ id: 1, name: "Ann" });
    await Post.objects.create({
      author: 1,
      id: 1,
      tags: ["a", "b", "c"],
      scores: [1, null, 3],
      grid: [
        [1, 2],
        [3, 4],
      ],
    });
    await Post.objects.create({ author: 1, id: 2, tags: ["b"], scores: [], grid: [] });
    await Post.objects.create({ id: 3, tags: nasty, scores: null });
    await Post.objects.bulkCreate([{ id: 4 }, { id: 5, tags: ["A", "b"], scores: [10, 2], grid: [[5, 6, 7]] }]);
  });

  it("keep values of every kind as they are, made one by one, many at once, and updated", async () => {
    const one = await Everything.objects.create(given());
    const two = await Everything.objects.bulkCreate([given(), given()]);
    for (const { id } of [one, ...two]) {
      const found = await Everything.objects.values().get({ id });
      expect(found).toEqual({ id, ...full });
    }
    const row = await Everything.objects.get({ id: one.id });
    row.texts = [];
    row.bigs.push(7n);
    expect(row.dirtyFields().sort()).toEqual(["bigs", "texts"]);
    await row.save();
    await row.refresh();
    expect(row.texts).toEqual([]);
    expect(row.bigs).toEqual([...full.bigs, 7n]);
    await Everything.objects.filter({ id: one.id }).update({ texts: ["x"], moments: [] });
    expect(await Everything.objects.values("texts", "moments").get({ id: one.id })).toEqual({
      texts: ["x"],
      moments: [],
    });
    two[0]!.texts = ["bulk"];
    await Everything.objects.bulkUpdate(two, ["texts"]);
    expect((await Everything.objects.get({ id: two[0]!.id })).texts).toEqual(["bulk"]);
    expect((await Everything.objects.get({ id: two[1]!.id })).texts).toEqual(nasty);
  });

  it("are asked for what they contain", async () => {
    expect(await idsOf(Post.objects.filter({ tags__contains: ["b"] }))).toEqual([1, 2, 5]);
    expect(await idsOf(Post.objects.filter({ tags__contains: ["c", "a"] }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ tags__contains: [] }))).toEqual([1, 2, 3, 4, 5]);
    expect(await idsOf(Post.objects.filter({ tags__contains: ['say "hi"', "NULL"] }))).toEqual([3]);
    expect(await idsOf(Post.objects.filter({ tags__contained_by: ["a", "b", "c", "d"] }))).toEqual([1, 2, 4]);
    expect(await idsOf(Post.objects.filter({ tags__overlap: ["c", "A"] }))).toEqual([1, 5]);
    expect(await idsOf(Post.objects.filter({ scores__contains: [10] }))).toEqual([5]);
    expect(await idsOf(Post.objects.filter({ scores__overlap: [] }))).toEqual([]);
    expect(await idsOf(Post.objects.exclude({ tags__contains: ["b"] }))).toEqual([3, 4]);
    expect(await idsOf(Post.objects.exclude({ scores__contains: [3] }))).toEqual([2, 3, 4, 5]);
  });

  it("are compared as a whole", async () => {
    expect(await idsOf(Post.objects.filter({ tags: ["b"] }))).toEqual([2]);
    expect(await idsOf(Post.objects.filter({ tags: [] }))).toEqual([4]);
    expect(await idsOf(Post.objects.filter({ scores: [1, null, 3] }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ scores: null }))).toEqual([3, 4]);
    expect(await idsOf(Post.objects.filter({ tags__in: [["b"], ["A", "b"], ["x"]] }))).toEqual([2, 5]);
    expect(await idsOf(Post.objects.filter({ tags__in: [] }))).toEqual([]);
    expect(await idsOf(Post.objects.filter({ tags__ne: ["b"] }))).toEqual([1, 3, 4, 5]);
    expect(await idsOf(Post.objects.filter({ tags__gt: ["a"], tags__lt: ["b", "a"] }))).toEqual([1, 2]);
    expect(await idsOf(Post.objects.filter({ scores__isnull: false }))).toEqual([1, 2, 5]);
    expect(
      await idsOf(
        Post.objects.filter({
          grid: [
            [1, 2],
            [3, 4],
          ],
        }),
      ),
    ).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ tags__in: Post.objects.filter({ id__lt: 3 }).values("tags") }))).toEqual([
      1, 2,
    ]);
  });

  it("have places, counted from 0, and slices without their end", async () => {
    expect(await idsOf(Post.objects.filter({ tags__0: "b" }))).toEqual([2]);
    expect(await idsOf(Post.objects.filter({ tags__1__isnull: true }))).toEqual([2, 4]);
    expect(await idsOf(Post.objects.filter({ tags__0__iexact: "a" }))).toEqual([1, 5]);
    expect(await idsOf(Post.objects.filter({ tags__0__in: ["A", "b"] }))).toEqual([2, 5]);
    expect(await idsOf(Post.objects.filter({ scores__0__gte: 2 }))).toEqual([5]);
    expect(await idsOf(Post.objects.filter({ tags__0_2: ["a", "b"] }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ tags__1_3__contains: ["c"] }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ tags__2_2: [], id: 1 }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ tags__0_99__len: 3 }))).toEqual([1]);
  });

  it("have a length, which is 0 for none and NULL for NULL", async () => {
    expect(await idsOf(Post.objects.filter({ tags__len: 0 }))).toEqual([4]);
    expect(await idsOf(Post.objects.filter({ tags__len__gte: 2 }))).toEqual([1, 3, 5]);
    expect(await idsOf(Post.objects.filter({ scores__len: 0 }))).toEqual([2]);
    expect(await idsOf(Post.objects.filter({ scores__len__isnull: true }))).toEqual([3, 4]);
    expect(await idsOf(Post.objects.filter({ grid__len: 2 }))).toEqual([1]);
    expect(await Post.objects.filter({ author__name: "Ann", tags__len__lt: 2 }).count()).toBe(1);
  });

  it("have lists in lists, at any depth", async () => {
    expect(await idsOf(Post.objects.filter({ grid__0__1: 2 }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ grid__1__0__gt: 2 }))).toEqual([1]);
    expect(await idsOf(Post.objects.filter({ grid__0: [5, 6, 7] }))).toEqual([5]);
    expect(await idsOf(Post.objects.filter({ grid__0__contains: [6] }))).toEqual([5]);
    expect(await idsOf(Post.objects.filter({ grid__0__len: 3 }))).toEqual([5]);
    expect(await idsOf(Post.objects.filter({ grid__0__0_2: [5, 6] }))).toEqual([5]);
    expect(await idsOf(Post.objects.filter({ grid__5__isnull: true, id: 1 }))).toEqual([1]);
    const rows = await Post.objects
      .filter({ id__in: [1, 5] })
      .orderBy("id")
      .values("grid")
      .all();
    expect(rows).toEqual([
      {
        grid: [
          [1, 2],
          [3, 4],
        ],
      },
      { grid: [[5, 6, 7]] },
    ]);
  });

  it("are reached from other models, ordered by, counted, grouped and compared with each other", async () => {
    expect(await Author.objects.filter({ posts__tags__contains: ["c"] }).count()).toBe(1);
    expect((await Post.objects.orderBy("tags").values("id").first())?.id).toBe(4);
    expect(await Post.objects.filter({ tags: F("tags") }).count()).toBe(5);
    const groups = await Post.objects
      .values("author")
      .annotate({ n: Count("tags") })
      .orderBy("author")
      .all();
    expect(groups.map(({ n }) => n).sort()).toEqual([2, 3]);
    expect(await Post.objects.values("tags").distinct().count()).toBe(5);
    const [first] = await Post.objects
      .annotate({ all: F("tags") })
      .filter({ all__contains: ["c"] })
      .all();
    expect(first?.all).toEqual(["a", "b", "c"]);
  });

  it("refuse what they cannot keep, before any SQL", async () => {
    const refused = async (values: object, message: RegExp) => {
      const error = await Post.objects.create(values as never).catch((thrown: ValidationError) => thrown);
      expect((error as Error).name).toBe("ValidationError");
      expect((error as Error).message).toMatch(message);
    };
    await refused({ tags: "a" }, /tags: expected a list/);
    await refused({ tags: [7] }, /element 0: expected a string/);
    await refused({ tags: ["a", null] }, /element 1 is null/);
    await refused({ tags: ["a", undefined] }, /element 1 is undefined/);
    await refused({ tags: ["x".repeat(21)] }, /element 0: has 21 characters/);
    await refused({ scores: [1.5] }, /element 0/);
    await refused({ grid: [[1], [1, 2]] }, /different lengths/);
    await refused({ grid: [[]] }, /empty list/);
    await refused({ grid: [1] }, /element 0: expected a list/);
    expect(() => Post.objects.filter({ tags__contains: "a" } as never)).toThrow(/expected a list/);
    expect(() => Post.objects.filter({ tags__contains: undefined } as never)).toThrow(/undefined/);
    expect(() => Post.objects.filter({ tags__contain: ["a"] } as never)).toThrow(/Did you mean "contains"/);
    expect(() => Post.objects.filter({ "tags__-1": "a" } as never)).toThrow(/-1/);
  });

  it("take no more elements than they are sized for", () => {
    const small = arrayField(fields.integer(), { size: 2 });
    expect((small as unknown as { convert(list: unknown): unknown }).convert([1, 2])).toEqual([1, 2]);
    expect(() => (small as unknown as { convert(list: unknown): unknown }).convert([1, 2, 3])).toThrow(/at most 2/);
    expect(() => arrayField(fields.integer(), { size: 0 })).toThrow(/size/);
    expect(() => arrayField({} as never)).toThrow(/expected the field that elements are like/);
    expect(() => arrayField(fields.integer(), { sise: 1 } as never)).toThrow(/Did you mean|takes no option/);
  });
});

onOthers("Fields of lists", (engine) => {
  const use = useDatabase(engine, []);

  describe("are refused", () => {
    it("when their table is made", () => expectRefusal(() => use.db.createTables([Everything]), /arrayField/));
    it("when they are asked", () =>
      expectRefusal(
        () =>
          Post.objects
            .using(use.db)
            .filter({ tags__contains: ["a"] })
            .all(),
        /contains/,
      ));
    it("at a place", () => expectRefusal(() => Post.objects.using(use.db).filter({ tags__0: "a" }).all(), /"0"/));
  });
});
