import { describe } from "vitest";
import { Q } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Track } from "./models.js";

describe("exclude", () => {
  expectSql({
    "a column that is never null": [
      Track.objects.exclude({ title: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."title" = ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."title" = $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (`track`.`title` = ?)",
          ["x"],
        ],
      },
    ],
    "a nullable column": [
      Track.objects.exclude({ note: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."note" = ?) is not true',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."note" = $1) is not true',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`note` = ?) is not true",
          ["x"],
        ],
      },
    ],
    null: [
      Track.objects.exclude({ note: null }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."note" is null)',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."note" is null)',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (`track`.`note` is null)",
          [],
        ],
      },
    ],
    isnull: [
      Track.objects.exclude({ note__isnull: true }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."note" is null)',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."note" is null)',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (`track`.`note` is null)",
          [],
        ],
      },
    ],
    "two conditions are one NOT": [
      Track.objects.exclude({ title: "x", note: "y" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = ? and "track"."note" = ?) is not true',
          ["x", "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = $1 and "track"."note" = $2) is not true',
          ["x", "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`title` = ? and `track`.`note` = ?) is not true",
          ["x", "y"],
        ],
      },
    ],
    "two calls are two": [
      Track.objects.exclude({ title: "x" }).exclude({ note: "y" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."title" = ?) and ("track"."note" = ?) is not true',
          ["x", "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."title" = $1) and ("track"."note" = $2) is not true',
          ["x", "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (`track`.`title` = ?) and (`track`.`note` = ?) is not true",
          ["x", "y"],
        ],
      },
    ],
    "an empty list": [
      Track.objects.exclude({ pk__in: [] }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not (1 = 0)',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not (1 = 0)',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (1 = 0)",
          [],
        ],
      },
    ],
    "a list": [
      Track.objects.exclude({ note__in: ["a", "b"] }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."note" IN (SELECT value FROM json_each(?))) is not true',
          ['["a","b"]'],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."note" = ANY($1)) is not true',
          ['{"a","b"}'],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`note` in (?, ?)) is not true",
          ["a", "b"],
        ],
      },
    ],
    "across a key that is never null": [
      Track.objects.exclude({ album__name: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where not ("t1"."name" = ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" where not ("t1"."name" = $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` where not (`t1`.`name` = ?)",
          ["x"],
        ],
      },
    ],
    "across a nullable key": [
      Album.objects.exclude({ producer__name: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where ("t1"."name" = ?) is not true',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" where ("t1"."name" = $1) is not true',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where (`t1`.`name` = ?) is not true",
          ["x"],
        ],
      },
    ],
    "across a nullable key, with a filter that needs the row": [
      Album.objects.exclude({ producer__name: "x" }).filter({ producer__name__contains: "y" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where not ("t1"."name" = ?) and instr("t1"."name", ?) > 0',
          ["x", "y"],
        ],
        postgres: [
          `select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."producer_id" where not ("t1"."name" = $1) and "t1"."name" LIKE $2 ESCAPE '!'`,
          ["x", "%y%"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` where not (`t1`.`name` = ?) and `t1`.`name` LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'",
          ["x", "%y%"],
        ],
      },
    ],
    "ne inside": [
      Track.objects.exclude({ note__ne: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."note" IS NOT ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."note" IS DISTINCT FROM $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (NOT (`track`.`note` <=> ?))",
          ["x"],
        ],
      },
    ],
    "a reverse relation": [
      Album.objects.exclude({ tracks__title: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."title" = ?))',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."title" = $1))',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where not (exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`title` = ?))",
          ["x"],
        ],
      },
    ],
    "a reverse relation by its key": [
      Album.objects.exclude({ tracks: 1 }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."id" = ?))',
          [1],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."id" = $1))',
          [1],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where not (exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`id` = ?))",
          [1],
        ],
      },
    ],
    "a reverse relation, two conditions": [
      Album.objects.exclude({ tracks__title: "x", tracks__position: 1 }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."title" = ?) and exists (select 1 from "track" as "t2" where "t2"."album_id" = "album"."id" and "t2"."position" = ?))',
          ["x", 1],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."title" = $1) and exists (select 1 from "track" as "t2" where "t2"."album_id" = "album"."id" and "t2"."position" = $2))',
          ["x", 1],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where not (exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`title` = ?) and exists (select 1 from `track` as `t2` where `t2`.`album_id` = `album`.`id` and `t2`.`position` = ?))",
          ["x", 1],
        ],
      },
    ],
    "a reverse relation behind a forward one": [
      Track.objects.exclude({ album__artist__albums__name: "x" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" where not (exists (select 1 from "album" as "t3" where "t3"."artist_id" = "t2"."id" and "t3"."name" = ?))',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" where not (exists (select 1 from "album" as "t3" where "t3"."artist_id" = "t2"."id" and "t3"."name" = $1))',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` inner join `artist` as `t2` on `t2`.`id` = `t1`.`artist_id` where not (exists (select 1 from `album` as `t3` where `t3`.`artist_id` = `t2`.`id` and `t3`.`name` = ?))",
          ["x"],
        ],
      },
    ],
    "a forward relation behind a reverse one": [
      Artist.objects.exclude({ albums__producer__name: "x" }).orderBy(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" where not (exists (select 1 from "album" as "t1" inner join "artist" as "t2" on "t2"."id" = "t1"."producer_id" where "t1"."artist_id" = "artist"."id" and "t2"."name" = ?))',
          ["x"],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" where not (exists (select 1 from "album" as "t1" inner join "artist" as "t2" on "t2"."id" = "t1"."producer_id" where "t1"."artist_id" = "artist"."id" and "t2"."name" = $1))',
          ["x"],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` where not (exists (select 1 from `album` as `t1` inner join `artist` as `t2` on `t2`.`id` = `t1`.`producer_id` where `t1`.`artist_id` = `artist`.`id` and `t2`.`name` = ?))",
          ["x"],
        ],
      },
    ],
    "a reverse relation, isnull": [
      Album.objects.exclude({ tracks__isnull: true }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (not exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id"))',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not (not exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id"))',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where not (not exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id`))",
          [],
        ],
      },
    ],
    "a reverse relation's column, isnull": [
      Album.objects.exclude({ tracks__note__isnull: true }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not ((not exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id") or exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."note" is null)))',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not ((not exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id") or exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."note" is null)))',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where not ((not exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id`) or exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`note` is null)))",
          [],
        ],
      },
    ],
    "a reverse relation's column, ne": [
      Album.objects.exclude({ tracks__note__ne: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not ((not exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id") or exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."note" IS NOT ?)))',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where not ((not exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id") or exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."note" IS DISTINCT FROM $1)))',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where not ((not exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id`) or exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and NOT (`t1`.`note` <=> ?))))",
          ["x"],
        ],
      },
    ],
    "a reverse relation to one": [
      Album.objects.exclude({ cover__painter: "x" }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "cover" as "t1" on "t1"."album_id" = "album"."id" where ("t1"."painter" = ?) is not true',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "cover" as "t1" on "t1"."album_id" = "album"."id" where ("t1"."painter" = $1) is not true',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `cover` as `t1` on `t1`.`album_id` = `album`.`id` where (`t1`.`painter` = ?) is not true",
          ["x"],
        ],
      },
    ],
  });
});

