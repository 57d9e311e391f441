import { FieldError, ValidationError, type Problem } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { Refusal } from "../../fields/index.js";
import {
  type ColumnMeta,
  columnsOfField,
  fieldOf,
  type ForeignKeyMeta,
  holdsPrimaryKey,
  isPlainKey,
  type ModelMeta,
  namesIn,
  type OneOfMeta,
  type ScalarMeta,
} from "../../models/index.js";
import { keyOfRow } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { withKinds } from "./one-of.js";
import { addReference } from "./references.js";
import { type ColumnValues, sameValue } from "./same-value.js";

/**
 * Reads an object of values by field name (a relation takes a row or its key, `pk` stands for the primary key). Every
 * value is checked, and all that is wrong is said at once, or put with what a caller finds. `undefined` counts as not
 * given.
 */
export function readValues(
  meta: ModelMeta,
  values: unknown,
  method: string,
  found: Problem[] | null = null,
): ColumnValues {
  checkValues(meta, values, method);
  const result: ColumnValues = new Map();
  const problems = found ?? [];
  const spread = meta.oneOfs.length === 0 ? values : (withKinds(meta, values, problems) as object);
  for (const name of Object.keys(spread)) {
    const value = (spread as Record<string, unknown>)[name];
    if (name === "pk") readKey(meta, value, method, result, problems);
    else readField(fieldWithColumns(meta, name, method) as ScalarMeta | ForeignKeyMeta, value, result, problems);
  }
  if (found === null && problems.length > 0) throw new ValidationError(meta.name, problems);
  return result;
}

export function checkValues(meta: ModelMeta, values: unknown, method: string): asserts values is object {
  if (values !== null && typeof values === "object" && !Array.isArray(values)) return;
  const example = meta.columns.find(({ generated, options }) => !generated && options.generatedAs === undefined);
  throw new FieldError(
    `${meta.name}: ${method}(…) takes an object of values such as { ${example?.field ?? "name"}: … }, ` +
      `got ${printable(values)}.`,
  );
}

function readKey(meta: ModelMeta, value: unknown, method: string, result: ColumnValues, problems: Problem[]): void {
  if (value === undefined) return;
  const { primaryKey } = meta;
  const parts: unknown[] = primaryKey.length === 1 ? [value] : Array.isArray(value) ? (value as unknown[]) : [];
  if (parts.length !== primaryKey.length) {
    throw new FieldError(
      `${meta.name}: pk in ${method}(…) is a tuple [${primaryKey.map((column) => column.field).join(", ")}], ` +
        `got ${printable(value)}.`,
    );
  }
  primaryKey.forEach((column, index) => readOne(column, parts[index], result, problems));
}

function readField(
  field: ScalarMeta | ForeignKeyMeta,
  value: unknown,
  result: ColumnValues,
  problems: Problem[],
): void {
  if (value === undefined) return;
  if (field.type === "foreignKey" && !isPlainKey(field)) addReference(field, value, result, problems);
  else readOne(field.column, value, result, problems);
}

function readOne(column: ColumnMeta, value: unknown, result: ColumnValues, problems: Problem[]): void {
  try {
    if (column.options.generatedAs !== undefined) throw new Refusal("is computed by the database, and cannot be set.");
    const read =
      typeof value === "object" && Expression.is(value) ? forColumn(column, value) : checkedValue(column, value);
    if (result.has(column) && !sameValue(result.get(column), read)) {
      throw new Refusal(
        `is ${printable(read)}, and a foreign key that shares its column says ${printable(result.get(column))}.`,
      );
    }
    result.set(column, read);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push({ field: column.field, message: error.message });
  }
}

/** An expression that a column is to be set to. Throws a `Refusal` for a key: rows are known by it. */
export function forColumn(column: ColumnMeta, expression: Expression): Expression {
  if (column.primaryKey) throw new Refusal("is part of the primary key, and must be a value, not an expression.");
  return expression;
}

/** A column's value for a given one, every rule of the field applied. Throws a `Refusal`. */
export function checkedValue(column: ColumnMeta, value: unknown): unknown {
  if (value === null) {
    if (!column.nullable) throw new Refusal("cannot be null.");
    return null;
  }
  if (typeof value === "object" && Expression.is(value)) throw new Refusal("must be a value, not an expression.");
  if (column.relation === null) return column.scalar.validate(value);
  const { columns, target, targetColumn } = column.relation;
  if (columns.length > 1) return column.scalar.convert(value);
  return column.scalar.convert(keyOfRow(value, target, holdsPrimaryKey(column.relation) ? null : targetColumn));
}

/** The columns of a field by name. */
export function columnsNamed(meta: ModelMeta, name: string, method: string): readonly ColumnMeta[] {
  return columnsOfField(fieldWithColumns(meta, name, method));
}

/** A field by name; names of fields without a column, and of no field, are refused. */
function fieldWithColumns(meta: ModelMeta, name: string, method: string): ScalarMeta | ForeignKeyMeta | OneOfMeta {
  const field = fieldOf(meta, name);
  if (field === undefined) {
    const names = namesIn(meta);
    throw new FieldError(
      `${meta.name} has no field "${name}" in ${method}({ ${name} }).${didYouMean(name, names)} ` +
        `Fields: ${names.join(", ")}.`,
    );
  }
  if (field.type === "manyToMany") {
    throw new FieldError(
      `${meta.name}.${name} in ${method}({ ${name} }): rows of ${field.through.name} hold this relation. ` +
        `Save the row, then await row.${name}.set([…]).`,
    );
  }
  if (field.type === "reverse") {
    throw new FieldError(
      `${meta.name}.${name} in ${method}({ ${name} }): the rows of ${field.target.name} hold this relation. ` +
        `Set ${field.target.name}.${field.via.name} instead.`,
    );
  }
  return field;
}

/** The value in a form that no later change to the row reaches. */
export function frozenCopy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return new Date(value);
  // Objects of a class may stand in a list.
  if (Array.isArray(value)) return value.map(frozenCopy);
  return isPlain(value) || value instanceof Uint8Array ? structuredClone(value) : value;
}

/** What JSON is made of. An object of a class, which a field of one's own may hold, would lose its class in a copy. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
