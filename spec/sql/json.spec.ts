import { describe, expect, it } from "vitest";
import { F } from "dunder-orm";
import { databases, type EngineName } from "./databases.js";
import { expectSql } from "./expect-sql.js";
import { Thing } from "./models.js";

const COLUMNS = "id name note size serial price ratio done day at made span code data bytes".split(" ");
const all = (quote: string) => {
  const table = `${quote}thing${quote}`;
  return `select ${COLUMNS.map((name) => `${table}.${quote}${name}${quote}`).join(", ")} from ${table}`;
};
const ALL = { sqlite: all('"'), postgres: all('"'), mysql: all("`") };

describe("JSON", () => {
  expectSql(
    {
      "a path of keys is one parameter, whatever they are called": [
        Thing.objects.filter({ "data__a'b__c\"": "x" } as object),
        {
          sqlite: [
            `… where CASE json_type(("thing"."data" -> ?)) WHEN 'text' THEN ("thing"."data" -> ?) ->> '$' END = ?`,
            [`$."a'b"."c\\""`, `$."a'b"."c\\""`, "x"],
          ],
          postgres: ['… where ("thing"."data" #> CAST($1 AS text[])) = CAST($2 AS jsonb)', [`{"a'b","c\\""}`, '"x"']],
          mysql: [
            "… where CASE WHEN JSON_TYPE(JSON_EXTRACT(`thing`.`data`, ?)) COLLATE utf8mb4_0900_bin = 'STRING' THEN " +
              "CONVERT(JSON_UNQUOTE(JSON_EXTRACT(`thing`.`data`, ?)) USING utf8mb4) END COLLATE utf8mb4_0900_bin = ?",
            [`$."a'b"."c\\""`, `$."a'b"."c\\""`, "x"],
          ],
        },
      ],
      "an index is of an array": [
        Thing.objects.filter({ data__a__0__isnull: true }),
        {
          sqlite: ['… where ("thing"."data" -> ?) is null', ['$."a"[0]']],
          postgres: [
            `… where jsonb_path_query_first("thing"."data", CAST($1 AS jsonpath), '{}', true) is null`,
            ['strict $."a"[0]'],
          ],
          mysql: [
            "… where CASE WHEN JSON_TYPE(JSON_EXTRACT(`thing`.`data`, ?)) COLLATE utf8mb4_0900_bin = 'ARRAY' THEN JSON_EXTRACT(`thing`.`data`, ?) END is null",
            ['$."a"', '$."a"[0]'],
          ],
        },
      ],
      "null, under NOT": [
        Thing.objects.exclude({ data__a: null }),
        {
          sqlite: ['… where (dunder_json(("thing"."data" -> ?)) = ?) is not true', ['$."a"', "null"]],
          postgres: [
            '… where (("thing"."data" #> CAST($1 AS text[])) = CAST($2 AS jsonb)) is not true',
            ['{"a"}', "null"],
          ],
          mysql: ["… where (JSON_EXTRACT(`thing`.`data`, ?) = CAST(? AS JSON)) is not true", ['$."a"', "null"]],
        },
      ],
      has_keys: [
        Thing.objects.filter({ data__has_keys: ["a", "b"] }),
        {
          sqlite: [
            '… where (json_type("thing"."data", ?) IS NOT NULL AND json_type("thing"."data", ?) IS NOT NULL)',
            ['$."a"', '$."b"'],
          ],
          postgres: [
            `… where ("thing"."data" ?& CAST($1 AS text[]) AND jsonb_typeof("thing"."data") = 'object')`,
            ['{"a","b"}'],
          ],
          mysql: [
            "… where (JSON_EXTRACT(`thing`.`data`, ?) IS NOT NULL AND JSON_EXTRACT(`thing`.`data`, ?) IS NOT NULL)",
            ['$."a"', '$."b"'],
          ],
        },
      ],
      contains: [
        Thing.objects.filter({ data__contains: { a: { b: 1 } } }),
        {
          sqlite: ['… where dunder_json_contains("thing"."data", ?)', ['{"a":{"b":1}}']],
          postgres: ['… where "thing"."data" @> CAST($1 AS jsonb)', ['{"a":{"b":1}}']],
          mysql: [
            "… where (JSON_TYPE(`thing`.`data`) COLLATE utf8mb4_0900_bin = 'OBJECT' AND (JSON_TYPE(JSON_EXTRACT(`thing`.`data`, ?)) COLLATE utf8mb4_0900_bin = 'OBJECT' AND " +
              "JSON_EXTRACT(JSON_EXTRACT(`thing`.`data`, ?), ?) = CAST(? AS JSON)))",
            ['$."a"', '$."a"', '$."b"', "1"],
          ],
        },
      ],
      contained_by: [
        Thing.objects.filter({ data__contained_by: { a: 1 } }),
        {
          sqlite: ['… where dunder_json_contains(?, "thing"."data")', ['{"a":1}']],
          postgres: ['… where "thing"."data" <@ CAST($1 AS jsonb)', ['{"a":1}']],
          mysql: [
            "… where (JSON_TYPE(`thing`.`data`) COLLATE utf8mb4_0900_bin = 'OBJECT' AND JSON_CONTAINS(CAST(? AS JSON), JSON_KEYS(`thing`.`data`)) AND " +
              "(JSON_EXTRACT(`thing`.`data`, ?) IS NULL OR JSON_EXTRACT(`thing`.`data`, ?) = CAST(? AS JSON)))",
            ['["a"]', '$."a"', '$."a"', "1"],
          ],
        },
      ],
      in: [
        Thing.objects.filter({ data__a__in: [1, null] }),
        {
          sqlite: [
            '… where dunder_json(("thing"."data" -> ?)) IN (SELECT value FROM json_each(?))',
            ['$."a"', '["1","null"]'],
          ],
          postgres: [
            '… where ("thing"."data" #> CAST($1 AS text[])) = ANY(CAST($2 AS jsonb[]))',
            ['{"a"}', '{"1","null"}'],
          ],
          mysql: [
            "… where (JSON_EXTRACT(`thing`.`data`, ?) = CAST(? AS JSON) OR JSON_EXTRACT(`thing`.`data`, ?) = CAST(? AS JSON))",
            ['$."a"', "1", '$."a"', "null"],
          ],
        },
      ],
    },
    ALL,
  );
});

