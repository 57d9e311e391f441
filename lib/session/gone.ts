import { META, type ModelMeta } from "../models/index.js";
import type { StatefulRow } from "../objects/rows/row-state.js";
import { byModel } from "./by-model.js";
import type { Core } from "./core.js";
import { takeOut } from "./sides.js";
import { trackedOf } from "./states.js";

/** Has objects know that their rows were deleted, and those that led to them, too. */
export function takeDeleted(core: Core, gone: readonly StatefulRow[]): void {
  for (const row of gone) takeOne(core, row);
  const others = (target: ModelMeta): Iterable<StatefulRow> => core.identities.rowsOf(target) as Iterable<StatefulRow>;
  for (const [meta, rows] of byModel(gone)) {
    takeOut(meta, new Set(rows), others, (row, relation) => core.frame.touch(row, relation));
  }
}

function takeOne(core: Core, row: StatefulRow): void {
  const identity = trackedOf(row)?.identity;
  core.identities.remove(row[META], identity);
  for (const pending of [core.doomed, core.orphans, core.linked, core.modified]) pending.delete(row);
  core.frame.deleted.add(row);
  core.change(row, "deleted", identity);
}
