import { sql } from "kysely";
import { type Fault, LaxPet, NUMBER, Owner, Pet, SECRET, type Site } from "./site.js";

/** Runs something in a transaction beside one that holds the lock of the first owner. */
async function besideALock(site: Site, work: () => Promise<unknown>): Promise<unknown> {
  const other = site.open();
  return other.atomic(async () => {
    await Owner.objects.using(other).filter({ id: 1 }).update({ age: 5 });
    return work();
  });
}

async function pidOf(site: Site): Promise<number> {
  const [row] = await site.db.execute(sql<{ pid: number }>`select pg_backend_pid() as pid`);
  return row!.pid;
}

export const postgresFaults: Fault[] = [
  {
    name: "a deferred foreign key at COMMIT",
    error: "ForeignKeyViolation",
    code: "23503",
    sql: false,
    constraint: "pet_owner_id_fk",
    table: "pet",
    columns: ["owner_id"],
    raise: async ({ db }) => {
      await db.execute(sql`alter table pet alter constraint pet_owner_id_fk deferrable initially deferred`);
      try {
        await db.atomic(() => Pet.objects.create({ id: 3, owner: NUMBER, tag: SECRET + "3" }));
      } finally {
        await db.execute(sql`alter table pet alter constraint pet_owner_id_fk not deferrable`);
      }
    },
  },
  {
    name: "an exclusion constraint",
    error: "IntegrityError",
    code: "23P01",
    constraint: "booking_no_overlap",
    table: "booking",
    raise: async ({ db }) => {
      await db.execute(sql`create table if not exists booking
        (nights int4range, constraint booking_no_overlap exclude using gist (nights with &&))`);
      await db.execute(sql`insert into booking values (int4range(1, ${NUMBER}))`);
      await db.execute(sql`insert into booking values (int4range(2, ${NUMBER}))`);
    },
  },
  {
    name: "a text that is too long",
    error: "DataError",
    code: "22001",
    table: "pet",
    says: /too long/,
    raise: () => LaxPet.objects.filter({ id: 1 }).update({ tag: SECRET.repeat(20) }),
  },
  {
    name: "a number that is too large",
    error: "DataError",
    code: "22003",
    table: "pet",
    says: /out of range/,
    raise: () => LaxPet.objects.filter({ id: 1 }).update({ age: BigInt(NUMBER) * 1000n }),
  },
  {
    name: "a division by zero",
    error: "DataError",
    code: "22012",
    says: /division by zero/,
    raise: ({ db }) => db.execute(sql`select ${NUMBER}::int / 0`),
  },
  {
    name: "text for a number",
    error: "DataError",
    code: "22P02",
    says: /invalid input syntax for type integer: …/,
    raise: ({ db }) => db.execute(sql`select ${SECRET}::int`),
  },
  {
    name: "text for a moment",
    error: "DataError",
    code: "22007",
    raise: ({ db }) => db.execute(sql`select ${SECRET}::timestamptz`),
  },
  {
    name: "a day that no month has",
    error: "DataError",
    code: "22008",
    raise: ({ db }) => db.execute(sql`select ${"2024-02-31"}::date`),
  },
  {
    name: "malformed JSON",
    error: "DataError",
    code: "22P02",
    raise: ({ db }) => db.execute(sql`select ${`{${SECRET}`}::jsonb`),
  },
  {
    name: "a value of another type",
    error: "DatabaseError",
    code: "42804",
    says: /column "age" is of type integer.*type that its model declares/s,
    raise: ({ db }) => db.execute(sql`update pet set age = ${SECRET}::text`),
  },
  {
    name: "a function that is not there",
    error: "DatabaseError",
    code: "42883",
    says: /no_such_function/,
    raise: ({ db }) => db.execute(sql`select no_such_function(${SECRET}::text)`),
  },
  {
    name: "a table that is there already",
    error: "DatabaseError",
    code: "42P07",
    raise: ({ db }) => db.execute(sql`create table owner (id integer)`),
  },
  {
    name: "a lock that is not free, and NOWAIT",
    sessions: true,
    error: "LockNotAvailable",
    code: "55P03",
    says: /or the query was not to wait/,
    raise: (site) =>
      besideALock(site, () =>
        site.db.atomic(() => Owner.objects.filter({ name: SECRET }).selectForUpdate({ nowait: true }).all()),
      ),
  },
  {
    name: "a lock that is not free in time",
    sessions: true,
    error: "LockNotAvailable",
    code: "55P03",
    raise: (site) =>
      besideALock(site, () =>
        site.db.atomic(async () => {
          await site.run("set local lock_timeout = '20ms'");
          await Owner.objects.filter({ name: SECRET }).update({ age: 1 });
        }),
      ),
  },
  {
    name: "a deadlock",
    sessions: true,
    error: "DeadlockError",
    code: "40P01",
    says: /retries: 3/,
    raise: async (site) => {
      const other = site.open();
      await site.db.atomic(async () => {
        await site.run("set local deadlock_timeout = '20ms'");
        await Pet.objects.filter({ id: 1 }).update({ age: 2 });
        let crossed: Promise<unknown> = Promise.resolve();
        const block = other.atomic(async () => {
          // It gives way, should it be chosen.
          await other.execute(sql`set local deadlock_timeout = '60s'`);
          await Pet.objects.using(other).filter({ id: 2 }).update({ age: 2 });
          crossed = Pet.objects.using(other).filter({ id: 1 }).update({ age: 3 });
          await waitingFor(site);
          return crossed;
        });
        await waitingFor(site);
        try {
          await Pet.objects.filter({ tag: "other" }).update({ age: 3 });
        } catch (error) {
          void block.catch(() => undefined);
          throw error;
        }
      });
    },
  },
  {
    name: "transactions that cannot be put in an order",
    sessions: true,
    error: "SerializationError",
    code: "40001",
    says: /retries: 3/,
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(
        async () => {
          await Owner.objects.all();
          await Owner.objects.using(other).filter({ id: 1 }).update({ age: 9 });
          await Owner.objects.filter({ name: SECRET }).update({ age: 10 });
        },
        { isolation: "repeatable read" },
      );
    },
  },
  {
    name: "transactions that cannot be put in an order, seen at COMMIT",
    sessions: true,
    error: "SerializationError",
    code: "40001",
    sql: false,
    raise: (site) => {
      const other = site.open();
      const crossing = async (db: typeof other, id: number, more: () => Promise<unknown>): Promise<unknown> =>
        db.atomic(
          async () => {
            await Owner.objects.using(db).count();
            await more();
            await Owner.objects.using(db).create({ id, name: `${SECRET} ${id}` });
          },
          { isolation: "serializable" },
        );
      return crossing(site.db, 50, () => crossing(other, 51, () => Promise.resolve())).finally(() =>
        Owner.objects.filter({ id__gt: 1 }).delete(),
      );
    },
  },
  {
    name: "a statement that takes too long",
    sessions: true,
    error: "QueryTimeoutError",
    code: "57014",
    says: /statementTimeout/,
    raise: (site) => site.open({ statementTimeout: 30 }).execute(sql`select pg_sleep(30), ${SECRET}::text`),
  },
  {
    name: "a statement cancelled on the server",
    sessions: true,
    error: "QueryTimeoutError",
    code: "57014",
    says: /cancelled/,
    raise: ({ db }) => db.execute(sql`select pg_cancel_backend(pg_backend_pid()), ${SECRET}::text, pg_sleep(30)`),
  },
  {
    name: "a connection ended on the server",
    sessions: true,
    error: "ConnectionError",
    code: "57P01",
    says: /terminating connection.*the next query gets another one/,
    raise: ({ db }) => db.execute(sql`select pg_terminate_backend(pg_backend_pid()), ${SECRET}::text, pg_sleep(30)`),
  },
  {
    name: "a connection ended while a transaction was idle",
    sessions: true,
    error: "ConnectionError",
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        const pid = await pidOf(site);
        await other.execute(sql`select pg_terminate_backend(${pid}, 5000)`);
        await Owner.objects.filter({ name: SECRET }).all();
      });
    },
  },
  {
    name: "a connection ended before COMMIT",
    sessions: true,
    error: "CommitUnknownError",
    sql: false,
    raise: (site) => {
      const other = site.open();
      return site.db.atomic(async () => {
        await Owner.objects.filter({ name: SECRET }).update({ age: 3 });
        const pid = await pidOf(site);
        await other.execute(sql`select pg_terminate_backend(${pid}, 5000)`);
      });
    },
  },
  {
    name: "a transaction idle for too long",
    sessions: true,
    error: "ConnectionError",
    raise: (site) =>
      site.db.atomic(async () => {
        await site.run("set local idle_in_transaction_session_timeout = '20ms'");
        await gone(site, await pidOf(site));
        await Owner.objects.count();
      }),
  },
  {
    name: "too many connections",
    sessions: true,
    error: "ConnectionError",
    code: "53300",
    sql: false,
    says: /no connection left to give.*Lower pool\.max/,
    raise: async (site) => {
      const role = `crowd_${Math.random().toString(36).slice(2, 10)}`;
      await site.run(`create role ${role} login password 'p4ssw0rd' connection limit 1`);
      const crowd = site.open({}, (url) => Object.assign(url, { username: role, password: "p4ssw0rd" }));
      try {
        await crowd.atomic(async () => {
          await crowd.execute(sql`select 1`);
          const more = site.open({}, (url) => Object.assign(url, { username: role, password: "p4ssw0rd" }));
          await more.execute(sql`select 1`);
        });
      } finally {
        await crowd.close();
        await site.run(`drop role ${role}`);
      }
    },
  },
  {
    name: "a table of somebody else",
    error: "DatabaseError",
    code: "42501",
    says: /permission denied.*Grant/s,
    raise: async (site) => {
      const role = `guest_${Math.random().toString(36).slice(2, 10)}`;
      await site.run(`create role ${role}`);
      try {
        await site.db.atomic(async () => {
          await site.run(`set local role ${role}`);
          await Owner.objects.filter({ name: SECRET }).all();
        });
      } finally {
        await site.run(`drop role ${role}`);
      }
    },
  },
  {
    name: "too many columns",
    error: "DatabaseError",
    code: "54011",
    says: /Select fewer columns/,
    raise: ({ db }) => db.execute(sql.raw(`select ${Array.from({ length: 1665 }, () => "1").join(", ")}`)),
  },
  {
    name: "an expression too deep",
    error: "DatabaseError",
    code: "54001",
    says: /max_stack_depth/,
    raise: ({ db }) => db.execute(sql.raw(`select ${Array.from({ length: 100_000 }, () => "1").join(" + ")}`)),
  },
  {
    name: "a prepared statement whose table was altered, in a transaction",
    sessions: true,
    error: "DatabaseError",
    code: "0A000",
    says: /run the whole transaction again/i,
    raise: async (site) => {
      const narrow = site.open({ pool: { max: 1 } });
      const all = (): Promise<unknown> => Owner.objects.using(narrow).filter({ name: SECRET }).all();
      for (let times = 0; times < 3; times += 1) await all();
      await narrow.execute(sql`alter table owner alter age type bigint`);
      try {
        await narrow.atomic(all);
      } finally {
        await narrow.execute(sql`alter table owner alter age type integer`);
      }
    },
  },
  {
    name: "text that no column can hold",
    error: "DataError",
    code: "22021",
    raise: ({ db }) => db.execute(sql`select ${`${SECRET}\0`}::text`),
  },
];

/** Waits until some connection waits for a lock. */
async function waitingFor(site: Site): Promise<void> {
  const watcher = site.open({ pool: { max: 1 } });
  for (;;) {
    const rows = await watcher.execute(
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length > 0) return;
  }
}

/** Waits until a session has ended. */
async function gone(site: Site, pid: number): Promise<void> {
  const watcher = site.open({ pool: { max: 1 } });
  while ((await watcher.execute(sql`select 1 from pg_stat_activity where pid = ${pid}`)).length > 0);
}
