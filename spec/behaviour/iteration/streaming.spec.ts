import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Database, fields, manager, Model, type QueryEvent, TransactionError } from "dunder-orm";
import { readsBesideWriter } from "../../support/drivers.js";
import { onEngines, useDatabase } from "../../support/engines.js";

class Shelf extends Model("shelf", { id: fields.integer({ primaryKey: true }), name: fields.string() }) {
  static objects = manager(this);
}

class Book extends Model("book", {
  id: fields.integer({ primaryKey: true }),
  shelf: () => fields.foreignKey(Shelf),
  title: fields.string(),
  read: fields.boolean({ default: false }),
}) {
  static objects = manager(this);
}

const ROWS = 5_000;
const POOL = 2;

interface Streaming {
  stream(...args: unknown[]): AsyncIterable<readonly unknown[]>;
}

/** Sizes of the chunks that a database's connections hand over while some work runs. */
async function chunksOf(db: Database, work: () => Promise<void>): Promise<number[]> {
  const sizes: number[] = [];
  const { pool } = db as unknown as { readonly pool: { acquire(...args: unknown[]): unknown } };
  const acquire = pool.acquire.bind(pool);
  const watched = new Set<Streaming>();
  pool.acquire = async (...use) => {
    const connection = (await acquire(...use)) as Streaming;
    const stream = connection.stream.bind(connection);
    watched.add(connection);
    connection.stream = async function* (...args: unknown[]) {
      for await (const rows of stream(...args)) {
        sizes.push(rows.length);
        yield rows;
      }
    };
    return connection;
  };
  try {
    await work();
  } finally {
    pool.acquire = acquire;
    for (const connection of watched) delete (connection as Partial<Streaming>).stream;
  }
  return sizes;
}

