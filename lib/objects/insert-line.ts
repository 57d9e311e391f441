import type { DatabaseCore } from "../execute/database-core.js";
import { atomic } from "../execute/index.js";
import { forgetAllOnRollback, insertInto, type NewRows, readBack } from "./insert.js";
import { inBatches } from "./insert-batches.js";
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
  };
  await atomic(database, insert, {});
}

async function insertAbove(database: DatabaseCore, { above }: InsertGroup, batch: NewRows): Promise<void> {
  if (above === undefined) return;
  await insertAbove(database, above, batch);
  for (const part of await partsOf(database, above, batch)) await insertInto(database, above, part);
}

/** Rows in batches, each of one row where the engine would not tell the keys of several. */
async function partsOf(
  database: DatabaseCore,
  group: InsertGroup,
  { rows, values }: NewRows,
): Promise<readonly NewRows[]> {
  const { insertReturning, executeMany } = database.engine.features;
  const isTold = insertReturning || executeMany === true || !group.made.some((column) => column.generated);
  return inBatches(database, group, { rows, values, sqlTypes: null }, isTold ? undefined : 1);
}

/** True where a table above fills columns in and the engine does not tell with what. */
function leavesUntold(database: DatabaseCore, group: InsertGroup | undefined): boolean {
  if (group === undefined || database.engine.features.insertReturning) return false;
  return group.made.some((column) => !column.generated) || leavesUntold(database, group.above);
}
