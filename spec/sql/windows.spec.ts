import { describe, expect, it } from "vitest";
import type { OperationNode, RootOperationNode } from "kysely";
import {
  Count,
  Exists,
  F,
  JsonAgg,
  Lag,
  Lower,
  NotSupportedError,
  OuterRef,
  Q,
  Rank,
  RowNumber,
  StringAgg,
  Sum,
  Value,
  Window,
} from "dunder-orm";
import { literalNode } from "../../lib/databases/nodes.js";
import type { WindowParts } from "../../lib/databases/ports/index.js";
import { windowNames } from "../../lib/functions/index.js";
import { databases } from "./databases.js";
import { expectSql } from "./expect-sql.js";
import { Album, Track } from "./models.js";
import { engines, type WrittenOn } from "./written-functions.js";

const place = Window(Rank(), { partitionBy: "album", orderBy: "-position" });
const placed = Track.objects.annotate({ place });

describe("Windows", () => {
  expectSql({
    "a place in a part": [
      Track.objects.values({ place }),
      {
        sqlite: [
          'select RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "place" from "track"',
          [],
        ],
        postgres: [
          'select RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "place" from "track"',
          [],
        ],
        mysql: [
          "select RANK() OVER (PARTITION BY `track`.`album_id` ORDER BY `track`.`position` desc) as `place` from `track`",
          [],
        ],
      },
    ],
    "without an order": [
      Track.objects.values({ n: Window(RowNumber()) }),
      {
        sqlite: ['select ROW_NUMBER() OVER () as "n" from "track"', []],
        postgres: ['select ROW_NUMBER() OVER () as "n" from "track"', []],
        mysql: ["select ROW_NUMBER() OVER () as `n` from `track`", []],
      },
    ],
    "decimals and texts in their meaning": [
      Album.objects.values({
        r: Window(Rank(), { partitionBy: "price", orderBy: [F("price").desc({ nulls: "last" }), Lower("name")] }),
      }),
      {
        sqlite: [
          'select RANK() OVER (PARTITION BY dunder_decimal("album"."price") ORDER BY dunder_decimal("album"."price") desc nulls last, dunder_lower("album"."name")) as "r" from "album"',
          [],
        ],
        postgres: [
          'select RANK() OVER (PARTITION BY "album"."price" ORDER BY "album"."price" desc nulls last, (lower(("album"."name") COLLATE "und-x-icu") COLLATE "C") COLLATE "C") as "r" from "album"',
          [],
        ],
        mysql: [
          "select RANK() OVER (PARTITION BY `album`.`price` ORDER BY case when `album`.`price` is null then 1 else 0 end, `album`.`price` desc, LOWER(CONVERT(`album`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin) as `r` from `album`",
          [],
        ],
      },
    ],
    "a default": [
      Track.objects.values({ before: Window(Lag("note", 2, Value("none")), { orderBy: "id" }) }),
      {
        sqlite: ['select LAG("track"."note", 2, ?) OVER (ORDER BY "track"."id") as "before" from "track"', ["none"]],
        postgres: [
          'select LAG("track"."note", 2, CAST($1 AS text)) OVER (ORDER BY "track"."id") as "before" from "track"',
          ["none"],
        ],
        mysql: ["select LAG(`track`.`note`, 2, ?) OVER (ORDER BY `track`.`id`) as `before` from `track`", ["none"]],
      },
    ],
    "an aggregate, its filter, its default and its frame": [
      Album.objects.values({
        sum: Window(Sum("price", { default: "0", filter: { name: "x" } }), {
          orderBy: "id",
          frame: { start: -1, end: 0 },
        }),
      }),
      {
        sqlite: [
          'select coalesce(dunder_dec(dunder_dec_sum("album"."price") FILTER (WHERE "album"."name" = ?) OVER (ORDER BY "album"."id" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), 2), ?) as "sum" from "album"',
          ["x", "0.00"],
        ],
        postgres: [
          'select coalesce(SUM("album"."price") FILTER (WHERE "album"."name" = $1) OVER (ORDER BY "album"."id" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), CAST($2 AS numeric)) as "sum" from "album"',
          ["x", "0.00"],
        ],
        mysql: [
          "select coalesce(SUM(CASE WHEN `album`.`name` = ? THEN `album`.`price` END) OVER (ORDER BY `album`.`id` ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), CAST(? AS DECIMAL(65, 2))) as `sum` from `album`",
          ["x", "0.00"],
        ],
      },
    ],
    "a range of values": [
      Track.objects.values({
        n: Window(Count("*"), { orderBy: "position", frame: { type: "range", start: -2, end: 2 } }),
      }),
      {
        sqlite: [
          'select COUNT(*) OVER (ORDER BY "track"."position" RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) as "n" from "track"',
          [],
        ],
        postgres: [
          'select COUNT(*) OVER (ORDER BY "track"."position" RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) as "n" from "track"',
          [],
        ],
        mysql: [
          "select COUNT(*) OVER (ORDER BY `track`.`position` RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) as `n` from `track`",
          [],
        ],
      },
    ],
    "a filter": [
      placed.filter({ place__lte: 3, title: "x" }).orderBy("-place", "title").values("title", "place").limit(2),
      {
        sqlite: [
          'select "t1"."c1" as "title", "t1"."c2" as "place" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2" from "track" where "track"."title" = ?) as "t1" where "t1"."c2" <= ? order by 2 desc, "t1"."c1" limit ? + 0',
          ["x", 3, 2],
        ],
        postgres: [
          'select "t1"."c1" as "title", "t1"."c2" as "place" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2" from "track" where "track"."title" = $1) as "t1" where "t1"."c2" <= $2 order by 2 desc, "t1"."c1" limit $3',
          ["x", 3, 2],
        ],
        mysql: [
          "select `t1`.`c1` as `title`, `t1`.`c2` as `place` from (select `track`.`title` as `c1`, RANK() OVER (PARTITION BY `track`.`album_id` ORDER BY `track`.`position` desc) as `c2` from `track` where `track`.`title` = ?) as `t1` where `t1`.`c2` <= ? order by 2 desc, `t1`.`c1` limit ?",
          ["x", 3, 2n],
        ],
      },
    ],
    "a filter of columns, too": [
      placed
        .filter(Q({ place: 1 }).or(Q({ album__name: "x" })))
        .exclude({ place: 2 })
        .values("title"),
      {
        sqlite: [
          'select "t1"."c1" as "title" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2", "t2"."name" = ? as "c3" from "track" inner join "album" as "t2" on "t2"."id" = "track"."album_id") as "t1" where ("t1"."c2" = ? or "t1"."c3") and not ("t1"."c2" = ?)',
          ["x", 1, 2],
        ],
        postgres: [
          'select "t1"."c1" as "title" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2", "t2"."name" = $1 as "c3" from "track" inner join "album" as "t2" on "t2"."id" = "track"."album_id") as "t1" where ("t1"."c2" = $2 or "t1"."c3") and not ("t1"."c2" = $3)',
          ["x", 1, 2],
        ],
        mysql: [
          "select `t1`.`c1` as `title` from (select `track`.`title` as `c1`, RANK() OVER (PARTITION BY `track`.`album_id` ORDER BY `track`.`position` desc) as `c2`, `t2`.`name` = ? as `c3` from `track` inner join `album` as `t2` on `t2`.`id` = `track`.`album_id`) as `t1` where (`t1`.`c2` = ? or `t1`.`c3`) and not (`t1`.`c2` = ?)",
          ["x", 1, 2],
        ],
      },
    ],
    "a filter by a column": [
      placed.filter({ place: F("position") }).values("title"),
      {
        sqlite: [
          'select "t1"."c1" as "title" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2", "track"."position" as "c3" from "track") as "t1" where "t1"."c2" = "t1"."c3"',
          [],
        ],
        postgres: [
          'select "t1"."c1" as "title" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2", "track"."position" as "c3" from "track") as "t1" where "t1"."c2" = "t1"."c3"',
          [],
        ],
        mysql: [
          "select `t1`.`c1` as `title` from (select `track`.`title` as `c1`, RANK() OVER (PARTITION BY `track`.`album_id` ORDER BY `track`.`position` desc) as `c2`, `track`.`position` as `c3` from `track`) as `t1` where `t1`.`c2` = `t1`.`c3`",
          [],
        ],
      },
    ],
    "distinct rows, ordered by what is not selected": [
      placed.filter({ place: 1 }).values("title").distinct().orderBy("position"),
      {
        sqlite: [
          'select distinct "t1"."c1" as "title", "t1"."c3" as "o1" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2", "track"."position" as "c3" from "track") as "t1" where "t1"."c2" = ? order by "t1"."c3"',
          [1],
        ],
        postgres: [
          'select distinct "t1"."c1" as "title", "t1"."c3" as "o1" from (select "track"."title" as "c1", RANK() OVER (PARTITION BY "track"."album_id" ORDER BY "track"."position" desc) as "c2", "track"."position" as "c3" from "track") as "t1" where "t1"."c2" = $1 order by "t1"."c3"',
          [1],
        ],
        mysql: [
          "select distinct `t1`.`c1` as `title`, `t1`.`c3` as `o1` from (select `track`.`title` as `c1`, RANK() OVER (PARTITION BY `track`.`album_id` ORDER BY `track`.`position` desc) as `c2`, `track`.`position` as `c3` from `track`) as `t1` where `t1`.`c2` = ? order by `t1`.`c3`",
          [1],
        ],
      },
    ],
    groups: [
      Track.objects
        .values("album")
        .annotate({ n: Count("*") })
        .annotate({ r: Window(Rank(), { orderBy: "-n" }) })
        .filter({ r: 1, n__gt: 2 }),
      {
        sqlite: [
          'select "t1"."c1" as "album", "t1"."c2" as "n", "t1"."c3" as "r" from (select "track"."album_id" as "c1", COUNT(*) as "c2", RANK() OVER (ORDER BY COUNT(*) desc) as "c3" from "track" group by 1 having COUNT(*) > ?) as "t1" where "t1"."c3" = ?',
          [2, 1],
        ],
        postgres: [
          'select "t1"."c1" as "album", "t1"."c2" as "n", "t1"."c3" as "r" from (select "track"."album_id" as "c1", COUNT(*) as "c2", RANK() OVER (ORDER BY COUNT(*) desc) as "c3" from "track" group by 1 having COUNT(*) > $1) as "t1" where "t1"."c3" = $2',
          [2, 1],
        ],
        mysql: [
          "select `t1`.`c1` as `album`, `t1`.`c2` as `n`, `t1`.`c3` as `r` from (select `track`.`album_id` as `c1`, COUNT(*) as `c2`, RANK() OVER (ORDER BY COUNT(*) desc) as `c3` from `track` group by 1 having COUNT(*) > ?) as `t1` where `t1`.`c3` = ?",
          [2, 1],
        ],
      },
    ],
    "a query that names the one around it": [
      Album.objects.filter(Exists(placed.filter({ album: OuterRef("pk"), place: 1 }))).values("name"),
      {
        sqlite: [
          'select "album"."name" as "name" from "album" where exists (select 1 from (select RANK() OVER (PARTITION BY "t1"."album_id" ORDER BY "t1"."position" desc) as "c1" from "track" as "t1" where "t1"."album_id" = "album"."id") as "t2" where "t2"."c1" = ?)',
          [1],
        ],
        postgres: [
          'select "album"."name" as "name" from "album" where exists (select 1 from (select RANK() OVER (PARTITION BY "t1"."album_id" ORDER BY "t1"."position" desc) as "c1" from "track" as "t1" where "t1"."album_id" = "album"."id") as "t2" where "t2"."c1" = $1)',
          [1],
        ],
        mysql: [
          "select `album`.`name` as `name` from `album` where exists (select 1 from (select RANK() OVER (PARTITION BY `t1`.`album_id` ORDER BY `t1`.`position` desc) as `c1` from `track` as `t1` where `t1`.`album_id` = `album`.`id`) as `t2` where `t2`.`c1` = ?)",
          [1],
        ],
      },
    ],
    "a slice of a query": [
      Album.objects.filter({ tracks__in: placed.filter({ place: 1 }).orderBy("id").limit(2) }).values("name"),
      {
        sqlite: [
          'select "album"."name" as "name" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" in (select "t3"."c1" as "id" from (select "t2"."id" as "c1", RANK() OVER (PARTITION BY "t2"."album_id" ORDER BY "t2"."position" desc) as "c2" from "track" as "t2") as "t3" where "t3"."c2" = ? order by "t3"."c1" limit ? + 0)',
          [1, 2],
        ],
        postgres: [
          'select "album"."name" as "name" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" in (select "t3"."c1" as "id" from (select "t2"."id" as "c1", RANK() OVER (PARTITION BY "t2"."album_id" ORDER BY "t2"."position" desc) as "c2" from "track" as "t2") as "t3" where "t3"."c2" = $1 order by "t3"."c1" limit $2)',
          [1, 2],
        ],
        mysql: [
          "select `album`.`name` as `name` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`id` in (select * from (select `t3`.`c1` as `id` from (select `t2`.`id` as `c1`, RANK() OVER (PARTITION BY `t2`.`album_id` ORDER BY `t2`.`position` desc) as `c2` from `track` as `t2`) as `t3` where `t3`.`c2` = ? order by `t3`.`c1` limit ?) as t4)",
          [1, 2n],
        ],
      },
    ],
    "rows joined by a filter": [
      Album.objects
        .filter({ tracks__position: 1 })
        .annotate({ n: Window(RowNumber()) })
        .values("n"),
      {
        sqlite: [
          'select ROW_NUMBER() OVER () as "n" from "album" where "album"."id" in (select "t1"."id" from "album" as "t1" inner join "track" as "t2" on "t2"."album_id" = "t1"."id" where "t2"."position" = ?)',
          [1],
        ],
        postgres: [
          'select ROW_NUMBER() OVER () as "n" from "album" where "album"."id" in (select "t1"."id" from "album" as "t1" inner join "track" as "t2" on "t2"."album_id" = "t1"."id" where "t2"."position" = $1)',
          [1],
        ],
        mysql: [
          "select ROW_NUMBER() OVER () as `n` from `album` where `album`.`id` in (select `t1`.`id` from `album` as `t1` inner join `track` as `t2` on `t2`.`album_id` = `t1`.`id` where `t2`.`position` = ?)",
          [1],
        ],
      },
    ],
  });
});

