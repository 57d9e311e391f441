import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ColumnType } from "../../../lib/fields/column-type.js";
import { columnType, placeholder, Server, servers } from "./server-kit.js";

interface Case {
  readonly type: ColumnType;
  readonly values: readonly unknown[];
}

const utc = (text: string) => new Date(`${text}Z`);

const cases: Readonly<Record<string, Case>> = {
  integer: { type: columnType("integer"), values: [0, 1, -1, 2_147_483_647, -2_147_483_648] },
  smallInteger: { type: columnType("smallInteger"), values: [0, 32_767, -32_768] },
  bigInteger: {
    type: columnType("bigInteger"),
    values: [0n, 9_007_199_254_740_993n, -9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)],
  },
  float: {
    type: columnType("float"),
    values: [0, 0.1, 5, -1.5, 1e300, 5e-324, 9_007_199_254_740_992, 1.7976931348623157e308],
  },
  decimal: {
    type: columnType("decimal", { precision: 32, scale: 2 }),
    values: ["0.30", "-1.00", "123456789012345678901234567890.12", "-999999999999999999999999999999.99"],
  },
  boolean: { type: columnType("boolean"), values: [true, false] },
  string: {
    type: columnType("string", { maxLength: 40 }),
    values: ["", "a ", " a", "Él_i\\z", "'\"`", "🎸👩‍👩‍👧", "null", "NULL", "a\nb\tc", "🎸".repeat(40)],
  },
  text: { type: columnType("text"), values: ["", "x".repeat(100_000), "ß ς İ\u0301", "a\\'b"] },
  uuid: { type: columnType("uuid"), values: ["3f2504e0-4f89-41d3-9a0c-0305e82c3301"] },
  date: { type: columnType("date"), values: ["0001-01-01", "1969-12-31", "2024-02-29", "9999-12-31"] },
  time: {
    type: columnType("time"),
    values: ["00:00:00", "10:20:30", "10:20:30.5", "10:20:30.05", "23:59:59.999999", "00:00:00.000001"],
  },
  datetime: {
    type: columnType("datetime"),
    values: [
      utc("0001-01-01T00:00:00.000"),
      utc("0099-12-31T23:59:59.999"),
      utc("0100-03-01T00:00:00.001"),
      utc("1582-10-10T10:00:00.120"),
      utc("1969-12-31T23:59:59.999"),
      utc("2024-03-31T02:30:00.500"),
      utc("9999-12-31T23:59:59.999"),
    ],
  },
  duration: { type: columnType("duration"), values: [0, -1, 86_400_000, 9_007_199_254_740_991] },
  json: {
    type: columnType("json"),
    values: [null, true, 0, 1.5, "", "a'\"\\", [], [1, [2]], {}, { a: { b: ["🎸", null] }, __proto__x: 1 }],
  },
  binary: {
    type: columnType("binary"),
    values: [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, byte) => byte), new Uint8Array([0xff, 0, 0x80])],
  },
};

