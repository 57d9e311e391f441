import { refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { define, NUMBER } from "./define.js";
import type { CallOptions, FunctionDefinition } from "./definition.js";
import { bigInteger, decimal, duration, float, MOST_SCALE, numberKind, numberOf, small } from "./operands.js";

const LONGEST = 64;

function rounded([arg]: readonly Operand[], { digits = 0 }: CallOptions): Operand {
  if (typeof digits !== "number" || !Number.isInteger(digits) || digits < -LONGEST || digits > MOST_SCALE) {
    return refuse(`digits: expected a whole number from -${LONGEST} to ${MOST_SCALE}, got ${printable(digits)}.`);
  }
  return numberOf([arg as Operand], () => Math.max(digits, 0));
}

function ofSameKind([arg]: readonly Operand[]): Operand {
  return arg?.family === "duration" ? duration : numberOf([arg as Operand]);
}

/** A decimal's next whole number is a decimal without fraction. */
function toWhole([arg]: readonly Operand[]): Operand {
  return numberKind(arg as Operand) === "decimal" ? decimal(0) : numberOf([arg as Operand]);
}

function sign([arg]: readonly Operand[]): Operand {
  return numberKind(arg as Operand) === "bigInteger" ? bigInteger : small;
}

const ANGLES = ["sin", "cos", "tan", "atan", "degrees", "radians", "exp"];
/** NULL where there is no real answer: the root of -1, the logarithm of 0, the cotangent of 0. */
const PARTIAL = ["sqrt", "ln", "cot", "asin", "acos"];

/**
 * Rounding is half away from zero, of a float as it is written: 1.005 to two digits is 1.01. `digits` below 0 round to
 * tens, hundreds, ….
 */
export const math: readonly FunctionDefinition[] = [
  define("abs", 1, [["number", "duration"]], ofSameKind),
  define("round", 1, [NUMBER], rounded, { options: ["digits"] }),
  define("ceil", 1, [NUMBER], toWhole),
  define("floor", 1, [NUMBER], toWhole),
  define("sign", 1, [NUMBER], sign),
  ...ANGLES.map((name) => define(name, 1, [NUMBER], float)),
  ...PARTIAL.map((name) => define(name, 1, [NUMBER], float, { nulls: "made" })),
  /** Of the base and the number. */
  define("log", 2, [NUMBER], float, { nulls: "made" }),
  define("atan2", 2, [NUMBER], float),
  define("pi", 0, [], float, { nulls: "never" }),
  /** From 0 to below 1, another one for each row. */
  define("random", 0, [], float, { nulls: "never" }),
];
