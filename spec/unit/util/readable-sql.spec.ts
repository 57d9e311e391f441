import { describe, expect, test } from "vitest";
import { readableSql, sqlParts } from "../../../lib/util/readable-sql.js";
import { summaryOf } from "../../../lib/util/statement-summary.js";

describe("A statement's summary", () => {
  test.each([
    [`select "a"."b" from "album" as "a" where "a"."b" = ?`, "SELECT", "album"],
    ["select `a` from `db`.`al``bum`", "SELECT", "al`bum"],
    [`select (select count(*) from "track") as "n" from "public"."album"`, "SELECT", "album"],
    [`with "x" as (select 1 from "hidden") select * from "x"`, "SELECT", "x"],
    [`with recursive x as (select 1) insert into "t" select * from x`, "INSERT", "t"],
    [`insert or ignore into "album" ("from") values (?)`, "INSERT", "album"],
    ["replace into album values (1)", "REPLACE", "album"],
    [`update "album" set "name" = (select "x" from "other")`, "UPDATE", "album"],
    [`delete from "album" where "id" in (select 1)`, "DELETE", "album"],
    [`/* from nowhere */ select 'from "text"', 1 from (select 1 from "inner") as "o"`, "SELECT", null],
    ["select 1", "SELECT", null],
    [`create table "x" (id int)`, "CREATE", null],
    ["", "", null],
  ])("%s", (sql, operation, table) => {
    expect(summaryOf(sql)).toEqual({ operation, table });
  });
});

describe("A readable statement", () => {
  test("of one line stays as it is", () => {
    const sql = `select "a" from "b" where "c" = 'from here' order by "d"`;
    expect(readableSql(sql)).toBe(sql);
  });

  test("that is long has a line for each clause outside of brackets and texts, and is the same but for them", () => {
    const sql =
      `select "a", (select count(*) from "x" where "y" = 1) as "n", 'where  from' as "t" from "b" ` +
      `inner join "c" on "c"."id" = "b"."c" where "b"."from" = ? and exists (select 1 from "d") order by "a" limit 3`;
    const text = readableSql(sql);
    expect(text.split("\n")).toHaveLength(6);
    expect(text.split("\n").map((line) => line.trim().split(" ")[0])).toEqual([
      "select",
      "from",
      "inner",
      "where",
      "order",
      "limit",
    ]);
    expect(text.replace(/\n {2}/g, " ")).toBe(sql);
  });

  test("has every letter of what was sent", () => {
    for (const sql of [`select 'unfinished`, `"a""b"`, "é ø 'x''y' /* ( */ )", "`", "", `select $1::text, 'é'`]) {
      expect(sqlParts(sql).join("")).toBe(sql);
    }
  });
});
