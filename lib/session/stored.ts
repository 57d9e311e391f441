import { type AnyRelationMeta, type ColumnMeta, columnsOfField, META } from "../models/index.js";
import { fetchByKeys } from "../objects/reading/fetch-by-keys.js";
import { identityOf, keyIn } from "../objects/rows/link-keys.js";
import {
  changedColumns,
  forgetOnRollback,
  loadedColumns,
  markSaved,
  savedValue,
  type StatefulRow,
} from "../objects/rows/row-state.js";
import { sameValue } from "../objects/rows/same-value.js";
import { type LinkKey, rowsOf, withOnly } from "../query/index.js";
import type { Core } from "./core.js";
import { foreignKeysOf } from "./reverses.js";

/** Reads some columns of objects of one model, and has them know. Gives those whose rows are not there any more. */
export async function takeStored(
  core: Core,
  rows: readonly StatefulRow[],
  columns: readonly ColumnMeta[],
): Promise<StatefulRow[]> {
  const there = await storedRows(core, rows, columns);
  return rows.filter((row) => {
    const stored = there.get(keyOf(row));
    if (stored !== undefined) takeOne(core, row, stored, columns);
    return stored === undefined;
  });
}

/** Some columns of rows as the database has them, by key. */
async function storedRows(
  core: Core,
  rows: readonly StatefulRow[],
  columns: readonly ColumnMeta[],
): Promise<Map<unknown, StatefulRow>> {
  const [{ [META]: meta }] = rows as [StatefulRow];
  const { primaryKey } = meta;
  const wanted = [...primaryKey, ...columns];
  const names = Object.values(meta.fields).filter((field) =>
    columnsOfField(field).some((column) => wanted.includes(column)),
  );
  const query = withOnly(
    rowsOf(meta),
    names.map(({ name }) => name),
  );
  const found = await fetchByKeys(core.view, query, primaryKey, rows.map(savedKey));
  return new Map(found.map((row) => [identityOf(keyIn(row, primaryKey)), row as StatefulRow]));
}

function savedKey(row: StatefulRow): LinkKey {
  const key = row[META].primaryKey.map((column) => savedValue(row, column));
  return key.length === 1 ? key[0] : key;
}

function keyOf(row: StatefulRow): unknown {
  return identityOf(savedKey(row));
}

/** Has an object know what its row has. What was changed of it and is not written yet stays, and is written later. */
function takeOne(core: Core, row: StatefulRow, stored: StatefulRow, columns: readonly ColumnMeta[]): void {
  const { version } = row[META];
  const changed = changedColumns(row);
  const loaded = loadedColumns(row);
  const taken = columns.filter((column) => {
    // Whoever changed the row meanwhile is found out by its version.
    const isKept = column === version && changed.length > 0;
    return !isKept && loaded.includes(column) && !sameValue(savedValue(row, column), savedValue(stored, column));
  });
  if (taken.length === 0) return;
  forgetOnRollback(row, core.view);
  for (const column of taken) if (!changed.includes(column)) row[column.property] = stored[column.property];
  for (const relation of foreignKeysOf(row[META])) {
    if (relation.columns.some((column) => taken.includes(column) && !changed.includes(column))) {
      row[relation.rowSlot] = undefined;
    }
  }
  markSaved(row, core.view, new Map(taken.map((column) => [column, savedValue(stored, column)])));
}

/** Has an object not know any more what a relation leads to. */
export function forgetRelated(core: Core, row: StatefulRow, relation: AnyRelationMeta): void {
  if (row[relation.rowSlot] === undefined) return;
  core.frame.touch(row, relation);
  row[relation.rowSlot] = undefined;
}
