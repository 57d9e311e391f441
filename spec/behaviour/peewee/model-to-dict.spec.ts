import { beforeEach, expect, it } from "vitest";
import { type QueryEvent } from "dunder-orm";
import { dictToModel, modelToDict, updateModelFromDict } from "dunder-orm/peewee";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Book, Genre, models, seed, Writer } from "./library.js";

onEngines("peewee model_to_dict", (engine) => {
  const events: QueryEvent[] = [];
  useDatabase(engine, models, { onQuery: (event) => events.push(event) });
  beforeEach(seed);

  it("follows foreign keys, or gives their keys; a null one is null", async () => {
    const book = await Book.get({ title: "Waves" });
    const woolf = await Writer.get({ name: "Woolf" });
    const writer = { id: woolf.pk, name: "Woolf", born: 1882 };
    expect(await modelToDict(book)).toEqual({ id: book.pk, title: "Waves", pages: 250, writer });
    events.length = 0;
    const flat = { id: book.pk, title: "Waves", pages: 250, writer: woolf.pk };
    expect(await modelToDict(book, { recurse: false })).toEqual(flat);
    expect(await modelToDict(book, { maxDepth: 0 })).toEqual(flat);
    expect(events).toEqual([]);
    expect(await modelToDict(await Book.create({ title: "Anon" }))).toMatchObject({ writer: null });
  });

  it("only and exclude, by name and by model", async () => {
    const book = await Book.get({ title: "Waves" });
    expect(await modelToDict(book, { only: ["title", "writer", "Writer.name"] })).toEqual({
      title: "Waves",
      writer: { name: "Woolf" },
    });
    expect(await modelToDict(book, { exclude: ["id", "Writer.id", "Writer.born"] })).toEqual({
      title: "Waves",
      pages: 250,
      writer: { name: "Woolf" },
    });
    await expect(modelToDict(book, { only: ["titel"] })).rejects.toThrow('Did you mean "title"?');
  });

  it("backrefs: rows that point at the row, without the key that leads back", async () => {
    const huxley = await Writer.get({ name: "Huxley" });
    const dict = await modelToDict(huxley, { backrefs: true, exclude: ["Book.id"] });
    expect(dict).toMatchObject({ name: "Huxley", books: [{ title: "Island", pages: 300 }, { title: "Ape" }] });
    expect((dict["books"] as object[])[0]).not.toHaveProperty("writer");
    expect(await modelToDict(huxley, { backrefs: true, recurse: false })).not.toHaveProperty("books");
  });

  it("manytomany: tied rows, from one end", async () => {
    const book = await Book.get({ title: "Waves" });
    await book.genres.add(await Genre.create({ name: "novel" }));
    const dict = await modelToDict(book, { recurse: false, manytomany: true, only: ["title", "genres", "Genre.name"] });
    expect(dict).toEqual({ title: "Waves", genres: [{ name: "novel" }] });
  });

  it("extraAttrs: properties, and methods that are called", async () => {
    const book = await Book.get({ title: "Waves" });
    const dict = await modelToDict(book, { only: ["title"], extraAttrs: ["isSparse", "dirtyFields"] });
    expect(dict).toEqual({ title: "Waves", isSparse: false, dirtyFields: [] });
    await expect(modelToDict(book, { extraAttrs: ["nothing"] })).rejects.toThrow('rows have no "nothing"');
  });

  it("dictToModel: new rows, nested ones too; updateModelFromDict: rows that are there", async () => {
    const book = dictToModel(Book, { title: "New", writer: { name: "Eliot" } });
    expect([book instanceof Book, book.title, book.pk]).toEqual([true, "New", null]);
    expect((book.writer as unknown as Writer).name).toBe("Eliot");
    const waves = await Book.select().join("writer", { load: true }).where({ title: "Waves" }).get();
    updateModelFromDict(waves, { pages: 9, writer: { born: 1 } });
    expect([waves.pages, waves.writer?.born, waves.dirtyFields()]).toEqual([9, 1, ["pages"]]);
    await waves.save();
    expect((await Book.get({ title: "Waves" })).pages).toBe(9);
  });

  it("refuses names of no field, unless told to keep them", () => {
    expect(() => dictToModel(Book, { titel: "x" })).toThrow('Did you mean "title"?');
    expect(() => dictToModel(Writer, { name: "x", books: [] })).toThrow("rows of their own");
    const book = dictToModel(Book, { title: "x", shelf: 3 }, { ignoreUnknown: true });
    expect(book).toMatchObject({ title: "x", shelf: 3 });
    expect(() => updateModelFromDict({ pk: 1 }, {})).toThrow("takes a row");
  });
});
