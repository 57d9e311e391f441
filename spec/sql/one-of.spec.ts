import { describe } from "vitest";
import { Count } from "dunder-orm";
import { Comment, Note, Photo, Post, Tagged } from "../behaviour/relations/one-of-models.js";
import { expectSql } from "./expect-sql.js";

const post = new Post({ id: 3, title: "x" });
const photo = new Photo({ id: 4, path: "x" });

describe("relations to a row of one of several models", () => {
  expectSql({
    "a row: its kind decides on the column": [
      Comment.objects.filter({ target: post }).orderBy().values("id"),
      {
        sqlite: ['select "comment"."id" as "id" from "comment" where "comment"."target_post_id" = ?', [3]],
        postgres: ['select "comment"."id" as "id" from "comment" where "comment"."target_post_id" = $1', [3]],
        mysql: ["select `comment`.`id` as `id` from `comment` where `comment`.`target_post_id` = ?", [3]],
      },
    ],
    "none of the columns": [
      Note.objects.filter({ about__isnull: true }).orderBy().values("id"),
      {
        sqlite: [
          'select "note"."id" as "id" from "note" where ("note"."about_post_id" is null and "note"."about_photo_id" is null)',
          [],
        ],
        postgres: [
          'select "note"."id" as "id" from "note" where ("note"."about_post_id" is null and "note"."about_photo_id" is null)',
          [],
        ],
        mysql: [
          "select `note`.`id` as `id` from `note` where (`note`.`about_post_id` is null and `note`.`about_photo_id` is null)",
          [],
        ],
      },
    ],
    "rows of several kinds": [
      Comment.objects
        .exclude({ target__in: [post, photo] })
        .orderBy()
        .values("id"),
      {
        sqlite: [
          'select "comment"."id" as "id" from "comment" where ("comment"."target_post_id" IN (SELECT value FROM json_each(?)) or "comment"."target_photo_id" IN (SELECT value FROM json_each(?))) is not true',
          ["[3]", "[4]"],
        ],
        postgres: [
          'select "comment"."id" as "id" from "comment" where ("comment"."target_post_id" = ANY($1) or "comment"."target_photo_id" = ANY($2)) is not true',
          ["{3}", "{4}"],
        ],
        mysql: [
          "select `comment`.`id` as `id` from `comment` where (`comment`.`target_post_id` in (?) or `comment`.`target_photo_id` in (?)) is not true",
          [3, 4],
        ],
      },
    ],
    "a generic one: kind and key": [
      Tagged.objects.filter({ item: photo }).orderBy().values("id"),
      {
        sqlite: [
          'select "tagged"."id" as "id" from "tagged" where ("tagged"."item_type" = ? and "tagged"."item_id" = ?)',
          ["photo", 4],
        ],
        postgres: [
          'select "tagged"."id" as "id" from "tagged" where ("tagged"."item_type" = $1 and "tagged"."item_id" = $2)',
          ["photo", 4],
        ],
        mysql: [
          "select `tagged`.`id` as `id` from `tagged` where (`tagged`.`item_type` = ? and `tagged`.`item_id` = ?)",
          ["photo", 4],
        ],
      },
    ],
    "a path through one kind": [
      Tagged.objects.filter({ item__post__title: "x" }).orderBy().values("id", "item__photo__path"),
      {
        sqlite: [
          'select "tagged"."id" as "id", "t2"."path" as "item__photo__path" from "tagged" inner join "post" as "t1" on \'post\' = "tagged"."item_type" and "t1"."id" = "tagged"."item_id" left join "photo" as "t2" on \'photo\' = "tagged"."item_type" and "t2"."id" = "tagged"."item_id" where "t1"."title" = ?',
          ["x"],
        ],
        postgres: [
          'select "tagged"."id" as "id", "t2"."path" as "item__photo__path" from "tagged" inner join "post" as "t1" on \'post\' = "tagged"."item_type" and "t1"."id" = "tagged"."item_id" left join "photo" as "t2" on \'photo\' = "tagged"."item_type" and "t2"."id" = "tagged"."item_id" where "t1"."title" = $1',
          ["x"],
        ],
        mysql: [
          "select `tagged`.`id` as `id`, `t2`.`path` as `item__photo__path` from `tagged` inner join `post` as `t1` on 'post' = `tagged`.`item_type` and `t1`.`id` = `tagged`.`item_id` left join `photo` as `t2` on 'photo' = `tagged`.`item_type` and `t2`.`id` = `tagged`.`item_id` where `t1`.`title` = ?",
          ["x"],
        ],
      },
    ],
    "the other side": [
      Post.objects
        .exclude({ tagged__tag: "x" })
        .annotate({ n: Count("tagged") })
        .values("n"),
      {
        sqlite: [
          'select (select COUNT("t1"."id") from "tagged" as "t1" where ("t1"."item_type" = \'post\' and "t1"."item_id" = "post"."id")) as "n" from "post" where not (exists (select 1 from "tagged" as "t2" where "t2"."item_type" = \'post\' and "t2"."item_id" = "post"."id" and "t2"."tag" = ?))',
          ["x"],
        ],
        postgres: [
          'select (select COUNT("t1"."id") from "tagged" as "t1" where ("t1"."item_type" = \'post\' and "t1"."item_id" = "post"."id")) as "n" from "post" where not (exists (select 1 from "tagged" as "t2" where "t2"."item_type" = \'post\' and "t2"."item_id" = "post"."id" and "t2"."tag" = $1))',
          ["x"],
        ],
        mysql: [
          "select (select COUNT(`t1`.`id`) from `tagged` as `t1` where (`t1`.`item_type` = 'post' and `t1`.`item_id` = `post`.`id`)) as `n` from `post` where not (exists (select 1 from `tagged` as `t2` where `t2`.`item_type` = 'post' and `t2`.`item_id` = `post`.`id` and `t2`.`tag` = ?))",
          ["x"],
        ],
      },
    ],
    "rows of a queryset by kind": [
      Tagged.objects
        .filter({ item__post__in: Post.objects.filter({ title: "x" }) })
        .orderBy()
        .values("id"),
      {
        sqlite: [
          'select "tagged"."id" as "id" from "tagged" where ("tagged"."item_type", "tagged"."item_id") in (select \'post\', "t1"."id" from "post" as "t1" where "t1"."title" = ?)',
          ["x"],
        ],
        postgres: [
          'select "tagged"."id" as "id" from "tagged" where ("tagged"."item_type", "tagged"."item_id") in (select \'post\', "t1"."id" from "post" as "t1" where "t1"."title" = $1)',
          ["x"],
        ],
        mysql: [
          "select `tagged`.`id` as `id` from `tagged` where (`tagged`.`item_type`, `tagged`.`item_id`) in (select 'post', `t1`.`id` from `post` as `t1` where `t1`.`title` = ?)",
          ["x"],
        ],
      },
    ],
  });
});
