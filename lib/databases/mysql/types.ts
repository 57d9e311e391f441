import { ConfigurationError } from "../../errors/index.js";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import type { Decode, Encode, EngineTypes } from "../ports/index.js";
import { parseTimestamp } from "../timestamps.js";
import type { Flavour } from "./flavour.js";

const DECLARED: Readonly<Record<Storage, (type: ColumnType, flavour: Flavour) => string>> = {
  integer: () => "int",
  smallInteger: () => "smallint",
  bigInteger: () => "bigint",
  float: () => "double",
  decimal: ({ precision, scale }) => `decimal(${precision ?? 65}, ${scale ?? (precision === null ? 30 : 0)})`,
  boolean: () => "tinyint(1)",
  string: ({ maxLength, collation }, flavour) => collated(`varchar(${maxLength ?? 255})`, collation, flavour),
  text: ({ collation }, flavour) => collated("longtext", collation, flavour),
  uuid: () => "char(36) CHARACTER SET ascii COLLATE ascii_bin",
  date: () => "date",
  time: () => "time(6)",
  datetime: () => "datetime(3)",
  duration: () => "bigint",
  json: () => "json",
  binary: () => "longblob",
  custom: ({ customSqlType }) => {
    if (customSqlType === null) throw new ConfigurationError("A custom field needs sqlType(engine).");
    return customSqlType("mysql");
  },
};

const ENCODERS: Readonly<Partial<Record<Storage, Encode>>> = {
  datetime: instant,
  // The driver would cut a Date to seconds.
  custom: (value) => (value instanceof Date ? instant(value) : value),
  json: (value) => JSON.stringify(value),
};

const DECODERS: Readonly<Partial<Record<Storage, Decode>>> = {
  // Integers beyond 2^53 come as text, and so do sums, which are decimals here.
  integer: Number,
  smallInteger: Number,
  duration: Number,
  float: Number,
  bigInteger: (value) => BigInt(value as string | number),
  boolean: (value) => Number(value) !== 0,
  time: (value) => withoutTrailingZeros(value as string),
  datetime: (value) => parseTimestamp(value as string),
  json: (value) => JSON.parse(value as string) as unknown,
  // The driver's buffer is a window on a larger one.
  binary: (value) => Uint8Array.from(value as Buffer),
  custom: (value) => (value instanceof Uint8Array ? Uint8Array.from(value) : value),
};

export function mysqlTypes(flavour: Flavour): EngineTypes {
  return {
    sqlType: (type) => DECLARED[type.storage](type, flavour),
    encoder: (type) => ENCODERS[type.storage] ?? null,
    decoder: (type) => DECODERS[type.storage] ?? null,
    isWide: () => false,
  };
}

function instant(value: unknown): string {
  return (value as Date).toISOString().replace("T", " ").slice(0, -1);
}

function collated(sqlType: string, collation: string | null, { binaryCollation }: Flavour): string {
  if (collation === null) return `${sqlType} CHARACTER SET utf8mb4 COLLATE ${binaryCollation}`;
  if (!/^\w+$/.test(collation)) {
    throw new ConfigurationError(`"${collation}" is not the name of a collation.`, {
      hint: "Names look like utf8mb4_unicode_ci; the server lists them: SHOW COLLATION.",
    });
  }
  return `${sqlType} COLLATE ${collation}`;
}

function withoutTrailingZeros(time: string): string {
  return time.includes(".") ? time.replace(/\.?0+$/, "") : time;
}
