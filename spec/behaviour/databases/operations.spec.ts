import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ColumnType, Storage } from "../../../lib/fields/column-type.js";
import { literalNode, sqlNode } from "../../../lib/databases/nodes.js";
import type { TextMatch, TransformName } from "../../../lib/databases/ports/index.js";
import { columnType, placeholder, Server, servers, value } from "./server-kit.js";

type MatchCase = readonly [match: TextMatch, text: string, needle: string, expected: boolean];

const matches: readonly MatchCase[] = [
  ["contains", "hello", "ell", true],
  ["contains", "hello", "ELL", false],
  ["contains", "x%y", "%", true],
  ["contains", "xzy", "%", false],
  ["contains", "a_b", "_", true],
  ["contains", "axb", "_", false],
  ["contains", "a\\b", "\\", true],
  ["contains", "ab", "\\", false],
  ["contains", "wow!", "!", true],
  ["contains", "wow", "!", false],
  ["contains", "Él", "É", true],
  ["contains", "Él", "E", false],
  ["contains", "🎸", "🎻", false],
  ["contains", "anything", "", true],
  ["startswith", "hello", "he", true],
  ["startswith", "hello", "He", false],
  ["startswith", "hello", "lo", false],
  ["endswith", "hello", "lo", true],
  ["endswith", "hello", "LO", false],
  ["endswith", "a%", "%", true],
  ["iexact", "Él", "éL", true],
  ["iexact", "El", "él", false],
  ["iexact", "X%Y", "x%y", true],
  ["iexact", "xzy", "x%y", false],
  ["iexact", "a", "a ", false],
  ["iexact", "ΣΊΣΥΦΟΣ", "Σίσυφος", true],
  ["iexact", "İstanbul", "istanbul", true],
  ["iexact", "İstanbul", "İSTANBUL", true],
  ["icontains", "ὈΔΥΣΣΕΎΣ", "σσεύς", true],
  ["icontains", "Ünïcödé", "ÏCÖ", true],
  ["icontains", "ЖИЗНЬ", "жизнь", true],
  ["icontains", "ԦԨ", "ԩ", true],
  ["icontains", "𐐀𐐁", "𐐩", true],
  ["icontains", "50%", "0%", true],
  ["icontains", "50x", "0%", false],
  ["istartswith", "Ärger", "äR", true],
  ["istartswith", "Ärger", "AR", false],
  ["iendswith", "straSSE", "sse", true],
  ["regex", "hello", "^h.l+o$", true],
  ["regex", "hello", "^H", false],
  ["regex", "É", "^É$", true],
  ["regex", "É", "é", false],
  ["iregex", "hello", "^H", true],
  ["iregex", "É", "^é$", true],
  ["iregex", "a.c", "A\\.C", true],
  ["iregex", "abc", "A\\.C", false],
];

type TransformCase = readonly [
  name: TransformName,
  source: Storage,
  of: string,
  zone: string | null,
  expected: unknown,
];

const instant = "2024-01-01 03:04:05.678";
const transforms: readonly TransformCase[] = [
  ["year", "datetime", instant, null, 2024],
  ["year", "datetime", instant, "America/New_York", 2023],
  ["month", "datetime", instant, "America/New_York", 12],
  ["day", "datetime", instant, "America/New_York", 31],
  ["hour", "datetime", instant, null, 3],
  ["hour", "datetime", instant, "America/New_York", 22],
  ["hour", "datetime", "2024-07-01 03:04:05.678", "America/New_York", 23],
  ["minute", "datetime", instant, "Asia/Kolkata", 34],
  ["second", "datetime", "2024-01-01 03:04:59.999", null, 59],
  ["date", "datetime", instant, null, "2024-01-01"],
  ["date", "datetime", instant, "America/New_York", "2023-12-31"],
  ["time", "datetime", instant, null, "03:04:05.678"],
  ["time", "datetime", "2024-01-01 03:04:05.500", "America/New_York", "22:04:05.5"],
  ["quarter", "date", "2024-10-01", null, 4],
  ["week", "date", "2021-01-03", null, 53],
  ["iso_year", "date", "2021-01-03", null, 2020],
  ["week", "date", "2024-12-30", null, 1],
  ["iso_year", "date", "2024-12-30", null, 2025],
  ["week_day", "date", "2024-01-07", null, 1],
  ["week_day", "date", "2024-01-06", null, 7],
  ["iso_week_day", "date", "2024-01-07", null, 7],
  ["iso_week_day", "date", "2024-01-01", null, 1],
  ["year", "date", "0001-01-01", null, 1],
  ["day", "date", "9999-12-31", null, 31],
  ["hour", "time", "10:20:30.5", null, 10],
  ["minute", "time", "10:20:30.5", null, 20],
  ["second", "time", "10:20:30.5", null, 30],
  ["length", "string", "Él🎸", null, 3],
  ["length", "string", "", null, 0],
  ["lower", "string", "ÉL ЖԦ", null, "él жԧ"],
  ["upper", "string", "él жԧ", null, "ÉL ЖԦ"],
  ["trim", "string", "  a b ", null, "a b"],
  ["abs", "integer", "-5", null, 5],
  ["abs", "decimal", "-5.25", null, "5.25"],
];

