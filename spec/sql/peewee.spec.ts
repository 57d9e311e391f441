// What the face of peewee says, as SQL; null where an engine lacks it.
import { sql } from "kysely";
import { expect, it } from "vitest";
import { Count, Excluded, F, Length, NotSupportedError } from "dunder-orm";
import { Table } from "dunder-orm/peewee";
import { databases, type EngineName, type TestDatabase } from "./databases.js";
import { Book, Writer } from "./peewee-models.js";

interface Statement {
  sql(): { readonly sql: string; readonly parameters: readonly unknown[] };
}

const long = Book.select("title").where({ pages__gt: 200 });
const table = (database: TestDatabase) =>
  new Table('q`"x', { columns: ["id", "first name"], schema: "hall", database });

/** What the face says, on a database. */
const cases = {
  "select of some fields": (db) => long.using(db),
  "select of what is worked out, in an order, of a page": (db) =>
    Book.select({ n: Length("title") })
      .orderBy("-title")
      .limit(5)
      .paginate(3, 10)
      .using(db),
  "an offset before a limit, a limit instead of another": (db) => long.limit(1).offset(4).limit(2).using(db),
  "where and orwhere": (db) => long.where({ title: "x" }).orwhere({ pages: 1 }).using(db),
  groups: (db) =>
    Book.select("writer__name", { n: Count("*") })
      .groupBy("writer__name")
      .having({ n__gt: 1 })
      .using(db),
  totals: (db) =>
    Book.select({ n: Count("*") })
      .where({ pages: 1 })
      .using(db),
  "a join that leaves rows out": (db) => long.join("writer").using(db),
  "a join that brings rows along": (db) => long.join("writer", { left: true, load: true }).using(db),
  "a union": (db) =>
    Writer.select("name")
      .dicts()
      .using(db)
      .union(Writer.select("name").dicts().where({ born: 1 })),
  insert: (db) => Writer.insert({ name: "x" }).using(db),
  "insert of many": (db) =>
    Writer.insertMany(
      [
        ["x", 1],
        ["y", 2],
      ],
      { fields: ["name", "born"] },
    ).using(db),
  "insert, and an update in its place": (db) =>
    Writer.insert({ name: "x", born: 1 })
      .using(db)
      .onConflict({ target: ["name"], preserve: ["born"] }),
  "insert, and an update of what is worked out": (db) =>
    Writer.insert({ name: "x", born: 1 })
      .using(db)
      .onConflict({ target: ["name"], update: { born: F("born").add(Excluded("born")) } }),
  "insert, and an update of rows of which something holds": (db) =>
    Writer.insert({ name: "x", born: 1 })
      .using(db)
      .onConflict({ target: ["name"], update: { born: 7 }, where: { born__lt: Excluded("born"), name__ne: "y" } }),
  "insert, and an update by a partial index": (db) =>
    Writer.insert({ name: "x", born: 1 })
      .using(db)
      .onConflict({ target: ["name"], preserve: ["born"], conflictWhere: sql`born > 0` }),
  "insert, and an update by a constraint": (db) =>
    Writer.insert({ name: "x", born: 1 })
      .using(db)
      .onConflict({ constraint: "writer_once", update: { name: "z" } }),
  "insert of many, but for those that are there": (db) =>
    Writer.insertMany([{ name: "x" }, { name: "y" }])
      .using(db)
      .onConflictIgnore(),
  replace: (db) => Writer.replace({ name: "x", born: 1 }).using(db),
  update: (db) =>
    Book.update({ pages: F("pages").add(1) })
      .where({ title: "x" })
      .using(db),
  "update of all, along a relation": (db) => Book.update({ pages: 1 }).where({ writer__name: "x" }).using(db),
  delete: (db) =>
    Book.delete()
      .where({ title: "x" })
      .orwhere({ pages: null as never })
      .using(db),
  "a table's rows": (db) =>
    table(db)
      .select("first name")
      .where({ id: [1, null, 2], "first name": null }),
  "a table's rows, none of them": (db) => table(db).delete().where({ id: [] }),
  "a table's insert": (db) => table(db).insert([[1, "x' or 1=1 --"]], { columns: ["id", "first name"] }),
  "a table's update": (db) => table(db).update({ id: 2 }).where({ "first name": '`"' }),
} satisfies Record<string, (database: TestDatabase) => Statement>;

type Compiled = readonly [sql: string, parameters: readonly unknown[]];

