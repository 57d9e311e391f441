import { describe } from "vitest";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Seat, Track } from "./models.js";

describe("only and defer", () => {
  expectSql({
    only: [
      Track.objects.only("title", "note"),
      {
        sqlite: ['select "track"."id", "track"."title", "track"."note" from "track"', []],
        postgres: ['select "track"."id", "track"."title", "track"."note" from "track"', []],
        mysql: ["select `track`.`id`, `track`.`title`, `track`.`note` from `track`", []],
      },
    ],
    "defer, twice": [
      Track.objects.defer("note").defer("album", "title"),
      {
        sqlite: ['select "track"."id", "track"."position" from "track"', []],
        postgres: ['select "track"."id", "track"."position" from "track"', []],
        mysql: ["select `track`.`id`, `track`.`position` from `track`", []],
      },
    ],
    "the key of two columns": [
      Seat.objects.only("pk"),
      {
        sqlite: ['select "seat"."line", "seat"."place" from "hall"."seat" as "seat"', []],
        postgres: ['select "seat"."line", "seat"."place" from "hall"."seat" as "seat"', []],
        mysql: ["select `seat`.`line`, `seat`.`place` from `hall`.`seat` as `seat`", []],
      },
    ],
    "along two relations": [
      Track.objects.selectRelated("album__artist").only("title", "album__artist__name"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."album_id", "t1"."id", "t1"."artist_id", "t2"."id", "t2"."name" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."album_id", "t1"."id", "t1"."artist_id", "t2"."id", "t2"."name" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`album_id`, `t1`.`id`, `t1`.`artist_id`, `t2`.`id`, `t2`.`name` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` inner join `artist` as `t2` on `t2`.`id` = `t1`.`artist_id`",
          [],
        ],
      },
    ],
    "distinct, ordered by what is left out": [
      Album.objects.only("name").distinct().orderBy("artist", "name"),
      {
        sqlite: [
          'select distinct "album"."id", "album"."name", "t1"."name", "album"."artist_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" order by "t1"."name", "album"."artist_id" desc, "album"."name"',
          [],
        ],
        postgres: [
          'select distinct "album"."id", "album"."name", "t1"."name", "album"."artist_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" order by "t1"."name", "album"."artist_id" desc, "album"."name"',
          [],
        ],
        mysql: [
          "select distinct `album`.`id`, `album`.`name`, `t1`.`name`, `album`.`artist_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` order by `t1`.`name`, `album`.`artist_id` desc, `album`.`name`",
          [],
        ],
      },
    ],
    "nothing, where only keys are asked for": [
      Artist.objects.filter({ albums__in: Album.objects.only("name") }).only("name"),
      {
        sqlite: [
          'select "artist"."id", "artist"."name" from "artist" inner join "album" as "t1" on "t1"."artist_id" = "artist"."id" where "t1"."id" in (select "t2"."id" from "album" as "t2") order by "artist"."name", "artist"."id" desc',
          [],
        ],
        postgres: [
          'select "artist"."id", "artist"."name" from "artist" inner join "album" as "t1" on "t1"."artist_id" = "artist"."id" where "t1"."id" in (select "t2"."id" from "album" as "t2") order by "artist"."name", "artist"."id" desc',
          [],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name` from `artist` inner join `album` as `t1` on `t1`.`artist_id` = `artist`.`id` where `t1`.`id` in (select `t2`.`id` from `album` as `t2`) order by `artist`.`name`, `artist`.`id` desc",
          [],
        ],
      },
    ],
  });
});
