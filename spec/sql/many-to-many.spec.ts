import { describe } from "vitest";
import { Count, Exists, fields, manager, Model, OuterRef } from "dunder-orm";
import { compiledSql } from "../../lib/objects/reading/compiled.js";
import { metaOf, type ManyToManyMeta } from "../../lib/models/index.js";
import { QUERY, withMembersOf, type LinkKey, type Query } from "../../lib/query/index.js";
import { databases, type TestDatabase } from "./databases.js";
import { expectSql } from "./expect-sql.js";
class Post extends Model(
  "post",
  {
    id: fields.integer({ primaryKey: true }),
    title: fields.string({ maxLength: 50 }),
    tags: () => fields.manyToMany(Tag),
  },
  { database: databases.sqlite },
) {
  static objects = manager(this);
}

class Tag extends Model(
  "tag",
  {
    id: fields.integer({ primaryKey: true }),
    name: fields.string({ maxLength: 50 }),
    posts: () => fields.manyToMany(Post, { reverse: "tags" }),
  },
  { database: databases.sqlite },
) {
  static objects = manager(this);
}

/** What `prefetchRelated` asks for the rows of a relation, of the rows with these keys. */
function prefetched(queryset: object, model: unknown, name: string, keys: readonly LinkKey[]) {
  const relation = metaOf(model).relations[name] as ManyToManyMeta;
  const query = withMembersOf((queryset as { [QUERY]: Query })[QUERY], relation, keys);
  return { using: (database: TestDatabase) => ({ sql: () => compiledSql(database, query) }) };
}

