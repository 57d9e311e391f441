import { describe } from "vitest";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Cover, Seat, Track } from "./models.js";

describe("Order", () => {
  expectSql({
    "the model's own": [
      Artist.objects,
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" order by "artist"."name", "artist"."id" desc',
          [],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" order by "artist"."name", "artist"."id" desc',
          [],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` order by `artist`.`name`, `artist`.`id` desc",
          [],
        ],
      },
    ],
    none: [
      Artist.objects.orderBy(),
      {
        sqlite: ['select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist"', []],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist"',
          [],
        ],
        mysql: ["select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist`", []],
      },
    ],
    "by a column": [
      Track.objects.orderBy("title"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`title`",
          [],
        ],
      },
    ],
    descending: [
      Track.objects.orderBy("-position", "title"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."position" desc, "track"."title"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."position" desc, "track"."title"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`position` desc, `track`.`title`",
          [],
        ],
      },
    ],
    "by pk": [
      Track.objects.orderBy("-pk"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."id" desc',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."id" desc',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`id` desc",
          [],
        ],
      },
    ],
    "by a decimal": [
      Album.objects.orderBy("price"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" order by dunder_decimal("album"."price")',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" order by "album"."price"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` order by `album`.`price`",
          [],
        ],
      },
    ],
    "by a column across a key": [
      Track.objects.orderBy("album__name"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" order by "t1"."name"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" order by "t1"."name"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` order by `t1`.`name`",
          [],
        ],
      },
    ],
    "by a column across a nullable key": [
      Album.objects.orderBy("producer__name"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" order by "t1"."name"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "artist" as "t1" on "t1"."id" = "album"."producer_id" order by "t1"."name"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `artist` as `t1` on `t1`.`id` = `album`.`producer_id` order by `t1`.`name`",
          [],
        ],
      },
    ],
    "by a relation: its model's order": [
      Album.objects.orderBy("artist"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" order by "t1"."name", "album"."artist_id" desc',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" order by "t1"."name", "album"."artist_id" desc',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` order by `t1`.`name`, `album`.`artist_id` desc",
          [],
        ],
      },
    ],
    "by a relation, descending": [
      Album.objects.orderBy("-artist"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" order by "t1"."name" desc, "album"."artist_id"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" order by "t1"."name" desc, "album"."artist_id"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` order by `t1`.`name` desc, `album`.`artist_id`",
          [],
        ],
      },
    ],
    "by a relation without an order of its own": [
      Track.objects.orderBy("album"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."album_id"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."album_id"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`album_id`",
          [],
        ],
      },
    ],
    "by a relation's key": [
      Album.objects.orderBy("artist__pk"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" order by "album"."artist_id"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" order by "album"."artist_id"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` order by `album`.`artist_id`",
          [],
        ],
      },
    ],
    "by chance": [
      Track.objects.orderBy("?"),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by random()',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by random()',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by RAND()",
          [],
        ],
      },
    ],
    reversed: [
      Track.objects.orderBy("title", "-position").reverse(),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title" desc, "track"."position"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title" desc, "track"."position"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`title` desc, `track`.`position`",
          [],
        ],
      },
    ],
    "the model's own, reversed": [
      Artist.objects.reverse(),
      {
        sqlite: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" order by "artist"."name" desc, "artist"."id"',
          [],
        ],
        postgres: [
          'select "artist"."id", "artist"."name", "artist"."label_id", "artist"."mentor_id" from "artist" order by "artist"."name" desc, "artist"."id"',
          [],
        ],
        mysql: [
          "select `artist`.`id`, `artist`.`name`, `artist`.`label_id`, `artist`.`mentor_id` from `artist` order by `artist`.`name` desc, `artist`.`id`",
          [],
        ],
      },
    ],
    "reversed twice": [
      Track.objects.orderBy("title").reverse().reverse(),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title"',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title"',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`title`",
          [],
        ],
      },
    ],
    "by a reverse relation": [
      Album.objects.orderBy("tracks__position"),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" order by "t1"."position"',
          [],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" left join "track" as "t1" on "t1"."album_id" = "album"."id" order by "t1"."position"',
          [],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` left join `track` as `t1` on `t1`.`album_id` = `album`.`id` order by `t1`.`position`",
          [],
        ],
      },
    ],
  });
});

describe("Slices", () => {
  expectSql({
    limit: [
      Track.objects.limit(5),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit ? + 0',
          [5],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit $1',
          [5],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit ?",
          [5n],
        ],
      },
    ],
    offset: [
      Track.objects.offset(5),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit -1 offset ?',
          [5],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" offset $1',
          [5],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit 18446744073709551615 offset ?",
          [5n],
        ],
      },
    ],
    "limit and offset": [
      Track.objects.offset(5).limit(2),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit ? + 0 offset ?',
          [2, 5],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit $1 offset $2',
          [2, 5],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit ? offset ?",
          [2n, 5n],
        ],
      },
    ],
    slice: [
      Track.objects.slice(5, 7),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit ? + 0 offset ?',
          [2, 5],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit $1 offset $2',
          [2, 5],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit ? offset ?",
          [2n, 5n],
        ],
      },
    ],
    "slice to the end": [
      Track.objects.slice(5),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit -1 offset ?',
          [5],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" offset $1',
          [5],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit 18446744073709551615 offset ?",
          [5n],
        ],
      },
    ],
    "slice of a slice": [
      Track.objects.slice(1, 3).slice(1, 9),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit ? + 0 offset ?',
          [1, 2],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit $1 offset $2',
          [1, 2],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit ? offset ?",
          [1n, 2n],
        ],
      },
    ],
    "limits never widen": [
      Track.objects.limit(2).limit(5),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit ? + 0',
          [2],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" limit $1',
          [2],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` limit ?",
          [2n],
        ],
      },
    ],
    "with a filter": [
      Track.objects.filter({ position__gte: 3 }).orderBy("title").limit(5),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."position" >= ? order by "track"."title" limit ? + 0',
          [3, 5],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."position" >= $1 order by "track"."title" limit $2',
          [3, 5],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`position` >= ? order by `track`.`title` limit ?",
          [3, 5n],
        ],
      },
    ],
  });
});

