import type { DatabaseCore } from "../../execute/database-core.js";
import { atomic, onRollback } from "../../execute/index.js";
import { type ColumnMeta, currentValue, type ModelMeta } from "../../models/index.js";
import { rowsHolding, type Tuple } from "../../query/index.js";
import { EXTENDED, extendedIn, valueThere } from "../rows/extended-row.js";
import { forgetAllOnRollback, insertInto, type NewRows, readBack } from "./insert.js";
import { inBatches } from "./insert-batches.js";
import { keyOf, type StatefulRow } from "../rows/row-state.js";
import { refuseStrangers } from "../rows/strangers.js";
import { type ColumnValues, sameValue } from "../rows/same-value.js";
import { updateRows } from "./update-line.js";
import type { InsertGroup } from "./write-plan.js";

/** Inserts a row and gives it what the database made of it: its key, its defaults. See `insertRows`. */
export function insertRow(
  database: DatabaseCore,
  group: InsertGroup,
  row: object,
  values: unknown[],
): Promise<void> | null {
  return insertRows(database, group, { rows: [row], values: [values], sqlTypes: null });
}

/** Inserts rows that all set the same columns, into each of the tables that their model's rows are in. */
export function insertRows(database: DatabaseCore, group: InsertGroup, batch: NewRows): Promise<void> | null {
  refuseStrangers(group.meta, batch.rows, database);
  return group.above === undefined ? insertInto(database, group, batch) : insertLine(database, group, batch);
}

/** Inserts rows of a model with a parent: first into the table of that one, which makes the keys. */
async function insertLine(database: DatabaseCore, group: InsertGroup, batch: NewRows): Promise<void> {
  if (!database.isConnected) await database.open();
  const insert = async (): Promise<void> => {
    forgetAllOnRollback(database, group, batch);
    await insertAbove(database, group, batch);
    await insertInto(database, group, batch);
    if (leavesUntold(database, group.above)) await readBack(database, group, batch.rows);
    for (const row of batch.rows as StatefulRow[])
      if (row[EXTENDED] !== undefined) await settleExtended(database, group, row);
  };
  await atomic(database, insert, {});
}

async function insertAbove(database: DatabaseCore, { above }: InsertGroup, batch: NewRows): Promise<void> {
  if (above === undefined) return;
  const missing = batch.rows.map((row) => !extendsRowOf(row as StatefulRow, above.meta));
  const rows = batch.rows.filter((_, at) => missing[at]);
  if (rows.length === 0) return;
  const rest = { rows, values: batch.values.filter((_, at) => missing[at]), sqlTypes: null };
  await insertAbove(database, above, rest);
  for (const part of await inBatches(database, above, rest)) await insertInto(database, above, part);
}

/** True for a row that extends one of a model which is there already. */
function extendsRowOf({ [EXTENDED]: model }: StatefulRow, { columns }: ModelMeta): boolean {
  return model !== undefined && (model as ModelMeta).columns.length >= columns.length;
}

/** True where a table above fills columns in and the engine does not tell with what. */
function leavesUntold(database: DatabaseCore, group: InsertGroup | undefined): boolean {
  if (group === undefined || database.engine.features.insertReturning) return false;
  return group.made.some((column) => !column.generated) || leavesUntold(database, group.above);
}

/** Of a row that extends one which was there: writes what is to be other than it is there, and reads what is not known. */
async function settleExtended(database: DatabaseCore, group: InsertGroup, row: StatefulRow): Promise<void> {
  const model = row[EXTENDED] as ModelMeta;
  row[EXTENDED] = undefined;
  onRollback(database, () => (row[EXTENDED] = model));
  const key = keyOf(row);
  const tuple = (model.primaryKey.length === 1 ? [key] : key) as Tuple;
  const columns = model.columns.filter((column) => !column.primaryKey);
  const changed = changedFrom(row, group.meta, columns);
  if (changed.size > 0) await updateRows(database, rowsHolding(model, model.primaryKey, [tuple]), changed);
  const unknown = columns.filter((column) => row[column.property] === undefined);
  if (unknown.length > 0) await readBack(database, group, [row], unknown);
}

function changedFrom(row: StatefulRow, meta: ModelMeta, columns: readonly ColumnMeta[]): ColumnValues {
  const links = Object.values(meta.relations).filter((relation) => relation.type === "foreignKey");
  const extended = extendedIn(meta, Object.fromEntries(links.map(({ name, rowSlot }) => [name, row[rowSlot]])));
  const values: ColumnValues = new Map();
  for (const column of columns) {
    const value = currentValue(row, column);
    if (value === undefined || column.options.generatedAs !== undefined) continue;
    if (extended === null || !sameValue(value, valueThere(extended, column))) values.set(column, value);
  }
  return values;
}
