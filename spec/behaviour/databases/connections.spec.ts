import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConnectionError, NotSupportedError, TransactionError } from "../../../lib/errors/index.js";
import type { Connection, Engine } from "../../../lib/databases/ports/index.js";
import { parseUrl } from "../../../lib/databases/url.js";
import { placeholder, placeholders, run, Server, servers } from "./server-kit.js";

const sessionId = (engine: Engine) =>
  engine.name === "postgres" ? "select pg_backend_pid()" : "select connection_id()";
const kill = (engine: Engine, id: unknown) =>
  engine.name === "postgres" ? `select pg_terminate_backend(${Number(id)})` : `kill ${Number(id)}`;

async function idOf(connection: Connection, engine: Engine): Promise<unknown> {
  return (await run(connection, sessionId(engine))).rows[0]![0];
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("It should have failed.");
}

describe.each(servers)("a connection to $name", ({ engine: guess, url }) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.open(guess, url, { pool: { max: 3 } });
  });
  afterAll(() => server.pool.close());

  const connectTo = async (change: Record<string, unknown>, connectTimeout?: number) => {
    const pool = guess.createPool({ ...parseUrl(url), ...change }, { connectTimeout });
    const started = performance.now();
    try {
      const error = await rejection(Promise.resolve(pool.acquire()));
      expect(performance.now() - started).toBeLessThan(1000);
      return error;
    } finally {
      await pool.close();
    }
  };

  test("that nobody answers is refused at once, with where and what to do", async () => {
    const error = await connectTo({ host: "127.0.0.1", port: 1 });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/at 127\.0\.0\.1:1 cannot be reached: nothing listens there.*server is running/);
  });

  test("to a host of no known name says so", async () => {
    const error = await connectTo({ host: "no-such-host.invalid" });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/no-such-host\.invalid:\d+ cannot be reached/);
  });

  test("to a server that says nothing gives up in time", async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const error = await connectTo({ host: "127.0.0.1", port: (silent.address() as AddressInfo).port }, 200);
    silent.close();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/no answer in time/);
  });

  test("with a wrong password names the user, never the password", async () => {
    const isPostgres = server.engine.name === "postgres";
    await server.run(isPostgres ? "drop role if exists log_in_test" : "drop user if exists log_in_test");
    const password = isPostgres ? "login password 'right'" : "identified by 'right'";
    await server.run(`create ${isPostgres ? "role" : "user"} log_in_test ${password}`);
    const error = await connectTo({ user: "log_in_test", password: "wr0ng-pass" });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/refused the log-in of user "log_in_test" to database/);
    expect(JSON.stringify(error) + String(error) + String(error.cause)).not.toContain("wr0ng-pass");
    await server.run(isPostgres ? "drop role log_in_test" : "drop user log_in_test");
  });

  test("to a database that is not there names it", async () => {
    const error = await connectTo({ database: "no_such_database" });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error.message).toMatch(/has no database "no_such_database"\. Create it/);
  });

  test("that the server drops while idle leaves the pool, and nothing crashes", async () => {
    const victim = await server.pool.acquire();
    const id = await idOf(victim, server.engine);
    server.pool.release(victim);
    const other = await Server.open(guess, url, { pool: { max: 1 } });
    await other.run(kill(server.engine, id));
    await other.pool.close();
    await sleep(100);
    for (let round = 0; round < 4; round += 1) {
      expect(await server.use((connection) => idOf(connection, server.engine))).not.toBe(id);
    }
  });

  test("that the server drops at work fails that statement, and the pool recovers", async () => {
    const victim = await server.pool.acquire();
    const id = await idOf(victim, server.engine);
    const long = server.engine.name === "postgres" ? "select pg_sleep(10)" : "select sleep(10)";
    const failed = rejection(run(victim, long));
    await sleep(50);
    await server.run(kill(server.engine, id));
    expect(server.engine.translateError(await failed, {})).toBeInstanceOf(ConnectionError);
    const after = await rejection(run(victim, "select 1"));
    expect(server.engine.translateError(after, {})).toBeInstanceOf(ConnectionError);
    server.pool.release(victim);
    expect((await server.run("select 1")).rows).toEqual([[1]]);
  });

  test("left in a transaction is not lent again", async () => {
    const careless = await server.pool.acquire();
    await careless.begin({});
    const id = await idOf(careless, server.engine);
    server.pool.release(careless);
    expect(await server.use((connection) => idOf(connection, server.engine))).not.toBe(id);
  });

  test("is in UTC, strict, and speaks Unicode", async () => {
    if (server.engine.name === "postgres") {
      const { rows } = await server.run(
        `select current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'),
           current_setting('client_encoding'), current_setting('application_name')`,
      );
      expect(rows[0]).toEqual(["UTC", "ISO, MDY", "iso_8601", "UTF8", "dunder-orm"]);
      return;
    }
    const { rows } = await server.run(
      "select @@time_zone, @@character_set_client, @@character_set_results, @@sql_mode, 'a' = 'A', 'a' = 'a '",
    );
    const [zone, client, results, mode, ...equal] = rows[0]!;
    expect([zone, client, results]).toEqual(["+00:00", "utf8mb4", "utf8mb4"]);
    expect(mode).toContain("STRICT_TRANS_TABLES");
    expect(equal).toEqual([0, 0]);
  });

  test("runs one statement at a time, in order", async () => {
    await server.use(async (connection) => {
      const answers = await Promise.all([1, 2, 3, 4].map((number) => run(connection, `select ${number}`)));
      expect(answers.map(({ rows }) => rows[0]![0])).toEqual([1, 2, 3, 4]);
    });
  });

  test("takes many parameters", async () => {
    const numbers = Array.from({ length: server.engine.features.maxParameters }, (_, index) => index);
    const { rows } = await server.run(
      `select count(*) from (select 1 as n) as one where n in (${placeholders(server.engine, numbers.length)})`,
      numbers,
    );
    expect(Number(rows[0]![0])).toBe(1);
  });

  test("commits, rolls back, and knows savepoints", async () => {
    await server.run("drop table if exists transacted");
    await server.run(`create table transacted (n integer)${server.engine.schema.tableSuffix({ comment: null })}`);
    await server.use(async (connection) => {
      const insert = (n: number) => run(connection, `insert into transacted values (${n})`);
      await connection.begin({ isolation: "read committed" });
      await insert(1);
      await connection.savepoint("create", "sp_1");
      await insert(2);
      await connection.savepoint("rollback", "sp_1");
      await connection.savepoint("create", "sp_2");
      await insert(3);
      await connection.savepoint("release", "sp_2");
      await connection.commit();
      await connection.begin({});
      await insert(4);
      await connection.rollback();
    });
    const { rows } = await server.run("select n from transacted order by n");
    expect(rows).toEqual([[1], [3]]);
    await server.run("drop table transacted");
  });

  test("says so when a failed transaction takes no more, or is not committed", async () => {
    if (server.engine.name !== "postgres") return expect(server.engine.features.insertReturning).toBeTypeOf("boolean");
    await server.use(async (connection) => {
      await connection.begin({});
      await rejection(run(connection, "select 1/0"));
      const more = await rejection(run(connection, "select 1"));
      expect(server.engine.translateError(more, {})).toBeInstanceOf(TransactionError);
      expect(await rejection(connection.commit())).toBeInstanceOf(TransactionError);
      expect((await run(connection, "select 1")).rows).toEqual([[1]]);
    });
  });

  test("knows its server, and its time zones", async () => {
    const { rows } = await server.run("select version()");
    expect(String(rows[0]![0])).toContain(server.engine.label === "MySQL" ? "." : server.engine.label);
    const check = server.engine.checkTimeZone;
    if (check === undefined) return expect(server.engine.name).toBe("postgres");
    await server.use(async (connection) => {
      await check(connection, "America/New_York");
      const error = await rejection(check(connection, "Nowhere/Land"));
      expect(error).toBeInstanceOf(NotSupportedError);
      expect(error.message).toMatch(/does not know the time zone "Nowhere\/Land".*tzinfo_to_sql/);
    });
  });
});

