import { type ColumnMeta, META } from "../../models/index.js";
import {
  changedColumns,
  forgetOnRollback,
  isSaved,
  markSaved,
  type StatefulRow,
} from "../../objects/rows/row-state.js";
import { usualValues, validColumns } from "../../objects/writing/row-init.js";
import { type Changes, changesOf } from "../changes.js";
import type { Core } from "../core.js";
import { byModel } from "../by-model.js";
import { identityOfRow } from "../identity-map.js";
import { putBack, takeLinks, type TakenLinks } from "../links.js";
import { note } from "../log.js";
import { takeDeleted } from "../gone.js";
import { oneIn } from "../sides.js";
import { foreignKeysOf, reversesOf } from "../reverses.js";
import { forgetRelated, takeStored } from "../stored.js";
import { trackedOf } from "../states.js";
import { deleteAll } from "./deletes.js";
import { checkNew, insertAll } from "./inserts.js";
import { tieAndUntie } from "./ties.js";
import { updateAll, type UpdateGroup, updateGroups, updatesBeside } from "./updates.js";
import { type Work, workOf } from "./work.js";

/** Writes all that was changed in a session: net changes only, in an order that foreign keys allow, all or nothing. */
export async function flushAll(core: Core): Promise<void> {
  if (!core.hasChanges) return;
  await core.listeners.send("beforeFlush", core.session);
  const work = await workOf(core);
  for (const row of work.expelled) core.leave(row, "transient");
  for (const [row, via] of work.doom.cut) if (core.fresh.has(row)) row[via.name] = null;
  const values = checkNew(work.inserts);
  for (const group of work.groups) checkChanged(group, work.inserts);
  const log = core.settings.changeLog ? changesIn(work) : null;
  const links = takeNoted(core, work);
  if (isNothing(core, work)) return finish(core, work, log);
  try {
    await core.begin();
    core.hasWritten = true;
    // What is unique may have to be free before a new row has it.
    const [before, after] = updatesBeside(work.groups, work.inserts);
    await updateAll(core, before);
    await insertAll(core, work.order, values);
    for (const row of work.inserts) takeInserted(core, row);
    const late = updateGroups(new Set(work.order.loosened.map(({ holder }) => holder)));
    await updateAll(core, [...after, ...late]);
    await tieAndUntie(core, links);
    await deleteAll(core, work.doom.order);
    await lookAfter(core, work);
  } catch (error) {
    putBack(links);
    core.fail(error);
    throw error;
  }
  finish(core, work, log);
  if (!core.listeners.hears("afterFlush")) return;
  const [inserted, updated] = [[...work.inserts], work.updates];
  const deleted = [...work.doom.explicit, ...work.doom.carried];
  await core.listeners.send("afterFlush", { session: core.session, inserted, updated, deleted });
}

/** Takes what is to be written by now: what is noted while that is under way is for the next flush. */
function takeNoted(core: Core, { links, orphaned }: Work): TakenLinks {
  for (const row of links) core.linked.delete(row);
  for (const [row, reverse] of orphaned) if (core.orphans.get(row) === reverse) core.orphans.delete(row);
  core.modified.clear();
  return takeLinks(links);
}

function isNothing(core: Core, { inserts, groups, links, doom, expelled }: Work): boolean {
  return inserts.size + links.length + doom.explicit.size + expelled.size + groups.length + core.fresh.size === 0;
}

/** Checks what was changed of rows before anything is written; a key that is not there yet is checked then. */
function checkChanged({ meta, columns, rows }: UpdateGroup, inserts: ReadonlySet<StatefulRow>): void {
  const keys = foreignKeysOf(meta).filter((relation) => relation.columns.some((column) => columns.includes(column)));
  for (const row of rows) {
    const waiting = inserts.size === 0 ? [] : keys.filter((relation) => isAmong(inserts, oneIn(row, relation)));
    const open = new Set<ColumnMeta>(waiting.flatMap((relation) => relation.columns));
    const known = open.size === 0 ? columns : columns.filter((column) => !open.has(column));
    if (known.length > 0 && usualValues(row, known) === null) validColumns(row, known);
  }
}

function isAmong(rows: ReadonlySet<StatefulRow>, row: StatefulRow | null): boolean {
  return row !== null && rows.has(row);
}

function takeInserted(core: Core, row: StatefulRow): void {
  const identity = identityOfRow(row);
  core.fresh.delete(row);
  core.frame.inserted.add(row);
  core.identities.put(row[META], identity, row);
  core.change(row, "persistent", identity);
}

function changesIn({ inserts, updates }: Work): Map<StatefulRow, Changes> {
  return new Map([...inserts, ...updates].map((row) => [row, changesOf(row)]));
}

/** Has objects know what was written. */
function finish(core: Core, work: Work, log: Map<StatefulRow, Changes> | null): void {
  const { inserts, doom } = work;
  for (const row of core.fresh) if (isSaved(row)) takeInserted(core, row);
  const gone = [...doom.explicit, ...doom.carried];
  takeDeleted(core, gone);
  for (const [row, via] of doom.cut) {
    if (via.onDelete === "set null" && trackedOf(row)?.state === "persistent" && !inserts.has(row))
      setNull(core, row, via.columns);
  }
  if (log !== null) noteAll(core, work, log);
}

function noteAll(core: Core, { inserts, updates, doom }: Work, log: ReadonlyMap<StatefulRow, Changes>): void {
  for (const row of inserts) note(core.frame, row, "insert", log.get(row) ?? {});
  for (const row of updates) note(core.frame, row, "update", log.get(row) ?? {});
  for (const row of [...doom.explicit, ...doom.carried]) note(core.frame, row, "delete", {});
}

/** What objects pointed at is gone: their foreign keys are what rules have made of them, and versions are the next. */
async function lookAfter(core: Core, { doom, inserts }: Work): Promise<void> {
  const cut = doom.cut.filter(([row, { onDelete }]) => !inserts.has(row) && onDelete !== "do nothing");
  const read = cut.filter(([row, via]) => via.onDelete !== "set null" || row[META].version !== null);
  for (const [meta, rows] of byModel([...new Set(read.map(([row]) => row))])) {
    const keys = read.filter(([row]) => row[META] === meta).flatMap(([, via]) => via.columns);
    await takeStored(core, rows, meta.version === null ? [...new Set(keys)] : meta.columns);
  }
  for (const via of new Set(read.map(([, via]) => via).filter(({ onDelete }) => onDelete !== "set null"))) {
    for (const reverse of reversesOf(via)) {
      for (const owner of core.identities.rowsOf(via.target)) forgetRelated(core, owner as StatefulRow, reverse);
    }
  }
}

/** The database has set a foreign key to null, whose row is gone. */
function setNull(core: Core, row: StatefulRow, columns: readonly ColumnMeta[]): void {
  forgetOnRollback(row, core.view);
  const open = columns.filter((column) => column.nullable && !column.primaryKey);
  const changed = changedColumns(row);
  for (const column of open.filter((column) => !changed.includes(column))) {
    row[column.property] = null;
    if (column.relation !== null) row[column.relation.rowSlot] = undefined;
  }
  markSaved(row, core.view, new Map(open.map((column) => [column, null])));
}
