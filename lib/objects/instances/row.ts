import { inspect } from "node:util";
import type { DeleteResult, SaveOptions } from "../../types/index.js";
import {
  type ColumnMeta,
  columnsOfField,
  currentValue,
  declaredFields,
  declaredName,
  type FieldMeta,
  META,
  metaOf,
  type ModelMeta,
  pathTo,
} from "../../models/index.js";
import { BLANK, checkClass } from "../rows/blank.js";
import { loadSparse } from "../relations/loads.js";
import { kindAndKey } from "../rows/one-of.js";
import { cloneRow } from "./clone-row.js";
import { deleteRow, loadMissing, refreshRow, saveRow, updateRow } from "./row-writes.js";
import { initialise, setKey, validateRow } from "../writing/row-init.js";
import { changedColumns, changedFields, keyOf, knownBy, loadedColumns, type StatefulRow } from "../rows/row-state.js";
import { isSameRow } from "../rows/same-row.js";
import { connections, savesAloud } from "../signals/signal.js";

/** What every row can do. `Model(…)` makes subclasses of it; its members are typed by `ModelBase`. */
export class ModelRow {
  constructor(values: unknown) {
    if (values === BLANK) return;
    const meta = metaOf(new.target);
    checkClass(meta);
    initialise(this, meta, values);
  }

  get pk(): unknown {
    return keyOf(this);
  }

  set pk(value: unknown) {
    setKey(this, value);
  }

  get isSparse(): boolean {
    return false;
  }

  async save(options: SaveOptions = {}): Promise<this> {
    await saveRow(this, options);
    return this;
  }

  async update(values: object): Promise<this> {
    await updateRow(this, values);
    return this;
  }

  delete(options: unknown = {}): Promise<DeleteResult> {
    return deleteRow(this, options);
  }

  clone(changes: object = {}): object {
    return cloneRow(this, changes);
  }

  async refresh(options: unknown = {}): Promise<this> {
    await refreshRow(this, options);
    return this;
  }

  async load(...names: unknown[]): Promise<this> {
    if (this.isSparse) await loadSparse(this);
    else await loadMissing(this, names);
    return this;
  }

  validate(): void {
    validateRow(this);
  }

  isDirty(): boolean {
    return !this.isSparse && changedColumns(this).length > 0;
  }

  dirtyFields(): string[] {
    return this.isSparse ? [] : changedFields(this);
  }

  equals(other: unknown): boolean {
    return isSameRow(this, other);
  }

  /** Plain data for JSON: foreign keys as keys, bigints as strings, bytes in base64. What was not loaded is not in it. */
  toJSON(): Record<string, unknown> {
    const { [META]: meta } = this as unknown as StatefulRow;
    const { columns } = meta;
    const there = this.isSparse ? knownBy(this) : loadedColumns(this);
    const known = declaredFields(meta).filter((field) => {
      return (
        !("many" in field) &&
        declaredName(field.name) === field.name &&
        (there === columns || columnsOfField(field).every((one) => there.includes(one)))
      );
    });
    return Object.fromEntries(known.map((field) => [field.name, jsonOfField(this, field)]));
  }

  toString(): string {
    const meta = (this as unknown as StatefulRow)[META];
    const keys = knownBy(this).map((column) => `${pathTo(column)}=${shown(currentValue(this, column))}`);
    const key = keys.join(", ");
    return `${meta.name}(${key})${this.isSparse ? " [sparse]" : ""}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A part of a key; one that there is not yet is null. */
function shown(value: unknown): string {
  return value === undefined ? "null" : `${value as string}`;
}

function jsonOfField(row: object, field: FieldMeta): unknown {
  return field.type === "oneOf"
    ? kindAndKey(row, field, (columns) => jsonOf(row, columns))
    : jsonOf(row, columnsOfField(field));
}

/** The value of a field in JSON: of several columns a list, unless one of them is null. */
function jsonOf(row: object, columns: readonly ColumnMeta[]): unknown {
  const values = columns.map((column) => currentValue(row, column));
  if (values.length === 1) return jsonValue(values[0]);
  if (values.includes(null)) return null;
  return values.includes(undefined) ? undefined : values.map(jsonValue);
}

/** False where a class saves its rows in a way of its own, or somebody hears of it: then they must be asked. */
export function savesAsUsual(meta: ModelMeta): boolean {
  const { prototype } = meta.model as unknown as { readonly prototype: Readonly<Record<string, unknown>> };
  return (
    (connections === 0 || !savesAloud(meta)) &&
    prototype["save"] === (ModelRow.prototype as unknown as Readonly<Record<string, unknown>>)["save"]
  );
}

function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
