import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Connection } from "../../../../lib/databases/ports/index.js";
import { sqliteTypes } from "../../../../lib/databases/sqlite/types.js";
import { sqliteSchema } from "../../../../lib/databases/sqlite/schema.js";
import { DatabaseError } from "../../../../lib/errors/index.js";
import type { ColumnType } from "../../../../lib/fields/column-type.js";
import { openPool, rows, run } from "./helpers.js";

const PLAIN: ColumnType = {
  storage: "text",
  maxLength: null,
  precision: null,
  scale: null,
  collation: null,
  customSqlType: null,
  customCodec: null,
};
const type = (options: Partial<ColumnType>): ColumnType => ({ ...PLAIN, ...options });
const date = (text: string): Date => new Date(text);

let connection: Connection;

beforeEach(async () => {
  connection = await openPool().acquire();
});

async function roundTrip(column: ColumnType, value: unknown, wide: boolean): Promise<unknown> {
  await run(connection, "drop table if exists t");
  await run(connection, `create table t (a ${sqliteTypes.sqlType(column)})`);
  const encode = sqliteTypes.encoder(column) ?? ((given) => given);
  const decode = sqliteTypes.decoder(column) ?? ((read) => read);
  await run(connection, "insert into t values (?)", [encode(value)]);
  return decode((await rows(connection, "select a from t where a = ?", [encode(value)], { wide }))[0]![0]);
}

const VALUES: readonly (readonly [Partial<ColumnType>, unknown])[] = [
  [{ storage: "integer" }, 2147483647],
  [{ storage: "smallInteger" }, -32768],
  [{ storage: "bigInteger" }, 7n],
  [{ storage: "float" }, 5],
  [{ storage: "float" }, -0.1],
  [{ storage: "float" }, 1e300],
  [{ storage: "decimal", precision: 65, scale: 2 }, "12345678901234567890123456789012345678901234567890.10"],
  [{ storage: "decimal", precision: 5, scale: 2 }, "-0.30"],
  [{ storage: "decimal", precision: 5, scale: 0 }, "30"],
  [{ storage: "boolean" }, true],
  [{ storage: "boolean" }, false],
  [{ storage: "string", maxLength: 5 }, "00120"],
  [{ storage: "text" }, "1e5 'é😀"],
  [{ storage: "uuid" }, "00000000-0000-0000-0000-000000000001"],
  [{ storage: "date" }, "0001-01-01"],
  [{ storage: "time" }, "10:20:30.123456"],
  [{ storage: "datetime" }, date("2024-02-29T23:59:59.999Z")],
  [{ storage: "datetime" }, date("0001-01-01T00:00:00.000Z")],
  [{ storage: "datetime" }, date("0096-02-29T12:34:56.789Z")],
  [{ storage: "datetime" }, date("1969-12-31T23:59:59.001Z")],
  [{ storage: "datetime" }, date("9999-12-31T23:59:59.999Z")],
  [{ storage: "duration" }, 90 * 24 * 3600 * 1000],
  [{ storage: "json" }, { a: [1, "x", null] }],
  [{ storage: "json" }, null],
  [{ storage: "json" }, "1"],
  [{ storage: "json" }, 1],
  [{ storage: "binary" }, new Uint8Array([0, 255, 10])],
  [{ storage: "binary" }, new Uint8Array()],
  [{ storage: "custom", customSqlType: () => "text" }, "x"],
  [{ storage: "custom", customSqlType: () => "integer" }, 5],
];

