import { type ColumnType, columnType, refuse } from "../fields/index.js";
import { integerBetween } from "../fields/convert-numbers.js";
import { decimalKind, plainKinds, textKind } from "../fields/kinds.js";
import type { FieldKind } from "../fields/scalar-field.js";
import type { Operand } from "../lookups/index.js";

/** Digits of a decimal, and after its point, that every engine can work with. */
const MOST_DIGITS = 65;
export const MOST_SCALE = 30;

/**
 * A whole number that was worked out: 64 bits on every engine, a JavaScript number. It has "integer" storage like a
 * column of 32 bits; its precision, 19 digits, tells it from one.
 */
const WHOLE: ColumnType = columnType("integer", { precision: 19 });

function operandOf({ family, type, convert }: FieldKind): Operand {
  return Object.freeze({ family, type, convert, scalar: null });
}

const safe = Number.MAX_SAFE_INTEGER;

export const whole: Operand = Object.freeze({
  family: "number",
  type: WHOLE,
  convert: integerBetween(-safe, safe),
  scalar: null,
});
/** A whole number of 32 bits at most, such as a length. */
export const small = operandOf(plainKinds.integer);
export const bigInteger = operandOf(plainKinds.bigInteger);
export const float = operandOf(plainKinds.float);
export const boolean = operandOf(plainKinds.boolean);
export const date = operandOf(plainKinds.date);
export const time = operandOf(plainKinds.time);
export const datetime = operandOf(plainKinds.datetime);
export const duration = operandOf(plainKinds.duration);
export const uuid = operandOf(plainKinds.uuid);
export const json = operandOf(plainKinds.json);
export const binary = operandOf(plainKinds.binary);
export const text = operandOf(textKind("text", {}));

/** A decimal of so many digits after its point. */
export function decimal(scale: number): Operand {
  return operandOf(decimalKind({ precision: MOST_DIGITS, scale: Math.min(scale, MOST_SCALE) }));
}

/** How numbers are worked with; a custom field's are taken for floats. */
export type NumberKind = "whole" | "bigInteger" | "decimal" | "float";

export function numberKind({ type }: Operand): NumberKind {
  if (type.storage === "integer" || type.storage === "smallInteger") return "whole";
  return type.storage === "bigInteger" || type.storage === "decimal" ? type.storage : "float";
}

/** The kind that holds numbers of several kinds: float before decimal before bigInteger before whole. */
export function widestKind(args: readonly Operand[]): NumberKind {
  const kinds = new Set(args.map(numberKind));
  return (["float", "decimal", "bigInteger"] as const).find((kind) => kinds.has(kind)) ?? "whole";
}

/** The number that comes of numbers; the scale of a decimal is worked out from theirs. */
export function numberOf(args: readonly Operand[], scale: (scales: readonly number[]) => number = largest): Operand {
  const kind = widestKind(args);
  if (kind === "decimal") return decimal(scale(args.map(scaleOf)));
  return { whole, bigInteger, float }[kind];
}

export function scaleOf({ type }: Operand): number {
  return type.storage === "decimal" ? (type.scale ?? 0) : 0;
}

export function largest(numbers: readonly number[]): number {
  return Math.max(...numbers);
}

/** What can be any one of several operands: COALESCE, CASE. Throws a `Refusal` where nothing can. */
export function commonOperand(args: readonly Operand[]): Operand {
  const families = [...new Set(args.map(({ family }) => family))];
  const [first = text] = args;
  if (families.length > 1) {
    return refuse(`its arguments must all be of one kind, got ${families.join(" and ")}. Use Cast to make them alike.`);
  }
  if (first.family === "number") return args.length === 1 ? plain(first) : numberOf(args);
  if (first.family === "text" && args.length > 1) return textLike(args);
  return plain(first);
}

/** A text, compared as the first of those is that say how. */
function textLike(args: readonly Operand[]): Operand {
  const collated = args.find(({ type }) => type.collation !== null);
  return collated === undefined ? text : { ...text, type: { ...text.type, collation: collated.type.collation } };
}

/** A column's operand without what belongs to the column alone. */
export function plain(operand: Operand): Operand {
  return operand.scalar === null ? operand : { ...operand, scalar: null };
}
