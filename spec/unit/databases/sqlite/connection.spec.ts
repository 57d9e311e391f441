import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Row } from "../../../../lib/databases/ports/index.js";
import { sqliteEngine } from "../../../../lib/databases/sqlite/engine.js";
import {
  ConfigurationError,
  ConnectionError,
  NotSupportedError,
  PoolTimeoutError,
} from "../../../../lib/errors/index.js";
import { folder, openPool, rows, run } from "./helpers.js";

const SERIES = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 10) select i from n";
const select = (sql: string) => ({ sql, returnsRows: true, wideIntegers: false, named: false });

async function collect(chunks: AsyncIterable<readonly Row[]>): Promise<readonly Row[][]> {
  const all: Row[][] = [];
  for await (const chunk of chunks) all.push([...chunk]);
  return all;
}

describe("statements", () => {
  it("answers at once, with arrays, from a pool that answers at once when warm", async () => {
    const pool = openPool();
    pool.release(await pool.acquire());
    const connection = pool.acquire();
    if (connection instanceof Promise) throw new Error("the pool was warm");
    expect(connection.execute(select("select 1, 'a', null"), [])).toEqual({
      rows: [[1, "a", null]],
      affected: 0,
      insertId: null,
    });
  });

  it("tells affected rows and the key of an insert, and no stale key", async () => {
    const connection = await openPool().acquire();
    await run(connection, "create table t (id integer primary key autoincrement, a text unique)");
    expect(await run(connection, "insert into t (a) values ('x')")).toEqual({ rows: [], affected: 1, insertId: 1 });
    const again = "insert into t (a) values ('x') on conflict do nothing";
    expect(await run(connection, again)).toEqual({ rows: [], affected: 0, insertId: null });
    expect(await run(connection, "insert into t (a) values ('y'), ('z') returning a")).toEqual({
      rows: [["y"], ["z"]],
      affected: 2,
      insertId: null,
    });
    expect(await run(connection, "update t set a = a || '!' where id > 1")).toMatchObject({
      affected: 2,
      insertId: null,
    });
    expect(await run(connection, "delete from t")).toMatchObject({ affected: 3 });
    expect(await run(connection, "create table u (id integer)")).toMatchObject({ affected: 0 });
  });

  it("reads wide integers exactly where it is asked to, from the same SQL", async () => {
    const connection = await openPool().acquire();
    const sql = "select 9007199254740993, 2";
    expect(await rows(connection, sql)).toEqual([[9007199254740992, 2]]);
    expect(await rows(connection, sql, [], { wide: true })).toEqual([[9007199254740993n, 2n]]);
    expect(await rows(connection, sql)).toEqual([[9007199254740992, 2]]);
  });

  it("names columns and binds what JavaScript has for raw SQL", async () => {
    const connection = await openPool().acquire();
    const when = new Date(Date.UTC(2024, 0, 31, 10, 20, 30, 5));
    const sql = "select ? / 2 as half, ? as yes, ? as missing, ? as at, ? as at, typeof(?) as pi";
    expect(await run(connection, sql, [5, true, undefined, when, "x", 3.14], { named: true })).toEqual({
      rows: [[2, 1, null, "2024-01-31 10:20:30.005", "x", "real"]],
      affected: 0,
      insertId: null,
      columns: ["half", "yes", "missing", "at", "at", "pi"],
    });
    expect(await run(connection, "create table t (a)", [], { named: true })).toMatchObject({ rows: [], columns: [] });
  });

  it.each([false, 0, 1, 3, true])("is right with preparedStatements: %s", async (preparedStatements) => {
    const connection = await openPool(":memory:", {}, { preparedStatements }).acquire();
    await run(connection, "create table t (a)");
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++) expect(await rows(connection, `select ${n}, ?`, [round])).toEqual([[n, round]]);
    }
    await run(connection, "insert into t values (1)");
    expect(await rows(connection, "select a from t")).toEqual([[1]]);
    await run(connection, "alter table t add column b");
    expect(await rows(connection, "select * from t")).toEqual([[1, null]]);
  });

  it("opens files in WAL mode with foreign keys on and never closes a database in memory", async () => {
    const file = await openPool(join(folder(), "a.sqlite")).acquire();
    expect(await rows(file, "select journal_mode, foreign_keys from pragma_journal_mode, pragma_foreign_keys")).toEqual(
      [["wal", 1]],
    );
    expect(await rows(file, "pragma synchronous")).toEqual([[1]]);
    const memory = openPool(":memory:", {}, { pool: { idleTimeout: 5, staleTimeout: 5 } });
    const connection = await memory.acquire();
    await run(connection, "create table t (a)");
    memory.release(connection, { destroy: true });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await rows(await memory.acquire(), "select count(*) from t")).toEqual([[0]]);
  });
});

