import type { DatabaseCore } from "../../execute/database-core.js";
import { currentBlock, onRollback, type RowOrigin, withResult } from "../../execute/index.js";
import {
  type ColumnMeta,
  columnsOfField,
  currentValue,
  declaredName,
  isOwnColumn,
  LEFT_OUT,
  META,
  type ModelMeta,
  ORIGIN,
  pathTo,
  RAW,
} from "../../models/index.js";
import { frozenCopy } from "./row-values.js";
import { type ColumnValues, sameValue } from "./same-value.js";
import { ownRowsOf } from "./own-rows.js";
import type { Operation } from "./named-database.js";
import { hasRouters } from "./routers.js";
import { databaseOf, routedBy } from "./routing.js";

/** The columns that a sparse row knows: not its own, but its prototype's. */
export const KNOWN = Symbol("dunder.known");

/** A row as the modules that keep its state see it. */
export interface StatefulRow {
  [RAW]?: readonly unknown[] | null;
  [ORIGIN]?: RowOrigin | null;
  readonly [KNOWN]?: readonly ColumnMeta[];
  readonly [LEFT_OUT]?: readonly ColumnMeta[];
  readonly [META]: ModelMeta;
  toString(): string;
  [property: PropertyKey]: unknown;
}

/** True for a row that is in the database, as far as we know. */
export function isSaved(row: object): boolean {
  const raw = (row as StatefulRow)[RAW];
  return raw !== null && raw !== undefined;
}

/** Rows for which was said where they are to be written, whatever routers say. */
const pinned = new WeakMap<object, DatabaseCore>();

/** The database that a row came from; for a new one, its model's; unless a router knows better. */
export function databaseOfRow(row: object, operation: Operation = "read"): DatabaseCore {
  const { [ORIGIN]: origin, [META]: meta } = row as StatefulRow;
  const database = hasRouters()
    ? routedPlace(row as StatefulRow, operation)
    : (origin?.database ?? databaseOf(meta, operation));
  if (operation === "read" || database.unit === null) return database;
  throw database.unit.refusal(row);
}

function routedPlace(row: StatefulRow, operation: Operation): DatabaseCore {
  const { [ORIGIN]: origin, [META]: meta } = row;
  // A new row that has a layout of none was made for a database.
  const chosen = pinned.get(row) ?? (origin?.layout === null ? origin.database : routedBy(meta, operation, row));
  return chosen ?? origin?.database ?? databaseOf(meta, operation);
}

/** The database of rows related to one: what routers say with that row at hand, else its own. */
export function databaseAround(row: object, target: ModelMeta, operation: Operation): DatabaseCore {
  const { [ORIGIN]: origin, [META]: meta } = row as StatefulRow;
  return routedBy(target, operation, row) ?? origin?.database ?? databaseOf(meta, operation);
}

/** Has a row be in a database, routers or not, while something is done with it. */
export async function pinnedTo<T>(row: object, database: DatabaseCore, work: () => Promise<T>): Promise<T> {
  if (!hasRouters()) return work();
  pinned.set(row, database);
  try {
    return await work();
  } finally {
    pinned.delete(row);
  }
}

/** A column's value as it was read or last saved. */
export function savedValue(row: object, column: ColumnMeta): unknown {
  const { [RAW]: raw, [ORIGIN]: origin } = row as StatefulRow;
  if (!raw || !origin) return undefined;
  const { columns, meta, start, decoders } = origin.layout;
  // A left out column has the place -1, behind which there is nothing.
  const place = columns === meta.columns ? column.index : columns.indexOf(column);
  const value = place < 0 ? undefined : raw[start + place];
  const decode = decoders[place];
  return decode && value !== null && value !== undefined ? decode(value) : value;
}

/** The columns that a row has values of: all but those that `only` or `defer` left out and nothing has set since. */
export function loadedColumns(row: object): readonly ColumnMeta[] {
  const { [LEFT_OUT]: leftOut, [META]: meta } = row as StatefulRow;
  if (leftOut === undefined) return meta.columns;
  return meta.columns.filter((column) => !leftOut.includes(column) || Object.hasOwn(row, column.property));
}

/** The columns that a row was read without, and has no values of. */
export function missingColumns(row: object): readonly ColumnMeta[] {
  const { [LEFT_OUT]: leftOut = [], [META]: meta } = row as StatefulRow;
  return leftOut.filter((column) => isOwnColumn(meta, column) && !Object.hasOwn(row, column.property));
}

