import { sql } from "kysely";
import type { TestEngine } from "../../../support/engines.js";
import { type Fault, LaxPet, NUMBER, Owner, Pet, SECRET, type Site } from "./site.js";

/** Runs something beside a transaction that holds the lock of the first owner. */
async function besideALock(site: Site, work: () => Promise<unknown>): Promise<unknown> {
  const other = site.open();
  return other.atomic(async () => {
    await Owner.objects.using(other).filter({ id: 1 }).update({ age: 5 });
    return work();
  });
}

async function sessionOf(site: Site): Promise<number> {
  const [row] = await site.db.execute(sql<{ id: number }>`select connection_id() as id`);
  return row!.id;
}

/** Those of either server, whose own numbers differ for some. */
export function mysqlFaults(label: TestEngine["label"]): Fault[] {
  return label === "MariaDB" ? [...shared(label), ...mariadbFaults] : shared(label);
}

const shared = (label: TestEngine["label"]): Fault[] => [
  {
    name: "a text that is too long",
    error: "DataError",
    code: 1406,
    table: "pet",
    columns: ["tag"],
    says: /too long/,
    raise: () => LaxPet.objects.filter({ id: 1 }).update({ tag: SECRET.repeat(20) }),
  },
  {
    name: "a number that is too large",
    error: "DataError",
    code: 1264,
    table: "pet",
    columns: ["age"],
    says: /Out of range/,
    raise: () => LaxPet.objects.filter({ id: 1 }).update({ age: BigInt(NUMBER) * 1000n }),
  },
  {
    name: "a sum that is too large",
    error: "DataError",
    code: 1690,
    says: /out of range/,
    raise: ({ db }) =>
      db.execute(sql`select cast(${9_223_372_036_854_775_807n} as signed) + cast(${NUMBER} as signed)`),
  },
  {
    name: "a division by zero that is written",
    error: "DataError",
    code: 1365,
    raise: ({ db }) => db.execute(sql`update pet set age = ${NUMBER} / 0`),
  },
  {
    name: "text for a number",
    error: "DataError",
    code: 1366,
    table: "pet",
    columns: ["age"],
    says: /Incorrect integer value for column/,
    raise: ({ db }) => db.execute(sql`update pet set age = ${SECRET}`),
  },
  {
    name: "text for a moment",
    error: "DataError",
    raise: async ({ db }) => {
      await db.execute(sql`create table if not exists visit (at datetime)`);
      await db.execute(sql`insert into visit values (${SECRET})`);
    },
  },
  {
    name: "a day that no month has",
    error: "DataError",
    code: 1292,
    columns: ["at"],
    raise: async ({ db }) => {
      await db.execute(sql`create table if not exists visit (at datetime)`);
      await db.execute(sql`insert into visit values (${"2024-02-31"})`);
    },
  },
  {
    name: "a number that text begins with",
    error: "DataError",
    code: 1292,
    says: /Truncated incorrect/,
    raise: ({ db }) => db.execute(sql`update pet set kind = 'x' where tag + ${NUMBER} = 0`),
  },
  {
    name: "a function that is not there",
    error: "DatabaseError",
    code: 1305,
    says: /no_such_function/,
    raise: ({ db }) => db.execute(sql`select no_such_function(${SECRET})`),
  },
  {
    name: "a table that is there already",
    error: "DatabaseError",
    code: 1050,
    raise: ({ db }) => db.execute(sql`create table owner (id integer)`),
  },
  {
    name: "a lock that is not free, and NOWAIT",
    error: "LockNotAvailable",
    code: label === "MySQL" ? 3572 : 1205,
    says: label === "MySQL" ? /NOWAIT is set/ : /was not to wait for it/,
    raise: (site) =>
      besideALock(site, () =>
        site.db.atomic(() => Owner.objects.filter({ name: SECRET }).selectForUpdate({ nowait: true }).all()),
      ),
  },
  {
    name: "a lock that is not free in time",
    error: "LockNotAvailable",
    code: 1205,
    says: /held the lock for too long; this statement alone was undone/,
    raise: (site) =>
      besideALock(site, () =>
        site.db.atomic(async () => {
          await site.run("set innodb_lock_wait_timeout = 1");
          await Owner.objects.filter({ name: SECRET }).update({ age: 1 });
        }),
      ),
  },
  {
    name: "a deadlock",
    error: "DeadlockError",
    code: 1213,
    says: /retries: 3/,
    raise: async (site) => {
      const other = site.open();
      const crossing = async (db: typeof other, first: number, second: number, met: () => Promise<void>) =>
        db.atomic(async () => {
          await Pet.objects.using(db).filter({ id: first }).update({ age: 2 });
          await met();
          await Pet.objects.using(db).filter({ id: second }).update({ kind: "dog" });
        });
      const both = meeting();
      const ends = await Promise.allSettled([crossing(site.db, 1, 2, both), crossing(other, 2, 1, both)]);
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    },
  },
  {
    name: "a statement that takes too long",
    error: "QueryTimeoutError",
    code: label === "MySQL" ? 3024 : 1969,
    says: /statementTimeout/,
    raise: (site) => site.open({ statementTimeout: 30 }).execute(sql`select sleep(30), ${SECRET} from owner`),
  },
  {
    name: "a statement cancelled on the server",
    error: "QueryTimeoutError",
    code: 1317,
    says: /cancelled/,
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        const id = await sessionOf(site);
        const end = busy(other, id).then(() => other.execute(sql.raw(`kill query ${id}`)));
        await Promise.all([site.db.execute(sql`select ${SECRET}, sleep(30) from owner`), end]);
      });
    },
  },
  {
    name: "a connection ended on the server",
    error: "ConnectionError",
    says: label === "MySQL" ? /MySQL/ : /MariaDB/,
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        const id = await sessionOf(site);
        const end = busy(other, id).then(() => other.execute(sql.raw(`kill ${id}`)));
        await Promise.all([site.db.execute(sql`select ${SECRET}, sleep(30) from owner`), end]);
      });
    },
  },
  {
    name: "a connection ended while a transaction was idle",
    error: "ConnectionError",
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        const id = await sessionOf(site);
        await other.execute(sql.raw(`kill ${id}`));
        await gone(other, id);
        await Owner.objects.filter({ name: SECRET }).all();
      });
    },
  },
  {
    name: "a connection ended before COMMIT",
    error: "CommitUnknownError",
    sql: false,
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        await Owner.objects.filter({ name: SECRET }).update({ age: 3 });
        const id = await sessionOf(site);
        await other.execute(sql.raw(`kill ${id}`));
        await gone(other, id);
      });
    },
  },
  {
    name: "too many connections",
    error: "ConnectionError",
    code: 1226,
    sql: false,
    says: /no connection left to give.*Lower pool\.max/,
    raise: async (site) => {
      const user = `crowd_${Math.random().toString(36).slice(2, 10)}`;
      await site.run(`create user ${user} identified by 'p4ssw0rd' with max_user_connections 1`);
      await site.run(`grant select on *.* to ${user}`);
      const crowd = site.open({}, (url) => Object.assign(url, { username: user, password: "p4ssw0rd" }));
      try {
        await crowd.atomic(async () => {
          await crowd.execute(sql`select 1`);
          const more = site.open({}, (url) => Object.assign(url, { username: user, password: "p4ssw0rd" }));
          await more.execute(sql`select 1`);
        });
      } finally {
        await crowd.close();
        await site.run(`drop user ${user}`);
      }
    },
  },
  {
    name: "a table of somebody else",
    error: "DatabaseError",
    code: 1142,
    says: /denied.*Grant/s,
    raise: async (site) => {
      const user = `guest_${Math.random().toString(36).slice(2, 10)}`;
      const name = new URL(site.url).pathname.slice(1);
      await site.run(`create user ${user} identified by 'p4ssw0rd'`);
      await site.run(`grant select on ${name}.pet to ${user}`);
      const guest = site.open({}, (url) => Object.assign(url, { username: user, password: "p4ssw0rd" }));
      try {
        await Owner.objects.using(guest).filter({ name: SECRET }).all();
      } finally {
        await guest.close();
        await site.run(`drop user ${user}`);
      }
    },
  },
  {
    name: "too many tables in one query",
    error: "DatabaseError",
    code: 1116,
    raise: ({ db }) =>
      db.execute(sql.raw(`select 1 from ${Array.from({ length: 62 }, (_, index) => `owner as o${index}`).join(", ")}`)),
  },
];

