import type { DatabaseCore } from "../../execute/database-core.js";
import type { ModelMeta } from "../../models/index.js";
import { insertRow } from "../writing/insert-line.js";
import { createNested } from "./nested-create.js";
import { holdsNewRows } from "./nested-input.js";
import { newRow, rowOf, valuesByColumn } from "../instances/new-row.js";
import { savesAsUsual } from "../instances/row.js";
import { groupOf, writePlanOf } from "../writing/write-plan.js";

/** Inserts a new row of some values, as `new Class(values).save()` does, and gives it. */
export async function createRow(database: DatabaseCore, meta: ModelMeta, values: object): Promise<object> {
  const plan = writePlanOf(meta);
  const found = savesAsUsual(meta) ? valuesByColumn(plan, values) : null;
  if (found === null) {
    if (holdsNewRows(meta, values)) return createNested(database, meta, values);
    const row = newRow(meta, { ...values }, database);
    await row.save();
    return row;
  }
  const row = rowOf(plan, database, found, values);
  const inserting = insertRow(database, groupOf(plan, found), row, found);
  if (inserting !== null) await inserting;
  return row;
}