describe("What MySQL lacks is refused before anything is sent", () => {
  const one = (frame: object) => Window(Sum("position"), { orderBy: "id", frame });
  it.each([
    ["groups", one({ type: "groups" }), 'MySQL has no window frames of type "groups".'],
    ["exclude", one({ exclude: "ties" }), "MySQL has no exclude in window frames."],
    ["texts", Window(StringAgg("title", ",")), "MySQL cannot put together texts or JSON over a window."],
    ["JSON", Window(JsonAgg("title")), "MySQL cannot put together texts or JSON over a window."],
  ])("%s", (_, expression, message) => {
    const asked = Track.objects.values({ x: expression }).using(databases.mysql);
    expect(() => asked.sql()).toThrow(NotSupportedError);
    expect(() => asked.sql()).toThrow(message);
    expect(() => asked.using(databases.sqlite).sql()).not.toThrow();
  });
});

const parts: WindowParts = { partition: [], order: [], frame: null, distanceOf: null, ofPlaces: true };
const [x, otherwise] = [literalNode("x"), literalNode("d")];

function written(on: WrittenOn, name: string, args: readonly OperationNode[], options = {}): string {
  const { functions, createCompiler } = engines[on];
  const node = functions.window(name, args, { options, over: functions.over(parts) });
  return createCompiler().compileQuery(node as unknown as RootOperationNode, { queryId: "spec" }).sql;
}

