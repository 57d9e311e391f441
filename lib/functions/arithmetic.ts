import { type LookupFamily, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { define, NUMBER } from "./define.js";
import type { FunctionDefinition } from "./definition.js";
import { datetime, duration, float, largest, MOST_SCALE, numberOf, widestKind } from "./operands.js";

const MOMENTS: readonly LookupFamily[] = ["date", "datetime"];
const ADDED: readonly LookupFamily[] = ["number", "duration", ...MOMENTS];
/** Digits by which a quotient of decimals goes beyond the longer of them. */
const QUOTIENT_DIGITS = 6;

const sum = (scales: readonly number[]) =>
  Math.min(
    scales.reduce((total, scale) => total + scale, 0),
    MOST_SCALE,
  );
const quotient = (scales: readonly number[]) => Math.min(largest(scales) + QUOTIENT_DIGITS, MOST_SCALE);

function mismatch(verb: string, [left, right]: readonly Operand[]): never {
  return refuse(`a ${left?.family} cannot be ${verb} a ${right?.family}.`);
}

function families(args: readonly Operand[]): string {
  return args.map(({ family }) => (MOMENTS.includes(family) ? "moment" : family)).join(" ");
}

/** A date is taken as its midnight in UTC where a length of time is added. */
function added(args: readonly Operand[]): Operand {
  switch (families(args)) {
    case "number number":
      return numberOf(args);
    case "duration duration":
      return duration;
    case "moment duration":
    case "duration moment":
      return datetime;
    default:
      return mismatch("added to", args);
  }
}

function subtracted(args: readonly Operand[]): Operand {
  switch (families(args)) {
    case "number number":
      return numberOf(args);
    case "duration duration":
    case "moment moment":
      return duration;
    case "moment duration":
      return datetime;
    default:
      return mismatch("less", args);
  }
}

function multiplied(args: readonly Operand[]): Operand {
  switch (families(args)) {
    case "number number":
      return numberOf(args, sum);
    case "duration number":
    case "number duration":
      return duration;
    default:
      return mismatch("multiplied by", args);
  }
}

/** Never truncates: 5 by 2 is 2.5. Decimals give a decimal, rounded half away from zero. */
function divided(args: readonly Operand[]): Operand {
  switch (families(args)) {
    case "number number":
      return widestKind(args) === "decimal" ? numberOf(args, quotient) : float;
    case "duration number":
      return duration;
    case "duration duration":
      return float;
    default:
      return mismatch("divided by", args);
  }
}

function remainder(args: readonly Operand[]): Operand {
  if (families(args) === "duration duration") return duration;
  return families(args) === "number number" ? numberOf(args) : mismatch("divided by", args);
}

function bits(args: readonly Operand[]): Operand {
  const kind = widestKind(args);
  return kind === "whole" || kind === "bigInteger"
    ? numberOf(args)
    : refuse(`only whole numbers have bits, not a ${kind}.`);
}

/** The number shifted decides what comes out, not the number of places. */
function shifted([number, places]: readonly Operand[]): Operand {
  bits([places as Operand]);
  return bits([number as Operand]);
}

const NUMBERS = [["number", "duration"]] as const;

/**
 * Whole numbers are worked with in 64 bits. Division and remainder by zero are NULL; a remainder has the sign of what is
 * divided, as in JavaScript; a power is a float, NULL where there is no real one. Bits are those of 64, in two's
 * complement: a shift to the right keeps the sign, one by 64 places or more leaves nothing, one by fewer than 0 is NULL.
 */
export const arithmetic: readonly FunctionDefinition[] = [
  define("add", 2, [ADDED], added),
  define("sub", 2, [ADDED], subtracted),
  define("mul", 2, NUMBERS, multiplied),
  define("div", 2, NUMBERS, divided, { nulls: "made" }),
  define("mod", 2, NUMBERS, remainder, { nulls: "made" }),
  define("pow", 2, [NUMBER], float, { nulls: "made" }),
  define("power", 2, [NUMBER], float, { nulls: "made" }),
  define("neg", 1, NUMBERS, ([arg]) => (arg?.family === "duration" ? duration : numberOf([arg as Operand]))),
  define("bitAnd", 2, [NUMBER], bits),
  define("bitOr", 2, [NUMBER], bits),
  define("bitXor", 2, [NUMBER], bits),
  define("bitLeft", 2, [NUMBER], shifted, { nulls: "made" }),
  define("bitRight", 2, [NUMBER], shifted, { nulls: "made" }),
];
