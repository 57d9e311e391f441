import { describe, expect, it } from "vitest";
import { columnType, Refusal } from "../../../lib/fields/index.js";
import { decimalKind } from "../../../lib/fields/kinds.js";
import {
  aggregateNamed,
  aggregateNames,
  aggregateOperand,
  callOperand,
  commonOperand,
  functionNamed,
  functionNames,
  operandOfKind,
  operandOfValue,
} from "../../../lib/functions/index.js";
import type { Operand } from "../../../lib/lookups/index.js";

const kind = (name: string): Operand => operandOfKind(name, 2);
/** A column of 32 bits. */
const integer: Operand = { ...kind("integer"), type: columnType("integer") };
const decimal = (scale: number): Operand => ({ ...decimalKind({ precision: 40, scale }), scalar: null });

function resultOf(name: string, args: readonly (Operand | string)[], options = {}): Operand {
  const operands = args.map((arg) => (typeof arg === "string" ? kind(arg) : arg));
  return callOperand(functionNamed(name)!, operands, options);
}

function shown({ type }: Operand): string {
  const bits = type.storage === "integer" ? (type.precision === null ? " 32" : " 64") : "";
  return type.storage + bits + (type.storage === "decimal" ? ` ${type.scale}` : "");
}

describe("what comes out", () => {
  it.each([
    ["add", [integer, integer], "integer 64"],
    ["add", [integer, "bigInteger"], "bigInteger"],
    ["add", [decimal(2), integer], "decimal 2"],
    ["add", [decimal(2), decimal(5)], "decimal 5"],
    ["add", [decimal(2), "bigInteger"], "decimal 2"],
    ["add", [decimal(2), "float"], "float"],
    ["add", ["bigInteger", "float"], "float"],
    ["add", ["datetime", "duration"], "datetime"],
    ["add", ["duration", "date"], "datetime"],
    ["sub", ["date", "datetime"], "duration"],
    ["sub", ["duration", "duration"], "duration"],
    ["mul", [decimal(2), decimal(5)], "decimal 7"],
    ["mul", [decimal(20), decimal(20)], "decimal 30"],
    ["mul", ["duration", "float"], "duration"],
    ["div", [integer, integer], "float"],
    ["div", ["bigInteger", integer], "float"],
    ["div", [decimal(2), integer], "decimal 8"],
    ["div", [decimal(2), decimal(28)], "decimal 30"],
    ["div", ["duration", "duration"], "float"],
    ["mod", [decimal(2), decimal(3)], "decimal 3"],
    ["pow", [integer, integer], "float"],
    ["neg", [integer], "integer 64"],
    ["bitAnd", [integer, "bigInteger"], "bigInteger"],
    ["bitLeft", [integer, "bigInteger"], "integer 64"],
    ["length", ["string"], "integer 32"],
    ["coalesce", [integer, integer], "integer 64"],
    ["coalesce", [decimal(2), decimal(3)], "decimal 3"],
    ["coalesce", ["string", "text"], "text"],
    ["greatest", [integer, "float"], "float"],
    ["nullIf", [decimal(2), decimal(3)], "decimal 2"],
    ["ceil", [decimal(2)], "decimal 0"],
    ["ceil", ["float"], "float"],
    ["floor", ["bigInteger"], "bigInteger"],
    ["sign", [decimal(2)], "integer 32"],
  ] as const)("%s of %#", (name, args, expected) => {
    expect(shown(resultOf(name, args))).toBe(expected);
  });

  it.each([
    ["round", [decimal(4)], { digits: 2 }, "decimal 2"],
    ["round", [decimal(4)], { digits: -2 }, "decimal 0"],
    ["round", ["float"], {}, "float"],
    ["cast", ["text"], { to: "decimal", precision: 10, scale: 3 }, "decimal 3"],
    ["cast", [decimal(4)], { to: "decimal" }, "decimal 4"],
    ["cast", ["float"], { to: "smallInteger" }, "integer 64"],
    ["trunc", ["datetime"], { part: "date" }, "date"],
    ["trunc", ["datetime"], { part: "month" }, "datetime"],
    ["trunc", ["date"], { part: "month" }, "date"],
    ["extract", ["time"], { part: "hour" }, "integer 32"],
    ["jsonObject", [integer], { keys: ["a"] }, "json"],
  ] as const)("%s of %j with %j", (name, args, options, expected) => {
    expect(shown(resultOf(name, args, options))).toBe(expected);
  });

  it.each([
    ["count", null, "integer 64"],
    ["sum", integer, "integer 64"],
    ["sum", decimal(3), "decimal 3"],
    ["sum", kind("duration"), "duration"],
    ["avg", decimal(3), "float"],
    ["avg", kind("duration"), "duration"],
    ["min", integer, "integer 32"],
    ["max", decimal(3), "decimal 3"],
    ["stdDev", integer, "float"],
    ["boolAnd", kind("boolean"), "boolean"],
    ["jsonAgg", integer, "json"],
    ["anyValue", kind("uuid"), "uuid"],
  ] as const)("%s over %#", (name, arg, expected) => {
    expect(shown(aggregateOperand(aggregateNamed(name)!, arg, {}))).toBe(expected);
  });

  it("does not take over what belongs to a column alone", () => {
    const scalar = {} as NonNullable<Operand["scalar"]>;
    expect(commonOperand([{ ...kind("text"), scalar }]).scalar).toBeNull();
    expect(aggregateOperand(aggregateNamed("max")!, { ...kind("text"), scalar }, {}).scalar).toBeNull();
  });

  it("keeps the collation that one of several texts names", () => {
    const german = resultOf("collate", ["text"], { collation: "de-x-icu" });
    expect(german.type.collation).toBe("de-x-icu");
    expect(resultOf("greatest", ["string", german]).type.collation).toBe("de-x-icu");
    expect(resultOf("greatest", ["string", "text"]).type.collation).toBeNull();
  });

  it("is compared with whole numbers of more than 32 bits", () => {
    expect(resultOf("add", [integer, integer]).convert(2 ** 40)).toBe(2 ** 40);
  });
});

