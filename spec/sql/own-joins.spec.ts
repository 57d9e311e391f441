import { describe } from "vitest";
import { F, Q } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Track } from "./models.js";

describe("Joins of one's own", () => {
  expectSql({
    "of rows of the same model": [
      Album.objects
        .join(Album.alias("other"), { other__artist: F("artist"), other__price__gt: F("price") })
        .filter({ other__name: "x" })
        .values("id", "other__id"),
      {
        sqlite: [
          'select "album"."id" as "id", "t1"."id" as "other__id" from "album" inner join "album" as "t1" on ("t1"."artist_id" = "album"."artist_id" and dunder_decimal("t1"."price") > dunder_decimal("album"."price")) where "t1"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "album"."id" as "id", "t1"."id" as "other__id" from "album" inner join "album" as "t1" on ("t1"."artist_id" = "album"."artist_id" and "t1"."price" > "album"."price") where "t1"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `album`.`id` as `id`, `t1`.`id` as `other__id` from `album` inner join `album` as `t1` on (`t1`.`artist_id` = `album`.`artist_id` and `t1`.`price` > `album`.`price`) where `t1`.`name` = ?",
          ["x"],
        ],
      },
    ],
    "of rows that may not be there": [
      Album.objects
        .join(Album.alias("other"), { other__artist: F("artist"), other__price__gt: "5" }, { left: true })
        .values("id", "other__name"),
      {
        sqlite: [
          'select "album"."id" as "id", "t1"."name" as "other__name" from "album" left join "album" as "t1" on ("t1"."artist_id" = "album"."artist_id" and dunder_decimal("t1"."price") > dunder_decimal(?))',
          ["5.00"],
        ],
        postgres: [
          'select "album"."id" as "id", "t1"."name" as "other__name" from "album" left join "album" as "t1" on ("t1"."artist_id" = "album"."artist_id" and "t1"."price" > $1)',
          ["5.00"],
        ],
        mysql: [
          "select `album`.`id` as `id`, `t1`.`name` as `other__name` from `album` left join `album` as `t1` on (`t1`.`artist_id` = `album`.`artist_id` and `t1`.`price` > CAST(? AS DECIMAL(65, 2)))",
          ["5.00"],
        ],
      },
    ],
    "of rows that nobody names": [
      Album.objects.join(Album.alias("other"), { other__artist: F("artist") }).values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" inner join "album" as "t1" on "t1"."artist_id" = "album"."artist_id"',
          [],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" inner join "album" as "t1" on "t1"."artist_id" = "album"."artist_id"',
          [],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` inner join `album` as `t1` on `t1`.`artist_id` = `album`.`artist_id`",
          [],
        ],
      },
    ],
    "whose rows lead on": [
      Album.objects
        .join(Track.alias("song"), { song__title: F("artist__name") })
        .filter({ song__album__name: "x" })
        .exclude({ song__position: 1 })
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" inner join "track" as "t2" on "t2"."title" = "t1"."name" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = ? and not ("t2"."position" = ?)',
          ["x", 1],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" inner join "track" as "t2" on "t2"."title" = "t1"."name" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = $1 and not ("t2"."position" = $2)',
          ["x", 1],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` inner join `track` as `t2` on `t2`.`title` = `t1`.`name` inner join `album` as `t3` on `t3`.`id` = `t2`.`album_id` where `t3`.`name` = ? and not (`t2`.`position` = ?)",
          ["x", 1],
        ],
      },
    ],
    "on one of two conditions, excluded": [
      Album.objects
        .join(Track.alias("song"), Q({ song__title: F("name") }).or(Q({ song__note: F("name") })), { left: true })
        .exclude({ song__position: 1 })
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" left join "track" as "t1" on ("t1"."title" = "album"."name" or "t1"."note" = "album"."name") where ("t1"."position" = ?) is not true',
          [1],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" left join "track" as "t1" on ("t1"."title" = "album"."name" or "t1"."note" = "album"."name") where ("t1"."position" = $1) is not true',
          [1],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` left join `track` as `t1` on (`t1`.`title` = `album`.`name` or `t1`.`note` = `album`.`name`) where (`t1`.`position` = ?) is not true",
          [1],
        ],
      },
    ],
    "whose rows lead to many": [
      Album.objects
        .join(Artist.alias("double"), { double__name: F("artist__name") })
        .exclude({ double__albums__name: "x" })
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" inner join "artist" as "t2" on "t2"."name" = "t1"."name" where not (exists (select 1 from "album" as "t3" where "t3"."artist_id" = "t2"."id" and "t3"."name" = ?))',
          ["x"],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" inner join "artist" as "t2" on "t2"."name" = "t1"."name" where not (exists (select 1 from "album" as "t3" where "t3"."artist_id" = "t2"."id" and "t3"."name" = $1))',
          ["x"],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` inner join `artist` as `t2` on `t2`.`name` = `t1`.`name` where not (exists (select 1 from `album` as `t3` where `t3`.`artist_id` = `t2`.`id` and `t3`.`name` = ?))",
          ["x"],
        ],
      },
    ],
  });
});
