import { describe, expect, it } from "vitest";
import { type CompiledSql, Count, NotSupportedError, OuterRef } from "dunder-orm";
import { lateral } from "dunder-orm/postgres";
import { databases, type TestDatabase } from "./databases.js";
import { Album, Track } from "./models.js";

interface Askable {
  using(database: TestDatabase): { sql(): CompiledSql };
}

const last = Track.objects
  .filter({ album: OuterRef("pk") })
  .orderBy("-position")
  .limit(2);
const notes = Track.objects
  .filter({ album: OuterRef("pk"), title: OuterRef("artist__name") })
  .values("note")
  .annotate({ n: Count("*") });

type Written = readonly [sql: string, parameters: readonly unknown[]];
const ROWS: Readonly<Record<string, readonly [Askable, Readonly<Record<"postgres" | "mysql", Written>>]>> = {
  "rows beside each row": [
    Album.objects.join(lateral("last", last), {}).filter({ last__title: "x" }).values("id", "last__title"),
    {
      postgres: [
        'select "album"."id" as "id", "t1"."title" as "last__title" from "album" inner join lateral (select "t2"."id" as "id", "t2"."title" as "title", "t2"."note" as "note", "t2"."position" as "position", "t2"."album_id" as "album_id" from "track" as "t2" where "t2"."album_id" = "album"."id" order by "t2"."position" desc limit $1) as "t1" on true where "t1"."title" = $2',
        [2, "x"],
      ],
      mysql: [
        "select `album`.`id` as `id`, `t1`.`title` as `last__title` from `album` inner join lateral (select `t2`.`id` as `id`, `t2`.`title` as `title`, `t2`.`note` as `note`, `t2`.`position` as `position`, `t2`.`album_id` as `album_id` from `track` as `t2` where `t2`.`album_id` = `album`.`id` order by `t2`.`position` desc limit ?) as `t1` on true where `t1`.`title` = ?",
        [2n, "x"],
      ],
    },
  ],
  "rows that may not be there, on a condition, leading on": [
    Album.objects.join(lateral("last", last), { last__note: "y" }, { left: true }).values("last__album__name"),
    {
      postgres: [
        'select "t2"."name" as "last__album__name" from "album" left join lateral (select "t3"."id" as "id", "t3"."title" as "title", "t3"."note" as "note", "t3"."position" as "position", "t3"."album_id" as "album_id" from "track" as "t3" where "t3"."album_id" = "album"."id" order by "t3"."position" desc limit $1) as "t1" on "t1"."note" = $2 left join "album" as "t2" on "t2"."id" = "t1"."album_id"',
        [2, "y"],
      ],
      mysql: [
        "select `t2`.`name` as `last__album__name` from `album` left join lateral (select `t3`.`id` as `id`, `t3`.`title` as `title`, `t3`.`note` as `note`, `t3`.`position` as `position`, `t3`.`album_id` as `album_id` from `track` as `t3` where `t3`.`album_id` = `album`.`id` order by `t3`.`position` desc limit ?) as `t1` on `t1`.`note` = ? left join `album` as `t2` on `t2`.`id` = `t1`.`album_id`",
        [2n, "y"],
      ],
    },
  ],
  "groups, which name what is reached from the row": [
    Album.objects
      .join(lateral("found", notes), {}, { left: true })
      .filter({ found__n__gt: 3, found__isnull: false })
      .orderBy("found__note")
      .values("id"),
    {
      postgres: [
        'select "album"."id" as "id" from "album" inner join "artist" as "t1" on "t1"."id" = "album"."artist_id" inner join lateral (select "t3"."note" as "note", COUNT(*) as "n", CAST(1 AS bigint) as "row_" from "track" as "t3" where "t3"."album_id" = "album"."id" and "t3"."title" = "t1"."name" group by 1) as "t2" on true where ("t2"."n" > $1 and "t2"."row_" is not null) order by "t2"."note"',
        [3],
      ],
      mysql: [
        "select `album`.`id` as `id` from `album` inner join `artist` as `t1` on `t1`.`id` = `album`.`artist_id` inner join lateral (select `t3`.`note` as `note`, COUNT(*) as `n`, CAST(1 AS SIGNED) as `row_` from `track` as `t3` where `t3`.`album_id` = `album`.`id` and `t3`.`title` = `t1`.`name` group by 1) as `t2` on true where (`t2`.`n` > ? and `t2`.`row_` is not null) order by `t2`.`note`",
        [3],
      ],
    },
  ],
};

describe("Lateral joins", () => {
  for (const engine of ["postgres", "mysql"] as const) {
    it.each(Object.entries(ROWS))(`${engine}: %s`, (_, [queryset, expected]) => {
      const { sql, parameters } = queryset.using(databases[engine]).sql();
      expect(sql).toBe(expected[engine][0]);
      expect(parameters).toEqual(expected[engine][1]);
    });
  }

  it.each(Object.entries(ROWS))("sqlite refuses %s", (_, [queryset]) => {
    expect(() => queryset.using(databases.sqlite).sql()).toThrow(NotSupportedError);
  });
});
