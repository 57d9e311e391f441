/**
 * How a column's values are held, apart from what a field means: an email and a slug are both held as "string".
 *
 * The JavaScript value of each, which engines encode and decode: integer, smallInteger, float: number; bigInteger:
 * bigint; decimal: string with exactly `scale` fraction digits ("0.30"); boolean: boolean; string, text, uuid (lower
 * case with hyphens): string; date: "YYYY-MM-DD"; time: "HH:MM:SS" with up to six fraction digits, no trailing
 * zeros ("10:20:30.5"); datetime: Date (UTC, ms, years 1 to 9999); duration: number of milliseconds, whole;
 * json: anything JSON can hold; binary: Uint8Array; custom: what the field's own `toDb` gave.
 */
export type Storage =
  | "integer"
  | "smallInteger"
  | "bigInteger"
  | "float"
  | "decimal"
  | "boolean"
  | "string"
  | "text"
  | "uuid"
  | "date"
  | "time"
  | "datetime"
  | "duration"
  | "json"
  | "binary"
  | "custom";

/** What an engine needs to know of a column to declare it, to bind its values and to read them. */
export interface ColumnType {
  readonly storage: Storage;
  /** Characters (code points) at most, for "string" storage. */
  readonly maxLength: number | null;
  /** Digits in all, for "decimal". */
  readonly precision: number | null;
  /** Digits after the point, for "decimal". */
  readonly scale: number | null;
  /** A collation by name; null leaves the engine's choice for us: binary, no-pad comparison. */
  readonly collation: string | null;
  /** For "custom": the column's SQL type on an engine, by the engine's name. */
  readonly customSqlType: ((engine: string) => string) | null;
  /** For "custom": the field's own way to what the driver binds and back; engines need not look at it. */
  readonly customCodec: CustomCodec | null;
}

export interface CustomCodec {
  readonly toDb: (value: unknown) => unknown;
  readonly fromDb: (value: unknown) => unknown;
}
