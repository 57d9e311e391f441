import { describe } from "vitest";
import { expectSql } from "./expect-sql.js";
import { Thing } from "./models.js";

/** All of Thing: what every query below begins with. */
const ALL = {
  sqlite:
    'select "thing"."id", "thing"."name", "thing"."note", "thing"."size", "thing"."serial", "thing"."price", "thing"."ratio", "thing"."done", "thing"."day", "thing"."at", "thing"."made", "thing"."span", "thing"."code", "thing"."data", "thing"."bytes" from "thing"',
  postgres:
    'select "thing"."id", "thing"."name", "thing"."note", "thing"."size", "thing"."serial", "thing"."price", "thing"."ratio", "thing"."done", "thing"."day", "thing"."at", "thing"."made", "thing"."span", "thing"."code", "thing"."data", "thing"."bytes" from "thing"',
  mysql:
    "select `thing`.`id`, `thing`.`name`, `thing`.`note`, `thing`.`size`, `thing`.`serial`, `thing`.`price`, `thing`.`ratio`, `thing`.`done`, `thing`.`day`, `thing`.`at`, `thing`.`made`, `thing`.`span`, `thing`.`code`, `thing`.`data`, `thing`.`bytes` from `thing`",
};

describe("Comparisons", () => {
  expectSql(
    {
      "exact, by default": [
        Thing.objects.filter({ name: "x" }),
        {
          sqlite: ['… where "thing"."name" = ?', ["x"]],
          postgres: ['… where "thing"."name" = $1', ["x"]],
          mysql: ["… where `thing`.`name` = ?", ["x"]],
        },
      ],
      exact: [
        Thing.objects.filter({ name__exact: "x" }),
        {
          sqlite: ['… where "thing"."name" = ?', ["x"]],
          postgres: ['… where "thing"."name" = $1', ["x"]],
          mysql: ["… where `thing`.`name` = ?", ["x"]],
        },
      ],
      "exact null": [
        Thing.objects.filter({ note: null }),
        {
          sqlite: ['… where "thing"."note" is null', []],
          postgres: ['… where "thing"."note" is null', []],
          mysql: ["… where `thing`.`note` is null", []],
        },
      ],
      "exact on a nullable column": [
        Thing.objects.filter({ size: 3 }),
        {
          sqlite: ['… where "thing"."size" = ?', [3]],
          postgres: ['… where "thing"."size" = $1', [3]],
          mysql: ["… where `thing`.`size` = ?", [3]],
        },
      ],
      "exact beyond the column's range": [
        Thing.objects.filter({ size: 2 ** 40 }),
        {
          sqlite: ["… where 1 = 0", []],
          postgres: ["… where 1 = 0", []],
          mysql: ["… where 1 = 0", []],
        },
      ],
      "exact bigint": [
        Thing.objects.filter({ serial: 9007199254740993n }),
        {
          sqlite: ['… where "thing"."serial" = ?', [9007199254740993n]],
          postgres: ['… where "thing"."serial" = $1', [9007199254740993n]],
          mysql: ["… where `thing`.`serial` = ?", [9007199254740993n]],
        },
      ],
      "exact decimal": [
        Thing.objects.filter({ price: "1.5" }),
        {
          sqlite: ['… where "thing"."price" = ?', ["1.50"]],
          postgres: ['… where "thing"."price" = $1', ["1.50"]],
          mysql: ["… where `thing`.`price` = CAST(? AS DECIMAL(65, 2))", ["1.50"]],
        },
      ],
      "exact decimal with more digits than the column": [
        Thing.objects.filter({ price: "1.505" }),
        {
          sqlite: ["… where 1 = 0", []],
          postgres: ["… where 1 = 0", []],
          mysql: ["… where 1 = 0", []],
        },
      ],
      "exact float": [
        Thing.objects.filter({ ratio: 0.5 }),
        {
          sqlite: ['… where "thing"."ratio" = ?', [0.5]],
          postgres: ['… where "thing"."ratio" = $1', [0.5]],
          mysql: ["… where `thing`.`ratio` = ?", [0.5]],
        },
      ],
      "exact boolean": [
        Thing.objects.filter({ done: true }),
        {
          sqlite: ['… where "thing"."done" = ?', [1]],
          postgres: ['… where "thing"."done" = $1', [true]],
          mysql: ["… where `thing`.`done` = ?", [true]],
        },
      ],
      "exact date": [
        Thing.objects.filter({ day: "2024-02-29" }),
        {
          sqlite: ['… where "thing"."day" = ?', ["2024-02-29"]],
          postgres: ['… where "thing"."day" = $1', ["2024-02-29"]],
          mysql: ["… where `thing`.`day` = ?", ["2024-02-29"]],
        },
      ],
      "exact time": [
        Thing.objects.filter({ at: "10:20:30" }),
        {
          sqlite: ['… where "thing"."at" = ?', ["10:20:30"]],
          postgres: ['… where "thing"."at" = $1', ["10:20:30"]],
          mysql: ["… where `thing`.`at` = ?", ["10:20:30"]],
        },
      ],
      "exact datetime": [
        Thing.objects.filter({ made: new Date("2024-02-29T10:20:30.456Z") }),
        {
          sqlite: ['… where "thing"."made" = ?', ["2024-02-29 10:20:30.456"]],
          postgres: ['… where "thing"."made" = $1', ["2024-02-29T10:20:30.456Z"]],
          mysql: ["… where `thing`.`made` = ?", ["2024-02-29 10:20:30.456"]],
        },
      ],
      "exact duration": [
        Thing.objects.filter({ span: 1500 }),
        {
          sqlite: ['… where "thing"."span" = ?', [1500]],
          postgres: ['… where "thing"."span" = $1', [1500]],
          mysql: ["… where `thing`.`span` = ?", [1500]],
        },
      ],
      "exact uuid": [
        Thing.objects.filter({ code: "0189F0C0-0000-7000-8000-000000000000" }),
        {
          sqlite: ['… where "thing"."code" = ?', ["0189f0c0-0000-7000-8000-000000000000"]],
          postgres: ['… where "thing"."code" = $1', ["0189f0c0-0000-7000-8000-000000000000"]],
          mysql: ["… where `thing`.`code` = ?", ["0189f0c0-0000-7000-8000-000000000000"]],
        },
      ],
      "exact binary": [
        Thing.objects.filter({ bytes: Uint8Array.of(1, 2) }),
        {
          sqlite: ['… where "thing"."bytes" = ?', [Uint8Array.of(1, 2)]],
          postgres: ['… where "thing"."bytes" = $1', [Uint8Array.of(1, 2)]],
          mysql: ["… where `thing`.`bytes` = ?", [Uint8Array.of(1, 2)]],
        },
      ],
      pk: [
        Thing.objects.filter({ pk: 1 }),
        {
          sqlite: ['… where "thing"."id" = ?', [1]],
          postgres: ['… where "thing"."id" = $1', [1]],
          mysql: ["… where `thing`.`id` = ?", [1]],
        },
      ],
      ne: [
        Thing.objects.filter({ name__ne: "x" }),
        {
          sqlite: ['… where "thing"."name" <> ?', ["x"]],
          postgres: ['… where "thing"."name" <> $1', ["x"]],
          mysql: ["… where `thing`.`name` <> ?", ["x"]],
        },
      ],
      "ne on a nullable column": [
        Thing.objects.filter({ size__ne: 3 }),
        {
          sqlite: ['… where "thing"."size" IS NOT ?', [3]],
          postgres: ['… where "thing"."size" IS DISTINCT FROM $1', [3]],
          mysql: ["… where NOT (`thing`.`size` <=> ?)", [3]],
        },
      ],
      "ne null": [
        Thing.objects.filter({ size__ne: null }),
        {
          sqlite: ['… where "thing"."size" is not null', []],
          postgres: ['… where "thing"."size" is not null', []],
          mysql: ["… where `thing`.`size` is not null", []],
        },
      ],
      "ne of what the column cannot hold": [
        Thing.objects.filter({ size__ne: 2 ** 40 }),
        {
          sqlite: ["… where 1 = 1", []],
          postgres: ["… where 1 = 1", []],
          mysql: ["… where 1 = 1", []],
        },
      ],
      gt: [
        Thing.objects.filter({ size__gt: 3 }),
        {
          sqlite: ['… where "thing"."size" > ?', [3]],
          postgres: ['… where "thing"."size" > $1', [3]],
          mysql: ["… where `thing`.`size` > ?", [3]],
        },
      ],
      gte: [
        Thing.objects.filter({ size__gte: 3 }),
        {
          sqlite: ['… where "thing"."size" >= ?', [3]],
          postgres: ['… where "thing"."size" >= $1', [3]],
          mysql: ["… where `thing`.`size` >= ?", [3]],
        },
      ],
      lt: [
        Thing.objects.filter({ size__lt: 3 }),
        {
          sqlite: ['… where "thing"."size" < ?', [3]],
          postgres: ['… where "thing"."size" < $1', [3]],
          mysql: ["… where `thing`.`size` < ?", [3]],
        },
      ],
      lte: [
        Thing.objects.filter({ size__lte: 3 }),
        {
          sqlite: ['… where "thing"."size" <= ?', [3]],
          postgres: ['… where "thing"."size" <= $1', [3]],
          mysql: ["… where `thing`.`size` <= ?", [3]],
        },
      ],
      "gt of a fraction rounds down": [
        Thing.objects.filter({ size__gt: 30.5 }),
        {
          sqlite: ['… where "thing"."size" > ?', [30]],
          postgres: ['… where "thing"."size" > $1', [30]],
          mysql: ["… where `thing`.`size` > ?", [30]],
        },
      ],
      "gte of a fraction rounds up": [
        Thing.objects.filter({ size__gte: 30.5 }),
        {
          sqlite: ['… where "thing"."size" >= ?', [31]],
          postgres: ['… where "thing"."size" >= $1', [31]],
          mysql: ["… where `thing`.`size` >= ?", [31]],
        },
      ],
      "lt of a fraction rounds up": [
        Thing.objects.filter({ size__lt: 30.5 }),
        {
          sqlite: ['… where "thing"."size" < ?', [31]],
          postgres: ['… where "thing"."size" < $1', [31]],
          mysql: ["… where `thing`.`size` < ?", [31]],
        },
      ],
      "lte of a fraction rounds down": [
        Thing.objects.filter({ size__lte: 30.5 }),
        {
          sqlite: ['… where "thing"."size" <= ?', [30]],
          postgres: ['… where "thing"."size" <= $1', [30]],
          mysql: ["… where `thing`.`size` <= ?", [30]],
        },
      ],
      "lt above the range means not null": [
        Thing.objects.filter({ size__lt: 2 ** 40 }),
        {
          sqlite: ['… where "thing"."size" is not null', []],
          postgres: ['… where "thing"."size" is not null', []],
          mysql: ["… where `thing`.`size` is not null", []],
        },
      ],
      "gt above the range means none": [
        Thing.objects.filter({ size__gt: 2 ** 40 }),
        {
          sqlite: ["… where 1 = 0", []],
          postgres: ["… where 1 = 0", []],
          mysql: ["… where 1 = 0", []],
        },
      ],
      "gt decimal": [
        Thing.objects.filter({ price__gt: "9.99" }),
        {
          sqlite: ['… where dunder_decimal("thing"."price") > dunder_decimal(?)', ["9.99"]],
          postgres: ['… where "thing"."price" > $1', ["9.99"]],
          mysql: ["… where `thing`.`price` > CAST(? AS DECIMAL(65, 2))", ["9.99"]],
        },
      ],
      range: [
        Thing.objects.filter({ size__range: [1, 5] }),
        {
          sqlite: ['… where "thing"."size" between ? and ?', [1, 5]],
          postgres: ['… where "thing"."size" between $1 and $2', [1, 5]],
          mysql: ["… where `thing`.`size` between ? and ?", [1, 5]],
        },
      ],
      "range decimal": [
        Thing.objects.filter({ price__range: ["1.00", "5.00"] }),
        {
          sqlite: [
            '… where dunder_decimal("thing"."price") between dunder_decimal(?) and dunder_decimal(?)',
            ["1.00", "5.00"],
          ],
          postgres: ['… where "thing"."price" between $1 and $2', ["1.00", "5.00"]],
          mysql: [
            "… where `thing`.`price` between CAST(? AS DECIMAL(65, 2)) and CAST(? AS DECIMAL(65, 2))",
            ["1.00", "5.00"],
          ],
        },
      ],
      "range reaching beyond the column": [
        Thing.objects.filter({ size__range: [-(2 ** 40), 5] }),
        {
          sqlite: ['… where "thing"."size" between ? and ?', [-2147483648, 5]],
          postgres: ['… where "thing"."size" between $1 and $2', [-2147483648, 5]],
          mysql: ["… where `thing`.`size` between ? and ?", [-2147483648, 5]],
        },
      ],
      isnull: [
        Thing.objects.filter({ note__isnull: true }),
        {
          sqlite: ['… where "thing"."note" is null', []],
          postgres: ['… where "thing"."note" is null', []],
          mysql: ["… where `thing`.`note` is null", []],
        },
      ],
      "isnull false": [
        Thing.objects.filter({ note__isnull: false }),
        {
          sqlite: ['… where "thing"."note" is not null', []],
          postgres: ['… where "thing"."note" is not null', []],
          mysql: ["… where `thing`.`note` is not null", []],
        },
      ],
      "isnull of json": [
        Thing.objects.filter({ data__isnull: true }),
        {
          sqlite: ['… where "thing"."data" is null', []],
          postgres: ['… where "thing"."data" is null', []],
          mysql: ["… where `thing`.`data` is null", []],
        },
      ],
      "several in one filter": [
        Thing.objects.filter({ name: "x", size__gte: 3, done: false }),
        {
          sqlite: ['… where ("thing"."name" = ? and "thing"."size" >= ? and "thing"."done" = ?)', ["x", 3, 0]],
          postgres: ['… where ("thing"."name" = $1 and "thing"."size" >= $2 and "thing"."done" = $3)', ["x", 3, false]],
          mysql: ["… where (`thing`.`name` = ? and `thing`.`size` >= ? and `thing`.`done` = ?)", ["x", 3, false]],
        },
      ],
    },
    ALL,
  );
});

