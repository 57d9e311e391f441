import { sql } from "kysely";
import { describe, expect, it, vi } from "vitest";
import { ConfigurationError, Database } from "dunder-orm";
import { NAMES, onServers, Shelf, useNodes } from "./nodes.js";

const LONG = 600_000;

onServers("reads that see what was written before", (engine) => {
  describe("in a scope", () => {
    const servers = useNodes(engine);
    const write = () => Shelf.objects.using(servers.nodes.db).create({ name: "new" });
    const isReplica = expect.stringMatching(/^(first|second)$/);

    const writes: Record<string, () => Promise<unknown>> = {
      create: write,
      update: () => Shelf.objects.using(servers.nodes.db).filter({ id: 0 }).update({ name: "none" }),
      delete: () => Shelf.objects.using(servers.nodes.db).filter({ id: 0 }).delete(),
      "a block": () => servers.nodes.db.atomic(write),
      "a block by hand": async () => {
        const transaction = await servers.nodes.db.transaction();
        await transaction.run(write);
        await transaction.commit();
      },
      "SQL of one's own": () => servers.nodes.db.execute(sql`update replica_shelf set name = 'x' where id = 0`),
      "Kysely's": () =>
        servers.nodes.db.kysely.updateTable("replica_shelf").set({ name: "x" }).where("id", "=", 0).execute(),
      "a write with a time limit": () =>
        Shelf.objects.using(servers.nodes.db).timeout(60_000).filter({ id: 0 }).update({ name: "none" }),
      "one that failed, for it may have been done": () =>
        Shelf.objects
          .using(servers.nodes.db)
          .create({ id: 1, name: "twice" })
          .catch(() => null),
    };
    it.each(Object.entries(writes))("are on the primary after %s", async (_, work) => {
      const { nodes } = servers;
      await nodes.db.readYourWrites(async () => {
        expect(await nodes.whoReads()).toEqual(isReplica);
        await work();
        expect(await nodes.readers(3)).toEqual(["primary", "primary", "primary"]);
      });
    });

    it("reads, and read-only blocks, change nothing", async () => {
      const { nodes } = servers;
      await nodes.db.readYourWrites(async () => {
        await nodes.db.atomic(() => nodes.whoReads(), { readOnly: true });
        await Shelf.objects.using(nodes.db).using("primary").count();
        expect(await nodes.whoReads()).toEqual(isReplica);
      });
    });

    it("what others write is not waited for", async () => {
      const { nodes } = servers;
      let wrote!: () => void;
      const written = new Promise<void>((resolve) => (wrote = resolve));
      const writer = nodes.db.readYourWrites(async () => {
        await write();
        wrote();
        return nodes.whoReads();
      });
      const reader = nodes.db.readYourWrites(async () => {
        await written;
        return nodes.whoReads();
      });
      expect(await Promise.all([writer, reader])).toEqual(["primary", isReplica]);
      await write();
      expect(await nodes.whoReads()).toEqual(isReplica);
    });

    it("what is written inside usingPrimary counts, and a scope inside is another", async () => {
      const { nodes } = servers;
      await nodes.db.readYourWrites(async () => {
        await nodes.db.usingPrimary(write);
        expect(await nodes.whoReads()).toBe("primary");
        expect(await nodes.db.readYourWrites(() => nodes.whoReads())).toEqual(isReplica);
        expect(await nodes.db.usingPrimary(() => nodes.db.readYourWrites(() => nodes.whoReads()))).toBe("primary");
      });
    });

    it("is one database's alone", async () => {
      const { nodes } = servers;
      await using other = new Database(nodes.urls.primary, { replicas: [nodes.urls.first] });
      await nodes.db.readYourWrites(() =>
        other.readYourWrites(async () => {
          await write();
          expect((await Shelf.objects.using(other).get({ id: 1 })).name).toBe("first");
          expect(await nodes.whoReads()).toBe("primary");
        }),
      );
    });

    it("refuses what is no function", () => {
      expect(() => servers.nodes.db.readYourWrites(undefined as never)).toThrow(ConfigurationError);
    });
  });

  describe("everywhere in the process, when the option says so", () => {
    const servers = useNodes(engine, { readYourWrites: { ms: LONG } });

    it("are on the primary after any write", async () => {
      const { nodes } = servers;
      expect(await nodes.whoReads()).not.toBe("primary");
      await Shelf.objects.using(nodes.db).create({ name: "new" });
      expect(await nodes.readers(2)).toEqual(["primary", "primary"]);
      expect(await nodes.db.readYourWrites(() => nodes.whoReads())).not.toBe("primary");
    });
  });

  it("go to replicas again when the window is over", async () => {
    const urls: string[] = [];
    for (const name of NAMES) {
      const url = await engine.url();
      await using one = new Database(url);
      await one.createTables([Shelf]);
      await Shelf.objects.using(one).create({ name });
      urls.push(url);
    }
    await using db = new Database(urls[0]!, { replicas: urls.slice(1), readYourWrites: { ms: 30 } });
    await Shelf.objects.using(db).create({ name: "new" });
    const reader = async () => (await Shelf.objects.using(db).get({ id: 1 })).name;
    await vi.waitUntil(async () => (await reader()) !== "primary", { timeout: 10_000 });
  });

  it("by position, stay on the primary where a replica copies nothing", async () => {
    const urls = [await engine.url(), await engine.url()];
    await using db = new Database(urls[0]!, {
      replicas: urls.slice(1),
      readYourWrites: { by: "position", wait: 10, ms: LONG },
    });
    await db.createTables([Shelf]);
    await Shelf.objects.using(db).create({ name: "primary" });
    expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("primary");
  });
});
