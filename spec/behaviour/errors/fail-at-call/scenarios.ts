import { sql } from "kysely";
import { type Database, F, fields, manager, Model } from "dunder-orm";

export class Author extends Model("author", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40, unique: true }),
  score: fields.integer({ default: 0 }),
  books: () => fields.hasMany(Book, "author"),
}) {
  static objects = manager(this);
}

export class Tag extends Model("tag", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
}) {
  static objects = manager(this);
}

export class Book extends Model("book", {
  id: fields.integer({ primaryKey: true }),
  author: () => fields.foreignKey(Author, { onDelete: "cascade" }),
  editor: () => fields.foreignKey(Author, { onDelete: "set null", null: true }),
  title: fields.string({ maxLength: 40 }),
  tags: () => fields.manyToMany(Tag),
  reviews: () => fields.hasMany(Review, "book"),
}) {
  static objects = manager(this);
}

export class Review extends Model("review", {
  id: fields.integer({ primaryKey: true }),
  book: () => fields.foreignKey(Book, { onDelete: "cascade" }),
  stars: fields.integer({ default: 0 }),
}) {
  static objects = manager(this);
}

export const MODELS = [Author, Tag, Book, Review];

/** Some work, which either is done or leaves no trace. */
export interface Scenario {
  readonly name: string;
  run(db: Database): Promise<unknown>;
}

const manyAuthors = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: from + index, name: `author ${from + index}` }));

