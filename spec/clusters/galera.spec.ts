import { sql } from "kysely";
import { createConnection } from "mysql2/promise";
import { beforeAll, describe, expect, it } from "vitest";
import { Database, DeadlockError, F, fields, manager, Model, OperationalError, QueryTimeoutError } from "dunder-orm";
import { namedLock } from "dunder-orm/mysql";
import { runBehaviour, SUITE_TIMEOUT } from "./support/behaviour-suite.js";
import { eventually } from "./support/eventually.js";
import { galeraPrograms, startGalera } from "./support/galera.js";
import { onCluster } from "./support/on-cluster.js";
import { spreadOver } from "./support/spread.js";
import { useCluster } from "./support/use-cluster.js";

class Account extends Model("ga_account", {
  name: fields.string({ maxLength: 40 }),
  balance: fields.integer({ default: 0 }),
}) {
  static objects = manager(this);
}

/** Specs that count on keys that come one after another, which nodes do not give as long as all are written. */
const OF_KEYS = [
  ...["connecting/databases", "databases/round-trips", "extensions/mysql/tables"],
  ...["expressions/extending", "expressions/querysets", "expressions/raw", "expressions/where"],
  ...["relations/many-to-many-lookups", "replicas/*", "rows/creating", "rows/keys", "rows/raw-rows", "rows/told-rows"],
  ...["seed", "semantics/aggregates", "semantics/expressions", "sets/ctes", "sets/operations"],
];
/** Specs of writers at the same time: on several nodes one of them loses, as is shown below, where on one server it waits. */
const OF_RACES = [
  ...["inheritance/versions", "relations/on-delete-fine-points", "relations/related-managers"],
  ...[
    "relations/variant-conflicts",
    "rows/placing",
    "rows/upsert",
    "rows/versions",
    "semantics/writes",
    "transactions/concurrent",
  ],
];
/** Specs that look at other sessions, wait for their locks or end them, which are all of one node; or have little time. */
const OF_SESSIONS = [
  "connecting/faults",
  ...["connecting/pools", "databases/connections", "databases/errors", "errors/faults/*"],
  "extensions/mysql/named-lock",
  ...["broken", "isolation", "leaks", "limits", "locks"].map((name) => `transactions/${name}`),
];
/** Each time; DUNDER_TEST_SUITE=whole runs all of it there, too. */
const OF_ONE_NODE = [...OF_KEYS, ...OF_RACES];
/** What a node that is cut off answers with. */
const ALONE = new Set<unknown>([1047, 1205]);
const files = (names: readonly string[]) => names.map((name) => `${name}.spec.ts`);

