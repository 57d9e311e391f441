import { beforeAll } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { onEngines, useDatabase } from "../../support/engines.js";
import {
  compare,
  comparisons,
  lookupTests,
  type Loose,
  type LookupRow,
  oracleOf,
  type Part,
  partOf,
  withTransforms,
} from "./table.js";

class Measure extends Model(
  "measure",
  {
    id: fields.integer({ primaryKey: true }),
    integer: fields.integer({ null: true }),
    small: fields.smallInteger({ null: true }),
    big: fields.bigInteger({ null: true }),
    float: fields.float({ null: true }),
    decimal: fields.decimal({ precision: 34, scale: 4, null: true }),
    level: fields.enumeration([1, 2, 30], { null: true }),
    duration: fields.duration({ null: true }),
    flag: fields.boolean({ null: true }),
  },
  { ordering: ["id"] },
) {
  static objects = manager(this);
}

/** The rows of one field; all others are NULL in them. */
async function fill(field: string, values: readonly unknown[]): Promise<Part> {
  return partOf(await Measure.objects.bulkCreate(values.map((value) => ({ [field]: value }))));
}

/** Exact arithmetic on numbers, bigints and decimal strings: everything as a count of 1e-20. */
function units(value: unknown): bigint {
  const text = typeof value === "number" ? plain(value) : String(value);
  const negative = text.startsWith("-");
  const [whole = "", fraction = ""] = text.replace(/^[+-]/, "").split(".");
  const found = BigInt(`${whole}${fraction.slice(0, 20).padEnd(20, "0")}`);
  return negative ? -found : found;
}

/** A number without an exponent; the numbers of these tables have few digits after the point. */
function plain(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(10);
}

const exactly = oracleOf(comparisons((a, b) => compare(units(a), units(b))));
const absolute = (value: unknown): unknown => {
  if (typeof value === "bigint") return value < 0n ? -value : value;
  return typeof value === "number" ? Math.abs(value) : String(value).replace(/^-/, "");
};
const numeric = withTransforms(exactly, { abs: [absolute, exactly] });

// A float column holds what JavaScript does, and is compared as JavaScript compares.
const floats = oracleOf(comparisons((a, b) => (a as number) - (b as number)));
const floating = withTransforms(floats, { abs: [(value: number) => Math.abs(value), floats] });

const HUGE = 2 ** 70;
const LOW = -(2 ** 31);
const HIGH = 2 ** 31 - 1;

const integers = [null, 0, 1, -1, 2, 9, 10, 30, 40, -30, 999, 1000, HIGH, HIGH - 1, LOW, LOW + 1];
const integerTable: readonly LookupRow[] = [
  ["exact", [0, 1, -1, 10, HIGH, LOW, 0.5, HUGE, -HUGE, 30n, null, -0]],
  ["ne", [0, 10, LOW, 0.5, HUGE, null]],
  ["gt", [0, 9, 9.5, -0.5, HIGH, HIGH - 1, LOW, HUGE, -HUGE, 30n]],
  ["gte", [0, 9, 9.5, -0.5, HIGH, LOW, HUGE, -HUGE]],
  ["lt", [0, 10, 9.5, -0.5, HIGH, LOW, LOW + 1, HUGE, -HUGE]],
  ["lte", [0, 10, 9.5, -0.5, HIGH, LOW, HUGE, -HUGE]],
  [
    "range",
    [
      [0, 10],
      [-1, 1],
      [0.5, 9.5],
      [10, 0],
      [-HUGE, HUGE],
      [-HUGE, 0],
      [1, HUGE],
      [HUGE, HUGE * 2],
      [LOW, HIGH],
      [null, 3],
    ],
  ],
  ["in", [[1, 2], [0], [-1, 10, 12_345], [HIGH, LOW], [0.5, 1], [HUGE, 2], [null, 9], new Set([30, 40]), []]],
  ["isnull", [true, false]],
  ["abs", [1, 30, 0, -1, HIGH, 2 ** 31, HUGE]],
  ["abs__gt", [29, 999, 0.5, -5]],
  ["abs__lte", [1, 9.5]],
  ["abs__in", [[1, 30]]],
  ["abs__range", [[1, 30]]],
  ["abs__isnull", [true]],
];

