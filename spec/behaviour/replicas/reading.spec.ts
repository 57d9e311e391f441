import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { Count } from "dunder-orm";
import { Book, onServers, Shelf, useNodes } from "./nodes.js";

onServers("reads and writes of a database with replicas", (engine) => {
  const servers = useNodes(engine);

  const readerOf = async (read: () => Promise<unknown>): Promise<string[]> => {
    const { nodes } = servers;
    const before = nodes.queries.length;
    await read();
    return nodes.queries.slice(before).map(({ node }) => `${node?.role} ${node?.address}`);
  };
  const isReplica = expect.stringMatching(/^replica /);
  const isPrimary = expect.stringMatching(/^primary /);

  it("asks the replicas in turn", async () => {
    const { nodes } = servers;
    const names = await nodes.readers(6);
    expect(names.filter((name) => name === "first")).toHaveLength(3);
    expect(names.filter((name) => name === "second")).toHaveLength(3);
    expect(names.slice(0, 2)).toEqual(names.slice(2, 4));
  });

  it("tells where each query was answered", async () => {
    const { nodes } = servers;
    nodes.queries.length = 0;
    const name = (await nodes.whoReads()) as "first" | "second";
    expect(nodes.queries.map(({ node }) => node)).toEqual([{ role: "replica", address: nodes.address(name) }]);
  });

  const reads: Record<string, () => Promise<unknown>> = {
    all: () => Shelf.objects.using(servers.nodes.db).all(),
    count: () => Shelf.objects.using(servers.nodes.db).count(),
    exists: () => Shelf.objects.using(servers.nodes.db).exists(),
    aggregate: () => Shelf.objects.using(servers.nodes.db).aggregate({ n: Count("books") }),
    values: () => Shelf.objects.using(servers.nodes.db).values("name").all(),
    inBulk: () => Shelf.objects.using(servers.nodes.db).inBulk([1]),
    union: () =>
      Shelf.objects
        .using(servers.nodes.db)
        .union(Shelf.objects.filter({ id: 1 }))
        .all(),
    "a common table expression": () => Shelf.objects.using(servers.nodes.db).asCte("tops").all(),
    "a comment": () => Shelf.objects.using(servers.nodes.db).comment("delete from; for update").limit(1).all(),
    "a time limit": () => Shelf.objects.using(servers.nodes.db).timeout(20_000).all(),
    "SQL of one's own": () =>
      Shelf.objects
        .using(servers.nodes.db)
        .raw(sql`select * from replica_shelf`)
        .all(),
    "db.execute of a SELECT": () => servers.nodes.db.execute(sql`select name from replica_shelf`),
    stream: async () => {
      for await (const shelf of Shelf.objects.using(servers.nodes.db).iterator()) expect(shelf.id).toBe(1);
    },
    "a read-only block sent to a replica": () =>
      servers.nodes.db.atomic(() => Shelf.objects.using(servers.nodes.db).all(), { readOnly: true, replica: true }),
  };
  it.each(Object.entries(reads))("reads on a replica: %s", async (_, read) => {
    expect(await readerOf(read)).toEqual([isReplica]);
  });

  it("fetches along, and loads later, on replicas", async () => {
    const { nodes } = servers;
    const fetched = () => Shelf.objects.using(nodes.db).prefetchRelated("books").all();
    expect(await readerOf(fetched)).toEqual([isReplica, isReplica]);
    const book = await Book.objects.using(nodes.db).get({ id: 1 });
    expect(await readerOf(() => book.shelf.load())).toEqual([isReplica]);
  });

  const writes: Record<string, () => Promise<unknown>> = {
    create: () => Shelf.objects.using(servers.nodes.db).create({ name: "new" }),
    bulkCreate: () => Shelf.objects.using(servers.nodes.db).bulkCreate([{ name: "a" }, { name: "b" }]),
    update: () => Shelf.objects.using(servers.nodes.db).filter({ name: "a" }).update({ name: "c" }),
    delete: () => Shelf.objects.using(servers.nodes.db).filter({ id: -1 }).delete(),
    "db.execute of a write": () => servers.nodes.db.execute(sql`update replica_shelf set name = 'd' where name = 'c'`),
    "db.kysely": () => servers.nodes.db.kysely.selectFrom("replica_shelf").select("name").execute(),
    "SQL that locks": () => servers.nodes.db.execute(sql`select name from replica_shelf for update`),
    explain: () => Shelf.objects.using(servers.nodes.db).explain(),
    'using("primary")': () => Shelf.objects.using(servers.nodes.db).using("primary").all(),
    'a stream using("primary")': async () => {
      for await (const shelf of Shelf.objects.using(servers.nodes.db).using("primary").iterator()) void shelf;
    },
    'SQL of one\'s own, using("primary")': () =>
      Shelf.objects
        .using(servers.nodes.db)
        .using("primary")
        .raw(sql`select * from replica_shelf`)
        .all(),
  };
  it.each(Object.entries(writes))("asks the primary alone: %s", async (_, write) => {
    const asked = await readerOf(write);
    expect(new Set(asked)).toEqual(new Set([`primary ${servers.nodes.address("primary")}`]));
  });

  describe("inside a transaction", () => {
    it("everything is on the primary", async () => {
      const { nodes } = servers;
      const asked = await readerOf(() =>
        nodes.db.atomic(async () => {
          expect((await Shelf.objects.using(nodes.db).get({ id: 1 })).name).toBe("primary");
          await Shelf.objects.using(nodes.db).selectForUpdate().get({ id: 1 });
          await nodes.db.atomic(() => Shelf.objects.using(nodes.db).count());
          await nodes.db.execute(sql`select 1`);
        }),
      );
      expect(asked).toEqual([isPrimary, isPrimary, isPrimary, isPrimary]);
    });

    it("read-only ones and those by hand, too", async () => {
      const { nodes } = servers;
      const read = () => Shelf.objects.using(nodes.db).all();
      expect(await readerOf(() => nodes.db.atomic(read, { readOnly: true }))).toEqual([isPrimary]);
      await using transaction = await nodes.db.transaction();
      expect(await readerOf(() => transaction.run(read))).toEqual([isPrimary]);
    });
  });

  describe("usingPrimary", () => {
    it("keeps a whole piece of work on the primary, and nothing after it", async () => {
      const { nodes } = servers;
      const name = await nodes.db.usingPrimary(async () => {
        const shelf = await Shelf.objects.using(nodes.db).prefetchRelated("books").get({ id: 1 });
        const book = await Book.objects.using(nodes.db).get({ id: 1 });
        return [shelf.name, shelf.books.all(), (await book.shelf.load()).name] as const;
      });
      expect(name[0]).toBe("primary");
      expect((await name[1]).map((book) => book.title)).toEqual(["of primary"]);
      expect(name[2]).toBe("primary");
      expect(["first", "second"]).toContain(await nodes.whoReads());
    });

    it("does not share the query of a load with those who read elsewhere", async () => {
      const { nodes } = servers;
      const [one, other] = await nodes.db.usingPrimary(() =>
        Promise.all([Book.objects.using(nodes.db).get({ id: 1 }), Book.objects.using(nodes.db).get({ id: 1 })]),
      );
      const both = Promise.all([one.shelf.load(), nodes.db.usingPrimary(() => other.shelf.load())]);
      const [anywhere, primary] = await both;
      expect(anywhere.name).not.toBe("primary");
      expect(primary.name).toBe("primary");
    });

    it("gives what the function gives, and refuses what is none", async () => {
      const { db } = servers.nodes;
      expect(db.usingPrimary(() => 3)).toBe(3);
      expect(() => db.usingPrimary("Shelf" as never)).toThrow(
        /usingPrimary\(\(\) => …\): expected a function, got string "Shelf"/,
      );
      await expect(db.usingPrimary(() => Promise.reject(new Error("mine")))).rejects.toThrow("mine");
    });
  });

  it("takes no other name than that for the primary", async () => {
    await expect(async () => Shelf.objects.using("replica").count()).rejects.toThrow(/replica/);
  });
});
