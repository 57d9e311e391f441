import { ValidationError } from "../../errors/index.js";
import { fields, type ScalarField } from "../../fields/index.js";
import { printable } from "../../util/printable.js";
import type { FoundColumn } from "../found-tables.js";

type Make = (options: object) => ScalarField;

const make = fields as unknown as Readonly<Record<string, Make>>;

// As each engine calls them; what is not among them comes and goes as the driver has it.
const KINDS: Readonly<Record<string, string>> = {
  ...named("integer", "integer int int4 mediumint"),
  ...named("smallInteger", "smallint int2"),
  ...named("bigInteger", "bigint int8"),
  ...named("float", "real float float4 float8 double"),
  ...named("boolean", "boolean bool tinyint"),
  ...named("text", "text longtext mediumtext tinytext varchar bpchar char"),
  ...named("uuid", "uuid"),
  ...named("date", "date"),
  ...named("time", "time"),
  ...named("datetime", "datetime timestamptz timestamp"),
  ...named("json", "json jsonb json_text"),
  ...named("binary", "blob longblob mediumblob bytea"),
};

function named(kind: string, types: string): Record<string, string> {
  return Object.fromEntries(types.split(" ").map((type) => [type, kind]));
}

/** The field that a column is read and written by. */
export function fieldFor(column: FoundColumn, isKey: boolean): ScalarField {
  const { name, dataType, isNullable, hasDefaultValue, isAutoIncrementing } = column;
  const kind = KINDS[dataType.toLowerCase().replace(/\(.*/, "").trim()];
  // What the database fills in may be left out.
  const canBeLeftOut = isNullable || (hasDefaultValue && !isAutoIncrementing);
  const options = { column: name, ...(isKey ? { primaryKey: true } : canBeLeftOut && { null: true }) };
  return kind === undefined ? asItIs(dataType, options) : (make[kind] as Make)(options);
}

function asItIs(dataType: string, options: object): ScalarField {
  const same = (value: unknown): unknown => value;
  return (make["custom"] as Make)({ sqlType: () => dataType, toDb: same, fromDb: same, ...options });
}

const LARGEST = 2 ** 31 - 1;

/** The field that a value asks for where there is no column for it yet. */
export function fieldOfValue(table: string, name: string, value: unknown): ScalarField {
  const options = { column: name, null: true };
  return (make[kindOf(table, name, value)] as Make)(options);
}

function kindOf(table: string, name: string, value: unknown): string {
  switch (typeof value) {
    case "string":
      return "text";
    case "boolean":
      return "boolean";
    case "bigint":
      return "bigInteger";
    case "number":
      return Number.isInteger(value) && Math.abs(value) <= LARGEST ? "integer" : "float";
    default:
  }
  if (value === null || (typeof value === "object" && isPlain(value))) return "text";
  if (value instanceof Date) return "datetime";
  if (value instanceof Uint8Array) return "binary";
  throw new ValidationError(table, [{ field: name, message: `no column can hold ${printable(value)}.` }]);
}

/** True for what is kept as JSON: lists, and objects of no class. */
export function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
