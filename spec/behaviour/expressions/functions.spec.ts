import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionNames } from "../../../lib/functions/index.js";
import { onEngines } from "../../support/engines.js";
import {
  type Arg,
  at,
  big,
  bool,
  bytes,
  date,
  dec,
  Evaluator,
  fitsColumns,
  float,
  int,
  json,
  none,
  span,
  text,
  time,
  uuid,
} from "./evaluate.js";

type Row = readonly [
  name: string,
  args: readonly Arg[],
  expected: unknown,
  options?: Readonly<Record<string, unknown>>,
  timeZone?: string,
];

const near = (value: number): unknown => expect.closeTo(value, 12);
const ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const instant = (iso: string) => new Date(iso);

const operators: readonly Row[] = [
  ["add", [int(2), int(3)], 5],
  ["add", [int(2_147_483_647), int(1)], 2_147_483_648],
  ["add", [int(2 ** 40), int(1)], 2 ** 40 + 1],
  ["add", [int(-5), int(3)], -2],
  ["add", [int(1), none("integer")], null],
  ["add", [int(1), float(0.5)], 1.5],
  ["add", [float(0.1), float(0.2)], 0.1 + 0.2],
  ["add", [big(9_007_199_254_740_992n), int(1)], 9_007_199_254_740_993n],
  ["add", [dec("0.10"), dec("0.20")], "0.30"],
  ["add", [dec("0.1"), dec("0.25")], "0.35"],
  ["add", [dec("0.1"), int(2)], "2.1"],
  ["add", [dec("123456789012345678901234567890.1"), dec("0.9")], "123456789012345678901234567891.0"],
  ["add", [dec("-0.10"), dec("0.10")], "0.00"],
  ["add", [dec("0.5"), float(0.25)], 0.75],
  ["sub", [int(2), int(3)], -1],
  ["sub", [int(-2_147_483_648), int(1)], -2_147_483_649],
  ["sub", [big(-9_007_199_254_740_992n), big(1n)], -9_007_199_254_740_993n],
  ["sub", [dec("0.3"), dec("0.1")], "0.2"],
  ["sub", [dec("1.00"), dec("0.001")], "0.999"],
  ["mul", [int(65_536), int(65_536)], 4_294_967_296],
  ["mul", [int(-3), float(1.5)], -4.5],
  ["mul", [dec("1.25"), dec("0.5")], "0.625"],
  ["mul", [dec("1.25"), int(-2)], "-2.50"],
  ["mul", [dec("123456789012345.12"), dec("1000000000000000.5")], "123456789012345181728394506172.560"],
  ["mul", [big(3_000_000_000n), big(3_000_000_000n)], 9_000_000_000_000_000_000n],
  ["div", [int(5), int(2)], 2.5],
  ["div", [int(-5), int(2)], -2.5],
  ["div", [int(6), int(3)], 2],
  ["div", [int(1), int(3)], 1 / 3],
  ["div", [int(1), int(0)], null],
  ["div", [float(1), float(0)], null],
  ["div", [float(1), none("float")], null],
  ["div", [dec("1.00"), dec("3.00")], "0.33333333"],
  ["div", [dec("2.00"), int(3)], "0.66666667"],
  ["div", [dec("-2.00"), int(3)], "-0.66666667"],
  ["div", [int(1), dec("8")], "0.125000"],
  ["div", [dec("1.00"), dec("0.00")], null],
  ["div", [dec("1234567890123456789.00"), dec("7.00")], "176366841446208112.71428571"],
  ["div", [dec("0.0000015"), int(10)], "0.0000001500000"],
  ["div", [dec("1"), float(4)], 0.25],
  ["mod", [int(7), int(3)], 1],
  ["mod", [int(-7), int(3)], -1],
  ["mod", [int(7), int(-3)], 1],
  ["mod", [int(7), int(0)], null],
  ["mod", [big(9_007_199_254_740_993n), big(10n)], 3n],
  ["mod", [float(5.5), float(2)], 1.5],
  ["mod", [float(-5.5), int(2)], -1.5],
  ["mod", [float(5.5), float(0)], null],
  ["mod", [dec("5.50"), dec("2")], "1.50"],
  ["mod", [dec("-5.50"), dec("2")], "-1.50"],
  ["mod", [dec("5.50"), dec("0")], null],
  ["pow", [int(2), int(10)], 1024],
  ["pow", [int(2), int(-1)], 0.5],
  ["pow", [float(-8), int(3)], -512],
  ["pow", [float(-8), float(0.5)], null],
  ["pow", [int(0), int(-1)], null],
  ["pow", [int(0), int(0)], 1],
  ["pow", [dec("1.5"), int(2)], 2.25],
  ["power", [int(9), float(0.5)], 3],
  ["neg", [int(5)], -5],
  ["neg", [int(-5)], 5],
  ["neg", [float(0)], 0],
  ["neg", [int(-2_147_483_648)], 2_147_483_648],
  ["neg", [dec("1.50")], "-1.50"],
  ["neg", [dec("0.00")], "0.00"],
  ["neg", [big(5n)], -5n],
  ["neg", [span(1500)], -1500],
  ["bitAnd", [int(12), int(10)], 8],
  ["bitAnd", [int(-1), int(255)], 255],
  ["bitAnd", [int(-4), int(-2)], -4],
  ["bitOr", [int(12), int(10)], 14],
  ["bitOr", [int(-4), int(1)], -3],
  ["bitXor", [int(12), int(10)], 6],
  ["bitXor", [int(-1), int(1)], -2],
  ["bitXor", [big(2n ** 62n), big(1n)], 2n ** 62n + 1n],
  ["bitLeft", [int(1), int(40)], 2 ** 40],
  ["bitLeft", [int(-1), int(4)], -16],
  ["bitLeft", [int(1), int(64)], 0],
  ["bitLeft", [int(1), int(-1)], null],
  ["bitLeft", [big(1n), int(62)], 2n ** 62n],
  ["bitRight", [int(1024), int(3)], 128],
  ["bitRight", [int(-16), int(2)], -4],
  ["bitRight", [int(-16), int(70)], -1],
  ["bitRight", [int(16), int(70)], 0],
  ["bitRight", [int(16), int(-1)], null],
  ["bitRight", [big(-(2n ** 62n)), int(60)], -4n],
];

