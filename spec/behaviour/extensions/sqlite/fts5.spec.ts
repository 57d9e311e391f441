import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ConfigurationError, Database, F, fields, FieldError, manager, Model, NotSupportedError, Q } from "dunder-orm";
import { Fts5, ftsPhrase } from "dunder-orm/sqlite";
import { onEngines, useDatabase } from "../../../support/engines.js";
import { without } from "../../../support/without.js";

class Author extends Model("fts_author", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
}) {
  static objects = manager(this);
}

class Note extends Model("fts_note", {
  id: fields.integer({ primaryKey: true }),
  author: () => fields.foreignKey(Author, { null: true }),
  headline: fields.string({ maxLength: 100, column: "head line" }),
  body: fields.text({ null: true }),
}) {
  static objects = manager(this);
}

class NoteSearch extends Fts5(
  "fts_note_search",
  {
    headline: fields.text({ column: "head line" }),
    body: fields.text({ null: true }),
  },
  { content: () => Note, tokenize: "porter unicode61 remove_diacritics 2", prefix: [2, 3] },
) {
  static objects = manager(this);
}

class Page extends Fts5(
  "fts_page",
  { title: fields.text(), text: fields.text(), url: fields.text() },
  { unindexed: ["url"] },
) {
  static objects = manager(this);
}

class Bare extends Fts5("fts_bare", { text: fields.text({ null: true }) }, { contentless: true, detail: "full" }) {
  static objects = manager(this);
}

