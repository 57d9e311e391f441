import type { Changing } from "../../execute/index.js";
import { type AnyRelationMeta, type ColumnMeta, columnsOfField, META, type ModelMeta } from "../../models/index.js";
import { fetchByKeys } from "../../objects/reading/fetch-by-keys.js";
import { identityOf, keyIn } from "../../objects/rows/link-keys.js";
import {
  changedColumns,
  forgetOnRollback,
  loadedColumns,
  markSaved,
  savedValue,
  type StatefulRow,
} from "../../objects/rows/row-state.js";
import { sameValue } from "../../objects/rows/same-value.js";
import { type LinkKey, rowsOf, withOnly } from "../../query/index.js";
import { byModel } from "../by-model.js";
import type { Core } from "../core.js";
import { SessionError } from "../errors.js";
import { takeDeleted } from "../gone.js";
import { foreignKeysOf, relationsOf } from "../reverses.js";
import { Effects } from "./effects.js";

// Which rows a statement changed it does not tell, nor what triggers, rules of foreign keys and other sessions did before:
// the rows that the session has objects of are looked at afterwards, in the same transaction.

/** Changes rows of a session by statements, and has its objects be as their rows are then. */
export async function changeRows<T>(core: Core, changing: Changing, work: () => T | Promise<T>): Promise<T> {
  refuseKeys(changing);
  await core.begin();
  core.hasWritten = true;
  const result = await work();
  if (countOf(result) === 0) return result;
  try {
    await follow(core, new Effects(changing));
  } catch (error) {
    // Nobody knows any more what objects and rows have in common.
    core.fail(error);
    throw error;
  }
  return result;
}

/** How many rows a statement found. */
function countOf(result: unknown): number {
  return typeof result === "number" ? result : (result as { readonly total: number }).total;
}

/** Rows are known by their keys. */
function refuseKeys({ meta, columns }: Changing): void {
  const key = columns?.find((column) => column.primaryKey && columns !== meta.columns);
  if (key === undefined) return;
  throw new SessionError(
    `${meta.name}.${key.field} is the key that a session knows rows by: update(…) cannot set it.`,
    {
      hint: `Objects would be taken for other rows. Run it past them: await session.run(() => ${meta.name}.objects.….update(…)).`,
    },
  );
}

async function follow(core: Core, effects: Effects): Promise<void> {
  const gone: StatefulRow[] = [];
  for (const [meta, rows] of byModel([...core.identities] as StatefulRow[])) {
    const columns = effects.columnsOf(meta);
    const deletes = effects.deletesFrom(meta);
    if (columns.length > 0 || deletes) {
      const there = await storedRows(core, meta, rows, columns);
      for (const row of rows) {
        const stored = there.get(keyOf(row));
        if (stored !== undefined) takeStored(core, row, stored, columns);
        else if (deletes) gone.push(row);
      }
    }
    const open = relationsOf(meta).filter((relation) => effects.opens(relation));
    for (const row of rows) for (const relation of open) forgetRelated(core, row, relation);
  }
  takeDeleted(core, gone);
}

/** Some columns of rows as the database has them, by key. */
async function storedRows(
  core: Core,
  meta: ModelMeta,
  rows: readonly StatefulRow[],
  columns: readonly ColumnMeta[],
): Promise<Map<unknown, StatefulRow>> {
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
function takeStored(core: Core, row: StatefulRow, stored: StatefulRow, columns: readonly ColumnMeta[]): void {
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
function forgetRelated(core: Core, row: StatefulRow, relation: AnyRelationMeta): void {
  if (row[relation.rowSlot] === undefined) return;
  core.frame.touch(row, relation);
  row[relation.rowSlot] = undefined;
}
