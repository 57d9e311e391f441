import { fields, manager, Model } from "dunder-orm";

export class Shelf extends Model("mg_shelf", {
  name: fields.string({ maxLength: 40, unique: true }),
  room: fields.string({ maxLength: 40, null: true }),
  books: () => fields.hasMany(Book, "shelf"),
}) {
  static objects = manager(this);
}

export class Book extends Model(
  "mg_book",
  {
    title: fields.string({ maxLength: 40 }),
    pages: fields.integer({ default: 100 }),
    shelf: () => fields.foreignKey(Shelf, { onDelete: "restrict" }),
    lentTo: () => fields.foreignKey(Reader, { onDelete: "restrict", null: true }),
  },
  { ordering: ["title"] },
) {
  static objects = manager(this);
}

/** Without a manager of its own, as none is needed. */
export class Reader extends Model("mg_reader", {
  name: fields.string({ maxLength: 40 }),
  books: () => fields.hasMany(Book, "lentTo"),
}) {}

export const MODELS = [Shelf, Reader, Book] as const;
