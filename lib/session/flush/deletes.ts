import { type ColumnMeta, META, type ModelMeta } from "../../models/index.js";
import { deleteCascading } from "../../objects/deleting/deleting.js";
import { looseColumns } from "../../objects/deleting/delete-graph.js";
import { inBatches } from "../../objects/reading/key-batches.js";
import { savedValue, type StatefulRow } from "../../objects/rows/row-state.js";
import { updateRows } from "../../objects/writing/update-line.js";
import { rowsHolding, type Tuple } from "../../query/index.js";
import type { Core } from "../core.js";
import type { Order } from "./order.js";
import { checkVersions } from "./versions.js";

/** Deletes rows, those first that point at others; what else points at them is dealt with as foreign keys say. */
export async function deleteAll(core: Core, { steps, loosened }: Order): Promise<void> {
  for (const { holder, relation } of loosened) {
    const nothing = new Map<ColumnMeta, unknown>(looseColumns(relation).map((column) => [column, null]));
    await updateRows(core.view, withKeys(holder[META], [keyOf(holder)]), nothing);
  }
  for (const { meta, rows } of steps) {
    await checkVersions(core.view, meta, rows, "deleted");
    for (const keys of inBatches(core.view, meta.primaryKey, rows.map(keyOf))) {
      await deleteCascading(core.view, { query: withKeys(meta, keys), key: null });
    }
  }
}

function withKeys(meta: ModelMeta, keys: readonly Tuple[]): ReturnType<typeof rowsHolding> {
  return rowsHolding(meta, meta.primaryKey, keys);
}

function keyOf(row: StatefulRow): Tuple {
  return row[META].primaryKey.map((column) => savedValue(row, column));
}