describe("Q", () => {
  expectSql({
    or: [
      Track.objects.filter(Q({ title: "x" }).or(Q({ position: 1 }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = ? or "track"."position" = ?)',
          ["x", 1],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = $1 or "track"."position" = $2)',
          ["x", 1],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`title` = ? or `track`.`position` = ?)",
          ["x", 1],
        ],
      },
    ],
    "and within or": [
      Track.objects.filter(Q({ title: "x", position: 1 }).or(Q({ position: 2 }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (("track"."title" = ? and "track"."position" = ?) or "track"."position" = ?)',
          ["x", 1, 2],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (("track"."title" = $1 and "track"."position" = $2) or "track"."position" = $3)',
          ["x", 1, 2],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where ((`track`.`title` = ? and `track`.`position` = ?) or `track`.`position` = ?)",
          ["x", 1, 2],
        ],
      },
    ],
    "or within and": [
      Track.objects.filter({ title: "x" }, Q({ position: 1 }).or(Q({ position: 2 }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = ? and ("track"."position" = ? or "track"."position" = ?))',
          ["x", 1, 2],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = $1 and ("track"."position" = $2 or "track"."position" = $3))',
          ["x", 1, 2],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`title` = ? and (`track`.`position` = ? or `track`.`position` = ?))",
          ["x", 1, 2],
        ],
      },
    ],
    not: [
      Track.objects.filter(Q({ title: "x" }).not()),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."title" = ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."title" = $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (`track`.`title` = ?)",
          ["x"],
        ],
      },
    ],
    "not of or": [
      Track.objects.filter(
        Q({ title: "x" })
          .or(Q({ note: "y" }))
          .not(),
      ),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = ? or "track"."note" = ?) is not true',
          ["x", "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = $1 or "track"."note" = $2) is not true',
          ["x", "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`title` = ? or `track`.`note` = ?) is not true",
          ["x", "y"],
        ],
      },
    ],
    "not of not": [
      Track.objects.filter(Q({ note: "y" }).not().not()),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not (("track"."note" = ?) is not true)',
          ["y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not (("track"."note" = $1) is not true)',
          ["y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not ((`track`.`note` = ?) is not true)",
          ["y"],
        ],
      },
    ],
    xor: [
      Track.objects.filter(Q({ title: "x" }).xor(Q({ note: "y" }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (case when "track"."title" = ? then 1 else 0 end + case when "track"."note" = ? then 1 else 0 end) % 2 = 1',
          ["x", "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (case when "track"."title" = $1 then 1 else 0 end + case when "track"."note" = $2 then 1 else 0 end) % 2 = 1',
          ["x", "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (case when `track`.`title` = ? then 1 else 0 end + case when `track`.`note` = ? then 1 else 0 end) % 2 = 1",
          ["x", "y"],
        ],
      },
    ],
    "xor of three": [
      Track.objects.filter(Q.xor(Q({ title: "x" }), Q({ note: "y" }), Q({ position: 1 }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (case when "track"."title" = ? then 1 else 0 end + case when "track"."note" = ? then 1 else 0 end + case when "track"."position" = ? then 1 else 0 end) % 2 = 1',
          ["x", "y", 1],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (case when "track"."title" = $1 then 1 else 0 end + case when "track"."note" = $2 then 1 else 0 end + case when "track"."position" = $3 then 1 else 0 end) % 2 = 1',
          ["x", "y", 1],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (case when `track`.`title` = ? then 1 else 0 end + case when `track`.`note` = ? then 1 else 0 end + case when `track`.`position` = ? then 1 else 0 end) % 2 = 1",
          ["x", "y", 1],
        ],
      },
    ],
    "xor over a reverse relation": [
      Album.objects.filter(Q({ tracks__title: "x" }).xor(Q({ name: "y" }))),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where (case when exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."title" = ?) then 1 else 0 end + case when "album"."name" = ? then 1 else 0 end) % 2 = 1',
          ["x", "y"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where (case when exists (select 1 from "track" as "t1" where "t1"."album_id" = "album"."id" and "t1"."title" = $1) then 1 else 0 end + case when "album"."name" = $2 then 1 else 0 end) % 2 = 1',
          ["x", "y"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where (case when exists (select 1 from `track` as `t1` where `t1`.`album_id` = `album`.`id` and `t1`.`title` = ?) then 1 else 0 end + case when `album`.`name` = ? then 1 else 0 end) % 2 = 1",
          ["x", "y"],
        ],
      },
    ],
    nothing: [
      Track.objects.filter(Q({})),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track`",
          [],
        ],
      },
    ],
    "nothing, negated, is all": [
      Track.objects.filter(Q({}).not()),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track`",
          [],
        ],
      },
    ],
    "nothing in an or": [
      Track.objects.filter(Q.or(Q({}), Q({ title: "x" }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."title" = ?',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."title" = $1',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`title` = ?",
          ["x"],
        ],
      },
    ],
    "an empty list in an or": [
      Track.objects.filter(Q({ pk__in: [] }).or(Q({ title: "x" }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (1 = 0 or "track"."title" = ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where (1 = 0 or "track"."title" = $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (1 = 0 or `track`.`title` = ?)",
          ["x"],
        ],
      },
    ],
    excluded: [
      Track.objects.exclude(Q({ title: "x" }).or(Q({ note: "y" }))),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = ? or "track"."note" = ?) is not true',
          ["x", "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."title" = $1 or "track"."note" = $2) is not true',
          ["x", "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`title` = ? or `track`.`note` = ?) is not true",
          ["x", "y"],
        ],
      },
    ],
  });
});
