import { afterEach, describe, expect, it } from "vitest";
import {
  F,
  fields,
  m2mChanged,
  manager,
  Model,
  postDelete,
  postSave,
  preDelete,
  preSave,
  UniqueViolation,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Post extends Model("post", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 40, unique: true }),
  slug: fields.string({ maxLength: 40, null: true }),
  reads: fields.integer({ default: 0 }),
  comments: () => fields.hasMany(Comment, "post"),
  tags: () => fields.manyToMany(Tag),
}) {
  static objects = manager(this);
}

class Comment extends Model("comment", {
  id: fields.integer({ primaryKey: true }),
  post: () => fields.foreignKey(Post, { onDelete: "cascade" }),
  text: fields.string({ maxLength: 40 }),
}) {
  static objects = manager(this);
}

class Tag extends Model("tag", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  posts: () => fields.manyToMany(Post, { reverse: "tags" }),
}) {
  static objects = manager(this);
}

class Note extends Model(
  "note",
  {
    id: fields.integer({ primaryKey: true }),
    kind: fields.string({ maxLength: 9, default: "note" }),
    text: fields.string({ maxLength: 40 }),
  },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Todo extends Note.variant("todo", { done: fields.boolean({ null: true }) }) {
  static objects = manager(this);
}

onEngines("Signals", (engine) => {
  const test = useDatabase(engine, [Post, Comment, Tag, Note, Todo]);
  const stops: (() => void)[] = [];
  const hear = (...connected: (() => void)[]) => stops.push(...connected);
  let log: string[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    log = [];
    for (const model of [Post, Comment, Tag, Note]) await model.objects.delete({ all: true });
  });

  describe("of saving", () => {
    const logged = () => {
      hear(
        preSave.connect(Post, ({ row, created, only }) => {
          log.push(`pre ${row.title} ${String(created)} ${String(only)} ${String(row.pk)}`);
        }),
        postSave.connect(Post, async ({ row, created }) => {
          await Promise.resolve();
          log.push(`post ${row.title} ${String(created)} ${String((await Post.objects.get({ title: row.title })).pk)}`);
        }),
      );
    };

    it("tells of rows that are created, changed, and updated by name", async () => {
      logged();
      const post = await Post.objects.create({ id: 1, title: "a" });
      post.title = "b";
      await post.save();
      await post.update({ title: "c", reads: F("reads").add(1) });
      await post.save();
      expect(log).toEqual([
        "pre a true null 1",
        "post a true 1",
        "pre b false null 1",
        "post b false 1",
        "pre c false title,reads 1",
        "post c false 1",
        "pre c false null 1",
        "post c false 1",
      ]);
      expect(post.reads).toBe(1);
    });

    it("saves what receivers set", async () => {
      hear(preSave.connect(Post, ({ row }) => void (row.slug = row.title.toLowerCase())));
      const post = await Post.objects.create({ title: "Ab" });
      expect((await Post.objects.get({ pk: post.pk })).slug).toBe("ab");
      post.title = "Cd";
      await post.save();
      expect((await Post.objects.get({ pk: post.pk })).slug).toBe("cd");
    });

    it("tells of rows made by getOrCreate, updateOrCreate, related managers and along with others", async () => {
      const heard: string[] = [];
      hear(postSave.connect(({ row, created }) => heard.push(`${row.constructor.name} ${String(created)}`)));
      const [post] = await Post.objects.getOrCreate({ title: "a" });
      await Post.objects.getOrCreate({ title: "a" });
      await Post.objects.updateOrCreate({ title: "a" }, { defaults: { reads: 3 } });
      await post.comments.create({ text: "x" });
      await Post.objects.create({ title: "b", comments: [{ text: "y" }, { text: "z" }] });
      expect(heard).toEqual(["Post true", "Post false", "Comment true", "Post true", "Comment true", "Comment true"]);
    });

    it("undoes everything where a receiver throws, the row's state too", async () => {
      hear(
        postSave.connect(Post, () => {
          throw new Error("no");
        }),
      );
      const post = new Post({ title: "a" });
      await expect(post.save()).rejects.toThrow("no");
      expect([post.pk, await Post.objects.count()]).toEqual([null, 0]);
      await expect(Post.objects.create({ title: "b" })).rejects.toThrow("no");
      expect(await Post.objects.exists()).toBe(false);
    });

    it("does not tell that a row was saved that was not", async () => {
      await Post.objects.create({ title: "a" });
      logged();
      await expect(Post.objects.create({ id: 9, title: "a" })).rejects.toThrow(UniqueViolation);
      expect(log).toEqual(["pre a true null 9"]);
    });

    it("writes in the transaction of the row", async () => {
      hear(postSave.connect(Post, ({ row }) => row.comments.create({ text: "first" })));
      const after: string[] = [];
      hear(postSave.connect(Post, () => test.db.onCommit(() => after.push("committed"))));
      await test.db
        .atomic(async () => {
          await Post.objects.create({ title: "a" });
          expect(await Comment.objects.count()).toBe(1);
          throw new Error("undone");
        })
        .catch(() => undefined);
      expect([await Post.objects.count(), await Comment.objects.count(), after.length]).toEqual([0, 0, 0]);
      await Post.objects.create({ title: "b" });
      expect([await Comment.objects.count(), after.length]).toEqual([1, 1]);
    });

    it("tells of rows of classes that extend a model, and of them alone", async () => {
      hear(postSave.connect(Note, ({ row }) => log.push(row.text)));
      hear(postSave.connect(Todo, ({ row }) => log.push(`${row.text} ${String(row.done)}`)));
      await Todo.objects.create({ text: "a", done: false });
      await Note.objects.create({ text: "b" });
      expect(log).toEqual(["a", "a false", "b"]);
    });

    it("calls receivers in order, each once, until they are disconnected", async () => {
      const one = () => log.push("one");
      const two = () => log.push("two");
      hear(postSave.connect(Post, two), postSave.connect(Post, one), postSave.connect(Post, two));
      await Post.objects.create({ title: "a" });
      expect(log).toEqual(["two", "one"]);
      expect([postSave.disconnect(two), postSave.disconnect(two)]).toEqual([true, false]);
      await Post.objects.create({ title: "b" });
      expect(log).toEqual(["two", "one", "one"]);
    });

    it("refuses what is no model, and what is no function", () => {
      expect(() => postSave.connect(Object as never, () => undefined)).toThrow("expected a model's class");
      expect(() => postSave.connect(Post, "x" as never)).toThrow(
        'expected a function that takes what happened, got string "x"',
      );
      expect(() => postSave.connect(Post as never)).toThrow("expected a function");
    });
  });

  describe("of deleting", () => {
    const logged = (model: typeof Post | typeof Comment) => {
      hear(
        preDelete.connect(model as typeof Post, async ({ row }) => {
          log.push(`pre ${row.toString()} ${String(await model.objects.count())}`);
        }),
        postDelete.connect(model as typeof Post, async ({ row }) => {
          log.push(`post ${row.toString()} ${String(await model.objects.count())}`);
        }),
      );
    };

    it("tells of the row at hand, and leaves other rows alone", async () => {
      const heard: object[] = [];
      hear(postDelete.connect(Comment, ({ row }) => heard.push(row)));
      const post = await Post.objects.create({ id: 1, title: "a" });
      const comment = await post.comments.create({ id: 1, text: "x" });
      await post.comments.create({ id: 2, text: "y" });
      expect(await comment.delete()).toEqual({ total: 1, byModel: { Comment: 1 } });
      expect(heard).toHaveLength(1);
      expect(heard[0]).toBe(comment);
      expect(await Comment.objects.count()).toBe(1);
    });

    it("tells of every row of a queryset", async () => {
      await Post.objects.bulkCreate([
        { id: 1, title: "a" },
        { id: 2, title: "b" },
        { id: 3, title: "c" },
      ]);
      logged(Post);
      expect(await Post.objects.filter({ id__lt: 3 }).delete()).toEqual({ total: 2, byModel: { Post: 2 } });
      expect(log).toEqual(["pre Post(id=1) 3", "pre Post(id=2) 3", "post Post(id=1) 1", "post Post(id=2) 1"]);
    });

    it("tells of rows that go along with others", async () => {
      const post = await Post.objects.create({ id: 1, title: "a" });
      await post.comments.create({ id: 1, text: "x" });
      await post.comments.create({ id: 2, text: "y" });
      logged(Comment);
      expect(await post.delete()).toEqual({ total: 3, byModel: { Comment: 2, Post: 1 } });
      expect(log).toEqual([
        "pre Comment(id=1) 2",
        "pre Comment(id=2) 2",
        "post Comment(id=1) 0",
        "post Comment(id=2) 0",
      ]);
    });

    it("hears the class of each row where one table has several", async () => {
      await Todo.objects.create({ id: 1, text: "a", done: true });
      await Note.objects.create({ id: 2, text: "b" });
      hear(preDelete.connect(Todo, ({ row }) => log.push(`${row.text} ${String(row.done)}`)));
      await Note.objects.filter({ id__gt: 0 }).delete();
      expect(log).toEqual(["a true"]);
    });

    it("deletes nothing where a receiver throws", async () => {
      const post = await Post.objects.create({ id: 1, title: "a" });
      await post.comments.create({ text: "x" });
      hear(
        preDelete.connect(Post, () => {
          throw new Error("kept");
        }),
      );
      await expect(post.delete()).rejects.toThrow("kept");
      expect([await Post.objects.count(), await Comment.objects.count(), post.pk]).toEqual([1, 1, 1]);
    });

    it("tells nothing for nothing, nor for a dry run", async () => {
      const post = await Post.objects.create({ id: 1, title: "a" });
      logged(Post);
      await Post.objects.filter({ title: "z" }).delete();
      await post.delete({ dryRun: true });
      expect(log).toEqual([]);
    });
  });

  describe("of many-to-many relations", () => {
    it("tells of rows that are tied and untied, by their keys", async () => {
      const post = await Post.objects.create({ id: 1, title: "a" });
      await Tag.objects.bulkCreate([
        { id: 1, name: "x" },
        { id: 2, name: "y" },
        { id: 3, name: "z" },
      ]);
      await post.tags.add(1);
      hear(
        m2mChanged.connect(Post.tags.through, async ({ action, row, relation, keys }) => {
          log.push(`${action} ${String(row)} ${relation} ${String(keys)} of ${String(await post.tags.count())}`);
        }),
      );
      await post.tags.add(1, 2);
      await post.tags.add(1, 2);
      await post.tags.remove(1);
      await post.tags.set([2, 3]);
      await post.tags.clear();
      const tag = await Tag.objects.get({ pk: 2 });
      await tag.posts.add(post);
      expect(log).toEqual([
        "preAdd Post(id=1) tags 2 of 1",
        "postAdd Post(id=1) tags 2 of 2",
        "preRemove Post(id=1) tags 1 of 2",
        "postRemove Post(id=1) tags 1 of 1",
        "preAdd Post(id=1) tags 3 of 1",
        "postAdd Post(id=1) tags 3 of 2",
        "preClear Post(id=1) tags null of 2",
        "postClear Post(id=1) tags null of 0",
        "preAdd Tag(id=2) posts 1 of 0",
        "postAdd Tag(id=2) posts 1 of 1",
      ]);
    });
  });
});
