import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import {
  Count,
  Database,
  DatabaseError,
  F,
  fields,
  manager,
  Model,
  OperationalError,
  Sum,
  UniqueViolation,
} from "dunder-orm";
import { startMariadb } from "../support/servers/mariadb.js";
import type { StartedServer } from "../support/servers/started-server.js";
import { onCluster } from "./support/on-cluster.js";
import { spiderPlugins } from "./support/spider.js";
import { stopAll, useCluster } from "./support/use-cluster.js";

class Customer extends Model(
  "sp_customer",
  {
    name: fields.string({ maxLength: 40 }),
    region: fields.string({ maxLength: 10 }),
    spent: fields.decimal({ precision: 10, scale: 2, default: "0.00" }),
    joined: fields.datetime({ null: true }),
    orders: () => fields.hasMany(Order, "customer"),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

class Order extends Model("sp_order", {
  customer: () => fields.foreignKey(Customer, { onDelete: "do nothing" }),
  total: fields.decimal({ precision: 10, scale: 2 }),
}) {
  static objects = manager(this);
}

interface Shards {
  readonly head: string;
  readonly servers: readonly StartedServer[];
  stop(): Promise<void>;
}

/** A server in front of two others, which keep the customers by a hash of their keys; orders are on the one in front. */
async function startShards(plugins: string): Promise<Shards> {
  const spider = [`--plugin-dir=${plugins}`, "--plugin-load-add=ha_spider.so", "--plugin-maturity=alpha"];
  // It tries again after a second, and once more, unless told otherwise.
  const args = [...spider, "--loose-spider-connect-retry-interval=50"];
  const started = await Promise.allSettled([startMariadb({ args }), startMariadb(), startMariadb()]);
  const servers = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = () => stopAll(servers);
  try {
    const failed = started.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const [head, ...shards] = servers as [StartedServer, ...StartedServer[]];
    await using db = new Database(head.url);
    const partitions: string[] = [];
    let table = "";
    for (const [index, shard] of shards.entries()) {
      const { port, pathname } = new URL(shard.url);
      await using own = new Database(shard.url);
      await own.createTables([Customer]);
      const [shown] = await own.execute(sql<{ "Create Table": string }>`show create table sp_customer`);
      table = shown!["Create Table"];
      await db.execute(
        sql.raw(
          `create server shard${index} foreign data wrapper mysql options ` +
            `(host '127.0.0.1', database '${pathname.slice(1)}', user 'root', password '', port ${port})`,
        ),
      );
      partitions.push(`partition p${index} comment = 'srv "shard${index}"'`);
    }
    const columns = table.slice(0, table.lastIndexOf(")") + 1);
    const engine = `engine=spider default charset=utf8mb4 collate=utf8mb4_nopad_bin comment='wrapper "mysql", table "sp_customer"'`;
    await db.execute(sql.raw(`${columns} ${engine} partition by hash (id) (${partitions.join(", ")})`));
    await db.execute(
      sql`create table sp_order (id integer primary key auto_increment, customer_id integer not null, total decimal(10,2) not null)`,
    );
    return { head: head.url, servers, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

await onCluster("Shards behind MariaDB's Spider", spiderPlugins, (plugins) => {
  const cluster = useCluster(async () => {
    const shards = await startShards(plugins);
    const db = new Database(shards.head, { pool: { max: 4 } });
    for (const model of [Customer, Order]) model.bind(db);
    const stop = async () => {
      await db.close();
      await shards.stop();
    };
    return { ...shards, db, stop };
  });

  const countOn = async (index: number): Promise<number> => {
    await using own = new Database(cluster.it.servers[index]!.url);
    return await Customer.objects.using(own).count();
  };

  beforeEach(async () => {
    await Order.objects.delete({ all: true });
    await Customer.objects.delete({ all: true });
  });

  const some = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      ...{ name: `c${index} é😀`, region: index % 3 === 0 ? "north" : "south" },
      ...{ spent: `${index}.50`, joined: index % 2 === 0 ? null : new Date(Date.UTC(2026, 0, 1 + index)) },
    }));

  it("keeps new rows on both, and gives them their keys", async () => {
    const one = await Customer.objects.create({ name: "one", region: "north" });
    expect((await Customer.objects.get({ pk: one.pk })).spent).toBe("0.00");
    const many = await Customer.objects.bulkCreate(some(40));
    expect(new Set(many.map((row) => row.pk)).size).toBe(40);
    for (const row of many.slice(0, 5)) expect((await Customer.objects.get({ pk: row.pk })).name).toBe(row.name);
    const [first, second] = [await countOn(1), await countOn(2)];
    expect(first + second).toBe(41);
    expect(Math.min(first, second)).toBeGreaterThan(5);
  });

  it("finds, orders, counts and groups over all of them", async () => {
    await Customer.objects.bulkCreate(some(20));
    expect(await Customer.objects.filter({ name__icontains: "C1" }).count()).toBe(11);
    expect(await Customer.objects.filter({ joined__isnull: true, spent__gte: "10" }).count()).toBe(5);
    expect(await Customer.objects.exclude({ region: "north" }).count()).toBe(13);
    expect(await Customer.objects.filter({ joined__day__in: [2, 4] }).count()).toBe(2);
    const names = await Customer.objects.orderBy("-spent").slice(1, 4).valuesList("name", { flat: true }).all();
    expect(names).toEqual(["c18 é😀", "c17 é😀", "c16 é😀"]);
    expect(await Customer.objects.aggregate({ all: Sum("spent"), n: Count("*") })).toEqual({ all: "200.00", n: 20 });
    const grouped = await Customer.objects
      .values("region")
      .annotate({ n: Count("*") })
      .orderBy("region")
      .all();
    expect(grouped).toEqual([
      { region: "north", n: 7 },
      { region: "south", n: 13 },
    ]);
    const streamed: string[] = [];
    for await (const row of Customer.objects.iterator({ chunkSize: 3 })) streamed.push(row.name);
    expect(streamed).toHaveLength(20);
  });

  it("joins them with tables on the server in front, and fetches along", async () => {
    const [a, b] = await Customer.objects.bulkCreate(some(2));
    await Order.objects.bulkCreate([
      { customer: a!, total: "1.00" },
      { customer: a!, total: "2.00" },
      { customer: b!, total: "4.00" },
    ]);
    expect(await Order.objects.filter({ customer__name__startswith: "c0" }).count()).toBe(2);
    const [order] = await Order.objects.selectRelated("customer").filter({ total: "4.00" }).all();
    expect(order!.customer.name).toBe("c1 é😀");
    const customers = await Customer.objects.prefetchRelated("orders").all();
    expect(customers.map((row) => row.orders.length)).toEqual([2, 1]);
  });

  it("updates and deletes, by key, by condition and many at once", async () => {
    const rows = await Customer.objects.bulkCreate(some(10));
    await rows[0]!.update({ region: "west" });
    expect(await Customer.objects.filter({ region: "south" }).update({ spent: F("spent").add(1) })).toBe(6);
    for (const row of rows) row.region = "east";
    await Customer.objects.bulkUpdate(rows, ["region"]);
    expect(await Customer.objects.filter({ region: "east" }).count()).toBe(10);
    await rows[1]!.delete();
    // Spider deletes, and tells that it were no rows.
    expect(await Customer.objects.filter({ spent__gt: "5" }).delete()).toMatchObject({ total: 0 });
    const [row, isNew] = await Customer.objects.getOrCreate({ name: "c0 é😀" }, { defaults: { region: "x" } });
    expect([row.region, isNew]).toEqual(["east", false]);
    expect(await Customer.objects.count()).toBe(3);
  });

  it("commits on all of them together, and undoes on all of them", async () => {
    const { db } = cluster.it;
    await expect(
      db.atomic(async () => {
        await Customer.objects.bulkCreate(some(10));
        expect(await Customer.objects.count()).toBe(10);
        throw new Error("undo");
      }),
    ).rejects.toThrow("undo");
    expect([await countOn(1), await countOn(2)]).toEqual([0, 0]);
    await db.atomic(async () => {
      await Customer.objects.bulkCreate(some(4));
      expect(await Customer.objects.selectForUpdate().filter({ region: "south" }).count()).toBe(2);
    });
    expect((await countOn(1)) + (await countOn(2))).toBe(4);
  });

  it("takes no nested block, which is a savepoint: the whole is undone", async () => {
    const { db } = cluster.it;
    const nested = db.atomic(async () => {
      await Customer.objects.bulkCreate(some(2));
      await db.atomic(() => Customer.objects.count());
    });
    await expect(nested).rejects.toThrow(DatabaseError);
    await expect(nested).rejects.toThrow("SAVEPOINT");
    expect(await Customer.objects.count()).toBe(0);
  });

  it("tells errors of constraints", async () => {
    const [row] = await Customer.objects.bulkCreate(some(1));
    const again = new Customer({ id: row!.pk, name: "again", region: "x" });
    const error: unknown = await again.save({ forceInsert: true }).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UniqueViolation);
    expect(error).toMatchObject({ code: 1062 });
  });

  it("goes on without a shard that is gone: what needs it fails within a second, the rest works", async () => {
    const { servers } = cluster.it;
    const rows = await Customer.objects.bulkCreate(some(20));
    await using own = new Database(servers[1]!.url);
    const kept = new Set(await Customer.objects.using(own).valuesList("id", { flat: true }).all());
    await own.close();
    const [dead, alive] = [rows.find((row) => kept.has(row.id))!, rows.find((row) => !kept.has(row.id))!];
    await servers[1]!.stop();
    for (const ask of [() => Customer.objects.get({ pk: dead.pk }), () => Customer.objects.count()]) {
      const start = performance.now();
      const error: unknown = await ask().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(DatabaseError);
      expect(error).toBeInstanceOf(OperationalError);
      expect(performance.now() - start).toBeLessThan(1000);
    }
    expect((await Customer.objects.get({ pk: alive.pk })).name).toBe(alive.name);
    expect(await Order.objects.count()).toBe(0);
  });
});
