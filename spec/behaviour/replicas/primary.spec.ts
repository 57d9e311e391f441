import { afterEach, expect, it, vi } from "vitest";
import { CommitUnknownError, ConnectionError, Database } from "dunder-orm";
import { onServers, Shelf, useNodes } from "./nodes.js";

onServers("a primary that is lost for a while", (engine) => {
  const servers = useNodes(engine, { failover: { wait: 20_000 } });
  const write = () => Shelf.objects.using(servers.nodes.db).create({ name: "new" });
  const lose = async (): Promise<void> => {
    await servers.nodes.proxies.primary.refuse();
    servers.nodes.proxies.primary.reset();
  };
  afterEach(async () => {
    const { nodes } = servers;
    nodes.proxies.primary.pass();
    await nodes.proxies.primary.accept().catch(() => undefined);
    await vi.waitUntil(() => nodes.db.nodes[0]?.isHealthy === true, { timeout: 15_000 });
    nodes.events.length = 0;
  });

  it("keeps reads going, and writes waiting that were not sent yet", async () => {
    const { nodes } = servers;
    await write();
    await nodes.proxies.primary.refuse();
    nodes.proxies.primary.cutAfter(0);
    // This one was sent, so that nobody can tell what became of it.
    await expect(write()).rejects.toBeInstanceOf(ConnectionError);
    await vi.waitUntil(() => nodes.events.some(({ type }) => type === "lost"), { timeout: 15_000 });
    const writing = write();
    expect(new Set(await nodes.readers(4))).toEqual(new Set(["first", "second"]));
    await nodes.proxies.primary.accept();
    expect((await writing).pk).toBeGreaterThan(1);
    expect(nodes.events.map(({ type, role }) => `${type} ${role}`)).toEqual(["lost primary", "restored primary"]);
  });

  it("does not repeat a write that was sent", async () => {
    const { nodes } = servers;
    await write();
    const count = () => Shelf.objects.using(nodes.db).using("primary").count();
    const before = await count();
    nodes.proxies.primary.cutAfter(0);
    await expect(write()).rejects.toBeInstanceOf(ConnectionError);
    expect((await count()) - before).toBeLessThanOrEqual(1);
  });

  it("nor a commit, whatever retries say", async () => {
    const { nodes } = servers;
    let runs = 0;
    await write();
    nodes.proxies.primary.resetOn("COMMIT", "after");
    const block = nodes.db.atomic(
      async () => {
        runs += 1;
        await write();
      },
      { retries: 3 },
    );
    await expect(block).rejects.toBeInstanceOf(CommitUnknownError);
    expect(runs).toBe(1);
  });

  it("runs a block again, where that is asked for, that was lost before its commit", async () => {
    const { nodes } = servers;
    let runs = 0;
    await write();
    const made = await nodes.db.atomic(
      async () => {
        runs += 1;
        const shelf = await write();
        if (runs === 1) nodes.proxies.primary.reset();
        await Shelf.objects.using(nodes.db).count();
        return shelf;
      },
      { retries: 3 },
    );
    expect(runs).toBe(2);
    expect(await Shelf.objects.using(nodes.db).using("primary").filter({ id: made.pk }).exists()).toBe(true);
  });

  it("is waited for no longer than failover.wait says, and no server takes its place that is none of its copies", async () => {
    const { nodes } = servers;
    await using db = new Database(nodes.proxies.primary.url, {
      replicas: [nodes.urls.first],
      failover: { wait: 100 },
    });
    await db.connect();
    await lose();
    const hasty = Shelf.objects.using(db).create({ name: "hasty" });
    await expect(hasty).rejects.toBeInstanceOf(ConnectionError);
    await expect(hasty).rejects.toThrow(/cannot be reached|was lost|is lost/);
    expect((await Shelf.objects.using(db).get({ id: 1 })).name).toBe("first");
    expect(await Shelf.objects.using(db).filter({ name: "hasty" }).count()).toBe(0);
  });

  it("with failover: false, an error is told at once", async () => {
    const { nodes } = servers;
    await using db = new Database(nodes.proxies.primary.url, { replicas: [nodes.urls.first], failover: false });
    await db.connect();
    await lose();
    await expect(Shelf.objects.using(db).create({ name: "x" })).rejects.toBeInstanceOf(ConnectionError);
    expect(db.nodes[0]).toMatchObject({ role: "primary", isHealthy: true });
    await nodes.proxies.primary.accept();
    await vi.waitUntil(() => Shelf.objects.using(db).create({ name: "x" }), { timeout: 10_000 });
  });

  it("closing ends the search", async () => {
    const { nodes } = servers;
    const db = new Database(nodes.proxies.primary.url, { replicas: [nodes.urls.first] });
    await db.connect();
    await lose();
    const waiting = Shelf.objects.using(db).create({ name: "x" });
    waiting.catch(() => undefined);
    await vi.waitUntil(() => db.nodes[0]?.isHealthy === false, { timeout: 10_000 });
    await db.close();
    await expect(waiting).rejects.toBeInstanceOf(ConnectionError);
  });
});
