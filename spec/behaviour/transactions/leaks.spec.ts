import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { beforeAll, expect, it } from "vitest";
import {
  AbortError,
  DeadlockError,
  F,
  fields,
  LockNotAvailable,
  manager,
  Model,
  QueryTimeoutError,
  SerializationError,
} from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";

class Account extends Model("account", { id: fields.integer({ primaryKey: true }), balance: fields.integer() }) {
  static objects = manager(this);
}

const POOL = 10;
const ACCOUNTS = 200;
const TRANSFERS = 1000;

class ChangedMind extends Error {}

/** The same numbers in every run. */
function drawer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

interface Pooled {
  acquire(): unknown;
  release(connection: unknown): void;
}

onEngines("A thousand serializable transfers", (engine) => {
  const holder = useDatabase(engine, [Account], { pool: { max: POOL, acquireTimeout: 60_000 } });
  beforeAll(() => Account.objects.bulkCreate(Array.from({ length: ACCOUNTS }, () => ({ balance: 1000 }))));

  it(
    "that throw, abort and run out of time leave the sum as it was, and nothing open",
    { timeout: 120_000 },
    async () => {
      const { db } = holder;
      const draw = drawer(7);
      const outcomes = new Map<string, number>();
      const transfer = async (): Promise<void> => {
        const [from, to, fate, amount] = [1 + draw(ACCOUNTS), 1 + draw(ACCOUNTS), draw(10), 1 + draw(9)];
        const controller = new AbortController();
        const limits = fate === 1 ? { timeout: 5 + draw(200) } : fate === 2 ? { signal: controller.signal } : {};
        if (fate === 2) setTimeout(() => controller.abort(), draw(300));
        await db.atomic(
          async () => {
            const giver = await Account.objects.get({ pk: from });
            await giver.update({ balance: giver.balance - amount });
            if (fate === 0) throw new ChangedMind();
            if (fate === 3) await db.atomic(() => Promise.reject(new ChangedMind())).catch(() => undefined);
            await Account.objects.filter({ pk: to }).update({ balance: F("balance").add(amount) });
          },
          { isolation: "serializable", retries: 100, ...limits },
        );
      };
      const kinds = [ChangedMind, AbortError, QueryTimeoutError, SerializationError, DeadlockError, LockNotAvailable];
      await Promise.all(
        Array.from({ length: TRANSFERS }, async () => {
          const outcome = await transfer().then(
            () => "done",
            (error: unknown) => kinds.find((kind) => error instanceof kind)?.name ?? String(error),
          );
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }),
      );
      const known = ["done", ...kinds.map((kind) => kind.name)];
      expect([...outcomes.keys()].filter((outcome) => !known.includes(outcome))).toEqual([]);
      expect(outcomes.get("done")).toBeGreaterThan(TRANSFERS / 2);
      expect(outcomes.get("ChangedMind")).toBeGreaterThan(50);
      const balances = await Account.objects.valuesList("balance", { flat: true }).all();
      expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(ACCOUNTS * 1000);
      expect(await openTransactions()).toBe(0);
      const { pool } = db as unknown as { pool: Pooled };
      const connections = await Promise.all(
        Array.from({ length: engine.name === "sqlite" ? 1 : POOL }, () => pool.acquire()),
      );
      expect(new Set(connections).size).toBe(connections.length);
      for (const connection of connections) pool.release(connection);
    },
  );

  /** As the server counts those of this database. A session that was given up takes it a moment to end. */
  async function openTransactions(): Promise<number> {
    const { db } = holder;
    if (engine.name === "sqlite") return 0;
    const query =
      engine.name === "postgres"
        ? sql<{ n: unknown }>`select count(*) as n from pg_stat_activity
            where datname = current_database() and xact_start is not null and pid <> pg_backend_pid()`
        : sql<{ n: unknown }>`select count(*) as n from information_schema.innodb_trx t
            join information_schema.processlist p on p.id = t.trx_mysql_thread_id
            where p.db = database() and p.id <> connection_id()`;
    for (let attempt = 0; ; attempt += 1) {
      const open = Number((await db.execute(query))[0]?.n);
      if (open === 0 || attempt === 50) return open;
      await sleep(20);
    }
  }
});