describe("transactions", () => {
  it("commit, roll back and go back to savepoints", async () => {
    const connection = await openPool().acquire();
    await run(connection, "create table t (a)");
    await connection.begin({});
    await run(connection, "insert into t values (1)");
    await connection.savepoint("create", "s1");
    await run(connection, "insert into t values (2)");
    await connection.savepoint("rollback", "s1");
    await connection.savepoint("release", "s1");
    await connection.commit();
    await connection.begin({ isolation: "serializable" });
    await run(connection, "delete from t");
    await connection.rollback();
    expect(await rows(connection, "select a from t")).toEqual([[1]]);
  });

  it("refuse other isolation levels", async () => {
    const connection = await openPool().acquire();
    await expect(connection.begin({ isolation: "read committed" })).rejects.toThrow(NotSupportedError);
    await expect(connection.begin({ isolation: "read committed" })).rejects.toThrow(
      'SQLite has no isolation level "read committed". ' +
        'Its transactions are always "serializable": name that, or none.',
    );
  });

  it("keep writes out while read-only, and only then", async () => {
    const connection = await openPool().acquire();
    await run(connection, "create table t (a)");
    await connection.begin({ readOnly: true });
    await expect(run(connection, "insert into t values (1)")).rejects.toMatchObject({ code: "SQLITE_READONLY" });
    await connection.rollback();
    await connection.begin({ readOnly: true });
    await connection.commit();
    expect(await run(connection, "insert into t values (1)")).toMatchObject({ affected: 1 });
  });

  it("left open end when the connection is released", async () => {
    const pool = openPool();
    const connection = await pool.acquire();
    await run(connection, "create table t (a)");
    await connection.begin({ readOnly: true });
    pool.release(connection);
    const next = await pool.acquire();
    await next.begin({});
    await run(next, "insert into t values (1)");
    await next.commit();
    expect(await rows(next, "select a from t")).toEqual([[1]]);
  });

  it("stay open after a COMMIT that a deferred foreign key refuses, and roll back then", async () => {
    const connection = await openPool().acquire();
    await run(connection, "create table p (id integer primary key)");
    await run(connection, "create table c (p integer references p deferrable initially deferred)");
    await connection.begin({});
    await run(connection, "insert into c values (7)");
    await expect(connection.commit()).rejects.toMatchObject({ code: "SQLITE_CONSTRAINT_FOREIGNKEY" });
    await connection.rollback();
    await connection.rollback();
    expect(await rows(connection, "select count(*) from c")).toEqual([[0]]);
  });
});

describe("locks", () => {
  it("are waited for without blocking the process", async () => {
    const path = join(folder(), "a.sqlite");
    const [one, two] = [await openPool(path).acquire(), await openPool(path).acquire()];
    await run(one, "create table t (a)");
    await one.begin({});
    await run(one, "insert into t values (1)");
    const [begun, done] = [
      two.begin({}).then(() => rows(two, "select count(*) from t")),
      new Promise<void>((resolve) => setTimeout(resolve, 20)),
    ];
    await done;
    await one.commit();
    expect(await begun).toEqual([[1]]);
    const later = run(one, "insert into t values (2)");
    await two.commit();
    expect(await later).toMatchObject({ affected: 1 });
  });

  it("are given up after busyTimeout", async () => {
    const path = join(folder(), "a.sqlite");
    const [one, two] = [await openPool(path).acquire(), await openPool(path, { busyTimeout: 30 }).acquire()];
    await one.begin({});
    await expect(two.begin({})).rejects.toMatchObject({ code: "SQLITE_BUSY" });
    await one.rollback();
    await two.begin({});
    await two.rollback();
  });

  it("make others wait for the one connection, and say so in the end", async () => {
    const pool = openPool(":memory:", {}, { pool: { acquireTimeout: 20 } });
    await pool.acquire();
    await expect(pool.acquire()).rejects.toThrow(PoolTimeoutError);
  });
});