const durations: readonly Row[] = [
  ["add", [at("2024-02-28T23:59:59.500Z"), span(1000)], instant("2024-02-29T00:00:00.500Z")],
  ["add", [span(-86_400_000), at("2024-01-01T00:00:00Z")], instant("2023-12-31T00:00:00Z")],
  ["add", [date("2024-02-28"), span(86_400_000)], instant("2024-02-29T00:00:00Z")],
  ["add", [at("2000-01-01T00:00:00Z"), span(10_000_000_000_001)], instant("2316-11-20T17:46:40.001Z")],
  ["add", [at("9999-12-31T23:59:59.999Z"), span(1)], null],
  ["add", [at("2024-01-01T00:00:00Z"), none("duration")], null],
  ["add", [span(1), span(2)], 3],
  ["sub", [at("2024-03-01T00:00:00Z"), span(1)], instant("2024-02-29T23:59:59.999Z")],
  ["sub", [at("0001-01-01T00:00:00Z"), span(1)], null],
  ["sub", [at("2024-03-01T00:00:00.25Z"), at("2024-02-28T00:00:00Z")], 172_800_250],
  ["sub", [at("2024-01-01T00:00:00Z"), at("2024-01-01T00:00:00.001Z")], -1],
  ["sub", [at("9999-12-31T23:59:59.999Z"), at("0001-01-01T00:00:00Z")], 315_537_897_599_999],
  ["sub", [date("2024-03-01"), date("2024-02-28")], 172_800_000],
  ["sub", [at("2024-03-01T12:00:00Z"), date("2024-03-01")], 43_200_000],
  ["sub", [span(5), span(7)], -2],
  ["mul", [span(1500), int(3)], 4500],
  ["mul", [int(3), span(1500)], 4500],
  ["mul", [span(5), float(0.5)], 3],
  ["mul", [span(-5), float(0.5)], -3],
  ["mul", [span(5), dec("1.5")], 8],
  ["div", [span(5), int(2)], 3],
  ["div", [span(5), int(0)], null],
  ["div", [span(5), span(2)], 2.5],
  ["mod", [span(7), span(4)], 3],
  ["abs", [span(-7)], 7],
];

