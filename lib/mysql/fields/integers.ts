import { columnType, type FieldOptions, refuse, ScalarField } from "../../fields/index.js";
import { ConfigurationError } from "../../errors/index.js";
import type {
  Chosen,
  FieldOptions as TypedOptions,
  IsKey,
  IsNull,
  IsOptionalInteger,
  Known,
} from "../../types/options.js";
import type { Spec } from "../../types/specs.js";
import { printable } from "../../util/printable.js";
import { onlyMysql } from "../only-mysql.js";

/** Options of fields for whole numbers of MySQL's. */
export interface OwnIntegerOptions<T> extends TypedOptions<T> {
  /** The server's own display of it fills up with zeros; values are the same. A relic that MySQL keeps for old tables. */
  readonly zerofill?: boolean;
}

/** The type of a field for whole numbers. */
export type OwnInteger<T extends number | bigint> = <const O extends OwnIntegerOptions<T> = Record<never, never>>(
  options?: O & Known<O, OwnIntegerOptions<T>>,
) => Spec<Chosen<T, O>, IsNull<O>, IsOptionalInteger<O>, "number", IsKey<O>>;

interface Size {
  readonly name: string;
  readonly sqlType: string;
  readonly low: bigint;
  readonly high: bigint;
}

const LABELS: Readonly<Record<string, string>> = { sqlite: "SQLite", postgres: "PostgreSQL" };

/** The column's type on an engine; throws `NotSupportedError` on another than MySQL and MariaDB. */
export function mysqlType(what: string, sqlType: string, instead: string): (engine: string) => string {
  return (engine) => {
    onlyMysql({ name: engine, label: LABELS[engine] ?? engine }, what, instead);
    return sqlType;
  };
}

function declare({ name, sqlType, low, high }: Size): (options?: FieldOptions) => ScalarField {
  const isBig = low < -(2n ** 53n) || high > 2n ** 53n;
  const instead = "fields.integer({ check }) and fields.bigInteger({ check }) are there on every engine.";
  return (options = {}) => {
    const { zerofill = false, ...others } = options as FieldOptions & { readonly zerofill?: unknown };
    if (typeof zerofill !== "boolean") {
      throw new ConfigurationError(`${name}({ zerofill }) is true or false, got ${printable(zerofill)}.`);
    }
    const storage = isBig ? "bigInteger" : "integer";
    const customSqlType = mysqlType(`${name}()`, zerofill ? `${sqlType} zerofill` : sqlType, instead);
    const convert = (value: unknown): unknown => {
      const big = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
      if (typeof big !== "bigint") return refuse(`expected a whole number, got ${printable(value)}.`);
      if (big < low || big > high) return refuse(`${String(big)} is outside ${low} to ${high}.`);
      return isBig ? big : Number(big);
    };
    const kind = {
      kind: name,
      family: "number",
      type: columnType(storage, { customSqlType, precision: String(high).length }),
      convert,
    } as const;
    return new ScalarField({ ...kind, generated: others.primaryKey === true }, others);
  };
}

const unsigned = (name: string, sqlType: string, bits: number): OwnInteger<never> =>
  declare({ name, sqlType: `${sqlType} unsigned`, low: 0n, high: 2n ** BigInt(bits) - 1n }) as never;
const signed = (name: string, sqlType: string, bits: number): OwnInteger<never> =>
  declare({ name, sqlType, low: -(2n ** BigInt(bits - 1)), high: 2n ** BigInt(bits - 1) - 1n }) as never;

/**
 * A whole number from 0 to 4,294,967,295. Refused before it is sent is what does not fit; what the server works out must
 * fit as well, or is a `DataError`: `F("stock").sub(1)` of 0.
 *
 * @example
 * ```ts no-run
 * class Item extends Model("item", { id: unsignedBigInteger({ primaryKey: true }), stock: unsignedInteger({ default: 0 }) }) {}
 * // `id` bigint unsigned AUTO_INCREMENT PRIMARY KEY, `stock` int unsigned NOT NULL
 * ```
 * @throws NotSupportedError, by `createTables`, on other engines.
 */
export const unsignedInteger: OwnInteger<number> = unsigned("unsignedInteger", "int", 32);
/** A whole number from 0 to 255. */
export const unsignedTinyInteger: OwnInteger<number> = unsigned("unsignedTinyInteger", "tinyint", 8);
/** A whole number from 0 to 65,535. */
export const unsignedSmallInteger: OwnInteger<number> = unsigned("unsignedSmallInteger", "smallint", 16);
/** A whole number from 0 to 16,777,215. */
export const unsignedMediumInteger: OwnInteger<number> = unsigned("unsignedMediumInteger", "mediumint", 24);
/** A whole number from 0 to 2^64 - 1: a bigint. */
export const unsignedBigInteger: OwnInteger<bigint> = unsigned("unsignedBigInteger", "bigint", 64);
/** A whole number from -128 to 127. */
export const tinyInteger: OwnInteger<number> = signed("tinyInteger", "tinyint", 8);
/** A whole number from -8,388,608 to 8,388,607. */
export const mediumInteger: OwnInteger<number> = signed("mediumInteger", "mediumint", 24);
/** A year from 1901 to 2155, in one byte. */
export const year: OwnInteger<number> = declare({ name: "year", sqlType: "year", low: 1901n, high: 2155n }) as never;