const scaled = { precision: 20, scale: 2, maxLength: 100 };

describe.each(servers)("$name spells", ({ engine: guess, url }) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.open(guess, url);
  });
  afterAll(() => server.pool.close());

  /** A constant that has the type of a column, as a column would. */
  const typed = (type: ColumnType, text: string) => {
    const names: Partial<Record<Storage, string>> =
      server.engine.name === "postgres"
        ? {}
        : { string: "char", integer: "signed", decimal: "decimal(20, 2)", boolean: "signed", uuid: "char" };
    const declared = names[type.storage] ?? server.engine.types.sqlType(type).replace(/ COLLATE.*/, "");
    return sqlNode`CAST(${value(text)} AS ${literalNode(declared)})`;
  };

  test.each(matches)("%s: %j by %j is %s", async (match, text, needle, expected) => {
    const matcher = server.engine.operations.textMatcher(match);
    const lhs = typed(columnType("string", scaled), text);
    const [answer] = await server.evaluate(matcher.build(lhs, value(matcher.encode(needle))));
    expect(Boolean(answer)).toBe(expected);
  });

  test.each(transforms)("%s of a %s: %s in %s is %s", async (name, source, text, zone, expected) => {
    const lhs = typed(columnType(source, scaled), text);
    const node = server.engine.operations.transform(name, lhs, source, zone);
    const result = name === "date" || name === "time" ? name : source === "decimal" ? "decimal" : null;
    const decode = result === null ? Number : server.engine.types.decoder(columnType(result, scaled));
    const [answer] = await server.evaluate(node);
    const isText = typeof expected === "string";
    expect(isText ? (decode === Number || decode === null ? answer : decode(answer)) : Number(answer)).toBe(expected);
  });

  test("a transform's result compares with a bound value", async () => {
    const { operations } = server.engine;
    const at = typed(columnType("datetime"), instant);
    const date = operations.transform("date", at, "datetime", null);
    const time = operations.transform("time", at, "datetime", null);
    const hour = operations.transform("hour", at, "datetime", null);
    const lower = operations.transform("lower", typed(columnType("string", scaled), "ÉL"), "string", null);
    const answers = await server.evaluate(
      sqlNode`${date} = ${value("2024-01-01")}`,
      sqlNode`${time} > ${value("03:04:05")}`,
      sqlNode`${hour} = ${value(3)}`,
      sqlNode`${lower} = ${value("él")}`,
      sqlNode`${lower} = ${value("Él")}`,
    );
    expect(answers.map(Boolean)).toEqual([true, true, true, true, false]);
  });

  test("IS DISTINCT FROM, where NULL is a value like others", async () => {
    const { isDistinctFrom } = server.engine.operations;
    const [one, two, none] = ["1", "2", null].map((text) => typed(columnType("integer"), text as string));
    const answers = await server.evaluate(
      isDistinctFrom(one!, two!),
      isDistinctFrom(one!, one!),
      isDistinctFrom(one!, none!),
      isDistinctFrom(none!, none!),
    );
    expect(answers.map(Boolean)).toEqual([true, false, true, false]);
  });

  test("decimals compare exactly", async () => {
    const type = columnType("decimal", { precision: 30, scale: 2 });
    const { engine } = server;
    await server.run("drop table if exists exact_decimals");
    await server.run(`create table exact_decimals (v ${engine.types.sqlType(type)})`);
    await server.run("insert into exact_decimals values (9007199254740993.01), (9007199254740993.02)");
    const v = literalNode("v");
    const rhs = engine.operations.parameter(value("9007199254740993.01"), type);
    const counted = sqlNode`count(case when ${v} = ${rhs} then 1 end) from exact_decimals`;
    expect((await server.evaluate(counted)).map(Number)).toEqual([1]);
    await server.run("drop table exact_decimals");
  });

  test("LIMIT and OFFSET, alone and together", async () => {
    await server.run("drop table if exists limited");
    await server.run("create table limited (n integer primary key)");
    await server.run("insert into limited values (1), (2), (3), (4)");
    const rowsOf = async (limit: number | null, offset: number | null) => {
      const tail = server.engine.operations.limit(
        limit === null ? null : value(limit),
        offset === null ? null : value(offset),
      );
      const query = sqlNode`n from limited order by n ${tail.limit ? sqlNode`limit ${tail.limit}` : literalNode("")} ${
        tail.offset ? sqlNode`offset ${tail.offset}` : literalNode("")
      }`;
      return Number((await server.evaluate(sqlNode`count(*) * 10 + min(n) from (select ${query}) as cut`))[0]);
    };
    expect(await rowsOf(2, null)).toBe(21);
    expect(await rowsOf(null, 1)).toBe(32);
    expect(await rowsOf(2, 1)).toBe(22);
    await server.run("drop table limited");
  });

  test("random order gives a different number each time", async () => {
    const { random } = server.engine.operations;
    const numbers = await server.evaluate(random(), random(), random());
    expect(new Set(numbers).size).toBe(3);
  });

  test("literals that mean what they say", async () => {
    const { schema } = server.engine;
    const texts = ["", "it's", "back\\slash", "a\\'b", "\\", "new\nline", "🎸", '"`'];
    const answers = await server.evaluate(...texts.map((text) => literalNode(schema.literal(text))));
    expect(answers).toEqual(texts);
    const others = await server.evaluate(
      ...[null, 1.5, -3, true, false].map((plain) => literalNode(schema.literal(plain))),
    );
    expect(others.map((plain) => (plain === null ? null : Number(plain)))).toEqual([null, 1.5, -3, 1, 0]);
    expect(() => schema.literal({})).toThrow(/cannot be written into SQL/);
  });

  test("identifiers that stay identifiers", async () => {
    const name = 'a"b`c';
    const { columns } = await server.run(`select 1 as ${server.engine.schema.quote(name)}`);
    expect(columns).toEqual([name]);
  });

  const lists: readonly (readonly [Storage, readonly unknown[], unknown])[] = [
    ["integer", [1, 2, -3], 4],
    ["bigInteger", [9_007_199_254_740_993n, 1n], 9_007_199_254_740_992n],
    ["float", [0.1, 1e300], 0.2],
    ["decimal", ["0.30", "-1.00"], "0.31"],
    ["boolean", [true], false],
    ["string", ["NULL", "", 'q"uote', "back\\slash", "{a,b}", "com,ma", "it's", " "], "null"],
    ["text", ["🎸", "a"], "b"],
    ["uuid", ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"], "00000000-0000-0000-0000-000000000000"],
    ["date", ["0001-01-01", "9999-12-31"], "2024-01-01"],
    ["time", ["10:20:30.5"], "10:20:30"],
    ["datetime", [new Date("1969-12-31T23:59:59.999Z")], new Date("1970-01-01T00:00:00Z")],
    ["duration", [1, 2], 3],
    ["binary", [new Uint8Array([0, 34, 92, 255]), new Uint8Array()], new Uint8Array([1])],
  ];

  test.each(lists)("a list of %s as one parameter, where the engine can", async (storage, members, other) => {
    const type = columnType(storage, scaled);
    const { operations, types } = server.engine;
    // As for a list too long to be spelled out.
    const membership = operations.arrayMembership(type, 4096);
    if (membership === null) {
      expect([server.engine.name, storage]).toEqual(["mysql", expect.stringMatching(/^(float|binary)$/)]);
      return;
    }
    const encode = types.encoder(type) ?? ((plain: unknown) => plain);
    // A statement prepared for one kind of column is no good for another: MySQL keeps the kind its parameter had.
    const listed = `listed_${storage.toLowerCase()}`;
    await server.run(`drop table if exists ${listed}`);
    await server.run(`create table ${listed} (v ${types.sqlType(type)})`);
    for (const plain of [...members, other]) {
      await server.run(`insert into ${listed} values (${placeholder(server.engine, 1)})`, [encode(plain)]);
    }
    const test = membership.build(literalNode("v"), value(membership.encode(members.map(encode))));
    const none = membership.build(literalNode("v"), value(membership.encode([])));
    const counts = await server.evaluate(
      sqlNode`count(case when ${test} then 1 end)`,
      sqlNode`count(case when ${none} then 1 end), count(*) from ${literalNode(listed)}`,
    );
    expect(counts.map(Number)).toEqual([members.length, 0, members.length + 1]);
    await server.run(`drop table ${listed}`);
  });
});
