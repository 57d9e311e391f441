import { ConfigurationError } from "../../errors/index.js";
import { columnType, type FieldOptions, refuse, ScalarField } from "../../fields/index.js";
import { printable } from "../../util/printable.js";
import { numberBits } from "../lookups/masks.js";
import type { BitColumn } from "../types/masks.js";
import { mysqlType } from "./integers.js";

const MOST_BITS = 64;

function declareBits(length: unknown, options: FieldOptions = {}): ScalarField {
  if (typeof length !== "number" || !Number.isInteger(length) || length < 1 || length > MOST_BITS) {
    throw new ConfigurationError(
      `bitColumn(length): expected a whole number from 1 to ${MOST_BITS}, got ${printable(length)}.`,
    );
  }
  const most = (1n << BigInt(length)) - 1n;
  const type = columnType("custom", {
    customSqlType: mysqlType("bitColumn(…)", `bit(${length})`, "fields.bigInteger() keeps 63 bits on every engine."),
    customCodec: { toDb: (value) => value, fromDb: (bytes) => numberOf(bytes as Uint8Array) },
  });
  numberBits(type, (value) => value as bigint);
  const convert = (value: unknown): bigint => {
    const bits = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof bits !== "bigint") return refuse(`expected a whole number, got ${printable(value)}.`);
    return bits >= 0n && bits <= most ? bits : refuse(`${String(bits)} is outside 0 to ${most}.`);
  };
  return new ScalarField({ kind: "bitColumn", family: "bits", type, convert }, options);
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/**
 * So many bits, up to 64, as one number: a bigint, since that has room for all of them, and `&`, `|` and `<<` to make it
 * of. Words of which several may be there are told by name in a `setColumn`.
 *
 * @example
 * ```ts no-run
 * class Door extends Model("door", { open: bitColumn(12, { default: 0n }) }) {
 *   static objects = manager(this);
 * }
 * // `open` bit(12) NOT NULL
 * await Door.objects.filter({ open__contains: 0b101n, open__number__lt: 64n }).all(); // bits 0 and 2, and none beyond 5
 * ```
 * @throws ConfigurationError for another length; NotSupportedError, by `createTables`, on other engines.
 */
export const bitColumn: BitColumn = declareBits as never;
