import { describe } from "vitest";
import { OuterRef } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Track } from "./models.js";

const theirs = Track.objects.filter({ album: OuterRef("album") }).orderBy("-id");
const ids = Track.objects.values("id");

describe("Slices for each row", () => {
  expectSql({
    "the first ones": [
      ids.filter({ pk__in: theirs.limit(2).values("pk") }),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" where "track"."id" in (select "t1"."id" from "track" as "t1" where "t1"."album_id" = "track"."album_id" order by "t1"."id" desc limit ? + 0)',
          [2],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" where "track"."id" in (select "t1"."id" from "track" as "t1" where "t1"."album_id" = "track"."album_id" order by "t1"."id" desc limit $1)',
          [2],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` where (((select case when `t1`.`id` = `track`.`id` and row_number() over (order by `t1`.`id` desc) > 0 then row_number() over (order by `t1`.`id` desc) end from `track` as `t1` where `t1`.`album_id` = `track`.`album_id` order by case when `t1`.`id` = `track`.`id` and row_number() over (order by `t1`.`id` desc) > 0 then 0 else 1 end, row_number() over (order by `t1`.`id` desc) limit 1) <= ? + 0) is true)",
          [2n],
        ],
      },
    ],
    "those from a place on": [
      ids.filter({ pk__in: theirs.offset(3).values("pk") }),
      {
        sqlite: [
          'select "track"."id" as "id" from "track" where "track"."id" in (select "t1"."id" from "track" as "t1" where "t1"."album_id" = "track"."album_id" order by "t1"."id" desc limit -1 offset ?)',
          [3],
        ],
        postgres: [
          'select "track"."id" as "id" from "track" where "track"."id" in (select "t1"."id" from "track" as "t1" where "t1"."album_id" = "track"."album_id" order by "t1"."id" desc offset $1)',
          [3],
        ],
        mysql: [
          "select `track`.`id` as `id` from `track` where (select case when `t1`.`id` = `track`.`id` and row_number() over (order by `t1`.`id` desc) > ? then row_number() over (order by `t1`.`id` desc) end from `track` as `t1` where `t1`.`album_id` = `track`.`album_id` order by case when `t1`.`id` = `track`.`id` and row_number() over (order by `t1`.`id` desc) > ? then 0 else 1 end, row_number() over (order by `t1`.`id` desc) limit 1) is not null",
          [3n, 3n],
        ],
      },
    ],
  });
});
