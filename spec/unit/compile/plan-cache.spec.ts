import { describe, expect, it } from "vitest";
import { Database, Q } from "dunder-orm";
import { type Plan, PlanCache } from "../../../lib/compile/index.js";
import { Album, Artist, Thing, Track } from "../../sql/models.js";

const plan = (sql: string): Plan => ({
  statement: { sql, returnsRows: true, wideIntegers: false, named: false },
  slots: [],
  twins: [],
  layout: null,
  record: null,
});

describe("A plan cache", () => {
  it("compiles a key once", () => {
    const cache = new PlanCache(10);
    const first = cache.get("a", () => plan("a"));
    const never = (): Plan => {
      throw new Error("compiled twice");
    };
    expect(cache.get("a", never)).toBe(first);
  });

  it("never holds more than its capacity, however many keys come", () => {
    const cache = new PlanCache(50);
    for (let key = 0; key < 10_000; key += 1) cache.get(String(key), () => plan(String(key)));
    expect(cache.stats.kept).toBe(50);
  });

  it("drops the key that was used longest ago", () => {
    const cache = new PlanCache(2);
    const a = cache.get("a", () => plan("a"));
    const b = cache.get("b", () => plan("b"));
    cache.get("a", () => plan("again"));
    cache.get("c", () => plan("c"));
    expect(cache.get("a", () => plan("again"))).toBe(a);
    expect(cache.get("b", () => plan("again"))).not.toBe(b);
  });

  it("keeps nothing of a key whose compilation throws", () => {
    const cache = new PlanCache(2);
    expect(() =>
      cache.get("a", () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(cache.stats.kept).toBe(0);
  });
});

describe("The plans of a database", () => {
  /** How many plans these querysets take. */
  function plansOf(...querysets: { using(db: Database): { sql(): unknown } }[]): number {
    const db = new Database("mysql://nobody@localhost/nowhere");
    for (const queryset of querysets) queryset.using(db).sql();
    return db.plans.stats.kept;
  }

  it("stay within planCacheSize", () => {
    const db = new Database("sqlite::memory:", { planCacheSize: 20 });
    for (let length = 1; length <= 100; length += 1) {
      const each = Array.from({ length }, (_, position) => Q({ position }));
      Track.objects
        .using(db)
        .filter(Q.or(...each))
        .sql();
    }
    expect(db.plans.stats.kept).toBe(20);
  });

  it("are shared by querysets that differ in values only", () => {
    expect(plansOf(Track.objects.filter({ title: "a" }), Track.objects.filter({ title: "b" }))).toBe(1);
    expect(plansOf(Track.objects.limit(1), Track.objects.limit(2))).toBe(1);
    expect(plansOf(Track.objects.slice(1, 3), Track.objects.offset(7).limit(9))).toBe(1);
    expect(plansOf(Thing.objects.filter({ size__lt: 3 }), Thing.objects.filter({ size__lt: 2.5 }))).toBe(1);
    expect(
      plansOf(Track.objects.filter({ pk__in: [1, 2, 3] }), Track.objects.filter({ pk__in: new Set([4, 5, 6, 7]) })),
    ).toBe(1);
    expect(
      plansOf(Track.objects.filter({ album__in: Album.objects.none() }), Track.objects.filter({ album__in: [] })),
    ).toBe(1);
  });

  it.each([
    ["null and a value", Track.objects.filter({ note: null }), Track.objects.filter({ note: "a" })],
    ["lists of other lengths", Track.objects.filter({ pk__in: [1, 2] }), Track.objects.filter({ pk__in: [1, 2, 3] })],
    ["a limit and an offset", Track.objects.limit(1), Track.objects.offset(1)],
    ["a slice and none", Track.objects.limit(1), Track.objects],
    ["filter and exclude", Track.objects.filter({ title: "a" }), Track.objects.exclude({ title: "a" })],
    ["one filter and two", Track.objects.filter({ title: "a", position: 1 }), Track.objects.filter({ title: "a" })],
    ["orders", Track.objects.orderBy("title"), Track.objects.orderBy("-title")],
    ["no order and the model's", Artist.objects.orderBy(), Artist.objects],
    ["reversed and not", Artist.objects.reverse(), Artist.objects],
    ["distinct and not", Track.objects.distinct(), Track.objects],
    ["joined and not", Track.objects.selectRelated("album"), Track.objects],
    [
      "time zones",
      Thing.objects.filter({ made__hour: 1 }).inTimeZone("Europe/Paris"),
      Thing.objects.filter({ made__hour: 1 }).inTimeZone("Asia/Tokyo"),
    ],
    [
      "or and and",
      Track.objects.filter(Q({ title: "a" }).or(Q({ position: 1 }))),
      Track.objects.filter(Q({ title: "a" }).and(Q({ position: 1 }))),
    ],
    [
      "a value within the column's range and one beyond it",
      Thing.objects.filter({ size__lt: 1 }),
      Thing.objects.filter({ size__lt: 2 ** 40 }),
    ],
  ])("are not shared: %s", (_, one, other) => {
    expect(plansOf(one, other)).toBe(2);
  });
});
