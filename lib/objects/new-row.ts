import type { DatabaseCore } from "../execute/database-core.js";
import { type ModelMeta, ORIGIN } from "../models/index.js";
import type { ModelRow } from "./row.js";
import type { StatefulRow } from "./row-state.js";

/** A new row of a model that will be saved to a database, whichever its model's is. */
export function newRow(meta: ModelMeta, values: object, database: DatabaseCore): ModelRow {
  const Class = meta.model as unknown as new (values: object) => ModelRow;
  const row = new Class(values);
  (row as unknown as StatefulRow)[ORIGIN] = { database, layout: null as never };
  return row;
}
