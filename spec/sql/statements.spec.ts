import { describe } from "vitest";
import { expectPlans } from "./expect-plan.js";
import { Album, Artist, Label, Seat, Thing, Track } from "./models.js";
import { count, deletion, exists, insert, update } from "./statements.js";

describe("Inserts", () => {
  expectPlans({
    "a row": [
      insert(Track, [{ title: "x", note: null, position: 1, album: 2 }], ["id"]),
      {
        sqlite: [
          'insert into "track" ("title", "note", "position", "album_id") values (?, ?, ?, ?) returning "id"',
          ["x", null, 1, 2],
        ],
        postgres: [
          'insert into "track" ("title", "note", "position", "album_id") values ($1, $2, $3, $4) returning "id"',
          ["x", null, 1, 2],
        ],
        mysql: [
          "insert into `track` (`title`, `note`, `position`, `album_id`) values (?, ?, ?, ?) returning `id`",
          ["x", null, 1, 2],
        ],
      },
    ],
    "with nothing to give back": [
      insert(Track, [{ id: 1, title: "x" }], []),
      {
        sqlite: ['insert into "track" ("id", "title") values (?, ?)', [1, "x"]],
        postgres: ['insert into "track" ("id", "title") values ($1, $2)', [1, "x"]],
        mysql: ["insert into `track` (`id`, `title`) values (?, ?)", [1, "x"]],
      },
    ],
    "three rows": [
      insert(Label, [{ name: "a" }, { name: "b" }, { name: "c" }], ["id"]),
      {
        sqlite: ['insert into "label" ("name") values (?), (?), (?) returning "id"', ["a", "b", "c"]],
        postgres: ['insert into "label" ("name") values ($1), ($2), ($3) returning "id"', ["a", "b", "c"]],
        mysql: ["insert into `label` (`name`) values (?), (?), (?) returning `id`", ["a", "b", "c"]],
      },
    ],
    "a row of defaults": [
      insert(Label, [{}], ["id"]),
      {
        sqlite: ['insert into "label" default values returning "id"', []],
        postgres: ['insert into "label" default values returning "id"', []],
        mysql: ["insert into `label` () values () returning `id`", []],
      },
    ],
    "every kind of value": [
      insert(
        Thing,
        [{ serial: 2n ** 60n, price: "1.50", ratio: 0.5, done: true, made: new Date(0), span: 5, data: { a: [1] } }],
        [],
      ),
      {
        sqlite: [
          'insert into "thing" ("serial", "price", "ratio", "done", "made", "span", "data") values (?, ?, ?, ?, ?, ?, ?)',
          [1152921504606846976n, "1.50", 0.5, 1, "1970-01-01 00:00:00.000", 5, '{"a":[1]}'],
        ],
        postgres: [
          'insert into "thing" ("serial", "price", "ratio", "done", "made", "span", "data") values ($1, $2, $3, $4, $5, $6, $7)',
          [1152921504606846976n, "1.50", 0.5, true, "1970-01-01T00:00:00.000Z", 5, '{"a":[1]}'],
        ],
        mysql: [
          "insert into `thing` (`serial`, `price`, `ratio`, `done`, `made`, `span`, `data`) values (?, ?, ?, ?, ?, ?, ?)",
          [1152921504606846976n, "1.50", 0.5, true, "1970-01-01 00:00:00.000", 5, '{"a":[1]}'],
        ],
      },
    ],
    "into a schema": [
      insert(Seat, [{ line: 1, place: 2, guest: "x" }], []),
      {
        sqlite: ['insert into "hall"."seat" ("line", "place", "guest") values (?, ?, ?)', [1, 2, "x"]],
        postgres: ['insert into "hall"."seat" ("line", "place", "guest") values ($1, $2, $3)', [1, 2, "x"]],
        mysql: ["insert into `hall`.`seat` (`line`, `place`, `guest`) values (?, ?, ?)", [1, 2, "x"]],
      },
    ],
  });
});