onEngines("Iterating", (engine) => {
  let events: QueryEvent[] = [];
  const holder = useDatabase(engine, [Shelf, Book], {
    pool: { max: POOL, acquireTimeout: 5_000 },
    onQuery: (event) => events.push(event),
  });
  beforeAll(async () => {
    const shelf = await Shelf.objects.create({ name: "top" });
    await Book.objects.bulkCreate(Array.from({ length: ROWS }, (_, index) => ({ shelf, title: `t${index}` })));
  });
  beforeEach(() => {
    events = [];
  });
  const books = Book.objects.orderBy("pk");
  const isBounded = (): Promise<unknown> => Promise.all(Array.from({ length: POOL * 3 }, () => Book.objects.count()));

  it("gives every row in order, as instances", async () => {
    let index = 0;
    for await (const book of books) {
      expect(book.title).toBe(`t${index}`);
      index += 1;
    }
    expect(index).toBe(ROWS);
    const some: Book[] = [];
    for await (const book of books
      .selectRelated("shelf")
      .filter({ title__in: ["t1", "t4999"] })
      .iterator()) {
      expect(book).toBeInstanceOf(Book);
      expect(book.shelf.name).toBe("top");
      some.push(book);
    }
    expect(some.map((book) => book.title)).toEqual(["t1", "t4999"]);
    for await (const book of Book.objects.none()) expect(book).toBeUndefined();
    for await (const book of books.filter({ title: "none" })) expect(book).toBeUndefined();
    const sliced: string[] = [];
    for await (const book of books.slice(10, 13)) sliced.push(book.title);
    expect(sliced).toEqual(["t10", "t11", "t12"]);
  });

  it.each([1, 7, 1000, 4999, 5000, 5001])("by chunks of %i gives every row once", async (chunkSize) => {
    const seen = new Set<number>();
    for await (const book of Book.objects.iterator({ chunkSize })) seen.add(book.pk);
    expect(seen.size).toBe(ROWS);
  });

  it.skipIf(!readsBesideWriter)("holds no more than a chunk of rows", async () => {
    const sizes = await chunksOf(holder.db, async () => {
      let seen = 0;
      for await (const book of Book.objects.iterator({ chunkSize: 700 })) seen += book.pk > 0 ? 1 : 0;
      expect(seen).toBe(ROWS);
    });
    expect(sizes).toEqual([700, 700, 700, 700, 700, 700, 700, 100]);
  });

  it.skipIf(!readsBesideWriter)("asks for no more than was looped over", async () => {
    const sizes = await chunksOf(holder.db, async () => {
      let seen = 0;
      for await (const book of Book.objects.iterator({ chunkSize: 50 })) {
        expect(book.read).toBe(false);
        seen += 1;
        if (seen === 120) break;
      }
    });
    expect(sizes).toEqual([50, 50, 50]);
  });

  describe("left early", () => {
    it("by break gives its connection back", async () => {
      for (let round = 0; round < POOL * 3; round += 1) {
        for await (const book of Book.objects.iterator({ chunkSize: 10 })) {
          expect(book.pk).toBeGreaterThan(0);
          break;
        }
      }
      await isBounded();
    });

    it("by a throw gives its connection back, and throws the same", async () => {
      for (let round = 0; round < POOL * 3; round += 1) {
        const error = new Error("enough");
        const looping = (async () => {
          for await (const book of Book.objects) {
            expect(book.pk).toBeGreaterThan(0);
            throw error;
          }
        })();
        await expect(looping).rejects.toBe(error);
      }
      await isBounded();
    });

    it("by return of the iterator gives its connection back", async () => {
      for (let round = 0; round < POOL * 3; round += 1) {
        const iterator = Book.objects.iterator({ chunkSize: 3 });
        expect((await iterator.next()).done).toBe(false);
        await iterator.return?.();
        expect((await iterator.next()).done).toBe(true);
      }
      await isBounded();
    });

    it("before it began costs nothing", async () => {
      Book.objects.iterator();
      await isBounded();
      expect(events.every((event) => /count/i.test(event.sql))).toBe(true);
    });
  });

  it("of a query that fails throws its error and gives its connection back", async () => {
    class Missing extends Model("missing_books", {}) {
      static objects = manager(this);
    }
    Missing.bind(holder.db);
    for (let round = 0; round < POOL * 3; round += 1) {
      const looping = (async () => {
        for await (const row of Missing.objects) expect(row).toBeUndefined();
      })();
      await expect(looping).rejects.toMatchObject({
        name: "DatabaseError",
        sql: expect.stringMatching(/^select/i) as string,
      });
    }
    await isBounded();
  });

  it("twice over the same queryset gives the rows twice", async () => {
    const some = books.limit(3);
    const round = async (): Promise<string[]> => {
      const titles: string[] = [];
      for await (const book of some) titles.push(book.title);
      return titles;
    };
    expect(await round()).toEqual(await round());
    expect(await Promise.all([round(), round()])).toEqual([
      ["t0", "t1", "t2"],
      ["t0", "t1", "t2"],
    ]);
  });

  it("lets others write and read between two rows", async () => {
    let seen = 0;
    for await (const book of books.limit(250).iterator({ chunkSize: 100 })) {
      seen += 1;
      if (seen % 50 === 0) {
        await book.update({ read: true });
        expect((await Book.objects.get({ pk: book.pk })).read).toBe(true);
      }
    }
    expect(seen).toBe(250);
    expect(await Book.objects.filter({ read: true }).update({ read: false })).toBe(5);
  });

  it("inside a transaction sees it, and lets it write", async () => {
    await holder.db
      .atomic(async () => {
        const first = await books.first();
        await first!.update({ title: "renamed" });
        let seen = 0;
        for await (const book of books.limit(250).iterator({ chunkSize: 100 })) {
          if (seen === 0) expect(book.title).toBe("renamed");
          seen += 1;
          if (seen % 50 === 0) await book.update({ read: true });
        }
        expect(seen).toBe(250);
        for await (const book of Book.objects.iterator({ chunkSize: 5 })) {
          expect(book.pk).toBeGreaterThan(0);
          break;
        }
        expect(await Book.objects.filter({ read: true }).count()).toBe(5);
        throw new Error("undo");
      })
      .catch((error: Error) => expect(error.message).toBe("undo"));
    expect((await books.first())?.title).toBe("t0");
    expect(await Book.objects.filter({ read: true }).count()).toBe(0);
  });

  it("of a query that fails breaks its block, like any other statement", async () => {
    class Missing extends Model("missing_books", {}) {
      static objects = manager(this);
    }
    Missing.bind(holder.db);
    const block = holder.db.atomic(async () => {
      try {
        for await (const row of Missing.objects) expect(row).toBeUndefined();
      } catch (error) {
        expect((error as Error).name).toBe("DatabaseError");
      }
      await Book.objects.count();
    });
    await expect(block).rejects.toBeInstanceOf(TransactionError);
    await isBounded();
  });

  it("is heard of by onQuery", async () => {
    events = [];
    let seen = 0;
    for await (const book of books.limit(5)) seen += book.pk > 0 ? 1 : 0;
    expect(seen).toBe(5);
    expect(events.map((event) => event.sql)).toEqual([expect.stringMatching(/^select/i) as string]);
    expect(events[0]).toMatchObject({ model: "Book", rows: 5, error: null });
  });
});
