import { describe, expect, it } from "vitest";
import { noteWriter, readsOnly, textReadsOnly } from "../../../lib/databases/replicas/reads-only.js";

const READS = [
  'select "a" from "t"',
  "  (select 1) union (select 2)",
  "/* why */ select 1",
  "-- why\nselect 1",
  "values (1), (2)",
  "table t",
  "with a as (select 1) select * from a",
  'select "update" from "insert" where "for update" = ?',
  "select `lock in share mode` from `into` where `x``into` = ?",
  "select 'delete; into'",
  "select 'it''s into' from t",
  "select 1 /* for update */",
  "select max(nextval) from t",
  "select substring(a from 1 for 2) from t",
  "select pg_is_in_recovery()",
  'with "a" as (select "deleted" from "updates") select * from "a"',
];

const OTHERS = [
  "insert into t values (1)",
  "update t set a = 1",
  "delete from t",
  "replace into t values (1)",
  "with a as (insert into t values (1) returning *) select * from a",
  "with a as (select 1) update t set b = 1",
  "select * from t for update",
  "select * from t for  no key\nupdate",
  "select * from t for share",
  "select * from t for key share",
  "select * from t lock in share mode",
  "select * into u from t",
  "select * from t into outfile '/tmp/x'",
  "select @a := 1",
  "select nextval('s')",
  "select pg_advisory_xact_lock(1)",
  "select pg_try_advisory_lock (1)",
  "select get_lock('a', 1)",
  "select last_insert_id()",
  "explain select 1",
  "create table t (a int)",
  "set search_path to x",
  "call p()",
  "select /*! sql_no_cache into @x */ 1 into @y",
  "",
];

describe("what a statement's text tells of it", () => {
  it.each(READS)("reads: %s", (sql) => {
    expect(textReadsOnly(sql)).toBe(true);
  });

  it.each(OTHERS)("may do more: %s", (sql) => {
    expect(textReadsOnly(sql)).toBe(false);
  });

  it("is looked at once for a statement, and can be told better", () => {
    const statement = { sql: "select write_it()", returnsRows: true, wideIntegers: false, named: false };
    expect(readsOnly(statement)).toBe(true);
    noteWriter(statement);
    expect(readsOnly(statement)).toBe(false);
    expect(readsOnly({ ...statement, returnsRows: false })).toBe(false);
  });

  it("takes no longer for long texts", () => {
    const text = `select ${"'a".repeat(50_000)} ${"(".repeat(50_000)}`;
    const start = performance.now();
    textReadsOnly(text);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
