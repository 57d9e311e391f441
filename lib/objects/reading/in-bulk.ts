import { FieldError } from "../../errors/index.js";
import {
  columnsOfField,
  currentValue,
  type FieldMeta,
  fieldOf,
  isSameSet,
  type ModelMeta,
  uniqueKeys,
} from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { keyOf } from "../rows/row-state.js";

/** The lookup that finds rows by different values of a field, which must be unique. */
export function bulkLookup(model: ModelMeta, ids: unknown, field: string): Record<string, unknown> | null {
  checkUnique(model, field);
  if (ids === undefined || ids === null) return null;
  if (Array.isArray(ids) || ids instanceof Set) return { [`${field}__in`]: ids };
  throw new FieldError(
    `${model.name}: inBulk(ids) takes a list of keys, or nothing for all rows, got ${printable(ids)}.`,
  );
}

/** Rows by a field's values: of a relation by its raw key, and by what a key of several columns holds. */
export function rowsByKey(model: ModelMeta, rows: readonly object[], field: string): Map<unknown, object> {
  const map = new KeyMap();
  const meta = field === "pk" ? null : (fieldOf(model, field) as FieldMeta);
  for (const row of rows) map.set(meta === null ? keyOf(row) : rawValue(row, meta), row);
  return map;
}

function rawValue(row: object, field: FieldMeta): unknown {
  const values = columnsOfField(field).map((column) => currentValue(row, column));
  return values.length === 1 ? values[0] : values;
}

/** A map whose keys may be tuples, which are the same where they hold the same values. */
class KeyMap extends Map<unknown, object> {
  readonly #tuples = new Map<string, unknown>();

  override get(key: unknown): object | undefined {
    return super.get(this.#known(key));
  }

  override has(key: unknown): boolean {
    return super.has(this.#known(key));
  }

  override set(key: unknown, row: object): this {
    const known = this.#known(key);
    if (Array.isArray(key)) this.#tuples.set(textOf(key), known);
    return super.set(known, row);
  }

  override delete(key: unknown): boolean {
    const known = this.#known(key);
    if (Array.isArray(key)) this.#tuples.delete(textOf(key));
    return super.delete(known);
  }

  #known(key: unknown): unknown {
    return Array.isArray(key) ? (this.#tuples.get(textOf(key)) ?? key) : key;
  }
}

function textOf(tuple: readonly unknown[]): string {
  return JSON.stringify(tuple.map((part) => [typeof part, part instanceof Date ? part.getTime() : String(part)]));
}

function checkUnique(model: ModelMeta, name: unknown): void {
  if (name === "pk") return;
  if (typeof name !== "string") {
    throw new FieldError(`${model.name}: inBulk(ids, { field }) takes the name of a field, got ${printable(name)}.`);
  }
  const field = fieldOf(model, name);
  const columns = field === undefined ? [] : columnsOfField(field);
  if (columns.length > 0 && uniqueKeys(model).some((key) => isSameSet(key, columns))) return;
  throw new FieldError(`${model.name}: inBulk(ids, { field: "${name}" }) needs a field whose values are unique.`);
}
