import { META } from "../models/index.js";
import { changedColumns, savedValue, type StatefulRow } from "../objects/rows/row-state.js";
import { frozenCopy } from "../objects/rows/row-values.js";
import { isDirty } from "./changes.js";
import type { Core } from "./core.js";
import { expireRow } from "./expiring.js";
import type { Frame } from "./frame.js";
import { forgetLinks } from "./links.js";
import { unlog } from "./log.js";
import { trackedOf } from "./states.js";

/** Puts objects back as they were when a transaction, or a savepoint that was undone, began. */
export function restore(core: Core, frame: Frame): void {
  unlog(frame);
  for (const row of frame.deleted) if (!frame.inserted.has(row)) restoreDeleted(core, row);
  for (const row of [...frame.inserted, ...frame.added]) {
    if (trackedOf(row)?.owner === core) core.leave(row, "transient");
  }
  for (const row of core.linked) if (trackedOf(row)?.state === "persistent") forgetLinks(row);
  for (const pending of [core.doomed, core.orphans, core.linked, core.modified]) pending.clear();
  for (const [row, relations] of frame.touched) {
    if (trackedOf(row)?.state !== "persistent") continue;
    forgetLinks(row);
    for (const [relation, before] of relations) row[relation.rowSlot] = before;
  }
  // Nobody knows what of it there was before.
  for (const row of frame.met) if (trackedOf(row)?.state === "persistent") expireRow(row, null);
  for (const row of core.identities) if (isDirty(row as StatefulRow)) revert(row as StatefulRow);
}

function restoreDeleted(core: Core, row: StatefulRow): void {
  const identity = trackedOf(row)?.identity;
  core.identities.put(row[META], identity, row);
  core.change(row, "persistent", identity);
}

/** Gives a row the values again that it has in the database. */
function revert(row: StatefulRow): void {
  for (const column of changedColumns(row)) {
    row[column.property] = frozenCopy(savedValue(row, column));
    if (column.relation !== null) row[column.relation.rowSlot] = undefined;
  }
}
