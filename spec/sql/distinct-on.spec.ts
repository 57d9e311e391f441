import { describe } from "vitest";
import { expectSql } from "./expect-sql.js";
import { Label } from "./models.js";

describe("distinct(…) of names", () => {
  expectSql({
    "the first by the order, within a filter and a slice": [
      Label.objects.filter({ id__gt: 7 }).distinct("name").orderBy("-id").limit(3),
      {
        sqlite: [
          'select "t1"."c1" as "id", "t1"."c2" as "name" from (select "label"."id" as "c1", "label"."name" as "c2", ROW_NUMBER() OVER (PARTITION BY "label"."name" ORDER BY "label"."id" desc, "label"."id") as "c3" from "label" where "label"."id" > ?) as "t1" where "t1"."c3" = ? order by "t1"."c1" desc limit ? + 0',
          [7, 1, 3],
        ],
        postgres: [
          'select "t1"."c1" as "id", "t1"."c2" as "name" from (select "label"."id" as "c1", "label"."name" as "c2", ROW_NUMBER() OVER (PARTITION BY "label"."name" ORDER BY "label"."id" desc, "label"."id") as "c3" from "label" where "label"."id" > $1) as "t1" where "t1"."c3" = $2 order by "t1"."c1" desc limit $3',
          [7, 1, 3],
        ],
        mysql: [
          "select `t1`.`c1` as `id`, `t1`.`c2` as `name` from (select `label`.`id` as `c1`, `label`.`name` as `c2`, ROW_NUMBER() OVER (PARTITION BY `label`.`name` ORDER BY `label`.`id` desc, `label`.`id`) as `c3` from `label` where `label`.`id` > ?) as `t1` where `t1`.`c3` = ? order by `t1`.`c1` desc limit ?",
          [7, 1, 3n],
        ],
      },
    ],
  });
});