const titles = Post.objects.values("title");
const post = new Post({ id: 7, title: "x" });
describe("A many-to-many relation", () => {
  expectSql({
    "by key": [
      titles.filter({ tags: 3 }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = ?',
          [3],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = $1',
          [3],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` where `t1`.`tag_id` = ?",
          [3],
        ],
      },
    ],
    "by keys": [
      titles.filter({ tags__in: [3, 4] }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" IN (SELECT value FROM json_each(?))',
          ["[3,4]"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = ANY($1)',
          ["{3,4}"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` where `t1`.`tag_id` in (?, ?)",
          [3, 4],
        ],
      },
    ],
    "that is not there": [
      titles.filter({ tags__isnull: true }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" left join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" is null',
          [],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" left join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" is null',
          [],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` left join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` where `t1`.`tag_id` is null",
          [],
        ],
      },
    ],
    "by a field": [
      titles.filter({ tags__name: "red" }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" where "t2"."name" = ?',
          ["red"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" where "t2"."name" = $1',
          ["red"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` inner join `tag` as `t2` on `t2`.`id` = `t1`.`tag_id` where `t2`.`name` = ?",
          ["red"],
        ],
      },
    ],
    "by two conditions for one row": [
      titles.filter({ tags__name: "red", tags__id__gt: 1 }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" where ("t2"."name" = ? and "t1"."tag_id" > ?)',
          ["red", 1],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" where ("t2"."name" = $1 and "t1"."tag_id" > $2)',
          ["red", 1],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` inner join `tag` as `t2` on `t2`.`id` = `t1`.`tag_id` where (`t2`.`name` = ? and `t1`.`tag_id` > ?)",
          ["red", 1],
        ],
      },
    ],
    "by two rows": [
      titles.filter({ tags__name: "red" }).filter({ tags__name: "blue" }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" inner join "post_tags" as "t3" on "t3"."post_id" = "post"."id" inner join "tag" as "t4" on "t4"."id" = "t3"."tag_id" where "t2"."name" = ? and "t4"."name" = ?',
          ["red", "blue"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" inner join "post_tags" as "t3" on "t3"."post_id" = "post"."id" inner join "tag" as "t4" on "t4"."id" = "t3"."tag_id" where "t2"."name" = $1 and "t4"."name" = $2',
          ["red", "blue"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` inner join `tag` as `t2` on `t2`.`id` = `t1`.`tag_id` inner join `post_tags` as `t3` on `t3`.`post_id` = `post`.`id` inner join `tag` as `t4` on `t4`.`id` = `t3`.`tag_id` where `t2`.`name` = ? and `t4`.`name` = ?",
          ["red", "blue"],
        ],
      },
    ],
    "and back": [
      titles.filter({ tags__posts__title: "x" }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" inner join "post_tags" as "t3" on "t3"."tag_id" = "t2"."id" inner join "post" as "t4" on "t4"."id" = "t3"."post_id" where "t4"."title" = ?',
          ["x"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" inner join "post_tags" as "t3" on "t3"."tag_id" = "t2"."id" inner join "post" as "t4" on "t4"."id" = "t3"."post_id" where "t4"."title" = $1',
          ["x"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` inner join `tag` as `t2` on `t2`.`id` = `t1`.`tag_id` inner join `post_tags` as `t3` on `t3`.`tag_id` = `t2`.`id` inner join `post` as `t4` on `t4`.`id` = `t3`.`post_id` where `t4`.`title` = ?",
          ["x"],
        ],
      },
    ],
    "excluded by key": [
      titles.exclude({ tags: 3 }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" where not (exists (select 1 from "post_tags" as "t1" where "t1"."post_id" = "post"."id" and "t1"."tag_id" = ?))',
          [3],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" where not (exists (select 1 from "post_tags" as "t1" where "t1"."post_id" = "post"."id" and "t1"."tag_id" = $1))',
          [3],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` where not (exists (select 1 from `post_tags` as `t1` where `t1`.`post_id` = `post`.`id` and `t1`.`tag_id` = ?))",
          [3],
        ],
      },
    ],
    "excluded by a field": [
      titles.exclude({ tags__name: "red" }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" where not (exists (select 1 from "post_tags" as "t1" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" where "t1"."post_id" = "post"."id" and "t2"."name" = ?))',
          ["red"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" where not (exists (select 1 from "post_tags" as "t1" inner join "tag" as "t2" on "t2"."id" = "t1"."tag_id" where "t1"."post_id" = "post"."id" and "t2"."name" = $1))',
          ["red"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` where not (exists (select 1 from `post_tags` as `t1` inner join `tag` as `t2` on `t2`.`id` = `t1`.`tag_id` where `t1`.`post_id` = `post`.`id` and `t2`.`name` = ?))",
          ["red"],
        ],
      },
    ],
    "by a queryset": [
      titles.filter({ tags__in: Tag.objects.filter({ name: "red" }) }),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" in (select "t2"."id" from "tag" as "t2" where "t2"."name" = ?)',
          ["red"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" in (select "t2"."id" from "tag" as "t2" where "t2"."name" = $1)',
          ["red"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` where `t1`.`tag_id` in (select `t2`.`id` from `tag` as `t2` where `t2`.`name` = ?)",
          ["red"],
        ],
      },
    ],
    counted: [
      Post.objects.annotate({ n: Count("tags") }).values("title", "n"),
      {
        sqlite: [
          'select "post"."title" as "title", (select COUNT("t1"."tag_id") from "post_tags" as "t1" where "t1"."post_id" = "post"."id") as "n" from "post"',
          [],
        ],
        postgres: [
          'select "post"."title" as "title", (select COUNT("t1"."tag_id") from "post_tags" as "t1" where "t1"."post_id" = "post"."id") as "n" from "post"',
          [],
        ],
        mysql: [
          "select `post`.`title` as `title`, (select COUNT(`t1`.`tag_id`) from `post_tags` as `t1` where `t1`.`post_id` = `post`.`id`) as `n` from `post`",
          [],
        ],
      },
    ],
    "in a subquery": [
      titles.filter(Exists(Tag.objects.filter({ posts: OuterRef("pk"), name: "red" }))),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" where exists (select 1 from "tag" as "t1" inner join "post_tags" as "t2" on "t2"."tag_id" = "t1"."id" where ("t2"."post_id" = "post"."id" and "t1"."name" = ?))',
          ["red"],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" where exists (select 1 from "tag" as "t1" inner join "post_tags" as "t2" on "t2"."tag_id" = "t1"."id" where ("t2"."post_id" = "post"."id" and "t1"."name" = $1))',
          ["red"],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` where exists (select 1 from `tag` as `t1` inner join `post_tags` as `t2` on `t2`.`tag_id` = `t1`.`id` where (`t2`.`post_id` = `post`.`id` and `t1`.`name` = ?))",
          ["red"],
        ],
      },
    ],
    "of one row": [
      post.tags.filter({ name__startswith: "r" }).orderBy("name").values("name"),
      {
        sqlite: [
          'select "tag"."name" as "name" from "tag" inner join "post_tags" as "t1" on "t1"."tag_id" = "tag"."id" where ("t1"."post_id" = ? and ("tag"."name" >= ? AND "tag"."name" < ? || CAST(X\'FF\' AS TEXT) AND substr("tag"."name", 1, length(?)) = ?)) order by "tag"."name"',
          [7, "r", "r", "r", "r"],
        ],
        postgres: [
          'select "tag"."name" as "name" from "tag" inner join "post_tags" as "t1" on "t1"."tag_id" = "tag"."id" where ("t1"."post_id" = $1 and "tag"."name" LIKE $2 ESCAPE \'!\') order by "tag"."name"',
          [7, "r%"],
        ],
        mysql: [
          "select `tag`.`name` as `name` from `tag` inner join `post_tags` as `t1` on `t1`.`tag_id` = `tag`.`id` where (`t1`.`post_id` = ? and `tag`.`name` LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!') order by `tag`.`name`",
          [7, "r%"],
        ],
      },
    ],
    "of one row of the other side": [
      new Tag({ id: 3, name: "x" }).posts.values("title"),
      {
        sqlite: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = ?',
          [3],
        ],
        postgres: [
          'select "post"."title" as "title" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = $1',
          [3],
        ],
        mysql: [
          "select `post`.`title` as `title` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` where `t1`.`tag_id` = ?",
          [3],
        ],
      },
    ],
    "fetched along": [
      prefetched(Tag.objects.only("name"), Post, "tags", [1, 2]),
      {
        sqlite: [
          'select "tag"."id", "tag"."name", "t1"."post_id" as "member of 1" from "tag" inner join "post_tags" as "t1" on "t1"."tag_id" = "tag"."id" where "t1"."post_id" IN (SELECT value FROM json_each(?))',
          ["[1,2]"],
        ],
        postgres: [
          'select "tag"."id", "tag"."name", "t1"."post_id" as "member of 1" from "tag" inner join "post_tags" as "t1" on "t1"."tag_id" = "tag"."id" where "t1"."post_id" = ANY($1)',
          ["{1,2}"],
        ],
        mysql: [
          "select `tag`.`id`, `tag`.`name`, `t1`.`post_id` as `member of 1` from `tag` inner join `post_tags` as `t1` on `t1`.`tag_id` = `tag`.`id` where `t1`.`post_id` in (?, ?)",
          [1, 2],
        ],
      },
    ],
    "fetched along for the other side, in an order": [
      prefetched(Post.objects.filter({ title__gt: "a" }).orderBy("-title"), Tag, "posts", [3]),
      {
        sqlite: [
          'select "post"."id", "post"."title", "t1"."tag_id" as "member of 1" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = ? and "post"."title" > ? order by "post"."title" desc',
          [3, "a"],
        ],
        postgres: [
          'select "post"."id", "post"."title", "t1"."tag_id" as "member of 1" from "post" inner join "post_tags" as "t1" on "t1"."post_id" = "post"."id" where "t1"."tag_id" = $1 and "post"."title" > $2 order by "post"."title" desc',
          [3, "a"],
        ],
        mysql: [
          "select `post`.`id`, `post`.`title`, `t1`.`tag_id` as `member of 1` from `post` inner join `post_tags` as `t1` on `t1`.`post_id` = `post`.`id` where `t1`.`tag_id` = ? and `post`.`title` > ? order by `post`.`title` desc",
          [3, "a"],
        ],
      },
    ],
  });
});
