import { inspect } from "node:util";
import type { DeleteResult, SaveOptions } from "../types/index.js";
import { isOwnColumn, META, metaOf, metaOfRow, type ModelMeta } from "../models/index.js";
import { BLANK, checkClass } from "./blank.js";
import { deleteRow, loadMissing, loadRow, refreshRow, saveRow, updateRow } from "./row-writes.js";
import { initialise, setKey, validateRow } from "./row-init.js";
import { changedColumns, keyLookups, keyOf, loadedColumns, type StatefulRow } from "./row-state.js";
import { currentValue, sameValue } from "./row-values.js";

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

  delete(): Promise<DeleteResult> {
    return deleteRow(this);
  }

  async refresh(): Promise<this> {
    await refreshRow(this);
    return this;
  }

  async load(...names: unknown[]): Promise<this> {
    if (this.isSparse) await loadRow(this);
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
    return this.isSparse ? [] : changedColumns(this).map((column) => column.field);
  }

  equals(other: unknown): boolean {
    const mine = metaOfRow(this);
    const theirs = metaOfRow(other);
    if (mine === null || theirs === null || mine.table !== theirs.table || mine.schema !== theirs.schema) return false;
    const key = keyOf(this);
    return this === other || (key !== null && sameValue(key, keyOf(other as object)));
  }

  /** Plain data for JSON: foreign keys as keys, bigints as strings, bytes in base64. What was not loaded is not in it. */
  toJSON(): Record<string, unknown> {
    const meta = (this as unknown as StatefulRow)[META];
    const columns = this.isSparse ? meta.primaryKey : loadedColumns(this).filter((column) => isOwnColumn(meta, column));
    return Object.fromEntries(columns.map((column) => [column.field, jsonValue(currentValue(this, column))]));
  }

  toString(): string {
    const meta = (this as unknown as StatefulRow)[META];
    const keys = Object.entries(
      keyLookups(meta, this.pk ?? (meta.primaryKey.length === 1 ? null : meta.primaryKey.map(() => null))),
    );
    const key = keys.map(([name, value]) => `${name}=${String(value)}`).join(", ");
    return `${meta.name}(${key})${this.isSparse ? " [sparse]" : ""}`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** False where a class saves its rows in a way of its own, which must be asked. */
export function savesAsUsual({ model }: ModelMeta): boolean {
  const { prototype } = model as unknown as { readonly prototype: Readonly<Record<string, unknown>> };
  return prototype["save"] === (ModelRow.prototype as unknown as Readonly<Record<string, unknown>>)["save"];
}

function jsonValue(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
}