describe("streams", () => {
  it("read everything first on the main connection", async () => {
    const connection = await openPool().acquire();
    const names: string[][] = [];
    const statement = { ...select(SERIES), named: true };
    const chunks = await collect(connection.stream(statement, [], 4, (told) => names.push([...told])));
    expect(chunks.map((chunk) => chunk.flat())).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10],
    ]);
    expect(names).toEqual([["i"]]);
  });

  it("see the file as it was when they began, while others write", async () => {
    const pool = openPool(join(folder(), "a.sqlite"));
    const streaming = await pool.acquire(undefined, "reading");
    const main = await pool.acquire();
    expect(streaming).not.toBe(main);
    await run(main, "create table t (i integer)");
    await run(main, `insert into t ${SERIES}`);
    const seen: unknown[] = [];
    for await (const chunk of streaming.stream(select("select i from t order by i"), [], 3)) {
      seen.push(...chunk.flat());
      expect(await run(main, "insert into t values (?)", [99n])).toMatchObject({ affected: 1 });
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(await rows(main, "select count(*) from t where i = 99")).toEqual([[4]]);
    await expect(run(streaming, "delete from t")).rejects.toMatchObject({ code: "SQLITE_READONLY" });
    pool.release(streaming);
  });

  it("let the event loop turn between chunks, run side by side and end early", async () => {
    const pool = openPool(join(folder(), "a.sqlite"));
    const [one, two] = [await pool.acquire(undefined, "reading"), await pool.acquire(undefined, "reading")];
    expect(one).not.toBe(two);
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    for await (const chunk of one.stream(select(SERIES.replace("10", "100000")), [], 500)) {
      if (Number(chunk.at(-1)![0]) < 5000) expect(await collect(two.stream(select(SERIES), [], 100))).toHaveLength(1);
      if (Number(chunk[0]![0]) > 50_000) break;
    }
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
    expect(await collect(one.stream(select(SERIES), [], 5))).toHaveLength(2);
    expect(await collect(one.stream(select("select 1 where 0"), [], 5))).toEqual([]);
    pool.release(one);
    expect(await pool.acquire(undefined, "reading")).toBe(one);
  });

  it("use the one connection for a database in memory", async () => {
    const pool = openPool();
    const main = await pool.acquire();
    await run(main, "create table t (a)");
    pool.release(main);
    expect(await pool.acquire(undefined, "reading")).toBe(main);
  });
});

describe("opening", () => {
  const opening = async (path: string, options = {}): Promise<unknown> => openPool(path, options).acquire();

  it.each([
    [
      "missing directory",
      "none/a.sqlite",
      {},
      /^SQLite can't open ".*a\.sqlite": the directory ".*none" does not exist\. Create it first\.$/,
    ],
    ["a directory", "dir", {}, /^SQLite can't open ".*dir": it is a directory\. Name a file in it\.$/],
    ["no database", "text", {}, /^SQLite can't open ".*text": the file is not a SQLite database\. Name another file/],
    [
      "missing file, read-only",
      "a",
      { readonly: true },
      /: there is no such file, and it can't be created\. Check the path/,
    ],
  ])("fails clearly: %s", async (_, name, options, message) => {
    const root = folder();
    mkdirSync(join(root, "dir"));
    writeFileSync(join(root, "text"), "no database at all, but long enough to look like one ".repeat(50));
    const attempt = opening(join(root, name), options);
    await expect(attempt).rejects.toThrow(ConnectionError);
    await expect(attempt).rejects.toThrow(message);
  });

  it("reads a read-only file and refuses to write to it", async () => {
    const path = join(folder(), "a.sqlite");
    await run(await openPool(path).acquire(), "create table t (a)");
    const connection = await openPool(path, { readonly: true }).acquire();
    expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
    await expect(run(connection, "insert into t values (1)")).rejects.toMatchObject({ code: "SQLITE_READONLY" });
  });

  it("can be tried again after a failure", async () => {
    const root = folder();
    const pool = openPool(join(root, "later", "a.sqlite"));
    await expect((async () => pool.acquire())()).rejects.toThrow(ConnectionError);
    mkdirSync(join(root, "later"));
    expect(await rows(await pool.acquire(), "select 1")).toEqual([[1]]);
  });

  it("refuses options it does not know and times it cannot keep", () => {
    const config = { scheme: "sqlite", database: ":memory:" };
    expect(() => sqliteEngine.createPool({ ...config, driverOptions: { readOnly: true } }, {})).toThrow(
      'SQLite has no connection option "readOnly". Did you mean "readonly"? ' +
        "Options: readonly, fileMustExist, nativeBinding, verbose, busyTimeout, cipher.",
    );
    expect(() => sqliteEngine.createPool(config, { statementTimeout: 5 })).toThrow(NotSupportedError);
    expect(() => sqliteEngine.createPool({ scheme: "sqlite" }, {})).toThrow(ConfigurationError);
  });

  it("fails clearly on a connection used after the database was closed", async () => {
    const pool = openPool();
    const connection = await pool.acquire();
    pool.release(connection);
    await pool.close();
    const error: unknown = await run(connection, "select 1").catch((caught: unknown) => caught);
    expect(sqliteEngine.translateError(error, { sql: "select 1" })).toBeInstanceOf(ConnectionError);
  });
});