describe("refusals", () => {
  it.each([
    ["add", ["text", "text"], {}, "argument 1 must be number or duration or date or datetime, got text."],
    ["add", ["datetime", "datetime"], {}, "a datetime cannot be added to a datetime."],
    ["sub", ["duration", "date"], {}, "a duration cannot be less a date."],
    ["mul", ["duration", "duration"], {}, "a duration cannot be multiplied by a duration."],
    ["div", ["float", "duration"], {}, "a number cannot be divided by a duration."],
    ["bitAnd", ["float", "integer"], {}, "only whole numbers have bits, not a float."],
    ["bitLeft", ["integer", "float"], {}, "only whole numbers have bits, not a float."],
    ["lower", [], {}, "takes 1 argument, got 0."],
    ["substr", ["text"], {}, "takes 2 to 3 arguments, got 1."],
    ["concat", [], {}, "takes 1 argument or more, got 0."],
    ["lower", ["integer"], {}, "argument 1 must be text, got number."],
    ["lpad", ["text", "integer", "integer"], {}, "argument 3 must be text, got number."],
    ["lower", ["text"], { locale: "tr" }, 'takes no option "locale". It has none.'],
    ["round", ["float"], { digit: 2 }, 'takes no option "digit". Did you mean "digits"? Options: digits.'],
    ["round", ["float"], { digits: 1.5 }, "digits: expected a whole number from -64 to 30, got number 1.5."],
    ["round", ["float"], { digits: "2) --" }, 'digits: expected a whole number from -64 to 30, got string "2) --".'],
    ["coalesce", ["text", "integer"], {}, /must all be of one kind, got text and number\. Use Cast/],
    ["greatest", ["boolean"], {}, /argument 1 must be text or number .* got boolean/],
    ["nullIf", ["json", "json"], {}, /argument 1 must be .* got json/],
    ["collate", ["text"], { collation: 'x" --' }, /is not the name of a collation/],
    ["collate", ["text"], {}, "undefined is not the name of a collation."],
    ["cast", ["text"], { to: "interger" }, /"interger" is no kind of field\. Did you mean "integer"\? Kinds: integer,/],
    ["cast", ["text"], { to: "__proto__" }, /is no kind of field/],
    ["cast", ["text"], { to: "decimal" }, /needs \{ scale \}/],
    ["cast", ["json"], { to: "binary" }, "a json cannot be made a binary."],
    ["cast", ["boolean"], { to: "date" }, "a boolean cannot be made a date."],
    ["extract", ["date"], { part: "hour" }, /a date has no part string "hour"\./],
    ["extract", ["time"], { part: "hours" }, /Did you mean "hour"\? Parts: hour, minute, second\./],
    ["trunc", ["datetime"], { part: "month') --" }, /a datetime has no part/],
    ["trunc", ["time"], { part: "day" }, /Parts: hour, minute, second\./],
    ["trunc", ["date"], { part: "date" }, /Parts: year, quarter, month, week, day\./],
    ["jsonObject", ["text"], { keys: [] }, "keys: expected one for each of 1 values, got an array of 0."],
    ["jsonObject", ["text", "text"], { keys: ["a", "a"] }, "keys: each may be there once."],
    ["jsonObject", ["text"], { keys: ["a\0"] }, /U\+0000/],
    ["jsonArray", ["binary"], {}, /argument 1 must be .* got binary/],
  ] as const)("%s of %j with %j: %s", (name, args, options, message) => {
    const refused = () => resultOf(name, args, options);
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(message);
  });

  it.each([
    ["sum", null, {}, false, 'takes a path or an expression; only Count takes "*".'],
    ["sum", "text", {}, false, "argument 1 must be number or duration, got text."],
    ["min", "boolean", {}, false, /got boolean/],
    ["count", null, {}, true, 'takes no distinct with "*"'],
    ["variance", "float", {}, true, "takes no distinct."],
    ["variance", "float", { sample: "yes" }, false, 'sample: expected true or false, got string "yes".'],
    ["stringAgg", "text", { separator: 5 }, false, "expected a string, got number 5."],
    ["stringAgg", "text", { seperator: ";" }, false, 'Did you mean "separator"?'],
  ] as const)("%s over %s with %j", (name, arg, options, distinct, message) => {
    const refused = () => aggregateOperand(aggregateNamed(name)!, arg === null ? null : kind(arg), options, distinct);
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(message);
  });
});

