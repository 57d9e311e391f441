import { afterEach, describe, expect, it } from "vitest";
import {
  Excluded,
  F,
  FieldError,
  fields,
  m2mChanged,
  manager,
  Model,
  postBulkCreate,
  postBulkUpdate,
  postSave,
  postUpdate,
  preBulkCreate,
  preBulkUpdate,
  preSave,
  preUpdate,
  UniqueViolation,
  Upper,
  ValidationError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Post extends Model("post", {
  title: fields.string({ maxLength: 40, unique: true }),
  slug: fields.string({ maxLength: 40, default: "" }),
  reads: fields.integer({ default: 0 }),
  author: () => fields.foreignKey(Author, { null: true, onDelete: "set null" }),
  comments: () => fields.hasMany(Comment, "post"),
  tags: () => fields.manyToMany(Tag, { through: () => Label }),
  like: () => fields.manyToMany(Post, { symmetrical: true }),
}) {
  static objects = manager(this);
}

class Author extends Model("author", {
  name: fields.string({ maxLength: 40 }),
  posts: () => fields.hasMany(Post, "author"),
}) {
  static objects = manager(this);
}

class Comment extends Model("comment", {
  post: () => fields.foreignKey(Post, { onDelete: "cascade" }),
  text: fields.string({ maxLength: 40 }),
}) {
  static objects = manager(this);
}

class Tag extends Model("tag", {
  name: fields.string({ maxLength: 40 }),
  posts: () => fields.manyToMany(Post, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

class Label extends Model(
  "label",
  {
    post: () => fields.foreignKey(Post, { onDelete: "cascade" }),
    tag: () => fields.foreignKey(Tag, { onDelete: "cascade" }),
    weight: fields.integer({ default: 1 }),
  },
  { constraints: [{ unique: ["post", "tag"] }] },
) {
  static objects = manager(this);
}

class Note extends Model(
  "note",
  { kind: fields.string({ maxLength: 9, default: "note" }), text: fields.string({ maxLength: 40 }) },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Todo extends Note.variant("todo", { done: fields.boolean({ null: true }) }) {
  static objects = manager(this);
}

class Venue extends Model("venue", { name: fields.string({ maxLength: 40 }) }) {
  static objects = manager(this);
}

class Bar extends Model("bar", { beers: fields.integer({ default: 3 }) }, { parent: Venue }) {
  static objects = manager(this);
}

onEngines("Signals of writes of many rows", (engine) => {
  const test = useDatabase(engine, [Author, Post, Comment, Tag, Label, Post.like.through, Note, Todo, Venue, Bar]);
  const stops: (() => void)[] = [];
  const hear = (...connected: (() => void)[]) => stops.push(...connected);
  let log: string[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    log = [];
    for (const model of [Comment, Label, Post, Author, Tag, Note, Bar, Venue]) await model.objects.delete({ all: true });
  });

  const titles = (posts: readonly Post[]) => posts.map(({ title }) => title).join();
  const stored = () => Post.objects.orderBy("title").valuesList("title", "slug", "reads").all();

  describe("of bulkCreate", () => {
    it("tells of all rows at once, as rows: new ones before, and with their keys after", async () => {
      hear(
        preBulkCreate.connect(Post, async ({ rows, conflict }) => {
          log.push(`pre ${titles(rows)} ${String(rows[0]?.pk)} ${String(conflict)} of ${await Post.objects.count()}`);
          expect(rows.every((row) => row instanceof Post && row.isDirty())).toBe(true);
        }),
        postBulkCreate.connect(Post, async ({ rows, conflict }) => {
          const keys = new Set(await Post.objects.valuesList("pk", { flat: true }).all());
          expect(new Set(rows.map(({ pk }) => pk))).toEqual(keys);
          expect(rows.some((row) => row.isDirty())).toBe(false);
          log.push(`post ${titles(rows)} ${String(conflict)}`);
        }),
        postSave.connect(Post, () => log.push("save")),
      );
      const given = new Post({ title: "ü" });
      const made = await Post.objects.bulkCreate([{ title: "a" }, given, { title: "c", slug: Upper("x") as never }].slice(0, 2));
      expect(log).toEqual(["pre a,ü null null of 0", "post a,ü null"]);
      expect(made[1]).toBe(given);
      expect(await stored()).toEqual([
        ["a", "", 0],
        ["ü", "", 0],
      ]);
    });
  });
});
