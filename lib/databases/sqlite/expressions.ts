import { DatabaseError } from "../../errors/index.js";
import type { ColumnType } from "../../fields/column-type.js";
import { decimalOfScale } from "../decimal-text.js";
import type { Decode, Functions } from "../ports/index.js";
import { isWhole } from "../result-types.js";
import { sqliteAggregate } from "./aggregates.js";
import { sqliteCalls } from "./calls.js";
import { sqliteTypes } from "./types.js";
import { sqliteWindows } from "./windows.js";

/** Functions and aggregates in SQLite's words. */
export const sqliteFunctions: Functions = {
  call: (name, args, context) => (sqliteCalls[name] as (typeof sqliteCalls)[string])(args, context),
  aggregate: sqliteAggregate,
  ...sqliteWindows,
  // Values have their type with them.
  literal: (parameter) => parameter,
  encodeLiteral: (type) => (isWhole(type) || type.storage === "boolean" ? toInteger : sqliteTypes.encoder(type)),
  decodeResult,
};

/** A number would be bound as REAL, which no column's type makes whole here. */
function toInteger(value: unknown): bigint {
  return BigInt(value as number | bigint | boolean);
}

function decodeResult(type: ColumnType): Decode | null {
  const { storage, scale } = type;
  if (storage === "decimal") return (value) => decimalOfScale(value, scale ?? 0);
  if (storage === "bigInteger")
    return (value) => (typeof value === "bigint" ? value : BigInt(below(Number(value), 2 ** 63)));
  // As a number the largest of 64 bits is 2^63.
  if (isWhole(type)) return (value) => below(Number(value), 2 ** 63 + 1024) + 0;
  if (storage === "float") return (value) => finite(Number(value)) + 0;
  return sqliteTypes.decoder(type);
}

/** Where whole numbers leave 64 bits SQLite goes on with inexact ones; other engines fail, and so do we. */
function below(value: number, limit: number): number {
  return Math.abs(value) < limit ? value : tooLarge();
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : tooLarge();
}

function tooLarge(): never {
  throw new DatabaseError("A number that was worked out is too large.", { code: "numeric_value_out_of_range" });
}