/** What MySQL has no settings for. */
const mariadbFaults: Fault[] = [
  {
    name: "a row changed since the transaction began to read",
    error: "SerializationError",
    code: 1020,
    says: /retries: 3/,
    raise: (site) => {
      const other = site.open();
      return site.db
        .atomic(async () => {
          await site.run("set innodb_snapshot_isolation = on");
          await Owner.objects.all();
          await Owner.objects.using(other).filter({ id: 1 }).update({ age: 9 });
          await Owner.objects.filter({ name: SECRET }).update({ age: 10 });
        })
        .finally(() => site.run("set innodb_snapshot_isolation = default"));
    },
  },
  {
    name: "a transaction idle for too long",
    error: "ConnectionError",
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        await site.run("set idle_transaction_timeout = 1");
        await Owner.objects.count();
        await gone(other, await sessionOf(site));
        await Owner.objects.count();
      });
    },
  },
];

/** A function that two await, and go on together. */
function meeting(): () => Promise<void> {
  let others = 0;
  let goOn = (): void => undefined;
  const met = new Promise<void>((resolve) => (goOn = resolve));
  return () => {
    others += 1;
    if (others === 2) goOn();
    return met;
  };
}

/** Waits until a session runs a statement. */
async function busy(watcher: Site["db"], id: number): Promise<void> {
  while (
    (
      await watcher.execute(
        sql`select 1 from information_schema.processlist where id = ${id} and state like 'User sleep'`,
      )
    ).length === 0
  );
}

/** Waits until a session has ended. */
async function gone(watcher: Site["db"], id: number): Promise<void> {
  while ((await watcher.execute(sql`select 1 from information_schema.processlist where id = ${id}`)).length > 0);
}