const smalls = [null, 0, 1, -1, 32_767, -32_768, 32_766, 5, -5];
const smallTable: readonly LookupRow[] = [
  ["exact", [0, 32_767, -32_768, 32_768, 40_000, 0.5]],
  ["gt", [32_766, -32_768, 32_768, -32_769, 0.5]],
  ["gte", [32_767, 0.5, 40_000]],
  ["lt", [32_767, -32_768, 40_000, -40_000]],
  ["lte", [-32_768, 0.5, -40_000]],
  [
    "range",
    [
      [-5, 5],
      [-40_000, 0],
    ],
  ],
  [
    "in",
    [
      [1, 32_767],
      [40_000, 5],
    ],
  ],
  ["abs", [1, 5, 32_767, 32_768]],
  ["abs__gte", [5]],
  ["isnull", [true]],
];

const B = 2n ** 63n;
const bigs = [
  null,
  0n,
  1n,
  -1n,
  B - 1n,
  B - 2n,
  -B,
  -B + 1n,
  9_007_199_254_740_992n,
  9_007_199_254_740_993n,
  -9_007_199_254_740_993n,
  30n,
];
const bigTable: readonly LookupRow[] = [
  ["exact", [0n, 1, B - 1n, -B, B, 9_007_199_254_740_993n, 9_007_199_254_740_992n, -9_007_199_254_740_993n, 0.5, null]],
  ["ne", [0n, 9_007_199_254_740_993n, B]],
  ["gt", [0n, B - 2n, B - 1n, -B, 9_007_199_254_740_992n, 0.5, HUGE, -HUGE]],
  ["gte", [B - 1n, 9_007_199_254_740_993n, -B, B]],
  ["lt", [9_007_199_254_740_993n, -B + 1n, B, HUGE]],
  ["lte", [9_007_199_254_740_992n, -B, -B - 1n, B]],
  [
    "range",
    [
      [0n, 9_007_199_254_740_992n],
      [-B, -1n],
      [0, 30],
      [-HUGE, 0n],
    ],
  ],
  ["in", [[9_007_199_254_740_993n], [0, 1n, B], [B - 1n, -B], [null, 30n]]],
  ["isnull", [true, false]],
  ["abs", [1n, 9_007_199_254_740_993n, B - 1n]],
  ["abs__lt", [30n, 31, B - 1n]],
  ["abs__gt", [30n, B - 1n]],
];

const floatValues = [
  null,
  0,
  0.1,
  0.3,
  0.1 + 0.2,
  -0.1,
  1,
  -1,
  1.5,
  1e300,
  -1e300,
  5e-324,
  Number.MAX_VALUE,
  2 ** 53,
  0.5,
  100,
];
const floatTable: readonly LookupRow[] = [
  ["exact", [0, 0.1, 0.3, 0.1 + 0.2, 1e300, 5e-324, Number.MAX_VALUE, 2 ** 53, -0, null, 7]],
  ["ne", [0.3, 1, null]],
  ["gt", [0, 0.3, 1e299, 1, -1]],
  ["gte", [0.3, 0.5, 1e300]],
  ["lt", [0.3, 0, -1, 5e-324]],
  ["lte", [0.3, -1e300, 0]],
  [
    "range",
    [
      [0, 1],
      [0.1, 0.3],
      [-1e300, -0.1],
      [1, 0],
    ],
  ],
  ["in", [[0.1, 0.3], [0.1 + 0.2], [1, 100], [1e300, 5e-324], [null, 0]]],
  ["isnull", [true, false]],
  ["abs", [0.1, 1, 1e300]],
  ["abs__lt", [0.2, 1]],
];