describe.each(servers)("$name keeps every kind of value", ({ engine: guess, url }) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.open(guess, url);
  });
  afterAll(() => server.pool.close());

  test.each(Object.entries(cases))("%s", async (name, { type, values }) => {
    const { engine } = server;
    const table = `round_trip_${name.toLowerCase()}`;
    await server.run(`drop table if exists ${table}`);
    await server.run(`create table ${table} (n integer primary key, v ${engine.types.sqlType(type)})`);
    const encode = engine.types.encoder(type) ?? ((plain: unknown) => plain);
    const decode = engine.types.decoder(type) ?? ((plain: unknown) => plain);
    const insert = `insert into ${table} values (${placeholder(engine, 1)}, ${placeholder(engine, 2)})`;
    for (const [index, plain] of values.entries()) {
      const { affected } = await server.run(insert, [index, encode(plain)]);
      expect(affected).toBe(1);
    }
    await server.run(insert, [values.length, null]);

    const { rows } = await server.run(`select v from ${table} order by n`);
    expect(rows.slice(0, -1).map(([read]) => decode(read))).toEqual(values);
    expect(rows.at(-1)).toEqual([null]);

    // The same again as parameters: each value finds itself.
    if (name === "json") return;
    const find = `select n from ${table} where v = ${placeholder(engine, 1)}`;
    for (const [index, plain] of values.entries()) {
      expect((await server.run(find, [encode(plain)])).rows).toEqual([[index]]);
    }
    await server.run(`drop table ${table}`);
  });

  test("binary comes as a plain Uint8Array that owns its memory", async () => {
    const type = columnType("binary");
    await server.run("drop table if exists round_trip_bytes");
    await server.run(`create table round_trip_bytes (v ${server.engine.types.sqlType(type)})`);
    await server.run(`insert into round_trip_bytes values (${placeholder(server.engine, 1)})`, [new Uint8Array([7])]);
    const { rows } = await server.run("select v from round_trip_bytes");
    const decode = server.engine.types.decoder(type) ?? ((plain: unknown) => plain);
    const bytes = decode(rows[0]![0]) as Uint8Array;
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect(bytes.buffer.byteLength).toBe(1);
    await server.run("drop table round_trip_bytes");
  });

  test("text is compared by code point, trailing spaces and case included", async () => {
    const type = columnType("string", { maxLength: 20 });
    await server.run("drop table if exists round_trip_text");
    await server.run(`create table round_trip_text (v ${server.engine.types.sqlType(type)} unique)`);
    const texts = ["B", "a", "a ", "b", "El", "Él", "🎸", "🎻"];
    for (const text of texts) {
      await server.run(`insert into round_trip_text values (${placeholder(server.engine, 1)})`, [text]);
    }
    const { rows } = await server.run("select v from round_trip_text order by v");
    expect(rows.map(([text]) => text)).toEqual(["B", "El", "a", "a ", "b", "Él", "🎸", "🎻"]);
    await server.run("drop table round_trip_text");
  });

  test("a default of the database's own is what was declared", async () => {
    const defaults: readonly (readonly [ColumnType, unknown])[] = [
      [columnType("string", { maxLength: 20 }), "it's \\ fine"],
      [columnType("text"), "long"],
      [columnType("json"), { a: ["'"] }],
      [columnType("binary"), new Uint8Array([0, 255])],
      [columnType("boolean"), true],
      [columnType("integer"), -1],
      [columnType("bigInteger"), 9_007_199_254_740_993n],
      [columnType("decimal", { precision: 5, scale: 2 }), "1.50"],
      [columnType("datetime"), new Date("2024-01-02T03:04:05.678Z")],
    ];
    const { types, schema } = server.engine;
    const columns = defaults.map(([type, plain], index) => {
      const encode = types.encoder(type) ?? ((value: unknown) => value);
      return `c${index} ${types.sqlType(type)} default ${schema.literal(encode(plain))}`;
    });
    await server.run("drop table if exists defaulted");
    await server.run(
      `create table defaulted (n integer, ${columns.join(", ")})${schema.tableSuffix({ comment: "x'y" })}`,
    );
    await server.run("insert into defaulted (n) values (1)");
    const { rows } = await server.run("select * from defaulted");
    const decoded = rows[0]!.slice(1).map((value, index) => {
      const decode = types.decoder(defaults[index]![0]);
      return decode === null ? value : decode(value);
    });
    expect(decoded).toEqual(defaults.map(([, plain]) => plain));
    await server.run("drop table defaulted");
  });

  test("counts are numbers and names of columns are told when asked for", async () => {
    const { rows, columns, affected } = await server.run("select count(*) as n, 'x' as t");
    expect(Number(rows[0]![0])).toBe(1);
    expect(server.engine.types.decoder(columnType("integer"))!(rows[0]![0])).toBe(1);
    expect(columns).toEqual(["n", "t"]);
    expect(affected).toBe(0);
  });

  test("an update reports the rows matched, changed or not", async () => {
    await server.run("drop table if exists matched");
    await server.run("create table matched (n integer)");
    await server.run("insert into matched values (1), (1), (2)");
    expect((await server.run("update matched set n = 1 where n = 1")).affected).toBe(2);
    expect((await server.run("delete from matched")).affected).toBe(3);
    await server.run("drop table matched");
  });

  test("a generated key is told", async () => {
    const { engine } = server;
    const { sqlType } = engine.schema.generatedKey(columnType("bigInteger"));
    await server.run("drop table if exists keyed");
    await server.run(
      `create table keyed (id ${sqlType} primary key, v integer)${engine.schema.tableSuffix({ comment: null })}`,
    );
    if (engine.features.insertReturning) {
      const inserted = await server.run("insert into keyed (v) values (1), (2) returning id");
      expect(inserted.rows.map(([id]) => Number(id))).toEqual([1, 2]);
      expect(inserted.affected).toBe(2);
    }
    await server.run("delete from keyed");
    const { insertId, rows } = await server.run(
      engine.name === "mysql" ? "insert into keyed (v) values (3)" : "insert into keyed (v) values (3) returning id",
    );
    expect(insertId ?? Number(rows[0]![0])).toBe(engine.features.insertReturning ? 3 : 1);
    await server.run("drop table keyed");
  });
});