describe("values", () => {
  it.each([
    [5, null, "integer 64"],
    [2 ** 40, null, "integer 64"],
    [-0, null, "integer 64"],
    [1.5, null, "float"],
    [1e300, null, "float"],
    [5n, null, "bigInteger"],
    ["x", null, "text"],
    [true, null, "boolean"],
    [new Date(0), null, "datetime"],
    [new Uint8Array(), null, "binary"],
    [{ a: 1 }, null, "json"],
    [[1], null, "json"],
    ["0.10", "decimal", "decimal 2"],
    ["5", "decimal", "decimal 0"],
    [5n, "decimal", "decimal 0"],
    ["2024-02-29", "date", "date"],
    [1500, "duration", "duration"],
    [5, "float", "float"],
    ["a", "slug", "text"],
    ["x", "json", "json"],
  ] as const)("%o as %s", (value, as, expected) => {
    expect(shown(operandOfValue(value, as))).toBe(expected);
  });

  it.each([
    [undefined, null, "undefined cannot be a value in a query."],
    [null, null, "null has no kind"],
    [Number.NaN, null, "expected a finite number"],
    [Number.POSITIVE_INFINITY, null, "expected a finite number"],
    [Symbol("x"), null, "a symbol cannot be a value in a query."],
    [() => 1, null, "cannot be a value in a query."],
    [new Map(), null, "an instance of Map cannot be a value in a query."],
    [2n ** 64n, null, "does not fit 64 bits"],
    ["a\0", null, "U+0000"],
    [1.5, "decimal", "expected a decimal number as a string"],
    ["2023-02-29", "date", "expected a date"],
    ["x", "constructor", "is no kind of field"],
  ] as const)("%o as %s is refused", (value, as, message) => {
    expect(() => operandOfValue(value, as)).toThrow(Refusal);
    expect(() => operandOfValue(value, as)).toThrow(message);
  });
});

it("names are known by name alone", () => {
  expect(functionNamed("lower")?.name).toBe("lower");
  expect(functionNamed("toString")).toBeUndefined();
  expect(aggregateNamed("__proto__")).toBeUndefined();
  expect(functionNames.length).toBe(new Set(functionNames).size);
  expect(aggregateNames).toContain("stringAgg");
});