const texts: readonly Row[] = [
  ["lower", [text("ÉL ЖԦ")], "él жԧ"],
  ["upper", [text("él жԧ")], "ÉL ЖԦ"],
  ["length", [text("Él🎸")], 3],
  ["length", [text("")], 0],
  ["trim", [text("  a b ")], "a b"],
  ["ltrim", [text("  Él ")], "Él "],
  ["rtrim", [text("  Él ")], "  Él"],
  ["rtrim", [text("a\t")], "a\t"],
  ["concat", [text("Él"), text(""), text("🎸")], "Él🎸"],
  ["concat", [text("a"), none("text"), text("b")], "ab"],
  ["concat", [none("text"), none("text")], ""],
  ["concat", [text("a")], "a"],
  ["substr", [text("Él🎸x"), int(3)], "🎸x"],
  ["substr", [text("Él🎸x"), int(2), int(2)], "l🎸"],
  ["substr", [text("abc"), int(0), int(2)], "a"],
  ["substr", [text("abc"), int(-5)], "abc"],
  ["substr", [text("abc"), int(2), int(0)], ""],
  ["substr", [text("abc"), int(2), int(-1)], ""],
  ["substr", [text("abc"), int(9), int(1)], ""],
  ["substr", [text("abc"), int(1), none("integer")], null],
  ["substr", [none("text"), int(1), int(1)], null],
  ["replace", [text("a.b.c"), text("."), text("--")], "a--b--c"],
  ["replace", [text("Él🎸"), text("🎸")], "Él"],
  ["replace", [text("aAa"), text("a"), text("b")], "bAb"],
  ["replace", [text("abc"), text(""), text("x")], "abc"],
  ["left", [text("Él🎸"), int(2)], "Él"],
  ["left", [text("abc"), int(9)], "abc"],
  ["left", [text("abc"), int(-1)], ""],
  ["left", [text("abc"), none("integer")], null],
  ["right", [text("Él🎸"), int(2)], "l🎸"],
  ["right", [text("abc"), int(9)], "abc"],
  ["right", [text("abc"), int(0)], ""],
  ["right", [text("abc"), int(-1)], ""],
  ["right", [none("text"), int(1)], null],
  ["lpad", [text("7"), int(3), text("0")], "007"],
  ["lpad", [text("Él"), int(5), text("🎸-")], "🎸-🎸Él"],
  ["lpad", [text("Él"), int(3)], " Él"],
  ["lpad", [text("abc"), int(2), text("x")], "ab"],
  ["lpad", [text("abc"), int(5), text("")], "abc"],
  ["lpad", [text("abc"), int(-1), text("x")], ""],
  ["rpad", [text("Él"), int(5), text("🎸-")], "Él🎸-🎸"],
  ["rpad", [text("abc"), int(2), text("x")], "ab"],
  ["rpad", [text("abc"), int(2), text("")], "ab"],
  ["rpad", [text("abc"), int(4), none("text")], null],
  ["reverse", [text("Él🎸")], "🎸lÉ"],
  ["repeat", [text("Él"), int(3)], "ÉlÉlÉl"],
  ["repeat", [text("a"), int(-1)], ""],
  ["repeat", [text("a"), none("integer")], null],
  ["strIndex", [text("Él🎸x"), text("x")], 4],
  ["strIndex", [text("abc"), text("B")], 0],
  ["strIndex", [text("abc"), text("")], 1],
  ["strIndex", [none("text"), text("")], null],
  ["chr", [int(65)], "A"],
  ["chr", [int(201)], "É"],
  ["chr", [int(0x1f3b8)], "🎸"],
  ["chr", [int(0)], null],
  ["chr", [int(0xd800)], null],
  ["chr", [int(0x110000)], null],
  ["ord", [text("É")], 201],
  ["ord", [text("🎸x")], 0x1f3b8],
  ["ord", [text("")], null],
  ["md5", [text("Él")], "fa35076eb1b9031c3ce7cb545dd4cdd4"],
  ["md5", [none("text")], null],
  ["sha224", [text("abc")], "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"],
  ["sha256", [text("abc")], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "sha384",
    [text("abc")],
    "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
  ],
  [
    "sha512",
    [text("abc")],
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
];

const comparisons: readonly Row[] = [
  ["coalesce", [none("integer"), int(5)], 5],
  ["coalesce", [none("text"), text("")], ""],
  ["coalesce", [none("decimal", 2), int(5)], "5.00"],
  ["coalesce", [dec("1.5"), dec("2.25")], "1.50"],
  ["coalesce", [none("float"), none("float")], null],
  ["coalesce", [none("datetime"), at("2024-01-01T00:00:00Z")], instant("2024-01-01T00:00:00Z")],
  ["coalesce", [none("boolean"), bool(false)], false],
  ["coalesce", [none("json"), json({ a: [1, null] })], { a: [1, null] }],
  ["coalesce", [none("uuid"), uuid(ID)], ID],
  ["coalesce", [none("binary"), bytes(0, 255)], new Uint8Array([0, 255])],
  ["coalesce", [int(1), float(2.5)], 1],
  ["nullIf", [int(5), int(5)], null],
  ["nullIf", [int(5), float(5)], null],
  ["nullIf", [int(5), int(4)], 5],
  ["nullIf", [text("a"), text("A")], "a"],
  ["nullIf", [text("a"), text("a ")], "a"],
  ["nullIf", [text(""), text("")], null],
  ["nullIf", [dec("1.50"), dec("1.5")], null],
  ["nullIf", [dec("1.50"), int(1)], "1.50"],
  ["nullIf", [none("text"), text("a")], null],
  ["nullIf", [text("a"), none("text")], "a"],
  ["nullIf", [dec("1.5"), none("decimal", 1)], "1.5"],
  ["nullIf", [bool(true), bool(false)], true],
  ["nullIf", [at("2024-01-01T00:00:00Z"), at("2024-01-01T00:00:00Z")], null],
  ["greatest", [int(5), int(30), int(-1)], 30],
  ["greatest", [int(5), none("integer")], null],
  ["greatest", [none("integer"), int(35)], null],
  ["greatest", [text("b"), text("B"), text("É")], "É"],
  ["greatest", [dec("9.5"), dec("10.25")], "10.25"],
  ["greatest", [dec("-9.5"), int(-10)], "-9.5"],
  ["greatest", [dec("2.5"), none("decimal", 1)], null],
  ["greatest", [int(1), float(1.5)], 1.5],
  ["greatest", [date("2024-02-29"), date("2023-12-31")], "2024-02-29"],
  ["greatest", [at("2024-01-01T00:00:00.001Z"), at("2024-01-01T00:00:00Z")], instant("2024-01-01T00:00:00.001Z")],
  ["greatest", [time("10:20:30"), time("10:20:30.5")], "10:20:30.5"],
  ["greatest", [int(7)], 7],
  ["least", [int(5), int(30), int(-1)], -1],
  ["least", [int(5), none("integer")], null],
  ["least", [dec("9.5"), dec("10.25")], "9.50"],
  ["least", [dec("-0.5"), dec("0.25"), dec("-0.50")], "-0.50"],
  ["least", [text("b"), text("B")], "B"],
  ["least", [span(5), span(3)], 3],
  ["least", [uuid(ID), uuid("00000000-0000-0000-0000-000000000000")], "00000000-0000-0000-0000-000000000000"],
];

const cast = (from: Arg, to: string, expected: unknown, more: object = {}): Row => [
  "cast",
  [from],
  expected,
  { to, ...more },
];

const casts: readonly Row[] = [
  cast(int(-5), "text", "-5"),
  cast(big(9_007_199_254_740_993n), "string", "9007199254740993"),
  cast(float(1.5), "text", "1.5"),
  cast(float(5), "text", "5"),
  cast(dec("1.50"), "text", "1.50"),
  cast(bool(true), "text", "true"),
  cast(bool(false), "text", "false"),
  cast(none("boolean"), "text", null),
  cast(date("2024-02-29"), "text", "2024-02-29"),
  cast(time("10:20:30.5"), "text", "10:20:30.5"),
  cast(time("10:20:00"), "text", "10:20:00"),
  cast(at("2024-01-31T10:20:30.456Z"), "text", "2024-01-31 10:20:30.456"),
  cast(at("2024-01-31T10:20:30Z"), "text", "2024-01-31 10:20:30.000"),
  cast(uuid(ID), "text", ID),
  cast(text("Él"), "text", "Él"),
  cast(text("-12"), "integer", -12),
  cast(text("+9007199254740993"), "bigInteger", 9_007_199_254_740_993n),
  cast(text("12x"), "integer", null),
  cast(text(""), "integer", null),
  cast(text("12\n"), "integer", null),
  cast(text("1.5"), "integer", null),
  cast(text("1.5e3"), "float", 1500),
  cast(text(".5"), "float", 0.5),
  cast(text("x"), "float", null),
  cast(text("1.005"), "decimal", "1.01", { scale: 2 }),
  cast(text("-1.005"), "decimal", "-1.01", { scale: 2 }),
  cast(text("1,5"), "decimal", null, { scale: 2 }),
  cast(float(0.5), "integer", 1),
  cast(float(1.5), "integer", 2),
  cast(float(2.5), "integer", 3),
  cast(float(-2.5), "integer", -3),
  cast(float(0.49999999999999994), "integer", 0),
  cast(dec("2.5"), "integer", 3),
  cast(dec("-2.5"), "bigInteger", -3n),
  cast(dec("2.49"), "integer", 2),
  cast(int(5), "float", 5),
  cast(int(5), "decimal", "5.00", { precision: 10, scale: 2 }),
  cast(int(5), "decimal", "5"),
  cast(float(1.005), "decimal", "1.01", { scale: 2 }),
  cast(float(0.1), "decimal", "0.1000", { scale: 4 }),
  cast(dec("1.255"), "decimal", "1.26", { scale: 2 }),
  cast(dec("1.5"), "decimal", "1.50", { scale: 2 }),
  cast(dec("1.25"), "float", 1.25),
  cast(int(7), "bigInteger", 7n),
  cast(bool(true), "integer", 1),
  cast(bool(false), "float", 0),
  cast(bool(true), "decimal", "1.0", { scale: 1 }),
  cast(int(2), "boolean", true),
  cast(int(0), "boolean", false),
  cast(dec("0.00"), "boolean", false),
  cast(float(0.1), "boolean", true),
  cast(none("float"), "boolean", null),
  cast(text("2024-02-29"), "date", "2024-02-29"),
  cast(text("2023-02-29"), "date", null),
  cast(text("2024-04-31"), "date", null),
  cast(text("2000-02-29"), "date", "2000-02-29"),
  cast(text("1900-02-29"), "date", null),
  cast(text("0000-01-01"), "date", null),
  cast(text("soon"), "date", null),
  cast(text("10:20:30.500000"), "time", "10:20:30.5"),
  cast(text("10:20:30"), "time", "10:20:30"),
  cast(text("25:00:00"), "time", null),
  cast(text("2024-02-29 10:20:30.5"), "datetime", instant("2024-02-29T10:20:30.500Z")),
  cast(text("2024-02-29T10:20:30"), "datetime", instant("2024-02-29T10:20:30Z")),
  cast(text("2024-02-30 10:20:30"), "datetime", null),
  cast(text(ID.toUpperCase()), "uuid", ID),
  cast(text("3f25"), "uuid", null),
  cast(at("2024-01-01T03:00:00Z"), "date", "2024-01-01"),
  ["cast", [at("2024-01-01T03:00:00Z")], "2023-12-31", { to: "date" }, "America/New_York"],
  ["cast", [at("2024-01-01T03:00:00.5Z")], "22:00:00.5", { to: "time" }, "America/New_York"],
  cast(date("2024-02-29"), "datetime", instant("2024-02-29T00:00:00Z")),
  cast(span(1500), "integer", 1500),
  cast(int(1500), "duration", 1500),
  cast(float(1.5), "duration", 2),
];

const trunc = (from: Arg, part: string, expected: unknown, zone?: string): Row => [
  "trunc",
  [from],
  expected,
  { part },
  zone,
];
const moment = at("2024-08-15T13:45:30.678Z");

const moments: readonly Row[] = [
  ["extract", [moment], 2024, { part: "year" }],
  ["extract", [at("2024-01-01T03:04:05Z")], 2023, { part: "year" }, "America/New_York"],
  ["extract", [at("2024-01-01T03:04:05Z")], 22, { part: "hour" }, "America/New_York"],
  ["extract", [at("2024-07-01T03:04:05Z")], 23, { part: "hour" }, "America/New_York"],
  ["extract", [date("2021-01-03")], 53, { part: "week" }],
  ["extract", [date("2021-01-03")], 2020, { part: "iso_year" }],
  ["extract", [date("2024-02-29")], 29, { part: "day" }],
  ["extract", [date("2024-01-07")], 1, { part: "week_day" }],
  ["extract", [date("2024-01-07")], 7, { part: "iso_week_day" }],
  ["extract", [date("2024-10-01")], 4, { part: "quarter" }],
  ["extract", [date("2024-10-01")], 10, { part: "month" }],
  ["extract", [time("10:20:30.5")], 20, { part: "minute" }],
  ["extract", [time("10:20:30.5")], 30, { part: "second" }],
  ["extract", [none("datetime")], null, { part: "year" }],
  trunc(moment, "year", instant("2024-01-01T00:00:00Z")),
  trunc(moment, "quarter", instant("2024-07-01T00:00:00Z")),
  trunc(moment, "month", instant("2024-08-01T00:00:00Z")),
  trunc(moment, "week", instant("2024-08-12T00:00:00Z")),
  trunc(moment, "day", instant("2024-08-15T00:00:00Z")),
  trunc(moment, "hour", instant("2024-08-15T13:00:00Z")),
  trunc(moment, "minute", instant("2024-08-15T13:45:00Z")),
  trunc(moment, "second", instant("2024-08-15T13:45:30Z")),
  trunc(moment, "date", "2024-08-15"),
  trunc(moment, "time", "13:45:30.678"),
  trunc(none("datetime"), "month", null),
  trunc(at("2024-12-31T23:59:59.999Z"), "second", instant("2024-12-31T23:59:59Z")),
  trunc(at("2025-01-01T00:00:00Z"), "week", instant("2024-12-30T00:00:00Z")),
  trunc(at("0001-01-05T10:00:00Z"), "week", instant("0001-01-01T00:00:00Z")),
  trunc(at("0001-08-05T10:00:00Z"), "quarter", instant("0001-07-01T00:00:00Z")),
  trunc(date("2024-02-29"), "year", "2024-01-01"),
  trunc(date("2024-02-29"), "quarter", "2024-01-01"),
  trunc(date("2024-12-31"), "quarter", "2024-10-01"),
  trunc(date("2024-02-29"), "month", "2024-02-01"),
  trunc(date("2024-03-03"), "week", "2024-02-26"),
  trunc(date("2024-02-26"), "week", "2024-02-26"),
  trunc(date("2024-02-29"), "day", "2024-02-29"),
  trunc(time("10:20:30.5"), "hour", "10:00:00"),
  trunc(time("10:20:30.5"), "minute", "10:20:00"),
  trunc(time("10:20:30.5"), "second", "10:20:30"),
  trunc(moment, "year", instant("2023-12-31T23:00:00Z"), "Europe/Berlin"),
  trunc(moment, "month", instant("2024-07-31T22:00:00Z"), "Europe/Berlin"),
  trunc(moment, "day", instant("2024-08-14T22:00:00Z"), "Europe/Berlin"),
  trunc(moment, "hour", instant("2024-08-15T13:30:00Z"), "Asia/Kolkata"),
  trunc(moment, "minute", instant("2024-08-15T13:45:00Z"), "Asia/Kolkata"),
  trunc(at("2024-08-14T22:30:00Z"), "date", "2024-08-15", "Europe/Berlin"),
  // The hour that clocks show twice, and the day that has 23 hours.
  trunc(at("2024-10-27T00:30:00Z"), "hour", instant("2024-10-27T00:00:00Z"), "Europe/Berlin"),
  trunc(at("2024-10-27T01:30:00Z"), "hour", instant("2024-10-27T01:00:00Z"), "Europe/Berlin"),
  trunc(at("2024-03-31T10:00:00Z"), "day", instant("2024-03-30T23:00:00Z"), "Europe/Berlin"),
  trunc(at("2024-10-27T10:00:00Z"), "day", instant("2024-10-26T22:00:00Z"), "Europe/Berlin"),
  // Midnight that there was not.
  trunc(at("2018-11-04T12:00:00Z"), "day", instant("2018-11-04T03:00:00Z"), "America/Sao_Paulo"),
  // Midnight that there was twice.
  trunc(at("2024-10-27T12:00:00Z"), "day", instant("2024-10-27T01:00:00Z"), "Atlantic/Azores"),
  trunc(at("2024-10-28T12:00:00Z"), "day", instant("2024-10-28T01:00:00Z"), "Atlantic/Azores"),
  trunc(at("2050-10-30T12:00:00Z"), "day", instant("2050-10-30T01:00:00Z"), "Atlantic/Azores"),
  trunc(at("2024-07-27T12:00:00Z"), "day", instant("2024-07-27T00:00:00Z"), "Atlantic/Azores"),
  trunc(at("2024-11-03T12:00:00Z"), "day", instant("2024-11-03T05:00:00Z"), "America/Havana"),
  trunc(at("2024-11-20T12:00:00Z"), "month", instant("2024-11-01T04:00:00Z"), "America/Havana"),
  // Before and after the years that MySQL's own tables serve.
  trunc(at("1950-06-15T12:00:00Z"), "day", instant("1950-06-15T04:00:00Z"), "America/New_York"),
  trunc(at("1950-06-15T12:00:00Z"), "year", instant("1950-01-01T05:00:00Z"), "America/New_York"),
  trunc(at("2050-07-15T12:00:00Z"), "year", instant("2049-12-31T23:00:00Z"), "Europe/Berlin"),
  trunc(at("2050-07-15T12:00:00Z"), "month", instant("2050-06-30T22:00:00Z"), "Europe/Berlin"),
  trunc(at("2050-07-15T12:00:00Z"), "hour", instant("2050-07-15T12:00:00Z"), "Europe/Berlin"),
];

const round = (from: Arg, digits: number, expected: unknown): Row => ["round", [from], expected, { digits }];

const numbers: readonly Row[] = [
  ["abs", [int(-5)], 5],
  ["abs", [int(-2_147_483_648)], 2_147_483_648],
  ["abs", [float(-0.5)], 0.5],
  ["abs", [dec("-1.50")], "1.50"],
  ["abs", [big(-5n)], 5n],
  ["round", [float(0.5)], 1],
  ["round", [float(1.5)], 2],
  ["round", [float(2.5)], 3],
  ["round", [float(-2.5)], -3],
  ["round", [float(-0.4)], 0],
  ["round", [int(7)], 7],
  ["round", [dec("2.5")], "3"],
  ["round", [none("float")], null],
  round(float(1.005), 2, 1.01),
  round(float(-1.005), 2, -1.01),
  round(float(1e300), 2, 1e300),
  round(float(123.456), -1, 120),
  round(float(1.25), 1, 1.3),
  round(int(15), -1, 20),
  round(int(-15), -1, -20),
  round(int(14), -1, 10),
  round(big(9_007_199_254_740_995n), -1, 9_007_199_254_741_000n),
  round(dec("1.255"), 2, "1.26"),
  round(dec("-1.255"), 2, "-1.26"),
  round(dec("1.5"), 3, "1.500"),
  round(dec("155.5"), -1, "160"),
  ["ceil", [float(1.2)], 2],
  ["ceil", [float(-0.5)], 0],
  ["ceil", [int(3)], 3],
  ["ceil", [dec("1.01")], "2"],
  ["ceil", [dec("-1.99")], "-1"],
  ["floor", [float(1.8)], 1],
  ["floor", [float(-0.5)], -1],
  ["floor", [big(3n)], 3n],
  ["floor", [dec("1.99")], "1"],
  ["floor", [dec("-1.01")], "-2"],
  ["floor", [dec("-2.00")], "-2"],
  ["sign", [int(-7)], -1],
  ["sign", [float(0)], 0],
  ["sign", [dec("0.01")], 1],
  ["sign", [big(-7n)], -1n],
  ["sign", [none("integer")], null],
  ["sqrt", [int(9)], 3],
  ["sqrt", [dec("2.25")], 1.5],
  ["sqrt", [int(-1)], null],
  ["exp", [int(1)], near(Math.E)],
  ["exp", [int(-1000)], 0],
  ["ln", [float(Math.E)], near(1)],
  ["ln", [int(0)], null],
  ["ln", [int(-1)], null],
  ["log", [int(2), int(8)], near(3)],
  ["log", [int(10), int(1000)], near(3)],
  ["log", [int(1), int(8)], null],
  ["log", [int(-2), int(8)], null],
  ["log", [int(2), int(0)], null],
  ["pi", [], Math.PI],
  ["sin", [int(1)], near(Math.sin(1))],
  ["cos", [int(1)], near(Math.cos(1))],
  ["tan", [dec("1.0")], near(Math.tan(1))],
  ["cot", [int(1)], near(1 / Math.tan(1))],
  ["cot", [int(0)], null],
  ["asin", [int(1)], near(Math.PI / 2)],
  ["asin", [int(2)], null],
  ["acos", [float(0.5)], near(Math.acos(0.5))],
  ["acos", [float(-1.5)], null],
  ["atan", [int(1)], near(Math.PI / 4)],
  ["atan2", [int(-1), int(-1)], near(Math.atan2(-1, -1))],
  ["degrees", [float(Math.PI)], near(180)],
  ["radians", [int(180)], near(Math.PI)],
];

const jsons: readonly Row[] = [
  ["jsonArray", [], []],
  [
    "jsonArray",
    [int(1), float(1.5), text('É"l'), none("text"), bool(true), bool(false)],
    [1, 1.5, 'É"l', null, true, false],
  ],
  ["jsonArray", [big(9_007_199_254_740_993n), dec("0.10"), none("decimal", 2)], ["9007199254740993", "0.10", null]],
  ["jsonArray", [date("2024-02-29"), time("10:20:30.5"), uuid(ID)], ["2024-02-29", "10:20:30.5", ID]],
  ["jsonArray", [at("2024-01-31T10:20:30.456Z"), span(1500)], ["2024-01-31T10:20:30.456Z", 1500]],
  ["jsonArray", [json({ a: [1, "x"] }), json("s"), none("json"), none("boolean")], [{ a: [1, "x"] }, "s", null, null]],
  ["jsonObject", [], {}, { keys: [] }],
  ["jsonObject", [int(1), text("x")], { "it's": 1, 'q"\\é': "x" }, { keys: ["it's", 'q"\\é'] }],
  ["jsonObject", [json([1, { b: null }])], { nested: [1, { b: null }] }, { keys: ["nested"] }],
  [
    "jsonObject",
    Array.from({ length: 120 }, (_, index) => int(index)),
    Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`k${index}`, index])),
    { keys: Array.from({ length: 120 }, (_, index) => `k${index}`) },
  ],
];

