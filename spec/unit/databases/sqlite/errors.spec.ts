import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../../../lib/databases/ports/index.js";
import { sqliteEngine } from "../../../../lib/databases/sqlite/engine.js";
import {
  CheckViolation,
  DatabaseError,
  ForeignKeyViolation,
  IntegrityError,
  LockNotAvailable,
  NotNullViolation,
  OperationalError,
  SerializationError,
  UniqueViolation,
} from "../../../../lib/errors/index.js";
import { folder, openPool, rows, run } from "./helpers.js";

/** The error that a piece of work fails with, in our words. */
async function failure(work: Promise<unknown>, sql?: string): Promise<DatabaseError> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (caught: unknown) => sqliteEngine.translateError(caught, { sql }),
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error as DatabaseError;
}

async function withTables(): Promise<Connection> {
  const connection = await openPool().acquire();
  await run(connection, "create table p (id integer primary key, slug text unique, age integer not null)");
  await run(connection, "create table c (a, b, p references p, constraint a_small check (a < 10), unique (a, b))");
  await run(connection, "create table named (name text)");
  await run(connection, "create unique index named_lower on named (lower(name))");
  await run(connection, "create table plain (id integer primary key) without rowid");
  await run(connection, "create trigger no_delete before delete on p begin select raise(abort, 'never'); end");
  await run(connection, "insert into p values (1, 'x', 5)");
  await run(connection, "insert into c values (1, 2, 1)");
  await run(connection, "insert into plain values (1)");
  await run(connection, "insert into named values ('x')");
  return connection;
}

describe("constraints", () => {
  it.each([
    ["insert into p values (2, 'x', 5)", UniqueViolation, { table: "p", columns: ["slug"] }],
    ["insert into p values (1, 'y', 5)", UniqueViolation, { table: "p", columns: ["id"] }],
    ["insert into plain values (1)", UniqueViolation, { table: "plain", columns: ["id"] }],
    ["insert into c values (1, 2, null)", UniqueViolation, { table: "c", columns: ["a", "b"] }],
    ["insert into named values ('X')", UniqueViolation, { constraint: "named_lower", columns: [] }],
    ["insert into c values (2, 2, 9)", ForeignKeyViolation, { columns: [] }],
    ["insert into p values (2, 'y', null)", NotNullViolation, { table: "p", columns: ["age"] }],
    ["insert into c values (10, 2, 1)", CheckViolation, { constraint: "a_small", columns: [] }],
    ["delete from p", IntegrityError, { code: "SQLITE_CONSTRAINT_TRIGGER" }],
  ])("%s", async (sql, Class, details) => {
    const error = await failure(run(await withTables(), sql), sql);
    expect(error.constructor).toBe(Class);
    expect(error).toMatchObject({ ...details, sql });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("never repeat the values", async () => {
    const connection = await withTables();
    const sql = "insert into p values (?, ?, ?)";
    await run(connection, sql, [7n, "s3cret", 1n]);
    const error = await failure(run(connection, sql, [8n, "s3cret", 1n]), sql);
    expect(error.message).toBe(
      "UNIQUE constraint failed: p.slug. A row has these values already: getOrCreate(…) finds it, upsert(…) writes over it.",
    );
    expect(JSON.stringify(error) + error.message).not.toContain("s3cret");
  });
});

describe("other errors", () => {
  it.each([
    ["selec 1", [], 'near "selec": syntax error.'],
    ["select * from nowhere", [], "no such table: nowhere."],
    ["select ?", [], "Too few parameter values were provided."],
    ["select 1", [1], "Too many parameter values were provided."],
    ["select ?", [{}], /can only bind|named parameter|Too few/],
    ["select 1; select 2", [], "The supplied SQL string contains more than one statement."],
    ["select ?", [2n ** 70n], /BigInt|bigint/],
  ])("%s", async (sql, parameters, message) => {
    const error = await failure(run(await openPool().acquire(), sql, parameters), sql);
    expect(error.constructor).toBe(DatabaseError);
    expect(error.message).toMatch(message);
  });

  it("map locks and old snapshots", async () => {
    const path = join(folder(), "a.sqlite");
    const [one, two] = [
      await openPool(path, { busyTimeout: 20 }).acquire(),
      await openPool(path, { busyTimeout: 20 }).acquire(),
    ];
    await run(one, "create table t (a)");
    await one.begin({});
    expect((await failure(two.begin({}))).constructor).toBe(LockNotAvailable);
    await one.rollback();
    await run(two, "begin deferred");
    await rows(two, "select * from t");
    await run(one, "insert into t values (1)");
    const error = await failure(run(two, "insert into t values (2)"));
    expect(error.constructor).toBe(SerializationError);
    expect(error.message).toContain("run the whole transaction again");
  });

  it("map a full disk", async () => {
    const connection = await openPool().acquire();
    await run(connection, "create table t (a)");
    await rows(connection, "pragma max_page_count = 3");
    const error = await failure(run(connection, "insert into t values (zeroblob(100000))"));
    expect(error.constructor).toBe(OperationalError);
    expect(error).toMatchObject({ code: "SQLITE_FULL" });
    expect(error.message).toBe("database or disk is full. Free some space on the disk.");
  });

  it("leave alone what is not the driver's, and what is ours already", () => {
    for (const error of [new TypeError("x is not a function"), "text", null, new OperationalError("ours")]) {
      expect(sqliteEngine.translateError(error, {})).toBe(error);
    }
  });
});
