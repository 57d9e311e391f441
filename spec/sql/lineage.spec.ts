import { describe } from "vitest";
import { expectSql } from "./expect-sql.js";
import { Artist } from "./models.js";

describe("ancestorsOf and descendantsOf", () => {
  expectSql({
    "what a foreign key leads to": [
      Artist.objects.ancestorsOf(7, "mentor").values("id"),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" where "t3"."id" = ? union select "t4"."id", "t4"."mentor_id" from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2") select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" where not ("t1"."id" = ?) order by "t1"."name", "t1"."id" desc',
          [7, 7],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", "t3"."mentor_id" as "k2" from "artist" as "t3" where "t3"."id" = $1 union select "t4"."id", "t4"."mentor_id" from "tree_t2" inner join "artist" as "t4" on "t4"."id" = "tree_t2"."k2") select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" where not ("t1"."id" = $2) order by "t1"."name", "t1"."id" desc',
          [7, 7],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, `t3`.`mentor_id` as `k2` from `artist` as `t3` where `t3`.`id` = ? union select `t4`.`id`, `t4`.`mentor_id` from `tree_t2` inner join `artist` as `t4` on `t4`.`id` = `tree_t2`.`k2`) select `t1`.`id` as `id` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id` from `artist` as `t5` where `t5`.`id` in (select `k1` from `tree_t2`)) as `t1` where not (`t1`.`id` = ?) order by `t1`.`name`, `t1`.`id` desc",
          [7, 7],
        ],
      },
    ],
    "from what it leads here, in so many steps": [
      Artist.objects.filter({ name: "x" }).descendantsOf(7, "mentor", { maxDepth: 2, includeSelf: true }).values("id"),
      {
        sqlite: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", 0 as "depth" from "artist" as "t3" where "t3"."id" = ? union select "t4"."id", "tree_t2"."depth" + 1 from "tree_t2" inner join "artist" as "t4" on "t4"."mentor_id" = "tree_t2"."k1" where "tree_t2"."depth" < ?) select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" where "t1"."name" = ? order by "t1"."name", "t1"."id" desc',
          [7, 2, "x"],
        ],
        postgres: [
          'with recursive "tree_t2" as (select "t3"."id" as "k1", 0 as "depth" from "artist" as "t3" where "t3"."id" = $1 union select "t4"."id", "tree_t2"."depth" + 1 from "tree_t2" inner join "artist" as "t4" on "t4"."mentor_id" = "tree_t2"."k1" where "tree_t2"."depth" < $2) select "t1"."id" as "id" from (select "t5"."id", "t5"."name", "t5"."label_id", "t5"."mentor_id" from "artist" as "t5" where "t5"."id" in (select "k1" from "tree_t2")) as "t1" where "t1"."name" = $3 order by "t1"."name", "t1"."id" desc',
          [7, 2, "x"],
        ],
        mysql: [
          "with recursive `tree_t2` as (select `t3`.`id` as `k1`, 0 as `depth` from `artist` as `t3` where `t3`.`id` = ? union select `t4`.`id`, `tree_t2`.`depth` + 1 from `tree_t2` inner join `artist` as `t4` on `t4`.`mentor_id` = `tree_t2`.`k1` where `tree_t2`.`depth` < ?) select `t1`.`id` as `id` from (select `t5`.`id`, `t5`.`name`, `t5`.`label_id`, `t5`.`mentor_id` from `artist` as `t5` where `t5`.`id` in (select `k1` from `tree_t2`)) as `t1` where `t1`.`name` = ? order by `t1`.`name`, `t1`.`id` desc",
          [7, 2, "x"],
        ],
      },
    ],
  });
});
