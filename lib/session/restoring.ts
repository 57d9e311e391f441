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
  const isOurs = (row: StatefulRow): boolean => trackedOf(row)?.owner === core;
  for (const row of [...new Set([...frame.inserted, ...frame.added])].filter(isOurs)) core.leave(row, "transient");
  for (const row of core.linked) if (isThere(row)) forgetLinks(row);
  for (const pending of [core.doomed, core.orphans, core.linked, core.modified]) pending.clear();
  restoreRelations(frame);
  // Nobody knows what of it there was before.
  for (const row of frame.met) if (isThere(row)) expireRow(row, null);
  for (const row of core.identities) if (isDirty(row as StatefulRow)) revert(row as StatefulRow);
}

function isThere(row: StatefulRow): boolean {
  return trackedOf(row)?.state === "persistent";
}

/** New objects, which no session has any more, keep what they were given. */
function restoreRelations({ touched }: Frame): void {
  for (const [row, relations] of touched) {
    if (!isThere(row)) continue;
    forgetLinks(row);
    for (const [relation, before] of relations) row[relation.rowSlot] = before;
  }
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
