// A thousand concurrent serializable transfers on a pool of ten: db.atomic with retries, and the same by hand with
// nothing but pg. Rounds take turns; the medians and their ratio are printed.
// Usage: node_modules/.bin/tsx bench/transfers.ts postgres://user:password@host/database
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Database, F, fields, manager, Model } from "dunder-orm";

const ROUNDS = 9;
const TRANSFERS = 1000;
const ACCOUNTS = 200;
const POOL = 10;
const RETRIES = 100;

class Account extends Model("bench_account", {
  id: fields.integer({ primaryKey: true }),
  balance: fields.integer(),
}) {
  static objects = manager(this);
}

interface Transfer {
  readonly from: number;
  readonly to: number;
}

const url = process.argv[2];
if (url === undefined) throw new Error("Usage: tsx bench/transfers.ts postgres://user:password@host/database");

const transfers: readonly Transfer[] = Array.from({ length: TRANSFERS }, (_, index) => ({
  from: 1 + ((index * 7919) % ACCOUNTS),
  to: 1 + ((index * 104_729 + 3) % ACCOUNTS),
}));

function withDunder(db: Database): (transfer: Transfer) => Promise<unknown> {
  return ({ from, to }) =>
    db.atomic(
      async () => {
        const { balance } = await Account.objects.get({ pk: from });
        await Account.objects.filter({ pk: from }).update({ balance: balance - 1 });
        await Account.objects.filter({ pk: to }).update({ balance: F("balance").add(1) });
      },
      { isolation: "serializable", retries: RETRIES },
    );
}

function withPg(pool: pg.Pool): (transfer: Transfer) => Promise<unknown> {
  const once = async (client: pg.PoolClient, { from, to }: Transfer): Promise<void> => {
    await client.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
    const read = { name: "read", text: "select id, balance from bench_account where id = $1", values: [from] };
    const { balance } = (await client.query<{ balance: number }>(read)).rows[0] as { balance: number };
    const set = "update bench_account set balance = $1 where id = $2";
    await client.query({ name: "set", text: set, values: [balance - 1, from] });
    const add = "update bench_account set balance = balance + $1 where id = $2";
    await client.query({ name: "add", text: add, values: [1, to] });
    await client.query("COMMIT");
  };
  return async (transfer) => {
    for (let attempt = 0; ; attempt += 1) {
      const client = await pool.connect();
      try {
        await once(client, transfer);
        return;
      } catch (error) {
        await client.query("ROLLBACK");
        if (!["40001", "40P01"].includes((error as { code: string }).code) || attempt >= RETRIES) throw error;
      } finally {
        client.release();
      }
      await sleep(Math.random() * Math.min(1000, 10 * 2 ** attempt));
    }
  };
}

async function timed(transfer: (one: Transfer) => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await Promise.all(transfers.map(transfer));
  return performance.now() - start;
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] as number;

const db = new Database(url, { pool: { max: POOL, acquireTimeout: 0 } });
const pool = new pg.Pool({ connectionString: url, max: POOL });
Account.bind(db);
await db.dropTables([Account], { safe: true });
await db.createTables([Account]);
await Account.objects.bulkCreate(Array.from({ length: ACCOUNTS }, () => ({ balance: 1000 })));
const [ours, bare] = [withDunder(db), withPg(pool)];
const times = { ours: [] as number[], bare: [] as number[] };
for (let round = -1; round < ROUNDS; round += 1) {
  // Each is first as often: what the server has to tidy up after one is in the other's time.
  const first = round % 2 === 0 ? await timed(ours) : await timed(bare);
  const second = round % 2 === 0 ? await timed(bare) : await timed(ours);
  if (round < 0) continue;
  times.ours.push(round % 2 === 0 ? first : second);
  times.bare.push(round % 2 === 0 ? second : first);
}
const [one, other] = [median(times.ours), median(times.bare)];
process.stdout.write(
  `db.atomic ${one.toFixed(0)} ms, pg ${other.toFixed(0)} ms: ${(one / other).toFixed(2)} times that of pg\n`,
);
await pool.end();
await db.dropTables([Account]);
await db.close();
