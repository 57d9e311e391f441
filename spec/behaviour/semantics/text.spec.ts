import { beforeAll, expect, it } from "vitest";
import { fields, manager, Model, UniqueViolation } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import { Author, type Case, createD2, EL, labels, models } from "./data.js";

class Word extends Model("word", {
  id: fields.integer({ primaryKey: true }),
  text: fields.string({ maxLength: 20, unique: true }),
}) {
  static objects = manager(this);
  get label(): string {
    return this.text;
  }
}

const authors = Author.objects;
const words = Word.objects;

const WORDS = ["bob", "BOB", "bob ", " bob", "El", "Él", "E\u0301l", "🎸", "🎺", "", " ", "ss", "ß", "\t", "a\\b"];

const cases: readonly Case[] = [
  [13, "% is a character", () => authors.filter({ alias__contains: "%" }), ["Ann"]],
  [13, "_ is a character", () => authors.filter({ name__contains: "_" }), [EL]],
  [13, "\\ is a character", () => authors.filter({ name__contains: "\\" }), [EL]],
  [13, "\\ at the end of a prefix", () => authors.filter({ name__startswith: "Él_i\\" }), [EL]],
  [13, "iexact knows no _", () => authors.filter({ alias__iexact: "X_Y" }), []],
  [13, "iexact knows no %", () => authors.filter({ alias__iexact: "X%Y" }), ["Ann"]],
  [14, "contains heeds case", () => authors.filter({ name__contains: "B" }), []],
  [14, "startswith heeds case", () => authors.filter({ name__startswith: "B" }), []],
  [14, "endswith heeds case", () => authors.filter({ name__endswith: "B" }), []],
  [14, "contains of the right case", () => authors.filter({ name__contains: "ob" }), ["bob"]],
  [14, "icontains does not", () => authors.filter({ name__icontains: "B" }), ["bob"]],
  [15, "exact heeds case", () => words.filter({ text: "BOB" }), ["BOB"]],
  [15, "exact heeds spaces at the end", () => words.filter({ text: "bob " }), ["bob "]],
  [15, "exact heeds that there are none", () => words.filter({ text: "bob" }), ["bob"]],
  [15, "exact heeds accents", () => words.filter({ text: "El" }), ["El"]],
  [15, "exact heeds how an accent is written", () => words.filter({ text: "Él" }), ["Él"]],
  [15, "one emoji is not another", () => words.filter({ text: "🎸" }), ["🎸"]],
  [15, "nor in a list", () => words.filter({ text__in: ["🎸", "BOB", "ss"] }), ["BOB", "ss", "🎸"]],
  [15, "the empty text is not a space", () => words.filter({ text: "" }), [""]],
  [15, "ne heeds all of it", () => words.filter({ text__ne: "bob" }), WORDS.filter((word) => word !== "bob")],
  [15, "a range goes by code points", () => words.filter({ text__range: ["B", "a"] }), ["BOB", "E\u0301l", "El"]],
  [16, "icontains knows É", () => authors.filter({ name__icontains: "él" }), [EL]],
  [16, "iexact knows É", () => words.filter({ text__iexact: "éL" }), ["Él"]],
  [16, "istartswith knows É", () => words.filter({ text__istartswith: "é" }), ["Él"]],
  [16, "i lookups do not drop accents", () => words.filter({ text__iexact: "EL" }), ["El"]],
  [16, "i lookups do not drop spaces", () => words.filter({ text__iexact: "Bob" }), ["BOB", "bob"]],
];

onEngines("Text", (engine) => {
  useDatabase(engine, [...models, Word]);
  beforeAll(async () => {
    await createD2();
    await words.bulkCreate(WORDS.map((text) => ({ text })));
  });

  it.each(cases)("trap %i: %s", async (_trap, _title, ask, answer) => {
    expect(await labels(ask())).toEqual([...answer].sort());
  });

  it("trap 15: unique heeds what exact heeds", async () => {
    expect(await words.count()).toBe(WORDS.length);
    await expect(words.create({ text: "Él" })).rejects.toBeInstanceOf(UniqueViolation);
  });

  it("trap 61: what one engine only could not store is refused before it is sent", async () => {
    await expect(words.create({ text: "a\0b" })).rejects.toThrow(/Word\.text.*U\+0000/);
    await expect(words.create({ text: "x".repeat(21) })).rejects.toThrow(/Word\.text/);
    await expect(words.create({ text: "🎸".repeat(21) })).rejects.toThrow(/Word\.text/);
    await expect(authors.create({ name: "x", age: 2 ** 31 })).rejects.toThrow(/Author\.age/);
    expect(() => words.filter({ text: "a\0b" })).toThrow(/U\+0000/);
    const long = await words.create({ text: "🎸".repeat(20) });
    expect((await words.get({ pk: long.pk })).text).toBe("🎸".repeat(20));
    await long.delete();
  });
});