describe("Updates", () => {
  expectPlans({
    "by key": [
      update(Track.objects.filter({ pk: 1 }), { title: "x" }),
      {
        sqlite: ['update "track" set "title" = ? where "track"."id" = ?', ["x", 1]],
        postgres: ['update "track" set "title" = $1 where "track"."id" = $2', ["x", 1]],
        mysql: ["update `track` set `title` = ? where `track`.`id` = ?", ["x", 1]],
      },
    ],
    "by key, several columns": [
      update(Track.objects.filter({ pk: 1 }), { title: "x", note: null, album: 3 }),
      {
        sqlite: [
          'update "track" set "title" = ?, "note" = ?, "album_id" = ? where "track"."id" = ?',
          ["x", null, 3, 1],
        ],
        postgres: [
          'update "track" set "title" = $1, "note" = $2, "album_id" = $3 where "track"."id" = $4',
          ["x", null, 3, 1],
        ],
        mysql: ["update `track` set `title` = ?, `note` = ?, `album_id` = ? where `track`.`id` = ?", ["x", null, 3, 1]],
      },
    ],
    "of all rows": [
      update(Track.objects, { title: "x" }),
      {
        sqlite: ['update "track" set "title" = ?', ["x"]],
        postgres: ['update "track" set "title" = $1', ["x"]],
        mysql: ["update `track` set `title` = ?", ["x"]],
      },
    ],
    "by a condition": [
      update(Track.objects.filter({ position__gte: 3 }).exclude({ note: "y" }), { title: "x" }),
      {
        sqlite: [
          'update "track" set "title" = ? where "track"."position" >= ? and ("track"."note" = ?) is not true',
          ["x", 3, "y"],
        ],
        postgres: [
          'update "track" set "title" = $1 where "track"."position" >= $2 and ("track"."note" = $3) is not true',
          ["x", 3, "y"],
        ],
        mysql: [
          "update `track` set `title` = ? where `track`.`position` >= ? and (`track`.`note` = ?) is not true",
          ["x", 3, "y"],
        ],
      },
    ],
    "across a key": [
      update(Track.objects.filter({ album__name: "y" }), { title: "x" }),
      {
        sqlite: [
          'update "track" set "title" = ? where "id" in (select "t2"."id" from "track" as "t2" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'update "track" set "title" = $1 where "id" in (select "t2"."id" from "track" as "t2" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "update `track` set `title` = ? where `id` in (select * from (select `t2`.`id` from `track` as `t2` inner join `album` as `t3` on `t3`.`id` = `t2`.`album_id` where `t3`.`name` = ?) as t4)",
          ["x", "y"],
        ],
      },
    ],
    "excluding many rows": [
      update(Album.objects.exclude({ tracks__title: "y" }), { name: "x" }),
      {
        sqlite: [
          'update "album" set "name" = ? where "id" in (select "t2"."id" from "album" as "t2" where not (exists (select 1 from "track" as "t3" where "t3"."album_id" = "t2"."id" and "t3"."title" = ?)))',
          ["x", "y"],
        ],
        postgres: [
          'update "album" set "name" = $1 where "id" in (select "t2"."id" from "album" as "t2" where not (exists (select 1 from "track" as "t3" where "t3"."album_id" = "t2"."id" and "t3"."title" = $2)))',
          ["x", "y"],
        ],
        mysql: [
          "update `album` set `name` = ? where `id` in (select * from (select `t2`.`id` from `album` as `t2` where not (exists (select 1 from `track` as `t3` where `t3`.`album_id` = `t2`.`id` and `t3`.`title` = ?))) as t4)",
          ["x", "y"],
        ],
      },
    ],
    "in a queryset": [
      update(Track.objects.filter({ album__in: Album.objects.filter({ name: "y" }) }), { title: "x" }),
      {
        sqlite: [
          'update "track" set "title" = ? where "id" in (select "t2"."id" from "track" as "t2" where "t2"."album_id" in (select "t3"."id" from "album" as "t3" where "t3"."name" = ?))',
          ["x", "y"],
        ],
        postgres: [
          'update "track" set "title" = $1 where "id" in (select "t2"."id" from "track" as "t2" where "t2"."album_id" in (select "t3"."id" from "album" as "t3" where "t3"."name" = $2))',
          ["x", "y"],
        ],
        mysql: [
          "update `track` set `title` = ? where `id` in (select * from (select `t2`.`id` from `track` as `t2` where `t2`.`album_id` in (select `t3`.`id` from `album` as `t3` where `t3`.`name` = ?)) as t4)",
          ["x", "y"],
        ],
      },
    ],
    "in a queryset of its own": [
      update(Track.objects.filter({ pk__in: Track.objects.filter({ position: 1 }).limit(3) }), { title: "x" }),
      {
        sqlite: [
          'update "track" set "title" = ? where "id" in (select "t2"."id" from "track" as "t2" where "t2"."id" in (select "t3"."id" from "track" as "t3" where "t3"."position" = ? limit ? + 0))',
          ["x", 1, 3],
        ],
        postgres: [
          'update "track" set "title" = $1 where "id" in (select "t2"."id" from "track" as "t2" where "t2"."id" in (select "t3"."id" from "track" as "t3" where "t3"."position" = $2 limit $3))',
          ["x", 1, 3],
        ],
        mysql: [
          "update `track` set `title` = ? where `id` in (select * from (select `t3`.`id` from `track` as `t3` where `t3`.`id` in (select * from (select `t4`.`id` from `track` as `t4` where `t4`.`position` = ? limit ?) as t5)) as t6)",
          ["x", 1, 3n],
        ],
      },
    ],
    "whatever the order": [
      update(Artist.objects.filter({ name: "y" }), { name: "x" }),
      {
        sqlite: ['update "artist" set "name" = ? where "artist"."name" = ?', ["x", "y"]],
        postgres: ['update "artist" set "name" = $1 where "artist"."name" = $2', ["x", "y"]],
        mysql: ["update `artist` set `name` = ? where `artist`.`name` = ?", ["x", "y"]],
      },
    ],
    "in a schema": [
      update(Seat.objects.filter({ line: 1 }), { guest: "x" }),
      {
        sqlite: [
          'update "hall"."seat" set "guest" = ? where ("line", "place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" where "t1"."line" = ?)',
          ["x", 1],
        ],
        postgres: [
          'update "hall"."seat" set "guest" = $1 where ("line", "place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" where "t1"."line" = $2)',
          ["x", 1],
        ],
        mysql: [
          "update `hall`.`seat` set `guest` = ? where (`line`, `place`) in (select * from (select `t1`.`line`, `t1`.`place` from `hall`.`seat` as `t1` where `t1`.`line` = ?) as t2)",
          ["x", 1],
        ],
      },
    ],
  });
});

describe("Deletions", () => {
  expectPlans({
    "by key": [
      deletion(Track.objects.filter({ pk: 1 })),
      {
        sqlite: ['delete from "track" where "track"."id" = ?', [1]],
        postgres: ['delete from "track" where "track"."id" = $1', [1]],
        mysql: ["delete from `track` where `track`.`id` = ?", [1]],
      },
    ],
    "of all rows": [
      deletion(Track.objects),
      {
        sqlite: ['delete from "track"', []],
        postgres: ['delete from "track"', []],
        mysql: ["delete from `track`", []],
      },
    ],
    "across a key": [
      deletion(Track.objects.filter({ album__name: "y" })),
      {
        sqlite: [
          'delete from "track" where "id" in (select "t2"."id" from "track" as "t2" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = ?)',
          ["y"],
        ],
        postgres: [
          'delete from "track" where "id" in (select "t2"."id" from "track" as "t2" inner join "album" as "t3" on "t3"."id" = "t2"."album_id" where "t3"."name" = $1)',
          ["y"],
        ],
        mysql: [
          "delete from `track` where `id` in (select * from (select `t2`.`id` from `track` as `t2` inner join `album` as `t3` on `t3`.`id` = `t2`.`album_id` where `t3`.`name` = ?) as t4)",
          ["y"],
        ],
      },
    ],
    "over a reverse relation": [
      deletion(Album.objects.filter({ tracks__title: "y" })),
      {
        sqlite: [
          'delete from "album" where "id" in (select "t2"."id" from "album" as "t2" inner join "track" as "t3" on "t3"."album_id" = "t2"."id" where "t3"."title" = ?)',
          ["y"],
        ],
        postgres: [
          'delete from "album" where "id" in (select "t2"."id" from "album" as "t2" inner join "track" as "t3" on "t3"."album_id" = "t2"."id" where "t3"."title" = $1)',
          ["y"],
        ],
        mysql: [
          "delete from `album` where `id` in (select * from (select `t2`.`id` from `album` as `t2` inner join `track` as `t3` on `t3`.`album_id` = `t2`.`id` where `t3`.`title` = ?) as t4)",
          ["y"],
        ],
      },
    ],
    "in a schema": [
      deletion(Seat.objects.filter({ line: 1 })),
      {
        sqlite: [
          'delete from "hall"."seat" where ("line", "place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" where "t1"."line" = ?)',
          [1],
        ],
        postgres: [
          'delete from "hall"."seat" where ("line", "place") in (select "t1"."line", "t1"."place" from "hall"."seat" as "t1" where "t1"."line" = $1)',
          [1],
        ],
        mysql: [
          "delete from `hall`.`seat` where (`line`, `place`) in (select * from (select `t1`.`line`, `t1`.`place` from `hall`.`seat` as `t1` where `t1`.`line` = ?) as t2)",
          [1],
        ],
      },
    ],
  });
});

describe("Counts", () => {
  expectPlans({
    "of all rows": [
      count(Track.objects),
      {
        sqlite: ['select count(*) from "track"', []],
        postgres: ['select count(*) from "track"', []],
        mysql: ["select count(*) from `track`", []],
      },
    ],
    "without order": [
      count(Artist.objects.filter({ name: "x" })),
      {
        sqlite: ['select count(*) from "artist" where "artist"."name" = ?', ["x"]],
        postgres: ['select count(*) from "artist" where "artist"."name" = $1', ["x"]],
        mysql: ["select count(*) from `artist` where `artist`.`name` = ?", ["x"]],
      },
    ],
    "without the relations fetched along": [
      count(Track.objects.selectRelated("album")),
      {
        sqlite: ['select count(*) from "track"', []],
        postgres: ['select count(*) from "track"', []],
        mysql: ["select count(*) from `track`", []],
      },
    ],
    "of joined rows": [
      count(Album.objects.filter({ tracks__position: 1 })),
      {
        sqlite: [
          'select count(*) from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."position" = ?',
          [1],
        ],
        postgres: [
          'select count(*) from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."position" = $1',
          [1],
        ],
        mysql: [
          "select count(*) from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`position` = ?",
          [1],
        ],
      },
    ],
    "of distinct rows": [
      count(Album.objects.filter({ tracks__position: 1 }).distinct()),
      {
        sqlite: [
          'select count(*) from (select distinct "album"."id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."position" = ?) as "t2"',
          [1],
        ],
        postgres: [
          'select count(*) from (select distinct "album"."id" from "album" inner join "track" as "t1" on "t1"."album_id" = "album"."id" where "t1"."position" = $1) as "t2"',
          [1],
        ],
        mysql: [
          "select count(*) from (select distinct `album`.`id` from `album` inner join `track` as `t1` on `t1`.`album_id` = `album`.`id` where `t1`.`position` = ?) as `t2`",
          [1],
        ],
      },
    ],
    "of a distinct slice": [
      count(Album.objects.distinct().orderBy("artist__name", "name").slice(2, 5)),
      {
        sqlite: [
          'select count(*) from (select "id" from (select distinct "album"."id", "t3"."name" as "o1", "album"."name" as "o2" from "album" inner join "artist" as "t3" on "t3"."id" = "album"."artist_id" order by "t3"."name", "album"."name" limit ? + 0 offset ?) as "t2") as "t1"',
          [3, 2],
        ],
        postgres: [
          'select count(*) from (select "id" from (select distinct "album"."id", "t3"."name" as "o1", "album"."name" as "o2" from "album" inner join "artist" as "t3" on "t3"."id" = "album"."artist_id" order by "t3"."name", "album"."name" limit $1 offset $2) as "t2") as "t1"',
          [3, 2],
        ],
        mysql: [
          "select count(*) from (select `id` from (select distinct `album`.`id`, `t3`.`name` as `o1`, `album`.`name` as `o2` from `album` inner join `artist` as `t3` on `t3`.`id` = `album`.`artist_id` order by `t3`.`name`, `album`.`name` limit ? offset ?) as `t2`) as `t1`",
          [3n, 2n],
        ],
      },
    ],
    "of a slice": [
      count(Track.objects.orderBy("title").slice(2, 5)),
      {
        sqlite: [
          'select count(*) from (select "track"."id" from "track" order by "track"."title" limit ? + 0 offset ?) as "t1"',
          [3, 2],
        ],
        postgres: [
          'select count(*) from (select "track"."id" from "track" order by "track"."title" limit $1 offset $2) as "t1"',
          [3, 2],
        ],
        mysql: [
          "select count(*) from (select `track`.`id` from `track` order by `track`.`title` limit ? offset ?) as `t1`",
          [3n, 2n],
        ],
      },
    ],
  });
});

describe("Whether there is one", () => {
  expectPlans({
    "of all rows": [
      exists(Track.objects),
      {
        sqlite: ['select 1 from "track" limit ? + 0', [1]],
        postgres: ['select 1 from "track" limit $1', [1]],
        mysql: ["select 1 from `track` limit ?", [1n]],
      },
    ],
    "by a condition": [
      exists(Track.objects.filter({ title: "x" }).orderBy("title")),
      {
        sqlite: ['select 1 from "track" where "track"."title" = ? limit ? + 0', ["x", 1]],
        postgres: ['select 1 from "track" where "track"."title" = $1 limit $2', ["x", 1]],
        mysql: ["select 1 from `track` where `track`.`title` = ? limit ?", ["x", 1n]],
      },
    ],
    "of distinct rows": [
      exists(Album.objects.distinct()),
      {
        sqlite: ['select distinct 1 from "album" limit ? + 0', [1]],
        postgres: ['select distinct 1 from "album" limit $1', [1]],
        mysql: ["select distinct 1 from `album` limit ?", [1n]],
      },
    ],
    "of a distinct slice": [
      exists(Album.objects.distinct().orderBy("artist__name").offset(3)),
      {
        sqlite: [
          'select 1 from (select "id" from (select distinct "album"."id", "t3"."name" as "o1" from "album" inner join "artist" as "t3" on "t3"."id" = "album"."artist_id" order by "t3"."name" limit ? + 0 offset ?) as "t2") as "t1"',
          [1, 3],
        ],
        postgres: [
          'select 1 from (select "id" from (select distinct "album"."id", "t3"."name" as "o1" from "album" inner join "artist" as "t3" on "t3"."id" = "album"."artist_id" order by "t3"."name" limit $1 offset $2) as "t2") as "t1"',
          [1, 3],
        ],
        mysql: [
          "select 1 from (select `id` from (select distinct `album`.`id`, `t3`.`name` as `o1` from `album` inner join `artist` as `t3` on `t3`.`id` = `album`.`artist_id` order by `t3`.`name` limit ? offset ?) as `t2`) as `t1`",
          [1n, 3n],
        ],
      },
    ],
    "of a slice": [
      exists(Track.objects.offset(3)),
      {
        sqlite: ['select 1 from "track" limit ? + 0 offset ?', [1, 3]],
        postgres: ['select 1 from "track" limit $1 offset $2', [1, 3]],
        mysql: ["select 1 from `track` limit ? offset ?", [1n, 3n]],
      },
    ],
  });
});
