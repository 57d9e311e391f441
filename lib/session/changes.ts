import type { RowOrigin } from "../execute/index.js";
import { type ColumnMeta, currentValue, fieldOf, LEFT_OUT, META, ORIGIN, RAW } from "../models/index.js";
import { changedColumns, changedFields, savedValue, type StatefulRow } from "../objects/rows/row-state.js";
import { sameValue } from "../objects/rows/same-value.js";

/** A field of an object whose value is another one than in the database. */
export interface FieldChange {
  readonly before: unknown;
  readonly after: unknown;
}

/** Net changes by field. */
export type Changes = Readonly<Record<string, FieldChange>>;

/** True for a row with a column whose value is another one than in the database. */
export function isDirty(row: StatefulRow): boolean {
  return changedIn(row, true).length > 0;
}

/** The columns of a row whose values are others than in the database, or the first of them. */
export function changedIn(row: StatefulRow, first = false): readonly ColumnMeta[] {
  const { [META]: meta, [RAW]: raw, [ORIGIN]: origin } = row;
  // The usual case is gone through for every object before every query.
  const isWhole = raw && origin && row[LEFT_OUT] === undefined && origin.layout.columns === meta.columns;
  return isWhole ? changedWhole(row, raw, origin.layout, first) : changedColumns(row);
}

function changedWhole(
  row: StatefulRow,
  raw: readonly unknown[],
  { columns, decoders, start }: RowOrigin["layout"],
  first: boolean,
): readonly ColumnMeta[] {
  let changed: ColumnMeta[] | null = null;
  for (let at = 0; at < columns.length; at += 1) {
    const column = columns[at] as ColumnMeta;
    const held = raw[start + at];
    const decode = decoders[at];
    const saved = decode && held !== null && held !== undefined ? decode(held) : held;
    const value = column.relation === null ? row[column.property] : currentValue(row, column);
    if (value === saved || sameValue(value, saved)) continue;
    (changed ??= []).push(column);
    if (first) break;
  }
  return changed ?? NONE;
}

const NONE: readonly ColumnMeta[] = [];

/** What of an object is another one than in the database, by field. */
export function changesOf(row: StatefulRow): Changes {
  const columns = changedColumns(row);
  const changes: Record<string, FieldChange> = {};
  for (const name of changedFields(row)) {
    const field = fieldOf(row[META], name);
    if (field === undefined || "many" in field) continue;
    const own = field.type === "scalar" ? [field.column] : field.columns;
    if (!own.some((column) => columns.includes(column))) continue;
    const before = own.map((column) => savedValue(row, column));
    const after = own.map((column) => currentValue(row, column));
    changes[name] = own.length === 1 ? { before: before[0], after: after[0] } : { before, after };
  }
  return changes;
}
