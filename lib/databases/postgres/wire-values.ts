import { ConfigurationError } from "../../errors/index.js";
import { arrayLiteral, quotedElement } from "./array-literal.js";

type WireValue = string | Buffer | null;

/**
 * Values as they are sent: text, bytes or null. What our encoders give is one of few kinds; lists and objects, from SQL
 * written by hand or from custom fields, become arrays and JSON as in `pg` itself, and dates an instant in UTC.
 */
export function wireValues(parameters: readonly unknown[]): readonly WireValue[] {
  const values = new Array<WireValue>(parameters.length);
  for (let at = 0; at < values.length; at += 1) values[at] = wireValue(parameters[at]);
  return values;
}

/** A value that knows how it is written, as pg lets values. */
interface SelfWritten {
  toPostgres?(wireValue: (value: unknown) => WireValue): unknown;
}

function wireValue(value: unknown): WireValue {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return wireObject(value);
  throw new ConfigurationError(`A ${typeof value} cannot be sent as a value.`, {
    hint: "Give what it returns or names.",
  });
}

function wireObject(value: object & SelfWritten): WireValue {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return arrayLiteral(value, elementText);
  return typeof value.toPostgres === "function" ? wireValue(value.toPostgres(wireValue)) : JSON.stringify(value);
}

/** Lists in lists, and what `wireObject` makes of other objects. */
function elementText(element: object): string {
  if (Array.isArray(element)) return arrayLiteral(element, elementText);
  const value = wireObject(element);
  if (value === null) return "NULL";
  return quotedElement(typeof value === "string" ? value : `\\x${value.toString("hex")}`);
}
