import { describe, expect, it } from "vitest";
import { berkeleyError } from "../../../../lib/berkeleydb/errors.js";
import { isQuery } from "../../../../lib/databases/sqlite/drivers/is-query.js";
import { codeName } from "../../../../lib/databases/sqlite/drivers/result-codes.js";

describe("isQuery", () => {
  it.each([
    "select 1",
    "  (select 1)",
    "/* a */ -- b\n values (1)",
    "with a as (delete) select 1",
    'with "insert" as (select 1) select * from "insert"',
    "with a(b) as (select 'delete'), c as (select 2) /* update */ select 1",
    "PRAGMA journal_mode",
    "explain query plan select 1",
  ])("%s", (sql) => expect(isQuery(sql)).toBe(true));

  it.each([
    "insert into a values (1) returning id",
    "with a as (select 1) insert into b select * from a returning id",
    "with a as (select 1) UPDATE b set c = 1 returning id",
    "with a as (select 1) delete from b returning id",
    "replace into a values (1) returning id",
    "with a as (",
    "",
  ])("not %s", (sql) => expect(isQuery(sql)).toBe(false));
});

it("a result code has the name that better-sqlite3 gives it", () => {
  expect([5, 14, 19, 26, 517, 2067, 1299, 787, 5898].map(codeName)).toEqual([
    "SQLITE_BUSY",
    "SQLITE_CANTOPEN",
    "SQLITE_CONSTRAINT",
    "SQLITE_NOTADB",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_NOTNULL",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    "SQLITE_IOERR",
  ]);
});

describe("An error of BerkeleyDB's is told as SQLite tells it now", () => {
  it.each([
    ["column name is not unique", "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: author.name"],
    ["columns a, b are not unique", "SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: author.a, author.b"],
    ["author.name may not be NULL", "SQLITE_CONSTRAINT_NOTNULL", "NOT NULL constraint failed: author.name"],
    ["foreign key constraint failed", "SQLITE_CONSTRAINT_FOREIGNKEY", "FOREIGN KEY constraint failed"],
    ["PRIMARY KEY must be unique", "SQLITE_CONSTRAINT_PRIMARYKEY", "UNIQUE constraint failed: author"],
    ["constraint positive failed", "SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed: positive"],
    ["constraint failed", "SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed"],
    ["something else", "SQLITE_CONSTRAINT", "something else"],
  ])("%s", (message, code, said) => {
    const error = berkeleyError(19, message, 'insert into "author" ("name") values (?)');
    expect(error).toMatchObject({ code, message: said });
  });
});
