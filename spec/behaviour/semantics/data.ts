import { fields, manager, Model } from "dunder-orm";

/** D1: three blogs; b1 has two entries, b2 one, b3 none; one entry has no blog. */
export class Blog extends Model("blog", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  entries: () => fields.hasMany(Entry, "blog"),
}) {
  static objects = manager(this);
  get label(): string {
    return this.name;
  }
}

export class Entry extends Model("entry", {
  id: fields.integer({ primaryKey: true }),
  blog: () => fields.foreignKey(Blog, { null: true, onDelete: "cascade" }),
  headline: fields.string({ maxLength: 20 }),
  year: fields.integer(),
}) {
  static objects = manager(this);
  get label(): string {
    return `${this.headline} ${this.year}`;
  }
}

/** D2: three authors, one of them of unknown age and alias, one with letters that LIKE and case trip over. */
export class Author extends Model("author", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
  age: fields.integer({ null: true }),
  alias: fields.string({ maxLength: 20, null: true }),
  books: () => fields.hasMany(Book, "author"),
}) {
  static objects = manager(this);
  get label(): string {
    return this.name;
  }
}

/** Publishers come Z before A. */
export class Publisher extends Model(
  "publisher",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 20 }),
  },
  { ordering: ["-name"] },
) {
  static objects = manager(this);
}

/** D3: B1 has the tags t1 and t2 and is in the stores S and S2, B2 has t1 and is in S, B3 has nothing at all. */
export class Book extends Model("book", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 20 }),
  rating: fields.integer({ null: true }),
  author: () => fields.foreignKey(Author, { null: true, onDelete: "cascade" }),
  publisher: () => fields.foreignKey(Publisher, { null: true, onDelete: "cascade" }),
  taggings: () => fields.hasMany(Tagging, "book"),
  stockings: () => fields.hasMany(Stocking, "book"),
}) {
  static objects = manager(this);
  get label(): string {
    return this.title;
  }
}

export class Tag extends Model("tag", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

export class Tagging extends Model("tagging", {
  id: fields.integer({ primaryKey: true }),
  book: () => fields.foreignKey(Book, { onDelete: "cascade" }),
  tag: () => fields.foreignKey(Tag, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

class Store extends Model("store", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 20 }),
}) {
  static objects = manager(this);
}

class Stocking extends Model("stocking", {
  id: fields.integer({ primaryKey: true }),
  book: () => fields.foreignKey(Book, { onDelete: "cascade" }),
  store: () => fields.foreignKey(Store, { onDelete: "cascade" }),
}) {
  static objects = manager(this);
}

/** Two authors' names as the tables below need them. */
export const EL = "Él_i\\z";

/** All models of the three data sets. */
export const models = [Blog, Entry, Author, Publisher, Book, Tag, Tagging, Store, Stocking] as const;

export async function createD1(): Promise<{ b1: Blog; b2: Blog; b3: Blog; orphan: Entry }> {
  const b1 = await Blog.objects.create({ name: "b1" });
  const b2 = await Blog.objects.create({ name: "b2" });
  const b3 = await Blog.objects.create({ name: "b3" });
  await Entry.objects.create({ blog: b1, headline: "Lennon", year: 2008 });
  await Entry.objects.create({ blog: b1, headline: "McC", year: 2007 });
  await Entry.objects.create({ blog: b2, headline: "Lennon", year: 2007 });
  const orphan = await Entry.objects.create({ blog: null, headline: "orphan", year: 2000 });
  return { b1, b2, b3, orphan };
}

export async function createD2(): Promise<{ ann: Author; bob: Author; el: Author }> {
  const ann = await Author.objects.create({ name: "Ann", age: 30, alias: "x%y" });
  const bob = await Author.objects.create({ name: "bob", age: null, alias: null });
  const el = await Author.objects.create({ name: EL, age: 40, alias: "xzy" });
  return { ann, bob, el };
}

/** Needs D2. B1 is published by A, B2 by Z. */
export async function createD3(ann: Author): Promise<{ b1: Book; b2: Book; b3: Book }> {
  const a = await Publisher.objects.create({ name: "A" });
  const z = await Publisher.objects.create({ name: "Z" });
  const b1 = await Book.objects.create({ title: "B1", rating: 5, author: ann, publisher: a });
  const b2 = await Book.objects.create({ title: "B2", rating: 3, author: ann, publisher: z });
  const b3 = await Book.objects.create({ title: "B3" });
  const t1 = await Tag.objects.create({ name: "t1" });
  const t2 = await Tag.objects.create({ name: "t2" });
  await Tagging.objects.bulkCreate([
    { book: b1, tag: t1 },
    { book: b1, tag: t2 },
    { book: b2, tag: t1 },
  ]);
  const s = await Store.objects.create({ name: "S" });
  const s2 = await Store.objects.create({ name: "S2" });
  await Stocking.objects.bulkCreate([
    { book: b1, store: s },
    { book: b1, store: s2 },
    { book: b2, store: s },
  ]);
  return { b1, b2, b3 };
}

/** Anything that can be asked for rows of the models above. */
export interface Askable {
  all(): Promise<object[]>;
}

/** The labels of a queryset's rows as they come; rows that come twice are there twice. */
export async function labelsInOrder(asked: Askable): Promise<string[]> {
  return (await asked.all()).map((row) => (row as { readonly label: string }).label);
}

/** The same sorted, where the order says nothing. */
export async function labels(asked: Askable): Promise<string[]> {
  return (await labelsInOrder(asked)).sort();
}

/** One row of a table: the number of the trap, what is asked, the question, and the labels of the answer, sorted. */
export type Case = readonly [trap: number, title: string, ask: () => Askable, answer: readonly string[]];
