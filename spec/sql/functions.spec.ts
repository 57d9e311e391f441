import { describe, expect, it } from "vitest";
import { aggregateNames, functionNames } from "../../lib/functions/index.js";
import { type AggregateAsked, writtenAggregate, writtenCall } from "./written-functions.js";

interface Written {
  readonly sqlite: string;
  readonly postgres: string;
  readonly mysql: string;
}

/** Functions of columns a, b, c, … of these kinds. */
const calls: readonly (readonly [
  name: string,
  kinds: readonly string[],
  written: Written,
  options?: Readonly<Record<string, unknown>>,
  timeZone?: string,
])[] = [
  [
    "add",
    ["integer", "integer"],
    { sqlite: "(a + b)", postgres: "(CAST(a AS bigint) + CAST(b AS bigint))", mysql: "(a + b)" },
  ],
  [
    "sub",
    ["integer", "integer"],
    { sqlite: "(a - b)", postgres: "(CAST(a AS bigint) - CAST(b AS bigint))", mysql: "(a - b)" },
  ],
  [
    "mul",
    ["integer", "integer"],
    { sqlite: "(a * b)", postgres: "(CAST(a AS bigint) * CAST(b AS bigint))", mysql: "(a * b)" },
  ],
  [
    "div",
    ["integer", "integer"],
    {
      sqlite: "(CAST(a AS REAL) / NULLIF(CAST(b AS REAL), 0))",
      postgres: "(CAST(a AS double precision) / NULLIF(CAST(b AS double precision), 0))",
      mysql: "(CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0))",
    },
  ],
  [
    "mod",
    ["integer", "integer"],
    {
      sqlite: "(a % b)",
      postgres: "MOD(CAST(a AS bigint), NULLIF(CAST(b AS bigint), 0))",
      mysql: "MOD(a, NULLIF(b, 0))",
    },
  ],
  [
    "pow",
    ["integer", "integer"],
    {
      sqlite:
        "CASE WHEN NOT (CAST(a AS REAL) < 0 AND CAST(b AS REAL) <> FLOOR(CAST(b AS REAL)) OR CAST(a AS REAL) = 0 AND CAST(b AS REAL) < 0) THEN POWER(CAST(a AS REAL), CAST(b AS REAL)) END",
      postgres:
        "CASE WHEN NOT (CAST(a AS double precision) < 0 AND CAST(b AS double precision) <> FLOOR(CAST(b AS double precision)) OR CAST(a AS double precision) = 0 AND CAST(b AS double precision) < 0) THEN POWER(CAST(a AS double precision), CAST(b AS double precision)) END",
      mysql:
        "CASE WHEN NOT (CAST(a AS DOUBLE) < 0 AND CAST(b AS DOUBLE) <> FLOOR(CAST(b AS DOUBLE)) OR CAST(a AS DOUBLE) = 0 AND CAST(b AS DOUBLE) < 0) THEN POWER(CAST(a AS DOUBLE), CAST(b AS DOUBLE)) END",
    },
  ],
  [
    "bitAnd",
    ["integer", "integer"],
    { sqlite: "(a & b)", postgres: "(CAST(a AS bigint) & CAST(b AS bigint))", mysql: "CAST(a & b AS SIGNED)" },
  ],
  [
    "bitOr",
    ["integer", "integer"],
    { sqlite: "(a | b)", postgres: "(CAST(a AS bigint) | CAST(b AS bigint))", mysql: "CAST(a | b AS SIGNED)" },
  ],
  [
    "bitXor",
    ["integer", "integer"],
    {
      sqlite: "((a | b) - (a & b))",
      postgres: "(CAST(a AS bigint) # CAST(b AS bigint))",
      mysql: "CAST(a ^ b AS SIGNED)",
    },
  ],
  [
    "bitLeft",
    ["integer", "integer"],
    {
      sqlite: "CASE WHEN b >= 0 THEN a << b END",
      postgres: "CASE WHEN b BETWEEN 0 AND 63 THEN CAST(a AS bigint) << CAST(b AS integer) WHEN b > 63 THEN 0 END",
      mysql: "CASE WHEN b >= 0 THEN CAST(a << b AS SIGNED) END",
    },
  ],
  [
    "bitRight",
    ["integer", "integer"],
    {
      sqlite: "CASE WHEN b >= 0 THEN a >> b END",
      postgres:
        "CASE WHEN b BETWEEN 0 AND 63 THEN CAST(a AS bigint) >> CAST(b AS integer) WHEN b > 63 THEN CASE WHEN CAST(a AS bigint) < 0 THEN -1 ELSE 0 END END",
      mysql: "CASE WHEN b >= 0 THEN CAST(CASE WHEN a < 0 THEN ~(~a >> b) ELSE a >> b END AS SIGNED) END",
    },
  ],
  ["add", ["decimal", "decimal"], { sqlite: "dunder_dec_add(a, b, 2)", postgres: "(a + b)", mysql: "(a + b)" }],
  ["sub", ["decimal", "decimal"], { sqlite: "dunder_dec_sub(a, b, 2)", postgres: "(a - b)", mysql: "(a - b)" }],
  ["mul", ["decimal", "decimal"], { sqlite: "dunder_dec_mul(a, b, 4)", postgres: "(a * b)", mysql: "(a * b)" }],
  [
    "div",
    ["decimal", "decimal"],
    {
      sqlite: "dunder_dec_div(a, b, 8)",
      postgres: "ROUND(ROUND(a, 21) / NULLIF(b, 0), 8)",
      mysql: "ROUND(CAST(a AS DECIMAL(65, 12)) / NULLIF(b, 0), 8)",
    },
  ],
  [
    "mod",
    ["decimal", "decimal"],
    { sqlite: "dunder_dec_mod(a, b, 2)", postgres: "MOD(a, NULLIF(b, 0))", mysql: "(MOD(a, NULLIF(b, 0)) + 0)" },
  ],
  [
    "mod",
    ["float", "float"],
    { sqlite: "MOD(a, NULLIF(b, 0))", postgres: "(a - b * TRUNC(a / NULLIF(b, 0)))", mysql: "MOD(a, NULLIF(b, 0))" },
  ],
  [
    "power",
    ["integer", "integer"],
    {
      sqlite:
        "CASE WHEN NOT (CAST(a AS REAL) < 0 AND CAST(b AS REAL) <> FLOOR(CAST(b AS REAL)) OR CAST(a AS REAL) = 0 AND CAST(b AS REAL) < 0) THEN POWER(CAST(a AS REAL), CAST(b AS REAL)) END",
      postgres:
        "CASE WHEN NOT (CAST(a AS double precision) < 0 AND CAST(b AS double precision) <> FLOOR(CAST(b AS double precision)) OR CAST(a AS double precision) = 0 AND CAST(b AS double precision) < 0) THEN POWER(CAST(a AS double precision), CAST(b AS double precision)) END",
      mysql:
        "CASE WHEN NOT (CAST(a AS DOUBLE) < 0 AND CAST(b AS DOUBLE) <> FLOOR(CAST(b AS DOUBLE)) OR CAST(a AS DOUBLE) = 0 AND CAST(b AS DOUBLE) < 0) THEN POWER(CAST(a AS DOUBLE), CAST(b AS DOUBLE)) END",
    },
  ],
  ["neg", ["integer"], { sqlite: "(- a)", postgres: "(- CAST(a AS bigint))", mysql: "(- a)" }],
  ["neg", ["decimal"], { sqlite: "dunder_dec_sub(0, a, 2)", postgres: "(- a)", mysql: "(- a)" }],
  [
    "add",
    ["datetime", "duration"],
    {
      sqlite: "dunder_shift(a, b)",
      postgres:
        "CASE WHEN a + b * INTERVAL '1 millisecond' BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999+00' THEN a + b * INTERVAL '1 millisecond' END",
      mysql:
        "CASE WHEN b BETWEEN TIMESTAMPDIFF(MICROSECOND, a, '0001-01-01') DIV 1000 AND TIMESTAMPDIFF(MICROSECOND, a, '9999-12-31 23:59:59.999') DIV 1000 THEN CAST(TIMESTAMPADD(MICROSECOND, b * 1000, a) AS DATETIME(3)) END",
    },
  ],
  [
    "sub",
    ["datetime", "duration"],
    {
      sqlite: "dunder_shift(a, (- b))",
      postgres:
        "CASE WHEN a + (- b) * INTERVAL '1 millisecond' BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00' AND TIMESTAMPTZ '9999-12-31 23:59:59.999+00' THEN a + (- b) * INTERVAL '1 millisecond' END",
      mysql:
        "CASE WHEN (- b) BETWEEN TIMESTAMPDIFF(MICROSECOND, a, '0001-01-01') DIV 1000 AND TIMESTAMPDIFF(MICROSECOND, a, '9999-12-31 23:59:59.999') DIV 1000 THEN CAST(TIMESTAMPADD(MICROSECOND, (- b) * 1000, a) AS DATETIME(3)) END",
    },
  ],
  [
    "sub",
    ["datetime", "datetime"],
    {
      sqlite: "dunder_between(a, b)",
      postgres: "CAST(ROUND(EXTRACT(EPOCH FROM a - b) * 1000) AS bigint)",
      mysql: "(TIMESTAMPDIFF(MICROSECOND, b, a) DIV 1000)",
    },
  ],
  [
    "sub",
    ["date", "date"],
    {
      sqlite: "dunder_between((a || ' 00:00:00.000'), (b || ' 00:00:00.000'))",
      postgres:
        "CAST(ROUND(EXTRACT(EPOCH FROM (CAST(a AS timestamp) AT TIME ZONE 'UTC') - (CAST(b AS timestamp) AT TIME ZONE 'UTC')) * 1000) AS bigint)",
      mysql: "(TIMESTAMPDIFF(MICROSECOND, CAST(b AS DATETIME(3)), CAST(a AS DATETIME(3))) DIV 1000)",
    },
  ],
  [
    "mul",
    ["duration", "float"],
    {
      sqlite: "CAST(dunder_round((CAST(a AS REAL) * b), 0) AS INTEGER)",
      postgres: "CAST(ROUND(CAST(CAST((CAST(a AS double precision) * b) AS text) AS numeric)) AS bigint)",
      mysql: "CAST(CAST((CAST(a AS DOUBLE) * b) AS DECIMAL(65, 0)) AS SIGNED)",
    },
  ],
  [
    "div",
    ["duration", "integer"],
    {
      sqlite: "CAST(dunder_round((CAST(a AS REAL) / NULLIF(CAST(b AS REAL), 0)), 0) AS INTEGER)",
      postgres:
        "CAST(ROUND(CAST(CAST((CAST(a AS double precision) / NULLIF(CAST(b AS double precision), 0)) AS text) AS numeric)) AS bigint)",
      mysql: "CAST(CAST((CAST(a AS DOUBLE) / NULLIF(CAST(b AS DOUBLE), 0)) AS DECIMAL(65, 0)) AS SIGNED)",
    },
  ],
  [
    "lower",
    ["text"],
    {
      sqlite: "dunder_lower(a)",
      postgres: 'lower((a) COLLATE "und-x-icu") COLLATE "C"',
      mysql: "LOWER(CONVERT(a USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin",
    },
  ],
  [
    "upper",
    ["text"],
    {
      sqlite: "dunder_upper(a)",
      postgres: 'upper((a) COLLATE "und-x-icu") COLLATE "C"',
      mysql: "UPPER(CONVERT(a USING utf8mb4) COLLATE utf8mb4_0900_ai_ci) COLLATE utf8mb4_0900_bin",
    },
  ],
  ["length", ["text"], { sqlite: "length(a)", postgres: "length(a)", mysql: "CHAR_LENGTH(a)" }],
  ["trim", ["text"], { sqlite: "trim(a)", postgres: "trim(a)", mysql: "TRIM(a)" }],
  ["ltrim", ["text"], { sqlite: "LTRIM(a)", postgres: "LTRIM(a)", mysql: "LTRIM(a)" }],
  ["rtrim", ["text"], { sqlite: "RTRIM(a)", postgres: "RTRIM(a)", mysql: "RTRIM(a)" }],
  ["reverse", ["text"], { sqlite: "dunder_reverse(a)", postgres: "REVERSE(a)", mysql: "REVERSE(a)" }],
  [
    "ord",
    ["text"],
    {
      sqlite: "unicode(a)",
      postgres: "NULLIF(ASCII(a), 0)",
      mysql: "CAST(CONV(HEX(CONVERT(LEFT(a, 1) USING utf32)), 16, 10) AS SIGNED)",
    },
  ],
  ["md5", ["text"], { sqlite: "dunder_hash('md5', a)", postgres: "MD5(a)", mysql: "MD5(CONVERT(a USING utf8mb4))" }],
  [
    "sha1",
    ["text"],
    {
      sqlite: "dunder_hash('sha1', a)",
      postgres: "ENCODE(DIGEST(a, 'sha1'), 'hex')",
      mysql: "SHA1(CONVERT(a USING utf8mb4))",
    },
  ],
  [
    "sha224",
    ["text"],
    {
      sqlite: "dunder_hash('sha224', a)",
      postgres: "ENCODE(sha224(CONVERT_TO(a, 'UTF8')), 'hex')",
      mysql: "SHA2(CONVERT(a USING utf8mb4), 224)",
    },
  ],
  [
    "sha256",
    ["text"],
    {
      sqlite: "dunder_hash('sha256', a)",
      postgres: "ENCODE(sha256(CONVERT_TO(a, 'UTF8')), 'hex')",
      mysql: "SHA2(CONVERT(a USING utf8mb4), 256)",
    },
  ],
  [
    "sha384",
    ["text"],
    {
      sqlite: "dunder_hash('sha384', a)",
      postgres: "ENCODE(sha384(CONVERT_TO(a, 'UTF8')), 'hex')",
      mysql: "SHA2(CONVERT(a USING utf8mb4), 384)",
    },
  ],
  [
    "sha512",
    ["text"],
    {
      sqlite: "dunder_hash('sha512', a)",
      postgres: "ENCODE(sha512(CONVERT_TO(a, 'UTF8')), 'hex')",
      mysql: "SHA2(CONVERT(a USING utf8mb4), 512)",
    },
  ],
  [
    "concat",
    ["text", "text"],
    {
      sqlite: "(coalesce(a, '') || coalesce(b, ''))",
      postgres: "CONCAT(a, b)",
      mysql: "CONCAT(COALESCE(a, ''), COALESCE(b, ''))",
    },
  ],
  [
    "substr",
    ["text", "integer"],
    {
      sqlite: "substr(a, max(b, 1))",
      postgres: "SUBSTR(a, CAST(b AS integer))",
      mysql: "SUBSTRING(a, GREATEST(b, 1))",
    },
  ],
  [
    "substr",
    ["text", "integer", "integer"],
    {
      sqlite: "substr(a, max(b, 1), max(c + min(b, 1) - 1, 0))",
      postgres: "SUBSTR(a, CAST(b AS integer), CASE WHEN c < 0 THEN 0 ELSE CAST(c AS integer) END)",
      mysql: "SUBSTRING(a, GREATEST(b, 1), GREATEST(c + LEAST(b, 1) - 1, 0))",
    },
  ],
  [
    "replace",
    ["text", "text"],
    { sqlite: "REPLACE(a, b, '')", postgres: "REPLACE(a, b, '')", mysql: "REPLACE(a, b, '')" },
  ],
  [
    "replace",
    ["text", "text", "text"],
    {
      sqlite: "CASE WHEN c IS NOT NULL THEN REPLACE(a, b, c) END",
      postgres: "REPLACE(a, b, c)",
      mysql: "CASE WHEN c IS NOT NULL THEN REPLACE(a, b, c) END",
    },
  ],
  [
    "left",
    ["text", "integer"],
    {
      sqlite: "substr(a, 1, max(b, 0))",
      postgres: "LEFT(a, CASE WHEN b < 0 THEN 0 ELSE CAST(b AS integer) END)",
      mysql: "LEFT(a, b)",
    },
  ],
  [
    "right",
    ["text", "integer"],
    {
      sqlite: "CASE WHEN b <= 0 THEN substr(a, 1, 0) ELSE substr(a, - b) END",
      postgres: "RIGHT(a, CASE WHEN b < 0 THEN 0 ELSE CAST(b AS integer) END)",
      mysql: "RIGHT(a, b)",
    },
  ],
  [
    "lpad",
    ["text", "integer"],
    {
      sqlite: "dunder_lpad(a, b, ' ')",
      postgres: "LPAD(a, CAST(b AS integer), ' ')",
      mysql: "LPAD(a, GREATEST(b, 0), ' ')",
    },
  ],
  [
    "rpad",
    ["text", "integer"],
    {
      sqlite: "dunder_rpad(a, b, ' ')",
      postgres: "RPAD(a, CAST(b AS integer), ' ')",
      mysql: "RPAD(a, GREATEST(b, 0), ' ')",
    },
  ],
  [
    "repeat",
    ["text", "integer"],
    { sqlite: "dunder_repeat(a, b)", postgres: "REPEAT(a, CAST(b AS integer))", mysql: "REPEAT(a, b)" },
  ],
  [
    "lpad",
    ["text", "integer", "text"],
    {
      sqlite: "dunder_lpad(a, b, c)",
      postgres: "LPAD(a, CAST(b AS integer), c)",
      mysql: "CASE WHEN CHAR_LENGTH(c) = 0 THEN LEFT(a, b) ELSE LPAD(a, GREATEST(b, 0), c) END",
    },
  ],
  [
    "strIndex",
    ["text", "text"],
    {
      sqlite: "instr(a, b)",
      postgres: "STRPOS(a, b)",
      mysql: "LOCATE(CONVERT(b USING utf8mb4) COLLATE utf8mb4_0900_bin, a)",
    },
  ],
  [
    "chr",
    ["integer"],
    {
      sqlite: "CASE WHEN a BETWEEN 1 AND 55295 OR a BETWEEN 57344 AND 1114111 THEN char(a) END",
      postgres: "CASE WHEN a BETWEEN 1 AND 55295 OR a BETWEEN 57344 AND 1114111 THEN CHR(CAST(a AS integer)) END",
      mysql:
        "CASE WHEN a BETWEEN 1 AND 55295 OR a BETWEEN 57344 AND 1114111 THEN CONVERT(CONVERT(UNHEX(LPAD(HEX(a), 8, '0')) USING utf32) USING utf8mb4) COLLATE utf8mb4_0900_bin END",
    },
  ],
  ["coalesce", ["text", "text"], { sqlite: "COALESCE(a, b)", postgres: "COALESCE(a, b)", mysql: "COALESCE(a, b)" }],
  [
    "coalesce",
    ["decimal", "integer"],
    { sqlite: "COALESCE(a, dunder_dec(b, 2))", postgres: "COALESCE(a, CAST(b AS numeric))", mysql: "COALESCE(a, b)" },
  ],
  ["nullIf", ["text", "text"], { sqlite: "nullif(a, b)", postgres: "NULLIF(a, b)", mysql: "NULLIF(a, b)" }],
  [
    "nullIf",
    ["decimal", "integer"],
    {
      sqlite: "CASE WHEN dunder_decimal(a) IS NOT dunder_decimal(b) THEN a END",
      postgres: "NULLIF(a, b)",
      mysql: "NULLIF(a, b)",
    },
  ],
  [
    "greatest",
    ["text", "text"],
    {
      sqlite: "max(a, b)",
      postgres: 'CASE WHEN NUM_NULLS((a) COLLATE "C", b) = 0 THEN GREATEST((a) COLLATE "C", b) END',
      mysql: "GREATEST(a, b)",
    },
  ],
  [
    "greatest",
    ["integer", "integer"],
    {
      sqlite: "max(a, b)",
      postgres:
        "CASE WHEN NUM_NULLS(CAST(a AS bigint), CAST(b AS bigint)) = 0 THEN GREATEST(CAST(a AS bigint), CAST(b AS bigint)) END",
      mysql: "GREATEST(a, b)",
    },
  ],
  [
    "greatest",
    ["decimal", "decimal"],
    {
      sqlite: "dunder_dec_of_key(max(dunder_decimal(a), dunder_decimal(b)), 2)",
      postgres: "CASE WHEN NUM_NULLS(a, b) = 0 THEN GREATEST(a, b) END",
      mysql: "GREATEST(a, b)",
    },
  ],
  [
    "least",
    ["text", "text"],
    {
      sqlite: "min(a, b)",
      postgres: 'CASE WHEN NUM_NULLS((a) COLLATE "C", b) = 0 THEN LEAST((a) COLLATE "C", b) END',
      mysql: "LEAST(a, b)",
    },
  ],
  [
    "least",
    ["integer", "integer"],
    {
      sqlite: "min(a, b)",
      postgres:
        "CASE WHEN NUM_NULLS(CAST(a AS bigint), CAST(b AS bigint)) = 0 THEN LEAST(CAST(a AS bigint), CAST(b AS bigint)) END",
      mysql: "LEAST(a, b)",
    },
  ],
  [
    "least",
    ["decimal", "decimal"],
    {
      sqlite: "dunder_dec_of_key(min(dunder_decimal(a), dunder_decimal(b)), 2)",
      postgres: "CASE WHEN NUM_NULLS(a, b) = 0 THEN LEAST(a, b) END",
      mysql: "LEAST(a, b)",
    },
  ],
  [
    "cast",
    ["integer"],
    { sqlite: "CAST(a AS TEXT)", postgres: "CAST(a AS text)", mysql: "CAST(a AS CHAR)" },
    { to: "text" },
  ],
  [
    "cast",
    ["float"],
    { sqlite: "dunder_text(a)", postgres: "CAST(a AS text)", mysql: "CAST(a AS CHAR)" },
    { to: "text" },
  ],
  [
    "cast",
    ["boolean"],
    {
      sqlite: "CASE WHEN a THEN 'true' WHEN NOT a THEN 'false' END",
      postgres: "CAST(a AS text)",
      mysql: "CASE WHEN a THEN 'true' WHEN NOT a THEN 'false' END",
    },
    { to: "text" },
  ],
  [
    "cast",
    ["datetime"],
    {
      sqlite: "CAST(a AS TEXT)",
      postgres: "TO_CHAR(a AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')",
      mysql: "CAST(CAST(a AS DATETIME(3)) AS CHAR)",
    },
    { to: "text" },
  ],
  [
    "cast",
    ["time"],
    {
      sqlite: "CAST(a AS TEXT)",
      postgres: "CAST(a AS text)",
      mysql: "REGEXP_REPLACE(CAST(CAST(a AS TIME(6)) AS CHAR), '[.]?0+$', '')",
    },
    { to: "text" },
  ],
  [
    "cast",
    ["decimal"],
    {
      sqlite: "CAST(a AS TEXT)",
      postgres: "CAST(ROUND(a, 2) AS text)",
      mysql: "CAST(CAST(a AS DECIMAL(65, 2)) AS CHAR)",
    },
    { to: "text" },
  ],
  [
    "cast",
    ["text"],
    {
      sqlite: "CASE WHEN dunder_regexp('^(?:[+-]?[0-9]{1,18})$', '', a) THEN CAST(a AS INTEGER) END",
      postgres: "CASE WHEN a ~ '^(?:[+-]?[0-9]{1,18})$' THEN CAST(a AS bigint) END",
      mysql: "CASE WHEN a REGEXP '^(?:[+-]?[0-9]{1,18})\\\\z' THEN CAST(a AS SIGNED) END",
    },
    { to: "integer" },
  ],
  [
    "cast",
    ["text"],
    {
      sqlite: "CASE WHEN dunder_regexp('^(?:[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))$', '', a) THEN dunder_dec(a, 2) END",
      postgres: "CASE WHEN a ~ '^(?:[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))$' THEN ROUND(CAST(a AS numeric), 2) END",
      mysql: "CASE WHEN a REGEXP '^(?:[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+))\\\\z' THEN CAST(a AS DECIMAL(65, 2)) END",
    },
    { to: "decimal", scale: 2 },
  ],
  [
    "cast",
    ["text"],
    {
      sqlite:
        "CASE WHEN dunder_regexp('^(?:(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29))$', '', a) THEN a END",
      postgres:
        "CASE WHEN a ~ '^(?:(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29))$' THEN CAST(a AS date) END",
      mysql:
        "CASE WHEN a REGEXP '^(?:(?!0000)([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29))\\\\z' THEN CAST(a AS DATE) END",
    },
    { to: "date" },
  ],
  [
    "cast",
    ["text"],
    {
      sqlite:
        "CASE WHEN dunder_regexp('^(?:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$', '', a) THEN lower(a) END",
      postgres: "CASE WHEN a ~ '^(?:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$' THEN CAST(a AS uuid) END",
      mysql: "CASE WHEN a REGEXP '^(?:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\\\\z' THEN LOWER(a) END",
    },
    { to: "uuid" },
  ],
  [
    "cast",
    ["float"],
    {
      sqlite: "CAST(dunder_round(a, 0) AS INTEGER)",
      postgres: "CAST(ROUND(CAST(CAST(a AS text) AS numeric)) AS bigint)",
      mysql: "CAST(CAST(a AS DECIMAL(65, 0)) AS SIGNED)",
    },
    { to: "integer" },
  ],
  [
    "cast",
    ["decimal"],
    {
      sqlite: "CAST(dunder_dec(a, 0) AS INTEGER)",
      postgres: "CAST(ROUND(a) AS bigint)",
      mysql: "CAST(CAST(a AS DECIMAL(65, 0)) AS SIGNED)",
    },
    { to: "integer" },
  ],
  [
    "cast",
    ["float"],
    {
      sqlite: "dunder_dec(a, 2)",
      postgres: "ROUND(CAST(CAST(a AS text) AS numeric), 2)",
      mysql: "CAST(a AS DECIMAL(65, 2))",
    },
    { to: "decimal", scale: 2 },
  ],
  ["cast", ["boolean"], { sqlite: "a", postgres: "CAST(CAST(a AS integer) AS bigint)", mysql: "a" }, { to: "integer" }],
  [
    "cast",
    ["integer"],
    {
      sqlite: "(CAST(a AS REAL) <> 0)",
      postgres: "(CAST(a AS double precision) <> 0)",
      mysql: "(CAST(a AS DOUBLE) <> 0)",
    },
    { to: "boolean" },
  ],
  [
    "cast",
    ["date"],
    {
      sqlite: "(a || ' 00:00:00.000')",
      postgres: "(CAST(a AS timestamp) AT TIME ZONE 'UTC')",
      mysql: "CAST(a AS DATETIME(3))",
    },
    { to: "datetime" },
  ],
  [
    "cast",
    ["datetime"],
    { sqlite: "strftime('%Y-%m-%d', a)", postgres: "((a AT TIME ZONE 'UTC'))::date", mysql: "DATE(a)" },
    { to: "date" },
  ],
  [
    "collate",
    ["text"],
    { sqlite: 'a COLLATE "x"', postgres: '(a) COLLATE "x"', mysql: "(CONVERT(a USING utf8mb4)) COLLATE `x`" },
    { collation: "x" },
  ],
  [
    "now",
    [],
    {
      sqlite: "strftime('%Y-%m-%d %H:%M:%f', 'now')",
      postgres: "DATE_TRUNC('milliseconds', STATEMENT_TIMESTAMP())",
      mysql: "UTC_TIMESTAMP(3)",
    },
  ],
  [
    "extract",
    ["datetime"],
    {
      sqlite: "CAST(strftime('%Y', a) AS INTEGER)",
      postgres: "EXTRACT(YEAR FROM (a AT TIME ZONE 'UTC'))::int",
      mysql: "YEAR(a)",
    },
    { part: "year" },
  ],
  [
    "extract",
    ["datetime"],
    {
      sqlite: "CAST(strftime('%Y', dunder_local(a, 'Asia/Kolkata')) AS INTEGER)",
      postgres: "EXTRACT(YEAR FROM (a AT TIME ZONE 'Asia/Kolkata'))::int",
      mysql:
        "YEAR(CASE WHEN a < '1970-01-02' THEN TIMESTAMPADD(SECOND, CAST(ELT(INTERVAL(TO_SECONDS(a), 58521981992, 59011524400, 60147513530, 61275637800, 61295160600, 61304581800, 61403074200) + 1, 21208, 21200, 19270, 19800, 23400, 19800, 23400, 19800) AS SIGNED), a) WHEN a < '2038-01-18' THEN CONVERT_TZ(a, '+00:00', 'Asia/Kolkata') ELSE TIMESTAMPADD(SECOND, 19800, IF(a < '9999-12-31 18:30:00', a, NULL)) END)",
    },
    { part: "year" },
    "Asia/Kolkata",
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "(strftime('%Y-01-01', a) || ' 00:00:00.000')",
      postgres: "DATE_TRUNC('year', a, 'UTC')",
      mysql: "CAST(DATE_FORMAT(a, '%Y-01-01') AS DATETIME(3))",
    },
    { part: "year" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite:
        "((strftime('%Y-', a) || substr('01040710', (strftime('%m', a) + 2) / 3 * 2 - 1, 2) || '-01') || ' 00:00:00.000')",
      postgres: "DATE_TRUNC('quarter', a, 'UTC')",
      mysql: "CAST(CONCAT(DATE_FORMAT(a, '%Y-'), LPAD(QUARTER(a) * 3 - 2, 2, '0'), '-01') AS DATETIME(3))",
    },
    { part: "quarter" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "(strftime('%Y-%m-01', a) || ' 00:00:00.000')",
      postgres: "DATE_TRUNC('month', a, 'UTC')",
      mysql: "CAST(DATE_FORMAT(a, '%Y-%m-01') AS DATETIME(3))",
    },
    { part: "month" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "(date(a, '-6 days', 'weekday 1') || ' 00:00:00.000')",
      postgres: "DATE_TRUNC('week', a, 'UTC')",
      mysql: "CAST(DATE_SUB(DATE(a), INTERVAL WEEKDAY(a) DAY) AS DATETIME(3))",
    },
    { part: "week" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "(date(a) || ' 00:00:00.000')",
      postgres: "DATE_TRUNC('day', a, 'UTC')",
      mysql: "CAST(DATE(a) AS DATETIME(3))",
    },
    { part: "day" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "((substr(a, 1, 13) || ':00:00') || '.000')",
      postgres: "DATE_TRUNC('hour', a, 'UTC')",
      mysql: "CAST(DATE_FORMAT(a, '%Y-%m-%d %H:00:00') AS DATETIME(3))",
    },
    { part: "hour" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "((substr(a, 1, 16) || ':00') || '.000')",
      postgres: "DATE_TRUNC('minute', a, 'UTC')",
      mysql: "CAST(DATE_FORMAT(a, '%Y-%m-%d %H:%i:00') AS DATETIME(3))",
    },
    { part: "minute" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "(substr(a, 1, 19) || '.000')",
      postgres: "DATE_TRUNC('second', a, 'UTC')",
      mysql: "CAST(DATE_FORMAT(a, '%Y-%m-%d %H:%i:%s') AS DATETIME(3))",
    },
    { part: "second" },
  ],
  [
    "trunc",
    ["date"],
    {
      sqlite: "strftime('%Y-%m-01', a)",
      postgres: "CAST(DATE_TRUNC('month', CAST(a AS timestamp)) AS date)",
      mysql: "CAST(DATE_FORMAT(a, '%Y-%m-01') AS DATE)",
    },
    { part: "month" },
  ],
  [
    "trunc",
    ["time"],
    {
      sqlite: "(substr(a, 1, 5) || ':00')",
      postgres: "CAST(DATE_TRUNC('minute', CAST(a AS interval)) AS time)",
      mysql: "CAST(TIME_FORMAT(a, '%H:%i:00') AS TIME(6))",
    },
    { part: "minute" },
  ],
  [
    "trunc",
    ["datetime"],
    { sqlite: "strftime('%Y-%m-%d', a)", postgres: "((a AT TIME ZONE 'UTC'))::date", mysql: "DATE(a)" },
    { part: "date" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "rtrim(rtrim(strftime('%H:%M:%f', a), '0'), '.')",
      postgres: "((a AT TIME ZONE 'UTC'))::time(3)",
      mysql: "TIME(a)",
    },
    { part: "time" },
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite: "dunder_instant(date(dunder_local(a, 'Etc/GMT-3')), 'Etc/GMT-3')",
      postgres: "DATE_TRUNC('day', a, 'Etc/GMT-3')",
      mysql:
        "CAST(TIMESTAMPADD(SECOND, -10800, CAST(DATE(TIMESTAMPADD(SECOND, 10800, IF(a < '9999-12-31 21:00:00', a, NULL))) AS DATETIME(3))) AS DATETIME(3))",
    },
    { part: "day" },
    "Etc/GMT-3",
  ],
  [
    "trunc",
    ["datetime"],
    {
      sqlite:
        "dunder_shift(a, - dunder_between(dunder_local(a, 'Etc/GMT-3'), ((substr(dunder_local(a, 'Etc/GMT-3'), 1, 13) || ':00:00') || '.000')))",
      postgres: "DATE_TRUNC('hour', a, 'Etc/GMT-3')",
      mysql:
        "CAST(TIMESTAMPADD(MICROSECOND, TIMESTAMPDIFF(MICROSECOND, TIMESTAMPADD(SECOND, 10800, IF(a < '9999-12-31 21:00:00', a, NULL)), CAST(DATE_FORMAT(TIMESTAMPADD(SECOND, 10800, IF(a < '9999-12-31 21:00:00', a, NULL)), '%Y-%m-%d %H:00:00') AS DATETIME(3))), a) AS DATETIME(3))",
    },
    { part: "hour" },
    "Etc/GMT-3",
  ],
  ["abs", ["integer"], { sqlite: "ABS(a)", postgres: "ABS(CAST(a AS bigint))", mysql: "ABS(a)" }],
  ["abs", ["float"], { sqlite: "ABS(a)", postgres: "ABS(a)", mysql: "ABS(a)" }],
  ["abs", ["decimal"], { sqlite: "ltrim(a, '-')", postgres: "ABS(a)", mysql: "ABS(a)" }],
  ["ceil", ["integer"], { sqlite: "a", postgres: "CAST(a AS bigint)", mysql: "a" }],
  ["ceil", ["float"], { sqlite: "ceil(a)", postgres: "CEIL(a)", mysql: "CEILING(a)" }],
  ["ceil", ["decimal"], { sqlite: "dunder_dec_ceil(a)", postgres: "CEIL(a)", mysql: "CEILING(a)" }],
  ["floor", ["integer"], { sqlite: "a", postgres: "CAST(a AS bigint)", mysql: "a" }],
  ["floor", ["float"], { sqlite: "floor(a)", postgres: "FLOOR(a)", mysql: "FLOOR(a)" }],
  ["floor", ["decimal"], { sqlite: "dunder_dec_floor(a)", postgres: "FLOOR(a)", mysql: "FLOOR(a)" }],
  ["sign", ["integer"], { sqlite: "sign(a)", postgres: "CAST(SIGN(a) AS integer)", mysql: "SIGN(a)" }],
  ["sign", ["float"], { sqlite: "sign(a)", postgres: "CAST(SIGN(a) AS integer)", mysql: "SIGN(a)" }],
  ["sign", ["decimal"], { sqlite: "sign(CAST(a AS REAL))", postgres: "CAST(SIGN(a) AS integer)", mysql: "SIGN(a)" }],
  [
    "round",
    ["integer"],
    { sqlite: "dunder_round(a, -1)", postgres: "CAST(ROUND(CAST(a AS numeric), -1) AS bigint)", mysql: "ROUND(a, -1)" },
    { digits: -1 },
  ],
  [
    "round",
    ["float"],
    {
      sqlite: "dunder_round(a, 2)",
      postgres: "CAST(ROUND(CAST(CAST(a AS text) AS numeric), 2) AS double precision)",
      mysql: "CASE WHEN ABS(a) < 1e16 THEN CAST(ROUND(CAST(a AS DECIMAL(65, 30)), 2) AS DOUBLE) ELSE ROUND(a, 2) END",
    },
    { digits: 2 },
  ],
  [
    "round",
    ["decimal"],
    { sqlite: "dunder_dec(a, 2)", postgres: "ROUND(a, 2)", mysql: "CAST(ROUND(a, 2) AS DECIMAL(65, 2))" },
    { digits: 2 },
  ],
  [
    "sin",
    ["integer"],
    { sqlite: "SIN(CAST(a AS REAL))", postgres: "SIN(CAST(a AS double precision))", mysql: "SIN(CAST(a AS DOUBLE))" },
  ],
  [
    "cos",
    ["integer"],
    { sqlite: "COS(CAST(a AS REAL))", postgres: "COS(CAST(a AS double precision))", mysql: "COS(CAST(a AS DOUBLE))" },
  ],
  [
    "tan",
    ["integer"],
    { sqlite: "TAN(CAST(a AS REAL))", postgres: "TAN(CAST(a AS double precision))", mysql: "TAN(CAST(a AS DOUBLE))" },
  ],
  [
    "atan",
    ["integer"],
    {
      sqlite: "ATAN(CAST(a AS REAL))",
      postgres: "ATAN(CAST(a AS double precision))",
      mysql: "ATAN(CAST(a AS DOUBLE))",
    },
  ],
  [
    "degrees",
    ["integer"],
    {
      sqlite: "DEGREES(CAST(a AS REAL))",
      postgres: "DEGREES(CAST(a AS double precision))",
      mysql: "DEGREES(CAST(a AS DOUBLE))",
    },
  ],
  [
    "radians",
    ["integer"],
    {
      sqlite: "RADIANS(CAST(a AS REAL))",
      postgres: "RADIANS(CAST(a AS double precision))",
      mysql: "RADIANS(CAST(a AS DOUBLE))",
    },
  ],
  [
    "exp",
    ["integer"],
    {
      sqlite: "EXP(CAST(a AS REAL))",
      postgres: "CASE WHEN CAST(a AS double precision) < -745 THEN 0 ELSE EXP(CAST(a AS double precision)) END",
      mysql: "EXP(CAST(a AS DOUBLE))",
    },
  ],
  [
    "sqrt",
    ["integer"],
    {
      sqlite: "CASE WHEN CAST(a AS REAL) >= 0 THEN SQRT(CAST(a AS REAL)) END",
      postgres: "CASE WHEN CAST(a AS double precision) >= 0 THEN SQRT(CAST(a AS double precision)) END",
      mysql: "CASE WHEN CAST(a AS DOUBLE) >= 0 THEN SQRT(CAST(a AS DOUBLE)) END",
    },
  ],
  [
    "ln",
    ["integer"],
    {
      sqlite: "CASE WHEN CAST(a AS REAL) > 0 THEN LN(CAST(a AS REAL)) END",
      postgres: "CASE WHEN CAST(a AS double precision) > 0 THEN LN(CAST(a AS double precision)) END",
      mysql: "CASE WHEN CAST(a AS DOUBLE) > 0 THEN LN(CAST(a AS DOUBLE)) END",
    },
  ],
  [
    "cot",
    ["integer"],
    {
      sqlite: "(1 / NULLIF(TAN(CAST(a AS REAL)), 0))",
      postgres: "(1 / NULLIF(TAN(CAST(a AS double precision)), 0))",
      mysql: "(1 / NULLIF(TAN(CAST(a AS DOUBLE)), 0))",
    },
  ],
  [
    "asin",
    ["integer"],
    {
      sqlite: "CASE WHEN CAST(a AS REAL) BETWEEN -1 AND 1 THEN ASIN(CAST(a AS REAL)) END",
      postgres: "CASE WHEN CAST(a AS double precision) BETWEEN -1 AND 1 THEN ASIN(CAST(a AS double precision)) END",
      mysql: "CASE WHEN CAST(a AS DOUBLE) BETWEEN -1 AND 1 THEN ASIN(CAST(a AS DOUBLE)) END",
    },
  ],
  [
    "acos",
    ["integer"],
    {
      sqlite: "CASE WHEN CAST(a AS REAL) BETWEEN -1 AND 1 THEN ACOS(CAST(a AS REAL)) END",
      postgres: "CASE WHEN CAST(a AS double precision) BETWEEN -1 AND 1 THEN ACOS(CAST(a AS double precision)) END",
      mysql: "CASE WHEN CAST(a AS DOUBLE) BETWEEN -1 AND 1 THEN ACOS(CAST(a AS DOUBLE)) END",
    },
  ],
  [
    "log",
    ["integer", "float"],
    {
      sqlite: "CASE WHEN CAST(a AS REAL) > 0 AND b > 0 THEN LN(b) / NULLIF(LN(CAST(a AS REAL)), 0) END",
      postgres:
        "CASE WHEN CAST(a AS double precision) > 0 AND b > 0 THEN LN(b) / NULLIF(LN(CAST(a AS double precision)), 0) END",
      mysql: "CASE WHEN CAST(a AS DOUBLE) > 0 AND b > 0 THEN LN(b) / NULLIF(LN(CAST(a AS DOUBLE)), 0) END",
    },
  ],
  ["atan2", ["float", "float"], { sqlite: "ATAN2(a, b)", postgres: "ATAN2(a, b)", mysql: "ATAN2(a, b)" }],
  ["pi", [], { sqlite: "3.141592653589793e0", postgres: "PI()", mysql: "3.141592653589793e0" }],
  [
    "random",
    [],
    { sqlite: "(((random() >> 11) & 9007199254740991) / 9007199254740992.0)", postgres: "RANDOM()", mysql: "RAND()" },
  ],
  [
    "jsonObject",
    ["integer", "text", "decimal", "datetime", "boolean", "json"],
    {
      sqlite:
        "json_object('it''s', a, 'b', b, 'c', c, 'd', (replace(d, ' ', 'T') || 'Z'), 'e', json(CASE WHEN e THEN 'true' WHEN NOT e THEN 'false' END), 'f', json(f))",
      postgres:
        "JSONB_BUILD_OBJECT('it''s', a, 'b', b, 'c', CAST(ROUND(c, 2) AS text), 'd', TO_CHAR(d AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), 'e', e, 'f', f)",
      mysql:
        "JSON_OBJECT('it''s', a, 'b', b, 'c', CAST(CAST(c AS DECIMAL(65, 2)) AS CHAR), 'd', CONCAT(REPLACE(CAST(CAST(d AS DATETIME(3)) AS CHAR), ' ', 'T'), 'Z'), 'e', CAST(CASE WHEN e THEN 'true' WHEN NOT e THEN 'false' END AS JSON), 'f', f)",
    },
    { keys: ["it's", "b", "c", "d", "e", "f"] },
  ],
  [
    "jsonArray",
    ["integer", "bigInteger", "time"],
    {
      sqlite: "json_array(a, CAST(b AS TEXT), c)",
      postgres: "JSONB_BUILD_ARRAY(a, CAST(b AS text), CAST(c AS text))",
      mysql: "JSON_ARRAY(a, CAST(b AS CHAR), REGEXP_REPLACE(CAST(CAST(c AS TIME(6)) AS CHAR), '[.]?0+$', ''))",
    },
  ],
];