describe("Lists", () => {
  expectSql(
    {
      in: [
        Thing.objects.filter({ size__in: [1, 2, 3] }),
        {
          sqlite: ['… where "thing"."size" IN (SELECT value FROM json_each(?))', ["[1,2,3]"]],
          postgres: ['… where "thing"."size" = ANY($1)', ["{1,2,3}"]],
          mysql: ["… where `thing`.`size` in (?, ?, ?, ?)", [1, 2, 3, 3]],
        },
      ],
      "in, of one": [
        Thing.objects.filter({ size__in: [1] }),
        {
          sqlite: ['… where "thing"."size" IN (SELECT value FROM json_each(?))', ["[1]"]],
          postgres: ['… where "thing"."size" = ANY($1)', ["{1}"]],
          mysql: ["… where `thing`.`size` in (?)", [1]],
        },
      ],
      "in, of five": [
        Thing.objects.filter({ size__in: [1, 2, 3, 4, 5] }),
        {
          sqlite: ['… where "thing"."size" IN (SELECT value FROM json_each(?))', ["[1,2,3,4,5]"]],
          postgres: ['… where "thing"."size" = ANY($1)', ["{1,2,3,4,5}"]],
          mysql: ["… where `thing`.`size` in (?, ?, ?, ?, ?, ?, ?, ?)", [1, 2, 3, 4, 5, 5, 5, 5]],
        },
      ],
      "in a Set": [
        Thing.objects.filter({ name__in: new Set(["a", "b"]) }),
        {
          sqlite: ['… where "thing"."name" IN (SELECT value FROM json_each(?))', ['["a","b"]']],
          postgres: ['… where "thing"."name" = ANY($1)', ['{"a","b"}']],
          mysql: ["… where `thing`.`name` in (?, ?)", ["a", "b"]],
        },
      ],
      "in with nulls, which are dropped": [
        Thing.objects.filter({ size__in: [1, null] as number[] }),
        {
          sqlite: ['… where "thing"."size" IN (SELECT value FROM json_each(?))', ["[1]"]],
          postgres: ['… where "thing"."size" = ANY($1)', ["{1}"]],
          mysql: ["… where `thing`.`size` in (?)", [1]],
        },
      ],
      "in, of nulls": [
        Thing.objects.filter({ size__in: [null] as never[] }),
        {
          sqlite: ["… where 1 = 0", []],
          postgres: ["… where 1 = 0", []],
          mysql: ["… where 1 = 0", []],
        },
      ],
      "in an empty list": [
        Thing.objects.filter({ size__in: [] }),
        {
          sqlite: ["… where 1 = 0", []],
          postgres: ["… where 1 = 0", []],
          mysql: ["… where 1 = 0", []],
        },
      ],
      "in texts with every special character": [
        Thing.objects.filter({ name__in: ['a"b', "c\\d", "{e,f}", "", "NULL"] }),
        {
          sqlite: [
            '… where "thing"."name" IN (SELECT value FROM json_each(?))',
            ['["a\\"b","c\\\\d","{e,f}","","NULL"]'],
          ],
          postgres: ['… where "thing"."name" = ANY($1)', ['{"a\\"b","c\\\\d","{e,f}","","NULL"}']],
          mysql: [
            "… where `thing`.`name` in (?, ?, ?, ?, ?, ?, ?, ?)",
            ['a"b', "c\\d", "{e,f}", "", "NULL", "NULL", "NULL", "NULL"],
          ],
        },
      ],
      "in bigints": [
        Thing.objects.filter({ serial__in: [1n, 9007199254740993n] }),
        {
          sqlite: ['… where "thing"."serial" IN (SELECT value FROM json_each(?))', ["[1,9007199254740993]"]],
          postgres: ['… where "thing"."serial" = ANY($1)', ["{1,9007199254740993}"]],
          mysql: ["… where `thing`.`serial` in (?, ?)", [1n, 9007199254740993n]],
        },
      ],
      "in decimals": [
        Thing.objects.filter({ price__in: ["1.50", "2.00"] }),
        {
          sqlite: ['… where "thing"."price" IN (SELECT value FROM json_each(?))', ['["1.50","2.00"]']],
          postgres: ['… where "thing"."price" = ANY($1)', ['{"1.50","2.00"}']],
          mysql: [
            "… where `thing`.`price` in (CAST(? AS DECIMAL(65, 2)), CAST(? AS DECIMAL(65, 2)))",
            ["1.50", "2.00"],
          ],
        },
      ],
      "in floats": [
        Thing.objects.filter({ ratio__in: [0.5, 1.5] }),
        {
          sqlite: ['… where "thing"."ratio" in (?, ?)', [0.5, 1.5]],
          postgres: ['… where "thing"."ratio" = ANY($1)', ["{0.5,1.5}"]],
          mysql: ["… where `thing`.`ratio` in (?, ?)", [0.5, 1.5]],
        },
      ],
      "in booleans": [
        Thing.objects.filter({ done__in: [true, false] }),
        {
          sqlite: ['… where "thing"."done" IN (SELECT value FROM json_each(?))', ["[1,0]"]],
          postgres: ['… where "thing"."done" = ANY($1)', ["{true,false}"]],
          mysql: ["… where `thing`.`done` in (?, ?)", [true, false]],
        },
      ],
      "in datetimes": [
        Thing.objects.filter({ made__in: [new Date(0), new Date(1)] }),
        {
          sqlite: [
            '… where "thing"."made" IN (SELECT value FROM json_each(?))',
            ['["1970-01-01 00:00:00.000","1970-01-01 00:00:00.001"]'],
          ],
          postgres: ['… where "thing"."made" = ANY($1)', ['{"1970-01-01T00:00:00.000Z","1970-01-01T00:00:00.001Z"}']],
          mysql: ["… where `thing`.`made` in (?, ?)", ["1970-01-01 00:00:00.000", "1970-01-01 00:00:00.001"]],
        },
      ],
      "in uuids": [
        Thing.objects.filter({ code__in: ["0189f0c0-0000-7000-8000-000000000000"] }),
        {
          sqlite: [
            '… where "thing"."code" IN (SELECT value FROM json_each(?))',
            ['["0189f0c0-0000-7000-8000-000000000000"]'],
          ],
          postgres: ['… where "thing"."code" = ANY($1)', ['{"0189f0c0-0000-7000-8000-000000000000"}']],
          mysql: ["… where `thing`.`code` in (?)", ["0189f0c0-0000-7000-8000-000000000000"]],
        },
      ],
      "in binaries": [
        Thing.objects.filter({ bytes__in: [Uint8Array.of(1), Uint8Array.of(2)] }),
        {
          sqlite: ['… where "thing"."bytes" in (?, ?)', [Uint8Array.of(1), Uint8Array.of(2)]],
          postgres: ['… where "thing"."bytes" = ANY($1)', ['{"\\\\x01","\\\\x02"}']],
          mysql: ["… where `thing`.`bytes` in (?, ?)", [Uint8Array.of(1), Uint8Array.of(2)]],
        },
      ],
    },
    ALL,
  );
});

