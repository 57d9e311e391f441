import { inspect } from "node:util";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Count, F, FieldError, fields, Lower, manager, Model, NotLoadedError, type QueryEvent } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Writer extends Model("writer", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 50 }),
  email: fields.string({ maxLength: 50, null: true }),
  books: () => fields.hasMany(Book, "writer"),
  desk: () => fields.hasOne(Desk, "writer"),
}) {
  static objects = manager(this);
}

class Desk extends Model("desk", {
  id: fields.integer({ primaryKey: true }),
  place: fields.string({ maxLength: 50 }),
  size: fields.integer(),
  writer: () => fields.oneToOne(Writer),
}) {
  static objects = manager(this);
}

class Book extends Model(
  "book",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 50 }),
    body: fields.text({ default: "" }),
    note: fields.text({ null: true }),
    price: fields.decimal({ precision: 8, scale: 2, null: true }),
    data: fields.json<{ tags?: string[] }>({ default: {} }),
    saved: fields.datetime({ autoNow: true, null: true }),
    writer: () => fields.foreignKey(Writer),
    editor: () => fields.foreignKey(Writer, { null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
  get loud() {
    return this.body.toUpperCase();
  }
}

/** A class whose fields must be set on every row. */
class Marked extends Book {
  readonly #secret = 7;
  seen = 0;
  static override objects = manager(this);
  get secret() {
    return this.#secret;
  }
}

class Place extends Model(
  "place",
  { line: fields.integer(), number: fields.integer(), guest: fields.string({ maxLength: 50 }) },
  { primaryKey: ["line", "number"] },
) {
  static objects = manager(this);
}

onEngines("only and defer", (engine) => {
  let events: QueryEvent[] = [];
  useDatabase(engine, [Writer, Desk, Book, Place], { onQuery: (event) => events.push(event) });
  beforeAll(async () => {
    const ann = await Writer.objects.create({ id: 1, name: "Ann", email: "ann@x.org" });
    await Writer.objects.create({ id: 2, name: "Élise" });
    await Desk.objects.create({ id: 1, place: "window", size: 3, writer: ann });
    await Place.objects.create({ line: 1, number: 2, guest: "Zoë" });
  });
  beforeEach(async () => {
    await Book.objects.delete({ all: true });
    await Book.objects.create({ id: 1, title: "a", body: "Straße", note: null, price: "1.50", writer: 1 });
    await Book.objects.create({ id: 2, title: "b", body: "x", data: { tags: ["t"] }, writer: 2, editor: 1 });
    events = [];
  });
  const columns = (sql = events.at(-1)?.sql ?? ""): string[] => {
    const list = /^select (?:distinct )?(.*?) from /is.exec(sql)?.[1] ?? "";
    return [...list.matchAll(/["`](\w+)["`]\.["`](\w+)["`]/g)].map((match) => `${match[1]}.${match[2]}`);
  };
  const setColumns = (): string[] => {
    const list = /^update .* set (.*) where /is.exec(events.at(-1)?.sql ?? "")?.[1] ?? "";
    return [...list.matchAll(/["`](\w+)["`] = /g)].map((match) => match[1] as string);
  };

  it("read what they leave, and always the key", async () => {
    await Book.objects.only("title", "price").all();
    expect(columns()).toEqual(["book.id", "book.title", "book.price"]);
    await Book.objects.defer("body", "note", "data", "saved", "pk", "writer").all();
    expect(columns()).toEqual(["book.id", "book.title", "book.price", "book.editor_id"]);
    await Book.objects.only("pk").all();
    expect(columns()).toEqual(["book.id"]);
    await Place.objects.only("pk").all();
    expect(columns()).toEqual(["place.line", "place.number"]);
  });

  it("give what is read as ever, by the class's own methods, too", async () => {
    const [a, b] = await Book.objects.only("body", "price", "data", "note").all();
    expect([a?.body, a?.price, a?.loud, a?.note, b?.data]).toEqual([
      "Straße",
      "1.50",
      "STRASSE",
      null,
      { tags: ["t"] },
    ]);
    expect(a).toBeInstanceOf(Book);
    expect([a?.pk, a?.isSparse, inspect(a)]).toEqual([1, false, "Book(id=1)"]);
  });

  it("refuse what is left out, naming the field, the method and what to do", async () => {
    const only = await Book.objects.only("title").get({ id: 1 });
    expect(() => only.body).toThrow(NotLoadedError);
    expect(() => only.body).toThrow(
      'Book.body was not loaded: only(…) left it out. Load it with await row.load("body"), or name it in only(…, "body").',
    );
    expect(() => only.loud).toThrow(NotLoadedError);
    const deferred = await Book.objects.defer("note", "writer").get({ id: 1 });
    expect(() => deferred.note).toThrow(
      'Book.note was not loaded: defer(…) left it out. Load it with await row.load("note"), or take "note" out of defer(…).',
    );
    expect(() => deferred.writer).toThrow(NotLoadedError);
    expect(deferred.body).toBe("Straße");
  });

  describe("one after another", () => {
    const all = ["body", "data", "editor", "id", "note", "price", "saved", "title", "writer"];
    const b = Book.objects;
    it.each([
      ["only replaces only", b.only("title").only("body"), ["body", "id"]],
      ["only of nothing loads all", b.only("title").only(), all],
      [
        "defer adds to defer",
        b.defer("body", "data", "saved").defer("note"),
        ["editor", "id", "price", "title", "writer"],
      ],
      ["defer takes from only", b.only("title", "body").defer("body"), ["id", "title"]],
      ["defer of what only has not", b.only("title").defer("body"), ["id", "title"]],
      ["defer of all that only named", b.only("title").defer("title"), all],
      ["defer of that and more", b.only("title").defer("title", "body"), all.filter((name) => name !== "body")],
      ["only leaves deferred fields out", b.defer("body").only("title", "body"), ["id", "title"]],
      ["only of deferred fields alone", b.defer("body").only("body"), all],
      ["defer of nothing", b.only("title").defer(), ["id", "title"]],
      ["defer of null", b.defer("body").defer(null), all],
      ["other calls between", b.only("title").filter({ id: 1 }).orderBy("-body").limit(1), ["id", "title"]],
    ])("%s", async (_, books, names) => {
      const [row] = await books.all();
      expect(Object.keys(row?.toJSON() ?? {}).sort()).toEqual(names);
    });
  });

  it("go along relations that are fetched along", async () => {
    const joined = Book.objects.selectRelated("writer", "editor");
    const [, second] = await joined.only("title", "writer__name", "editor").all();
    expect(columns()).toEqual([
      "book.id",
      "book.title",
      "book.writer_id",
      "book.editor_id",
      "t1.id",
      "t1.name",
      "t2.id",
      "t2.name",
      "t2.email",
    ]);
    expect([second?.writer.name, second?.editor?.email]).toEqual(["Élise", "ann@x.org"]);
    expect(() => second?.writer.email).toThrow("Writer.email was not loaded: only(…) left it out.");
    const [first] = await joined.defer("body", "writer__email").all();
    expect([first?.writer.name, first?.editor]).toEqual(["Ann", null]);
    expect(() => first?.writer.email).toThrow(NotLoadedError);
    await first?.writer.load("email");
    expect(first?.writer.email).toBe("ann@x.org");
    await joined.only("writer__pk", "editor__id").all();
    expect(columns()).toEqual(["book.id", "book.writer_id", "book.editor_id", "t1.id", "t2.id"]);
  });

  it("go along to the other side of a one-to-one relation", async () => {
    const ann = await Writer.objects.selectRelated("desk").only("name", "desk__place").get({ id: 1 });
    expect(columns()).toEqual(["writer.id", "writer.name", "t1.id", "t1.place", "t1.writer_id"]);
    expect(ann.desk?.place).toBe("window");
    expect(ann.desk?.writer).toBe(ann);
    expect(() => ann.desk?.size).toThrow(NotLoadedError);
    await Writer.objects.selectRelated("desk").only("name").all();
    expect(columns()).toHaveLength(6);
  });

  it("trap 44: refuse a relation that is left out and fetched along", async () => {
    const rows = Book.objects.selectRelated("writer");
    await expect(rows.only("title").all()).rejects.toThrow(
      "Book.writer cannot be left out by only(…) and fetched along by selectRelated(…) at the same time. " +
        'Name it in only(…, "writer"), or do without selectRelated("writer").',
    );
    await expect(rows.defer("writer").all()).rejects.toThrow('Take "writer" out of defer(…)');
    expect(() => rows.defer("writer").sql()).toThrow(FieldError);
    expect(await rows.only("title").count()).toBe(2);
    expect(await rows.only("title").only("writer__name").exists()).toBe(true);
  });

  it("are undone row by row by load() and refresh()", async () => {
    const row = await Book.objects.only("title").get({ id: 2 });
    expect(await row.load("body", "editor", "title")).toBe(row);
    expect(columns()).toEqual(["book.id", "book.body", "book.editor_id"]);
    expect([row.body, row.editor?.pk, row.isDirty()]).toEqual(["x", 1, false]);
    expect(() => row.note).toThrow(NotLoadedError);
    events = [];
    await row.load("body");
    expect(events).toEqual([]);
    await row.load();
    expect(events).toHaveLength(1);
    expect(columns()).toEqual(["book.id", "book.note", "book.price", "book.data", "book.saved", "book.writer_id"]);
    expect([row.data, row.note, row.price, row.writer.pk]).toEqual([{ tags: ["t"] }, null, null, 2]);
    await row.load();
    expect(events).toHaveLength(1);
    row.data.tags = [];
    expect(row.dirtyFields()).toEqual(["data"]);

    const other = await Book.objects.defer("body").get({ id: 1 });
    await Book.objects.filter({ id: 1 }).update({ title: "new" });
    await other.refresh();
    expect([other.title, other.body, other.isDirty()]).toEqual(["new", "Straße", false]);
  });

  it("leave load() refusing names that do not exist, and rows that are gone", async () => {
    const row = await Book.objects.only("title").get({ id: 1 });
    await expect(row.load("boddy" as "body")).rejects.toThrow('Did you mean "body"?');
    await expect(row.load({} as "body")).rejects.toThrow(FieldError);
    await expect((await Writer.objects.get({ id: 1 })).load("books")).rejects.toThrow("Writer.books");
    await Book.objects.filter({ id: 1 }).delete();
    await expect(row.load()).rejects.toThrow(Book.DoesNotExist);
    await expect(row.refresh()).rejects.toThrow(Book.DoesNotExist);
  });

  it("leave load() on a whole row without a query", async () => {
    const row = await Book.objects.get({ id: 1 });
    events = [];
    expect(await row.load("body")).toBe(row);
    await row.load();
    expect(events).toEqual([]);
  });

  it("trap 33: let rows be changed and saved, which writes what was set", async () => {
    const row = await Book.objects.only("title").get({ id: 2 });
    expect([row.isDirty(), row.dirtyFields()]).toEqual([false, []]);
    await row.save();
    expect(events).toHaveLength(1);
    row.title = "c";
    row.body = "set";
    row.editor = null;
    expect(row.dirtyFields()).toEqual(["title", "body", "editor"]);
    expect([row.body, row.editor]).toEqual(["set", null]);
    expect(Object.keys(row.toJSON())).toEqual(["id", "title", "body", "editor"]);
    await row.save();
    expect(setColumns()).toEqual(["title", "body", "editor_id", "saved"]);
    expect(row.isDirty()).toBe(false);
    const fresh = await Book.objects.get({ id: 2 });
    expect([fresh.title, fresh.body, fresh.editor, fresh.data]).toEqual(["c", "set", null, { tags: ["t"] }]);
    await row.update({ note: "n" });
    expect(setColumns()).toEqual(["note", "saved"]);
    await row.save({ forceUpdate: true });
    expect(setColumns()).not.toContain("data");
  });

  it("keep what was assigned when the rest is loaded", async () => {
    const row = await Book.objects.only("title").get({ id: 1 });
    Object.assign(row, { body: "mine", editor: 2 });
    await row.load();
    expect([row.body, row.editor?.pk, row.writer.pk]).toEqual(["mine", 2, 1]);
    expect(row.dirtyFields()).toEqual(["body", "editor"]);
  });

  it("refuse to write what they do not have", async () => {
    const row = await Book.objects.defer("body").get({ id: 1 });
    await expect(row.save({ only: ["body"] })).rejects.toThrow(NotLoadedError);
    await expect(row.save({ forceInsert: true })).rejects.toThrow(NotLoadedError);
    await row.delete();
    await expect(row.save()).rejects.toThrow(NotLoadedError);
    expect(await Book.objects.count()).toBe(1);
  });

  it("leave validate, equals, JSON and inspect working on what there is", async () => {
    const row = await Book.objects.only("title").get({ id: 1 });
    expect(() => row.validate()).not.toThrow();
    row.title = "x".repeat(51);
    expect(() => row.validate()).toThrow("Book.title");
    expect(row.equals(await Book.objects.get({ id: 1 }))).toBe(true);
    expect(JSON.parse(JSON.stringify(row))).toEqual({ id: 1, title: "x".repeat(51) });
    expect(Object.keys(row)).toEqual(["id", "title"]);
  });

  it("work for classes with fields of their own", async () => {
    const row = await Marked.objects.only("title").get({ id: 1 });
    expect([row.title, row.seen, row.secret]).toEqual(["a", 0, 7]);
    expect(row).toBeInstanceOf(Marked);
    expect(() => row.body).toThrow(NotLoadedError);
    await row.load("body");
    expect(row.loud).toBe("STRASSE");
  });

  it("go together with the rest of a queryset", async () => {
    const only = Book.objects.only("title");
    const annotated = await only
      .annotate({ low: Lower("body") })
      .filter({ low: "x" })
      .get();
    expect([annotated.low, annotated.title]).toEqual(["x", "b"]);
    expect(
      await only
        .annotate({ n: F("id").add(1) })
        .only("n")
        .values("n")
        .all(),
    ).toEqual([{ n: 2 }, { n: 3 }]);
    const counted = await Writer.objects
      .annotate({ n: Count("books") })
      .only("n")
      .orderBy("id")
      .all();
    expect(counted.map((row) => [row.n, Object.keys(row.toJSON())])).toEqual([
      [1, ["id"]],
      [1, ["id"]],
    ]);
    expect(await only.values("body").all()).toEqual([{ body: "Straße" }, { body: "x" }]);
    expect(await only.filter({ body: "x" }).count()).toBe(1);
    expect(await Writer.objects.filter({ books__in: only.filter({ body: "x" }) }).count()).toBe(1);
    expect((await only.distinct().orderBy("-body").all()).map((row) => row.title)).toEqual(["b", "a"]);
    expect((await only.orderBy("-writer__name").reverse().first())?.title).toBe("a");
    expect((await only.last())?.title).toBe("b");
    expect((await only.latest("body")).title).toBe("b");
    expect(await only.none().all()).toEqual([]);
    expect(await only.contains(await only.get({ id: 1 }))).toBe(true);
    const seen: string[] = [];
    for await (const row of only.iterator({ chunkSize: 1 })) seen.push(row.title);
    expect(seen).toEqual(["a", "b"]);
    const byTitle = await Place.objects.only("guest").all();
    expect(byTitle[0]?.pk).toEqual([1, 2]);
    expect(await only.filter({ id: 1 }).update({ body: "changed" })).toBe(1);
    const kysely = (await only.toKysely().execute()) as Record<string, unknown>[];
    expect(Object.keys(kysely[0] ?? {})).toEqual(["id", "title"]);
  });

  it("load the field that inBulk goes by", async () => {
    const found = await Desk.objects.only("place").inBulk([1], { field: "writer" });
    expect([...found.keys()]).toEqual([1]);
    const deferred = await Desk.objects.defer("writer").inBulk([1], { field: "writer" });
    expect([...deferred.keys()]).toEqual([1]);
  });

  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ["an unknown name", () => Book.objects.only("titel" as "title"), 'Did you mean "title"?'],
    ["an unknown name behind a relation", () => Book.objects.defer("writer__nmae" as "title"), 'Did you mean "name"?'],
    ["a transform", () => Book.objects.only("title__lower" as "title"), "is no relation"],
    ["a relation to many", () => Writer.objects.only("books" as "name"), "Writer.books"],
    ["a field behind a relation to many", () => Writer.objects.only("books__title"), "Writer.books"],
    ["an own property of objects", () => Book.objects.only("constructor" as "title"), 'no field "constructor"'],
    ["undefined", () => Book.objects.only(undefined as never), "takes names of fields, got undefined"],
    ["null", () => Book.objects.only(null as never), "takes names of fields, got null"],
    ["an object", () => Book.objects.defer({ title: true } as never), "takes names of fields, got"],
    ["a list", () => Book.objects.only(["title"] as never), "takes names of fields, got"],
    ["what follows values", () => Book.objects.values("title").only("title"), "cannot follow values(…)"],
    ["an annotation to defer", () => Book.objects.annotate({ n: F("id") }).defer("n" as "id"), "Use alias({ … })"],
  ];
  it.each(refused)("refuse %s", (_, ask, message) => {
    expect(ask).toThrow(FieldError);
    expect(ask).toThrow(message);
  });
});