describe.each(servers)("a stream from $name", ({ engine: guess, url }) => {
  const ROWS = 10_000;
  let server: Server;
  beforeAll(async () => {
    server = await Server.open(guess, url, { pool: { max: 2 } });
    await server.run("drop table if exists streamed");
    await server.run("create table streamed (n integer primary key, t varchar(200))");
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    for (const hundred of numbers) {
      const values = numbers.map((n) => `(${hundred * 100 + n}, '${"x".repeat(200)}')`).join(", ");
      await server.run(`insert into streamed values ${values}`);
    }
  });
  afterAll(async () => {
    await server.run("drop table streamed");
    await server.pool.close();
  });

  const open = (connection: Connection, chunkSize: number, least = 0) => {
    const sql = `select n, t from streamed where n >= ${placeholder(server.engine, 1)} order by n`;
    return connection.stream({ sql, returnsRows: true, wideIntegers: false, named: false }, [least], chunkSize);
  };
  const inTransaction = (work: (connection: Connection) => Promise<void>) =>
    server.use(async (connection) => {
      await connection.begin({});
      await work(connection);
      await connection.commit();
    });
  const plain = (work: (connection: Connection) => Promise<void>) => server.use(work);
  const places = [
    ["outside a transaction", plain],
    ["inside a transaction", inTransaction],
  ] as const;

  test.each(places)("gives every row in chunks, %s", async (_, within) => {
    await within(async (connection) => {
      const sizes: number[] = [];
      let expected = 0;
      for await (const rows of open(connection, 3000)) {
        sizes.push(rows.length);
        for (const [n] of rows) expect(n).toBe(expected++);
      }
      expect(sizes).toEqual([3000, 3000, 3000, 1000]);
      expect((await run(connection, "select 1")).rows).toEqual([[1]]);
    });
  });

  test.each(places)("of as many rows as a chunk, or none, ends, %s", async (_, within) => {
    await within(async (connection) => {
      for (const [least, sizes] of [
        [ROWS - 100, [100]],
        [ROWS, []],
      ] as const) {
        const seen: number[] = [];
        for await (const rows of open(connection, 100, least)) seen.push(rows.length);
        expect(seen).toEqual(sizes);
      }
    });
  });

  test.each(places)("that is left early does no harm, %s", async (_, within) => {
    for (let round = 0; round < 5; round += 1) {
      await within(async (connection) => {
        for await (const rows of open(connection, 10)) {
          expect(rows).toHaveLength(10);
          break;
        }
        if (within === inTransaction) expect((await run(connection, "select 1")).rows).toEqual([[1]]);
      });
      expect((await server.run("select 2")).rows).toEqual([[2]]);
    }
  });

  test("lets other statements of its transaction run between two chunks", async () => {
    await inTransaction(async (connection) => {
      let seen = 0;
      for await (const rows of open(connection, 1000)) {
        seen += rows.length;
        const { affected } = await run(connection, `update streamed set t = '' where n = ${seen - 1}`);
        expect(affected).toBe(1);
      }
      expect(seen).toBe(ROWS);
    });
  });

  test("two in one transaction take turns", async () => {
    await inTransaction(async (connection) => {
      const count = async () => {
        let seen = 0;
        for await (const rows of open(connection, 700)) seen += rows.length;
        return seen;
      };
      expect(await Promise.all([count(), count()])).toEqual([ROWS, ROWS]);
    });
  });

  test.each(places)("of a statement that fails throws its error, %s", async (_, within) => {
    const failing = async (connection: Connection) => {
      const sql = "select n from nowhere";
      const statement = { sql, returnsRows: true, wideIntegers: false, named: false };
      const error = await rejection(
        (async () => {
          for await (const rows of connection.stream(statement, [], 10)) expect(rows).toBeUndefined();
        })(),
      );
      expect(error.message).toMatch(/nowhere/);
      if (within === inTransaction) await connection.rollback();
      expect((await run(connection, "select 1")).rows).toEqual([[1]]);
      if (within === inTransaction) await connection.begin({});
    };
    await within(failing);
  });

  /** Far more rows than the network's buffers hold. */
  const openHuge = (connection: Connection) => {
    const sql = "select a.n, b.t from streamed a cross join streamed b";
    return connection.stream({ sql, returnsRows: true, wideIntegers: false, named: false }, [], 10);
  };

  test("whose connection is killed half-way ends with an error", async () => {
    const connection = await server.pool.acquire();
    const id = await idOf(connection, server.engine);
    let seen = 0;
    const read = (async () => {
      for await (const rows of openHuge(connection)) {
        if (seen === 0) await server.run(kill(server.engine, id));
        seen += rows.length;
      }
    })();
    expect(server.engine.translateError(await rejection(read), {})).toBeInstanceOf(ConnectionError);
    server.pool.release(connection);
    expect((await server.run("select 1")).rows).toEqual([[1]]);
  });

  test("that is read slowly holds the rows back instead of piling them up", async () => {
    await plain(async (connection) => {
      const before = process.memoryUsage.rss();
      for await (const rows of openHuge(connection)) {
        expect(rows).toHaveLength(10);
        await sleep(500);
        expect((await server.run("select 3")).rows).toEqual([[3]]);
        break;
      }
      // In half a second some hundred thousand rows of 200 characters would have come.
      expect(process.memoryUsage.rss() - before).toBeLessThan(30 * 2 ** 20);
    });
  });
});
