import { afterAll, beforeAll, expect, it } from "vitest";
import { aggregateNames } from "../../../lib/functions/index.js";
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
  float,
  int,
  json,
  none,
  span,
  text,
  time,
  uuid,
} from "./evaluate.js";

type Asked = NonNullable<Parameters<Evaluator["aggregate"]>[2]>;
type Row = readonly [name: string, values: readonly Arg[] | null, expected: unknown, asked?: Asked];

const ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const ZERO = "00000000-0000-0000-0000-000000000000";
const near = (value: number): unknown => expect.closeTo(value, 10);
const spread = [int(2), int(4), int(4), int(4), int(5), int(5), int(7), int(9)];
const none2 = [none("integer"), none("integer")];

const rows: readonly Row[] = [
  ["count", null, 3],
  ["count", null, 0, { none: true }],
  ["count", null, 2, { seconds: [1, 0, 1], filter: "c1 = 1" }],
  ["count", [int(1), none("integer"), int(1)], 2],
  ["count", [int(1), none("integer"), int(1)], 1, { distinct: true }],
  ["count", [text("a"), text("A"), text("a ")], 3, { distinct: true }],
  ["count", [dec("1.50"), dec("1.50")], 1, { distinct: true }],
  ["count", [int(1), int(2)], 1, { seconds: [1, 0], filter: "c1 = 1" }],
  ["sum", [int(1), int(2), none("integer")], 3],
  ["sum", [int(2_147_483_647), int(2_147_483_647)], 4_294_967_294],
  ["sum", [int(5), int(5), int(1)], 6, { distinct: true }],
  ["sum", [int(5), int(6)], 6, { seconds: [0, 1], filter: "c1 = 1" }],
  ["sum", [int(5), int(6)], null, { filter: "c1 = 7" }],
  ["sum", none2, null],
  ["sum", [int(5)], null, { none: true }],
  ["sum", [big(9_007_199_254_740_992n), big(1n)], 9_007_199_254_740_993n],
  ["sum", [dec("0.10"), dec("0.20"), none("decimal", 2)], "0.30"],
  ["sum", [dec("0.10"), dec("0.10"), dec("-0.50")], "-0.40", { distinct: true }],
  ["sum", [dec("123456789012345678901234567890.12"), dec("0.01")], "123456789012345678901234567890.13"],
  ["sum", [dec("0.10")], null, { none: true }],
  ["sum", [dec("0.10"), dec("0.20")], "0.20", { seconds: [0, 1], filter: "c1 = 1" }],
  ["sum", [float(0.5), float(0.25)], 0.75],
  ["sum", [span(1500), span(-500)], 1000],
  ["avg", [int(3), int(5)], 4],
  ["avg", [int(1), int(2), int(2)], near(5 / 3)],
  ["avg", [int(1), none("integer"), int(2)], 1.5],
  ["avg", [int(1), int(1), int(4)], 2.5, { distinct: true }],
  ["avg", [dec("0.10"), dec("0.20")], near(0.15)],
  ["avg", [big(1n), big(2n)], 1.5],
  ["avg", [float(0.5), float(1)], 0.75],
  ["avg", [int(1)], null, { none: true }],
  ["avg", [span(1), span(2)], 2],
  ["avg", [span(-1), span(-2)], -2],
  ["avg", [span(1), span(1), span(2)], 1],
  ["min", [int(3), int(-5), none("integer")], -5],
  ["min", [dec("9.50"), dec("10.25"), dec("-0.01")], "-0.01"],
  ["min", [dec("-1.00"), dec("-1.50")], "-1.50"],
  ["min", [text("b"), text("B"), text("É")], "B"],
  ["min", [date("2024-02-29"), date("2023-12-31")], "2023-12-31"],
  ["min", [time("10:20:30.5"), time("10:20:30")], "10:20:30"],
  ["min", [uuid(ID), uuid(ZERO)], ZERO],
  ["min", [span(5), span(-5)], -5],
  ["min", [int(3)], null, { none: true }],
  ["max", [int(3), int(-5), none("integer")], 3],
  ["max", [dec("9.50"), dec("10.25")], "10.25"],
  ["max", [dec("0.00"), dec("-10.25")], "0.00"],
  ["max", [dec("9.50"), dec("10.25")], "9.50", { seconds: [1, 0], filter: "c1 = 1" }],
  ["max", [text("b"), text("É")], "É"],
  ["max", [at("2024-01-01T00:00:00.001Z"), at("2024-01-01T00:00:00Z")], new Date("2024-01-01T00:00:00.001Z")],
  ["max", [big(9_007_199_254_740_993n), big(9_007_199_254_740_992n)], 9_007_199_254_740_993n],
  ["max", [float(0.5), float(-1)], 0.5],
  ["max", [uuid(ID), uuid(ZERO)], ID],
  ["stdDev", spread, near(2)],
  ["stdDev", spread, near(2.138089935299395), { options: { sample: true } }],
  ["stdDev", [dec("1.50"), dec("2.50")], near(0.5)],
  ["stdDev", [int(1)], 0],
  ["stdDev", [int(1)], null, { options: { sample: true } }],
  ["stdDev", [float(1_000_000_000.1), float(1_000_000_000.3)], expect.closeTo(0.1, 6)],
  ["stdDev", none2, null],
  ["variance", spread, near(4)],
  ["variance", spread, near(4.571428571428571), { options: { sample: true } }],
  ["variance", [int(1), int(3), int(9)], near(1), { seconds: [1, 1, 0], filter: "c1 = 1" }],
  ["stringAgg", [text("b"), text("É"), none("text"), text("")], "b,É,", { order: "c1", seconds: [1, 2, 3, 4] }],
  ["stringAgg", [text("b"), text("a")], "a'|\\b", { order: "c0", options: { separator: "'|\\" } }],
  ["stringAgg", [text("b"), text("a")], "ba", { order: "c0 desc", options: { separator: "" } }],
  [
    "stringAgg",
    [text("b"), text("a,"), text("b")],
    "a,; b",
    { distinct: true, order: "c0", options: { separator: "; " } },
  ],
  ["stringAgg", [text("b"), text("a")], "a", { seconds: [0, 1], filter: "c1 = 1" }],
  ["stringAgg", [none("text"), none("text")], null],
  ["stringAgg", [none("text"), none("text")], null, { distinct: true, order: "c0" }],
  ["stringAgg", [text("a")], null, { none: true }],
  ["stringAgg", [text("x".repeat(3000)), text("y")], `${"x".repeat(3000)},y`, { order: "c0" }],
  ["jsonAgg", [int(3), none("integer"), int(1)], [3, null, 1], { order: "c1", seconds: [1, 2, 3] }],
  ["jsonAgg", [text('É"l\u0001\\'), text("b")], ["b", 'É"l\u0001\\'], { order: "c0" }],
  ["jsonAgg", [text("b"), text("a"), text("b")], ["a", "b"], { distinct: true, order: "c0" }],
  ["jsonAgg", [bool(true), bool(false)], [false, true], { order: "c0" }],
  ["jsonAgg", [dec("0.10"), dec("0.20")], ["0.10", "0.20"], { order: "c1", seconds: [1, 2] }],
  ["jsonAgg", [at("2024-01-31T10:20:30.456Z")], ["2024-01-31T10:20:30.456Z"]],
  ["jsonAgg", [json({ a: [1, null] }), json("s")], [{ a: [1, null] }, "s"], { order: "c1", seconds: [1, 2] }],
  ["jsonAgg", [float(1.5), float(2)], [2], { seconds: [0, 1], filter: "c1 = 1" }],
  ["jsonAgg", [int(1)], null, { none: true }],
  ["jsonAgg", [int(1)], null, { filter: "c1 = 7" }],
  ["boolAnd", [bool(true), bool(false)], false],
  ["boolAnd", [bool(true), none("boolean")], true],
  ["boolAnd", [none("boolean")], null],
  ["boolOr", [bool(true), bool(false)], true],
  ["boolOr", [bool(false)], false],
  ["boolOr", [bool(true)], null, { none: true }],
  ["anyValue", [none("text"), text("É")], "É"],
  ["anyValue", [dec("1.50"), none("decimal", 2)], "1.50"],
  ["anyValue", [bool(true)], true],
  ["anyValue", [json([1])], [1]],
  ["anyValue", [bytes(0, 255)], new Uint8Array([0, 255])],
  ["anyValue", [text("a"), text("b")], "b", { seconds: [0, 1], filter: "c1 = 1" }],
  ["anyValue", none2, null],
];