describe("Texts", () => {
  expectSql(
    {
      iexact: [
        Thing.objects.filter({ name__iexact: "Straße İ Σ" }),
        {
          sqlite: ['… where unlikely(dunder_fold("thing"."name") = ?)', ["straße i σ"]],
          postgres: [
            `… where replace(translate(lower(("thing"."name") COLLATE "und-x-icu"), 'ς', 'σ'), 'i̇', 'i') COLLATE "C" = $1`,
            ["straße i σ"],
          ],
          mysql: [
            "… where REPLACE(REPLACE(LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin = (? COLLATE utf8mb4_0900_bin)",
            ["straße i σ"],
          ],
        },
      ],
      "iexact null": [
        Thing.objects.filter({ note__iexact: null }),
        {
          sqlite: ['… where "thing"."note" is null', []],
          postgres: ['… where "thing"."note" is null', []],
          mysql: ["… where `thing`.`note` is null", []],
        },
      ],
      contains: [
        Thing.objects.filter({ name__contains: "50%_!\\*?[" }),
        {
          sqlite: ['… where instr("thing"."name", ?) > 0', ["50%_!\\*?["]],
          postgres: [`… where "thing"."name" LIKE $1 ESCAPE '!'`, ["%50!%!_!!\\*?[%"]],
          mysql: ["… where `thing`.`name` LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'", ["%50!%!_!!\\*?[%"]],
        },
      ],
      icontains: [
        Thing.objects.filter({ name__icontains: "50%_!\\*?[É" }),
        {
          sqlite: ['… where instr(dunder_fold("thing"."name"), ?) > 0', ["50%_!\\*?[é"]],
          postgres: [
            `… where replace(translate(lower(("thing"."name") COLLATE "und-x-icu"), 'ς', 'σ'), 'i̇', 'i') COLLATE "C" LIKE $1 ESCAPE '!'`,
            ["%50!%!_!!\\*?[é%"],
          ],
          mysql: [
            "… where REPLACE(REPLACE(LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'",
            ["%50!%!_!!\\*?[é%"],
          ],
        },
      ],
      startswith: [
        Thing.objects.filter({ name__startswith: "A%*" }),
        {
          sqlite: [
            `… where ("thing"."name" >= ? AND "thing"."name" < ? || CAST(X'FF' AS TEXT) AND substr("thing"."name", 1, length(?)) = ?)`,
            ["A%*", "A%*", "A%*", "A%*"],
          ],
          postgres: [`… where "thing"."name" LIKE $1 ESCAPE '!'`, ["A!%*%"]],
          mysql: ["… where `thing`.`name` LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'", ["A!%*%"]],
        },
      ],
      istartswith: [
        Thing.objects.filter({ name__istartswith: "A%*" }),
        {
          sqlite: ['… where substr(dunder_fold("thing"."name"), 1, length(?)) = ?', ["a%*", "a%*"]],
          postgres: [
            `… where replace(translate(lower(("thing"."name") COLLATE "und-x-icu"), 'ς', 'σ'), 'i̇', 'i') COLLATE "C" LIKE $1 ESCAPE '!'`,
            ["a!%*%"],
          ],
          mysql: [
            "… where REPLACE(REPLACE(LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'",
            ["a!%*%"],
          ],
        },
      ],
      endswith: [
        Thing.objects.filter({ name__endswith: "A_?" }),
        {
          sqlite: ['… where substr("thing"."name", length("thing"."name") - length(?) + 1) = ?', ["A_?", "A_?"]],
          postgres: [`… where "thing"."name" LIKE $1 ESCAPE '!'`, ["%A!_?"]],
          mysql: ["… where `thing`.`name` LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'", ["%A!_?"]],
        },
      ],
      iendswith: [
        Thing.objects.filter({ name__iendswith: "A_?" }),
        {
          sqlite: [
            '… where substr(dunder_fold("thing"."name"), length(dunder_fold("thing"."name")) - length(?) + 1) = ?',
            ["a_?", "a_?"],
          ],
          postgres: [
            `… where replace(translate(lower(("thing"."name") COLLATE "und-x-icu"), 'ς', 'σ'), 'i̇', 'i') COLLATE "C" LIKE $1 ESCAPE '!'`,
            ["%a!_?"],
          ],
          mysql: [
            "… where REPLACE(REPLACE(LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci), 'ς', 'σ'), 'i̇', 'i') COLLATE utf8mb4_0900_bin LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'",
            ["%a!_?"],
          ],
        },
      ],
      regex: [
        Thing.objects.filter({ name__regex: "^a.*z$" }),
        {
          sqlite: [`… where dunder_regexp(?, '', "thing"."name")`, ["^a.*z$"]],
          postgres: ['… where ("thing"."name") COLLATE "und-x-icu" ~ $1', ["^a.*z$"]],
          mysql: ["… where CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_bin REGEXP ?", ["(?-i)^a.*z$"]],
        },
      ],
      iregex: [
        Thing.objects.filter({ name__iregex: "^a.*z$" }),
        {
          sqlite: [`… where dunder_regexp(?, 'i', "thing"."name")`, ["^a.*z$"]],
          postgres: ['… where ("thing"."name") COLLATE "und-x-icu" ~* $1', ["^a.*z$"]],
          mysql: ["… where CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_bin REGEXP ?", ["(?i)^a.*z$"]],
        },
      ],
    },
    ALL,
  );
});