await onCluster("Galera, three nodes", galeraPrograms, (programs) => {
  const cluster = useCluster(() => startGalera(programs));
  const url = (index: number): string => cluster.it.nodes[index]!.url;

  it("passes the behaviour suite, spread over nodes in step", { timeout: SUITE_TIMEOUT }, async () => {
    for (const index of [0, 1, 2]) {
      await using db = new Database(url(index));
      await db.execute(sql`set global wsrep_sync_wait = 15`);
    }
    const spread = await spreadOver([0, 1, 2].map(url));
    try {
      const result = await runBehaviour({
        ...{ engine: "mysql", url: spread.url, exclude: files([...OF_KEYS, ...OF_RACES, ...OF_SESSIONS]) },
        part: ["iteration", "relations", "sets"],
      });
      expect(result.failed).toEqual([]);
      expect(result.passed).toBeGreaterThan(300);
      expect(Math.min(...spread.served)).toBeGreaterThan(20);
    } finally {
      await spread.stop();
    }
  });

  it("passes it on one node that alone is written", { timeout: SUITE_TIMEOUT }, async () => {
    await using db = new Database(url(0), { pool: { max: 1 } });
    await db.execute(sql`set global wsrep_auto_increment_control = off`);
    await db.execute(sql`set global auto_increment_increment = 1`);
    await db.execute(sql`set global auto_increment_offset = 1`);
    // Nobody else writes what it would wait for.
    await db.execute(sql`set global wsrep_sync_wait = 0`);
    try {
      const result = await runBehaviour({ engine: "mysql", url: url(0), part: files(OF_ONE_NODE) });
      expect(result.failed).toEqual([]);
      expect(result.passed).toBeGreaterThan(300);
    } finally {
      await db.execute(sql`set global wsrep_auto_increment_control = on`);
    }
  });

  it("has statements stopped on the node that runs them, and no one else's", async () => {
    const bystanders = await Promise.all(
      Array.from({ length: 60 }, (_, index) => createConnection({ uri: url(index % 3) })),
    );
    const spread = await spreadOver([0, 1, 2].map(url));
    try {
      const sleeping = bystanders.map((connection) => connection.query("select sleep(6) as woken"));
      for (let round = 0; round < 6; round++) {
        await using db = new Database(spread.url);
        const stopped = db.execute(sql`select sleep(50)`, { timeout: 100 });
        await expect(stopped).rejects.toThrow(QueryTimeoutError);
      }
      for (const [rows] of await Promise.all(sleeping)) expect(rows).toEqual([{ woken: 0 }]);
      for (const index of [0, 1, 2]) {
        await using direct = new Database(url(index));
        const going = sql`select id from information_schema.processlist where info like '%sleep(50)%' and id <> connection_id()`;
        expect(await direct.execute(going)).toEqual([]);
      }
    } finally {
      await spread.stop();
      for (const connection of bystanders) connection.destroy();
    }
  });

  describe("written on different nodes", () => {
    let nodes: Database[];

    beforeAll(async () => {
      nodes = [0, 1, 2].map((index) => new Database(url(index)));
      for (const node of nodes) await node.execute(sql`set global wsrep_sync_wait = 1`);
      nodes = await Promise.all(
        nodes.map(async (node, index) => {
          // Sessions from now on have what was set.
          await node.close();
          return new Database(url(index));
        }),
      );
      Account.bind(nodes[0]!);
      await nodes[0]!.createTables([Account]);
      return () => Promise.all(nodes.map((node) => node.close()));
    });

    const on = (index: number) => Account.objects.using(nodes[index]!);

    it("shows on one node at once what was written on another, where wsrep_sync_wait says so", async () => {
      for (let round = 0; round < 100; round++) {
        const { pk } = await on(round % 3).create({ name: `round ${round}` });
        expect((await on((round + 1) % 3).get({ pk })).name).toBe(`round ${round}`);
      }
    });

    it("gives keys in steps, which are told right, of many rows too", async () => {
      const made = await Promise.all(
        [0, 1, 2].map((index) => on(index).bulkCreate([1, 2, 3].map((n) => ({ name: `${index}.${n}` })))),
      );
      const keys = made.flat().map((row) => row.pk);
      expect(new Set(keys).size).toBe(9);
      expect(new Set(made.map(([first]) => first!.pk % 3)).size).toBe(3);
      for (const row of made.flat()) expect((await on(0).get({ pk: row.pk })).name).toBe(row.name);
    });

    it("certifies commits that conflict: one is kept, the other is a DeadlockError", async () => {
      const { pk } = await on(0).create({ name: "torn", balance: 0 });
      await on(1).get({ pk });
      const [first, second] = await Promise.all([nodes[0]!.transaction(), nodes[1]!.transaction()]);
      await first.run(() => on(0).filter({ pk }).update({ balance: 1 }));
      await second.run(() => on(1).filter({ pk }).update({ balance: 2 }));
      await first.commit();
      const error: unknown = await second.commit().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(DeadlockError);
      expect((error as DeadlockError).code).toBe(1213);
      expect((error as DeadlockError).message).toContain("retries");
      expect((await on(2).get({ pk })).balance).toBe(1);
    });

    it("has locks of a node's own: another node's write is told at the end, and wins", async () => {
      const { pk } = await on(0).create({ name: "locked", balance: 0 });
      const torn = nodes[0]!.atomic(async () => {
        const row = await on(0).selectForUpdate().get({ pk });
        await nodes[1]!.atomic(() => on(1).selectForUpdate({ nowait: true }).get({ pk }));
        await on(1).filter({ pk }).update({ balance: 2 });
        row.balance = 1;
        await row.save();
      });
      await expect(torn).rejects.toThrow(DeadlockError);
      expect((await on(2).get({ pk })).balance).toBe(2);
      const both = namedLock(nodes[0]!, "galera", () => namedLock(nodes[1]!, "galera", () => "too", { timeout: 5000 }));
      expect(await both).toBe("too");
    });

    it("runs blocks again that lost, until all are kept", async () => {
      const { pk } = await on(0).create({ name: "counter", balance: 0 });
      let runs = 0;
      const add = (index: number) =>
        nodes[index]!.atomic(
          async () => {
            runs += 1;
            const { balance } = await on(index).get({ pk });
            await on(index)
              .filter({ pk, balance })
              .update({ balance: F("balance").add(1) });
          },
          { retries: 50 },
        );
      await Promise.all(Array.from({ length: 30 }, (_, n) => add(n % 3)));
      // Nothing is lost: what read an old balance changed no row, or was undone and run again.
      const counted = (await on(0).get({ pk })).balance;
      expect(counted).toBeGreaterThan(0);
      expect(runs).toBeGreaterThanOrEqual(30);
      const sure = (index: number) =>
        nodes[index]!.atomic(
          () =>
            on(index)
              .filter({ pk })
              .update({ balance: F("balance").add(1) }),
          { retries: 50 },
        );
      const done = await Promise.all(Array.from({ length: 30 }, (_, n) => sure(n % 3)));
      expect(done).toEqual(done.map(() => 1));
      expect((await on(2).get({ pk })).balance).toBe(counted + 30);
    });
  });

  it("refuses to work without the others, and says so", async () => {
    const [, second, third] = cluster.it.nodes;
    await using db = new Database(url(0));
    Account.bind(db);
    await db.createTables([Account]);
    await Account.objects.create({ name: "before" });
    // Losses are noticed in 2 s instead of 15; while the nodes joined, a busy machine would have passed for a loss.
    await db.execute(
      sql`set global wsrep_provider_options = 'evs.suspect_timeout=PT1S;evs.inactive_timeout=PT2S;evs.install_timeout=PT2S'`,
    );
    await Promise.all([second!.kill(), third!.kill()]);
    // Until it has given the others up, it waits for them, or answers as it did.
    const refused = await eventually(
      "the node left alone refuses",
      async () => {
        await Account.objects.count().catch((error: unknown) => {
          // A statement that is new to the connection is prepared, which the server refuses by the words of a lock's wait.
          if (!ALONE.has((error as OperationalError).code)) throw error;
        });
        const error: unknown = await Account.objects.create({ name: "after" }).then(
          () => null,
          (reason: unknown) => reason,
        );
        if (error !== null && (error as OperationalError).code !== 1047) throw error as Error;
        return error;
      },
      { within: 50_000, every: 500 },
    );
    expect(refused).toBeInstanceOf(OperationalError);
    expect((refused as Error).message).toMatch(/cut off from its cluster/);
    await expect(Account.objects.create({ name: "after" })).rejects.toThrow(OperationalError);
  });
});