const BIG_DECIMAL = "123456789012345678901234567890.1234";
const decimals = [
  null,
  "0.0000",
  "0.1000",
  "0.3000",
  "-0.1000",
  "1.0000",
  "9.5000",
  "10.0000",
  "-9.5000",
  "-10.0000",
  "99.9999",
  "100.0000",
  "-0.0001",
  BIG_DECIMAL,
  `-${BIG_DECIMAL}`,
  "123456789012345678901234567890.1235",
];
const decimalTable: readonly LookupRow[] = [
  [
    "exact",
    [
      "0",
      "0.3",
      "9.50",
      "-9.5",
      "+10",
      "0010",
      ".1",
      "-0",
      "1.00000",
      "99.99990",
      "99.99991",
      BIG_DECIMAL,
      "9".repeat(50),
      10n,
      null,
    ],
  ],
  ["ne", ["0.3", "10", "99.99991", null]],
  ["gt", ["9.5", "10", "-10", "0", "99.99985", "-0.00005", BIG_DECIMAL, "9".repeat(50), 9n]],
  ["gte", ["9.5", "9.50001", "-9.50001", BIG_DECIMAL, `-${"9".repeat(50)}`]],
  ["lt", ["10", "9.5", "-9.5", "0", "99.99991", BIG_DECIMAL, `-${BIG_DECIMAL}`, "9".repeat(50)]],
  ["lte", ["10", "9.49999", "-9.50001", `-${BIG_DECIMAL}`]],
  [
    "range",
    [
      ["0", "10"],
      ["-9.5", "9.5"],
      ["9.49999", "9.50001"],
      ["-1000", BIG_DECIMAL],
      ["10", "0"],
      [`-${"9".repeat(50)}`, "0"],
    ],
  ],
  ["in", [["0.3", "10"], ["-9.50", "+1"], [BIG_DECIMAL], ["99.99991", "0"], [10n], [null, "0.1"]]],
  ["isnull", [true, false]],
  ["abs", ["9.5", "0.1", BIG_DECIMAL, "0"]],
  ["abs__gt", ["9.99", "10", "100"]],
  ["abs__lte", ["0.1", "9.5"]],
  ["abs__in", [["10", "0.0001"]]],
];

const levels = [null, 1, 2, 30];
const levelTable: readonly LookupRow[] = [
  ["exact", [1, 30, null]],
  ["ne", [2]],
  ["gt", [1, 2.5, 4]],
  ["in", [[1, 30], [2]]],
  ["range", [[2, 30]]],
  ["abs", [2]],
  ["isnull", [true]],
];

const durations = [null, 0, 1, -1, 999, 1000, 86_400_000, 9_007_199_254_740_991, -9_007_199_254_740_991];
const durationTable: readonly LookupRow[] = [
  ["exact", [0, 1000, 9_007_199_254_740_991, null]],
  ["ne", [0]],
  ["gt", [0, 999, -1]],
  ["gte", [1000]],
  ["lt", [1000, 0]],
  ["lte", [-1]],
  ["range", [[0, 1000]]],
  [
    "in",
    [
      [1, 86_400_000],
      [null, 0],
    ],
  ],
  ["isnull", [true, false]],
];

const flags = [null, true, false];
const flagTable: readonly LookupRow[] = [
  ["exact", [true, false, null]],
  ["ne", [true, false, null]],
  ["in", [[true], [false, null], [true, false], []]],
  ["isnull", [true, false]],
];

const subjects = [
  ["integer", integers, integerTable, numeric],
  ["small", smalls, smallTable, numeric],
  ["big", bigs, bigTable, numeric],
  ["float", floatValues, floatTable, floating],
  ["decimal", decimals, decimalTable, numeric],
  ["level", levels, levelTable, numeric],
  ["duration", durations, durationTable, numeric],
  ["flag", flags, flagTable, oracleOf(comparisons((a, b) => compare(Number(a), Number(b))))],
] as const;

onEngines("Lookups of numbers", (engine) => {
  useDatabase(engine, [Measure]);
  beforeAll(async () => {
    for (const [field, values] of subjects) parts.set(field, await fill(field, values));
  });

  const parts = new Map<string, Part>();
  for (const [field, values, table, oracle] of subjects) {
    const ask = () => Measure.objects.filter(parts.get(field)) as unknown as Loose;
    lookupTests({ field, values, ask }, table, oracle);
  }
});
