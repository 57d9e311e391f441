import { beforeEach, expect, it } from "vitest";
import { F, FieldError, fields, manager, Model, NotLoadedError, UniqueViolation, ValidationError } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shelf extends Model("clone_shelf", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  books: () => fields.hasMany(Book, "shelf"),
}) {
  static objects = manager(this);
}

class Book extends Model("clone_book", {
  id: fields.integer({ primaryKey: true }),
  shelf: () => fields.foreignKey(Shelf, { null: true }),
  title: fields.string({ maxLength: 20 }),
  code: fields.string({ maxLength: 5, unique: true, null: true }),
  pages: fields.integer({ default: 10 }),
  double: fields.integer({ null: true, generatedAs: "pages * 2" }),
  notes: fields.json<{ marks: number[] }>({ null: true }),
  cover: fields.binary({ null: true }),
  made: fields.datetime({ autoNowAdd: true }),
  seen: fields.datetime({ autoNow: true }),
  version: fields.version(),
}) {
  static objects = manager(this);

  get loud(): string {
    return this.title.toUpperCase();
  }
}

class Country extends Model("clone_country", {
  code: fields.string({ maxLength: 2, primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

let made = 0;
class Ticket extends Model("clone_ticket", {
  key: fields.string({ maxLength: 10, primaryKey: true, default: () => `t${(made += 1)}` }),
  text: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Seat extends Model(
  "clone_seat",
  { row: fields.integer(), place: fields.integer(), label: fields.string({ maxLength: 20 }) },
  { primaryKey: ["row", "place"] },
) {
  static objects = manager(this);
}

class Animal extends Model(
  "clone_animal",
  {
    id: fields.integer({ primaryKey: true }),
    kind: fields.string({ maxLength: 10, default: "animal" }),
    name: fields.string({ maxLength: 20 }),
  },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Dog extends Animal.variant("dog", { tricks: fields.integer({ default: 0 }) }) {
  static objects = manager(this);
}

class Place extends Model("clone_place", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Bar extends Model("clone_bar", { beers: fields.integer() }, { parent: Place }) {
  static objects = manager(this);
}

const models = [Shelf, Book, Country, Ticket, Seat, Animal, Dog, Place, Bar];

onEngines("A clone of a row", (engine) => {
  useDatabase(engine, models);
  beforeEach(async () => {
    for (const { objects } of [Book, Shelf]) await objects.delete({ all: true });
  });

  it("has its values, and a key, a version and moments of its own", async () => {
    const shelf = await Shelf.objects.create({ name: "a" });
    const old = new Date("2001-02-03T04:05:06Z");
    const book = await Book.objects.create({
      shelf,
      title: "Émile",
      code: "x",
      notes: { marks: [1] },
      cover: new Uint8Array([1, 2]),
      made: old,
      seen: old,
    });
    await book.update({ pages: 20 });
    const clone = book.clone({ code: "y" });
    expect(clone).toBeInstanceOf(Book);
    expect([clone.pk, clone.version, clone.isDirty(), clone.loud]).toEqual([null, 1, true, "ÉMILE"]);
    await clone.save();
    const read = await Book.objects.get({ pk: clone.pk });
    expect(read.pk).not.toBe(book.pk);
    expect(read.toJSON()).toMatchObject({
      title: "Émile",
      code: "y",
      pages: 20,
      double: 40,
      shelf: shelf.pk,
      version: 1,
    });
    expect([read.notes, [...(read.cover as Uint8Array)]]).toEqual([{ marks: [1] }, [1, 2]]);
    expect([read.made > old, read.seen > old]).toEqual([true, true]);
    await book.refresh();
    expect([book.code, book.version, book.made]).toEqual(["x", 2, old]);
  });

  it("shares nothing that can be changed in place, and knows the rows that its original had loaded", async () => {
    const shelf = await Shelf.objects.create({ name: "a" });
    const book = await Book.objects.create({ shelf, title: "a", notes: { marks: [1] }, cover: new Uint8Array([1]) });
    const clone = book.clone();
    clone.notes!.marks.push(2);
    clone.cover![0] = 9;
    expect([book.notes, book.cover![0]]).toEqual([{ marks: [1] }, 1]);
    expect(clone.shelf).toBe(shelf);
    const [unloaded] = await Book.objects.all();
    expect([unloaded!.clone().shelf?.pk, unloaded!.clone({ shelf: null }).shelf]).toEqual([shelf.pk, null]);
    await clone.save();
    expect(await shelf.books.count()).toBe(2);
  });

  it("takes changes, and refuses what a new row would", async () => {
    const book = await Book.objects.create({ title: "a", code: "x" });
    // @ts-expect-error a title is a string
    expect(() => book.clone({ title: 5 })).toThrow(ValidationError);
    // @ts-expect-error no field of this name
    expect(() => book.clone({ tilte: "b" })).toThrow(/Book has no field "tilte".*Did you mean "title"\?/s);
    expect(() => book.clone(null as never)).toThrow(FieldError);
    expect(() => book.clone("title" as never)).toThrow(FieldError);
    await expect(book.clone({ code: "z", pages: F("pages").add(1) } as never).save()).rejects.toThrow(FieldError);
    expect(book.clone({ title: undefined }).title).toBe("a");
    await expect(book.clone().save()).rejects.toThrow(UniqueViolation);
    expect(await Book.objects.count()).toBe(1);
    const unsaved = new Book({ title: "b" });
    expect(unsaved.clone({ pages: 3 }).toJSON()).toMatchObject({ title: "b", pages: 3 });
  });

  it("needs a row that was read whole", async () => {
    const shelf = await Shelf.objects.create({ name: "a" });
    await Book.objects.create({ shelf, title: "a" });
    const sparse = (await Book.objects.get()).shelf!;
    expect(() => (sparse as unknown as Shelf).clone()).toThrow(NotLoadedError);
    const partial = await Book.objects.defer("notes", "pages").get();
    expect(() => partial.clone()).toThrow(/clone needs the whole row, and pages, notes had been left out/);
    expect((await partial.load()).clone().title).toBe("a");
  });

  it("gets a key from where the first one had it", async () => {
    const ticket = await Ticket.objects.create({ text: "a" });
    const other = await ticket.clone().save();
    expect([other.key === ticket.key, await Ticket.objects.count()]).toEqual([false, 2]);
    const country = await Country.objects.create({ code: "de", name: "Deutschland" });
    expect(() => country.clone()).toThrow("Country.code: is required.");
    expect((await country.clone({ code: "at" }).save()).toJSON()).toEqual({ code: "at", name: "Deutschland" });
    expect((await country.clone({ pk: "ch" }).save()).pk).toBe("ch");
    const seat = await Seat.objects.create({ row: 1, place: 1, label: "a" });
    expect(() => seat.clone()).toThrow("Seat.row: is required. Seat.place: is required.");
    expect((await seat.clone({ place: 2 }).save()).pk).toEqual([1, 2]);
    expect((await seat.clone({ pk: [3, 4] }).save()).toJSON()).toEqual({ row: 3, place: 4, label: "a" });
  });

  it("of a variant or of a row in two tables is one, too", async () => {
    const dog = await Dog.objects.create({ name: "rex", tricks: 3 });
    const twin = await dog.clone({ name: "max" }).save();
    expect(twin).toBeInstanceOf(Dog);
    expect([twin.kind, twin.tricks, await Dog.objects.count()]).toEqual(["dog", 3, 2]);
    const [animal] = await Animal.objects.filter({ name: "rex" }).all();
    expect((await animal!.clone().save()).kind).toBe("dog");
    const bar = await Bar.objects.create({ name: "b", beers: 4 });
    const next = await bar.clone({ beers: 5 }).save();
    expect([next.pk === bar.pk, next.name, next.beers]).toEqual([false, "b", 5]);
    expect([await Place.objects.count(), await Bar.objects.count()]).toEqual([2, 2]);
  });

  it("is how a row gets another key: that of a saved one cannot be unset", async () => {
    const book = await Book.objects.create({ title: "a" });
    for (const value of [null, undefined]) {
      book.id = value as never;
      await expect(book.save()).rejects.toThrow(
        "Book.id: is the key of a saved row, which keeps it. row.clone() makes",
      );
    }
    const other = await Book.objects.get();
    other.title = undefined as never;
    other.pages = undefined as never;
    await expect(other.save()).rejects.toThrow(
      "Book.title: was set to undefined. Set it to a value, or to null. Book.pages: was set to undefined.",
    );
    expect((await Book.objects.get()).toJSON()).toMatchObject({ title: "a", pages: 10 });
  });
});
