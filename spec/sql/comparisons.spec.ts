import { describe } from "vitest";
import { F } from "dunder-orm";
import { expectSql } from "./expect-sql.js";
import { Thing } from "./models.js";

const things = Thing.objects.values("id");

describe("Comparisons with expressions", () => {
  expectSql(
    {
      "a text of a column": [
        things.filter({ name__contains: F("note") }),
        {
          sqlite: ['…instr("thing"."name", "thing"."note") > 0', []],
          postgres: ['…strpos(("thing"."name") COLLATE "C", ("thing"."note") COLLATE "C") > 0', []],
          mysql: [
            "…INSTR(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_bin, CONVERT(`thing`.`note` USING utf8mb4) COLLATE utf8mb4_0900_bin) > 0",
            [],
          ],
        },
      ],
      "its beginning, whatever the case": [
        things.filter({ note__istartswith: F("name") }),
        {
          sqlite: [
            '…substr(dunder_fold("thing"."note"), 1, length(dunder_fold("thing"."name"))) = dunder_fold("thing"."name")',
            [],
          ],
          postgres: [
            "…left(replace(translate(lower((\"thing\".\"note\") COLLATE \"und-x-icu\"), 'ς', 'σ'), 'i̇', 'i') COLLATE \"C\", length(replace(translate(lower((\"thing\".\"name\") COLLATE \"und-x-icu\"), 'ς', 'σ'), 'i̇', 'i') COLLATE \"C\")) = replace(translate(lower((\"thing\".\"name\") COLLATE \"und-x-icu\"), 'ς', 'σ'), 'i̇', 'i') COLLATE \"C\"",
            [],
          ],
          mysql: [
            "…LEFT(REPLACE(REPLACE(LOWER(CONVERT(`thing`.`note` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin, CHAR_LENGTH(REPLACE(REPLACE(LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin)) = REPLACE(REPLACE(LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin",
            [],
          ],
        },
      ],
      "its end": [
        things.filter({ name__endswith: F("note") }),
        {
          sqlite: ['…substr("thing"."name", length("thing"."name") - length("thing"."note") + 1) = "thing"."note"', []],
          postgres: [
            '…right(("thing"."name") COLLATE "C", length(("thing"."note") COLLATE "C")) = ("thing"."note") COLLATE "C"',
            [],
          ],
          mysql: [
            "…RIGHT(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_bin, CHAR_LENGTH(CONVERT(`thing`.`note` USING utf8mb4) COLLATE utf8mb4_0900_bin)) = CONVERT(`thing`.`note` USING utf8mb4) COLLATE utf8mb4_0900_bin",
            [],
          ],
        },
      ],
      "a pattern": [
        things.filter({ name__regex: F("note") }),
        {
          sqlite: ['…dunder_regexp("thing"."note", \'\', "thing"."name")', []],
          postgres: ['…("thing"."name") COLLATE "und-x-icu" ~ ("thing"."note") COLLATE "und-x-icu"', []],
          mysql: [
            "…CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_bin REGEXP CONCAT('(?-i)', `thing`.`note`) COLLATE utf8mb4_0900_bin",
            [],
          ],
        },
      ],
      "a list": [
        things.filter({ size__in: [F("id"), 3] }),
        {
          sqlite: ['…("thing"."size" = "thing"."id" or "thing"."size" IN (SELECT value FROM json_each(?)))', ["[3]"]],
          postgres: ['…("thing"."size" = "thing"."id" or "thing"."size" = ANY($1))', ["{3}"]],
          mysql: ["…(`thing`.`size` = `thing`.`id` or `thing`.`size` in (?))", [3]],
        },
      ],
      "a list under NOT": [
        things.exclude({ size__in: [F("id"), 3] }),
        {
          sqlite: [
            '…("thing"."size" = "thing"."id" or "thing"."size" IN (SELECT value FROM json_each(?))) is not true',
            ["[3]"],
          ],
          postgres: ['…("thing"."size" = "thing"."id" or "thing"."size" = ANY($1)) is not true', ["{3}"]],
          mysql: ["…(`thing`.`size` = `thing`.`id` or `thing`.`size` in (?)) is not true", [3]],
        },
      ],
      "a range": [
        things.filter({ size__range: [F("id"), 10] }),
        {
          sqlite: ['…"thing"."size" between "thing"."id" and ?', [10n]],
          postgres: ['…"thing"."size" between "thing"."id" and CAST($1 AS bigint)', [10]],
          mysql: ["…`thing`.`size` between `thing`.`id` and CAST(? AS SIGNED)", [10n]],
        },
      ],
      "a decimal beside a whole number": [
        things.filter({ price__gt: F("size") }),
        {
          sqlite: ['…dunder_decimal("thing"."price") > dunder_decimal(dunder_dec("thing"."size", 2))', []],
          postgres: ['…"thing"."price" > CAST("thing"."size" AS numeric)', []],
          mysql: ["…`thing`.`price` > `thing`.`size`", []],
        },
      ],
    },
    {
      sqlite: 'select "thing"."id" as "id" from "thing" where ',
      postgres: 'select "thing"."id" as "id" from "thing" where ',
      mysql: "select `thing`.`id` as `id` from `thing` where ",
    },
  );
});
