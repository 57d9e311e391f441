import { exactDecimal, refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import * as operands from "./operands.js";

const TEXT_KINDS = ["string", "text", "email", "url", "slug", "ipAddress"];

/** Kinds of fields by the operand of their values. A decimal's depends on the value. */
const KINDS: Readonly<Record<string, Operand>> = {
  integer: operands.whole,
  smallInteger: operands.whole,
  bigInteger: operands.bigInteger,
  float: operands.float,
  boolean: operands.boolean,
  uuid: operands.uuid,
  date: operands.date,
  time: operands.time,
  datetime: operands.datetime,
  duration: operands.duration,
  json: operands.json,
  binary: operands.binary,
  ...Object.fromEntries(TEXT_KINDS.map((kind) => [kind, operands.text])),
};

/** Kinds of fields that a value or a result can be said to be of. */
const kindNames: readonly string[] = [...Object.keys(KINDS), "decimal"];

/** The operand of a kind of field's values, by the kind's name; a decimal needs a scale. Throws a `Refusal`. */
export function operandOfKind(kind: unknown, scale: number | null): Operand {
  if (kind === "decimal") return operands.decimal(scale ?? refuse('"decimal" needs { precision, scale }.'));
  const found = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (found !== undefined) return found;
  const near = typeof kind === "string" ? didYouMean(kind, kindNames) : "";
  return refuse(`${printable(kind)} is no kind of field.${near} Kinds: ${kindNames.join(", ")}.`);
}

/**
 * The operand of a plain JavaScript value: number: a whole number of 64 bits where it is a safe integer, else a float;
 * bigint: bigInteger; string: text; boolean; Date: datetime; Uint8Array: binary; plain object or array: json. `as` names
 * the kind of field whose value it is ("decimal", "date", …) where that does not show. Throws a `Refusal`.
 *
 * The value itself is `operand.convert(value)`.
 */
export function operandOfValue(value: unknown, as: string | null): Operand {
  const operand = as === null ? shown(value) : operandOfKind(as, as === "decimal" ? decimalScale(value) : null);
  operand.convert(value);
  return operand;
}

function shown(value: unknown): Operand {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) ? operands.whole : operands.float;
    case "bigint":
      return operands.bigInteger;
    case "string":
      return operands.text;
    case "boolean":
      return operands.boolean;
    case "object":
      return value === null ? refuse('null has no kind: name one, such as Value(null, "text").') : shownObject(value);
    default:
      return refuse(`${printable(value)} cannot be a value in a query.`);
  }
}

function shownObject(value: object): Operand {
  if (value instanceof Date) return operands.datetime;
  if (value instanceof Uint8Array) return operands.binary;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value) || prototype === Object.prototype || prototype === null) return operands.json;
  return refuse(`${printable(value)} cannot be a value in a query.`);
}

/** As many digits as are written: "0.10" has two. */
function decimalScale(value: unknown): number {
  exactDecimal(value, 0);
  const fraction = String(value).split(".")[1] ?? "";
  return Math.min(fraction.length, operands.MOST_SCALE);
}
