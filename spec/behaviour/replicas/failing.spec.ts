import { sql } from "kysely";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ConnectionError, Database } from "dunder-orm";
import { onServers, Shelf, useNodes, NAMES } from "./nodes.js";

onServers("replicas that fail", (engine) => {
  const servers = useNodes(engine, { connectTimeout: 2000 });

  afterEach(async () => {
    const { nodes } = servers;
    for (const name of NAMES) {
      nodes.proxies[name].pass();
      await nodes.proxies[name].accept().catch(() => undefined);
    }
    await vi.waitUntil(() => nodes.db.nodes.every((node) => node.isHealthy), { timeout: 15_000 });
    nodes.events.length = 0;
  });

  const stopped = async (name: "first" | "second"): Promise<void> => {
    await servers.nodes.proxies[name].refuse();
    servers.nodes.proxies[name].reset();
  };

  /** Both get what they are asked next, and their answers never arrive. */
  const cutBoth = (): void => {
    servers.nodes.proxies.first.cutAfter(0);
    servers.nodes.proxies.second.cutAfter(0);
  };

  it("leaves a lost replica out, and whoever asked it hears nothing of that", async () => {
    const { nodes } = servers;
    await nodes.readers(4);
    await stopped("first");
    expect(new Set(await nodes.readers(6))).toEqual(new Set(["second"]));
    expect(nodes.events).toEqual([
      { type: "ejected", role: "replica", address: nodes.address("first"), error: expect.any(ConnectionError) },
    ]);
    expect(nodes.db.nodes).toEqual([
      { role: "primary", address: nodes.address("primary"), isHealthy: true },
      { role: "replica", address: nodes.address("first"), isHealthy: false },
      { role: "replica", address: nodes.address("second"), isHealthy: true },
    ]);
  });

  it("brings it back when it answers again", async () => {
    const { nodes } = servers;
    await stopped("first");
    await nodes.readers(3);
    await nodes.proxies.first.accept();
    await vi.waitUntil(() => nodes.events.some((event) => event.type === "restored"), { timeout: 15_000 });
    expect(nodes.events.map(({ type, address }) => [type, address])).toEqual([
      ["ejected", nodes.address("first")],
      ["restored", nodes.address("first")],
    ]);
    expect(new Set(await nodes.readers(4))).toEqual(new Set(["first", "second"]));
  });

  it("asks the primary when no replica answers", async () => {
    const { nodes } = servers;
    await nodes.db.connect({ reuseIfOpen: true });
    await stopped("first");
    await stopped("second");
    expect(await nodes.readers(3)).toEqual(["primary", "primary", "primary"]);
    const asked = await nodes.db.atomic(() => nodes.whoReads(), { readOnly: true, replica: true });
    expect(asked).toBe("primary");
  });

  it("asks again what was under way when the connection was lost", async () => {
    const { nodes } = servers;
    await nodes.readers(2);
    cutBoth();
    expect(await nodes.whoReads()).toBe("primary");
    expect(nodes.events.map(({ type }) => type)).toEqual(["ejected", "ejected"]);
  });

  it("does so within a time limit, and for streams that have not begun", async () => {
    const { nodes } = servers;
    await nodes.readers(2);
    cutBoth();
    const shelves = Shelf.objects.using(nodes.db).timeout(20_000);
    expect((await shelves.get({ id: 1 })).name).toBe("primary");
    await vi.waitUntil(() => nodes.db.nodes.every((node) => node.isHealthy), { timeout: 15_000 });
    cutBoth();
    const names: string[] = [];
    for await (const shelf of shelves.iterator()) names.push(shelf.name);
    expect(names).toEqual(["primary"]);
  });

  it("tells of an error that is the query's own, and leaves the replica in", async () => {
    const { nodes } = servers;
    nodes.queries.length = 0;
    await expect(nodes.db.execute(sql`select nothing_like_it from replica_shelf`)).rejects.toThrow(/nothing_like_it/);
    expect(nodes.events).toEqual([]);
    expect(nodes.queries).toMatchObject([{ node: { role: "replica" }, error: expect.any(Error) }]);
  });

  it("does not repeat what ran in a block on a replica", async () => {
    const { nodes } = servers;
    let runs = 0;
    const read = () =>
      nodes.db.atomic(
        async () => {
          runs += 1;
          await nodes.whoReads();
          nodes.proxies.first.reset();
          nodes.proxies.second.reset();
          return nodes.whoReads();
        },
        { readOnly: true, replica: true },
      );
    await expect(read()).rejects.toBeInstanceOf(ConnectionError);
    expect(runs).toBe(1);
  });

  describe("a replica that is not there at first", () => {
    it("keeps nobody from connecting", async () => {
      const { nodes } = servers;
      await stopped("first");
      const events: string[] = [];
      await using db = new Database(nodes.urls.primary, {
        replicas: [nodes.proxies.first.url, { url: nodes.urls.second, pool: { max: 2 } }],
        onNode: ({ type }) => events.push(type),
      });
      await db.connect();
      expect(events).toEqual(["ejected"]);
      expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("second");
      await nodes.proxies.first.accept();
      await vi.waitUntil(() => events.includes("restored"), { timeout: 15_000 });
    });

    it("nor does one that says nothing", async () => {
      const { nodes } = servers;
      nodes.proxies.first.blackhole();
      await using db = new Database(nodes.urls.primary, { replicas: [nodes.proxies.first.url, nodes.urls.second] });
      await db.connect();
      expect(db.nodes.map((node) => node.isHealthy)).toEqual([true, false, true]);
      expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("second");
    });
  });

  it("gives up a replica that says nothing any more", async () => {
    const { nodes } = servers;
    const events: unknown[] = [];
    await using db = new Database(nodes.urls.primary, {
      replicas: [nodes.proxies.first.url],
      onNode: (event) => events.push(event),
      statementTimeout: 200,
    });
    expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("first");
    nodes.proxies.first.blackhole();
    expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("primary");
    expect(events).toMatchObject([{ type: "ejected", address: nodes.address("first") }]);
  });

  it("what onNode throws is a warning", async () => {
    const { nodes } = servers;
    const warning = new Promise<Error>((resolve) => process.once("warning", resolve));
    await using db = new Database(nodes.urls.primary, {
      replicas: [nodes.proxies.first.url],
      onNode: () => {
        throw new Error("not mine");
      },
    });
    await db.connect();
    await stopped("first");
    expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("primary");
    expect((await warning).message).toBe("onNode of a database threw: not mine");
  });
});
