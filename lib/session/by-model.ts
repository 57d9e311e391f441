import { META, type ModelMeta } from "../models/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";

/** Rows by the model that they are of. */
export function byModel(rows: readonly StatefulRow[]): Map<ModelMeta, StatefulRow[]> {
  const found = new Map<ModelMeta, StatefulRow[]>();
  for (const row of rows) {
    const others = found.get(row[META]);
    if (others === undefined) found.set(row[META], [row]);
    else others.push(row);
  }
  return found;
}