describe("Transforms of texts and numbers", () => {
  expectSql(
    {
      length: [
        Thing.objects.filter({ name__length__gte: 3 }),
        {
          sqlite: ['… where length("thing"."name") >= ?', [3]],
          postgres: ['… where length("thing"."name") >= $1', [3]],
          mysql: ["… where CHAR_LENGTH(`thing`.`name`) >= ?", [3]],
        },
      ],
      lower: [
        Thing.objects.filter({ name__lower: "x" }),
        {
          sqlite: ['… where dunder_lower("thing"."name") = ?', ["x"]],
          postgres: ['… where lower(("thing"."name") COLLATE "und-x-icu") COLLATE "C" = $1', ["x"]],
          mysql: [
            "… where LOWER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin = ?",
            ["x"],
          ],
        },
      ],
      upper: [
        Thing.objects.filter({ name__upper: "X" }),
        {
          sqlite: ['… where dunder_upper("thing"."name") = ?', ["X"]],
          postgres: ['… where upper(("thing"."name") COLLATE "und-x-icu") COLLATE "C" = $1', ["X"]],
          mysql: [
            "… where UPPER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin = ?",
            ["X"],
          ],
        },
      ],
      trim: [
        Thing.objects.filter({ name__trim: "x" }),
        {
          sqlite: ['… where trim("thing"."name") = ?', ["x"]],
          postgres: ['… where trim("thing"."name") = $1', ["x"]],
          mysql: ["… where TRIM(`thing`.`name`) = ?", ["x"]],
        },
      ],
      abs: [
        Thing.objects.filter({ size__abs__lt: 3 }),
        {
          sqlite: ['… where abs("thing"."size") < ?', [3n]],
          postgres: ['… where abs("thing"."size"::bigint) < $1', [3n]],
          mysql: ["… where ABS(`thing`.`size`) < ?", [3n]],
        },
      ],
      "abs of a decimal": [
        Thing.objects.filter({ price__abs__lt: "3.00" }),
        {
          sqlite: [`… where dunder_decimal(ltrim("thing"."price", '-')) < dunder_decimal(?)`, ["3.00"]],
          postgres: ['… where abs("thing"."price") < $1', ["3.00"]],
          mysql: ["… where ABS(`thing`.`price`) < CAST(? AS DECIMAL(65, 2))", ["3.00"]],
        },
      ],
      chained: [
        Thing.objects.filter({ name__trim__lower__length: 3 }),
        {
          sqlite: ['… where length(dunder_lower(trim("thing"."name"))) = ?', [3]],
          postgres: ['… where length(lower((trim("thing"."name")) COLLATE "und-x-icu") COLLATE "C") = $1', [3]],
          mysql: [
            "… where CHAR_LENGTH(LOWER(CONVERT(TRIM(`thing`.`name`) USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin) = ?",
            [3],
          ],
        },
      ],
      "with a text lookup": [
        Thing.objects.filter({ name__upper__startswith: "X" }),
        {
          sqlite: ['… where substr(dunder_upper("thing"."name"), 1, length(?)) = ?', ["X", "X"]],
          postgres: [`… where upper(("thing"."name") COLLATE "und-x-icu") COLLATE "C" LIKE $1 ESCAPE '!'`, ["X%"]],
          mysql: [
            "… where UPPER(CONVERT(`thing`.`name` USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin LIKE (? COLLATE utf8mb4_0900_bin) ESCAPE '!'",
            ["X%"],
          ],
        },
      ],
    },
    ALL,
  );
});

