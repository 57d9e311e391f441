import { sql } from "kysely";
import pg from "pg";
import { beforeAll, describe, expect, it } from "vitest";
import {
  ConfigurationError,
  ConnectionError,
  Database,
  fields,
  manager,
  Model,
  NotSupportedError,
  QueryTimeoutError,
} from "dunder-orm";
import { advisoryLock, listen, notify, tryAdvisoryLock } from "dunder-orm/postgres";
import type { UnpackedProgram } from "../support/servers/debian-programs.js";
import { startPostgres } from "../support/servers/postgres.js";
import { runBehaviour, SUITE_TIMEOUT } from "./support/behaviour-suite.js";
import { eventually } from "./support/eventually.js";
import { onCluster } from "./support/on-cluster.js";
import { type Pgbouncer, startPgbouncer } from "./support/pgbouncer.js";
import { systemProgram } from "./support/programs.js";
import { unpackedFrom } from "./support/unpacked.js";
import { stopAll, useCluster } from "./support/use-cluster.js";

class Note extends Model("pb_note", {
  body: fields.string({ maxLength: 40 }),
  at: fields.datetime({ default: () => new Date("2026-01-02T03:04:05.678Z") }),
}) {
  static objects = manager(this);
}

/** What differs between versions of it. */
interface Version {
  readonly settings: Readonly<Record<string, string | number>>;
  /** It keeps the statements of its connections, whichever session of the server serves them. */
  readonly keepsStatements: boolean;
  readonly intervalStyle: string;
}

/** Of the behaviour suite, as much as there is time for. */
const PART = ["expressions", "iteration", "relations", "rows", "sets", "values"];

/** Specs that need more sessions at a time than there are, end sessions, or look at what the server keeps of them. */
const OF_SESSIONS = [
  ...["databases/connections", "databases/errors", "statements/postgres-names", "statements/postgres-pipeline"],
  // Refused, as is shown below.
  "extensions/postgres/notifications",
  ...["isolation", "locks", "crashes", "leaks", "concurrent", "beside-a-writer", "local-settings"].map(
    (name) => `transactions/${name}`,
  ),
].map((name) => `${name}.spec.ts`);

/** Tests of the same kind in other files. */
const WITHOUT = [
  // What start-up parameters say, that are refused.
  ...["is a replica, or otherwise only to be read", "has a time zone of its own, which ours is not"],
  ...["ends a statement that runs too long, and takes the next", "a statement that takes too long"],
  ...[
    "is noticed by statementTimeout, which the server could not tell of",
    "gives up a replica that says nothing any more",
  ],
  // Log-ins, which are not the server's.
  ...["for the password is wrong names the user and no password", "for there is no such database names it"],
  ...["lets a user in who may do nothing", "too many connections"],
  // Sessions that wait for each other, are changed by SQL of the user's, or end.
  ...[
    "a deadlock",
    "transactions that cannot be put in an order",
    "transactions that cannot be put in an order, seen at COMMIT",
  ],
  ...[
    "gives nobody the settings that another one's SQL has left",
    "tell by a signal that the connection which held them is lost",
  ],
  // Statements under names, which are given up.
  ...["are there unless this run does without them", "a prepared statement whose table was altered, in a transaction"],
];

