import { printable } from "../util/printable.js";
import type { Storage } from "./column-type.js";
import { convertDate } from "./convert-times.js";
import { refuse } from "./refusal.js";
import type { ScalarField } from "./scalar-field.js";

const MOMENT = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** How JSON writes what it has no type for, as `toJSON()` of rows does. */
const READERS: Partial<Record<Storage, (text: string) => unknown>> = {
  datetime(text) {
    const match = MOMENT.exec(text);
    if (match !== null) return new Date(convertDate(match[1]) + text.slice(10));
    return refuse(`expected a moment such as "2026-01-31T10:20:30Z", with its zone, got ${printable(text)}.`);
  },
  bigInteger(text) {
    if (/^-?\d{1,19}$/.test(text)) return BigInt(text);
    return refuse(`expected a whole number, or one in a string, got ${printable(text)}.`);
  },
  binary(text) {
    if (BASE64.test(text)) return new Uint8Array(Buffer.from(text, "base64"));
    return refuse(`expected bytes in base64, got ${printable(text)}.`);
  },
};

/**
 * A value as it comes in JSON: moments, whole numbers of 64 bits and bytes are read from strings. All else is as it was,
 * to be checked by the field.
 *
 * @throws Refusal for a string that is none of what the field holds.
 */
export function fromJson({ type }: ScalarField, value: unknown): unknown {
  const read = typeof value === "string" ? READERS[type.storage] : undefined;
  return read === undefined ? value : read(value as string);
}
