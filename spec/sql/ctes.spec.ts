import { describe } from "vitest";
import { Count, Exists, OuterRef } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Album, Artist, Label, Track } from "./models.js";

describe("asCte", () => {
  expectSql({
    "of rows": [
      Label.objects.filter({ name: "x" }).asCte("some").filter({ id__gt: 3 }),
      {
        sqlite: [
          'with "some" as (select "t2"."id" as "id", "t2"."name" as "name" from "label" as "t2" where "t2"."name" = ?) select "t1"."id", "t1"."name" from "some" as "t1" where "t1"."id" > ?',
          ["x", 3],
        ],
        postgres: [
          'with "some" as (select "t2"."id" as "id", "t2"."name" as "name" from "label" as "t2" where "t2"."name" = $1) select "t1"."id", "t1"."name" from "some" as "t1" where "t1"."id" > $2',
          ["x", 3],
        ],
        mysql: [
          "with `some` as (select `t2`.`id` as `id`, `t2`.`name` as `name` from `label` as `t2` where `t2`.`name` = ?) select `t1`.`id`, `t1`.`name` from `some` as `t1` where `t1`.`id` > ?",
          ["x", 3],
        ],
      },
    ],
    "written once": [
      Track.objects
        .orderBy("position")
        .limit(2)
        .asCte("firsts")
        .values("id")
        .filter({ album__in: Track.objects.orderBy("position").limit(2).asCte("firsts").values("album") }),
      {
        sqlite: [
          'with "firsts" as (select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" order by "t3"."position" limit ? + 0) select "t1"."id" as "id" from "firsts" as "t1" where "t1"."album_id" in (select "t2"."album_id" from "firsts" as "t2")',
          [2],
        ],
        postgres: [
          'with "firsts" as (select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" order by "t3"."position" limit $1) select "t1"."id" as "id" from "firsts" as "t1" where "t1"."album_id" in (select "t2"."album_id" from "firsts" as "t2")',
          [2],
        ],
        mysql: [
          "with `firsts` as (select `t3`.`id` as `id`, `t3`.`title` as `title`, `t3`.`note` as `note`, `t3`.`position` as `position`, `t3`.`album_id` as `album_id` from `track` as `t3` order by `t3`.`position` limit ?) select `t1`.`id` as `id` from `firsts` as `t1` where `t1`.`album_id` in (select `t2`.`album_id` from `firsts` as `t2`)",
          [2n],
        ],
      },
    ],
    "of groups": [
      Track.objects
        .values("album")
        .annotate({ n: Count("*") })
        .asCte("counts")
        .filter({ n__gt: 2, album__in: [1] })
        .orderBy("-n"),
      {
        sqlite: [
          'with "counts" as (select "t2"."album_id" as "album", COUNT(*) as "n" from "track" as "t2" group by 1) select "t1"."album" as "album", "t1"."n" as "n" from "counts" as "t1" where ("t1"."n" > ? and "t1"."album" IN (SELECT value FROM json_each(?))) order by 2 desc',
          [2, "[1]"],
        ],
        postgres: [
          'with "counts" as (select "t2"."album_id" as "album", COUNT(*) as "n" from "track" as "t2" group by 1) select "t1"."album" as "album", "t1"."n" as "n" from "counts" as "t1" where ("t1"."n" > $1 and "t1"."album" = ANY($2)) order by 2 desc',
          [2, "{1}"],
        ],
        mysql: [
          "with `counts` as (select `t2`.`album_id` as `album`, COUNT(*) as `n` from `track` as `t2` group by 1) select `t1`.`album` as `album`, `t1`.`n` as `n` from `counts` as `t1` where (`t1`.`n` > ? and `t1`.`album` in (?)) order by 2 desc",
          [2, 1],
        ],
      },
    ],
    "counted again": [
      Track.objects
        .values("album")
        .annotate({ n: Count("*") })
        .asCte("counts")
        .values("n")
        .annotate({ albums: Count("*") }),
      {
        sqlite: [
          'with "counts" as (select "t2"."album_id" as "album", COUNT(*) as "n" from "track" as "t2" group by 1) select "t1"."n" as "n", COUNT(*) as "albums" from "counts" as "t1" group by 1',
          [],
        ],
        postgres: [
          'with "counts" as (select "t2"."album_id" as "album", COUNT(*) as "n" from "track" as "t2" group by 1) select "t1"."n" as "n", COUNT(*) as "albums" from "counts" as "t1" group by 1',
          [],
        ],
        mysql: [
          "with `counts` as (select `t2`.`album_id` as `album`, COUNT(*) as `n` from `track` as `t2` group by 1) select `t1`.`n` as `n`, COUNT(*) as `albums` from `counts` as `t1` group by 1",
          [],
        ],
      },
    ],
    "one of another": [
      Label.objects
        .values("name")
        .filter({ id: 1 })
        .asCte("inner_one")
        .filter({ name: "x" })
        .asCte("outer_one")
        .filter({ name: "y" }),
      {
        sqlite: [
          'with "inner_one" as (select "t3"."name" as "name" from "label" as "t3" where "t3"."id" = ?), "outer_one" as (select "t2"."name" as "name" from "inner_one" as "t2" where "t2"."name" = ?) select "t1"."name" as "name" from "outer_one" as "t1" where "t1"."name" = ?',
          [1, "x", "y"],
        ],
        postgres: [
          'with "inner_one" as (select "t3"."name" as "name" from "label" as "t3" where "t3"."id" = $1), "outer_one" as (select "t2"."name" as "name" from "inner_one" as "t2" where "t2"."name" = $2) select "t1"."name" as "name" from "outer_one" as "t1" where "t1"."name" = $3',
          [1, "x", "y"],
        ],
        mysql: [
          "with `inner_one` as (select `t3`.`name` as `name` from `label` as `t3` where `t3`.`id` = ?), `outer_one` as (select `t2`.`name` as `name` from `inner_one` as `t2` where `t2`.`name` = ?) select `t1`.`name` as `name` from `outer_one` as `t1` where `t1`.`name` = ?",
          [1, "x", "y"],
        ],
      },
    ],
    "within Exists": [
      Album.objects.values("id").filter(
        Exists(
          Track.objects
            .filter({ position: 1 })
            .asCte("openers")
            .filter({ album: OuterRef("pk") }),
        ),
      ),
      {
        sqlite: [
          'with "openers" as (select "t2"."id" as "id", "t2"."title" as "title", "t2"."note" as "note", "t2"."position" as "position", "t2"."album_id" as "album_id" from "track" as "t2" where "t2"."position" = ?) select "album"."id" as "id" from "album" where exists (select 1 from "openers" as "t1" where "t1"."album_id" = "album"."id")',
          [1],
        ],
        postgres: [
          'with "openers" as (select "t2"."id" as "id", "t2"."title" as "title", "t2"."note" as "note", "t2"."position" as "position", "t2"."album_id" as "album_id" from "track" as "t2" where "t2"."position" = $1) select "album"."id" as "id" from "album" where exists (select 1 from "openers" as "t1" where "t1"."album_id" = "album"."id")',
          [1],
        ],
        mysql: [
          "with `openers` as (select `t2`.`id` as `id`, `t2`.`title` as `title`, `t2`.`note` as `note`, `t2`.`position` as `position`, `t2`.`album_id` as `album_id` from `track` as `t2` where `t2`.`position` = ?) select `album`.`id` as `id` from `album` where exists (select 1 from `openers` as `t1` where `t1`.`album_id` = `album`.`id`)",
          [1],
        ],
      },
    ],
  });
});

