import { beforeEach, expect, it } from "vitest";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Book, Genre, models, seed } from "./library.js";

onEngines("peewee many-to-many", (engine) => {
  useDatabase(engine, models);
  beforeEach(seed);

  it("add, remove and clear: rows, keys and selects; how many were taken out", async () => {
    const [essay, novel, play, verse] = await Genre.bulkCreate(
      ["essay", "novel", "play", "verse"].map((name) => ({ name })),
    );
    if (!essay || !novel || !play || !verse) throw new Error("four genres");
    const book = await Book.get({ title: "Waves" });
    const names = () => book.genres.orderBy("name").valuesList("name", { flat: true }).all();
    await book.genres.add(essay, novel.pk, Genre.select().where({ name__in: ["play", "verse"] }));
    expect(await names()).toEqual(["essay", "novel", "play", "verse"]);
    await book.genres.add(...[essay, play]);
    expect(await book.genres.remove(essay, novel.pk, -1)).toBe(2);
    expect(await book.genres.remove(Genre.select().where({ name: "play" }))).toBe(1);
    expect(await names()).toEqual(["verse"]);
    await book.genres.set([essay, play]);
    expect(await names()).toEqual(["essay", "play"]);
    expect(await essay.books.clear()).toBe(1);
    expect(await book.genres.clear()).toBe(1);
    expect(await book.genres.clear()).toBe(0);
  });

  it("an owner that was not saved is refused", () => {
    expect(() => new Book({ title: "New" }).genres.all()).toThrow("save");
  });

  it("rows that point at one: how many were let go", async () => {
    const { writer } = await Book.get({ title: "Waves" });
    const woolf = await writer?.load();
    expect(await woolf?.books.remove(await Book.get({ title: "Waves" }))).toBe(1);
    expect(await woolf?.books.clear()).toBe(1);
  });
});
