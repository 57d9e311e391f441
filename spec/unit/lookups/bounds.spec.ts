import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ColumnType, columnType } from "../../../lib/fields/index.js";
import { fitNumber, isGrid, limitOf, type Rounding } from "../../../lib/lookups/bounds.js";

const SMALL = columnType("smallInteger");
const BIG = columnType("bigInteger");
const MONEY = columnType("decimal", { precision: 6, scale: 2 });

/** A fitted value as a number that compares as it must: outside the range beyond all values. */
function position(value: unknown, type: ColumnType, rounding: Rounding): number | null {
  const fitted = fitNumber(value, type, rounding);
  if (fitted === null) return null;
  if (fitted === "below") return -Infinity;
  if (fitted === "above") return Infinity;
  return Number(fitted.value);
}

/** `stored ? asked` must come out as arithmetic has it, for everything that a column can hold. */
function expectOrderKept(stored: number, asked: number, value: unknown, type: ColumnType): void {
  const down = position(value, type, "down") as number;
  const up = position(value, type, "up") as number;
  expect([stored > down, stored >= up, stored < up, stored <= down]).toEqual([
    stored > asked,
    stored >= asked,
    stored < asked,
    stored <= asked,
  ]);
  expect(position(value, type, "exact") === stored).toBe(stored === asked);
}

const smalls = fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 });
const near = fc.oneof(
  smalls,
  smalls.map((whole) => whole + 0.5),
  fc.integer({ min: -40_000, max: 40_000 }),
  fc.constantFrom(-0, 1e300, -1e300, 0.1, -0.1, 32767.5, -32768.5),
);

describe("Numbers fitted to a column", () => {
  it("compare with whole numbers as they do in arithmetic", () => {
    fc.assert(fc.property(smalls, near, (stored, asked) => expectOrderKept(stored, asked, asked, SMALL)));
  });

  it("compare with themselves and their neighbours so, too", () => {
    fc.assert(
      fc.property(near, fc.integer({ min: -1, max: 1 }), (asked, step) => {
        const stored = Math.min(Math.max(Math.round(asked) + step, -(2 ** 15)), 2 ** 15 - 1);
        expectOrderKept(stored, asked, asked, SMALL);
      }),
    );
  });

  it("compare with decimals as they do in arithmetic", () => {
    const cents = fc.integer({ min: -999_999, max: 999_999 });
    const tenths = fc.oneof(
      fc.integer({ min: -1_100_000, max: 1_100_000 }).map((value) => value * 10),
      cents,
    );
    fc.assert(
      fc.property(cents, tenths, (stored, thousandths) => {
        const sign = thousandths < 0 ? "-" : "";
        const digits = String(Math.abs(thousandths)).padStart(4, "0");
        const text = `${sign}${digits.slice(0, -3)}.${digits.slice(-3)}`;
        expectOrderKept(stored / 100, thousandths / 1000, text, MONEY);
      }),
    );
  });

  it("keep every bigint that 64 bits hold, and tell the others apart", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }), (value) => {
        const fitted = fitNumber(value, BIG, "exact");
        if (value < -(2n ** 63n)) expect(fitted).toBe("below");
        else if (value >= 2n ** 63n) expect(fitted).toBe("above");
        else expect(fitted).toEqual({ value });
      }),
    );
  });

  it.each([NaN, Infinity, "5", true, {}, []])("are numbers: %s is refused", (value) => {
    expect(() => fitNumber(value, SMALL, "exact")).toThrow("expected a number");
  });

  it("reach the column's limits", () => {
    expect([limitOf(SMALL, "low"), limitOf(SMALL, "high")]).toEqual([-32768, 32767]);
    expect([limitOf(BIG, "low"), limitOf(BIG, "high")]).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
    expect([limitOf(MONEY, "low"), limitOf(MONEY, "high")]).toEqual(["-9999.99", "9999.99"]);
  });

  it("are fitted for columns with a grid only", () => {
    expect([SMALL, BIG, MONEY, columnType("duration")].map(isGrid)).toEqual([true, true, true, true]);
    expect([columnType("float"), columnType("text"), columnType("datetime")].map(isGrid)).toEqual([
      false,
      false,
      false,
    ]);
  });
});