export const scenarios: readonly Scenario[] = [
  { name: "create", run: () => Author.objects.create({ id: 10, name: "new" }) },
  { name: "save of a new row", run: () => new Author({ id: 10, name: "new" }).save() },
  {
    name: "save of a changed row",
    run: async () => {
      const author = await Author.objects.get({ id: 1 });
      author.score = 5;
      await author.save();
    },
  },
  {
    name: "update of a row with an expression",
    run: async () => {
      const author = await Author.objects.get({ id: 1 });
      await author.update({ score: F("score").add(5) });
    },
  },
  {
    name: "refresh",
    run: async () => {
      const author = await Author.objects.get({ id: 1 });
      await author.refresh();
    },
  },
  { name: "update of many", run: () => Author.objects.filter({ id__gt: 0 }).update({ score: F("score").add(1) }) },
  {
    name: "update across a relation",
    run: () => Book.objects.filter({ author__name: "Ann" }).update({ title: "by Ann" }),
  },
  { name: "delete of a row", run: async () => (await Tag.objects.get({ id: 3 })).delete() },
  { name: "delete with cascades", run: async () => (await Author.objects.get({ id: 1 })).delete() },
  { name: "delete of many with cascades", run: () => Author.objects.filter({ id__lt: 3 }).delete() },
  { name: "delete of all", run: () => Review.objects.delete({ all: true }) },
  { name: "bulkCreate", run: () => Author.objects.bulkCreate(manyAuthors(10, 5)) },
  { name: "bulkCreate in batches", run: () => Author.objects.bulkCreate(manyAuthors(10, 10), { batchSize: 3 }) },
  {
    name: "bulkCreate inside a block",
    run: (db) => db.atomic(() => Author.objects.bulkCreate(manyAuthors(10, 10), { batchSize: 3 })),
  },
  {
    name: "getOrCreate of a row that is there",
    run: () => Author.objects.getOrCreate({ name: "Ann" }, { defaults: { id: 11 } }),
  },
  {
    name: "getOrCreate of a new row",
    run: () => Author.objects.getOrCreate({ name: "new" }, { defaults: { id: 11, score: 1 } }),
  },
  {
    name: "updateOrCreate of a row that is there",
    run: () => Author.objects.updateOrCreate({ name: "Ann" }, { defaults: { score: 9 } }),
  },
  {
    name: "updateOrCreate of a new row",
    run: () => Author.objects.updateOrCreate({ name: "new" }, { defaults: { id: 11, score: 9 } }),
  },
  { name: "setting a many-to-many relation", run: async () => (await Book.objects.get({ id: 1 })).tags.set([2, 3]) },
  { name: "adding to a many-to-many relation", run: async () => (await Book.objects.get({ id: 1 })).tags.add(2, 3) },
  {
    name: "removing from a many-to-many relation",
    run: async () => (await Book.objects.get({ id: 1 })).tags.remove(1),
  },
  { name: "clearing a many-to-many relation", run: async () => (await Book.objects.get({ id: 1 })).tags.clear() },
  {
    name: "creating through a many-to-many relation",
    run: async () => (await Book.objects.get({ id: 1 })).tags.create({ id: 20, name: "made" }),
  },
  {
    name: "creating through a reverse relation",
    run: async () => (await Author.objects.get({ id: 1 })).books.create({ id: 20, title: "made" }),
  },
  {
    name: "creating rows nested in one another",
    run: () =>
      Author.objects.create({
        id: 20,
        name: "nested",
        books: [
          { id: 20, title: "one" },
          { id: 21, title: "two" },
        ],
      }),
  },
  {
    name: "a block of several statements",
    run: (db) =>
      db.atomic(async () => {
        await Author.objects.filter({ id: 1 }).update({ score: F("score").sub(1) });
        await Author.objects.filter({ id: 2 }).update({ score: F("score").add(1) });
        await Review.objects.create({ id: 30, book: 1, stars: 3 });
      }),
  },
  {
    name: "blocks in blocks",
    run: (db) =>
      db.atomic(async () => {
        await Author.objects.create({ id: 40, name: "outer" });
        await db.atomic(async () => {
          await Book.objects.create({ id: 40, author: 40, title: "inner" });
          await db.atomic(() => Review.objects.create({ id: 40, book: 40 }));
        });
        await Author.objects.filter({ id: 40 }).update({ score: 1 });
      }),
  },
  {
    name: "a block with an inner one that is undone on purpose",
    run: (db) =>
      db.atomic(async () => {
        await Author.objects.create({ id: 41, name: "kept" });
        await db
          .atomic(async () => {
            await Author.objects.create({ id: 42, name: "undone" });
            throw new RangeError("on purpose");
          })
          .catch((error: unknown) => {
            if (!(error instanceof RangeError)) throw error;
          });
        await Author.objects.create({ id: 43, name: "kept, too" });
      }),
  },
  {
    name: "a block whose statements start together",
    run: (db) =>
      db.atomic(() =>
        Promise.all([
          Author.objects.create({ id: 50, name: "one" }),
          Author.objects.create({ id: 51, name: "two" }),
          Author.objects.filter({ id: 1 }).update({ score: 2 }),
          Author.objects.count(),
        ]),
      ),
  },
  {
    name: "a block that reads before it writes, and locks nothing",
    run: (db) =>
      db.atomic(async () => {
        for (const author of await Author.objects.orderBy("id").all()) await author.update({ score: author.score + 1 });
      }),
  },
  {
    name: "a stream in a block that writes",
    run: (db) =>
      db.atomic(async () => {
        for await (const author of Author.objects.orderBy("id").iterator({ chunkSize: 1 })) {
          await Author.objects.filter({ id: author.id }).update({ score: F("score").add(1) });
        }
      }),
  },
  {
    name: "a stream",
    run: async () => {
      for await (const author of Author.objects.iterator({ chunkSize: 1 })) author.isDirty();
    },
  },
  { name: "prefetch", run: () => Author.objects.prefetchRelated("books__tags", "books__reviews").all() },
  { name: "lazy loads", run: async () => (await Book.objects.get({ id: 1 })).author.load() },
  {
    name: "reads of many kinds",
    run: async () => {
      await Author.objects.count();
      await Author.objects.filter({ books__title: "One" }).exists();
      await Author.objects.inBulk([1, 2]);
      await Author.objects.values("name").all();
    },
  },
  {
    name: "raw SQL in a block",
    run: (db) =>
      db.atomic(async () => {
        await db.execute(sql`update author set score = ${7} where id = ${1}`);
        await db.kysely.updateTable("author").set({ score: 8 }).where("id", "=", 2).execute();
      }),
  },
  {
    name: "a transaction of Kysely's",
    run: (db) =>
      db.kysely.transaction().execute(async (transaction) => {
        await transaction.updateTable("author").set({ score: 8 }).where("id", "=", 1).execute();
        await transaction.updateTable("author").set({ score: 9 }).where("id", "=", 2).execute();
      }),
  },
  {
    name: "a transaction by hand",
    run: async (db) => {
      await using transaction = await db.transaction();
      await transaction.run(async () => {
        await Author.objects.create({ id: 60, name: "by hand" });
        await Author.objects.filter({ id: 1 }).update({ score: 6 });
      });
      await transaction.commit();
    },
  },
];
