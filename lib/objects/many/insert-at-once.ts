import { NotSupportedError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { ModelMeta } from "../../models/index.js";
import { newRow } from "../instances/new-row.js";
import { savesAsUsual } from "../instances/row.js";
import { insertNew } from "../instances/row-writes.js";
import type { StatefulRow } from "../rows/row-state.js";
import { holdsNewRows } from "./nested-input.js";

/** Inserts a new row of some values and gives it, by statements that answer at once. */
export function insertAtOnce(database: DatabaseCore, meta: ModelMeta, values: object): object {
  const problem = problemOf(meta, values);
  if (problem !== null) {
    throw new NotSupportedError(`${meta.name}: sync.create(…) ${problem}`, {
      hint: "Await objects.create(…) instead.",
    });
  }
  const row = newRow(meta, { ...values }, database);
  void insertNew(row as unknown as StatefulRow);
  return row;
}

function problemOf(meta: ModelMeta, values: object): string | null {
  if (meta.parent !== null) return "makes a row in one table, and its parent's is another one.";
  if (!savesAsUsual(meta)) return "cannot wait for a save() of the model's own, or for receivers of signals.";
  return holdsNewRows(meta, values) ? "makes one row, and there are others inside of it." : null;
}
