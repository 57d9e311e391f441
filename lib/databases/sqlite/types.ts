import { ConfigurationError, DatabaseError } from "../../errors/index.js";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import type { Decode, Encode, EngineTypes } from "../ports/index.js";
import { encodeDatetime, parseDatetime, toBindable } from "./values.js";

/**
 * Declared types. A type's name decides how SQLite converts what is stored: texts must not be declared by a name that
 * makes numbers of them, so "json" and "uuid" and "decimal" would be wrong.
 */
const DECLARED: Readonly<Record<Exclude<Storage, "string" | "decimal" | "custom">, string>> = {
  integer: "integer",
  smallInteger: "smallint",
  bigInteger: "bigint",
  duration: "bigint",
  float: "real",
  boolean: "boolean",
  text: "text",
  uuid: "char(36)",
  date: "date",
  time: "time",
  datetime: "datetime",
  json: "json_text",
  binary: "blob",
};

// The driver binds every number as REAL. A column of whole numbers makes whole numbers of them, and compares as such.
const ENCODERS: Readonly<Partial<Record<Storage, Encode>>> = {
  boolean: Number,
  datetime: (value) => encodeDatetime(value as Date),
  json: (value) => JSON.stringify(value),
  custom: toBindable,
};

const DECODERS: Readonly<Partial<Record<Storage, Decode>>> = {
  integer: toNumber,
  smallInteger: toNumber,
  duration: toNumber,
  float: toNumber,
  bigInteger: (value) => BigInt(value as number | bigint),
  boolean: (value) => Number(value) !== 0,
  datetime: decodeDatetime,
  json: (value) => JSON.parse(value as string) as unknown,
  binary: (value) => new Uint8Array(value as Uint8Array),
  custom: (value) => (typeof value === "bigint" ? narrow(value) : value),
};

export const sqliteTypes: EngineTypes = {
  sqlType: (type) => declared(type) + collated(type),
  encoder: ({ storage }) => ENCODERS[storage] ?? null,
  decoder: (type) => (type.storage === "decimal" ? decimalDecoder(type.scale ?? 0) : (DECODERS[type.storage] ?? null)),
  isWide: ({ storage }) => storage === "bigInteger",
};

function declared(type: ColumnType): string {
  if (type.storage === "custom") return customSqlType(type);
  if (type.storage === "string") return type.maxLength === null ? "varchar" : `varchar(${type.maxLength})`;
  if (type.storage === "decimal") return `decimal_text${decimalSize(type)}`;
  return DECLARED[type.storage];
}

function customSqlType({ customSqlType: typeFor }: ColumnType): string {
  if (typeFor !== null) return typeFor("sqlite");
  throw new ConfigurationError("A custom field does not say its SQL type on sqlite.");
}

function decimalSize({ precision, scale }: ColumnType): string {
  return precision === null ? "" : `(${precision}, ${scale ?? 0})`;
}

function collated({ collation }: ColumnType): string {
  return collation === null ? "" : ` COLLATE "${collation.replaceAll('"', '""')}"`;
}

function toNumber(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function decodeDatetime(value: unknown): Date {
  const time = parseDatetime(String(value));
  if (!Number.isNaN(time)) return new Date(time);
  throw new DatabaseError("A datetime column holds something that is no datetime.", {
    hint: 'Store "YYYY-MM-DD HH:MM:SS.mmm" in UTC.',
  });
}

/** Stored decimals are exact texts; what SQLite computed from them (SUM, AVG) is a number. */
function decimalDecoder(scale: number): Decode {
  return (value) => {
    if (typeof value === "number") return value.toFixed(scale);
    if (typeof value !== "bigint") return value;
    return scale === 0 ? String(value) : `${value}.${"0".repeat(scale)}`;
  };
}