function declare(program: UnpackedProgram, version: Version): void {
  const { settings, keepsStatements, intervalStyle } = version;
  const cluster = useCluster(async () => {
    const server = await startPostgres();
    const poolers: Pgbouncer[] = [];
    const stop = async () => {
      await stopAll(poolers);
      await server.stop();
    };
    try {
      poolers.push(await startPgbouncer(program, server.url, settings));
      const ignore_startup_parameters = "statement_timeout,options";
      poolers.push(await startPgbouncer(program, server.url, { ...settings, ignore_startup_parameters }));
      poolers.push(
        await startPgbouncer(program, server.url, { ...settings, pool_mode: "session", default_pool_size: 9 }),
      );
      const [pooler, ignoring, lending] = poolers as [Pgbouncer, Pgbouncer, Pgbouncer];
      return { server: server.url, pooler, ignoring, lending, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  });
  const names = { DUNDER_TEST_NAMES: keepsStatements ? "on" : "off" };

  it("passes the behaviour suite with two sessions of the server for all", { timeout: SUITE_TIMEOUT }, async () => {
    const { pooler } = cluster.it;
    const result = await runBehaviour({
      ...{ engine: "postgres", url: pooler.url, part: PART, exclude: OF_SESSIONS, without: WITHOUT, env: names },
    });
    expect(result.failed).toEqual([]);
    expect(result.passed).toBeGreaterThan(200);
  });

  describe("with more connections than sessions", () => {
    beforeAll(async () => {
      await using db = new Database(cluster.it.pooler.url);
      Note.bind(db);
      await db.createTables([Note]);
    });

    const busy = async (db: Database, rounds = 40): Promise<void> => {
      Note.bind(db);
      await Promise.all(
        Array.from({ length: 6 }, async (_, worker) => {
          for (let round = 0; round < rounds; round++) {
            await Note.objects.create({ body: `${worker} ${round}` });
            await Note.objects.filter({ body: `${worker} ${round}` }).count();
            await db.atomic(async () => {
              await Note.objects.filter({ body: `${worker} ${round}` }).update({ body: `${round}` });
              await Note.objects.filter({ body: `${worker}` }).exists();
            });
          }
        }),
      );
    };

    it("finds out by itself that statements are not to be named, before one is", async () => {
      const errors: unknown[] = [];
      await using db = new Database(cluster.it.pooler.url, {
        pool: { max: 6 },
        onQuery: ({ error }) => void (error === null || errors.push(error)),
      });
      await busy(db);
      expect(errors).toEqual([]);
      const kept = await db.execute(
        sql<{ name: string }>`select name from pg_prepared_statements where statement like '%pb_note%'`,
      );
      expect(kept).toEqual([]);
    });

    it(keepsStatements ? "names them where that is asked for" : "gives names up that were asked for", async () => {
      await using db = new Database(cluster.it.pooler.url, { pool: { max: 6 }, preparedStatements: true });
      Note.bind(db);
      if (keepsStatements) {
        await busy(db);
        const kept = await db.execute(sql`select from pg_prepared_statements where statement like '%pb_note%'`);
        expect(kept.length).toBeGreaterThan(0);
        return;
      }
      // Names are lost twice; outside of transactions nobody notices.
      const asks = (round: number) =>
        Array.from({ length: 6 }, () => Note.objects.filter({ body: `${round}` }).count());
      for (let round = 0; round < 20; round++) await Promise.all(asks(round));
    });

    it("has its sessions' settings hold for whichever connection", async () => {
      await using db = new Database(cluster.it.pooler.url, { pool: { max: 4 } });
      Note.bind(db);
      const stranger = new pg.Client({ connectionString: cluster.it.pooler.url });
      await stranger.connect();
      try {
        await Note.objects.create({ body: "at" });
        for (let round = 0; round < 10; round++) {
          await stranger.query("set timezone = 'Asia/Tokyo'");
          await stranger.query("set datestyle = 'SQL, DMY'");
          const rows = await Promise.all(Array.from({ length: 4 }, () => Note.objects.filter({ body: "at" }).first()));
          for (const row of rows) expect(row?.at.toISOString()).toBe("2026-01-02T03:04:05.678Z");
        }
        const [shown] = await db.execute(
          sql`select current_setting('TimeZone') as zone, current_setting('IntervalStyle') as style`,
        );
        expect(shown).toEqual({ zone: "UTC", style: intervalStyle });
      } finally {
        await stranger.end();
      }
    });

    it("keeps settings of a transaction to that transaction", async () => {
      await using db = new Database(cluster.it.pooler.url, { pool: { max: 6 } });
      const tenant = async () =>
        (await db.execute(sql<{ t: string }>`select coalesce(current_setting('app.tenant_id', true), '') as t`))[0]!.t;
      const work = Array.from({ length: 60 }, (_, index) =>
        index % 2 === 0
          ? db.atomic(tenant, { settings: { "app.tenant_id": index } }).then((seen) => expect(seen).toBe(`${index}`))
          : tenant().then((seen) => expect(seen).toBe("")),
      );
      await Promise.all(work);
    });

    it("stops a statement whose time is over, in the session that runs it", async () => {
      await using db = new Database(cluster.it.pooler.url);
      const slow = db.execute(sql`select pg_sleep(60)`, { timeout: 300 });
      await expect(slow).rejects.toThrow(QueryTimeoutError);
      await using direct = new Database(cluster.it.server);
      await eventually("the statement is stopped", async () => {
        const running = sql`select from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`;
        return (await direct.execute(running)).length === 0;
      });
      expect(await db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    });

    it("streams, outside of transactions and inside", async () => {
      await using db = new Database(cluster.it.pooler.url, { pool: { max: 4 } });
      Note.bind(db);
      await Note.objects.bulkCreate(Array.from({ length: 500 }, (_, index) => ({ body: `s${index}` })));
      const read = async () => {
        let rows = 0;
        for await (const _ of Note.objects.filter({ body__startswith: "s" }).iterator({ chunkSize: 50 })) rows += 1;
        return rows;
      };
      expect(await read()).toBe(500);
      expect(await db.atomic(read)).toBe(500);
    });
  });

  describe("locks by name", () => {
    it("keep out everybody else, who may be given the same session of the server", async () => {
      await using one = new Database(cluster.it.pooler.url);
      await using other = new Database(cluster.it.pooler.url);
      for (let round = 0; round < 20; round++) {
        const key = `round ${round}`;
        await advisoryLock(one, key, async () => {
          expect(await tryAdvisoryLock(other, key, () => "never")).toEqual({ acquired: false });
          // Meanwhile others have the sessions that are free.
          expect(await other.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
        });
        expect(await tryAdvisoryLock(other, key, () => "now")).toEqual({ acquired: true, result: "now" });
      }
    });

    it("are let go when the function throws, and waited for as long as is said", async () => {
      await using one = new Database(cluster.it.pooler.url);
      await using other = new Database(cluster.it.pooler.url);
      await advisoryLock(one, "long", async () => {
        await expect(advisoryLock(other, "long", () => "never", { timeout: 100 })).rejects.toThrow(QueryTimeoutError);
      });
      const failure = new Error("no");
      await expect(advisoryLock(one, "long", () => Promise.reject(failure))).rejects.toBe(failure);
      expect(await tryAdvisoryLock(other, "long", () => "now")).toEqual({ acquired: true, result: "now" });
    });
  });

  describe("says what it cannot do", () => {
    it("refuses to listen where nothing would arrive", async () => {
      await using db = new Database(cluster.it.pooler.url);
      const error: unknown = await listen(db, "jobs").catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(NotSupportedError);
      expect((error as Error).message).toMatch(/pooler stands before the server, and what is told does not arrive/);
    });

    it("listens through one that gives each connection a session for itself", async () => {
      await using db = new Database(cluster.it.lending.url);
      await using listener = await listen(db, "jobs");
      await notify(db, "jobs", "1");
      for await (const { payload } of listener) {
        expect(payload).toBe("1");
        break;
      }
      await advisoryLock(db, "jobs", async () => {
        expect(await tryAdvisoryLock(db, "jobs", () => "again")).toEqual({ acquired: true, result: "again" });
      });
    });

    const refusal = async (url: string, options = {}): Promise<Error> => {
      await using db = new Database(url, options);
      const error: unknown = await db.connect().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ConfigurationError);
      return error as Error;
    };

    it("refuses statementTimeout, which no pooler passes on, where it would be dropped silently too", async () => {
      const { pooler, ignoring } = cluster.it;
      const refused = await refusal(pooler.url, { statementTimeout: 500 });
      expect(refused.message).toMatch(/pooler, which refuses the start-up parameter statement_timeout.*ALTER ROLE/s);
      const dropped = await refusal(ignoring.url, { statementTimeout: 500 });
      expect(dropped.message).toMatch(/statementTimeout: 500 does not reach PostgreSQL.*is off.*ALTER ROLE/s);
    });

    it("takes the role's own limit for it", async () => {
      const { server, ignoring } = cluster.it;
      await using direct = new Database(server);
      await direct.execute(sql`alter role dunder in database dunder set statement_timeout = '400ms'`);
      try {
        await using db = new Database(ignoring.url, { statementTimeout: 400 });
        await eventually("sessions that know of it", async () => {
          // Those that the pooler has open were begun before.
          await direct.execute(
            sql`select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'dunder'`,
          );
          return db.connect({ reuseIfOpen: true }).then(() => true);
        });
        await expect(db.execute(sql`select pg_sleep(30)`)).rejects.toThrow(QueryTimeoutError);
      } finally {
        await direct.execute(sql`alter role dunder in database dunder reset statement_timeout`);
      }
    });

    it("refuses options of the session in the URL, and a database that is not there", async () => {
      const { pooler } = cluster.it;
      if (!keepsStatements) {
        expect((await refusal(`${pooler.url}?options=-c%20geqo%3Doff`)).message).toMatch(
          /refuses the start-up parameter options/,
        );
      }
      const url = new URL(pooler.url);
      url.pathname = "/nowhere";
      await using db = new Database(url.toString());
      const error: unknown = await db.connect().then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(ConnectionError);
      expect((error as Error).message).toContain('has no database "nowhere"');
    });

    it("is an error when it dies, and works again when it is back", async () => {
      const { pooler } = cluster.it;
      await using db = new Database(pooler.url, { pool: { max: 2 } });
      await db.execute(sql`select 1`);
      await pooler.kill();
      await expect(db.execute(sql`select 1`)).rejects.toThrow(ConnectionError);
      await pooler.startAgain();
      expect(await db.execute(sql`select 2 as two`)).toEqual([{ two: 2 }]);
    });
  });
}

const debians = async () => ({ command: await systemProgram("pgbouncer", "pgbouncer"), args: [] });
await onCluster("pgbouncer 1.18, in transaction mode", debians, (program) =>
  declare(program, {
    ...{ settings: {}, keepsStatements: false, intervalStyle: "postgres" },
  }),
);

await onCluster(
  "pgbouncer of Debian's next release, in transaction mode",
  () => unpackedFrom("sid", "pgbouncer", "usr/sbin/pgbouncer"),
  (program) =>
    declare(program, {
      ...{ settings: { max_prepared_statements: 200 }, keepsStatements: true, intervalStyle: "iso_8601" },
    }),
);