describe("Functions that need a window", () => {
  const rows: Record<
    string,
    readonly [args: readonly OperationNode[], options: object, sql: string, mariadb?: string]
  > = {
    rowNumber: [[], {}, "ROW_NUMBER() OVER ()"],
    rank: [[], {}, "RANK() OVER ()"],
    denseRank: [[], {}, "DENSE_RANK() OVER ()"],
    percentRank: [[], {}, "PERCENT_RANK() OVER ()", "CAST(PERCENT_RANK() OVER (ORDER BY NULL) AS DOUBLE)"],
    cumeDist: [[], {}, "CUME_DIST() OVER ()", "CAST(CUME_DIST() OVER (ORDER BY NULL) AS DOUBLE)"],
    ntile: [[], { parts: 4 }, "NTILE(4) OVER ()"],
    lag: [
      [x, otherwise],
      { rows: 2 },
      "LAG(x, 2, d) OVER ()",
      "CASE WHEN LAG(1, 2) OVER (ORDER BY NULL) IS NULL THEN d ELSE LAG(x, 2) OVER (ORDER BY NULL) END",
    ],
    lead: [[x], { rows: 1 }, "LEAD(x, 1) OVER ()"],
    firstValue: [[x], {}, "FIRST_VALUE(x) OVER ()"],
    lastValue: [[x], {}, "LAST_VALUE(x) OVER ()"],
    nthValue: [[x], { n: 3 }, "NTH_VALUE(x, 3) OVER ()"],
  };

  it.each(Object.keys(rows))("%s", (name) => {
    const [args, options, sql, mariadb] = rows[name]!;
    for (const engine of ["sqlite", "postgres", "mysql"] as const) {
      expect(written(engine, name, args, options)).toBe(sql);
    }
    expect(written("mariadb", name, args, options)).toBe(mariadb ?? sql.replace("OVER ()", "OVER (ORDER BY NULL)"));
  });

  it("none is left out", () => expect(new Set(Object.keys(rows))).toEqual(new Set(windowNames)));
});
