import { beforeAll, expect, it } from "vitest";
import { Count, F, fields, manager, Model, Q } from "dunder-orm";
import {
  createExtension,
  ginIndex,
  SearchHeadline,
  SearchQuery,
  SearchRank,
  SearchVector,
  searchVectorField,
  TrigramDistance,
  TrigramSimilarity,
  TrigramStrictWordSimilarity,
  TrigramWordDistance,
  TrigramWordSimilarity,
  Unaccent,
} from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { without } from "../../../support/without.js";
import { expectRefusal, idsOf, lacksExtension, onOthers, onPostgres } from "./only.js";

class Shelf extends Model("shelf", { name: fields.string(), pages: () => fields.hasMany(Page, "shelf") }) {
  static objects = manager(this);
}

class Page extends Model(
  "page",
  {
    shelf: () => fields.foreignKey(Shelf, { null: true }),
    title: fields.string(),
    body: fields.text({ null: true }),
    words: searchVectorField({ config: "english", columns: { title: "A", body: "B" } }),
    own: searchVectorField({ null: true }),
  },
  { indexes: [ginIndex("words")] },
) {
  static objects = manager(this);
}

onPostgres("Full text search", (engine) => {
  const use = useDatabase(engine, [Shelf, Page]);
  const english = { config: "english" };

  beforeAll(async () => {
    await Shelf.objects.create({ id: 1, name: "Kitchen" });
    await Page.objects.create({
      id: 1,
      shelf: 1,
      title: "Cheese on Toast",
      body: "Grilled cheeses, sliced bread and butter.",
    });
    await Page.objects.create({ id: 2, shelf: 1, title: "Bread", body: "Flour, water, salt. Never cheese!" });
    await Page.objects.bulkCreate([
      { id: 3, title: "Käse 'n' Brot", body: null },
      { id: 4, title: "", body: "" },
    ]);
  });

  it("finds words in texts, and across relations", async () => {
    expect(await idsOf(Page.objects.filter({ body__search: "cheese" }))).toEqual([1, 2]);
    expect(await idsOf(Page.objects.filter({ body__search: "butter sliced" }))).toEqual([1]);
    expect(await idsOf(Page.objects.filter({ body__search: "cheese | flour & ' : *" }))).toEqual([2]);
    expect(await idsOf(Page.objects.filter({ title__search: "käse" }))).toEqual([3]);
    expect(await idsOf(Page.objects.exclude({ body__search: "cheese" }))).toEqual([3, 4]);
    expect(await idsOf(Shelf.objects.filter({ pages__body__search: "flour" }))).toEqual([1]);
    expect(await idsOf(Page.objects.filter({ body__search: "" }))).toEqual([]);
  });

  it("takes queries of every type, put together", async () => {
    const found = (query: ReturnType<typeof SearchQuery>) => idsOf(Page.objects.filter({ words__search: query }));
    expect(await found(SearchQuery("bread cheeses", english))).toEqual([1, 2]);
    expect(await found(SearchQuery("sliced bread", { type: "phrase", ...english }))).toEqual([1]);
    expect(await found(SearchQuery("flour | butter", { type: "raw", ...english }))).toEqual([1, 2]);
    expect(await found(SearchQuery("'chee':*", { type: "raw", ...english }))).toEqual([1, 2]);
    expect(await found(SearchQuery('cheese -"sliced bread"', { type: "websearch", ...english }))).toEqual([2]);
    expect(await found(SearchQuery("flour", english).or(SearchQuery("butter", english)))).toEqual([1, 2]);
    expect(await found(SearchQuery("cheese", english).and(SearchQuery("flour", english).not()))).toEqual([1]);
    expect(await found(SearchQuery("grilled", english).followedBy(SearchQuery("cheese", english)))).toEqual([1]);
    expect(await found(SearchQuery("grilled", english).followedBy(SearchQuery("bread", english), 3))).toEqual([1]);
    expect(await found(SearchQuery("grilled", english).followedBy(SearchQuery("bread", english), 2))).toEqual([]);
    expect(await found(SearchQuery("cheese", english).and("bread"))).toEqual([1, 2]);
    expect(await found(SearchQuery(F("title"), english))).toEqual([1, 2, 3]);
  });

  it("keeps generated columns up to date, and takes vectors as values", async () => {
    const page = await Page.objects.get({ id: 4 });
    page.body = "Unique pomegranate";
    await page.save();
    expect(await idsOf(Page.objects.filter({ words__search: "pomegranate" }))).toEqual([4]);
    await Page.objects.filter({ id: 4 }).update({ own: SearchVector("body", { config: "simple", weight: "C" }) });
    expect(await idsOf(Page.objects.filter({ own: SearchQuery("pomegranate", { config: "simple" }) }))).toEqual([4]);
    await page.refresh();
    expect(page.own).toBe("'pomegranate':2C 'unique':1C");
    expect(await idsOf(Page.objects.filter({ own__isnull: true }))).toEqual([1, 2, 3]);
  });

  it("ranks what it finds, and orders by that", async () => {
    const query = SearchQuery("cheese", english);
    const ranked = await Page.objects
      .annotate({ rank: SearchRank("words", query) })
      .filter({ words__search: query })
      .orderBy("-rank")
      .values("id", "rank")
      .all();
    expect(ranked.map(({ id }) => id)).toEqual([1, 2]);
    expect(ranked[0]?.rank).toBeGreaterThan(ranked[1]?.rank as number);
    const plain = await Page.objects
      .annotate({
        rank: SearchRank("words", query, { weights: [0, 0, 0.5, 0], normalization: 32, coverDensity: true }),
      })
      .values("id", "rank")
      .get({ id: 2 });
    expect(plain.rank).toBeCloseTo(0.5 / 1.5);
    const made = await Page.objects
      .annotate({ rank: SearchRank(SearchVector("title", "body", english), "cheese", english) })
      .filter({ rank__gt: 0 })
      .count();
    expect(made).toBe(2);
    const byText = await Page.objects
      .annotate({ rank: SearchRank("body", "cheese") })
      .filter({ rank__gt: 0 })
      .count();
    expect(byText).toBe(2);
  });

  it("searches in several fields at once", async () => {
    const words = SearchVector(SearchVector("title", { weight: "A", config: "english" }), "body", english);
    const both = Page.objects.annotate({ both: words });
    expect(await idsOf(both.filter({ both: SearchQuery("toast butter", english) }))).toEqual([1]);
    expect(await idsOf(both.filter({ both__search: "toast" }))).toEqual([1]);
    expect(await both.filter(Q({ both__search: "toast" }).or(Q({ id: 3 }))).count()).toBe(2);
    const counts = await Page.objects
      .annotate({ hits: SearchVector("title", english) })
      .aggregate({ n: Count("id", { filter: { title__search: "bread" } }) });
    expect(counts).toEqual({ n: 1 });
  });

  it("marks what it found", async () => {
    const options = { startSel: '<b class="x">', stopSel: "</b>", config: "english", maxWords: 8, minWords: 1 };
    const [row] = await Page.objects
      .filter({ id: 1 })
      .annotate({ found: SearchHeadline("body", SearchQuery("cheese", english), options) })
      .values("found")
      .all();
    expect(row?.found).toContain('<b class="x">cheeses</b>');
    const none = await Page.objects
      .annotate({ found: SearchHeadline("body", "x") })
      .values("found")
      .get({ id: 3 });
    expect(none.found).toBeNull();
  });

  it.skipIf(without.has("plans"))("compiles once for all texts, and anew for other settings", async () => {
    const compiled = () => use.db.stats.plans.compiled;
    await Page.objects.filter({ words__search: SearchQuery("one", english) }).count();
    const before = compiled();
    await Page.objects.filter({ words__search: SearchQuery("two", english) }).count();
    expect(compiled()).toBe(before);
    await Page.objects.filter({ words__search: SearchQuery("two", { config: "simple" }) }).count();
    expect(compiled()).toBe(before + 1);
  });

  it("refuses settings that are none", () => {
    expect(() => SearchQuery("x", { type: "fuzzy" } as never)).toThrow(/plain, phrase, raw or websearch/);
    expect(() => SearchQuery("x", { config: "english'; drop table page" })).toThrow(
      /name of a text search configuration/,
    );
    expect(() => SearchQuery({ evil: true } as never)).toThrow(/expected a text/);
    expect(() => SearchVector("title", { weight: "E" } as never)).toThrow(/A, B, C or D/);
    expect(() => SearchRank("words", "x", { weights: [1, 2, 3, 4] })).toThrow(/from 0 to 1/);
    expect(() => SearchRank("words", "x", { normalization: 1.5 })).toThrow(/bits/);
    expect(() => SearchHeadline("body", "x", { startSel: {} } as never)).toThrow(/startSel/);
    expect(() => SearchVector("title", { wait: "A" } as never)).toThrow(/weight/);
    expect(() => searchVectorField({ columns: { title: "A" } })).toThrow(/needs a config/);
    expect(() => Page.objects.filter({ body__search: 7 } as never)).toThrow(/expected a string/);
    expect(() => Page.objects.filter({ body__search: F("title") } as never)).toThrow(/text/);
  });
});

