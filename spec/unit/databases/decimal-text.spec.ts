import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimalOfScale, decimalText, dividedRounded, rescaled, unitsOf } from "../../../lib/databases/decimal-text.js";
import { decimalKey, decimalOfKey } from "../../../lib/databases/sqlite/decimal-key.js";

const decimals = fc.tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: 0, max: 30 }));

describe("decimals", () => {
  it.each([
    ["1.005", 2, "1.01"],
    ["-1.005", 2, "-1.01"],
    ["1.0049999", 2, "1.00"],
    ["-0.004", 2, "0.00"],
    ["0.3", 2, "0.30"],
    ["5", 0, "5"],
    ["1.5e3", 1, "1500.0"],
    ["1.5e-7", 8, "0.00000015"],
    ["1e+21", 0, "1000000000000000000000"],
    [".5", 0, "1"],
    ["7.", 1, "7.0"],
    [15, 1, "15.0"],
    [9_007_199_254_740_993n, 1, "9007199254740993.0"],
  ] as const)("%s to %i digits is %s", (value, scale, expected) => {
    expect(decimalOfScale(value, scale)).toBe(expected);
  });

  it.each(["NaN", "", ".", "1,5", "x"])("leave %j as it is", (text) => {
    expect(decimalOfScale(text, 2)).toBe(text);
  });

  it("are read as they are written", () => {
    fc.assert(
      fc.property(decimals, ([units, scale]) => {
        expect(unitsOf(decimalText(units, scale))).toEqual({ units, scale });
        expect(rescaled({ units, scale }, scale + 3)).toBe(units * 1000n);
      }),
    );
  });

  it("divide half away from zero", () => {
    fc.assert(
      fc.property(fc.bigInt(-1000n, 1000n), fc.bigInt(-50n, 50n), (a, b) => {
        fc.pre(b !== 0n);
        const exact = Number(a) / Number(b);
        expect(dividedRounded(a, b)).toBe(BigInt(Math.sign(exact) * Math.floor(Math.abs(exact) + 0.5)));
      }),
    );
  });

  it("come back from the key they are sorted by", () => {
    fc.assert(
      fc.property(decimals, ([units, scale]) => {
        const text = decimalText(units, scale);
        expect(decimalOfScale(decimalOfKey(decimalKey(text)!), scale)).toBe(text);
      }),
    );
  });
});