const expected: Readonly<Record<keyof typeof cases, Readonly<Record<EngineName, Compiled | null>>>> = {
  "select of some fields": {
    sqlite: ['select "book"."id", "book"."title" from "book" where "book"."pages" > ?', [200]],
    postgres: ['select "book"."id", "book"."title" from "book" where "book"."pages" > $1', [200]],
    mysql: ["select `book`.`id`, `book`.`title` from `book` where `book`.`pages` > ?", [200]],
  },
  "select of what is worked out, in an order, of a page": {
    sqlite: [
      'select length("book"."title") as "n" from "book" order by "book"."title" desc limit ? + 0 offset ?',
      [10, 20],
    ],
    postgres: [
      'select length("book"."title") as "n" from "book" order by "book"."title" desc limit $1 offset $2',
      [10, 20],
    ],
    mysql: [
      "select CHAR_LENGTH(`book`.`title`) as `n` from `book` order by `book`.`title` desc limit ? offset ?",
      [10n, 20n],
    ],
  },
  "an offset before a limit, a limit instead of another": {
    sqlite: [
      'select "book"."id", "book"."title" from "book" where "book"."pages" > ? limit ? + 0 offset ?',
      [200, 2, 4],
    ],
    postgres: [
      'select "book"."id", "book"."title" from "book" where "book"."pages" > $1 limit $2 offset $3',
      [200, 2, 4],
    ],
    mysql: ["select `book`.`id`, `book`.`title` from `book` where `book`.`pages` > ? limit ? offset ?", [200, 2n, 4n]],
  },
  "where and orwhere": {
    sqlite: [
      'select "book"."id", "book"."title" from "book" where (("book"."pages" > ? and "book"."title" = ?) or "book"."pages" = ?)',
      [200, "x", 1],
    ],
    postgres: [
      'select "book"."id", "book"."title" from "book" where (("book"."pages" > $1 and "book"."title" = $2) or "book"."pages" = $3)',
      [200, "x", 1],
    ],
    mysql: [
      "select `book`.`id`, `book`.`title` from `book` where ((`book`.`pages` > ? and `book`.`title` = ?) or `book`.`pages` = ?)",
      [200, "x", 1],
    ],
  },
  groups: {
    sqlite: [
      'select "t1"."name" as "writer__name", COUNT(*) as "n" from "book" left join "writer" as "t1" on "t1"."id" = "book"."writer_id" group by 1 having COUNT(*) > ?',
      [1],
    ],
    postgres: [
      'select "t1"."name" as "writer__name", COUNT(*) as "n" from "book" left join "writer" as "t1" on "t1"."id" = "book"."writer_id" group by 1 having COUNT(*) > $1',
      [1],
    ],
    mysql: [
      "select `t1`.`name` as `writer__name`, COUNT(*) as `n` from `book` left join `writer` as `t1` on `t1`.`id` = `book`.`writer_id` group by 1 having COUNT(*) > ?",
      [1],
    ],
  },
  totals: {
    sqlite: ['select COUNT(*) as "a1" from "book" where "book"."pages" = ?', [1]],
    postgres: ['select COUNT(*) as "a1" from "book" where "book"."pages" = $1', [1]],
    mysql: ["select COUNT(*) as `a1` from `book` where `book`.`pages` = ?", [1]],
  },
  "a join that leaves rows out": {
    sqlite: [
      'select "book"."id", "book"."title" from "book" where "book"."writer_id" is not null and "book"."pages" > ?',
      [200],
    ],
    postgres: [
      'select "book"."id", "book"."title" from "book" where "book"."writer_id" is not null and "book"."pages" > $1',
      [200],
    ],
    mysql: [
      "select `book`.`id`, `book`.`title` from `book` where `book`.`writer_id` is not null and `book`.`pages` > ?",
      [200],
    ],
  },
  "a join that brings rows along": {
    sqlite: [
      'select "book"."id", "book"."writer_id", "book"."title", "t1"."id", "t1"."name", "t1"."born" from "book" left join "writer" as "t1" on "t1"."id" = "book"."writer_id" where "book"."pages" > ?',
      [200],
    ],
    postgres: [
      'select "book"."id", "book"."writer_id", "book"."title", "t1"."id", "t1"."name", "t1"."born" from "book" left join "writer" as "t1" on "t1"."id" = "book"."writer_id" where "book"."pages" > $1',
      [200],
    ],
    mysql: [
      "select `book`.`id`, `book`.`writer_id`, `book`.`title`, `t1`.`id`, `t1`.`name`, `t1`.`born` from `book` left join `writer` as `t1` on `t1`.`id` = `book`.`writer_id` where `book`.`pages` > ?",
      [200],
    ],
  },
  "a union": {
    sqlite: [
      'select "t1"."name" as "name" from (select "t2"."name" as "name" from "writer" as "t2" union select "t3"."name" as "name" from "writer" as "t3" where "t3"."born" = ?) as "t1"',
      [1],
    ],
    postgres: [
      'select "t1"."name" as "name" from (select "t2"."name" as "name" from "writer" as "t2" union select "t3"."name" as "name" from "writer" as "t3" where "t3"."born" = $1) as "t1"',
      [1],
    ],
    mysql: [
      "select `t1`.`name` as `name` from (select `t2`.`name` as `name` from `writer` as `t2` union select `t3`.`name` as `name` from `writer` as `t3` where `t3`.`born` = ?) as `t1`",
      [1],
    ],
  },
  insert: {
    sqlite: ['insert into "writer" ("name", "born") values (?, ?) returning "id"', ["x", null]],
    postgres: ['insert into "writer" ("name", "born") values ($1, $2) returning "id"', ["x", null]],
    mysql: ["insert into `writer` (`name`, `born`) values (?, ?)", ["x", null]],
  },
  "insert of many": {
    sqlite: ['insert into "writer" ("name", "born") values (?, ?), (?, ?) returning "id"', ["x", 1, "y", 2]],
    postgres: ['insert into "writer" ("name", "born") values ($1, $2), ($3, $4) returning "id"', ["x", 1, "y", 2]],
    mysql: ["insert into `writer` (`name`, `born`) values (?, ?), (?, ?)", ["x", 1, "y", 2]],
  },
  "insert, and an update in its place": {
    sqlite: [
      'insert into "writer" ("name", "born") values (?, ?) ON CONFLICT ("name") DO UPDATE SET "born" = excluded."born" returning "id", "name", "born"',
      ["x", 1],
    ],
    postgres: [
      'insert into "writer" ("name", "born") values ($1, $2) ON CONFLICT ("name") DO UPDATE SET "born" = excluded."born" returning "id", "name", "born"',
      ["x", 1],
    ],
    mysql: [
      "insert into `writer` (`name`, `born`) values (?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `born` = `dunder_incoming`.`born`",
      ["x", 1],
    ],
  },
  "insert, and an update of what is worked out": {
    sqlite: [
      'insert into "writer" ("name", "born") values (?, ?) ON CONFLICT ("name") DO UPDATE SET "born" = ("writer"."born" + excluded."born") returning "id", "name", "born"',
      ["x", 1],
    ],
    postgres: [
      'insert into "writer" ("name", "born") values ($1, $2) ON CONFLICT ("name") DO UPDATE SET "born" = (CAST("writer"."born" AS bigint) + CAST(excluded."born" AS bigint)) returning "id", "name", "born"',
      ["x", 1],
    ],
    mysql: [
      "insert into `writer` (`name`, `born`) values (?, ?) AS `dunder_incoming` ON DUPLICATE KEY UPDATE `born` = (`writer`.`born` + `dunder_incoming`.`born`)",
      ["x", 1],
    ],
  },
  "insert, and an update of rows of which something holds": {
    sqlite: [
      'insert into "writer" ("name", "born") values (?, ?) ON CONFLICT ("name") DO UPDATE SET "born" = ? WHERE (("writer"."born" < excluded."born" and "writer"."name" <> ?) is true) returning "id", "name", "born"',
      ["x", 1, 7, "y"],
    ],
    postgres: [
      'insert into "writer" ("name", "born") values ($1, $2) ON CONFLICT ("name") DO UPDATE SET "born" = $3 WHERE (("writer"."born" < excluded."born" and "writer"."name" <> $4) is true) returning "id", "name", "born"',
      ["x", 1, 7, "y"],
    ],
    mysql: null,
  },
  "insert, and an update by a partial index": {
    sqlite: [
      'insert into "writer" ("name", "born") values (?, ?) ON CONFLICT ("name") WHERE born > 0 DO UPDATE SET "born" = excluded."born" returning "id", "name", "born"',
      ["x", 1],
    ],
    postgres: [
      'insert into "writer" ("name", "born") values ($1, $2) ON CONFLICT ("name") WHERE born > 0 DO UPDATE SET "born" = excluded."born" returning "id", "name", "born"',
      ["x", 1],
    ],
    mysql: null,
  },
  "insert, and an update by a constraint": {
    sqlite: null,
    postgres: [
      'insert into "writer" ("name", "born") values ($1, $2) ON CONFLICT ON CONSTRAINT "writer_once" DO UPDATE SET "name" = $3 returning "id", "name"',
      ["x", 1, "z"],
    ],
    mysql: null,
  },
  "insert of many, but for those that are there": {
    sqlite: [
      'insert into "writer" ("name", "born") values (?, ?), (?, ?) ON CONFLICT DO NOTHING',
      ["x", null, "y", null],
    ],
    postgres: [
      'insert into "writer" ("name", "born") values ($1, $2), ($3, $4) ON CONFLICT DO NOTHING',
      ["x", null, "y", null],
    ],
    mysql: [
      "insert into `writer` (`name`, `born`) values (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `name` = `name`",
      ["x", null, "y", null],
    ],
  },
  replace: {
    sqlite: ['replace into "writer" ("name", "born") values (?, ?) returning "id"', ["x", 1]],
    postgres: ['replace into "writer" ("name", "born") values ($1, $2) returning "id"', ["x", 1]],
    mysql: ["replace into `writer` (`name`, `born`) values (?, ?)", ["x", 1]],
  },
  update: {
    sqlite: ['update "book" set "pages" = ("book"."pages" + ?) where "book"."title" = ?', [1n, "x"]],
    postgres: [
      'update "book" set "pages" = (CAST("book"."pages" AS bigint) + CAST($1 AS bigint)) where "book"."title" = $2',
      [1, "x"],
    ],
    mysql: ["update `book` set `pages` = (`book`.`pages` + CAST(? AS SIGNED)) where `book`.`title` = ?", [1n, "x"]],
  },
  "update of all, along a relation": {
    sqlite: [
      'update "book" set "pages" = ? where "id" in (select "t2"."id" from "book" as "t2" inner join "writer" as "t3" on "t3"."id" = "t2"."writer_id" where "t3"."name" = ?)',
      [1, "x"],
    ],
    postgres: [
      'update "book" set "pages" = $1 where "id" in (select "t2"."id" from "book" as "t2" inner join "writer" as "t3" on "t3"."id" = "t2"."writer_id" where "t3"."name" = $2)',
      [1, "x"],
    ],
    mysql: [
      "update `book` set `pages` = ? where `id` in (select * from (select `t2`.`id` from `book` as `t2` inner join `writer` as `t3` on `t3`.`id` = `t2`.`writer_id` where `t3`.`name` = ?) as t4)",
      [1, "x"],
    ],
  },
  delete: {
    sqlite: ['delete from "book" where ("book"."title" = ? or "book"."pages" is null)', ["x"]],
    postgres: ['delete from "book" where ("book"."title" = $1 or "book"."pages" is null)', ["x"]],
    mysql: ["delete from `book` where (`book`.`title` = ? or `book`.`pages` is null)", ["x"]],
  },
  "a table's rows": {
    sqlite: ['select "first name" from "hall"."q`""x" where "id" in (?, ?) and "first name" is null', [1, 2]],
    postgres: ['select "first name" from "hall"."q`""x" where "id" in ($1, $2) and "first name" is null', [1, 2]],
    mysql: ['select `first name` from `hall`.`q``"x` where `id` in (?, ?) and `first name` is null', [1, 2]],
  },
  "a table's rows, none of them": {
    sqlite: ['delete from "hall"."q`""x" where 1 = 0', []],
    postgres: ['delete from "hall"."q`""x" where 1 = 0', []],
    mysql: ['delete from `hall`.`q``"x` where 1 = 0', []],
  },
  "a table's insert": {
    sqlite: ['insert into "hall"."q`""x" ("id", "first name") values (?, ?)', [1, "x' or 1=1 --"]],
    postgres: ['insert into "hall"."q`""x" ("id", "first name") values ($1, $2)', [1, "x' or 1=1 --"]],
    mysql: ['insert into `hall`.`q``"x` (`id`, `first name`) values (?, ?)', [1, "x' or 1=1 --"]],
  },
  "a table's update": {
    sqlite: ['update "hall"."q`""x" set "id" = ? where "first name" = ?', [2, '`"']],
    postgres: ['update "hall"."q`""x" set "id" = $1 where "first name" = $2', [2, '`"']],
    mysql: ['update `hall`.`q``"x` set `id` = ? where `first name` = ?', [2, '`"']],
  },
};

const names = Object.keys(cases) as (keyof typeof cases)[];

it.each(names.flatMap((name) => (Object.keys(databases) as EngineName[]).map((engine) => [name, engine] as const)))(
  "%s on %s",
  (name, engine) => {
    const made = (): Statement => cases[name](databases[engine]);
    const found = expected[name][engine];
    if (found === null) expect(() => made().sql()).toThrow(NotSupportedError);
    else expect(made().sql()).toEqual({ sql: found[0], parameters: found[1] });
  },
);
