import { beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  Count,
  DatabaseError,
  F,
  FieldError,
  fields,
  manager,
  Model,
  NotSupportedError,
  Q,
} from "dunder-orm";
import { fullTextIndex, Match, MatchScore } from "dunder-orm/mysql";
import { onEngines, useDatabase } from "../../../support/engines.js";
import { without } from "../../../support/without.js";

const collation = "utf8mb4_unicode_520_ci";

class Writer extends Model("writer", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  posts: () => fields.hasMany(Post, "writer"),
}) {
  static objects = manager(this);
}

class Post extends Model(
  "post",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 100, collation }),
    body: fields.text({ null: true, collation }),
    plain: fields.string({ maxLength: 100, default: "" }),
    folded: fields.string({ maxLength: 100, null: true, collation, generatedAs: "plain" }),
    writer: () => fields.foreignKey(Writer, { onDelete: "cascade" }),
  },
  {
    indexes: [
      fullTextIndex(["title", "body"]),
      fullTextIndex("title", { name: "post_title_words" }),
      fullTextIndex("folded"),
    ],
  },
) {
  static objects = manager(this);
}

/** The same without indexes, for engines that have none. */
class Plain extends Model("plain", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 100 }),
}) {
  static objects = manager(this);
}

const ROWS = [
  { title: "Typed ORM", body: "An orm whose compiler checks every lookup. Orm, orm.", plain: "Malibu beach" },
  { title: "Café culture", body: "Coffee and 中文 and naïve words", plain: "venice Beach" },
  { title: "Databases", body: "A database with an orm in front; typed, too", plain: "" },
  { title: "Nothing here", body: null, plain: "" },
];

