import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ConfigurationError, Database, type DatabaseOptions, type NodeEvent, type QueryEvent } from "dunder-orm";
import { eventually } from "./eventually.js";
import { Entry, Load } from "./load.js";
import type { ClusterServer, ReplicaCluster } from "./replica-cluster.js";

/**
 * What holds on a real primary with two replicas, and through the loss of it. The order is that of the story told.
 * `knowsSuccessors`: servers tell which of two that take writes was promoted after the other.
 */
export function replicaSuite(cluster: { readonly it: ReplicaCluster }, knowsSuccessors: boolean): void {
  const open: Database[] = [];
  const connect = (options: DatabaseOptions = {}): Database => {
    const { primary, replicas } = cluster.it;
    const db = new Database(primary.url, { replicas: replicas.map((replica) => replica.url), ...options });
    open.push(db);
    return db;
  };
  afterEach(async () => {
    for (const db of open.splice(0)) await db.close();
  });
  const copied = (db: Database, token: number): Promise<true> =>
    eventually("both replicas have it", async () => {
      const seen = [1, 2].map(() => Entry.objects.using(db).filter({ token }).exists());
      return (await Promise.all(seen)).every(Boolean);
    });

  beforeAll(async () => {
    const db = connect();
    await db.createTables([Entry]);
    await Entry.objects.using(db).using("primary").create({ token: -1 });
    await eventually("the table is copied", () => copied(db, -1));
  });

  it("reads on both replicas in turn, and writes on the primary", async () => {
    const queries: QueryEvent[] = [];
    const db = connect({ onQuery: (query) => queries.push(query) });
    for (let count = 0; count < 4; count += 1) await Entry.objects.using(db).count();
    await Entry.objects.using(db).create({ token: -2 });
    const [first, second] = cluster.it.replicas;
    const counts = queries.map(({ node }) => node?.address);
    expect(counts.slice(0, 4).sort()).toEqual([first.address, first.address, second.address, second.address].sort());
    expect(counts[4]).toBe(cluster.it.primary.address);
  });

  it("runs on the primary what a replica refuses, since it writes", async () => {
    const queries: QueryEvent[] = [];
    const db = connect({ onQuery: (query) => queries.push(query) });
    const { admin, primary } = cluster.it;
    for (const statement of WRITING_FUNCTION[db.engine.name as "postgres" | "mysql"]) await admin(primary, statement);
    await eventually("the function is copied", async () => {
      const text = sql<{ token: number }>`select write_an_entry() as token`;
      return (await db.execute(text))[0]?.token === -3;
    });
    expect(queries.at(-1)?.node).toEqual({ role: "primary", address: primary.address });
    expect(await Entry.objects.using(db).using("primary").filter({ token: -3 }).count()).toBeGreaterThan(0);
  });

  describe("replicas that are behind", () => {
    it("are stale by themselves, and never to whoever wrote: by time", async () => {
      const db = connect({ readYourWrites: false });
      await cluster.it.pause();
      try {
        await db.readYourWrites(async () => {
          await Entry.objects.using(db).create({ token: -10 });
          for (let count = 0; count < 4; count += 1) {
            expect(await Entry.objects.using(db).filter({ token: -10 }).count()).toBe(1);
          }
        });
        expect(await Entry.objects.using(db).filter({ token: -10 }).count()).toBe(0);
        expect(await Entry.objects.using(db).using("primary").filter({ token: -10 }).count()).toBe(1);
      } finally {
        await cluster.it.resume();
      }
      await copied(db, -10);
    });

    it("by position: they are asked once they have it", async () => {
      const queries: QueryEvent[] = [];
      const db = connect({
        readYourWrites: { by: "position", wait: 50 },
        onQuery: (query) => queries.push(query),
      });
      const count = () => Entry.objects.using(db).filter({ token: -11 }).count();
      await db.connect();
      await cluster.it.pause();
      try {
        await db.atomic(() => Entry.objects.using(db).create({ token: -11 }));
        expect(await count()).toBe(1);
        expect(queries.at(-1)?.node?.role).toBe("primary");
      } finally {
        await cluster.it.resume();
      }
      await eventually("a replica answers", async () => {
        expect(await count()).toBe(1);
        return queries.at(-1)?.node?.role === "replica";
      });
    });

    it("waits for one that is a little behind", async () => {
      const queries: QueryEvent[] = [];
      const db = connect({
        readYourWrites: { by: "position", wait: 20_000 },
        onQuery: (query) => queries.push(query),
      });
      await db.connect();
      await cluster.it.pause();
      await Entry.objects.using(db).create({ token: -12 });
      const counting = Entry.objects.using(db).filter({ token: -12 }).count();
      await cluster.it.resume();
      expect(await counting).toBe(1);
      expect(queries.at(-1)?.node?.role).toBe("replica");
    });

    it("no stale read among hundreds that follow a write", async () => {
      const db = connect({ readYourWrites: { by: "position" } });
      for (let token = -100; token > -200; token -= 1) {
        await Entry.objects.using(db).create({ token });
        expect(await Entry.objects.using(db).filter({ token }).count()).toBe(1);
      }
    });
  });

  describe("a replica that is named as the primary", () => {
    it("is refused", async () => {
      const [first, second] = cluster.it.replicas;
      const db = new Database(first.url, { replicas: [second.url] });
      open.push(db);
      await expect(db.connect()).rejects.toThrow(ConfigurationError);
      await expect(db.connect()).rejects.toThrow(
        `The server at ${first.address} is named as the primary, and takes no writes`,
      );
    });

    it("gives way, where the primary is among the replicas", async () => {
      const [first, second] = cluster.it.replicas;
      const { primary } = cluster.it;
      const events: NodeEvent[] = [];
      const replicas = [primary.url, second.url];
      const db = new Database(first.url, { replicas, onNode: (event) => events.push(event) });
      open.push(db);
      await Entry.objects.using(db).create({ token: -20 });
      expect(events[0]).toMatchObject({ type: "promoted", address: primary.address });
      expect(db.nodes[0]).toEqual({ role: "primary", address: primary.address, isHealthy: true });
      const strict = new Database(first.url, { replicas, failover: false });
      open.push(strict);
      await expect(strict.connect()).rejects.toThrow(ConfigurationError);
    });
  });

  describe("when the primary is lost", () => {
    const events: NodeEvent[] = [];
    let db: Database;
    let next: ClusterServer;
    beforeAll(() => {
      const { primary, replicas } = cluster.it;
      const urls = replicas.map((replica) => replica.url);
      db = new Database(primary.url, { replicas: urls, onNode: (event) => events.push(event), pool: { max: 6 } });
    });
    afterAll(() => db.close());

    it("writes go on within two seconds of a promotion, and nothing acknowledged is lost or doubled", async () => {
      await db.connect();
      const load = new Load(db);
      await eventually("they write", () => load.acknowledged.length > 50);
      await cluster.it.killPrimary();
      await sleep(300);
      const promotion = await cluster.it.promote();
      next = promotion.server;
      const later = (): typeof load.acknowledged => load.acknowledged.filter(({ at }) => at > promotion.at);
      await eventually("they write again", () => later().length > 50);
      await load.stop();
      expect(load.surprises).toEqual([]);
      const resumed = later()[0]!.at - promotion.at;
      console.log(`Writes went on ${resumed.toFixed(0)} ms after the promotion: ${summary(load)}.`);
      expect(resumed).toBeLessThan(2000);
      expect(events.map(({ type, address }) => [type, address])).toEqual([
        ["lost", cluster.it.primary.address],
        ["promoted", next.address],
      ]);
      expect(db.nodes[0]).toEqual({ role: "primary", address: next.address, isHealthy: true });

      const rows = Entry.objects.using(db).using("primary").filter({ token__gt: 0 });
      const written = await rows.valuesList("token", { flat: true }).all();
      const tokens = new Set(written);
      expect(written).toHaveLength(tokens.size);
      const lost = load.acknowledged.filter(({ token }) => !tokens.has(token));
      expect(lost.map(({ token }) => token)).toEqual([]);
    });

    it("a process that starts then finds its way, or says what is wrong", async () => {
      const later = connect();
      if (!knowsSuccessors) {
        await expect(later.connect()).rejects.toThrow(`${cluster.it.primary.address} cannot be reached`);
        return;
      }
      await Entry.objects.using(later).create({ token: -30 });
      expect(later.nodes[0]?.address).toBe(next.address);
    });

    it("the old primary, back and unaware, is neither written nor read", async () => {
      const { primary, admin, startOldPrimary } = cluster.it;
      await startOldPrimary();
      const healthy = () => db.nodes.filter((node) => node.isHealthy).map((node) => node.address);
      const asked = db.nodes.length;
      // Long enough for it to have been looked at several times.
      await sleep(700);
      expect(asked).toBe(3);
      expect(healthy()).not.toContain(primary.address);
      await Entry.objects.using(db).create({ token: -31 });
      if (knowsSuccessors) {
        const later = connect();
        await Entry.objects.using(later).create({ token: -32 });
        expect(later.nodes[0]?.address).toBe(next.address);
      }
      const table = db.engine.name === "mysql" ? "dunder.cluster_entry" : "cluster_entry";
      const [[strays] = []] = await admin(primary, `select count(*) from ${table} where token in (-30, -31, -32)`);
      expect(Number(strays)).toBe(0);
    });

    it("reads go to the replica that is left", async () => {
      const other = cluster.it.replicas.find((replica) => replica !== next)!;
      const copy = () => Entry.objects.using(db).filter({ token: -31 }).exists();
      await eventually("it copies the new primary", copy);
      expect(db.nodes.filter((node) => node.role === "replica" && node.isHealthy)).toEqual([
        { role: "replica", address: other.address, isHealthy: true },
      ]);
    });
  });
}

function summary({ acknowledged, unknown, failed, reads }: Load): string {
  return `${acknowledged.length} acknowledged, ${unknown.length} unknown, ${failed.length} failed, ${reads} reads`;
}

const WRITING_FUNCTION = {
  postgres: [
    `create function write_an_entry() returns int language sql volatile
       as 'insert into cluster_entry (token) values (-3) returning token'`,
  ],
  mysql: [
    `create function dunder.write_an_entry() returns int modifies sql data
       begin insert into dunder.cluster_entry (token) values (-3); return -3; end`,
  ],
};