const aggregates: readonly (readonly [name: string, kind: string | null, written: Written, asked?: AggregateAsked])[] =
  [
    ["count", null, { sqlite: "COUNT(*)", postgres: "COUNT(*)", mysql: "COUNT(*)" }],
    [
      "count",
      null,
      {
        sqlite: "COUNT(*) FILTER (WHERE f)",
        postgres: "COUNT(*) FILTER (WHERE f)",
        mysql: "COUNT(CASE WHEN f THEN 1 END)",
      },
      { filter: true },
    ],
    [
      "count",
      "integer",
      {
        sqlite: "COUNT(DISTINCT a)",
        postgres: "COUNT(DISTINCT a)",
        mysql: "CASE WHEN COUNT(a) > 0 THEN COUNT(DISTINCT a) ELSE 0 END",
      },
      { distinct: true },
    ],
    ["sum", "integer", { sqlite: "SUM(a)", postgres: "SUM(a)", mysql: "SUM(a)" }],
    ["sum", "bigInteger", { sqlite: "SUM(a)", postgres: "CAST(SUM(a) AS bigint)", mysql: "SUM(a)" }],
    ["sum", "decimal", { sqlite: "dunder_dec(dunder_dec_sum(a), 2)", postgres: "SUM(a)", mysql: "SUM(a)" }],
    [
      "sum",
      "float",
      { sqlite: "SUM(a) FILTER (WHERE f)", postgres: "SUM(a) FILTER (WHERE f)", mysql: "SUM(CASE WHEN f THEN a END)" },
      { filter: true },
    ],
    [
      "avg",
      "integer",
      { sqlite: "AVG(CAST(a AS REAL))", postgres: "AVG(CAST(a AS double precision))", mysql: "AVG(CAST(a AS DOUBLE))" },
    ],
    [
      "avg",
      "duration",
      {
        sqlite: "CAST(dunder_round(AVG(a), 0) AS INTEGER)",
        postgres: "CAST(ROUND(AVG(a)) AS bigint)",
        mysql: "CAST(ROUND(AVG(CAST(a AS DECIMAL(65, 10)))) AS SIGNED)",
      },
    ],
    ["min", "integer", { sqlite: "MIN(a)", postgres: "MIN(a)", mysql: "MIN(a)" }],
    ["min", "decimal", { sqlite: "dunder_dec_of_key(MIN(dunder_decimal(a)), 2)", postgres: "MIN(a)", mysql: "MIN(a)" }],
    ["min", "uuid", { sqlite: "MIN(a)", postgres: 'CAST(MIN(CAST(a AS text) COLLATE "C") AS uuid)', mysql: "MIN(a)" }],
    ["max", "text", { sqlite: "MAX(a)", postgres: 'MAX((a) COLLATE "C")', mysql: "MAX(a)" }],
    [
      "max",
      "decimal",
      {
        sqlite: "dunder_dec_of_key(MAX(dunder_decimal(a)) OVER (order by o), 2)",
        postgres: "MAX(a) OVER (order by o)",
        mysql: "MAX(a) OVER (order by o)",
      },
      { over: true },
    ],
    [
      "stdDev",
      "integer",
      {
        sqlite: "sqrt(dunder_variance(CAST(a AS REAL)))",
        postgres: "STDDEV_POP(CAST(a AS double precision))",
        mysql: "STDDEV_POP(CAST(a AS DOUBLE))",
      },
    ],
    [
      "variance",
      "float",
      { sqlite: "dunder_variance_sample(a)", postgres: "VAR_SAMP(a)", mysql: "VAR_SAMP(a)" },
      { options: { sample: true } },
    ],
    [
      "stringAgg",
      "text",
      {
        sqlite: "GROUP_CONCAT(a, '''; ' ORDER BY o desc)",
        postgres: "STRING_AGG(a, '''; ' ORDER BY o desc)",
        mysql: "GROUP_CONCAT(CONCAT(a) ORDER BY o desc SEPARATOR '''; ')",
      },
      { order: true, options: { separator: "'; " } },
    ],
    [
      "stringAgg",
      "text",
      {
        sqlite: "dunder_join(json_group_array(DISTINCT a ORDER BY o desc), ',')",
        postgres: "STRING_AGG(DISTINCT a, ',' ORDER BY o desc)",
        mysql: "GROUP_CONCAT(DISTINCT CONCAT(a) ORDER BY o desc SEPARATOR ',')",
      },
      { distinct: true, order: true },
    ],
    [
      "jsonAgg",
      "decimal",
      {
        sqlite: "NULLIF(json_group_array(a ORDER BY o desc) FILTER (WHERE f), '[]')",
        postgres: "JSONB_AGG(CAST(ROUND(a, 2) AS text) ORDER BY o desc) FILTER (WHERE f)",
        mysql:
          "CAST(CONCAT('[', GROUP_CONCAT(CASE WHEN f THEN CAST(JSON_EXTRACT(JSON_ARRAY(CAST(CAST(a AS DECIMAL(65, 2)) AS CHAR)), '$[0]') AS CHAR) END ORDER BY o desc SEPARATOR ','), ']') AS JSON)",
      },
      { order: true, filter: true },
    ],
    ["boolAnd", "boolean", { sqlite: "MIN(a)", postgres: "BOOL_AND(a)", mysql: "MIN(a)" }],
    ["boolOr", "boolean", { sqlite: "MAX(a)", postgres: "BOOL_OR(a)", mysql: "MAX(a)" }],
    [
      "anyValue",
      "text",
      { sqlite: "MIN(a)", postgres: "(ARRAY_AGG(a) FILTER (WHERE a IS NOT NULL))[1]", mysql: "MIN(a)" },
    ],
    [
      "anyValue",
      "text",
      {
        sqlite: "MIN(a) FILTER (WHERE f)",
        postgres: "(ARRAY_AGG(a) FILTER (WHERE (f) AND a IS NOT NULL))[1]",
        mysql: "MIN(CASE WHEN f THEN a END)",
      },
      { filter: true },
    ],
  ];