it("every aggregate has a case", () => {
  expect([...new Set(rows.map(([name]) => name))]).toEqual(aggregateNames);
});

onEngines("aggregates", (engine) => {
  let evaluator: Evaluator;
  beforeAll(async () => {
    evaluator = await Evaluator.open(engine);
  });
  afterAll(() => evaluator.close());

  it.each(rows.map((row) => [shown(row), row] as const))("%s", async (_, [name, values, expected, asked]) => {
    expect(await evaluator.aggregate(name, values, asked)).toEqual(expected);
  });

  it.each([
    ["sum", ["0.10", "0.30", "0.50"]],
    ["max", ["0.10", "0.20", "0.30"]],
    ["stdDev", [0, near(0.05), near(0.05)]],
    ["count", [1, 2, 2]],
  ] as const)("%s over a window that moves", async (name, expected) => {
    expect(await evaluator.over(name, [dec("0.10"), dec("0.20"), dec("0.30")])).toEqual(expected);
  });
});

function shown([name, values, expected, asked]: Row): string {
  const list = values?.map(({ value }) => printed(value)).join(", ") ?? "*";
  return `${name}(${list.slice(0, 80)}) ${asked === undefined ? "" : printed(asked)} is ${printed(expected).slice(0, 60)}`;
}

function printed(value: unknown): string {
  return typeof value === "bigint" ? `${value}n` : (JSON.stringify(value) ?? String(value));
}
