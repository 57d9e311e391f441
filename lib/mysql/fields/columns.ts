import { ConfigurationError } from "../../errors/index.js";
import { columnType, type FieldOptions, refuse, ScalarField } from "../../fields/index.js";
import { quoteText } from "../../databases/mysql/schema.js";
import type { Chosen, FieldOptions as TypedOptions, IsKey, IsNull, IsOptional, Known } from "../../types/options.js";
import type { Spec } from "../../types/specs.js";
import { printable } from "../../util/printable.js";
import { mysqlType } from "./integers.js";

/** The type of `enumColumn`. */
export type EnumColumn = <const V extends string, const O extends TypedOptions<V> = Record<never, never>>(
  values: readonly V[],
  options?: O & Known<O, TypedOptions<V>>,
) => Spec<V, IsNull<O>, IsOptional<O>, "text", IsKey<O>>;

/** The type of `bytesColumn`. */
export type BytesColumn = <const O extends TypedOptions<Uint8Array> = Record<never, never>>(
  length: number,
  options?: O & Known<O, TypedOptions<Uint8Array> & { readonly fixed?: boolean }>,
) => Spec<Chosen<Uint8Array, O>, IsNull<O>, IsOptional<O>, "binary", IsKey<O>>;

const MOST_VALUES = 65_535;
const LONGEST_BYTES = 65_535;

function declareEnum(values: unknown, options: FieldOptions = {}): ScalarField {
  const list: readonly unknown[] = Array.isArray(values) ? (values as unknown[]) : [];
  const isRight = list.length > 0 && list.length <= MOST_VALUES && new Set(list).size === list.length;
  if (!isRight || list.some((value) => typeof value !== "string")) {
    throw new ConfigurationError(`enumColumn(values): expected different texts, got ${printable(values)}.`);
  }
  const texts = list as readonly string[];
  const trailing = texts.find((text) => text.endsWith(" "));
  if (trailing !== undefined) {
    throw new ConfigurationError(`enumColumn(values): MySQL drops the space at the end of ${printable(trailing)}.`);
  }
  const sqlType = `enum(${texts.map(quoteText).join(", ")}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`;
  const instead = "fields.enumeration(values) is there on every engine.";
  const maxLength = Math.max(...texts.map((text) => text.length));
  const type = columnType("string", { maxLength, customSqlType: mysqlType("enumColumn(…)", sqlType, instead) });
  const convert = (value: unknown): string =>
    typeof value === "string" ? value : refuse(`expected a string, got ${printable(value)}.`);
  const check = (value: string): string | null =>
    texts.includes(value) ? null : `${printable(value)} is not one of ${texts.map((text) => `"${text}"`).join(", ")}.`;
  return new ScalarField({ kind: "enumColumn", family: "text", type, convert, check }, options);
}

/**
 * One of some texts, in a column of MySQL's type for it, which keeps a number in place of the text. `orderBy` orders by
 * that: as the values are listed.
 *
 * @example
 * ```ts no-run
 * class Shirt extends Model("shirt", { size: enumColumn(["small", "medium", "large"]) }) {}
 * // `size` enum('small', 'medium', 'large') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL
 * ```
 * @throws ConfigurationError for what is no list of different texts; NotSupportedError, by `createTables`, on other engines.
 */
export const enumColumn: EnumColumn = declareEnum as never;

function declareBytes(length: unknown, given: FieldOptions & { readonly fixed?: unknown } = {}): ScalarField {
  const { fixed = false, ...options } = given;
  if (typeof length !== "number" || !Number.isInteger(length) || length < 1 || length > LONGEST_BYTES) {
    throw new ConfigurationError(
      `bytesColumn(length): expected a whole number from 1 to ${LONGEST_BYTES}, got ${printable(length)}.`,
    );
  }
  if (typeof fixed !== "boolean") {
    throw new ConfigurationError(`bytesColumn(length, { fixed }) is true or false, got ${printable(fixed)}.`);
  }
  const instead = "fields.binary() is there on every engine.";
  const customSqlType = mysqlType("bytesColumn(…)", `${fixed ? "" : "var"}binary(${length})`, instead);
  const convert = (value: unknown): Uint8Array =>
    value instanceof Uint8Array ? value : refuse(`expected a Uint8Array, got ${printable(value)}.`);
  const check = ({ byteLength }: Uint8Array): string | null => {
    if (fixed) return byteLength === length ? null : `has ${byteLength} bytes, and needs ${length}.`;
    return byteLength <= length ? null : `has ${byteLength} bytes, and at most ${length} fit.`;
  };
  const type = columnType("binary", { customSqlType });
  return new ScalarField({ kind: "bytesColumn", family: "binary", type, convert, check }, options);
}

/**
 * Bytes, at most so many, or with `fixed` just so many: unlike those of `fields.binary()` they can be unique, indexed and
 * keys.
 *
 * @example
 * ```ts no-run
 * class File extends Model("file", { hash: bytesColumn(32, { fixed: true, unique: true }) }) {}
 * // `hash` binary(32) NOT NULL UNIQUE
 * ```
 */
export const bytesColumn: BytesColumn = declareBytes as never;

/**
 * A column that the server works out of others whenever it is read, and does not keep; `generatedAs` of every field keeps
 * it. The expression reaches the database as written. On MySQL, MariaDB and SQLite; an index over it keeps its values.
 *
 * @example
 * ```ts
 * class Box extends Model("box", {
 *   width: fields.integer(),
 *   height: fields.integer(),
 *   area: virtualColumn(fields.integer({ null: true }), "width * height"),
 * }) {}
 * // "area" integer GENERATED ALWAYS AS (width * height) VIRTUAL
 * ```
 * @throws ConfigurationError for what is no field and no expression; NotSupportedError, by `createTables`, on PostgreSQL.
 */
export function virtualColumn<S extends object>(field: S, expression: string): GeneratedSpec<S> {
  if (!(field instanceof ScalarField)) {
    throw new ConfigurationError(`virtualColumn(field, expression): expected a field, got ${printable(field)}.`);
  }
  if (typeof expression !== "string" || expression.trim() === "") {
    throw new ConfigurationError(
      `virtualColumn(field, expression): expected an SQL expression, got ${printable(expression)}.`,
    );
  }
  if (field.hasDefault || field.options.primaryKey === true || field.options.generatedAs !== undefined) {
    throw new ConfigurationError("virtualColumn(field, expression): a generated column is no key and has no default.");
  }
  const { kind, family, type, convert } = field;
  const options = { ...field.options, generatedAs: [expression] as const };
  return new ScalarField({ kind, family, type, convert }, options) as never;
}

/** A field that need not, and cannot, be given. */
export type GeneratedSpec<S> =
  S extends Spec<infer T, infer Null, boolean, infer Family, boolean> ? Spec<T, Null, true, Family, false> : never;