onPostgres("Trigrams", (engine) => {
  const use = useDatabase(engine, [Shelf]);

  beforeAll(async () => {
    await createExtension(use.db, "pg_trgm");
    await createExtension(use.db, "pg_trgm");
    for (const name of ["Matthew", "Matteo", "Kitchen sink", "Käsekuchen"]) await Shelf.objects.create({ name });
  });

  it("find what is alike", async () => {
    const near = Shelf.objects.annotate({ near: TrigramSimilarity("name", "Mathew") }).filter({ near__gt: 0.3 });
    expect((await near.orderBy("-near").all()).map(({ name }) => name)).toEqual(["Matthew", "Matteo"].slice(0, 1));
    expect((await Shelf.objects.orderBy(TrigramDistance("name", "Matheo"), "id").first())?.name).toBe("Matteo");
    expect(await Shelf.objects.filter({ name__trigram_similar: "Mathew" }).count()).toBe(1);
    expect(await Shelf.objects.filter({ name__trigram_word_similar: "kitchn" }).count()).toBe(1);
    expect(await Shelf.objects.filter({ name__trigram_strict_word_similar: "sink" }).count()).toBe(1);
    const one = await Shelf.objects
      .annotate({
        word: TrigramWordSimilarity("name", "sink"),
        distance: TrigramWordDistance("name", "sink"),
        strict: TrigramStrictWordSimilarity("name", F("name")),
      })
      .values("word", "distance", "strict")
      .get({ name: "Kitchen sink" });
    expect(one).toEqual({ word: 1, distance: 0, strict: 1 });
  });

  it("leave out accents where the server can", async ({ skip }) => {
    if (await lacksExtension(use.db, "unaccent")) return skip("The server does not have the extension unaccent.");
    await createExtension(use.db, "unaccent");
    expect(await Shelf.objects.filter({ name__unaccent__icontains: "kase" }).count()).toBe(1);
    expect(
      await Shelf.objects
        .annotate({ plain: Unaccent("name") })
        .filter({ plain: "Kasekuchen" })
        .count(),
    ).toBe(1);
  });
});

onOthers("Full text search", (engine) => {
  const use = useDatabase(engine, [Shelf]);

  it("is refused by name", async () => {
    await expectRefusal(() => use.db.createTables([Page]), /tsvector|ginIndex/);
    await expectRefusal(() => Shelf.objects.filter({ name__search: "x" }).all(), /search.*icontains/);
    await expectRefusal(() => Shelf.objects.filter({ name__trigram_similar: "x" }).all(), /trigram_similar/);
    await expectRefusal(() => Shelf.objects.annotate({ v: SearchVector("name") }).all(), /SearchVector/);
    await expectRefusal(() => Shelf.objects.annotate({ v: TrigramSimilarity("name", "x") }).all(), /TrigramSimilarity/);
    await expectRefusal(() => createExtension(use.db, "x"), /createExtension/);
  });
});