onEngines("full text", (engine) => {
  if (engine.name !== "mysql") {
    const holder = useDatabase(engine, [Plain]);

    it("is refused, each part by its name", async () => {
      await expect(Plain.objects.filter(Match("title", "a")).all()).rejects.toThrow(/Match\(…\) is there on MySQL/);
      await expect(Plain.objects.annotate({ n: MatchScore("title", "a") }).all()).rejects.toThrow(NotSupportedError);
      await expect(Plain.objects.filter({ title__fulltext: "a" }).all()).rejects.toThrow(NotSupportedError);
      class Indexed extends Model(
        "indexed",
        { title: fields.string({ maxLength: 9 }) },
        { indexes: [fullTextIndex("title")] },
      ) {}
      await expect(holder.db.createTables([Indexed])).rejects.toThrow(/fullTextIndex/);
      expect(await Plain.objects.count()).toBe(0);
    });
    return;
  }

  const holder = useDatabase(engine, [Writer, Post, Plain]);

  beforeAll(async () => {
    const [ada, bob] = await Writer.objects.bulkCreate([{ name: "Ada" }, { name: "Bob" }]);
    await Post.objects.bulkCreate(ROWS.map((row, at) => ({ ...row, writer: at < 2 ? ada! : bob! })));
  });

  const titles = async (queryset: { orderBy(...paths: string[]): { all(): Promise<Post[]> } }) =>
    (await queryset.orderBy("id").all()).map((post) => post.title);
  const matching = (text: string, mode?: "natural" | "boolean" | "expansion" | "all") =>
    titles(Post.objects.filter(Match(["title", "body"], text, mode === undefined ? {} : { mode })));

  describe("as a condition", () => {
    it("finds any of the words, whatever their case and accents", async () => {
      expect(await matching("ORM")).toEqual(["Typed ORM", "Databases"]);
      expect(await matching("orm cafe")).toEqual(["Typed ORM", "Café culture", "Databases"]);
      expect(await matching("NAIVE")).toEqual(["Café culture"]);
      expect(await matching("absent")).toEqual([]);
      expect(await matching("")).toEqual([]);
    });

    it("takes queries with operators, and every word of what users type", async () => {
      expect(await matching("+orm -compiler", "boolean")).toEqual(["Databases"]);
      expect(await matching("data*", "boolean")).toEqual(["Databases"]);
      expect(await matching('"typed too"', "boolean")).toEqual(["Databases"]);
      expect(await matching("typed lookup", "all")).toEqual(["Typed ORM"]);
      expect(await matching('-orm) +(" @~<>* typed', "all")).toEqual(["Typed ORM", "Databases"]);
      expect(await matching("+-*", "all")).toEqual([]);
      await expect(matching("+-(", "boolean")).rejects.toThrow(DatabaseError);
    });

    it("expands a query by what it finds", async () => {
      expect(await matching("compiler", "natural")).toEqual(["Typed ORM"]);
      expect(await matching("compiler", "expansion")).toEqual(["Typed ORM", "Databases"]);
    });

    it("can be negated, combined, counted and asked of related rows", async () => {
      const orm = Match(["title", "body"], "orm");
      expect(await titles(Post.objects.exclude(orm))).toEqual(["Café culture", "Nothing here"]);
      expect(await titles(Post.objects.filter(orm, { writer__name: "Bob" }))).toEqual(["Databases"]);
      const either = Post.objects.alias({ found: orm }).filter(Q({ found: true }).or(Q({ body__isnull: true })));
      expect(await titles(either)).toEqual(["Typed ORM", "Databases", "Nothing here"]);
      expect(await Post.objects.filter(orm).count()).toBe(2);
      const writers = Writer.objects.filter(Match(["posts__title", "posts__body"], "coffee"));
      expect((await writers.all()).map(({ name }) => name)).toEqual(["Ada"]);
      expect(
        await Writer.objects
          .annotate({ n: Count("posts", { filter: Match(["posts__title", "posts__body"], "orm") }) })
          .orderBy("id")
          .valuesList("n", { flat: true })
          .all(),
      ).toEqual([1, 1]);
    });

    it.skipIf(without.has("plans"))("is one plan for all texts, and another for each mode", async () => {
      await matching("first");
      const before = holder.db.stats.plans.compiled;
      await matching("second");
      expect(holder.db.stats.plans.compiled).toBe(before);
      const [natural, boolean] = (["natural", "boolean"] as const).map((mode) =>
        Post.objects.filter(Match("title", "x", { mode })).sql(),
      );
      expect(natural?.sql).toContain("MATCH (`post`.`title`) AGAINST (");
      expect(natural?.sql).toContain("IN NATURAL LANGUAGE MODE");
      expect(boolean?.sql).toContain("IN BOOLEAN MODE");
      expect(natural?.parameters).toEqual(["x"]);
    });
  });

  it("scores, for annotations, filters and orders", async () => {
    const scored = Post.objects.annotate({ score: MatchScore(["title", "body"], "orm") });
    const rows = await scored.filter({ score__gt: 0 }).orderBy("-score", "id").all();
    expect(rows.map(({ title }) => title)).toEqual(["Typed ORM", "Databases"]);
    expect(rows[0]!.score).toBeGreaterThan(rows[1]!.score);
    const nothing = await scored.get({ title: "Nothing here" });
    expect(nothing.score).toBe(0);
    const ordered = Post.objects.orderBy(MatchScore(["title", "body"], "coffee").desc(), "id");
    expect((await ordered.first())?.title).toBe("Café culture");
  });

  it("is a lookup, of one field, through relations as well", async () => {
    expect(await titles(Post.objects.filter({ title__fulltext: "café" }))).toEqual(["Café culture"]);
    expect(await Writer.objects.filter({ posts__title__fulltext: "databases" }).count()).toBe(1);
    expect(await titles(Post.objects.filter({ title__fulltext: "orm databases", body__contains: "in front" }))).toEqual(
      ["Databases"],
    );
  });

  it("finds words of an exact column by a generated one of another collation", async () => {
    expect(await titles(Post.objects.filter({ folded__fulltext: "BEACH" }))).toEqual(["Typed ORM", "Café culture"]);
    expect(await Post.objects.filter({ plain: "malibu beach" }).count()).toBe(0);
    expect(await Post.objects.filter({ plain: F("folded") }).count()).toBe(4);
  });

  it("says which index is missing", async () => {
    await expect(Post.objects.filter(Match("body", "x")).all()).rejects.toThrow(/fullTextIndex/);
  });

  it("has parsers, where the server has them", async () => {
    class Chinese extends Model(
      "chinese",
      { id: fields.integer({ primaryKey: true }), text: fields.text({ collation }) },
      { indexes: [fullTextIndex("text", { parser: "ngram" })] },
    ) {
      static objects = manager(this);
    }
    if (engine.label === "MariaDB") {
      await expect(holder.db.createTables([Chinese])).rejects.toThrow(/"ngram" is MySQL's/);
      return;
    }
    Chinese.bind(holder.db);
    await holder.db.createTables([Chinese]);
    await Chinese.objects.create({ text: "全文检索很好" });
    expect(await Chinese.objects.filter({ text__fulltext: "检索" }).count()).toBe(1);
  });

  it("refuses what makes no sense", () => {
    const match = Match as (...args: unknown[]) => never;
    for (const paths of [[], "", 1, null, [1], {}]) expect(() => match(paths, "x")).toThrow(FieldError);
    for (const text of [undefined, null, 1, ["x"], {}]) expect(() => match("title", text)).toThrow(FieldError);
    expect(() => match("title", "x", { mode: "fuzzy" })).toThrow(/"natural", "boolean"/);
    expect(() => match("title", "x", { mod: "all" })).toThrow(FieldError);
    expect(() => match("title", "x", null)).toThrow(FieldError);
    expect(() => Post.objects.filter(match("id", "x"))).toThrow(/seeks in texts/);
    expect(() => Post.objects.filter(match("titel", "x"))).toThrow(/Did you mean "title"/);
    expect(() => Post.objects.filter({ title__fulltext: 1 as never })).toThrow(FieldError);
    const index = fullTextIndex as (...args: unknown[]) => unknown;
    expect(() => index([])).toThrow(ConfigurationError);
    expect(() => index("title", { parser: "x y" })).toThrow(ConfigurationError);
    expect(() => index("title", { nam: "x" })).toThrow(/Did you mean "name"/);
  });
});
