import { describe } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { expectSql } from "./expect-sql.js";

class Animal extends Model(
  "animal",
  { name: fields.string(), kind: fields.string({ default: "animal" }) },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Dog extends Animal.variant("dog", { size: fields.integer({ null: true }) }) {
  static objects = manager(this);
}

describe("models of one table", () => {
  expectSql({
    "a variant's rows": [
      Dog.objects.filter({ size__gt: 3 }).orderBy("name"),
      {
        sqlite: [
          'select "animal"."id", "animal"."name", "animal"."kind", "animal"."size" from "animal" where "animal"."kind" = ? and "animal"."size" > ? order by "animal"."name"',
          ["dog", 3],
        ],
        postgres: [
          'select "animal"."id", "animal"."name", "animal"."kind", "animal"."size" from "animal" where "animal"."kind" = $1 and "animal"."size" > $2 order by "animal"."name"',
          ["dog", 3],
        ],
        mysql: [
          "select `animal`.`id`, `animal`.`name`, `animal`.`kind`, `animal`.`size` from `animal` where `animal`.`kind` = ? and `animal`.`size` > ? order by `animal`.`name`",
          ["dog", 3],
        ],
      },
    ],
    "all rows, without some fields": [
      Animal.objects.only("name"),
      {
        sqlite: ['select "animal"."id", "animal"."name", "animal"."kind" from "animal"', []],
        postgres: ['select "animal"."id", "animal"."name", "animal"."kind" from "animal"', []],
        mysql: ["select `animal`.`id`, `animal`.`name`, `animal`.`kind` from `animal`", []],
      },
    ],
    "all but some of a variant": [
      Dog.objects.exclude({ name: "x" }).values("size"),
      {
        sqlite: [
          'select "animal"."size" as "size" from "animal" where "animal"."kind" = ? and not ("animal"."name" = ?)',
          ["dog", "x"],
        ],
        postgres: [
          'select "animal"."size" as "size" from "animal" where "animal"."kind" = $1 and not ("animal"."name" = $2)',
          ["dog", "x"],
        ],
        mysql: [
          "select `animal`.`size` as `size` from `animal` where `animal`.`kind` = ? and not (`animal`.`name` = ?)",
          ["dog", "x"],
        ],
      },
    ],
  });
});
