import { fields } from "dunder-orm";
import { Model } from "dunder-orm/peewee";

export class Writer extends Model(
  "writer",
  {
    name: fields.string({ maxLength: 60, unique: true }),
    born: fields.integer({ null: true }),
    books: () => fields.hasMany(Book, "writer"),
  },
  { constraints: [{ unique: ["name", "born"], name: "writer_once" }] },
) {}

export class Book extends Model("book", {
  writer: () => fields.foreignKey(Writer, { null: true }),
  title: fields.string({ maxLength: 60 }),
  pages: fields.integer({ default: 100 }),
}) {}
