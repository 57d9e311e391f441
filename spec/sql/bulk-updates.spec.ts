import { expect, it } from "vitest";
import {
  bind,
  compileArrayUpdate,
  compileBulkUpdate,
  compileListUpdate,
  compileUpdate,
  type Plan,
} from "../../lib/compile/index.js";
import { arrayInsert } from "../../lib/databases/postgres/array-insert.js";
import { flavourOf, MARIADB } from "../../lib/databases/mysql/flavour.js";
import { rowList } from "../../lib/databases/mysql/row-list.js";
import type { ColumnMeta } from "../../lib/models/index.js";
import { narrowedBy } from "../../lib/objects/writing/bulk-update-writer.js";
import { QUERY, type Query } from "../../lib/query/index.js";
import { databases } from "./databases.js";
import { Seat, Thing, Track } from "./models.js";

interface Given {
  readonly queryset: object;
  readonly fields: readonly string[];
  /** Each row's key, then its values. */
  readonly rows: readonly (readonly unknown[])[];
  readonly sqlTypes: readonly string[];
}

type Compiled = readonly [sql: string, parameters: readonly unknown[]];

interface Asked {
  readonly query: Query;
  readonly columns: readonly ColumnMeta[];
  readonly keys: number;
}

function asked({ queryset, fields }: Given): Asked {
  const query = (queryset as { [QUERY]: Query })[QUERY];
  const columns = fields.map((name) => query.model.columns.find(({ field }) => field === name)!);
  return { query, columns, keys: query.model.primaryKey.length };
}

function bound(plan: Plan, values: readonly unknown[]): Compiled {
  return [plan.statement.sql, bind(plan, { values, limit: null, offset: 0 })];
}

/** How each engine is told, where it can be told so: the statement of a row, arrays, and a list. */
const ways: Readonly<Record<string, (given: Given) => Compiled>> = {
  sqlite(given) {
    const { query, columns, keys } = asked(given);
    const [row] = given.rows;
    const plan = compileUpdate(databases.sqlite, narrowedBy(query, [row!.slice(0, keys)]), columns);
    return bound(plan, [...query.values, ...row!]);
  },
  postgres(given) {
    const { query, columns } = asked(given);
    const { engine } = databases.postgres;
    const target = { engine: { ...engine, operations: { ...engine.operations, arrayInsert } }, timeZone: null };
    const plan = compileArrayUpdate(target, query, { columns, sqlTypes: given.sqlTypes });
    return bound(plan, [...query.values, ...given.sqlTypes.map((_, at) => given.rows.map((row) => row[at]))]);
  },
  mysql(given) {
    const { query, columns, keys } = asked(given);
    const types = [...query.model.primaryKey, ...columns].map(({ type }) => type);
    const list = rowList(types, keys, MARIADB)!;
    return bound(compileListUpdate(databases.mysql, query, { columns, list }), [...query.values, given.rows]);
  },
  spelled(given) {
    const { query, columns, keys } = asked(given);
    const named = narrowedBy(
      query,
      given.rows.map((row) => row.slice(0, keys)),
    );
    const plan = compileBulkUpdate(databases.mysql, named, { columns, rows: given.rows.length });
    return bound(plan, [...named.values, ...given.rows.flat()]);
  },
};

const day = new Date(Date.UTC(2020, 1, 3, 4, 5, 6, 7));
const cases: Readonly<Record<string, Given>> = {
  "one column": {
    queryset: Track.objects,
    fields: ["title"],
    rows: [
      [1, 'a "b" \\'],
      [2, "ü😀"],
    ],
    sqlTypes: ["integer", "character varying"],
  },
  "several, with values that are encoded": {
    queryset: Thing.objects,
    fields: ["note", "size", "serial", "price", "ratio", "done", "made", "data"],
    rows: [
      [1, null, 3, 2n ** 60n, "1.50", 1e300, true, day, { a: ['"', null] }],
      [2, "null", null, -1n, "0.00", -0.5, false, day, null],
    ],
    sqlTypes: ["integer", "text", "integer", "bigint", "numeric", "float8", "boolean", "timestamptz", "jsonb"],
  },
  "rows of a query": {
    queryset: Track.objects.filter({ position__gte: 3 }),
    fields: ["title"],
    rows: [
      [1, "x"],
      [2, "y"],
    ],
    sqlTypes: ["integer", "text"],
  },
  "rows of a query across relations": {
    queryset: Track.objects.filter({ album__name: "z" }),
    fields: ["title", "album"],
    rows: [
      [1, "x", 7],
      [2, "y", 8],
    ],
    sqlTypes: ["integer", "text", "integer"],
  },
  "keys of several columns, in a schema": {
    queryset: Seat.objects,
    fields: ["guest"],
    rows: [
      [1, 2, "x"],
      [1, 3, "y"],
    ],
    sqlTypes: ["integer", "integer", "text"],
  },
};