describe("Distinct", () => {
  expectSql({
    distinct: [
      Album.objects.filter({ tracks__position__gte: 3 }).distinct(),
      {
        sqlite: [
          'select distinct "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."position" >= ?',
          [3],
        ],
        postgres: [
          'select distinct "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."position" >= $1',
          [3],
        ],
        mysql: [
          "select distinct `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`position` >= ?",
          [3],
        ],
      },
    ],
    "distinct, ordered by a column of its own": [
      Track.objects.distinct().orderBy("title"),
      {
        sqlite: [
          'select distinct "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title"',
          [],
        ],
        postgres: [
          'select distinct "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" order by "track"."title"',
          [],
        ],
        mysql: [
          "select distinct `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` order by `track`.`title`",
          [],
        ],
      },
    ],
    "distinct, ordered across a key": [
      Track.objects.distinct().orderBy("album__name"),
      {
        sqlite: [
          'select distinct "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id", "t1"."name" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" order by "t1"."name"',
          [],
        ],
        postgres: [
          'select distinct "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id", "t1"."name" from "track" inner join "album" as "t1" on "t1"."id" = "track"."album_id" order by "t1"."name"',
          [],
        ],
        mysql: [
          "select distinct `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id`, `t1`.`name` from `track` inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` order by `t1`.`name`",
          [],
        ],
      },
    ],
  });
});

