import { fields } from "dunder-orm";
import { Model } from "dunder-orm/peewee";

export class Writer extends Model("pw_writer", {
  name: fields.string({ maxLength: 60, unique: true }),
  born: fields.integer({ null: true }),
  books: () => fields.hasMany(Book, "writer"),
}) {}

export class Book extends Model("pw_book", {
  writer: () => fields.foreignKey(Writer, { null: true, onDelete: "do nothing" }),
  title: fields.string({ maxLength: 60 }),
  pages: fields.integer({ default: 100 }),
  genres: () => fields.manyToMany(Genre),
}) {}

export class Genre extends Model("pw_genre", {
  name: fields.string({ maxLength: 60 }),
  books: () => fields.manyToMany(Book, { reverse: "genres" }),
}) {}

export class Shelf extends Model(
  "pw_shelf",
  { room: fields.integer(), place: fields.integer(), label: fields.string({ maxLength: 60, null: true }) },
  { primaryKey: ["room", "place"] },
) {}

export const models = [Writer, Book, Genre, Shelf];

/** Two writers with two books, and one without any. */
export async function seed(): Promise<void> {
  for (const model of [Book.genres.through, Book, Writer, Genre, Shelf]) {
    await (model as typeof Writer).delete?.().execute();
  }
  const huxley = await Writer.create({ name: "Huxley", born: 1894 });
  const woolf = await Writer.create({ name: "Woolf", born: 1882 });
  await Writer.create({ name: "Beckett", born: null });
  await Book.bulkCreate([
    { writer: huxley, title: "Island", pages: 300 },
    { writer: huxley, title: "Ape", pages: 200 },
    { writer: woolf, title: "Waves", pages: 250 },
    { writer: woolf, title: "Orlando", pages: 150 },
  ]);
}