/** The columns whose values differ from those in the database; for a new row all that have one. */
export function changedColumns(row: object): ColumnMeta[] {
  return loadedColumns(row).filter((column) => !sameValue(currentValue(row, column), savedValue(row, column)));
}

/** The fields of which a column has changed. */
export function changedFields(row: object): string[] {
  const changed = changedColumns(row);
  if (changed.length === 0) return [];
  const fields = Object.values((row as StatefulRow)[META].fields);
  return fields
    .filter((field) => columnsOfField(field).some((column) => changed.includes(column)))
    .map(({ name }) => name)
    .filter((name) => name === declaredName(name));
}

/** Has a row forget what is written of it now, its generated key too, should the transaction around be undone. */
export function forgetOnRollback(row: object, database: DatabaseCore): void {
  if (currentBlock(database) === null) return;
  const state = row as StatefulRow;
  const { [RAW]: raw, [ORIGIN]: origin } = state;
  const isNew = raw === null || raw === undefined;
  const kept = state[META].columns
    .filter((column) => column.generated || (isNew && state[column.property] === undefined))
    .map((column) => [column.property, state[column.property]] as const);
  onRollback(database, () => {
    state[RAW] = raw ?? null;
    state[ORIGIN] = origin ?? null;
    for (const [property, value] of kept) state[property] = value;
  });
}

/** Marks values as those in the database: what was written, not what the row may have been set to since. */
export function markSaved(row: object, database: DatabaseCore, written: ColumnValues): void {
  const state = row as StatefulRow;
  const saved = isSaved(row);
  state[RAW] = state[META].columns.map((column) => {
    if (written.has(column)) return frozenCopy(written.get(column));
    return saved ? savedValue(row, column) : frozenCopy(currentValue(row, column));
  });
  state[ORIGIN] = withResult(ownRowsOf(database, state[META]).saved, state[ORIGIN]?.result ?? null);
}

/** Gives a row the values of another one of its model that was just read. */
export function takeOver(row: object, fresh: object): void {
  const state = row as StatefulRow;
  for (const relation of Object.values(state[META].relations)) state[relation.rowSlot] = undefined;
  for (const column of state[META].columns) state[column.property] = (fresh as StatefulRow)[column.property];
  state[RAW] = (fresh as StatefulRow)[RAW] ?? null;
  state[ORIGIN] = withResult((fresh as StatefulRow)[ORIGIN] as RowOrigin, state[ORIGIN]?.result ?? null);
}

/** Gives a row the values of some columns from another row that was just read for them. */
export function takeColumns(row: object, fresh: object, columns: readonly ColumnMeta[]): void {
  const state = row as StatefulRow;
  const read: ColumnValues = new Map();
  for (const column of columns) {
    read.set(column, savedValue(fresh, column));
    state[column.property] = (fresh as StatefulRow)[column.property];
  }
  markSaved(row, databaseOfRow(row), read);
}

/** The primary key's value, a tuple for a composite one; null while it has none. */
export function keyOf(row: object): unknown {
  const { primaryKey } = (row as StatefulRow)[META];
  if (primaryKey.length === 1) return currentValue(row, primaryKey[0] as ColumnMeta) ?? null;
  const parts = primaryKey.map((column) => currentValue(row, column));
  return parts.some((part) => part === null || part === undefined) ? null : parts;
}

/** The columns by which a row is known: its primary key, or for a sparse one what the foreign key held. */
export function knownBy(row: object): readonly ColumnMeta[] {
  const { [META]: meta, [KNOWN]: known, isSparse } = row as StatefulRow;
  return known !== undefined && isSparse === true ? known : meta.primaryKey;
}

/** Lookups that find a row by what is known of it: `{ id: 1 }`; null while it has no key. */
export function lookupsOf(row: object): Record<string, unknown> | null {
  const entries = knownBy(row).map((column) => [pathTo(column), currentValue(row, column)] as const);
  return entries.some(([, value]) => value === null || value === undefined) ? null : Object.fromEntries(entries);
}

/** Lookups that find a row by its key: `{ id: 1 }`. */
export function keyLookups(meta: ModelMeta, key: unknown): Record<string, unknown> {
  const parts: unknown[] = meta.primaryKey.length === 1 ? [key] : (key as unknown[]);
  return Object.fromEntries(meta.primaryKey.map((column, index) => [pathTo(column), parts[index]]));
}
