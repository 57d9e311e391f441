import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Count, Exists, F, FieldError, OuterRef } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import {
  Author,
  Blog,
  Book,
  createD1,
  createD2,
  createD3,
  Entry,
  labels,
  labelsInOrder,
  models,
} from "../semantics/data.js";

onEngines("or and and of querysets", (engine) => {
  useDatabase(engine, models);
  beforeAll(async () => {
    await createD1();
    const { ann } = await createD2();
    await createD3(ann);
  });

  const lennon = Blog.objects.filter({ entries__headline: "Lennon" });
  const mcc = Blog.objects.filter({ entries__headline: "McC" });
  const y2007 = Entry.objects.filter({ year: 2007 });

  describe("rows", () => {
    it("of one or the other", async () => {
      expect(await labels(y2007.or(Entry.objects.filter({ headline: "orphan" })))).toEqual([
        "Lennon 2007",
        "McC 2007",
        "orphan 2000",
      ]);
    });

    it("of both", async () => {
      expect(await labels(y2007.and(Entry.objects.filter({ headline: "McC" })))).toEqual(["McC 2007"]);
    });

    it("across a relation to many, each side for rows of its own", async () => {
      expect(await labels(lennon.and(mcc))).toEqual(["b1"]);
      expect(await labels(lennon.and(mcc).filter({ entries__year: 2008 }))).toEqual(["b1"]);
      expect(await labels(lennon.or(mcc).distinct())).toEqual(["b1", "b2"]);
      expect(
        await labels(
          lennon
            .filter({ entries__year: 2008 })
            .or(Blog.objects.filter({ name: "b3" }))
            .distinct(),
        ),
      ).toEqual(["b1", "b3"]);
    });

    it("across nullable keys, joined so that no row is lost", async () => {
      const ofB2 = Entry.objects.filter({ blog__name: "b2" });
      expect(await labels(ofB2.or(Entry.objects.filter({ year: 2000 })))).toEqual(["Lennon 2007", "orphan 2000"]);
      expect(await labels(ofB2.and(Entry.objects.filter({ blog__isnull: false })))).toEqual(["Lennon 2007"]);
    });

    it("of what was excluded", async () => {
      const without = Blog.objects.exclude({ entries__headline: "McC" });
      expect(await labels(without.or(mcc).distinct())).toEqual(["b1", "b2", "b3"]);
      expect(await labels(without.and(lennon))).toEqual(["b2"]);
      expect(await labels(without.exclude({ name: "b3" }).or(mcc))).toEqual(["b1", "b2"]);
    });

    it("nested as in the code", async () => {
      const names = (...given: string[]) => Blog.objects.filter({ name__in: given });
      expect(await labels(names("b1").or(names("b2")).and(names("b2", "b3")))).toEqual(["b2"]);
      expect(await labels(names("b1").or(names("b2").and(names("b2", "b3"))))).toEqual(["b1", "b2"]);
      expect(await labels(names("b1").or(names("b2")).or(names("b3")).and(names("b3", "b1")))).toEqual(["b1", "b3"]);
    });

    it("of all and of none", async () => {
      expect(await Entry.objects.or(y2007).count()).toBe(4);
      expect(await y2007.or(Entry.objects).count()).toBe(4);
      expect(await Entry.objects.and(y2007).count()).toBe(2);
      expect(await Entry.objects.none().or(y2007).count()).toBe(2);
      expect(await y2007.or(Entry.objects.none()).count()).toBe(2);
      expect(await y2007.and(Entry.objects.none()).count()).toBe(0);
      expect(await Entry.objects.none().and(y2007).count()).toBe(0);
      expect(await Entry.objects.none().or(Entry.objects.none()).count()).toBe(0);
      expect(await Entry.objects.filter({ pk__in: [] }).or(y2007).count()).toBe(2);
    });
  });

  describe("what else is said", () => {
    it("is the first's: order, annotations, values, relations", async () => {
      const left = Entry.objects.filter({ year__gte: 2007 }).orderBy("-year", "-headline");
      const right = Entry.objects.filter({ headline: "orphan" }).orderBy("headline");
      expect(await labelsInOrder(left.or(right))).toEqual(["Lennon 2008", "McC 2007", "Lennon 2007", "orphan 2000"]);
      const counted = Blog.objects.annotate({ n: Count("entries") }).filter({ n: 2 });
      const found = await counted
        .or(Blog.objects.filter({ name: "b3" }))
        .orderBy("name")
        .all();
      expect(found.map(({ name, n }) => [name, n])).toEqual([
        ["b1", 2],
        ["b3", 0],
      ]);
      const [row] = await Entry.objects.filter({ year: 2008 }).selectRelated("blog").or(y2007).orderBy("id").all();
      expect(row?.blog?.name).toBe("b1");
    });

    it("has its own slots on each side", async () => {
      const left = Blog.objects
        .annotate({ n: Count("entries", { filter: { entries__year: 2007 } }) })
        .filter({ n: 1, name: "b1" });
      const right = Blog.objects
        .annotate({ m: Count("entries", { filter: { entries__headline: "Lennon" } }) })
        .filter({ m: 0 })
        .filter({ name: "b3" });
      expect(await labels(left.or(right))).toEqual(["b1", "b3"]);
      expect(await labels(right.or(left))).toEqual(["b1", "b3"]);
      expect(await labels(right.or(left).filter({ name: "b3" }))).toEqual(["b3"]);
    });

    it("values alike", async () => {
      const names = Entry.objects.values("headline").filter({ year: 2008 });
      expect(
        await names
          .or(Entry.objects.filter({ year: 2000 }).values("headline"))
          .orderBy("headline")
          .all(),
      ).toEqual([{ headline: "Lennon" }, { headline: "orphan" }]);
    });

    it("one plan serves other values", async () => {
      const either = (year: number, headline: string) =>
        Entry.objects.filter({ year }).or(Entry.objects.filter({ headline }));
      expect(await labels(either(2008, "orphan"))).toEqual(["Lennon 2008", "orphan 2000"]);
      expect(await labels(either(2000, "McC"))).toEqual(["McC 2007", "orphan 2000"]);
    });
  });

  describe("trap 30: slices", () => {
    const newest = Entry.objects.orderBy("-year", "id").limit(1);

    it("take part with their rows", async () => {
      const orphan = Entry.objects.filter({ headline: "orphan" });
      expect(await labels(newest.or(orphan))).toEqual(["Lennon 2008", "orphan 2000"]);
      expect(await labels(orphan.or(newest))).toEqual(["Lennon 2008", "orphan 2000"]);
      expect(await labels(y2007.and(newest))).toEqual([]);
      expect(await labels(newest.and(Entry.objects.filter({ headline: "Lennon" })))).toEqual(["Lennon 2008"]);
      expect(await labels(newest.or(Entry.objects.orderBy("year").limit(1)))).toEqual(["Lennon 2008", "orphan 2000"]);
      expect(await labels(newest.or(orphan).filter({ year: 2000 }))).toEqual(["orphan 2000"]);
    });

    it("of other sizes by the same plan", async () => {
      const some = (rows: number) => y2007.and(Entry.objects.orderBy("id").limit(rows));
      expect([await some(1).count(), await some(2).count(), await some(3).count(), await some(0).count()]).toEqual([
        0, 1, 2, 0,
      ]);
    });
  });

  it("stand wherever querysets do", async () => {
    const some = Blog.objects.filter({ name: "b1" }).or(Blog.objects.filter({ name: "b2" }));
    expect(await Entry.objects.filter({ blog__in: some }).count()).toBe(3);
    const theirs = Entry.objects.filter({ blog: OuterRef("pk"), year: 2008 });
    const others = Entry.objects.filter({ blog: OuterRef("pk"), headline: F("headline"), year: 2007 });
    expect(await labels(Blog.objects.filter(Exists(theirs.or(others))))).toEqual(["b1", "b2"]);
    expect(await some.exists()).toBe(true);
    expect((await some.aggregate({ n: Count("*") })).n).toBe(2);
    expect((await some.orderBy("-name").first())?.name).toBe("b2");
  });

  it("can be updated and deleted", async () => {
    const tracked = Book.objects.filter({ title: "B1" }).or(Book.objects.filter({ author__isnull: true }));
    expect(await tracked.update({ rating: 1 })).toBe(2);
    expect(await Book.objects.filter({ rating: 1 }).count()).toBe(2);
    await Author.objects.create({ name: "gone" });
    const gone = Author.objects.filter({ name: "gone" }).or(Author.objects.orderBy("-id").limit(1));
    expect((await gone.delete()).total).toBe(1);
  });

  it("refuse what cannot be combined", () => {
    const any = Blog.objects as unknown as { or(other: unknown): unknown; and(other: unknown): unknown };
    expect(() => any.or(Entry.objects)).toThrow(
      new FieldError(
        "Blog: or(…) takes a queryset of Blog, got one of Entry. Rows of several models come together by union(…) of their values(…).",
      ),
    );
    for (const wrong of [undefined, null, {}, "b1", [Blog.objects], { name: "b1" }]) {
      expect(() => any.and(wrong)).toThrow(/^Blog: and\(…\) takes a queryset of Blog, got /);
    }
    expect(() => Blog.objects.distinct().or(Blog.objects)).toThrow(/both distinct\(\) or both not/);
    expect(() => Blog.objects.values("name").or(Blog.objects)).toThrow(/querysets of the same values/);
    expect(() => Blog.objects.values("name").and(Blog.objects.values("id") as never)).toThrow(/the same values/);
    const groups = Entry.objects.values("blog").annotate({ n: Count("*") });
    expect(() => groups.or(groups)).toThrow(/cannot combine groups/);
  });

  it("of random sides are the union and the intersection of their rows", async () => {
    const rows = (await Entry.objects.all()).map(({ id, year, headline }) => ({ id, year, headline }));
    const sides = fc.record({
      year: fc.constantFrom(1999, 2000, 2007, 2008),
      letter: fc.constantFrom("L", "M", "o", "n"),
      taken: fc.option(fc.nat({ max: 4 }), { nil: null }),
    });
    type Side = typeof sides extends fc.Arbitrary<infer T> ? T : never;
    const asked = ({ year, letter, taken }: Side) => {
      const set = Entry.objects.filter({ year__gte: year }).filter({ headline__contains: letter }).orderBy("id");
      return taken === null ? set : set.limit(taken);
    };
    const wanted = ({ year, letter, taken }: Side) =>
      rows.filter((row) => row.year >= year && row.headline.includes(letter)).slice(0, taken ?? undefined);
    const keys = (found: readonly { readonly id: number }[]) => found.map(({ id }) => id);
    await fc.assert(
      fc.asyncProperty(sides, sides, sides, async (a, b, c) => {
        const [left, right, third] = [keys(wanted(a)), keys(wanted(b)), keys(wanted(c))];
        const all = keys(rows);
        const union = await asked(a).or(asked(b)).orderBy("id").all();
        expect(keys(union)).toEqual(all.filter((id) => left.includes(id) || right.includes(id)));
        const mixed = await asked(a).or(asked(b)).and(asked(c)).orderBy("id").all();
        expect(keys(mixed)).toEqual(
          all.filter((id) => (left.includes(id) || right.includes(id)) && third.includes(id)),
        );
      }),
      { numRuns: 40 },
    );
  });
});