describe("recursive", () => {
  expectSql({
    down: [
      Artist.objects.filter({ name: "x" }).recursive("mentor").values("id").orderBy("id"),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" where "t3"."name" = ? union select "t4"."id", "t4"."mentor_id" from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2") select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" order by "t1"."id"',
          ["x"],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" where "t3"."name" = $1 union select "t4"."id", "t4"."mentor_id" from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2") select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" order by "t1"."id"',
          ["x"],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2` from `artist` as `t3` where `t3`.`name` = ? union select `t4`.`id`, `t4`.`mentor_id` from `tree_t2` inner join `artist` as `t4` on `t4`.`id` = `tree_t2`.`k2`) select `t1`.`id` as `id` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id` from `artist` as `t5` where `t5`.`id` in (select `k1` from `tree_t2`)) as `t1` order by `t1`.`id`",
          ["x"],
        ],
      },
    ],
    "with depth": [
      Artist.objects
        .filter({ name: "x" })
        .recursive("mentor", { depth: "level" })
        .values("id", "level")
        .orderBy("-level"),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2", 0 as "depth", "t3"."id" as "m1" from "artist" as "t3" where "t3"."name" = ? union select "t4"."id", "t4"."mentor_id", "tree_t2"."depth" + 1, case when (("tree_t2"."depth" + 1) & "tree_t2"."depth") = 0 then "t4"."id" else "tree_t2"."m1" end from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2" where not ("t4"."id" = "tree_t2"."m1")) select "t1"."id" as "id", "t1"."level" as "level" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id", "t6"."depth" as "level" from "artist" as "t5" inner join (select "k1", min("depth") as "depth" from "tree_t2" group by "k1") as "t6" on "t6"."k1" = "t5"."id") as "t1" order by 2 desc',
          ["x"],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2", 0 as "depth", "t3"."id" as "m1" from "artist" as "t3" where "t3"."name" = $1 union select "t4"."id", "t4"."mentor_id", "tree_t2"."depth" + 1, case when (("tree_t2"."depth" + 1) & "tree_t2"."depth") = 0 then "t4"."id" else "tree_t2"."m1" end from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2" where not ("t4"."id" = "tree_t2"."m1")) select "t1"."id" as "id", "t1"."level" as "level" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id", "t6"."depth" as "level" from "artist" as "t5" inner join (select "k1", min("depth") as "depth" from "tree_t2" group by "k1") as "t6" on "t6"."k1" = "t5"."id") as "t1" order by 2 desc',
          ["x"],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2`, 0 as `depth`, `t3`.`id` as `m1` from `artist` as `t3` where `t3`.`name` = ? union select `t4`.`id`, `t4`.`mentor_id`, `tree_t2`.`depth` + 1, case when ((`tree_t2`.`depth` + 1) & `tree_t2`.`depth`) = 0 then `t4`.`id` else `tree_t2`.`m1` end from `tree_t2` inner join `artist` as `t4` on `t4`.`id` = `tree_t2`.`k2` where not (`t4`.`id` = `tree_t2`.`m1`)) select `t1`.`id` as `id`, `t1`.`level` as `level` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id`, `t6`.`depth` as `level` from `artist` as `t5` inner join (select `k1`, min(`depth`) as `depth` from `tree_t2` group by `k1`) as `t6` on `t6`.`k1` = `t5`.`id`) as `t1` order by 2 desc",
          ["x"],
        ],
      },
    ],
    "with the most steps": [
      Artist.objects.filter({ name: "x" }).recursive("mentor", { maxDepth: 3 }).values("id").orderBy("id"),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2", 0 as "depth" from "artist" as "t3" where "t3"."name" = ? union select "t4"."id", "t4"."mentor_id", "tree_t2"."depth" + 1 from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2" where "tree_t2"."depth" < ?) select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" order by "t1"."id"',
          ["x", 3],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2", 0 as "depth" from "artist" as "t3" where "t3"."name" = $1 union select "t4"."id", "t4"."mentor_id", "tree_t2"."depth" + 1 from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2" where "tree_t2"."depth" < $2) select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" order by "t1"."id"',
          ["x", 3],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2`, 0 as `depth` from `artist` as `t3` where `t3`.`name` = ? union select `t4`.`id`, `t4`.`mentor_id`, `tree_t2`.`depth` + 1 from `tree_t2` inner join `artist` as `t4` on `t4`.`id` = `tree_t2`.`k2` where `tree_t2`.`depth` < ?) select `t1`.`id` as `id` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id` from `artist` as `t5` where `t5`.`id` in (select `k1` from `tree_t2`)) as `t1` order by `t1`.`id`",
          ["x", 3],
        ],
      },
    ],
    "with both": [
      Artist.objects
        .filter({ name: "x" })
        .recursive("mentor", { depth: "level", maxDepth: 3 })
        .values("level")
        .orderBy("level"),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2", 0 as "depth" from "artist" as "t3" where "t3"."name" = ? union select "t4"."id", "t4"."mentor_id", "tree_t2"."depth" + 1 from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2" where "tree_t2"."depth" < ?) select "t1"."level" as "level" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id", "t6"."depth" as "level" from "artist" as "t5" inner join (select "k1", min("depth") as "depth" from "tree_t2" group by "k1") as "t6" on "t6"."k1" = "t5"."id") as "t1" order by 1',
          ["x", 3],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2", 0 as "depth" from "artist" as "t3" where "t3"."name" = $1 union select "t4"."id", "t4"."mentor_id", "tree_t2"."depth" + 1 from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2" where "tree_t2"."depth" < $2) select "t1"."level" as "level" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id", "t6"."depth" as "level" from "artist" as "t5" inner join (select "k1", min("depth") as "depth" from "tree_t2" group by "k1") as "t6" on "t6"."k1" = "t5"."id") as "t1" order by 1',
          ["x", 3],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2`, 0 as `depth` from `artist` as `t3` where `t3`.`name` = ? union select `t4`.`id`, `t4`.`mentor_id`, `tree_t2`.`depth` + 1 from `tree_t2` inner join `artist` as `t4` on `t4`.`id` = `tree_t2`.`k2` where `tree_t2`.`depth` < ?) select `t1`.`level` as `level` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id`, `t6`.`depth` as `level` from `artist` as `t5` inner join (select `k1`, min(`depth`) as `depth` from `tree_t2` group by `k1`) as `t6` on `t6`.`k1` = `t5`.`id`) as `t1` order by 1",
          ["x", 3],
        ],
      },
    ],
    "from a slice": [
      Artist.objects.orderBy("name").limit(1).recursive("mentor").values("id").orderBy(),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "k1", "k2" from (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" order by "t3"."name" limit ? + 0) as "t4" union select "t5"."id", "t5"."mentor_id" from "tree_t2" inner join "artist" as "t5" on "t5"."id" = "tree_t2"."k2") select "t1"."id" as "id" from (select "t6"."id", "t6"."name", "t6"."label_id", "t6"."mentor_id" from "artist" as "t6" where "t6"."id" in (select "k1" from "tree_t2")) as "t1"',
          [1],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "k1", "k2" from (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" order by "t3"."name" limit $1) as "t4" union select "t5"."id", "t5"."mentor_id" from "tree_t2" inner join "artist" as "t5" on "t5"."id" = "tree_t2"."k2") select "t1"."id" as "id" from (select "t6"."id", "t6"."name", "t6"."label_id", "t6"."mentor_id" from "artist" as "t6" where "t6"."id" in (select "k1" from "tree_t2")) as "t1"',
          [1],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `k1`, `k2` from (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2` from `artist` as `t3` order by `t3`.`name` limit ?) as `t4` union select `t5`.`id`, `t5`.`mentor_id` from `tree_t2` inner join `artist` as `t5` on `t5`.`id` = `tree_t2`.`k2`) select `t1`.`id` as `id` from (select `t6`.`id`, `t6`.`name`, `t6`.`label_id`, `t6`.`mentor_id` from `artist` as `t6` where `t6`.`id` in (select `k1` from `tree_t2`)) as `t1`",
          [1n],
        ],
      },
    ],
    "in another query": [
      Album.objects.values("id").filter({ artist__in: Artist.objects.filter({ id: 1 }).recursive("mentor") }),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" where "t3"."id" = ? union select "t4"."id", "t4"."mentor_id" from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2") select "album"."id" as "id" from "album" where "album"."artist_id" in (select "t1"."id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1")',
          [1],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" where "t3"."id" = $1 union select "t4"."id", "t4"."mentor_id" from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2") select "album"."id" as "id" from "album" where "album"."artist_id" in (select "t1"."id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1")',
          [1],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2` from `artist` as `t3` where `t3`.`id` = ? union select `t4`.`id`, `t4`.`mentor_id` from `tree_t2` inner join `artist` as `t4` on `t4`.`id` = `tree_t2`.`k2`) select `album`.`id` as `id` from `album` where `album`.`artist_id` in (select `t1`.`id` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id` from `artist` as `t5` where `t5`.`id` in (select `k1` from `tree_t2`)) as `t1`)",
          [1],
        ],
      },
    ],
    "as a CTE": [
      Artist.objects.filter({ id: 1 }).recursive("mentor").asCte("mentors").values("id").orderBy("id"),
      {
        sqlite: [
          'with recursive "tree_t3" as (select "t4"."id" as "k1", "t4"."mentor_id" as "k2" from "artist" as "t4" where "t4"."id" = ? union select "t5"."id", "t5"."mentor_id" from "tree_t3" inner join "artist" as "t5" on "t5"."id" = "tree_t3"."k2"), "mentors" as (select "t2"."id" as "id", "t2"."name" as "name", "t2"."label_id" as "label_id", "t2"."mentor_id" as "mentor_id" from (select "t6"."id", "t6"."name", "t6"."label_id", "t6"."mentor_id" from "artist" as "t6" where "t6"."id" in (select "k1" from "tree_t3")) as "t2") select "t1"."id" as "id" from "mentors" as "t1" order by "t1"."id"',
          [1],
        ],
        postgres: [
          'with recursive "tree_t3" as (select "t4"."id" as "k1", "t4"."mentor_id" as "k2" from "artist" as "t4" where "t4"."id" = $1 union select "t5"."id", "t5"."mentor_id" from "tree_t3" inner join "artist" as "t5" on "t5"."id" = "tree_t3"."k2"), "mentors" as (select "t2"."id" as "id", "t2"."name" as "name", "t2"."label_id" as "label_id", "t2"."mentor_id" as "mentor_id" from (select "t6"."id", "t6"."name", "t6"."label_id", "t6"."mentor_id" from "artist" as "t6" where "t6"."id" in (select "k1" from "tree_t3")) as "t2") select "t1"."id" as "id" from "mentors" as "t1" order by "t1"."id"',
          [1],
        ],
        mysql: [
          "with recursive `tree_t3` as (select `t4`.`id` as `k1`, `t4`.`mentor_id` as `k2` from `artist` as `t4` where `t4`.`id` = ? union select `t5`.`id`, `t5`.`mentor_id` from `tree_t3` inner join `artist` as `t5` on `t5`.`id` = `tree_t3`.`k2`), `mentors` as (select `t2`.`id` as `id`, `t2`.`name` as `name`, `t2`.`label_id` as `label_id`, `t2`.`mentor_id` as `mentor_id` from (select `t6`.`id`, `t6`.`name`, `t6`.`label_id`, `t6`.`mentor_id` from `artist` as `t6` where `t6`.`id` in (select `k1` from `tree_t3`)) as `t2`) select `t1`.`id` as `id` from `mentors` as `t1` order by `t1`.`id`",
          [1],
        ],
      },
    ],
  });
});