describe("types", () => {
  for (const wide of [false, true]) {
    it.each(VALUES)(`%o keeps %o, wide integers ${wide ? "on" : "off"}`, async (options, value) => {
      const read = await roundTrip(type(options), value, wide);
      expect(read).toStrictEqual(value);
      expect(read instanceof Buffer).toBe(false);
    });
  }

  it("keeps bigints to the last digit, in columns it calls wide", async () => {
    expect(sqliteTypes.isWide(type({ storage: "bigInteger" }))).toBe(true);
    expect(sqliteTypes.isWide(type({ storage: "integer" }))).toBe(false);
    const bigint = type({ storage: "bigInteger" });
    for (const value of [9223372036854775807n, -9223372036854775808n]) {
      expect(await roundTrip(bigint, value, true)).toBe(value);
    }
  });

  it("reads every instant it writes, and sorts texts as instants", () => {
    const datetime = type({ storage: "datetime" });
    const [encode, decode] = [sqliteTypes.encoder(datetime)!, sqliteTypes.decoder(datetime)!];
    const instant = fc.date({
      min: date("0001-01-01T00:00:00Z"),
      max: date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        expect(decode(encode(one))).toEqual(one);
        expect((encode(one) as string) < (encode(other) as string)).toBe(one < other);
      }),
    );
  });

  it.each([
    ["2024-01-31", "2024-01-31T00:00:00.000Z"],
    ["2024-01-31 10:20", "2024-01-31T10:20:00.000Z"],
    ["2024-01-31 10:20:30", "2024-01-31T10:20:30.000Z"],
    ["2024-01-31T10:20:30.5Z", "2024-01-31T10:20:30.500Z"],
    ["2024-01-31 10:20:30.123456+00:00", "2024-01-31T10:20:30.123Z"],
  ])("reads %s, which others wrote", (text, iso) => {
    expect(sqliteTypes.decoder(type({ storage: "datetime" }))!(text)).toEqual(date(iso));
  });

  it.each(["soon", "", "2024-01-31 10:20:30,123", "2024-0a-31 10:20:30.123"])("refuses %j as a datetime", (text) => {
    expect(() => sqliteTypes.decoder(type({ storage: "datetime" }))!(text)).toThrow(DatabaseError);
  });

  it("makes decimals of numbers that SQLite computed", () => {
    const decode = sqliteTypes.decoder(type({ storage: "decimal", precision: 5, scale: 2 }))!;
    expect([decode(0.1 + 0.2), decode(3n), decode("1.10")]).toEqual(["0.30", "3.00", "1.10"]);
  });

  it("declares types, collation included", () => {
    expect(sqliteTypes.sqlType(type({ storage: "string", maxLength: 100 }))).toBe("varchar(100)");
    expect(sqliteTypes.sqlType(type({ collation: "NOCASE" }))).toBe('text COLLATE "NOCASE"');
    expect(sqliteTypes.sqlType(type({ storage: "decimal", precision: 8, scale: 2 }))).toBe("decimal_text(8, 2)");
    expect(sqliteTypes.sqlType(type({ storage: "custom", customSqlType: (engine) => `${engine}_type` }))).toBe(
      "sqlite_type",
    );
  });

  it("compares exactly unless a collation says otherwise", async () => {
    await run(connection, `create table c (a text, b ${sqliteTypes.sqlType(type({ collation: "NOCASE" }))})`);
    await run(connection, "insert into c values ('bob', 'bob')");
    expect(await rows(connection, "select a = 'BOB', a = 'bob ', b = 'BOB' from c")).toEqual([[0, 0, 1]]);
  });
});

describe("schema", () => {
  it("writes literals that read back as they were", async () => {
    for (const value of ["it's", "", 5, -1.5, null, 9007199254740993n, new Uint8Array([1, 171])]) {
      const [[read]] = (await rows(connection, `select ${sqliteSchema.literal(value)}`, [], {
        wide: typeof value === "bigint",
      })) as [[unknown]];
      expect(read instanceof Buffer ? new Uint8Array(read) : read).toEqual(value);
    }
    expect([sqliteSchema.literal(true), sqliteSchema.literal(false)]).toEqual(["1", "0"]);
    expect(() => sqliteSchema.literal({})).toThrow("SQLite has no literal");
    expect(() => sqliteSchema.literal("a\0b")).toThrow("SQLite has no literal");
  });

  it("quotes names and generates keys that are never used again", async () => {
    const table = sqliteSchema.quote('odd"name');
    const { sqlType } = sqliteSchema.generatedKey(type({ storage: "bigInteger" }));
    const generated = sqliteSchema.generatedAs("length(a)");
    await run(
      connection,
      `create table ${table} (id ${sqlType}, a text default ${sqliteSchema.literal("it's")}, n integer ${generated})`,
    );
    await run(connection, `insert into ${table} default values`);
    await run(connection, `delete from ${table}`);
    await run(connection, `insert into ${table} default values`);
    expect(await rows(connection, `select * from ${table}`)).toEqual([[2, "it's", 4]]);
  });
});
