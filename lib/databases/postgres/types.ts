import { ConfigurationError } from "../../errors/index.js";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import type { Decode, Encode, EngineTypes } from "../ports/index.js";
import { parseTimestamp } from "../timestamps.js";

const DECLARED: Readonly<Record<Storage, (type: ColumnType) => string>> = {
  integer: () => "integer",
  smallInteger: () => "smallint",
  bigInteger: () => "bigint",
  float: () => "double precision",
  decimal: ({ precision, scale }) => (precision === null ? "numeric" : `numeric(${precision}, ${scale ?? 0})`),
  boolean: () => "boolean",
  string: ({ maxLength, collation }) => collated(maxLength === null ? "varchar" : `varchar(${maxLength})`, collation),
  text: ({ collation }) => collated("text", collation),
  uuid: () => "uuid",
  date: () => "date",
  time: () => "time(6)",
  datetime: () => "timestamptz(3)",
  duration: () => "bigint",
  json: () => "jsonb",
  binary: () => "bytea",
  custom: ({ customSqlType }) => {
    if (customSqlType === null) throw new ConfigurationError("A custom field needs sqlType(engine).");
    return customSqlType("postgres");
  },
};

const ENCODERS: Readonly<Partial<Record<Storage, Encode>>> = {
  datetime: instant,
  // The driver would write a Date in the local time zone.
  custom: (value) => (value instanceof Date ? instant(value) : value),
  json: (value) => JSON.stringify(value),
};

const DECODERS: Readonly<Partial<Record<Storage, Decode>>> = {
  // Counts and sums come as int8 or numeric, which leave the driver as text.
  integer: Number,
  smallInteger: Number,
  duration: Number,
  float: Number,
  bigInteger: (value) => BigInt(value as string | number),
  datetime: (value) => parseTimestamp(value as string),
  json: (value) => JSON.parse(value as string) as unknown,
  // Bytes of its own: the driver's stay as they were read, so that a change to the row's can be noticed.
  binary: (value) => Uint8Array.from(value as Uint8Array),
};

export const postgresTypes: EngineTypes = {
  sqlType: (type) => DECLARED[type.storage](type),
  encoder: (type) => ENCODERS[type.storage] ?? null,
  decoder: (type) => DECODERS[type.storage] ?? null,
  isWide: () => false,
};

function instant(value: unknown): string {
  return (value as Date).toISOString();
}

// "C" orders by code point, as the other engines' binary collations do; the database's own locale would not.
function collated(sqlType: string, collation: string | null): string {
  return `${sqlType} COLLATE "${(collation ?? "C").replaceAll('"', '""')}"`;
}
