import { sql } from "kysely";
import { describe } from "vitest";
import { F, raw, Value } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Track } from "./models.js";

const ids = Track.objects.orderBy("id").values("id");
const prefix = {
  sqlite: 'select "track"."id" as "id" from "track"',
  postgres: 'select "track"."id" as "id" from "track"',
  mysql: "select `track`.`id` as `id` from `track`",
};

describe("SQL of one's own", () => {
  expectSql(
    {
      "a condition with a value": [
        ids.filter(raw<boolean>(sql`length(${sql.ref("title")}) % ${7} = ${1}`)),
        {
          sqlite: ['… where (length("track"."title") % ? = ?) order by "track"."id"', [7n, 1n]],
          postgres: ['… where (length("track"."title") % $1 = $2) order by "track"."id"', [7, 1]],
          mysql: ["… where (length(`track`.`title`) % ? = ?) order by `track`.`id`", [7n, 1n]],
        },
      ],
      "names, literals and lists": [
        ids.filter(
          raw<boolean>(
            sql`${sql.ref("track.title")} in (${sql.join(["a", "b"])}) or ${sql.id("x", "y")} = ${sql.lit(3)}`,
          ),
        ),
        {
          sqlite: ['… where ("track"."title" in (?, ?) or "x"."y" = 3) order by "track"."id"', ["a", "b"]],
          postgres: ['… where ("track"."title" in ($1, $2) or "x"."y" = 3) order by "track"."id"', ["a", "b"]],
          mysql: ["… where (`track`.`title` in (?, ?) or `x`.`y` = 3) order by `track`.`id`", ["a", "b"]],
        },
      ],
      "expressions in it, across a key": [
        ids.filter(raw<boolean>(sql`${F("album__name")} = ${Value("x")}`)),
        {
          sqlite: [
            '… inner join "album" as "t1" on "t1"."id" = "track"."album_id" where ("t1"."name" = ?) order by "track"."id"',
            ["x"],
          ],
          postgres: [
            '… inner join "album" as "t1" on "t1"."id" = "track"."album_id" where ("t1"."name" = CAST($1 AS text)) order by "track"."id"',
            ["x"],
          ],
          mysql: [
            "… inner join `album` as `t1` on `t1`.`id` = `track`.`album_id` where (`t1`.`name` = ?) order by `track`.`id`",
            ["x"],
          ],
        },
      ],
      "of a kind, compared and under NOT": [
        ids.alias({ n: raw(sql`${sql.ref("position")} * ${2}`, "integer") }).exclude({ n: 4 }),
        {
          sqlite: ['… where (("track"."position" * ?) = ?) is not true order by "track"."id"', [2n, 4]],
          postgres: [
            '… where (CAST(("track"."position" * $1) AS bigint) = $2) is not true order by "track"."id"',
            [2, 4],
          ],
          mysql: ["… where (CAST((`track`.`position` * ?) AS SIGNED) = ?) is not true order by `track`.`id`", [2n, 4]],
        },
      ],
      "in a subquery over the same table": [
        ids.filter({ pk__in: Track.objects.filter(raw<boolean>(sql`${sql.ref("title")} = ${sql.ref("track.note")}`)) }),
        {
          sqlite: [
            '… where "track"."id" in (select "t1"."id" from "track" as "t1" where ("t1"."title" = "t1"."note")) order by "track"."id"',
            [],
          ],
          postgres: [
            '… where "track"."id" in (select "t1"."id" from "track" as "t1" where ("t1"."title" = "t1"."note")) order by "track"."id"',
            [],
          ],
          mysql: [
            "… where `track`.`id` in (select `t1`.`id` from `track` as `t1` where (`t1`.`title` = `t1`.`note`)) order by `track`.`id`",
            [],
          ],
        },
      ],
    },
    prefix,
  );
});
