import { describe } from "vitest";
import { expectSql } from "./expect-sql.js";
import { Album, Seat, Track } from "./models.js";

describe("or and and of querysets", () => {
  expectSql({
    or: [
      Track.objects
        .filter({ position: 1 })
        .or(Track.objects.filter({ title: "x", note: null }))
        .values("id"),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" where ("track"."position" = ? or ("track"."title" = ? and "track"."note" is null))',
          [1, "x"],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" where ("track"."position" = $1 or ("track"."title" = $2 and "track"."note" is null))',
          [1, "x"],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` where (`track`.`position` = ? or (`track`.`title` = ? and `track`.`note` is null))",
          [1, "x"],
        ],
      },
    ],
    and: [
      Track.objects
        .filter({ position: 1 })
        .and(Track.objects.exclude({ title: "x" }))
        .values("id"),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" where "track"."position" = ? and not ("track"."title" = ?)',
          [1, "x"],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" where "track"."position" = $1 and not ("track"."title" = $2)',
          [1, "x"],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` where `track`.`position` = ? and not (`track`.`title` = ?)",
          [1, "x"],
        ],
      },
    ],
    "of all rows": [
      Track.objects.filter({ position: 1 }).or(Track.objects).values("id"),
      {
        sqlite: ['select "track"."id" as "id" from "track"', []],
        postgres: ['select "track"."id" as "id" from "track"', []],
        mysql: ["select `track`.`id` as `id` from `track`", []],
      },
    ],
    "of none": [
      Track.objects
        .none()
        .or(Track.objects.filter({ position: 1 }))
        .values("id"),
      {
        sqlite: ['select "track"."id" as "id" from "track" where (1 = 0 or "track"."position" = ?)', [1]],
        postgres: ['select "track"."id" as "id" from "track" where (1 = 0 or "track"."position" = $1)', [1]],
        mysql: ["select `track`.`id` as `id` from `track` where (1 = 0 or `track`.`position` = ?)", [1]],
      },
    ],
    "each side joins for itself": [
      Album.objects
        .filter({ tracks__title: "x" })
        .or(Album.objects.filter({ tracks__position: 1 }))
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" left join "track" as "t2" on "t2"."album_id" = "album"."id" where ("t1"."title" = ? or "t2"."position" = ?)',
          ["x", 1],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" left join "track" as "t2" on "t2"."album_id" = "album"."id" where ("t1"."title" = $1 or "t2"."position" = $2)',
          ["x", 1],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` left join `track` as `t1` on `t1`.`album_id` = `album`.`id` left join `track` as `t2` on `t2`.`album_id` = `album`.`id` where (`t1`.`title` = ? or `t2`.`position` = ?)",
          ["x", 1],
        ],
      },
    ],
    "both sides join for themselves": [
      Album.objects
        .filter({ tracks__title: "x" })
        .and(Album.objects.filter({ tracks__position: 1 }))
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" inner join "track" as "t2" on "t2"."album_id" = "album"."id" where "t1"."title" = ? and "t2"."position" = ?',
          ["x", 1],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" inner join "track" as "t2" on "t2"."album_id" = "album"."id" where "t1"."title" = $1 and "t2"."position" = $2',
          ["x", 1],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` inner join `track` as `t2` on `t2`.`album_id` = `album`.`id` where `t1`.`title` = ? and `t2`.`position` = ?",
          ["x", 1],
        ],
      },
    ],
    "a key of several columns, sliced": [
      Seat.objects.filter({ guest: "x" }).or(Seat.objects.orderBy("line").limit(2)).values("place"),
      {
        sqlite: [
          'select "seat"."place" as "place" from "hall"."seat" as "seat" where ("seat"."guest" = ? or ("seat"."line", "seat"."place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" order by "t1"."line" limit ? + 0))',
          ["x", 2],
        ],
        postgres: [
          'select "seat"."place" as "place" from "hall"."seat" as "seat" where ("seat"."guest" = $1 or ("seat"."line", "seat"."place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" order by "t1"."line" limit $2))',
          ["x", 2],
        ],
        mysql: [
          "select `seat`.`place` as `place` from `hall`.`seat` as `seat` where (`seat`.`guest` = ? or (`seat`.`line`, `seat`.`place`) in (select * from (select `t1`.`line`, `t1`.`place` from `hall`.`seat` as `t1` order by `t1`.`line` limit ?) as t2))",
          ["x", 2n],
        ],
      },
    ],
    "two slices": [
      Track.objects.orderBy("position").limit(1).or(Track.objects.orderBy("-position").slice(1, 3)).values("id"),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" where ("track"."id" in (select "t1"."id" from "track" as "t1" order by "t1"."position" limit ? + 0) or "track"."id" in (select "t2"."id" from "track" as "t2" order by "t2"."position" desc limit ? + 0 offset ?)) order by "track"."position"',
          [1, 2, 1],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" where ("track"."id" in (select "t1"."id" from "track" as "t1" order by "t1"."position" limit $1) or "track"."id" in (select "t2"."id" from "track" as "t2" order by "t2"."position" desc limit $2 offset $3)) order by "track"."position"',
          [1, 2, 1],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` where (`track`.`id` in (select * from (select `t1`.`id` from `track` as `t1` order by `t1`.`position` limit ?) as t2) or `track`.`id` in (select * from (select `t3`.`id` from `track` as `t3` order by `t3`.`position` desc limit ? offset ?) as t4)) order by `track`.`position`",
          [1n, 2n, 1n],
        ],
      },
    ],
    nested: [
      Track.objects
        .filter({ id: 1 })
        .or(Track.objects.filter({ id: 2 }))
        .and(Track.objects.filter({ id: 3 }).or(Track.objects.filter({ id: 4 })))
        .values("id"),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" where ("track"."id" = ? or "track"."id" = ?) and ("track"."id" = ? or "track"."id" = ?)',
          [1, 2, 3, 4],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" where ("track"."id" = $1 or "track"."id" = $2) and ("track"."id" = $3 or "track"."id" = $4)',
          [1, 2, 3, 4],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` where (`track`.`id` = ? or `track`.`id` = ?) and (`track`.`id` = ? or `track`.`id` = ?)",
          [1, 2, 3, 4],
        ],
      },
    ],
  });
});