onEngines("FTS5", (engine) => {
  if (engine.name !== "sqlite") {
    it("is refused by name", async () => {
      const db = await engine.database();
      await expect(db.createTables([Page])).rejects.toThrow(NotSupportedError);
      await expect(db.createTables([Page])).rejects.toThrow(/Page: (PostgreSQL|MySQL|MariaDB) has no FTS5 tables/);
      const found = Page.objects.using(db).filter(Page.match("x"));
      await expect(found.all()).rejects.toThrow(NotSupportedError);
      await expect(Page.objects.using(db).annotate({ r: Page.rank() }).all()).rejects.toThrow(/Bm25 of an FTS5 table/);
    });
    return;
  }

  const spec = useDatabase(engine, [Author, Note, NoteSearch, Page, Bare]);

  describe("with rows of its own", () => {
    beforeEach(async () => {
      await Page.objects.delete({ all: true });
      await Page.objects.create({ title: "SQLite in practice", text: "A small database, in a file.", url: "/sqlite" });
      await Page.objects.bulkCreate([
        { title: "PostgreSQL", text: "A large database: SQLite is smaller.", url: "/pg" },
        { title: "Crème brûlée", text: "Sugar and cream", url: "/sqlite/cream" },
      ]);
    });
    const titles = (condition: ReturnType<typeof Page.match>) =>
      Page.objects.filter(condition).orderBy("id").valuesList("title", { flat: true }).all();

    it("keeps rows as other models do, with keys of its own", async () => {
      const rows = await Page.objects.orderBy("id").all();
      expect(rows.map(({ id, title }) => [id, title])).toEqual([
        [1, "SQLite in practice"],
        [2, "PostgreSQL"],
        [3, "Crème brûlée"],
      ]);
      const made = await Page.objects.create({ title: "new", text: "x", url: "/" });
      expect(made.id).toBe(4);
      await made.update({ title: "newer" });
      expect((await Page.objects.get({ pk: 4 })).title).toBe("newer");
      expect(await titles(Page.match("newer"))).toEqual(["newer"]);
      expect(await Page.objects.filter({ id: 4 }).update({ text: "changed" })).toBe(1);
      expect((await Page.objects.filter({ id: 4 }).delete()).total).toBe(1);
      expect(await Page.objects.count()).toBe(3);
      expect(await Page.objects.filter({ title__icontains: "CRÈME" }).count()).toBe(1);
      const placed = await Page.objects.create({ id: 77, title: "placed", text: "x", url: "/" });
      expect((await Page.objects.get({ id: 77 })).equals(placed)).toBe(true);
    });

    it("finds words wherever they stand, whatever the text is", async () => {
      expect(await titles(Page.match("sqlite"))).toEqual(["SQLite in practice", "PostgreSQL"]);
      expect(await titles(Page.match("database small"))).toEqual(["SQLite in practice"]);
      expect(await titles(Page.match("creme"))).toEqual(["Crème brûlée"]);
      expect(await titles(Page.match("sqlite", { columns: ["title"] }))).toEqual(["SQLite in practice"]);
      expect(await titles(Page.match("small database", { mode: "phrase" }))).toEqual(["SQLite in practice"]);
      expect(await titles(Page.match("database small", { mode: "phrase" }))).toEqual([]);
      expect(await titles(Page.match("sugar practice", { mode: "any" }))).toEqual([
        "SQLite in practice",
        "Crème brûlée",
      ]);
      expect(await titles(Page.match("database sma", { mode: "prefix" }))).toEqual([
        "SQLite in practice",
        "PostgreSQL",
      ]);
      expect(await titles(Page.match("database sma"))).toEqual([]);
      // What is only kept is not searched.
      expect(await titles(Page.match("cream", { columns: ["url"] }))).toEqual([]);
      for (const text of [
        "",
        " ",
        '"',
        "a\"b'",
        "(",
        "NOT",
        "nothing NOR",
        "title:",
        "-",
        "*",
        "^x",
        "{zz}",
        "?",
        "; drop",
        "…",
      ]) {
        for (const mode of ["words", "any", "phrase", "prefix"] as const) {
          expect(await titles(Page.match(text, { mode })), `${mode} ${text}`).toEqual([]);
        }
      }
    });

    it("takes FTS5's own language where it is asked to, and says what is wrong with it", async () => {
      const query = (text: string) => titles(Page.match(text, { mode: "query" }));
      expect(await query("title : sqlite NOT postgres*")).toEqual(["SQLite in practice"]);
      expect(await query(`${ftsPhrase('small "database')} OR NEAR(sugar cream, 2)`)).toEqual([
        "SQLite in practice",
        "Crème brûlée",
      ]);
      await expect(query("sqlite AND")).rejects.toThrow(/fts5: syntax error/);
      await expect(query("nothing : x")).rejects.toThrow(/no such column: nothing/);
    });

    it("ranks, by weights of columns, too", async () => {
      const found = Page.objects.filter(Page.match("sqlite database", { mode: "any" }));
      expect(await found.orderBy(Page.rank()).valuesList("title", { flat: true }).first()).toBe("PostgreSQL");
      const byTitle = found.orderBy(Page.bm25({ title: 10 }));
      expect(await byTitle.valuesList("title", { flat: true }).first()).toBe("SQLite in practice");
      const [first, second] = await found
        .annotate({ score: Page.bm25({ title: 10 }) })
        .orderBy("score")
        .all();
      expect(first!.score!).toBeLessThan(second!.score!);
      expect(await found.orderBy(Page.bm25({ title: 0, text: 1 }).desc()).count()).toBe(2);
      const weighed = async (title: number) =>
        (
          await found
            .filter({ id: 1 })
            .values({ score: Page.bm25({ title }) })
            .get()
        ).score!;
      const { compiled } = spec.db.stats.plans;
      expect(await weighed(10)).toBeLessThan(await weighed(1));
      expect(spec.db.stats.plans.compiled).toBe(compiled + (without.has("plans") ? 2 : 1));
    });

    it("shows hits, and pieces of text around them", async () => {
      const found = Page.objects.filter(Page.match("small*", { mode: "query" })).orderBy("id");
      const rows = await found
        .values({
          marked: Page.highlight("text"),
          other: Page.highlight("title", { open: "[", close: "]" }),
          piece: Page.snippet("text", { tokens: 3, open: "«", close: "»", ellipsis: "..." }),
          best: Page.snippet(null),
        })
        .all();
      expect(rows).toEqual([
        {
          marked: "A <b>small</b> database, in a file.",
          other: "SQLite in practice",
          piece: "A «small» database...",
          best: "A <b>small</b> database, in a file.",
        },
        {
          marked: "A large database: SQLite is <b>smaller</b>.",
          other: "PostgreSQL",
          piece: "...SQLite is «smaller».",
          best: "A large database: SQLite is <b>smaller</b>.",
        },
      ]);
    });

    it("goes with conditions, counts, pages and subqueries", async () => {
      const found = Page.objects.filter(Page.match("database"), { url__startswith: "/s" });
      expect(await found.count()).toBe(1);
      expect(await found.exists()).toBe(true);
      expect(
        await Page.objects
          .filter(Page.match("database"))
          .orderBy("id")
          .slice(1, 2)
          .valuesList("id", { flat: true })
          .all(),
      ).toEqual([2]);
      const ids = Page.objects.filter(Page.match("database")).values("id");
      expect(await Page.objects.exclude({ pk__in: ids }).valuesList("id", { flat: true }).all()).toEqual([3]);
      expect(await Page.objects.filter(Q({ pk__in: ids }).or(Q({ id: 3 }))).count()).toBe(3);
      expect((await Page.objects.filter({ pk__in: ids }).delete()).total).toBe(2);
      // SQLite cannot look an index up for what is not to be found.
      await expect(Page.objects.exclude(Page.match("database")).all()).rejects.toThrow(/pk__in/);
    });

    it("is rebuilt, optimized and checked", async () => {
      await Page.optimize();
      await Page.rebuild();
      expect(await Page.integrityCheck()).toBe(true);
      expect(await titles(Page.match("sugar"))).toEqual(["Crème brûlée"]);
    });
  });

  describe("over the rows of another model", () => {
    beforeAll(async () => {
      await Author.objects.create({ id: 1, name: "Ann" });
    });
    beforeEach(async () => {
      await Note.objects.delete({ all: true });
      await Note.objects.bulkCreate([
        { id: 10, author: 1, headline: "Running late", body: "The trains were running." },
        { id: 20, headline: "Éclairs", body: null },
        { id: 30, headline: "Nothing", body: "A runner" },
      ]);
    });

    it("is kept up to date whatever happens to them", async () => {
      const ids = (text: string) =>
        NoteSearch.objects.filter(NoteSearch.match(text)).orderBy("id").valuesList("id", { flat: true }).all();
      expect(await ids("run")).toEqual([10]);
      expect(await ids("eclair")).toEqual([20]);
      await Note.objects.filter({ id: 20 }).update({ body: "They run out" });
      expect(await ids("run")).toEqual([10, 20]);
      await Note.objects.filter({ id: 10 }).delete();
      expect(await ids("run")).toEqual([20]);
      await spec.db.atomic(async () => {
        await Note.objects.create({ id: 40, headline: "run" });
        expect(await ids("run")).toEqual([20, 40]);
      });
      await expect(
        spec.db.atomic(async () => {
          await Note.objects.filter({ id: 40 }).delete();
          throw new Error("undo");
        }),
      ).rejects.toThrow("undo");
      expect(await ids("run")).toEqual([20, 40]);
      expect(await NoteSearch.integrityCheck()).toBe(true);
    });

    it("stands beside them by a join, from either side", async () => {
      const found = await NoteSearch.objects
        .join(Note.alias("note"), { note__id: F("id") })
        .filter(NoteSearch.match("trains"), { note__author__name: "Ann" })
        .values("note__headline", "note__author__name", { shown: NoteSearch.highlight("body") })
        .all();
      expect(found).toEqual([
        { note__headline: "Running late", note__author__name: "Ann", shown: "The <b>trains</b> were running." },
      ]);
      const joined = Note.objects.join(NoteSearch.alias("hit"), { hit__id: F("id") });
      const notes = joined
        .filter(NoteSearch.match("run", { through: "hit" }))
        .annotate({
          shown: NoteSearch.snippet("body", { through: "hit" }),
          score: NoteSearch.rank({ through: "hit" }),
        })
        .orderBy("score");
      const rows = await notes.all();
      expect(rows.map(({ id, shown }) => [id, shown])).toEqual([[10, "The trains were <b>running</b>."]]);
      expect(rows[0]).toBeInstanceOf(Note);
      expect(await joined.filter(NoteSearch.match("eclairs", { through: "hit" })).count()).toBe(1);
    });

    it("finds a row by its key and its text together", async () => {
      const found = NoteSearch.objects.filter(NoteSearch.match("run nothing", { mode: "any" }));
      expect(await found.count()).toBe(2);
      expect(await found.filter({ id: 30 }).valuesList("id", { flat: true }).all()).toEqual([30]);
      expect(await found.filter({ pk: 20 }).count()).toBe(0);
      expect(await found.filter({ id__in: [10, 20] }).count()).toBe(1);
      expect(await found.filter({ id__gt: 10 }).count()).toBe(1);
    });

    it("tells when it does not fit them, until it is rebuilt", async () => {
      await NoteSearch.objects.filter({ id: 10 }).delete();
      expect(await NoteSearch.integrityCheck()).toBe(false);
      await NoteSearch.rebuild();
      expect(await NoteSearch.integrityCheck()).toBe(true);
    });

    it("takes in rows that were there before it, and goes without leaving anything", async () => {
      await spec.db.dropTables([NoteSearch]);
      await Note.objects.create({ id: 50, headline: "meanwhile" });
      await spec.db.createTables([NoteSearch]);
      await spec.db.createTables([NoteSearch]);
      expect(await NoteSearch.objects.filter(NoteSearch.match("meanwhile")).count()).toBe(1);
    });
  });

  it("keeps nothing but the index where it is contentless", async () => {
    await Bare.objects.bulkCreate([
      { id: 1, text: "one two" },
      { id: 2, text: "two three" },
    ]);
    const found = await Bare.objects.filter(Bare.match("two")).orderBy("id").all();
    expect(found.map(({ id, text }) => [id, text])).toEqual([
      [1, null],
      [2, null],
    ]);
    await Bare.objects.filter({ id: 1 }).delete();
    expect(await Bare.objects.filter(Bare.match("two")).valuesList("id", { flat: true }).all()).toEqual([2]);
  });

  it("refuses what is none of its own", async () => {
    const text = { text: fields.text() };
    // Of the types of what is refused nothing is asked.
    const declared = Fts5 as unknown as (...given: unknown[]) => object;
    expect(() => declared("x", text, { tokenise: "x" })).toThrow(ConfigurationError);
    expect(() => declared("x", text, { prefix: [0] })).toThrow(/prefix is a list of lengths/);
    expect(() => declared("x", text, { tokenize: 5 as never })).toThrow(/names a tokenizer/);
    expect(() => declared("x", text, { detail: "some" as never })).toThrow(/detail is "full", "column" or "none"/);
    expect(() => declared("x", text, { content: Note as never, contentless: true })).toThrow(/goes with no content/);
    expect(() => declared("x", text, { content: {} as never })).toThrow(/content is a function/);
    expect(() => declared("x", text, { unindexed: ["txt" as "text"] })).toThrow(/Did you mean "text"/);
    expect(() => declared("x", {})).toThrow(/has no field of text to search/);
    expect(() => Page.match(5 as never)).toThrow(/expected a text, got number 5/);
    expect(() => Page.match("x", { mode: "all" as never })).toThrow(/mode is one of words/);
    expect(() => Page.match("x", { columns: ["titel" as "title"] })).toThrow(/Did you mean "title"/);
    expect(() => Page.match("x", { colums: [] } as never)).toThrow(/no option "colums"/);
    expect(() => Page.bm25({ titel: 1 } as never)).toThrow(FieldError);
    expect(() => Page.bm25({ title: "1; drop" as never })).toThrow(/the weight of title is a number/);
    expect(() => Page.highlight("x" as "title")).toThrow(/is no field of the index/);
    expect(() => Page.highlight("title", { open: 5 as never })).toThrow(/is a text/);
    expect(() => Page.snippet("title", { tokens: 65 })).toThrow(/from 1 to 64/);
    expect(() => ftsPhrase(5 as never)).toThrow(FieldError);
    expect(() => Page.objects.filter(Page.match("a\0b"))).toThrow(FieldError);
    expect(() => declared("x", { key: fields.integer({ primaryKey: true }), ...text })).toThrow(
      /a key of its own, "id"/,
    );
    expect(() => declared("x", { note: () => fields.foreignKey(Note), ...text })).toThrow(/"note" cannot be there/);
    const wrong = class extends Fts5("wrong_search", { head: fields.text() }, { content: () => Note }) {};
    await expect(spec.db.createTables([wrong])).rejects.toThrow(/has no column "head"/);
    const odd = class extends Fts5("odd_search", { text: fields.text() }, { tokenize: "no'such" }) {};
    await expect(spec.db.createTables([odd])).rejects.toThrow(/error in tokenize/);
    const other = new Database("sqlite::memory:");
    await expect(Page.objects.using(other).filter(Page.match("x")).all()).rejects.toThrow(/no such table/);
    await other.close();
  });
});