describe("Parts of dates and times", () => {
  expectSql(
    {
      year: [
        Thing.objects.filter({ day__year: 2024 }),
        {
          sqlite: [`… where CAST(strftime('%Y', "thing"."day") AS INTEGER) = ?`, [2024]],
          postgres: ['… where EXTRACT(YEAR FROM "thing"."day")::int = $1', [2024]],
          mysql: ["… where YEAR(`thing`.`day`) = ?", [2024]],
        },
      ],
      "year of an instant": [
        Thing.objects.filter({ made__year: 2024 }),
        {
          sqlite: [`… where CAST(strftime('%Y', "thing"."made") AS INTEGER) = ?`, [2024]],
          postgres: [`… where EXTRACT(YEAR FROM ("thing"."made" AT TIME ZONE 'UTC'))::int = $1`, [2024]],
          mysql: ["… where YEAR(`thing`.`made`) = ?", [2024]],
        },
      ],
      "year range of an instant": [
        Thing.objects.filter({ made__year__gte: 2024 }),
        {
          sqlite: [`… where CAST(strftime('%Y', "thing"."made") AS INTEGER) >= ?`, [2024]],
          postgres: [`… where EXTRACT(YEAR FROM ("thing"."made" AT TIME ZONE 'UTC'))::int >= $1`, [2024]],
          mysql: ["… where YEAR(`thing`.`made`) >= ?", [2024]],
        },
      ],
      iso_year: [
        Thing.objects.filter({ day__iso_year: 2024 }),
        {
          sqlite: [`… where CAST(strftime('%G', "thing"."day") AS INTEGER) = ?`, [2024]],
          postgres: ['… where EXTRACT(ISOYEAR FROM "thing"."day")::int = $1', [2024]],
          mysql: ["… where (YEARWEEK(`thing`.`day`, 3) DIV 100) = ?", [2024]],
        },
      ],
      quarter: [
        Thing.objects.filter({ day__quarter: 1 }),
        {
          sqlite: [`… where ((CAST(strftime('%m', "thing"."day") AS INTEGER) + 2) / 3) = ?`, [1]],
          postgres: ['… where EXTRACT(QUARTER FROM "thing"."day")::int = $1', [1]],
          mysql: ["… where QUARTER(`thing`.`day`) = ?", [1]],
        },
      ],
      month: [
        Thing.objects.filter({ day__month: 1 }),
        {
          sqlite: [`… where CAST(strftime('%m', "thing"."day") AS INTEGER) = ?`, [1]],
          postgres: ['… where EXTRACT(MONTH FROM "thing"."day")::int = $1', [1]],
          mysql: ["… where MONTH(`thing`.`day`) = ?", [1]],
        },
      ],
      week: [
        Thing.objects.filter({ day__week: 1 }),
        {
          sqlite: [`… where CAST(strftime('%V', "thing"."day") AS INTEGER) = ?`, [1]],
          postgres: ['… where EXTRACT(WEEK FROM "thing"."day")::int = $1', [1]],
          mysql: ["… where WEEK(`thing`.`day`, 3) = ?", [1]],
        },
      ],
      day: [
        Thing.objects.filter({ day__day: 1 }),
        {
          sqlite: [`… where CAST(strftime('%d', "thing"."day") AS INTEGER) = ?`, [1]],
          postgres: ['… where EXTRACT(DAY FROM "thing"."day")::int = $1', [1]],
          mysql: ["… where DAYOFMONTH(`thing`.`day`) = ?", [1]],
        },
      ],
      week_day: [
        Thing.objects.filter({ day__week_day: 1 }),
        {
          sqlite: [`… where (CAST(strftime('%w', "thing"."day") AS INTEGER) + 1) = ?`, [1]],
          postgres: ['… where (EXTRACT(DOW FROM "thing"."day") + 1)::int = $1', [1]],
          mysql: ["… where DAYOFWEEK(`thing`.`day`) = ?", [1]],
        },
      ],
      iso_week_day: [
        Thing.objects.filter({ day__iso_week_day: 1 }),
        {
          sqlite: [`… where CAST(strftime('%u', "thing"."day") AS INTEGER) = ?`, [1]],
          postgres: ['… where EXTRACT(ISODOW FROM "thing"."day")::int = $1', [1]],
          mysql: ["… where (WEEKDAY(`thing`.`day`) + 1) = ?", [1]],
        },
      ],
      hour: [
        Thing.objects.filter({ made__hour: 1 }),
        {
          sqlite: [`… where CAST(strftime('%H', "thing"."made") AS INTEGER) = ?`, [1]],
          postgres: [`… where EXTRACT(HOUR FROM ("thing"."made" AT TIME ZONE 'UTC'))::int = $1`, [1]],
          mysql: ["… where HOUR(`thing`.`made`) = ?", [1]],
        },
      ],
      "hour of a time": [
        Thing.objects.filter({ at__hour: 1 }),
        {
          sqlite: [`… where CAST(strftime('%H', "thing"."at") AS INTEGER) = ?`, [1]],
          postgres: ['… where EXTRACT(HOUR FROM "thing"."at")::int = $1', [1]],
          mysql: ["… where HOUR(`thing`.`at`) = ?", [1]],
        },
      ],
      minute: [
        Thing.objects.filter({ made__minute: 1 }),
        {
          sqlite: [`… where CAST(strftime('%M', "thing"."made") AS INTEGER) = ?`, [1]],
          postgres: [`… where EXTRACT(MINUTE FROM ("thing"."made" AT TIME ZONE 'UTC'))::int = $1`, [1]],
          mysql: ["… where MINUTE(`thing`.`made`) = ?", [1]],
        },
      ],
      second: [
        Thing.objects.filter({ made__second: 1 }),
        {
          sqlite: [`… where CAST(strftime('%S', "thing"."made") AS INTEGER) = ?`, [1]],
          postgres: [`… where floor(EXTRACT(SECOND FROM ("thing"."made" AT TIME ZONE 'UTC')))::int = $1`, [1]],
          mysql: ["… where SECOND(`thing`.`made`) = ?", [1]],
        },
      ],
      date: [
        Thing.objects.filter({ made__date: "2024-02-29" }),
        {
          sqlite: [`… where strftime('%Y-%m-%d', "thing"."made") = ?`, ["2024-02-29"]],
          postgres: [`… where (("thing"."made" AT TIME ZONE 'UTC'))::date = $1`, ["2024-02-29"]],
          mysql: ["… where DATE(`thing`.`made`) = ?", ["2024-02-29"]],
        },
      ],
      "year of a date": [
        Thing.objects.filter({ made__date__year: 2024 }),
        {
          sqlite: [`… where CAST(strftime('%Y', strftime('%Y-%m-%d', "thing"."made")) AS INTEGER) = ?`, [2024]],
          postgres: [`… where EXTRACT(YEAR FROM (("thing"."made" AT TIME ZONE 'UTC'))::date)::int = $1`, [2024]],
          mysql: ["… where YEAR(DATE(`thing`.`made`)) = ?", [2024]],
        },
      ],
      time: [
        Thing.objects.filter({ made__time__gte: "10:20:30" }),
        {
          sqlite: [`… where rtrim(rtrim(strftime('%H:%M:%f', "thing"."made"), '0'), '.') >= ?`, ["10:20:30"]],
          postgres: [`… where (("thing"."made" AT TIME ZONE 'UTC'))::time(3) >= $1`, ["10:20:30"]],
          mysql: ["… where TIME(`thing`.`made`) >= ?", ["10:20:30"]],
        },
      ],
      "in a zone": [
        Thing.objects.filter({ made__hour: 1 }).inTimeZone("Etc/GMT-3"),
        {
          sqlite: [`… where CAST(strftime('%H', dunder_local("thing"."made", 'Etc/GMT-3')) AS INTEGER) = ?`, [1]],
          postgres: [`… where EXTRACT(HOUR FROM ("thing"."made" AT TIME ZONE 'Etc/GMT-3'))::int = $1`, [1]],
          mysql: [
            "… where HOUR(TIMESTAMPADD(SECOND, 10800, IF(`thing`.`made` < '9999-12-31 21:00:00', `thing`.`made`, NULL))) = ?",
            [1],
          ],
        },
      ],
      "date in a zone": [
        Thing.objects.filter({ made__date__in: ["2024-02-29"] }).inTimeZone("Etc/GMT+5"),
        {
          sqlite: [
            `… where strftime('%Y-%m-%d', dunder_local("thing"."made", 'Etc/GMT+5')) IN (SELECT value FROM json_each(?))`,
            ['["2024-02-29"]'],
          ],
          postgres: [`… where (("thing"."made" AT TIME ZONE 'Etc/GMT+5'))::date = ANY($1)`, ['{"2024-02-29"}']],
          mysql: [
            "… where DATE(TIMESTAMPADD(SECOND, -18000, IF(`thing`.`made` >= '0001-01-01 05:00:00', `thing`.`made`, NULL))) in (?)",
            ["2024-02-29"],
          ],
        },
      ],
      "a zone leaves dates alone": [
        Thing.objects.filter({ day__year: 2024 }).inTimeZone("Etc/GMT-3"),
        {
          sqlite: [`… where CAST(strftime('%Y', "thing"."day") AS INTEGER) = ?`, [2024]],
          postgres: ['… where EXTRACT(YEAR FROM "thing"."day")::int = $1', [2024]],
          mysql: ["… where YEAR(`thing`.`day`) = ?", [2024]],
        },
      ],
      "a zone leaves instants alone": [
        Thing.objects.filter({ made: new Date(0) }).inTimeZone("Etc/GMT-3"),
        {
          sqlite: ['… where "thing"."made" = ?', ["1970-01-01 00:00:00.000"]],
          postgres: ['… where "thing"."made" = $1', ["1970-01-01T00:00:00.000Z"]],
          mysql: ["… where `thing`.`made` = ?", ["1970-01-01 00:00:00.000"]],
        },
      ],
    },
    ALL,
  );
});
