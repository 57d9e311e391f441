import { join } from "node:path";
import { expect, it } from "vitest";
import type { Connection, ManyResult } from "../../../../lib/databases/ports/index.js";
import { folder, openPool, rows, run } from "./helpers.js";

async function many(
  connection: Connection,
  sql: string,
  parameters: readonly unknown[],
  times: number,
  wideIntegers = false,
): Promise<ManyResult> {
  const statement = { sql, returnsRows: false, wideIntegers, named: false };
  return (connection as Required<Connection>).executeMany(statement, parameters, times);
}

async function withTable(file?: string): Promise<Connection> {
  const connection = await openPool(file, {}, {}).acquire();
  await run(connection, "create table t (id integer primary key autoincrement, a text unique, b text default 'd')");
  return connection;
}

const INSERT = "insert into t (a, b) values (?, ?)";

it("tells the key of each run", async () => {
  const connection = await withTable();
  expect(await many(connection, INSERT, ["a", "1", "b", "2", "c", null], 3)).toEqual({
    rows: [],
    insertIds: [1, 2, 3],
    affected: 3,
  });
  expect(await rows(connection, "select * from t")).toEqual([
    [1, "a", "1"],
    [2, "b", "2"],
    [3, "c", null],
  ]);
});

it("tells keys beyond 2^53 where it is asked to", async () => {
  const connection = await withTable();
  await run(connection, "insert into t (id) values (9007199254740993)");
  expect((await many(connection, INSERT, ["a", "b"], 1, true)).insertIds).toEqual([9007199254740994n]);
});

it("gives the row that each run gives back, and takes runs without parameters", async () => {
  const connection = await withTable();
  const answer = await many(connection, "insert into t default values returning id, b", [], 2);
  expect(answer).toEqual({
    rows: [
      [1, "d"],
      [2, "d"],
    ],
    insertIds: [],
    affected: 2,
  });
});

it("leaves nothing when one run fails", async () => {
  const connection = await withTable();
  await expect(many(connection, INSERT, ["a", "1", "b", "2", "a", "3"], 3)).rejects.toThrow(/UNIQUE/);
  expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
  expect((await many(connection, INSERT, ["a", "1"], 1)).insertIds).toHaveLength(1);
});

it("leaves a transaction around as it was", async () => {
  const connection = await withTable();
  await connection.begin({});
  await run(connection, "insert into t (a) values ('before')");
  await expect(many(connection, INSERT, ["a", "1", "before", "2"], 2)).rejects.toThrow(/UNIQUE/);
  await many(connection, INSERT, ["b", "1", "c", "2"], 2);
  expect(await rows(connection, "select a from t order by id")).toEqual([["before"], ["b"], ["c"]]);
  await connection.rollback();
  expect(await rows(connection, "select count(*) from t")).toEqual([[0]]);
});

it("waits for a lock that another connection holds", async () => {
  const file = join(folder(), "locked.sqlite");
  const connection = await withTable(file);
  const other = await openPool(file).acquire();
  await other.begin({});
  await run(other, "insert into t (a) values ('theirs')");
  const writing = many(connection, INSERT, ["a", "1", "b", "2"], 2);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await other.commit();
  expect((await writing).insertIds).toEqual([2, 3]);
});
