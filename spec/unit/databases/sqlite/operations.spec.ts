import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Connection, TextMatch, TransformName } from "../../../../lib/databases/ports/index.js";
import { sqliteOperations } from "../../../../lib/databases/sqlite/operations.js";
import { sqliteTypes } from "../../../../lib/databases/sqlite/types.js";
import { ConfigurationError } from "../../../../lib/errors/index.js";
import type { ColumnType, Storage } from "../../../../lib/fields/column-type.js";
import { openPool, parameter, valueOf } from "./helpers.js";

let connection: Connection;

beforeEach(async () => {
  connection = await openPool().acquire();
});

const column = (storage: Storage): ColumnType => ({
  storage,
  maxLength: null,
  precision: 10,
  scale: 2,
  collation: null,
  customSqlType: null,
  customCodec: null,
});

async function matches(match: TextMatch, text: string, needle: string): Promise<boolean> {
  const { encode, build } = sqliteOperations.textMatcher(match);
  return (await valueOf(connection, build(parameter(text), parameter(encode(needle))))) === 1;
}

describe("text lookups", () => {
  it.each<[TextMatch, string, string, boolean]>([
    ["iexact", "Él_I\\z", "él_i\\Z", true],
    ["iexact", "xzy", "x_y", false],
    ["iexact", "ΣΊΣΥΦΟΣ", "σίσυφος", true],
    ["contains", "bob", "B", false],
    ["contains", "x%y", "%", true],
    ["contains", "xzy", "%", false],
    ["contains", "bob", "", true],
    ["icontains", "Él", "él", true],
    ["startswith", "bob", "bo", true],
    ["startswith", "bob", "Bo", false],
    ["startswith", "[a]*?x", "[a]*?", true],
    ["startswith", "aab", "[a]", false],
    ["startswith", "abc", "a*c", false],
    ["istartswith", "[É]x", "[é]X", true],
    ["endswith", "bob", "ob", true],
    ["endswith", "xzy", "?y", false],
    ["endswith", "a?]", "?]", true],
    ["iendswith", "caFÉ", "Fé", true],
    ["regex", "bob", "^b.b$", true],
    ["regex", "Bob", "^b", false],
    ["iregex", "Bob", "^b", true],
  ])("%s: %j, %j is %s", async (match, text, needle, expected) => {
    expect(await matches(match, text, needle)).toBe(expected);
  });

  it("agree with JavaScript on any text", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."aAéÉ*?[]^-%_\\'x"), maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(text, text, async (whole, part) => {
        expect(await matches("contains", whole, part)).toBe(whole.includes(part));
        expect(await matches("startswith", whole, part)).toBe(whole.startsWith(part));
        expect(await matches("endswith", whole, part)).toBe(whole.endsWith(part));
        expect(await matches("istartswith", whole, part)).toBe(whole.toLowerCase().startsWith(part.toLowerCase()));
      }),
      { numRuns: 300 },
    );
  });
});

describe("transforms", () => {
  const AT = "2024-01-01 03:04:05.670";

  async function transformed(name: TransformName, value: unknown, source: Storage, zone: string | null = null) {
    return valueOf(connection, sqliteOperations.transform(name, parameter(value), source, zone));
  }

  it.each<[TransformName, unknown]>([
    ["year", 2024],
    ["iso_year", 2024],
    ["quarter", 1],
    ["month", 1],
    ["week", 1],
    ["day", 1],
    ["week_day", 2],
    ["iso_week_day", 1],
    ["hour", 3],
    ["minute", 4],
    ["second", 5],
    ["date", "2024-01-01"],
    ["time", "03:04:05.67"],
  ])("%s of a datetime", async (name, expected) => {
    expect(await transformed(name, AT, "datetime")).toBe(expected);
  });

  it.each<[TransformName, unknown]>([
    ["year", 2023],
    ["iso_year", 2023],
    ["quarter", 4],
    ["week", 52],
    ["week_day", 1],
    ["iso_week_day", 7],
    ["hour", 22],
    ["date", "2023-12-31"],
    ["time", "22:04:05.67"],
  ])("%s of the same datetime in New York", async (name, expected) => {
    expect(await transformed(name, AT, "datetime", "America/New_York")).toBe(expected);
  });

  it.each<[TransformName, unknown, Storage, unknown]>([
    ["year", "0044-03-15", "date", 44],
    ["iso_year", "2021-01-03", "date", 2020],
    ["week", "2021-01-03", "date", 53],
    ["quarter", "2021-12-03", "date", 4],
    ["hour", "23:20:30.5", "time", 23],
    ["second", "23:20:59.999999", "time", 59],
    ["time", "23:20:30.123456", "time", "23:20:30.123456"],
    ["time", "2024-01-01 10:00:00.000", "datetime", "10:00:00"],
    ["time", "2024-01-01 10:20:30", "datetime", "10:20:30"],
    ["length", "é😀", "text", 2],
    ["lower", "É", "text", "é"],
    ["upper", "é", "string", "É"],
    ["trim", "  a b ", "text", "a b"],
    ["abs", -5n, "integer", 5],
    ["abs", -1.5, "float", 1.5],
    ["abs", "-123456789012345678901234567890.10", "decimal", "123456789012345678901234567890.10"],
  ])("%s of %o (%s) is %o", async (name, value, source, expected) => {
    expect(await transformed(name, value, source)).toBe(expected);
  });

  it("leave a plain date alone whatever the time zone, and refuse a zone that is no name", async () => {
    expect(await transformed("day", "2024-01-01", "date", "America/New_York")).toBe(1);
    const build = (): unknown => sqliteOperations.transform("day", parameter(AT), "datetime", "'); drop table t; --");
    expect(build).toThrow(ConfigurationError);
  });
});