interface Loose {
  using(database: (typeof databases)[EngineName]): { sql(): { readonly sql: string } };
}

describe("The shape of a query on JSON", () => {
  const things = (where: object) => Thing.objects.filter(where) as Loose;
  const alike: Readonly<Record<string, readonly [Loose, Loose]>> = {
    "names of keys": [things({ data__a__b__gt: 1 }), things({ "data__é 😀__'; --__gt": 2 })],
    "places in an array": [things({ data__a__0: 1 }), things({ data__b__17: 2 })],
    "keys that are had": [
      things({ data__has_any_keys: ["a", "b"] }),
      things({ data__has_any_keys: ["c", "' OR 1 = 1"] }),
    ],
    "what is contained": [
      things({ data__contains: { a: [1, "x"] } }),
      things({ data__contains: { "'": [true, null] } }),
    ],
    "keys of expressions": [
      Thing.objects.filter(F("data").key("a__b").eq(1)),
      Thing.objects.filter(F("data").key("') --").eq(2)),
    ],
    "keys of values": [
      Thing.objects.annotate({ x: F("data__a") }).filter({ x__b: 1 } as object),
      Thing.objects.annotate({ x: F("data__c") }).filter({ x__d: 2 } as object),
    ],
  };

  describe.each(["sqlite", "postgres", "mysql"] as const)("on %s", (engine) => {
    it.each(Object.keys(alike))("does not depend on %s", (name) => {
      const [one, other] = alike[name] as readonly [Loose, Loose];
      const compiled = () => databases[engine].stats.plans.compiled;
      const none = compiled();
      const first = one.using(databases[engine]).sql().sql;
      const before = compiled();
      expect(before).toBe(none + 1);
      expect(other.using(databases[engine]).sql().sql).toBe(first);
      expect(compiled()).toBe(before);
    });
  });
});
