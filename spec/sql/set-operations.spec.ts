import { describe } from "vitest";
import { Length } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Cover, Label, Track } from "./models.js";

describe("union, intersection and difference", () => {
  expectSql({
    "of rows": [
      Track.objects.filter({ position: 1 }).union(Track.objects.filter({ title: "x" })),
      {
        sqlite: [
          'select "t1"."id", "t1"."title", "t1"."note", "t1"."position", "t1"."album_id" from (select "t2"."id" as "id", "t2"."title" as "title", "t2"."note" as "note", "t2"."position" as "position", "t2"."album_id" as "album_id" from "track" as "t2" where "t2"."position" = ? union select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" where "t3"."title" = ?) as "t1"',
          [1, "x"],
        ],
        postgres: [
          'select "t1"."id", "t1"."title", "t1"."note", "t1"."position", "t1"."album_id" from (select "t2"."id" as "id", "t2"."title" as "title", "t2"."note" as "note", "t2"."position" as "position", "t2"."album_id" as "album_id" from "track" as "t2" where "t2"."position" = $1 union select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" where "t3"."title" = $2) as "t1"',
          [1, "x"],
        ],
        mysql: [
          "select `t1`.`id`, `t1`.`title`, `t1`.`note`, `t1`.`position`, `t1`.`album_id` from (select `t2`.`id` as `id`, `t2`.`title` as `title`, `t2`.`note` as `note`, `t2`.`position` as `position`, `t2`.`album_id` as `album_id` from `track` as `t2` where `t2`.`position` = ? union select `t3`.`id` as `id`, `t3`.`title` as `title`, `t3`.`note` as `note`, `t3`.`position` as `position`, `t3`.`album_id` as `album_id` from `track` as `t3` where `t3`.`title` = ?) as `t1`",
          [1, "x"],
        ],
      },
    ],
    "of values": [
      Artist.objects.values("name").union(Album.objects.values("name"), { all: true }),
      {
        sqlite: [
          'select "t1"."name" as "name" from (select "t2"."name" as "name" from "artist" as "t2" union all select "t3"."name" as "name" from "album" as "t3") as "t1"',
          [],
        ],
        postgres: [
          'select "t1"."name" as "name" from (select "t2"."name" as "name" from "artist" as "t2" union all select "t3"."name" as "name" from "album" as "t3") as "t1"',
          [],
        ],
        mysql: [
          "select `t1`.`name` as `name` from (select `t2`.`name` as `name` from `artist` as `t2` union all select `t3`.`name` as `name` from `album` as `t3`) as `t1`",
          [],
        ],
      },
    ],
    "of values, ordered and sliced": [
      Artist.objects.values("name").union(Album.objects.values("name")).orderBy("-name").limit(3),
      {
        sqlite: [
          'select "t1"."name" as "name" from (select "t2"."name" as "name" from "artist" as "t2" union select "t3"."name" as "name" from "album" as "t3") as "t1" order by 1 desc limit ? + 0',
          [3],
        ],
        postgres: [
          'select "t1"."name" as "name" from (select "t2"."name" as "name" from "artist" as "t2" union select "t3"."name" as "name" from "album" as "t3") as "t1" order by "t1"."name" desc limit $1',
          [3],
        ],
        mysql: [
          "select `t1`.`name` as `name` from (select `t2`.`name` as `name` from `artist` as `t2` union select `t3`.`name` as `name` from `album` as `t3`) as `t1` order by 1 desc limit ?",
          [3n],
        ],
      },
    ],
    intersection: [
      Track.objects.values("title").intersection(Album.objects.values("name")),
      {
        sqlite: [
          'select "t1"."title" as "title" from (select "t2"."title" as "title" from "track" as "t2" intersect select "t3"."name" as "title" from "album" as "t3") as "t1"',
          [],
        ],
        postgres: [
          'select "t1"."title" as "title" from (select "t2"."title" as "title" from "track" as "t2" intersect select "t3"."name" as "title" from "album" as "t3") as "t1"',
          [],
        ],
        mysql: [
          "select `t1`.`title` as `title` from (select `t2`.`title` as `title` from `track` as `t2` intersect select `t3`.`name` as `title` from `album` as `t3`) as `t1`",
          [],
        ],
      },
    ],
    "intersection with all": [
      Track.objects.values("title").intersection(Album.objects.values("name"), { all: true }),
      {
        sqlite: [
          'select "t1"."title" as "title" from (select "title", row_number() over (partition by "title") as "copy" from (select "t2"."title" as "title" from "track" as "t2") as "t5" intersect select "title", row_number() over (partition by "title") as "copy" from (select "t3"."name" as "title" from "album" as "t3") as "t4") as "t1"',
          [],
        ],
        postgres: [
          'select "t1"."title" as "title" from (select "t2"."title" as "title" from "track" as "t2" intersect all select "t3"."name" as "title" from "album" as "t3") as "t1"',
          [],
        ],
        mysql: [
          "select `t1`.`title` as `title` from (select `t2`.`title` as `title` from `track` as `t2` intersect all select `t3`.`name` as `title` from `album` as `t3`) as `t1`",
          [],
        ],
      },
    ],
    "difference with all": [
      Track.objects
        .values("title")
        .difference(Album.objects.values("name"), Artist.objects.values("name"), { all: true }),
      {
        sqlite: [
          'select "t1"."title" as "title" from (select "title", row_number() over (partition by "title") as "copy" from (select "t2"."title" as "title" from "track" as "t2") as "t6" except select "title", row_number() over (partition by "title") as "copy" from (select "t3"."name" as "title" from "album" as "t3" union all select "t4"."name" as "title" from "artist" as "t4") as "t5") as "t1"',
          [],
        ],
        postgres: [
          'select "t1"."title" as "title" from (select "t2"."title" as "title" from "track" as "t2" except all select "t3"."name" as "title" from "album" as "t3" except all select "t4"."name" as "title" from "artist" as "t4") as "t1"',
          [],
        ],
        mysql: [
          "select `t1`.`title` as `title` from (select `t2`.`title` as `title` from `track` as `t2` except all select `t3`.`name` as `title` from `album` as `t3` except all select `t4`.`name` as `title` from `artist` as `t4`) as `t1`",
          [],
        ],
      },
    ],
    "carried on": [
      Track.objects
        .values("id")
        .filter({ id: 1 })
        .union(Track.objects.values("id").filter({ id: 2 }))
        .union(Track.objects.values("id").filter({ id: 3 })),
      {
        sqlite: [
          'select "t1"."id" as "id" from (select "t2"."id" as "id" from "track" as "t2" where "t2"."id" = ? union select "t3"."id" as "id" from "track" as "t3" where "t3"."id" = ? union select "t4"."id" as "id" from "track" as "t4" where "t4"."id" = ?) as "t1"',
          [1, 2, 3],
        ],
        postgres: [
          'select "t1"."id" as "id" from (select "t2"."id" as "id" from "track" as "t2" where "t2"."id" = $1 union select "t3"."id" as "id" from "track" as "t3" where "t3"."id" = $2 union select "t4"."id" as "id" from "track" as "t4" where "t4"."id" = $3) as "t1"',
          [1, 2, 3],
        ],
        mysql: [
          "select `t1`.`id` as `id` from (select `t2`.`id` as `id` from `track` as `t2` where `t2`.`id` = ? union select `t3`.`id` as `id` from `track` as `t3` where `t3`.`id` = ? union select `t4`.`id` as `id` from `track` as `t4` where `t4`.`id` = ?) as `t1`",
          [1, 2, 3],
        ],
      },
    ],
    nested: [
      Track.objects
        .values("id")
        .filter({ id: 1 })
        .difference(
          Track.objects
            .values("id")
            .filter({ id: 2 })
            .union(Track.objects.values("id").filter({ id: 3 })),
        ),
      {
        sqlite: [
          'select "t1"."id" as "id" from (select "t2"."id" as "id" from "track" as "t2" where "t2"."id" = ? except select "t3"."id" as "id" from (select "t4"."id" as "id" from "track" as "t4" where "t4"."id" = ? union select "t5"."id" as "id" from "track" as "t5" where "t5"."id" = ?) as "t3") as "t1"',
          [1, 2, 3],
        ],
        postgres: [
          'select "t1"."id" as "id" from (select "t2"."id" as "id" from "track" as "t2" where "t2"."id" = $1 except select "t3"."id" as "id" from (select "t4"."id" as "id" from "track" as "t4" where "t4"."id" = $2 union select "t5"."id" as "id" from "track" as "t5" where "t5"."id" = $3) as "t3") as "t1"',
          [1, 2, 3],
        ],
        mysql: [
          "select `t1`.`id` as `id` from (select `t2`.`id` as `id` from `track` as `t2` where `t2`.`id` = ? except select `t3`.`id` as `id` from (select `t4`.`id` as `id` from `track` as `t4` where `t4`.`id` = ? union select `t5`.`id` as `id` from `track` as `t5` where `t5`.`id` = ?) as `t3`) as `t1`",
          [1, 2, 3],
        ],
      },
    ],
    "of slices": [
      Track.objects
        .orderBy("title")
        .limit(2)
        .values("id")
        .union(Track.objects.orderBy("-title").values("id").slice(1, 4)),
      {
        sqlite: [
          'select "t1"."id" as "id" from (select "id" from (select "t2"."id" as "id" from "track" as "t2" order by "t2"."title" limit ? + 0) as "t3" union select "id" from (select "t4"."id" as "id" from "track" as "t4" order by "t4"."title" desc limit ? + 0 offset ?) as "t5") as "t1"',
          [2, 3, 1],
        ],
        postgres: [
          'select "t1"."id" as "id" from (select "id" from (select "t2"."id" as "id" from "track" as "t2" order by "t2"."title" limit $1) as "t3" union select "id" from (select "t4"."id" as "id" from "track" as "t4" order by "t4"."title" desc limit $2 offset $3) as "t5") as "t1"',
          [2, 3, 1],
        ],
        mysql: [
          "select `t1`.`id` as `id` from (select `id` from (select `t2`.`id` as `id` from `track` as `t2` order by `t2`.`title` limit ?) as `t3` union select `id` from (select `t4`.`id` as `id` from `track` as `t4` order by `t4`.`title` desc limit ? offset ?) as `t5`) as `t1`",
          [2n, 3n, 1n],
        ],
      },
    ],
    "of ordered rows": [
      Artist.objects.values("id").orderBy("name").union(Artist.objects.orderBy("-name").values("id")),
      {
        sqlite: [
          'select "t1"."id" as "id" from (select "t2"."id" as "id" from "artist" as "t2" union select "t3"."id" as "id" from "artist" as "t3") as "t1"',
          [],
        ],
        postgres: [
          'select "t1"."id" as "id" from (select "t2"."id" as "id" from "artist" as "t2" union select "t3"."id" as "id" from "artist" as "t3") as "t1"',
          [],
        ],
        mysql: [
          "select `t1`.`id` as `id` from (select `t2`.`id` as `id` from `artist` as `t2` union select `t3`.`id` as `id` from `artist` as `t3`) as `t1`",
          [],
        ],
      },
    ],
    "of kinds of numbers": [
      Track.objects.values("position").union(Album.objects.values("price")),
      {
        sqlite: [
          'select "t1"."position" as "position" from (select dunder_dec("t2"."position", 2) as "position" from "track" as "t2" union select "t3"."price" as "position" from "album" as "t3") as "t1"',
          [],
        ],
        postgres: [
          'select "t1"."position" as "position" from (select CAST("t2"."position" AS numeric) as "position" from "track" as "t2" union select "t3"."price" as "position" from "album" as "t3") as "t1"',
          [],
        ],
        mysql: [
          "select `t1`.`position` as `position` from (select `t2`.`position` as `position` from `track` as `t2` union select `t3`.`price` as `position` from `album` as `t3`) as `t1`",
          [],
        ],
      },
    ],
    in: [
      Album.objects
        .values("id")
        .filter({ tracks__in: Track.objects.filter({ position: 1 }).union(Track.objects.filter({ title: "x" })) }),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" in (select "t2"."id" from (select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" where "t3"."position" = ? union select "t4"."id" as "id", "t4"."title" as "title", "t4"."note" as "note", "t4"."position" as "position", "t4"."album_id" as "album_id" from "track" as "t4" where "t4"."title" = ?) as "t2")',
          [1, "x"],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."id" in (select "t2"."id" from (select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" where "t3"."position" = $1 union select "t4"."id" as "id", "t4"."title" as "title", "t4"."note" as "note", "t4"."position" as "position", "t4"."album_id" as "album_id" from "track" as "t4" where "t4"."title" = $2) as "t2")',
          [1, "x"],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`id` in (select `t2`.`id` from (select `t3`.`id` as `id`, `t3`.`title` as `title`, `t3`.`note` as `note`, `t3`.`position` as `position`, `t3`.`album_id` as `album_id` from `track` as `t3` where `t3`.`position` = ? union select `t4`.`id` as `id`, `t4`.`title` as `title`, `t4`.`note` as `note`, `t4`.`position` as `position`, `t4`.`album_id` as `album_id` from `track` as `t4` where `t4`.`title` = ?) as `t2`)",
          [1, "x"],
        ],
      },
    ],
    "in, sliced": [
      Album.objects.values("id").filter({
        pk__in: Album.objects
          .filter({ id: 1 })
          .union(Album.objects.filter({ id: 2 }))
          .limit(1),
      }),
      {
        sqlite: [
          'select "album"."id" as "id" from "album" where "album"."id" in (select "t1"."id" from (select "t2"."id" as "id", "t2"."name" as "name", "t2"."price" as "price", "t2"."artist_id" as "artist_id", "t2"."producer_id" as "producer_id" from "album" as "t2" where "t2"."id" = ? union select "t3"."id" as "id", "t3"."name" as "name", "t3"."price" as "price", "t3"."artist_id" as "artist_id", "t3"."producer_id" as "producer_id" from "album" as "t3" where "t3"."id" = ?) as "t1" limit ? + 0)',
          [1, 2, 1],
        ],
        postgres: [
          'select "album"."id" as "id" from "album" where "album"."id" in (select "t1"."id" from (select "t2"."id" as "id", "t2"."name" as "name", "t2"."price" as "price", "t2"."artist_id" as "artist_id", "t2"."producer_id" as "producer_id" from "album" as "t2" where "t2"."id" = $1 union select "t3"."id" as "id", "t3"."name" as "name", "t3"."price" as "price", "t3"."artist_id" as "artist_id", "t3"."producer_id" as "producer_id" from "album" as "t3" where "t3"."id" = $2) as "t1" limit $3)',
          [1, 2, 1],
        ],
        mysql: [
          "select `album`.`id` as `id` from `album` where `album`.`id` in (select * from (select `t1`.`id` from (select `t2`.`id` as `id`, `t2`.`name` as `name`, `t2`.`price` as `price`, `t2`.`artist_id` as `artist_id`, `t2`.`producer_id` as `producer_id` from `album` as `t2` where `t2`.`id` = ? union select `t3`.`id` as `id`, `t3`.`name` as `name`, `t3`.`price` as `price`, `t3`.`artist_id` as `artist_id`, `t3`.`producer_id` as `producer_id` from `album` as `t3` where `t3`.`id` = ?) as `t1` limit ?) as t4)",
          [1, 2, 1n],
        ],
      },
    ],
    "with annotations": [
      Label.objects
        .annotate({ n: Length("name") })
        .union(Label.objects.annotate({ n: Length("name") }))
        .orderBy("n"),
      {
        sqlite: [
          'select "t1"."id", "t1"."name", "t1"."n" as "n" from (select "t2"."id" as "id", "t2"."name" as "name", length("t2"."name") as "n" from "label" as "t2" union select "t3"."id" as "id", "t3"."name" as "name", length("t3"."name") as "n" from "label" as "t3") as "t1" order by "t1"."n"',
          [],
        ],
        postgres: [
          'select "t1"."id", "t1"."name", "t1"."n" as "n" from (select "t2"."id" as "id", "t2"."name" as "name", length("t2"."name") as "n" from "label" as "t2" union select "t3"."id" as "id", "t3"."name" as "name", length("t3"."name") as "n" from "label" as "t3") as "t1" order by "t1"."n"',
          [],
        ],
        mysql: [
          "select `t1`.`id`, `t1`.`name`, `t1`.`n` as `n` from (select `t2`.`id` as `id`, `t2`.`name` as `name`, CHAR_LENGTH(`t2`.`name`) as `n` from `label` as `t2` union select `t3`.`id` as `id`, `t3`.`name` as `name`, CHAR_LENGTH(`t3`.`name`) as `n` from `label` as `t3`) as `t1` order by `t1`.`n`",
          [],
        ],
      },
    ],
    "with relations fetched along": [
      Cover.objects
        .selectRelated("album")
        .filter({ painter: "x" })
        .union(Cover.objects.filter({ painter: "y" }))
        .orderBy("album__name"),
      {
        sqlite: [
          'select "t1"."album_id", "t1"."painter", "t2"."id", "t2"."name", "t2"."price", "t2"."artist_id", "t2"."producer_id" from (select "t3"."album_id" as "album_id", "t3"."painter" as "painter" from "cover" as "t3" where "t3"."painter" = ? union select "t4"."album_id" as "album_id", "t4"."painter" as "painter" from "cover" as "t4" where "t4"."painter" = ?) as "t1" inner join "album" as "t2" on "t2"."id" = "t1"."album_id" order by "t2"."name"',
          ["x", "y"],
        ],
        postgres: [
          'select "t1"."album_id", "t1"."painter", "t2"."id", "t2"."name", "t2"."price", "t2"."artist_id", "t2"."producer_id" from (select "t3"."album_id" as "album_id", "t3"."painter" as "painter" from "cover" as "t3" where "t3"."painter" = $1 union select "t4"."album_id" as "album_id", "t4"."painter" as "painter" from "cover" as "t4" where "t4"."painter" = $2) as "t1" inner join "album" as "t2" on "t2"."id" = "t1"."album_id" order by "t2"."name"',
          ["x", "y"],
        ],
        mysql: [
          "select `t1`.`album_id`, `t1`.`painter`, `t2`.`id`, `t2`.`name`, `t2`.`price`, `t2`.`artist_id`, `t2`.`producer_id` from (select `t3`.`album_id` as `album_id`, `t3`.`painter` as `painter` from `cover` as `t3` where `t3`.`painter` = ? union select `t4`.`album_id` as `album_id`, `t4`.`painter` as `painter` from `cover` as `t4` where `t4`.`painter` = ?) as `t1` inner join `album` as `t2` on `t2`.`id` = `t1`.`album_id` order by `t2`.`name`",
          ["x", "y"],
        ],
      },
    ],
    "nothing and something": [
      Track.objects
        .values("position")
        .none()
        .union(Track.objects.values("position").filter({ id: 1 })),
      {
        sqlite: [
          'select "t1"."position" as "position" from (select distinct "position" from (select "t2"."position" as "position" from "track" as "t2" where "t2"."id" = ?) as "t3") as "t1"',
          [1],
        ],
        postgres: [
          'select "t1"."position" as "position" from (select distinct "position" from (select "t2"."position" as "position" from "track" as "t2" where "t2"."id" = $1) as "t3") as "t1"',
          [1],
        ],
        mysql: [
          "select `t1`.`position` as `position` from (select distinct `position` from (select `t2`.`position` as `position` from `track` as `t2` where `t2`.`id` = ?) as `t3`) as `t1`",
          [1],
        ],
      },
    ],
  });
});