describe("Rows of other querysets", () => {
  expectSql({
    "in a queryset": [
      Track.objects.filter({ album__in: Album.objects.filter({ name: "x" }) }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."name" = ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."name" = $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` in (select `t1`.`id` from `album` as `t1` where `t1`.`name` = ?)",
          ["x"],
        ],
      },
    ],
    "in a queryset of all": [
      Track.objects.filter({ album__in: Album.objects }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1")',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1")',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` in (select `t1`.`id` from `album` as `t1`)",
          [],
        ],
      },
    ],
    "in a queryset that joins": [
      Track.objects.filter({ album__in: Album.objects.filter({ artist__name: "x" }) }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" where "t2"."name" = ?)',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1" inner join "artist" as "t2" on "t2"."id" = "t1"."artist_id" where "t2"."name" = $1)',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` in (select `t1`.`id` from `album` as `t1` inner join `artist` as `t2` on `t2`.`id` = `t1`.`artist_id` where `t2`.`name` = ?)",
          ["x"],
        ],
      },
    ],
    "in a queryset, which needs no order": [
      Album.objects.filter({ artist__in: Artist.objects.filter({ name: "x" }) }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where "album"."artist_id" in (select "t1"."id" from "artist" as "t1" where "t1"."name" = ?)',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where "album"."artist_id" in (select "t1"."id" from "artist" as "t1" where "t1"."name" = $1)',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where `album`.`artist_id` in (select `t1`.`id` from `artist` as `t1` where `t1`.`name` = ?)",
          ["x"],
        ],
      },
    ],
    "in a slice, which does": [
      Album.objects.filter({ artist__in: Artist.objects.limit(3) }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where "album"."artist_id" in (select "t1"."id" from "artist" as "t1" order by "t1"."name", "t1"."id" desc limit ? + 0)',
          [3],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where "album"."artist_id" in (select "t1"."id" from "artist" as "t1" order by "t1"."name", "t1"."id" desc limit $1)',
          [3],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where `album`.`artist_id` in (select * from (select `t1`.`id` from `artist` as `t1` order by `t1`.`name`, `t1`.`id` desc limit ?) as t2)",
          [3n],
        ],
      },
    ],
    "in a slice from the middle": [
      Track.objects.filter({ position: 1, album__in: Album.objects.filter({ name: "x" }).slice(2, 5), title: "y" }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."position" = ? and "track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."name" = ? limit ? + 0 offset ?) and "track"."title" = ?)',
          [1, "x", 3, 2, "y"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where ("track"."position" = $1 and "track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."name" = $2 limit $3 offset $4) and "track"."title" = $5)',
          [1, "x", 3, 2, "y"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where (`track`.`position` = ? and `track`.`album_id` in (select * from (select `t1`.`id` from `album` as `t1` where `t1`.`name` = ? limit ? offset ?) as t2) and `track`.`title` = ?)",
          [1, "x", 3n, 2n, "y"],
        ],
      },
    ],
    "in a queryset of the same model": [
      Track.objects.filter({ pk__in: Track.objects.filter({ position: 1 }) }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."id" in (select "t1"."id" from "track" as "t1" where "t1"."position" = ?)',
          [1],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."id" in (select "t1"."id" from "track" as "t1" where "t1"."position" = $1)',
          [1],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`id` in (select `t1`.`id` from `track` as `t1` where `t1`.`position` = ?)",
          [1],
        ],
      },
    ],
    "in a queryset of reverse rows": [
      Album.objects.filter({ tracks__in: Track.objects.filter({ position: 1 }) }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" in (select "t2"."id" from "track" as "t2" where "t2"."position" = ?)',
          [1],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" in (select "t2"."id" from "track" as "t2" where "t2"."position" = $1)',
          [1],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`id` in (select `t2`.`id` from `track` as `t2` where `t2`.`position` = ?)",
          [1],
        ],
      },
    ],
    "in a queryset within a queryset": [
      Track.objects.filter({
        album__in: Album.objects.filter({ artist__in: Artist.objects.filter({ label__name: "x" }) }),
      }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."artist_id" in (select "t2"."id" from "artist" as "t2" inner join "label" as "t3" on "t3"."id" = "t2"."label_id" where "t3"."name" = ?))',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."artist_id" in (select "t2"."id" from "artist" as "t2" inner join "label" as "t3" on "t3"."id" = "t2"."label_id" where "t3"."name" = $1))',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` in (select `t1`.`id` from `album` as `t1` where `t1`.`artist_id` in (select `t2`.`id` from `artist` as `t2` inner join `label` as `t3` on `t3`.`id` = `t2`.`label_id` where `t3`.`name` = ?))",
          ["x"],
        ],
      },
    ],
    "in no rows": [
      Track.objects.filter({ album__in: Album.objects.none() }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where 1 = 0',
          [],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where 1 = 0',
          [],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where 1 = 0",
          [],
        ],
      },
    ],
    "not in no rows": [
      Track.objects.exclude({ album__in: Album.objects.none() }),
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
    excluded: [
      Track.objects.exclude({ album__in: Album.objects.filter({ name: "x" }) }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."name" = ?))',
          ["x"],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where not ("track"."album_id" in (select "t1"."id" from "album" as "t1" where "t1"."name" = $1))',
          ["x"],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where not (`track`.`album_id` in (select `t1`.`id` from `album` as `t1` where `t1`.`name` = ?))",
          ["x"],
        ],
      },
    ],
    "excluded by a nullable key": [
      Album.objects.exclude({ producer__in: Artist.objects.filter({ name: "x" }) }),
      {
        sqlite: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where ("album"."producer_id" in (select "t1"."id" from "artist" as "t1" where "t1"."name" = ?)) is not true',
          ["x"],
        ],
        postgres: [
          'select "album"."id", "album"."name", "album"."price", "album"."artist_id", "album"."producer_id" from "album" where ("album"."producer_id" in (select "t1"."id" from "artist" as "t1" where "t1"."name" = $1)) is not true',
          ["x"],
        ],
        mysql: [
          "select `album`.`id`, `album`.`name`, `album`.`price`, `album`.`artist_id`, `album`.`producer_id` from `album` where (`album`.`producer_id` in (select `t1`.`id` from `artist` as `t1` where `t1`.`name` = ?)) is not true",
          ["x"],
        ],
      },
    ],
    "in a distinct slice, ordered across a relation": [
      Track.objects.filter({ album__in: Album.objects.orderBy("tracks__title").distinct().limit(3) }),
      {
        sqlite: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "id" from (select distinct "t1"."id", "t3"."title" as "o1" from "album" as "t1" left join "track" as "t3" on "t3"."album_id" = "t1"."id" order by "t3"."title" limit ? + 0) as "t2")',
          [3],
        ],
        postgres: [
          'select "track"."id", "track"."title", "track"."note", "track"."position", "track"."album_id" from "track" where "track"."album_id" in (select "id" from (select distinct "t1"."id", "t3"."title" as "o1" from "album" as "t1" left join "track" as "t3" on "t3"."album_id" = "t1"."id" order by "t3"."title" limit $1) as "t2")',
          [3],
        ],
        mysql: [
          "select `track`.`id`, `track`.`title`, `track`.`note`, `track`.`position`, `track`.`album_id` from `track` where `track`.`album_id` in (select * from (select `id` from (select distinct `t1`.`id`, `t3`.`title` as `o1` from `album` as `t1` left join `track` as `t3` on `t3`.`album_id` = `t1`.`id` order by `t3`.`title` limit ?) as `t2`) as t4)",
          [3n],
        ],
      },
    ],
  });
});

describe("Keys and schemas", () => {
  expectSql({
    "a key of two columns": [
      Seat.objects.filter({ line: 1, place: 2 }),
      {
        sqlite: [
          'select "seat"."line", "seat"."place", "seat"."guest" from "hall"."seat" as "seat" where ("seat"."line" = ? and "seat"."place" = ?)',
          [1, 2],
        ],
        postgres: [
          'select "seat"."line", "seat"."place", "seat"."guest" from "hall"."seat" as "seat" where ("seat"."line" = $1 and "seat"."place" = $2)',
          [1, 2],
        ],
        mysql: [
          "select `seat`.`line`, `seat`.`place`, `seat`.`guest` from `hall`.`seat` as `seat` where (`seat`.`line` = ? and `seat`.`place` = ?)",
          [1, 2],
        ],
      },
    ],
    "a relation that is the key": [
      Cover.objects.filter({ pk: 1 }),
      {
        sqlite: ['select "cover"."album_id", "cover"."painter" from "cover" where "cover"."album_id" = ?', [1]],
        postgres: ['select "cover"."album_id", "cover"."painter" from "cover" where "cover"."album_id" = $1', [1]],
        mysql: ["select `cover`.`album_id`, `cover`.`painter` from `cover` where `cover`.`album_id` = ?", [1]],
      },
    ],
    "a relation that is the key, across it": [
      Cover.objects.filter({ album__name: "x" }),
      {
        sqlite: [
          'select "cover"."album_id", "cover"."painter" from "cover" inner join "album" as "t1" on "t1"."id" = "cover"."album_id" where "t1"."name" = ?',
          ["x"],
        ],
        postgres: [
          'select "cover"."album_id", "cover"."painter" from "cover" inner join "album" as "t1" on "t1"."id" = "cover"."album_id" where "t1"."name" = $1',
          ["x"],
        ],
        mysql: [
          "select `cover`.`album_id`, `cover`.`painter` from `cover` inner join `album` as `t1` on `t1`.`id` = `cover`.`album_id` where `t1`.`name` = ?",
          ["x"],
        ],
      },
    ],
  });
});
