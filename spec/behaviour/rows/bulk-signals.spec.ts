import { inspect } from "node:util";
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
  preDelete,
  preSave,
  preUpdate,
  QuerySet,
  UniqueViolation,
  Upper,
  Value,
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

class BookQuery extends QuerySet<Book> {
  named(name: string) {
    return this.filter({ name });
  }
}

class Book extends Model("book", {
  name: fields.string({ maxLength: 40 }),
  changed: fields.datetime({ autoNow: true }),
}) {
  static objects = BookQuery.asManager(this);
}

class Venue extends Model("venue", { name: fields.string({ maxLength: 40 }) }) {
  static objects = manager(this);
}

class Bar extends Model("bar", { beers: fields.integer({ default: 3 }) }, { parent: Venue }) {
  static objects = manager(this);
}

onEngines("Signals of writes of many rows", (engine) => {
  const statements: string[] = [];
  const test = useDatabase(
    engine,
    [Author, Post, Comment, Tag, Label, Post.like.through, Note, Todo, Venue, Bar, Book],
    {
      onQuery: ({ sql }) => statements.push(sql),
    },
  );
  const stops: (() => void)[] = [];
  const hear = (...connected: (() => void)[]) => stops.push(...connected);
  let log: string[] = [];

  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    log = [];
    for (const model of [Comment, Label, Post, Author, Tag, Note, Bar, Venue])
      await model.objects.delete({ all: true });
  });

  const titles = (posts: readonly Post[]) => posts.map(({ title }) => title).join();
  const stored = () => Post.objects.orderBy("title").valuesList("title", "slug", "reads").all();

  describe("of bulkCreate", () => {
    it("tells of all rows at once, as rows: new ones before, and with their keys after", async () => {
      hear(
        preBulkCreate.connect(Post, async ({ rows, conflict }) => {
          log.push(
            `pre ${titles(rows)} ${String(rows[0]?.pk)} ${conflict?.action ?? "none"} of ${await Post.objects.count()}`,
          );
          expect(rows.every((row) => row instanceof Post && row.isDirty())).toBe(true);
        }),
        postBulkCreate.connect(Post, async ({ rows, conflict }) => {
          const keys = new Set(await Post.objects.valuesList("pk", { flat: true }).all());
          expect(new Set(rows.map(({ pk }) => pk))).toEqual(keys);
          expect(rows.some((row) => row.isDirty())).toBe(false);
          log.push(`post ${titles(rows)} ${conflict?.action ?? "none"}`);
        }),
        postSave.connect(Post, () => log.push("save")),
      );
      const given = new Post({ title: "ü" });
      const made = await Post.objects.bulkCreate([{ title: "a" }, given]);
      expect(log).toEqual(["pre a,ü null none of 0", "post a,ü none"]);
      expect(made[1]).toBe(given);
      expect(await stored()).toEqual([
        ["a", "", 0],
        ["ü", "", 0],
      ]);
    });

    it("inserts what receivers set, expressions too, in whatever batches", async () => {
      hear(
        preBulkCreate.connect(Post, ({ rows }) => {
          for (const row of rows) row.slug = row.title.toLowerCase();
          (rows[0] as unknown as { reads: unknown }).reads = F("id");
        }),
      );
      await expect(Post.objects.bulkCreate([{ title: "A" }])).rejects.toThrow(FieldError);
      stops.pop()?.();
      hear(
        preBulkCreate.connect(Post, ({ rows }) => {
          for (const row of rows) {
            if (row.title === "A") row.title = "Filled";
            row.slug = row.title.toLowerCase();
            if (row.title === "B") (row as unknown as { title: unknown }).title = Upper(Value("bé"));
          }
        }),
      );
      const [first, second] = await Post.objects.bulkCreate([{ title: "A" }, { title: "B" }, { title: "C" }], {
        batchSize: 2,
      });
      expect([first?.title, second?.title]).toEqual(["Filled", "BÉ"]);
      expect(await stored()).toEqual([
        ["BÉ", "b", 0],
        ["C", "c", 0],
        ["Filled", "filled", 0],
      ]);
    });

    it("checks what receivers made of rows, and tells which row is wrong", async () => {
      hear(
        preBulkCreate.connect(Post, ({ rows }) => {
          const last = rows.at(-1);
          if (last !== undefined) last.title = "x".repeat(41);
        }),
        postBulkCreate.connect(Post, () => log.push("post")),
      );
      const made = Post.objects.bulkCreate([{ title: "a" }, { title: "b" }]);
      await expect(made).rejects.toThrow("Post.title: in rows[1]: has 41 characters");
      await expect(made).rejects.toThrow(ValidationError);
      await expect(Post.objects.bulkCreate([{ title: 7 as never }])).rejects.toThrow("Post.title: in rows[0]");
      expect([log, await Post.objects.count()]).toEqual([[], 0]);
    });

    it("undoes everything where a receiver throws, what receivers wrote and the rows' state too", async () => {
      const row = new Post({ title: "a" });
      hear(
        preBulkCreate.connect(Post, () => Author.objects.create({ name: "before" })),
        postBulkCreate.connect(Post, async ({ rows }) => {
          await rows[0]?.comments.create({ text: "x" });
          await test.db.onCommit(() => log.push("committed"));
          throw new Error("no");
        }),
      );
      await expect(Post.objects.bulkCreate([row, { title: "b" }])).rejects.toThrow("no");
      expect([row.pk, row.isDirty(), log]).toEqual([null, true, []]);
      expect([await Post.objects.count(), await Author.objects.count(), await Comment.objects.count()]).toEqual([
        0, 0, 0,
      ]);
    });

    it("does not tell that rows were inserted that were not, nor of none", async () => {
      await Post.objects.create({ title: "a" });
      hear(
        preBulkCreate.connect(() => log.push("pre")),
        postBulkCreate.connect(() => log.push("post")),
      );
      await expect(Post.objects.bulkCreate([{ title: "b" }, { title: "a" }])).rejects.toThrow(UniqueViolation);
      await Post.objects.bulkCreate([]);
      await expect(Post.objects.bulkCreate([{ title: "c" }], { batchSize: 0 })).rejects.toThrow(FieldError);
      await expect(Post.objects.bulkCreate([new Tag({ name: "x" }) as never])).rejects.toThrow(FieldError);
      expect([log, await Post.objects.count()]).toEqual([["pre"], 1]);
    });

    it("tells what is done about rows that are there, of upsert and replace too", async () => {
      const heard: unknown[] = [];
      hear(
        postBulkCreate.connect(Post, ({ rows, conflict }) => {
          heard.push([titles(rows), rows.map(({ pk }) => pk !== null).join(), conflict]);
        }),
      );
      await Post.objects.upsert({ title: "a", reads: 1 });
      await Post.objects.bulkCreate([{ title: "a", reads: 9 }], {
        updateConflicts: true,
        uniqueFields: ["title"],
        updateFields: ["reads"],
      });
      await Post.objects.bulkCreate([{ title: "a" }], { ignoreConflicts: true });
      const updateFields = { reads: F("reads").add(Excluded("reads")) };
      const row = await Post.objects.upsert({ title: "a", reads: 2 }, { updateFields });
      expect(row.reads).toBe(11);
      expect(heard).toEqual([
        ["a", "true", { action: "update", uniqueFields: null, updateFields: null }],
        ["a", "true", { action: "update", uniqueFields: ["title"], updateFields: ["reads"] }],
        ["a", "false", { action: "ignore", uniqueFields: null, updateFields: null }],
        ["a", "true", { action: "update", uniqueFields: null, updateFields }],
      ]);
      if (engine.name === "postgres") return;
      await Post.objects.replace({ title: "a", slug: "new" });
      expect(heard[4]).toEqual(["a", "true", { action: "replace", uniqueFields: null, updateFields: null }]);
      expect(await stored()).toEqual([["a", "new", 0]]);
    });

    it("sets what receivers set in rows that are there, and leaves alone what nobody gave", async () => {
      await Post.objects.bulkCreate([
        { title: "a", slug: "old", reads: 5 },
        { title: "b", slug: "old", reads: 5 },
      ]);
      hear(
        preBulkCreate.connect(Post, ({ rows }) => {
          for (const row of rows) if (row.title === "a") row.slug = "set";
        }),
      );
      await Post.objects.bulkCreate([{ title: "a" }, new Post({ title: "b", slug: "new", reads: 6 }), { title: "c" }], {
        updateConflicts: true,
        uniqueFields: ["title"],
      });
      expect(await stored()).toEqual([
        ["a", "set", 5],
        ["b", "new", 6],
        ["c", "", 0],
      ]);
      const row = await Post.objects.upsert({ title: "a", slug: "given" });
      expect([row.slug, row.isDirty()]).toEqual(["set", false]);
    });

    it("tells of rows made through related managers, and of the rows between", async () => {
      const author = await Author.objects.create({ name: "x" });
      const post = await Post.objects.create({ title: "p" });
      hear(
        preBulkCreate.connect(({ rows }) => {
          log.push(`${rows[0]?.constructor.name ?? ""} ${rows.length}`);
        }),
        preBulkCreate.connect(Post, ({ rows }) => log.push(`of ${String(rows[0]?.author?.pk === author.pk)}`)),
        m2mChanged.connect(Label, ({ action, keys }) => log.push(`${action} ${String(keys?.length)}`)),
      );
      await author.posts.bulkCreate([{ title: "a" }, { title: "b" }]);
      await post.tags.bulkCreate([{ name: "t" }, { name: "u" }]);
      expect(log).toEqual(["Post 2", "of true", "Tag 2", "preAdd 2", "Label 2", "postAdd 2"]);
    });

    it("tells of rows between that are made by add, and of those alone that are", async () => {
      const post = await Post.objects.create({ title: "p" });
      const [one, two] = await Tag.objects.bulkCreate([{ name: "t" }, { name: "u" }]);
      await post.tags.add(one as Tag);
      hear(
        preBulkCreate.connect(Label, ({ rows, conflict }) => {
          for (const row of rows) row.weight += 1;
          log.push(`${rows.map(({ tag }) => tag.pk === two?.pk).join()} ${conflict?.action ?? ""}`);
          log.push(String(conflict?.uniqueFields));
        }),
      );
      await post.tags.add(one as Tag, two as Tag, { throughDefaults: { weight: 5 } });
      await post.tags.set([one as Tag, two as Tag]);
      hear(preDelete.connect(Label, ({ row }) => log.push(`gone ${row.weight}`)));
      await post.tags.remove(two as Tag);
      expect(log).toEqual(["true ignore", "post,tag", "gone 6"]);
      expect(await Label.objects.orderBy("id").valuesList("weight", { flat: true }).all()).toEqual([1]);
    });

    it("tells of all rows that are nested in others, by their models", async () => {
      hear(
        preBulkCreate.connect(({ rows }) => {
          log.push(`${rows.map((row) => row.constructor.name).join()} ${String(rows[0]?.pk)}`);
        }),
        preBulkCreate.connect(Comment, ({ rows }) => {
          for (const row of rows) if (row.text === "?") row.text = `by ${String(row.post.pk !== null)}`;
        }),
        preSave.connect(() => log.push("save")),
      );
      await Post.objects.bulkCreate([
        { title: "a", comments: [{ text: "x" }, { text: "?" }], author: { name: "n" } },
        { title: "b", comments: [{ text: "y" }], tags: [{ name: "t" }] },
      ]);
      expect(log).toEqual(["Author null", "Post,Post null", "Comment,Comment,Comment null", "Tag null", "Label null"]);
      expect(await Comment.objects.orderBy("text").valuesList("text", { flat: true }).all()).toEqual([
        "by true",
        "x",
        "y",
      ]);
    });

    it("tells each receiver of rows of its own model, of those that extend it too", async () => {
      hear(
        preBulkCreate.connect(Note, ({ rows }) => log.push(`note ${rows.map(({ text }) => text).join()}`)),
        preBulkCreate.connect(Todo, ({ rows }) => log.push(`todo ${rows.map(({ text }) => text).join()}`)),
        preBulkUpdate.connect(Todo, ({ rows }) => log.push(`todo ${rows.length}`)),
        postBulkUpdate.connect(Todo, ({ rows, matched }) => log.push(`todo ${rows.length} of ${matched}`)),
      );
      const rows = await Note.objects.bulkCreate([{ text: "a" }, new Todo({ text: "b", done: true })]);
      await Note.objects.bulkCreate([{ text: "c" }]);
      await Todo.objects.bulkCreate([{ text: "d" }]);
      await Note.objects.bulkUpdate(rows, ["text"]);
      expect(log).toEqual(["note a,b", "todo b", "note c", "note d", "todo d", "todo 1", "todo 1 of 2"]);
      expect(await Todo.objects.count()).toBe(2);
    });

    it("tells of rows of models with parents", async () => {
      hear(
        preBulkCreate.connect(Venue, ({ rows }) => {
          for (const row of rows) row.name += "!";
        }),
        postBulkCreate.connect(Bar, ({ rows }) =>
          log.push(rows.map(({ pk, beers }) => `${typeof pk} ${beers}`).join()),
        ),
      );
      await Bar.objects.bulkCreate([{ name: "a" }, { name: "b", beers: 4 }]);
      expect(log).toEqual(["number 3,number 4"]);
      expect(await Venue.objects.orderBy("name").valuesList("name", { flat: true }).all()).toEqual(["a!", "b!"]);
    });

    it("calls receivers in order, until they are disconnected", async () => {
      const one = async () => {
        await Promise.resolve();
        log.push("one");
      };
      const two = () => log.push("two");
      hear(preBulkCreate.connect(Post, one), preBulkCreate.connect(two), preBulkCreate.connect(Post, one));
      await Post.objects.bulkCreate([{ title: "a" }]);
      expect(preBulkCreate.disconnect(one)).toBe(true);
      await Post.objects.bulkCreate([{ title: "b" }]);
      expect(log).toEqual(["one", "two", "two"]);
    });

    it("lets receivers write many rows of the same model themselves", async () => {
      hear(
        postBulkCreate.connect(Post, async ({ rows }) => {
          const copies = rows.filter(({ title }) => !title.startsWith("copy"));
          await Post.objects.bulkCreate(copies.map(({ title }) => ({ title: `copy of ${title}` })));
        }),
      );
      await Post.objects.bulkCreate([{ title: "a" }]);
      expect((await stored()).map(([title]) => title)).toEqual(["a", "copy of a"]);
    });
  });

  describe("of update", () => {
    const three = () =>
      Post.objects.bulkCreate([
        { title: "a", reads: 1 },
        { title: "b", reads: 2 },
        { title: "c", reads: 3 },
      ]);

    it("tells the queryset, the values, and afterwards how many rows matched", async () => {
      await three();
      const querysets: object[] = [];
      hear(
        preUpdate.connect(Post, async ({ model, queryset, values }) => {
          querysets.push(queryset);
          expect(model).toBe(Post);
          log.push(`pre ${titles(await queryset.orderBy("title").all())} ${Object.keys(values).join()}`);
        }),
        postUpdate.connect(Post, async ({ queryset, values, matched }) => {
          querysets.push(queryset);
          log.push(`post ${await queryset.count()} ${Object.keys(values).join()} ${matched}`);
        }),
        preSave.connect(Post, () => log.push("save")),
      );
      expect(await Post.objects.filter({ reads__lt: 3 }).update({ reads: F("reads").add(10), slug: "s" })).toBe(2);
      expect(await Post.objects.filter({ title: "z" }).update({ slug: "t" })).toBe(0);
      expect(log).toEqual(["pre a,b reads,slug", "post 0 reads,slug 2", "pre  slug", "post 0 slug 0"]);
      expect(querysets[0]).toBe(querysets[1]);
      expect(await stored()).toEqual([
        ["a", "s", 11],
        ["b", "s", 12],
        ["c", "", 3],
      ]);
    });

    it("sets what receivers set, and leaves the caller's object alone", async () => {
      await three();
      hear(
        preUpdate.connect(Post, ({ values }) => {
          values.slug = "x";
          values.reads = F("reads").mul(2);
        }),
      );
      const given = { slug: "mine" };
      expect(await Post.objects.update(given, { all: true })).toBe(3);
      expect(given).toEqual({ slug: "mine" });
      expect(await stored()).toEqual([
        ["a", "x", 2],
        ["b", "x", 4],
        ["c", "x", 6],
      ]);
    });

    it("checks what receivers set, and undoes everything where one throws", async () => {
      await three();
      hear(
        preUpdate.connect(Post, async ({ values }) => {
          await Author.objects.create({ name: "before" });
          if (values.slug === "wrong") (values as Record<string, unknown>)["nmae"] = 1;
        }),
        postUpdate.connect(Post, ({ values }) => {
          if (values.slug === "no") throw new Error("no");
        }),
      );
      await expect(Post.objects.update({ slug: "wrong" }, { all: true })).rejects.toThrow('"nmae"');
      await expect(Post.objects.update({ slug: "no" }, { all: true })).rejects.toThrow("no");
      expect([await Author.objects.count(), await Post.objects.filter({ slug: "" }).count()]).toEqual([0, 3]);
      await Post.objects.update({ slug: "yes" }, { all: true });
      expect([await Author.objects.count(), await Post.objects.filter({ slug: "yes" }).count()]).toEqual([1, 3]);
    });

    it("tells nothing of what is refused, nor of none()", async () => {
      hear(preUpdate.connect(() => log.push("pre")));
      await expect(Post.objects.update({ slug: "x" })).rejects.toThrow("without a filter");
      await expect(Post.objects.filter({ title: "a" }).update({})).rejects.toThrow("names no field");
      await expect(Post.objects.filter({ title: "a" }).update({ reads: "x" as never })).rejects.toThrow(
        ValidationError,
      );
      await expect(Post.objects.filter({ title: "a" }).update(null as never)).rejects.toThrow(FieldError);
      expect(await Post.objects.none().update({ slug: "x" })).toBe(0);
      expect(log).toEqual([]);
    });

    it("tells of updates across relations, by subqueries, and of models with parents", async () => {
      const [author] = await Author.objects.bulkCreate([{ name: "é" }]);
      await Post.objects.bulkCreate([{ title: "a", author: author as Author }, { title: "b" }]);
      await Bar.objects.create({ name: "x" });
      hear(
        postUpdate.connect(({ model, queryset, matched }) => log.push(`${model.name} ${inspect(queryset)} ${matched}`)),
        preUpdate.connect(Venue, async ({ queryset }) => log.push(String(await queryset.count()))),
      );
      await Post.objects.filter({ author__name: "é" }).update({ slug: "s" });
      await Post.objects.filter({ pk__in: Post.objects.filter({ slug: "s" }).limit(1) }).update({ reads: 4 });
      await Bar.objects.filter({ name: "x" }).update({ name: "y", beers: 5 });
      const text = (name: string) => `[a QuerySet of ${name}, not run yet: await ….all()]`;
      expect(log).toEqual([`Post ${text("Post")} 1`, `Post ${text("Post")} 1`, "1", `Bar ${text("Bar")} 1`]);
      expect(await stored()).toEqual([
        ["a", "s", 4],
        ["b", "", 0],
      ]);
    });

    it("tells of updates through related managers, whose queryset is asked anew", async () => {
      const author = await Author.objects.create({ name: "x" });
      await author.posts.bulkCreate([{ title: "a" }, { title: "b" }]);
      await author.posts.all();
      hear(
        preUpdate.connect(Post, async ({ queryset }) => log.push(String((await queryset.all()).length))),
        postUpdate.connect(Post, async ({ queryset, matched }) => {
          log.push((await queryset.all()).map(({ slug }) => slug).join());
          log.push(String(matched));
        }),
      );
      expect(await author.posts.update({ slug: "s" }, { all: true })).toBe(2);
      expect(log).toEqual(["2", "s,s", "2"]);
    });

    it("tells of rows that a reverse relation is given, and of those that it loses", async () => {
      const author = await Author.objects.create({ name: "x" });
      const [a, b] = (await three()) as [Post, Post, Post];
      hear(
        preUpdate.connect(Post, async ({ queryset, values }) => {
          log.push(`pre ${titles(await queryset.orderBy("title").all())} ${inspect(values.author)}`);
          values.slug = "seen";
        }),
        postUpdate.connect(Post, ({ matched }) => log.push(`post ${matched}`)),
      );
      await author.posts.add(a, b);
      await author.posts.set([b]);
      await author.posts.clear();
      expect(log).toEqual(
        ["pre a,b", "post 2", "pre a", "post 1", "pre b", "post 1"].map((line, at) => {
          if (!line.startsWith("pre")) return line;
          return `${line} ${at === 0 ? `Author(id=${String(author.pk)})` : "null"}`;
        }),
      );
      expect(await stored()).toEqual([
        ["a", "seen", 1],
        ["b", "seen", 2],
        ["c", "", 3],
      ]);
    });

    it("refuses receivers that would give a relation's rows to others", async () => {
      const [author, other] = await Author.objects.bulkCreate([{ name: "x" }, { name: "y" }]);
      const [a] = (await three()) as [Post, Post, Post];
      hear(preUpdate.connect(Post, ({ values }) => void (values.author = other as Author)));
      await expect(author?.posts.add(a)).rejects.toThrow('may set other fields in values, but not "author"');
      expect(await Post.objects.filter({ author__isnull: false }).count()).toBe(0);
      await Post.objects.filter({ title: "a" }).update({ author: null });
      expect(await other?.posts.count()).toBe(1);
    });

    it("lets receivers lock the rows, and gives querysets of the model's own class", async () => {
      await Book.objects.bulkCreate([{ name: "a" }, { name: "b" }]);
      hear(
        preUpdate.connect(Book, async ({ queryset }) => {
          expect(queryset).toBeInstanceOf(BookQuery);
          log.push((await (queryset as BookQuery).named("b").selectForUpdate().all()).map(({ name }) => name).join());
        }),
      );
      await Book.objects.update({ changed: new Date(0) }, { all: true });
      expect(await Book.objects.update({ name: "ü" }, { all: true })).toBe(2);
      expect(await Book.objects.filter({ changed__year: 1970 }).count()).toBe(0);
      expect(log).toEqual(["b", "b"]);
      await Book.objects.delete({ all: true });
    });

    it("keeps a relation as it was where a receiver throws", async () => {
      const author = await Author.objects.create({ name: "x" });
      const [a] = (await three()) as [Post, Post, Post];
      hear(
        postUpdate.connect(Post, () => {
          throw new Error("no");
        }),
      );
      await expect(author.posts.add(a)).rejects.toThrow("no");
      expect([await author.posts.count(), a.author]).toEqual([0, null]);
      stops.pop()?.();
      hear(preUpdate.connect(Post, () => Author.objects.create({ name: "left" })));
      await a.delete();
      await expect(author.posts.add(a.pk ?? 0)).rejects.toThrow("cannot be found");
      expect(await Author.objects.count()).toBe(1);
    });

    it("does not tell of foreign keys that a delete sets to null", async () => {
      const author = await Author.objects.create({ name: "x" });
      await author.posts.create({ title: "a" });
      hear(preUpdate.connect(() => log.push("pre")));
      await author.delete();
      expect([log, await Post.objects.filter({ author: null }).count()]).toEqual([[], 1]);
    });
  });

  describe("of bulkUpdate", () => {
    it("tells the rows, the fields, and afterwards how many matched", async () => {
      const rows = await Post.objects.bulkCreate([{ title: "a" }, { title: "b" }]);
      hear(
        preBulkUpdate.connect(Post, async ({ rows: told, fields: names }) => {
          log.push(`pre ${titles(told)} ${names.join()} ${String((await Post.objects.first())?.reads)}`);
        }),
        postBulkUpdate.connect(Post, ({ rows: told, fields: names, matched }) => {
          log.push(`post ${titles(told)} ${names.join()} ${matched} ${String(told[0]?.isDirty())}`);
        }),
        preSave.connect(Post, () => log.push("save")),
        preUpdate.connect(Post, () => log.push("update")),
      );
      for (const row of rows) row.reads = 7;
      expect(await Post.objects.bulkUpdate(rows, ["reads", "slug"])).toBe(2);
      await Post.objects.filter({ title: "z" }).bulkUpdate(rows, ["reads"]);
      expect(log).toEqual([
        "pre a,b reads,slug 0",
        "post a,b reads,slug 2 false",
        "pre a,b reads 7",
        "post a,b reads 0 false",
      ]);
    });

    it("saves what receivers set in the fields named, and checks it", async () => {
      const rows = await Post.objects.bulkCreate([{ title: "a" }, { title: "b" }]);
      hear(
        preBulkUpdate.connect(Post, ({ rows: told }) => {
          for (const row of told) {
            row.slug = row.reads === 1 ? "x".repeat(41) : `${row.title}!`;
            row.reads += 1;
          }
        }),
      );
      await Post.objects.bulkUpdate(rows, ["slug"]);
      expect(await stored()).toEqual([
        ["a", "a!", 0],
        ["b", "b!", 0],
      ]);
      await expect(Post.objects.bulkUpdate(rows, ["slug"])).rejects.toThrow("Post.slug: in rows[0]: has 41 characters");
    });

    it("undoes everything where a receiver throws", async () => {
      const rows = await Post.objects.bulkCreate([{ title: "a" }, { title: "b" }]);
      hear(
        preBulkUpdate.connect(Post, () => Author.objects.create({ name: "x" })),
        postBulkUpdate.connect(Post, () => {
          throw new Error("no");
        }),
      );
      for (const row of rows) row.reads = 7;
      await expect(Post.objects.bulkUpdate(rows, ["reads"])).rejects.toThrow("no");
      expect([await Post.objects.filter({ reads: 0 }).count(), await Author.objects.count()]).toEqual([2, 0]);
      expect(rows.map((row) => row.dirtyFields())).toEqual([["reads"], ["reads"]]);
    });

    it("tells nothing of what is refused, nor of nothing", async () => {
      const row = await Post.objects.create({ title: "a" });
      hear(preBulkUpdate.connect(() => log.push("pre")));
      await expect(Post.objects.bulkUpdate([new Post({ title: "b" })], ["reads"])).rejects.toThrow("no primary key");
      await expect(Post.objects.bulkUpdate([row], ["raeds" as "reads"])).rejects.toThrow(FieldError);
      await expect(Post.objects.bulkUpdate([row], ["reads"], { size: 1 } as object)).rejects.toThrow("no option");
      await expect(Post.objects.bulkUpdate("x" as never, ["reads"])).rejects.toThrow("takes a list");
      expect(await Post.objects.bulkUpdate([], ["reads"])).toBe(0);
      expect(await Post.objects.none().bulkUpdate([row], ["reads"])).toBe(0);
      expect(log).toEqual([]);
    });
  });

  describe("of what tells others", () => {
    it("create, getOrCreate, createOrGet and updateOrCreate tell of each row that they save", async () => {
      hear(
        preBulkCreate.connect(() => log.push("bulk")),
        preUpdate.connect(() => log.push("update")),
        postSave.connect(({ row, created }) => log.push(`${row.constructor.name} ${String(created)}`)),
      );
      await Post.objects.create({ title: "a", comments: [{ text: "x" }, { text: "y" }] });
      await Post.objects.getOrCreate({ title: "b" });
      await Post.objects.createOrGet({ title: "c" });
      await Post.objects.createOrGet({ title: "c" });
      await Post.objects.updateOrCreate({ title: "c" }, { defaults: { reads: 3 } });
      expect(log).toEqual(["Post true", "Comment true", "Comment true", "Post true", "Post true", "Post false"]);
    });

    it("create with rows inside tells no signals of many rows where nobody hears of each", async () => {
      hear(preBulkCreate.connect(() => log.push("bulk")));
      await Post.objects.create({ title: "a", comments: [{ text: "x" }], tags: [{ name: "t" }] });
      expect([log, await Label.objects.count()]).toEqual([[], 1]);
    });

    it("insertFrom tells none: nobody reads its rows", async () => {
      await Tag.objects.create({ name: "a" });
      const any = () => log.push("any");
      hear(preBulkCreate.connect(any), preUpdate.connect(any), preSave.connect(any));
      expect(await Post.objects.insertFrom(Tag.objects.values("name"), ["title"])).toBe(1);
      expect(log).toEqual([]);
    });
  });

  describe("of ties made along with their rows", () => {
    const logTies = () =>
      hear(
        m2mChanged.connect(async ({ action, row, relation, keys }) => {
          const count = await Label.objects.count();
          log.push(
            `${action} ${String(row.pk !== null)} ${relation} ${keys?.map((key) => typeof key).join() ?? ""} ${count}`,
          );
        }),
      );

    it("tells of rows that are created, of others, and of keys", async () => {
      const tag = await Tag.objects.create({ name: "there" });
      const other = await Tag.objects.create({ name: "other" });
      logTies();
      const heard: unknown[] = [];
      hear(m2mChanged.connect(Label, ({ action, row, keys }) => heard.push(action, row, keys)));
      const post = await Post.objects.create({ title: "a", tags: [{ name: "new" }, tag, other.pk] });
      expect(log).toEqual(["preAdd true tags number,number,number 0", "postAdd true tags number,number,number 3"]);
      const made = await Tag.objects.get({ name: "new" });
      expect(heard).toEqual([
        "preAdd",
        post,
        [made.pk, tag.pk, other.pk],
        "postAdd",
        post,
        [made.pk, tag.pk, other.pk],
      ]);
    });

    it("tells of each row of many, on the other side and in symmetrical relations too", async () => {
      const like = await Post.objects.create({ title: "like" });
      logTies();
      await Post.objects.bulkCreate([
        { title: "a", tags: [{ name: "x" }] },
        { title: "b", tags: [] },
        { title: "c", tags: [{ name: "y" }, { name: "z" }] },
      ]);
      await Tag.objects.create({ name: "t", posts: [like] });
      await Post.objects.create({ title: "d", like: [like] });
      expect(log).toEqual([
        "preAdd true tags number 0",
        "preAdd true tags number,number 0",
        "postAdd true tags number 3",
        "postAdd true tags number,number 3",
        "preAdd true posts number 3",
        "postAdd true posts number 4",
        "preAdd true like number 4",
        "postAdd true like number 4",
      ]);
      expect(await like.like.count()).toBe(1);
    });

    it("does not tell of rows between that are given themselves", async () => {
      const tag = await Tag.objects.create({ name: "t" });
      const post = await Post.objects.create({ title: "a" });
      logTies();
      await Label.objects.create({ post, tag, weight: 2 });
      expect([log, await post.tags.count()]).toEqual([[], 1]);
    });

    it("undoes all where a receiver throws", async () => {
      hear(
        m2mChanged.connect(Label, ({ action }) => {
          if (action === "postAdd") throw new Error("no");
        }),
      );
      await expect(Post.objects.create({ title: "a", tags: [{ name: "t" }] })).rejects.toThrow("no");
      expect([await Post.objects.count(), await Tag.objects.count(), await Label.objects.count()]).toEqual([0, 0, 0]);
    });
  });

  it("cost nothing where nobody hears of the model", async () => {
    const [post] = (await Post.objects.bulkCreate([{ title: "a" }, { title: "b" }])) as [Post, Post];
    const author = await Author.objects.create({ name: "x" });
    const writes = async () => {
      statements.length = 0;
      await Post.objects.filter({ title: "a" }).update({ slug: "s" });
      await Post.objects.bulkCreate([{ title: `c${statements.length}` }]);
      await Post.objects.filter({ title__startswith: "c" }).delete();
      await author.posts.add(post);
      await post.tags.add(...(await Tag.objects.all()));
      return [...statements];
    };
    await Tag.objects.create({ name: "t" });
    const before = await writes();
    for (const signal of [preBulkCreate, preUpdate, preBulkUpdate] as (typeof preBulkCreate)[]) {
      hear(signal.connect(Comment, () => log.push("heard")));
    }
    expect(await writes()).toEqual(before);
    expect(before.filter((sql) => sql.startsWith("update"))).toHaveLength(2);
    expect(log).toEqual([]);
  });

  it("refuse what is no model, and what is no function", () => {
    const signals = [preBulkCreate, postBulkCreate, preUpdate, postUpdate, preBulkUpdate, postBulkUpdate];
    for (const signal of signals as (typeof preBulkCreate)[]) {
      expect(() => signal.connect(Object as never, () => undefined)).toThrow("expected a model's class");
      expect(() => signal.connect("x" as never)).toThrow(
        /^(pre|post)(Bulk)?(Create|Update)\.connect\(Model, receiver\)/,
      );
    }
  });
});
