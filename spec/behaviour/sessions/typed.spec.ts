import { expect, expectTypeOf, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { type Collection, relationship, Session } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shelf extends Model("typed_shelf", {
  name: fields.string({ maxLength: 20 }),
  books: () => relationship(Book, { backPopulates: "shelf", cascade: "all, delete-orphan" }),
  lamp: () => relationship(Lamp, { backPopulates: "shelf", uselist: false }),
  tags: () => relationship(Label, { secondary: true }),
}) {
  static objects = manager(this);
}

class Book extends Model("typed_book", {
  shelf: () => fields.foreignKey(Shelf),
  title: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);

  get loud(): string {
    return this.title.toUpperCase();
  }
}

class Lamp extends Model("typed_lamp", { shelf: () => fields.oneToOne(Shelf, { null: true }) }) {
  static objects = manager(this);
}

class Label extends Model("typed_label", {
  name: fields.string({ maxLength: 20 }),
  shelves: () => relationship(Shelf, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

const models = [Shelf, Book, Lamp, Label, (Shelf as unknown as { tags: { through: typeof Book } }).tags.through];

onEngines("sessions: what the compiler knows, and refuses", (engine) => {
  const holder = useDatabase(engine, models);

  it("rows, keys, collections and relations", async () => {
    await using session = new Session(holder.db);
    const shelf = new Shelf({ name: "top" });
    shelf.books.append(new Book({ shelf, title: "x" }));
    shelf.tags.append(new Label({ name: "old" }));
    shelf.lamp = new Lamp({});
    session.add(shelf);
    await session.commit();
    expect(await Shelf.objects.filter({ books__title: "x", tags__name: "old" }).count()).toBe(1);
    const one = await session.query(Book).filter({ shelf__name: "top", shelf__lamp__isnull: false }).one();
    expectTypeOf(one).toEqualTypeOf<Book>();
    expect(one.loud).toBe("X");
    const title = await session.query(Book).values("title").one();
    expectTypeOf(title).toEqualTypeOf<{ title: string }>();
    expect(title).toEqual({ title: "x" });
    expectTypeOf(await session.query(Book).oneOrNull()).toEqualTypeOf<Book | null>();
    expectTypeOf(await session.query(Book).at(3)).toEqualTypeOf<Book | undefined>();
    expectTypeOf(await session.get(Shelf, 1)).toEqualTypeOf<Shelf | null>();
    expectTypeOf(session.identityMap.get(Shelf, shelf.pk)).toEqualTypeOf<Shelf | undefined>();
    expectTypeOf(await session.merge(shelf)).toEqualTypeOf<Shelf>();
    expectTypeOf(session.collection(shelf, "books")).toEqualTypeOf<Collection<Book>>();
    expectTypeOf(session.collection(shelf, "tags")).toEqualTypeOf<Collection<Label>>();
    expect(await session.begin(() => Promise.resolve(1))).toBe(1);
  });

  it("what is of another model, and names of nothing", async () => {
    await using session = new Session(holder.db);
    const shelf = new Shelf({ name: "low" });
    const label = new Label({ name: "x" });
    // @ts-expect-error a label is no book
    expect(() => shelf.books.append(label)).toThrow(/leads to rows of Book/);
    // @ts-expect-error a label is no book
    expect(() => session.collection(shelf, "books").append(label)).toThrow(/leads to rows of Book/);
    // @ts-expect-error a name is no collection
    expect(() => session.collection(shelf, "name")).toThrow(/no relation to many/);
    // @ts-expect-error keys are numbers
    await expect(session.get(Shelf, "one")).rejects.toThrow();
    // @ts-expect-error no such field
    expect(() => session.query(Book).filter({ titel: "x" })).toThrow(/titel/);
    // @ts-expect-error no such option
    expect(() => relationship(Book, { backPopulates: "shelf", cascades: "all" })).toThrow(/cascades/);
    expect(() => relationship(Book, { backPopulates: "shelf", cascade: "everything" })).toThrow(/everything/);
    // @ts-expect-error no such option
    expect(() => new Session(holder.db, { autoFlush: true })).toThrow(/autoFlush/);
    // @ts-expect-error no such event
    expect(() => session.on("flushed", () => undefined)).toThrow(/flushed/);
    expect(() => new Session({} as never)).toThrow(/takes an engine/);
  });
});