const expected: Readonly<Record<string, Readonly<Record<keyof typeof ways, Compiled>>>> = {
  "one column": {
    sqlite: ['update "track" set "title" = ? where "track"."id" = ?', ['a "b" \\', 1]],
    postgres: [
      'update "track" set "title" = "t1".c1 from unnest($1::integer[], $2::character varying[]) as "t1"(c0, c1) where "track"."id" = "t1".c0',
      ["{1,2}", '{"a \\"b\\" \\\\","ü😀"}'],
    ],
    mysql: [
      "update JSON_TABLE(?, '$[*]' COLUMNS (c0 bigint PATH '$[0]' ERROR ON ERROR, c1 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]' ERROR ON ERROR)) AS `t1` straight_join `track` on `track`.`id` = `t1`.c0 set `track`.`title` = `t1`.c1",
      ['[[1,"a \\"b\\" \\\\"],[2,"ü😀"]]'],
    ],
    spelled: [
      "update `track` set `title` = case `track`.`id` when ? then ? when ? then ? else `track`.`title` end where `track`.`id` in (?, ?)",
      [1, 'a "b" \\', 2, "ü😀", 1, 2],
    ],
  },
  "several, with values that are encoded": {
    sqlite: [
      'update "thing" set "note" = ?, "size" = ?, "serial" = ?, "price" = ?, "ratio" = ?, "done" = ?, "made" = ?, "data" = ? where "thing"."id" = ?',
      [null, 3, 2n ** 60n, "1.50", 1e300, 1, "2020-02-03 04:05:06.007", '{"a":["\\"",null]}', 1],
    ],
    postgres: [
      'update "thing" set "note" = "t1".c1, "size" = "t1".c2, "serial" = "t1".c3, "price" = "t1".c4, "ratio" = "t1".c5, "done" = "t1".c6, "made" = "t1".c7, "data" = "t1".c8 from unnest($1::integer[], $2::text[], $3::integer[], $4::bigint[], $5::numeric[], $6::float8[], $7::boolean[], $8::timestamptz[], $9::jsonb[]) as "t1"(c0, c1, c2, c3, c4, c5, c6, c7, c8) where "thing"."id" = "t1".c0',
      [
        "{1,2}",
        '{NULL,"null"}',
        "{3,NULL}",
        "{1152921504606846976,-1}",
        '{"1.50","0.00"}',
        "{1e+300,-0.5}",
        "{true,false}",
        '{"2020-02-03T04:05:06.007Z","2020-02-03T04:05:06.007Z"}',
        '{"{\\"a\\":[\\"\\\\\\"\\",null]}",NULL}',
      ],
    ],
    mysql: [
      "update JSON_TABLE(?, '$[*]' COLUMNS (c0 bigint PATH '$[0]' ERROR ON ERROR, c1 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]' ERROR ON ERROR, c2 bigint PATH '$[2]' ERROR ON ERROR, c3 bigint PATH '$[3]' ERROR ON ERROR, c4 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[4]' ERROR ON ERROR, c5 double PATH '$[5]' ERROR ON ERROR, c6 bigint PATH '$[6]' ERROR ON ERROR, c7 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[7]' ERROR ON ERROR, c8 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[8]' ERROR ON ERROR)) AS `t1` straight_join `thing` on `thing`.`id` = `t1`.c0 set `thing`.`note` = `t1`.c1, `thing`.`size` = `t1`.c2, `thing`.`serial` = `t1`.c3, `thing`.`price` = `t1`.c4, `thing`.`ratio` = `t1`.c5, `thing`.`done` = `t1`.c6, `thing`.`made` = `t1`.c7, `thing`.`data` = `t1`.c8",
      [
        '[[1,null,3,1152921504606846976,"1.50",1e+300,1,"2020-02-03 04:05:06.007","{\\"a\\":[\\"\\\\\\"\\",null]}"],[2,"null",null,-1,"0.00",-0.5,0,"2020-02-03 04:05:06.007",null]]',
      ],
    ],
    spelled: [
      "update `thing` set `note` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`note` end, `size` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`size` end, `serial` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`serial` end, `price` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`price` end, `ratio` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`ratio` end, `done` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`done` end, `made` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`made` end, `data` = case `thing`.`id` when ? then ? when ? then ? else `thing`.`data` end where `thing`.`id` in (?, ?)",
      [
        1,
        null,
        2,
        "null",
        1,
        3,
        2,
        null,
        1,
        2n ** 60n,
        2,
        -1n,
        1,
        "1.50",
        2,
        "0.00",
        1,
        1e300,
        2,
        -0.5,
        1,
        true,
        2,
        false,
        1,
        "2020-02-03 04:05:06.007",
        2,
        "2020-02-03 04:05:06.007",
        1,
        '{"a":["\\"",null]}',
        2,
        null,
        1,
        2,
      ],
    ],
  },
  "rows of a query": {
    sqlite: ['update "track" set "title" = ? where "track"."position" >= ? and "track"."id" = ?', ["x", 3, 1]],
    postgres: [
      'update "track" set "title" = "t1".c1 from unnest($1::integer[], $2::text[]) as "t1"(c0, c1) where "track"."id" = "t1".c0 and ("track"."position" >= $3)',
      ["{1,2}", '{"x","y"}', 3],
    ],
    mysql: [
      "update JSON_TABLE(?, '$[*]' COLUMNS (c0 bigint PATH '$[0]' ERROR ON ERROR, c1 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]' ERROR ON ERROR)) AS `t1` straight_join `track` on `track`.`id` = `t1`.c0 set `track`.`title` = `t1`.c1 where `track`.`position` >= ?",
      ['[[1,"x"],[2,"y"]]', 3],
    ],
    spelled: [
      "update `track` set `title` = case `track`.`id` when ? then ? when ? then ? else `track`.`title` end where `track`.`position` >= ? and `track`.`id` in (?, ?)",
      [1, "x", 2, "y", 3, 1, 2],
    ],
  },
  "rows of a query across relations": {
    sqlite: [
      'update "track" set "title" = ?, "album_id" = ? where "id" in (select "t2"."id" from "track" as "t2" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = ? and "t2"."id" = ?)',
      ["x", 7, "z", 1],
    ],
    postgres: [
      'update "track" set "title" = "t4".c1, "album_id" = "t4".c2 from unnest($1::integer[], $2::text[], $3::integer[]) as "t4"(c0, c1, c2) where "track"."id" = "t4".c0 and ("id" in (select "t2"."id" from "track" as "t2" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = $4))',
      ["{1,2}", '{"x","y"}', "{7,8}", "z"],
    ],
    mysql: [
      "update JSON_TABLE(?, '$[*]' COLUMNS (c0 bigint PATH '$[0]' ERROR ON ERROR, c1 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]' ERROR ON ERROR, c2 bigint PATH '$[2]' ERROR ON ERROR)) AS `t5` straight_join `track` on `track`.`id` = `t5`.c0 set `track`.`title` = `t5`.c1, `track`.`album_id` = `t5`.c2 where `id` in (select * from (select `t2`.`id` from `track` as `t2` inner join `album` as `t3` on `t3`.`id` = `t2`.`album_id` where `t3`.`name` = ?) as t4)",
      ['[[1,"x",7],[2,"y",8]]', "z"],
    ],
    spelled: [
      "update `track` set `title` = case `track`.`id` when ? then ? when ? then ? else `track`.`title` end, `album_id` = case `track`.`id` when ? then ? when ? then ? else `track`.`album_id` end where `id` in (select * from (select `t2`.`id` from `track` as `t2` inner join `album` as `t3` on `t3`.`id` = `t2`.`album_id` where `t3`.`name` = ? and `t2`.`id` in (?, ?)) as t4)",
      [1, "x", 2, "y", 1, 7, 2, 8, "z", 1, 2],
    ],
  },
  "keys of several columns, in a schema": {
    sqlite: [
      'update "hall"."seat" set "guest" = ? where ("line", "place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" where ("t1"."line" = ? and "t1"."place" = ?))',
      ["x", 1, 2],
    ],
    postgres: [
      'update "hall"."seat" set "guest" = "t1".c2 from unnest($1::integer[], $2::integer[], $3::text[]) as "t1"(c0, c1, c2) where "seat"."line" = "t1".c0 and "seat"."place" = "t1".c1',
      ["{1,1}", "{2,3}", '{"x","y"}'],
    ],
    mysql: [
      "update JSON_TABLE(?, '$[*]' COLUMNS (c0 bigint PATH '$[0]' ERROR ON ERROR, c1 bigint PATH '$[1]' ERROR ON ERROR, c2 longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[2]' ERROR ON ERROR)) AS `t1` straight_join `hall`.`seat` on `seat`.`line` = `t1`.c0 and `seat`.`place` = `t1`.c1 set `seat`.`guest` = `t1`.c2",
      ['[[1,2,"x"],[1,3,"y"]]'],
    ],
    spelled: [
      "update `hall`.`seat` set `guest` = case when `seat`.`line` = ? and `seat`.`place` = ? then ? when `seat`.`line` = ? and `seat`.`place` = ? then ? else `seat`.`guest` end where (`line`, `place`) in (select * from (select `t1`.`line`, `t1`.`place` from `hall`.`seat` as `t1` where ((`t1`.`line` = ? and `t1`.`place` = ?) or (`t1`.`line` = ? and `t1`.`place` = ?))) as t2)",
      [1, 2, "x", 1, 3, "y", 1, 2, 1, 3],
    ],
  },
};

for (const [way, compile] of Object.entries(ways)) {
  it.each(Object.entries(cases))(`${way}: %s`, (name, given) => {
    expect(compile(given)).toEqual(expected[name]?.[way]);
  });
}

it("Lists hold neither bytes nor keys of text, which servers compare in ways of their own", () => {
  const types = (...names: string[]) =>
    names.map((name) => asked({ queryset: Thing.objects, fields: [name], rows: [], sqlTypes: [] }).columns[0]!.type);
  expect(rowList(types("id", "note"), 1, MARIADB)).not.toBeNull();
  expect(rowList(types("code", "note"), 1, MARIADB)).not.toBeNull();
  expect(rowList(types("id", "bytes"), 1, MARIADB)).toBeNull();
  expect(rowList(types("name", "note"), 1, MARIADB)).toBeNull();
  expect(rowList(types("id", "note"), 1, flavourOf("10.5.9-MariaDB")!)).toBeNull();
});