describe("array membership", () => {
  it.each<[Storage, unknown[], unknown, unknown]>([
    ["integer", [1, 2], 2, 3],
    ["bigInteger", [9007199254740993n, -9223372036854775808n], 9007199254740993n, 9007199254740992n],
    ["text", ["a", "it's \"é😀"], "it's \"é😀", "b"],
    ["text", ["1"], "1", "1.0"],
    ["boolean", [true], true, false],
    ["decimal", ["0.30"], "0.30", "0.31"],
    ["date", ["2024-01-01"], "2024-01-01", "2024-01-02"],
    ["time", ["10:20:30.5"], "10:20:30.5", "10:20:30"],
    ["datetime", [new Date(5)], new Date(5), new Date(6)],
    ["uuid", ["00000000-0000-0000-0000-000000000001"], "00000000-0000-0000-0000-000000000001", "x"],
    ["duration", [5000], 5000, 5001],
  ])("of %s", async (storage, list, inside, outside) => {
    const type = column(storage);
    const encode = sqliteTypes.encoder(type) ?? ((value) => value);
    const membership = sqliteOperations.arrayMembership(type, list.length)!;
    const among = parameter(membership.encode(list.map(encode)));
    expect(await valueOf(connection, membership.build(parameter(encode(inside)), among))).toBe(1);
    expect(await valueOf(connection, membership.build(parameter(encode(outside)), among))).toBe(0);
  });

  it("takes 100,000 keys in one parameter", async () => {
    const { encode, build } = sqliteOperations.arrayMembership(column("integer"), 100_000)!;
    const list = parameter(encode(Array.from({ length: 100_000 }, (_, n) => BigInt(n))));
    expect(await valueOf(connection, build(parameter(99_999n), list))).toBe(1);
  });

  it.each<Storage>(["float", "binary", "json", "custom"])("is not offered for %s", (storage) => {
    expect(sqliteOperations.arrayMembership(column(storage), 2)).toBeNull();
  });
});

describe("small pieces", () => {
  it("compare decimals by value and NULL as a value", async () => {
    const key = (text: string) => sqliteOperations.sortKey(parameter(text), column("decimal"));
    expect(String(await valueOf(connection, key("9.00"))) < String(await valueOf(connection, key("10.00")))).toBe(true);
    const plain = parameter("x");
    expect(sqliteOperations.sortKey(plain, column("text"))).toBe(plain);
    expect(sqliteOperations.parameter(plain, column("decimal"))).toBe(plain);
    const distinct = (a: unknown, b: unknown) => sqliteOperations.isDistinctFrom(parameter(a), parameter(b));
    expect(await valueOf(connection, distinct(null, 1n))).toBe(1);
    expect(await valueOf(connection, distinct(null, null))).toBe(0);
  });

  it("give OFFSET the LIMIT it needs, and random order", async () => {
    const [limit, offset] = [parameter(1n), parameter(2n)];
    expect(await valueOf(connection, sqliteOperations.limit(limit, null).limit!)).toBe(1);
    expect(sqliteOperations.limit(limit, null).offset).toBeUndefined();
    expect(await valueOf(connection, sqliteOperations.limit(limit, offset).limit!)).toBe(1);
    expect(sqliteOperations.limit(limit, offset).offset).toBe(offset);
    expect(await valueOf(connection, sqliteOperations.limit(null, offset).limit!)).toBe(-1);
    expect(typeof (await valueOf(connection, sqliteOperations.random()))).toBe("number");
  });
});
