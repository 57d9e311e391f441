import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import type { ColumnType, Storage } from "./column-type.js";
import { convertBinary, convertBoolean, convertJson } from "./convert-json.js";
import { convertBigInteger, convertFloat, decimalOf, integerBetween } from "./convert-numbers.js";
import { convertText, convertUuid, textChecks } from "./convert-text.js";
import { convertDate, convertDatetime, convertDuration, convertTime } from "./convert-times.js";
import type { FieldOptions } from "./options.js";
import type { FieldKind, LookupFamily } from "./scalar-field.js";

/** A column type of a storage, with nothing said beyond it. */
export function columnType(storage: Storage, more: Partial<ColumnType> = {}): ColumnType {
  return Object.freeze({
    storage,
    maxLength: null,
    precision: null,
    scale: null,
    collation: null,
    customSqlType: null,
    customCodec: null,
    ...more,
  });
}

export const convertInteger = integerBetween(-(2 ** 31), 2 ** 31 - 1);
const convertSmallInteger = integerBetween(-(2 ** 15), 2 ** 15 - 1);

type Convert = (value: unknown) => unknown;

function simple(kind: string, family: LookupFamily, storage: Storage, convert: Convert): FieldKind {
  return Object.freeze({ kind, family, type: columnType(storage), convert });
}

function generated(kind: FieldKind): FieldKind {
  return Object.freeze({ ...kind, generated: true });
}

/** Kinds that are the same whatever their options. */
export const plainKinds = {
  integer: generated(simple("integer", "number", "integer", convertInteger)),
  smallInteger: generated(simple("smallInteger", "number", "smallInteger", convertSmallInteger)),
  bigInteger: generated(simple("bigInteger", "number", "bigInteger", convertBigInteger)),
  float: simple("float", "number", "float", convertFloat),
  boolean: simple("boolean", "boolean", "boolean", convertBoolean),
  uuid: simple("uuid", "uuid", "uuid", convertUuid),
  date: simple("date", "date", "date", convertDate),
  time: simple("time", "time", "time", convertTime),
  datetime: simple("datetime", "datetime", "datetime", convertDatetime),
  duration: simple("duration", "duration", "duration", convertDuration),
  json: simple("json", "json", "json", convertJson),
  binary: simple("binary", "binary", "binary", convertBinary),
} as const;

/** Text kinds and the characters they hold unless told otherwise; null for as many as one likes. */
const TEXT_LENGTHS = { string: 255, text: null, email: 254, url: 2048, slug: 50, ipAddress: 45 } as const;

export type TextKind = keyof typeof TEXT_LENGTHS;

export function textKind(kind: TextKind, options: FieldOptions): FieldKind {
  const maxLength = options.maxLength ?? TEXT_LENGTHS[kind];
  const collation = options.collation ?? null;
  const type = kind === "text" ? columnType("text", { collation }) : columnType("string", { maxLength, collation });
  const check = kind in textChecks ? { check: textChecks[kind as keyof typeof textChecks] } : {};
  return { kind, family: "text", type, convert: convertText, ...check };
}

/** `string()` and its like take their length into the options, so that it is checked too. */
export function withLength(kind: TextKind, options: FieldOptions): FieldOptions {
  const length = TEXT_LENGTHS[kind];
  return length === null || options.maxLength !== undefined ? options : { ...options, maxLength: length };
}

export function decimalKind(options: FieldOptions): FieldKind {
  const { precision, scale } = options;
  if (!isBetween(precision, 1, 65) || !isBetween(scale, 0, Math.min(30, precision))) {
    throw new ConfigurationError(
      `fields.decimal() needs { precision, scale }: digits in all (1 to 65) and after the point (0 to 30), ` +
        `got precision ${printable(precision)} and scale ${printable(scale)}.`,
    );
  }
  const type = columnType("decimal", { precision, scale });
  return { kind: "decimal", family: "number", type, convert: decimalOf(precision, scale) };
}

function isBetween(value: number | undefined, low: number, high: number): value is number {
  return value !== undefined && Number.isInteger(value) && value >= low && value <= high;
}

/** The values of an enumeration: a list, or a TypeScript enum object (whose numeric members map back to names). */
export function enumerationValues(source: unknown): readonly (string | number)[] {
  const values: unknown[] = Array.isArray(source)
    ? source
    : source !== null && typeof source === "object"
      ? Object.keys(source)
          .filter((key) => !/^-?\d+$/.test(key))
          .map((key) => (source as Record<string, unknown>)[key])
      : [];
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.size !== 1 || !(kinds.has("string") || kinds.has("number"))) {
    throw new ConfigurationError(
      "fields.enumeration() takes a list of strings, a list of numbers, or a TypeScript enum object.",
    );
  }
  return values as (string | number)[];
}

export function enumerationKind(values: readonly (string | number)[]): FieldKind {
  if (typeof values[0] === "number") return { ...plainKinds.integer, kind: "enumeration", generated: false };
  const longest = Math.max(...values.map((value) => String(value).length));
  const type = columnType("string", { maxLength: Math.max(longest, 1) });
  return { kind: "enumeration", family: "text", type, convert: convertText };
}
