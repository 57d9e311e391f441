import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { printable } from "../../../lib/util/printable.js";

class Point {}

describe("A value in a message", () => {
  it.each([
    [null, "null"],
    [undefined, "undefined"],
    ["x", 'string "x"'],
    ['a"b', 'string "a\\"b"'],
    [NaN, "number NaN"],
    [-1.5, "number -1.5"],
    [5n, "bigint 5n"],
    [true, "boolean true"],
    [Symbol("secret"), "a symbol"],
    [[1, 2], "an array of 2"],
    [{ password: "s3cret" }, "a plain object"],
    [Object.create(null), "a plain object"],
    [new Point(), "an instance of Point"],
    [new (class {})(), "an instance of an unnamed class"],
    [new Date(0), "Date 1970-01-01T00:00:00.000Z"],
    [new Date(NaN), "an invalid Date"],
    [Buffer.from("x"), "an instance of Buffer"],
    [Math.max, "function max"],
    [() => 1, "function (anonymous)"],
  ])("%s", (value, expected) => {
    expect(printable(value)).toBe(expected);
  });

  it("is short and on one line, whatever it is", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }),
        (value) => {
          const text = printable(value);
          expect(text).toMatch(/^[^\n]+$/);
          expect(text.length).toBeLessThan(typeof value === "bigint" ? 1000 : 80);
        },
      ),
    );
    expect(printable("é".repeat(1000)).length).toBeLessThan(80);
  });
});
