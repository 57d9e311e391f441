import { fields, manager, Model } from "dunder-orm";

export class Writer extends Model("writer", { name: fields.string({ maxLength: 50 }) }) {
  static objects = manager(this);
}

export class Post extends Model("post", {
  title: fields.string({ maxLength: 50 }),
  writer: () => fields.foreignKey(Writer, { null: true, onDelete: "set null" }),
  comments: () => fields.hasMany(Comment, "target"),
  tagged: () => fields.hasMany(Tagged, "item"),
  notes: () => fields.hasMany(Note, "about"),
}) {
  static objects = manager(this);
}

export class Photo extends Model("photo", {
  path: fields.string({ maxLength: 50 }),
  comments: () => fields.hasMany(Comment, "target"),
  tagged: () => fields.hasMany(Tagged, "item"),
}) {
  static objects = manager(this);
}

export class Comment extends Model(
  "comment",
  {
    text: fields.string({ maxLength: 50 }),
    target: () => fields.oneOf({ post: Post, photo: Photo }, { onDelete: "cascade" }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

export class Note extends Model(
  "note",
  {
    text: fields.string({ maxLength: 50 }),
    about: () => fields.oneOf({ post: Post, photo: Photo }, { null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

export class Tagged extends Model(
  "tagged",
  {
    tag: fields.string({ maxLength: 50 }),
    item: () => fields.generic({ post: Post, photo: Photo }, { null: true, onDelete: "cascade" }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

export class Review extends Model("review", {
  about: () =>
    fields.generic({ post: Post, photo: Photo }, { onDelete: "protect", typeColumn: "kind", idColumn: "key" }),
}) {
  static objects = manager(this);
}

export const oneOfModels = [Writer, Post, Photo, Comment, Note, Tagged, Review] as const;
