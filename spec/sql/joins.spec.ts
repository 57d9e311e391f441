import { describe } from "vitest";
import { Count, F, FilteredRelation, Q } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Track } from "./models.js";

describe("Joins", () => {
  expectSql({
    "the key of a relation needs none": [
      Track.objects.filter({ album: 1 }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" = ?',
          [1],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" = $1',
          [1],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` = ?",
          [1],
        ],
      },
    ],
    "nor does its pk": [
      Track.objects.filter({ album__pk: 1 }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" = ?',
          [1],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" = $1',
          [1],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` = ?",
          [1],
        ],
      },
    ],
    "nor its key by name": [
      Track.objects.filter({ album__id__in: [1, 2] }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" IN (SELECT value FROM json_each(?))',
          ["[1,2]"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" = ANY($1)',
          ["{1,2}"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` in (?, ?)",
          [1, 2],
        ],
      },
    ],
    "nor isnull of a foreign key": [
      Artist.objects.filter({ label__isnull: true }).orderBy(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" where "artist"."label_id" is null',
          [],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" where "artist"."label_id" is null',
          [],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` where `artist`.`label_id` is null",
          [],
        ],
      },
    ],
    "a key at the end of two relations joins one": [
      Track.objects.filter({ album__artist: 1 }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where "t1"."artist_id" = ?',
          [1],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where "t1"."artist_id" = $1',
          [1],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` where `t1`.`artist_id` = ?",
          [1],
        ],
      },
    ],
    forward: [
      Track.objects.filter({ album__name: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where "t1"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where "t1"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` where `t1`.`name` = ?",
          ["x"],
        ],
      },
    ],
    "forward twice": [
      Track.objects.filter({ album__artist__name: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" where "t2"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" where "t2"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` inner join `artist` as `t2` on `t2`.`id` = `t1`.`artist_id` where `t2`.`name` = ?",
          ["x"],
        ],
      },
    ],
    "across a nullable key": [
      Album.objects.filter({ producer__name: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where `t1`.`name` = ?",
          ["x"],
        ],
      },
    ],
    "two paths to one model": [
      Album.objects.filter({ producer__name: "x", artist__name: "y" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" inner join "artist" as "t2" on "t2"."id" = "album"."artist_id" where ("t1"."name" = ? and "t2"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" inner join "artist" as "t2" on "t2"."id" = "album"."artist_id" where ("t1"."name" = $1 and "t2"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` inner join `artist` as `t2` on `t2`.`id` = `album`.`artist_id` where (`t1`.`name` = ? and `t2`.`name` = ?)",
          ["x", "y"],
        ],
      },
    ],
    "shared by all that follow it": [
      Track.objects.filter({ album__name__gte: "a" }).filter({ album__name__lt: "z" }).orderBy("album__name"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where "t1"."name" >= ? and "t1"."name" < ? order by "t1"."name"',
          ["a", "z"],
        ],
        postgres: [
          `select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where "t1"."name" >= $1 and "t1"."name" < $2 order by "t1"."name"`,
          ["a", "z"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` where `t1`.`name` >= ? and `t1`.`name` < ? order by `t1`.`name`",
          ["a", "z"],
        ],
      },
    ],
    "a self relation": [
      Artist.objects.filter({ mentor__mentor__name: "x" }).orderBy(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" inner join "artist" as "t1" on "t1"."id" = "artist"."mentor_id" inner join "artist" as "t2" on "t2"."id" = "t1"."mentor_id" where "t2"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" inner join "artist" as "t1" on "t1"."id" = "artist"."mentor_id" inner join "artist" as "t2" on "t2"."id" = "t1"."mentor_id" where "t2"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` inner join `artist` as `t1` on `t1`.`id` = `artist`.`mentor_id` inner join `artist` as `t2` on `t2`.`id` = `t1`.`mentor_id` where `t2`.`name` = ?",
          ["x"],
        ],
      },
    ],
    reverse: [
      Album.objects.filter({ tracks__title: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."title" = ?',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."title" = $1',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`title` = ?",
          ["x"],
        ],
      },
    ],
    "reverse by its key": [
      Album.objects.filter({ tracks: 1 }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" = ?',
          [1],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" = $1',
          [1],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`id` = ?",
          [1],
        ],
      },
    ],
    "reverse, two conditions on one row": [
      Album.objects.filter({ tracks__title: "x", tracks__position: 1 }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where ("t1"."title" = ? and "t1"."position" = ?)',
          ["x", 1],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where ("t1"."title" = $1 and "t1"."position" = $2)',
          ["x", 1],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where (`t1`.`title` = ? and `t1`.`position` = ?)",
          ["x", 1],
        ],
      },
    ],
    "reverse, chained filters may hold for two rows": [
      Album.objects.filter({ tracks__title: "x" }).filter({ tracks__position: 1 }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" inner join "track" as "t2" on "t2"."album_id" = "album"."id" where "t1"."title" = ? and "t2"."position" = ?',
          ["x", 1],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" inner join "track" as "t2" on "t2"."album_id" = "album"."id" where "t1"."title" = $1 and "t2"."position" = $2',
          ["x", 1],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` inner join `track` as `t2` on `t2`.`album_id` = `album`.`id` where `t1`.`title` = ? and `t2`.`position` = ?",
          ["x", 1],
        ],
      },
    ],
    "reverse to one": [
      Album.objects.filter({ cover__painter: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "cover" as "t1" on "t1"."album_id" = "album"."id" where "t1"."painter" = ?',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "cover" as "t1" on "t1"."album_id" = "album"."id" where "t1"."painter" = $1',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `cover` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`painter` = ?",
          ["x"],
        ],
      },
    ],
    "reverse twice": [
      Artist.objects.filter({ albums__tracks__title: "x" }).orderBy(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" inner join "album" as "t1" on "t1"."artist_id" = "artist"."id" inner join "track" as "t2" on "t2"."album_id" = "t1"."id" where "t2"."title" = ?',
          ["x"],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" inner join "album" as "t1" on "t1"."artist_id" = "artist"."id" inner join "track" as "t2" on "t2"."album_id" = "t1"."id" where "t2"."title" = $1',
          ["x"],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` inner join `album` as `t1` on `t1`.`artist_id` = `artist`.`id` inner join `track` as `t2` on `t2`.`album_id` = `t1`.`id` where `t2`.`title` = ?",
          ["x"],
        ],
      },
    ],
    "reverse and forward again": [
      Artist.objects.filter({ albums__producer__name: "x" }).orderBy(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" inner join "album" as "t1" on "t1"."artist_id" = "artist"."id" inner join "artist" as "t2" on "t2"."id" = "t1"."producer_id" where "t2"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" inner join "album" as "t1" on "t1"."artist_id" = "artist"."id" inner join "artist" as "t2" on "t2"."id" = "t1"."producer_id" where "t2"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` inner join `album` as `t1` on `t1`.`artist_id` = `artist`.`id` inner join `artist` as `t2` on `t2`.`id` = `t1`.`producer_id` where `t2`.`name` = ?",
          ["x"],
        ],
      },
    ],
  });
});

describe("Joins that keep rows with nothing to join", () => {
  expectSql({
    "OR across a nullable key": [
      Album.objects.filter(Q({ producer__name: "x" }).or(Q({ name: "y" }))),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where ("t1"."name" = ? or "album"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where ("t1"."name" = $1 or "album"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where (`t1`.`name` = ? or `album`.`name` = ?)",
          ["x", "y"],
        ],
      },
    ],
    "OR that needs the row on both sides": [
      Album.objects.filter(Q({ producer__name: "x" }).or(Q({ producer__name: "y" }))),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where ("t1"."name" = ? or "t1"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where ("t1"."name" = $1 or "t1"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where (`t1`.`name` = ? or `t1`.`name` = ?)",
          ["x", "y"],
        ],
      },
    ],
    "OR, and an AND that needs the row": [
      Album.objects.filter(Q({ producer__name: "x" }).or(Q({ name: "y" })), Q({ producer__name__isnull: false })),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where (("t1"."name" = ? or "album"."name" = ?) and "t1"."name" is not null)',
          ["x", "y"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where (("t1"."name" = $1 or "album"."name" = $2) and "t1"."name" is not null)',
          ["x", "y"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where ((`t1`.`name` = ? or `album`.`name` = ?) and `t1`.`name` is not null)",
          ["x", "y"],
        ],
      },
    ],
    "OR across a key that is never null": [
      Track.objects.filter(Q({ album__name: "x" }).or(Q({ title: "y" }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where ("t1"."name" = ? or "track"."title" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where ("t1"."name" = $1 or "track"."title" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` where (`t1`.`name` = ? or `track`.`title` = ?)",
          ["x", "y"],
        ],
      },
    ],
    "OR over a reverse relation": [
      Album.objects.filter(Q({ tracks__title: "x" }).or(Q({ name: "y" }))),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" where ("t1"."title" = ? or "album"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" where ("t1"."title" = $1 or "album"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `track` as `t1` on `t1`.`album_id` = `album`.`id` where (`t1`.`title` = ? or `album`.`name` = ?)",
          ["x", "y"],
        ],
      },
    ],
    "isnull across a nullable key": [
      Album.objects.filter({ producer__name__isnull: true }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" is null',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" is null',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where `t1`.`name` is null",
          [],
        ],
      },
    ],
    "isnull false across a nullable key": [
      Album.objects.filter({ producer__name__isnull: false }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" is not null',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" is not null',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where `t1`.`name` is not null",
          [],
        ],
      },
    ],
    "isnull of a reverse relation": [
      Album.objects.filter({ tracks__isnull: true }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" is null',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" is null',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`id` is null",
          [],
        ],
      },
    ],
    "isnull false of a reverse relation": [
      Album.objects.filter({ tracks__isnull: false }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" is not null',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" is not null',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`id` is not null",
          [],
        ],
      },
    ],
    "isnull of a reverse relation to one": [
      Album.objects.filter({ cover__isnull: true }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "cover" as "t1" on "t1"."album_id" = "album"."id" where "t1"."album_id" is null',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "cover" as "t1" on "t1"."album_id" = "album"."id" where "t1"."album_id" is null',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `cover` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`album_id` is null",
          [],
        ],
      },
    ],
    "ne across a nullable key keeps rows without": [
      Album.objects.filter({ producer__name__ne: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" IS NOT ?',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" IS DISTINCT FROM $1',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where NOT (`t1`.`name` <=> ?)",
          ["x"],
        ],
      },
    ],
    "a required key behind a nullable one": [
      Artist.objects.filter(Q({ mentor__label__name: "x" }).or(Q({ name: "y" }))).orderBy(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" left join "artist" as "t1" on "t1"."id" = "artist"."mentor_id" left join "label" as "t2" on "t2"."id" = "t1"."label_id" where ("t2"."name" = ? or "artist"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" left join "artist" as "t1" on "t1"."id" = "artist"."mentor_id" left join "label" as "t2" on "t2"."id" = "t1"."label_id" where ("t2"."name" = $1 or "artist"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` left join `artist` as `t1` on `t1`.`id` = `artist`.`mentor_id` left join `label` as `t2` on `t2`.`id` = `t1`.`label_id` where (`t2`.`name` = ? or `artist`.`name` = ?)",
          ["x", "y"],
        ],
      },
    ],
  });
});

describe("Rows fetched along", () => {
  expectSql({
    selectRelated: [
      Track.objects.selectRelated("album"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id", "t1"."id", "t1"."name", "t1"."price", "t1"."artist_id", "t1"."producer_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id", "t1"."id", "t1"."name", "t1"."price", "t1"."artist_id", "t1"."producer_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id`, `t1`.`id`, `t1`.`name`, `t1`.`price`, `t1`.`artist_id`, `t1`.`producer_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id`",
          [],
        ],
      },
    ],
    "selectRelated across a nullable key": [
      Album.objects.selectRelated("producer"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."id", "t1"."name", "t1"."label_id", "t1"."mentor_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."id", "t1"."name", "t1"."label_id", "t1"."mentor_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id`, `t1`.`id`, `t1`.`name`, `t1`.`label_id`, `t1`.`mentor_id` from `album` left join `artist` as `t1` on `t1`.`id` = `album`.`producer_id`",
          [],
        ],
      },
    ],
    "selectRelated two levels": [
      Track.objects.selectRelated("album__artist"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id", "t1"."id", "t1"."name", "t1"."price", "t1"."artist_id", "t1"."producer_id", "t2"."id", "t2"."name", "t2"."label_id", "t2"."mentor_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id", "t1"."id", "t1"."name", "t1"."price", "t1"."artist_id", "t1"."producer_id", "t2"."id", "t2"."name", "t2"."label_id", "t2"."mentor_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id`, `t1`.`id`, `t1`.`name`, `t1`.`price`, `t1`.`artist_id`, `t1`.`producer_id`, `t2`.`id`, `t2`.`name`, `t2`.`label_id`, `t2`.`mentor_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` inner join `artist` as `t2` on `t2`.`id` = `t1`.`artist_id`",
          [],
        ],
      },
    ],
    "selectRelated of a reverse relation to one": [
      Album.objects.selectRelated("cover"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."album_id", "t1"."painter" from "album" left join "cover" as "t1" on "t1"."album_id" = "album"."id"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."album_id", "t1"."painter" from "album" left join "cover" as "t1" on "t1"."album_id" = "album"."id"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id`, `t1`.`album_id`, `t1`.`painter` from `album` left join `cover` as `t1` on `t1`.`album_id` = `album`.`id`",
          [],
        ],
      },
    ],
    "selectRelated shares the join of a filter": [
      Album.objects.selectRelated("producer").filter({ producer__name: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."id", "t1"."name", "t1"."label_id", "t1"."mentor_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."id", "t1"."name", "t1"."label_id", "t1"."mentor_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where "t1"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id`, `t1`.`id`, `t1`.`name`, `t1`.`label_id`, `t1`.`mentor_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where `t1`.`name` = ?",
          ["x"],
        ],
      },
    ],
    "selectRelated of several": [
      Album.objects.selectRelated("artist", "producer"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."id", "t1"."name", "t1"."label_id", "t1"."mentor_id", "t2"."id", "t2"."name", "t2"."label_id", "t2"."mentor_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" left join "artist" as "t2" on "t2"."id" = "album"."producer_id"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id", "t1"."id", "t1"."name", "t1"."label_id", "t1"."mentor_id", "t2"."id", "t2"."name", "t2"."label_id", "t2"."mentor_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" left join "artist" as "t2" on "t2"."id" = "album"."producer_id"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id`, `t1`.`id`, `t1`.`name`, `t1`.`label_id`, `t1`.`mentor_id`, `t2`.`id`, `t2`.`name`, `t2`.`label_id`, `t2`.`mentor_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` left join `artist` as `t2` on `t2`.`id` = `album`.`producer_id`",
          [],
        ],
      },
    ],
    "some rows of a relation, asked for": [
      Album.objects
        .alias({ late: FilteredRelation("tracks", { tracks__position__gt: 9 }) })
        .filter({ late__title: "x" })
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" and "t1"."position" > ? where "t1"."title" = ?',
          [9, "x"],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" and "t1"."position" > $1 where "t1"."title" = $2',
          [9, "x"],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` and `t1`.`position` > ? where `t1`.`title` = ?",
          [9, "x"],
        ],
      },
    ],
    "some rows of a relation, read": [
      Album.objects
        .alias({ late: FilteredRelation("tracks", { tracks__position__gt: 9 }) })
        .values("id", "late__title"),
      {
        sqlite: [
          'select "album"."id" as "id", "t1"."title" as "late__title" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" and "t1"."position" > ?',
          [9],
        ],
        postgres: [
          'select "album"."id" as "id", "t1"."title" as "late__title" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" and "t1"."position" > $1',
          [9],
        ],
        mysql: [
          "select `album`.`id` as `id`, `t1`.`title` as `late__title` from `album` left join `track` as `t1` on `t1`.`album_id` = `album`.`id` and `t1`.`position` > ?",
          [9],
        ],
      },
    ],
    "some rows of a relation, excluded": [
      Album.objects
        .alias({ late: FilteredRelation("tracks", { tracks__position__gt: 9 }) })
        .exclude({ late__title: "x" })
        .values("id"),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."position" > ? and "t1"."title" = ?))',
          [9, "x"],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."position" > $1 and "t1"."title" = $2))',
          [9, "x"],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` where not (exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`position` > ? and `t1`.`title` = ?))",
          [9, "x"],
        ],
      },
    ],
    "some rows of a relation, counted": [
      Album.objects
        .alias({ late: FilteredRelation("tracks", { tracks__position__gt: 9 }) })
        .annotate({ n: Count("late") })
        .values("n"),
      {
        sqlite: [
          'select (select COUNT("t1"."id") from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."position" > ?) as "n" from "album"',
          [9],
        ],
        postgres: [
          'select (select COUNT("t1"."id") from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."position" > $1) as "n" from "album"',
          [9],
        ],
        mysql: [
          "select (select COUNT(`t1`.`id`) from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`position` > ?) as `n` from `album`",
          [9],
        ],
      },
    ],
    "the one row of a relation, where it is like its own": [
      Track.objects
        .alias({ like: FilteredRelation("album", { album__name: F("title") }) })
        .filter({ like__isnull: true })
        .values("id"),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" left join "album" as "t1" on "t1"."id" = "track"."album_id" and "t1"."name" = "track"."title" where "t1"."id" is null',
          [],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" left join "album" as "t1" on "t1"."id" = "track"."album_id" and "t1"."name" = "track"."title" where "t1"."id" is null',
          [],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` left join `album` as `t1` on `t1`.`id` = `track`.`album_id` and `t1`.`name` = `track`.`title` where `t1`.`id` is null",
          [],
        ],
      },
    ],
  });
});