const tables = { operators, durations, texts, comparisons, casts, moments, numbers, jsons };
/** Those whose value is another each time, or needs more than an empty database. */
const APART = ["collate", "now", "random", "sha1"];

it("every function has a case", () => {
  const seen = new Set(Object.values(tables).flatMap((rows) => rows.map(([name]) => name)));
  expect(functionNames.filter((name) => !seen.has(name)).sort()).toEqual(APART);
});

onEngines("functions", (engine) => {
  let evaluator: Evaluator;
  beforeAll(async () => {
    evaluator = await Evaluator.open(engine);
  });
  afterAll(() => evaluator.close());

  for (const [title, rows] of Object.entries(tables)) {
    describe(title, () => {
      it.each(rows.map((row) => [shown(row), row] as const))("%s", async (_, [name, args, expected, options, zone]) => {
        const call = { name, args, options: options ?? {}, timeZone: zone ?? null };
        expect(await evaluator.ofLiterals(call)).toEqual(expected);
        if (fitsColumns(call)) expect(await evaluator.ofColumns(call)).toEqual(expected);
      });
    });
  }

  it("no answer is no error in an UPDATE either", async () => {
    const wrong: string[] = [];
    for (const row of Object.values(tables).flat()) {
      const [name, args, expected, options, zone] = row;
      const call = { name, args, options: options ?? {}, timeZone: zone ?? null };
      const isNull = await evaluator.isNullInUpdate(call).catch((error: unknown) => String(error));
      if (isNull !== (expected === null)) wrong.push(`${shown(row)}: ${isNull}`);
    }
    expect(wrong).toEqual([]);
  });

  it("what comes of 32 bits has 64", async () => {
    const most = int(2 ** 31 - 1);
    for (const name of ["abs", "ceil", "coalesce", "greatest", "round", "add"]) {
      const args = name === "add" ? [most, int(0)] : [most];
      expect(await evaluator.plusOne({ name, args })).toBe(2 ** 31);
    }
  });

  it("numbers beyond what there is are an error, or no answer", async () => {
    const beyond = [
      { name: "add", args: [big(2n ** 63n - 1n), big(1n)] },
      { name: "exp", args: [int(1000)] },
      { name: "mul", args: [float(1e300), float(1e300)] },
    ];
    for (const call of beyond) await expect(evaluator.ofLiterals(call)).rejects.toThrow(/out of range|too large/);
  });

  it("sha1, which PostgreSQL has in an extension only", async () => {
    const call = { name: "sha1", args: [text("abc")] };
    const answer = "a9993e364706816aba3e25717850c26c9cd0d89d";
    const there = await evaluator.run("create extension pgcrypto").then(
      () => true,
      () => engine.name !== "postgres",
    );
    if (there) expect(await evaluator.ofLiterals(call)).toBe(answer);
    else await expect(evaluator.ofLiterals(call)).rejects.toThrow(/function digest\(text, unknown\) does not exist/);
  });

  it("now is now, to the millisecond", async () => {
    const before = Date.now();
    const now = (await evaluator.ofLiterals({ name: "now", args: [] })) as Date;
    expect(now.getTime()).toBeGreaterThanOrEqual(before - 1000);
    expect(now.getTime()).toBeLessThanOrEqual(Date.now() + 1000);
  });

  it("random is from 0 to below 1", async () => {
    const numbers: number[] = [];
    for (let n = 0; n < 20; n += 1) numbers.push((await evaluator.ofLiterals({ name: "random", args: [] })) as number);
    expect(new Set(numbers).size).toBe(20);
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
  });

  it("collate compares by another collation", async () => {
    const collation = { sqlite: "NOCASE", postgres: "und-x-icu", mysql: "utf8mb4_general_ci" }[engine.name];
    const call = { name: "collate", args: [text("Él")], options: { collation } };
    expect(await evaluator.ofLiterals(call)).toBe("Él");
    expect(await evaluator.ofColumns(call)).toBe("Él");
  });
});

function shown([name, args, expected, options, zone]: Row): string {
  const parts = [...args.map(({ value }) => printed(value)), ...(options === undefined ? [] : [printed(options)])];
  return `${name}(${parts.join(", ")})${zone === undefined ? "" : ` in ${zone}`} is ${printed(expected)}`.slice(0, 160);
}

function printed(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return value instanceof Date ? value.toISOString() : (JSON.stringify(value) ?? String(value));
}