describe.each(["sqlite", "postgres", "mysql"] as const)("on %s", (engine) => {
  it.each(calls.map((row) => [row[0], row[1].join(", "), row] as const))("%s of %s", (name, _, row) => {
    const [, kinds, written, options, timeZone] = row;
    expect(writtenCall(engine, name, kinds, options, timeZone)).toBe(written[engine]);
  });

  it.each(aggregates.map((row) => [row[0], row[1], row] as const))("%s over %s", (name, kind, [, , written, asked]) => {
    expect(writtenAggregate(engine, name, kind, asked)).toBe(written[engine]);
  });
});

describe("on MariaDB, JSON is a text that one of its functions gave", () => {
  it.each([
    ["mysql", "JSON_ARRAY(a, CAST(CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END AS JSON))"],
    ["mariadb", "JSON_ARRAY(JSON_COMPACT(a), JSON_COMPACT(CASE WHEN b THEN 'true' WHEN NOT b THEN 'false' END))"],
  ] as const)("%s", (engine, sql) => {
    expect(writtenCall(engine, "jsonArray", ["json", "boolean"])).toBe(sql);
  });
});

it("no function and no aggregate is left out", () => {
  expect(new Set(calls.map(([name]) => name))).toEqual(new Set(functionNames));
  expect(new Set(aggregates.map(([name]) => name))).toEqual(new Set(aggregateNames));
});
