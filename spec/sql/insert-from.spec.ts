import { Cast, Count, F, Lower, Value } from "dunder-orm";
import { type ColumnMeta, metaOf } from "../../lib/models/index.js";
import { compileInsertFrom } from "../../lib/compile/index.js";
import { QUERY, type Query, valuesOf } from "../../lib/query/index.js";
import { expectPlans } from "./expect-plan.js";
import { Album, Artist, Label, Seat, Thing, Track } from "./models.js";
import type { Plannable } from "./statements.js";

/** An insert of what a queryset gives, and of what is the same in all rows. */
function insertFrom(
  model: unknown,
  queryset: object,
  fields: readonly string[],
  constants: Readonly<Record<string, unknown>> = {},
): Plannable {
  const meta = metaOf(model);
  const query = (queryset as { [QUERY]: Query })[QUERY];
  const columns = (names: readonly string[]): ColumnMeta[] =>
    names.map((name) => meta.columns.find(({ field }) => field === name)!);
  const shape = { meta, query, columns: columns(fields), constants: columns(Object.keys(constants)) };
  return {
    plan: (database) => compileInsertFrom(database, shape),
    run: { values: [...valuesOf(query), ...Object.values(constants)], limit: query.limit, offset: query.offset },
  };
}

expectPlans({
  "values of rows": [
    insertFrom(Label, Artist.objects.filter({ name: "x" }).values("name"), ["name"]),
    {
      sqlite: [
        'insert into "label" ("name") select "t2"."c0" from (select "t1"."name" as "c0" from "artist" as "t1" where "t1"."name" = ?) as "t2"',
        ["x"],
      ],
      postgres: [
        'insert into "label" ("name") select "t2"."c0" from (select "t1"."name" as "c0" from "artist" as "t1" where "t1"."name" = $1) as "t2"',
        ["x"],
      ],
      mysql: [
        "insert into `label` (`name`) select `t2`.`c0` from (select `t1`.`name` as `c0` from `artist` as `t1` where `t1`.`name` = ?) as `t2`",
        ["x"],
      ],
    },
  ],
  "values across relations, and what is the same in all": [
    insertFrom(Track, Album.objects.filter({ artist__label__name: "x" }).values("name", "id"), ["title", "album"], {
      note: null,
      position: 7,
    }),
    {
      sqlite: [
        'insert into "track" ("title", "album_id", "note", "position") select "t4"."c0", "t4"."c1", ?, ? from (select "t1"."name" as "c0", "t1"."id" as "c1" from "album" as "t1" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" inner join "label" as "t3" on "t3"."id" = "t2"."label_id" where "t3"."name" = ?) as "t4"',
        [null, 7, "x"],
      ],
      postgres: [
        'insert into "track" ("title", "album_id", "note", "position") select "t4"."c0", "t4"."c1", $1, $2 from (select "t1"."name" as "c0", "t1"."id" as "c1" from "album" as "t1" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" inner join "label" as "t3" on "t3"."id" = "t2"."label_id" where "t3"."name" = $3) as "t4"',
        [null, 7, "x"],
      ],
      mysql: [
        "insert into `track` (`title`, `album_id`, `note`, `position`) select `t4`.`c0`, `t4`.`c1`, ?, ? from (select `t1`.`name` as `c0`, `t1`.`id` as `c1` from `album` as `t1` inner join `artist` as `t2` on `t2`.`id` = `t1`.`artist_id` inner join `label` as `t3` on `t3`.`id` = `t2`.`label_id` where `t3`.`name` = ?) as `t4`",
        [null, 7, "x"],
      ],
    },
  ],
  "rows of the table itself, some of them": [
    insertFrom(
      Track,
      Track.objects.filter({ position__gte: 3 }).orderBy("-position").slice(2, 5).values("title", "position", "album"),
      ["title", "position", "album"],
    ),
    {
      sqlite: [
        'insert into "track" ("title", "position", "album_id") select "t2"."c0", "t2"."c1", "t2"."c2" from (select "t1"."title" as "c0", "t1"."position" as "c1", "t1"."album_id" as "c2" from "track" as "t1" where "t1"."position" >= ? order by "t1"."position" desc limit ? + 0 offset ?) as "t2"',
        [3, 3, 2],
      ],
      postgres: [
        'insert into "track" ("title", "position", "album_id") select "t2"."c0", "t2"."c1", "t2"."c2" from (select "t1"."title" as "c0", "t1"."position" as "c1", "t1"."album_id" as "c2" from "track" as "t1" where "t1"."position" >= $1 order by "t1"."position" desc limit $2 offset $3) as "t2"',
        [3, 3, 2],
      ],
      mysql: [
        "insert into `track` (`title`, `position`, `album_id`) select `t2`.`c0`, `t2`.`c1`, `t2`.`c2` from (select `t1`.`title` as `c0`, `t1`.`position` as `c1`, `t1`.`album_id` as `c2` from `track` as `t1` where `t1`.`position` >= ? order by `t1`.`position` desc limit ? offset ?) as `t2`",
        [3, 3n, 2n],
      ],
    },
  ],
  "what is worked out": [
    insertFrom(Label, Artist.objects.values({ name: Lower("name") }), ["name"]),
    {
      sqlite: [
        'insert into "label" ("name") select "t2"."c0" from (select dunder_lower("t1"."name") as "c0" from "artist" as "t1") as "t2"',
        [],
      ],
      postgres: [
        'insert into "label" ("name") select "t2"."c0" from (select lower(("t1"."name") COLLATE "und-x-icu") COLLATE "C" as "c0" from "artist" as "t1") as "t2"',
        [],
      ],
      mysql: [
        "insert into `label` (`name`) select `t2`.`c0` from (select LOWER(CONVERT(`t1`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin as `c0` from `artist` as `t1`) as `t2`",
        [],
      ],
    },
  ],
  "what is counted": [
    insertFrom(
      Seat,
      Track.objects
        .values("album")
        .annotate({ number: Count("*") })
        .values("album", "number"),
      ["line", "place"],
      { guest: "nobody" },
    ),
    {
      sqlite: [
        'insert into "hall"."seat" ("line", "place", "guest") select "t2"."c0", "t2"."c1", ? from (select "t1"."album_id" as "c0", COUNT(*) as "c1" from "track" as "t1" group by 1) as "t2"',
        ["nobody"],
      ],
      postgres: [
        'insert into "hall"."seat" ("line", "place", "guest") select "t2"."c0", "t2"."c1", $1 from (select "t1"."album_id" as "c0", COUNT(*) as "c1" from "track" as "t1" group by 1) as "t2"',
        ["nobody"],
      ],
      mysql: [
        "insert into `hall`.`seat` (`line`, `place`, `guest`) select `t2`.`c0`, `t2`.`c1`, ? from (select `t1`.`album_id` as `c0`, COUNT(*) as `c1` from `track` as `t1` group by 1) as `t2`",
        ["nobody"],
      ],
    },
  ],
  "what has another form in its table": [
    insertFrom(Thing, Album.objects.values({ price: Cast(F("id").add(Value(1)), "decimal") }), ["price"], {
      serial: 2n ** 60n,
      done: true,
      data: { a: [1] },
      made: new Date(0),
    }),
    {
      sqlite: [
        'insert into "thing" ("price", "serial", "done", "data", "made") select dunder_dec("t2"."c0", 2), ?, ?, ?, ? from (select dunder_dec(("t1"."id" + ?), 0) as "c0" from "album" as "t1") as "t2"',
        [2n ** 60n, 1, '{"a":[1]}', "1970-01-01 00:00:00.000", 1n],
      ],
      postgres: [
        'insert into "thing" ("price", "serial", "done", "data", "made") select ROUND("t2"."c0", 2), $1, $2, $3, $4 from (select ROUND(CAST((CAST("t1"."id" AS bigint) + CAST($5 AS bigint)) AS numeric), 0) as "c0" from "album" as "t1") as "t2"',
        [2n ** 60n, true, '{"a":[1]}', "1970-01-01T00:00:00.000Z", 1],
      ],
      mysql: [
        "insert into `thing` (`price`, `serial`, `done`, `data`, `made`) select CAST(`t2`.`c0` AS DECIMAL(65, 2)), ?, ?, ?, ? from (select CAST((`t1`.`id` + CAST(? AS SIGNED)) AS DECIMAL(65, 0)) as `c0` from `album` as `t1`) as `t2`",
        [2n ** 60n, true, '{"a":[1]}', "1970-01-01 00:00:00.000", 1n],
      ],
    },
  ],
  "different names alone": [
    insertFrom(Label, Artist.objects.values("name").distinct(), ["name"]),
    {
      sqlite: [
        'insert into "label" ("name") select "t2"."c0" from (select distinct "t1"."name" as "c0" from "artist" as "t1") as "t2"',
        [],
      ],
      postgres: [
        'insert into "label" ("name") select "t2"."c0" from (select distinct "t1"."name" as "c0" from "artist" as "t1") as "t2"',
        [],
      ],
      mysql: [
        "insert into `label` (`name`) select `t2`.`c0` from (select distinct `t1`.`name` as `c0` from `artist` as `t1`) as `t2`",
        [],
      ],
    },
  ],
  "names of both": [
    insertFrom(Label, Artist.objects.values("name").union(Album.objects.filter({ name: "y" }).values("name")), [
      "name",
    ]),
    {
      sqlite: [
        'insert into "label" ("name") select "t4"."c0" from (select "t1"."name" as "c0" from (select "t2"."name" as "name" from "artist" as "t2" union select "t3"."name" as "name" from "album" as "t3" where "t3"."name" = ?) as "t1") as "t4"',
        ["y"],
      ],
      postgres: [
        'insert into "label" ("name") select "t4"."c0" from (select "t1"."name" as "c0" from (select "t2"."name" as "name" from "artist" as "t2" union select "t3"."name" as "name" from "album" as "t3" where "t3"."name" = $1) as "t1") as "t4"',
        ["y"],
      ],
      mysql: [
        "insert into `label` (`name`) select `t4`.`c0` from (select `t1`.`name` as `c0` from (select `t2`.`name` as `name` from `artist` as `t2` union select `t3`.`name` as `name` from `album` as `t3` where `t3`.`name` = ?) as `t1`) as `t4`",
        ["y"],
      ],
    },
  ],
});
