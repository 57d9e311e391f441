import { describe } from "vitest";
import { Count, Exists, F, OuterRef } from "dunder-orm";
import { Item, Sale, Shop } from "./composite-models.js";
import { expectSql } from "./expect-sql.js";

describe("A key of several columns", () => {
  expectSql({
    "is its columns": [
      Item.objects.filter({ sale: [1, 2] }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where ("item"."tenant" = ? and "item"."sale_number" = ?)',
          [1, 2],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where ("item"."tenant" = $1 and "item"."sale_number" = $2)',
          [1, 2],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where (`item`.`tenant` = ? and `item`.`sale_number` = ?)",
          [1, 2],
        ],
      },
    ],
    "differs in one of them": [
      Item.objects.filter({ sale__ne: [1, 2], replaces__ne: [1, 2] }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where (("item"."tenant" <> ? or "item"."sale_number" <> ?) and ("item"."replaces_tenant" IS NOT ? or "item"."replaces_number" IS NOT ?))',
          [1, 2, 1, 2],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where (("item"."tenant" <> $1 or "item"."sale_number" <> $2) and ("item"."replaces_tenant" IS DISTINCT FROM $3 or "item"."replaces_number" IS DISTINCT FROM $4))',
          [1, 2, 1, 2],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where ((`item`.`tenant` <> ? or `item`.`sale_number` <> ?) and (NOT (`item`.`replaces_tenant` <=> ?) or NOT (`item`.`replaces_number` <=> ?)))",
          [1, 2, 1, 2],
        ],
      },
    ],
    "is one of a list": [
      Item.objects
        .filter({
          pk__in: [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
          ],
        })
        .values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where ("item"."tenant", "item"."sale_number", "item"."position") in (values (?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?))',
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 9],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where ("item"."tenant", "item"."sale_number", "item"."position") in (($1, $2, $3), ($4, $5, $6), ($7, $8, $9), ($10, $11, $12))',
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 9],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where (`item`.`tenant`, `item`.`sale_number`, `item`.`position`) in ((?, ?, ?), (?, ?, ?), (?, ?, ?), (?, ?, ?))",
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 7, 8, 9],
        ],
      },
    ],
    "is one of a queryset's rows": [
      Item.objects.filter({ sale__in: Sale.objects.filter({ number__gt: 3 }) }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where ("item"."tenant", "item"."sale_number") in (select "t1"."tenant", "t1"."number" from "sale" as "t1" where "t1"."number" > ?)',
          [3],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where ("item"."tenant", "item"."sale_number") in (select "t1"."tenant", "t1"."number" from "sale" as "t1" where "t1"."number" > $1)',
          [3],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where (`item`.`tenant`, `item`.`sale_number`) in (select `t1`.`tenant`, `t1`.`number` from `sale` as `t1` where `t1`.`number` > ?)",
          [3],
        ],
      },
    ],
    "is one of what a relation to another field holds": [
      Sale.objects.filter({ named__in: Shop.objects.filter({ code: "x" }) }).values("number"),
      {
        sqlite: [
          'select "sale"."number" as "number" from "sale" where "sale"."named_name" in (select "t1"."name" from "shop" as "t1" where "t1"."code" = ?)',
          ["x"],
        ],
        postgres: [
          'select "sale"."number" as "number" from "sale" where "sale"."named_name" in (select "t1"."name" from "shop" as "t1" where "t1"."code" = $1)',
          ["x"],
        ],
        mysql: [
          "select `sale`.`number` as `number` from `sale` where `sale`.`named_name` in (select `t1`.`name` from `shop` as `t1` where `t1`.`code` = ?)",
          ["x"],
        ],
      },
    ],
    "is null where a column is": [
      Sale.objects.filter({ pickup__isnull: true }).values("number"),
      {
        sqlite: ['select "sale"."number" as "number" from "sale" where "sale"."pickup_code" is null', []],
        postgres: ['select "sale"."number" as "number" from "sale" where "sale"."pickup_code" is null', []],
        mysql: ["select `sale`.`number` as `number` from `sale` where `sale`.`pickup_code` is null", []],
      },
    ],
    "is not null where none is": [
      Item.objects.filter({ replaces__isnull: false }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where ("item"."replaces_tenant" is not null and "item"."replaces_number" is not null)',
          [],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where ("item"."replaces_tenant" is not null and "item"."replaces_number" is not null)',
          [],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where (`item`.`replaces_tenant` is not null and `item`.`replaces_number` is not null)",
          [],
        ],
      },
    ],
    "has its parts in its own columns": [
      Item.objects.filter({ sale__tenant: 1, sale__shop__tenant: 2, sale__number: 3 }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where ("item"."tenant" = ? and "item"."tenant" = ? and "item"."sale_number" = ?)',
          [1, 2, 3],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where ("item"."tenant" = $1 and "item"."tenant" = $2 and "item"."sale_number" = $3)',
          [1, 2, 3],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where (`item`.`tenant` = ? and `item`.`tenant` = ? and `item`.`sale_number` = ?)",
          [1, 2, 3],
        ],
      },
    ],
    "has them beyond it where others may be null": [
      Sale.objects.filter({ pickup__tenant: 1, pickup__code: "x" }).values("number"),
      {
        sqlite: [
          'select "sale"."number" as "number" from "sale" inner join "shop" as "t1" on "t1"."tenant" = "sale"."tenant" and "t1"."code" = "sale"."pickup_code" where ("t1"."tenant" = ? and "sale"."pickup_code" = ?)',
          [1, "x"],
        ],
        postgres: [
          'select "sale"."number" as "number" from "sale" inner join "shop" as "t1" on "t1"."tenant" = "sale"."tenant" and "t1"."code" = "sale"."pickup_code" where ("t1"."tenant" = $1 and "sale"."pickup_code" = $2)',
          [1, "x"],
        ],
        mysql: [
          "select `sale`.`number` as `number` from `sale` inner join `shop` as `t1` on `t1`.`tenant` = `sale`.`tenant` and `t1`.`code` = `sale`.`pickup_code` where (`t1`.`tenant` = ? and `sale`.`pickup_code` = ?)",
          [1, "x"],
        ],
      },
    ],
    "is joined by all of its columns": [
      Item.objects.filter({ sale__shop__name: "x", sale__pickup__name: "y" }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" inner join "sale" as "t1" on "t1"."tenant" = "item"."tenant" and "t1"."number" = "item"."sale_number" inner join "shop" as "t2" on "t2"."tenant" = "t1"."tenant" and "t2"."code" = "t1"."shop_code" inner join "shop" as "t3" on "t3"."tenant" = "t1"."tenant" and "t3"."code" = "t1"."pickup_code" where ("t2"."name" = ? and "t3"."name" = ?)',
          ["x", "y"],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" inner join "sale" as "t1" on "t1"."tenant" = "item"."tenant" and "t1"."number" = "item"."sale_number" inner join "shop" as "t2" on "t2"."tenant" = "t1"."tenant" and "t2"."code" = "t1"."shop_code" inner join "shop" as "t3" on "t3"."tenant" = "t1"."tenant" and "t3"."code" = "t1"."pickup_code" where ("t2"."name" = $1 and "t3"."name" = $2)',
          ["x", "y"],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` inner join `sale` as `t1` on `t1`.`tenant` = `item`.`tenant` and `t1`.`number` = `item`.`sale_number` inner join `shop` as `t2` on `t2`.`tenant` = `t1`.`tenant` and `t2`.`code` = `t1`.`shop_code` inner join `shop` as `t3` on `t3`.`tenant` = `t1`.`tenant` and `t3`.`code` = `t1`.`pickup_code` where (`t2`.`name` = ? and `t3`.`name` = ?)",
          ["x", "y"],
        ],
      },
    ],
    "has its other side asked under NOT at once": [
      Sale.objects.exclude({ items: [1, 2, 3] }).values("number"),
      {
        sqlite: [
          'select "sale"."number" as "number" from "sale" where not (exists (select 1 from "item" as "t1" where "t1"."tenant" = "sale"."tenant" and "t1"."sale_number" = "sale"."number" and ("t1"."tenant" = ? and "t1"."sale_number" = ? and "t1"."position" = ?)))',
          [1, 2, 3],
        ],
        postgres: [
          'select "sale"."number" as "number" from "sale" where not (exists (select 1 from "item" as "t1" where "t1"."tenant" = "sale"."tenant" and "t1"."sale_number" = "sale"."number" and ("t1"."tenant" = $1 and "t1"."sale_number" = $2 and "t1"."position" = $3)))',
          [1, 2, 3],
        ],
        mysql: [
          "select `sale`.`number` as `number` from `sale` where not (exists (select 1 from `item` as `t1` where `t1`.`tenant` = `sale`.`tenant` and `t1`.`sale_number` = `sale`.`number` and (`t1`.`tenant` = ? and `t1`.`sale_number` = ? and `t1`.`position` = ?)))",
          [1, 2, 3],
        ],
      },
    ],
    "is compared with one of the row": [
      Item.objects.filter({ sale: F("replaces") }).values("position"),
      {
        sqlite: [
          'select "item"."position" as "position" from "item" where ("item"."tenant" = "item"."replaces_tenant" and "item"."sale_number" = "item"."replaces_number")',
          [],
        ],
        postgres: [
          'select "item"."position" as "position" from "item" where ("item"."tenant" = "item"."replaces_tenant" and "item"."sale_number" = "item"."replaces_number")',
          [],
        ],
        mysql: [
          "select `item`.`position` as `position` from `item` where (`item`.`tenant` = `item`.`replaces_tenant` and `item`.`sale_number` = `item`.`replaces_number`)",
          [],
        ],
      },
    ],
    "is compared with one around": [
      Sale.objects.filter(Exists(Item.objects.filter({ sale: OuterRef("pk") }))).values("number"),
      {
        sqlite: [
          'select "sale"."number" as "number" from "sale" where exists (select 1 from "item" as "t1" where ("t1"."tenant" = "sale"."tenant" and "t1"."sale_number" = "sale"."number"))',
          [],
        ],
        postgres: [
          'select "sale"."number" as "number" from "sale" where exists (select 1 from "item" as "t1" where ("t1"."tenant" = "sale"."tenant" and "t1"."sale_number" = "sale"."number"))',
          [],
        ],
        mysql: [
          "select `sale`.`number` as `number` from `sale` where exists (select 1 from `item` as `t1` where (`t1`.`tenant` = `sale`.`tenant` and `t1`.`sale_number` = `sale`.`number`))",
          [],
        ],
      },
    ],
    "is several values of a row": [
      Sale.objects.values("shop", "pickup"),
      {
        sqlite: [
          'select "sale"."tenant" as "shop__tenant", "sale"."shop_code" as "shop__code", case when "sale"."pickup_code" is not null then "sale"."tenant" end as "pickup__tenant", "sale"."pickup_code" as "pickup__code" from "sale"',
          [],
        ],
        postgres: [
          'select "sale"."tenant" as "shop__tenant", "sale"."shop_code" as "shop__code", case when "sale"."pickup_code" is not null then "sale"."tenant" end as "pickup__tenant", "sale"."pickup_code" as "pickup__code" from "sale"',
          [],
        ],
        mysql: [
          "select `sale`.`tenant` as `shop__tenant`, `sale`.`shop_code` as `shop__code`, case when `sale`.`pickup_code` is not null then `sale`.`tenant` end as `pickup__tenant`, `sale`.`pickup_code` as `pickup__code` from `sale`",
          [],
        ],
      },
    ],
    groups: [
      Item.objects
        .values("sale")
        .annotate({ n: Count("*") })
        .orderBy("sale"),
      {
        sqlite: [
          'select "item"."tenant" as "sale__tenant", "item"."sale_number" as "sale__number", COUNT(*) as "n" from "item" group by 1, 2 order by "item"."tenant", "item"."sale_number"',
          [],
        ],
        postgres: [
          'select "item"."tenant" as "sale__tenant", "item"."sale_number" as "sale__number", COUNT(*) as "n" from "item" group by 1, 2 order by "item"."tenant", "item"."sale_number"',
          [],
        ],
        mysql: [
          "select `item`.`tenant` as `sale__tenant`, `item`.`sale_number` as `sale__number`, COUNT(*) as `n` from `item` group by 1, 2 order by `item`.`tenant`, `item`.`sale_number`",
          [],
        ],
      },
    ],
    "is counted where it is there": [
      Sale.objects
        .values("tenant")
        .annotate({ n: Count("pickup") })
        .orderBy(),
      {
        sqlite: [
          'select "sale"."tenant" as "tenant", COUNT(case when "sale"."pickup_code" is not null then "sale"."tenant" end) as "n" from "sale" group by 1',
          [],
        ],
        postgres: [
          'select "sale"."tenant" as "tenant", COUNT(case when "sale"."pickup_code" is not null then "sale"."tenant" end) as "n" from "sale" group by 1',
          [],
        ],
        mysql: [
          "select `sale`.`tenant` as `tenant`, COUNT(case when `sale`.`pickup_code` is not null then `sale`.`tenant` end) as `n` from `sale` group by 1",
          [],
        ],
      },
    ],
  });
});
