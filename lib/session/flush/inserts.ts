import { META, type ModelMeta } from "../../models/index.js";
import type { StatefulRow } from "../../objects/rows/row-state.js";
import { withComputed } from "../../objects/writing/computed.js";
import { inBatches } from "../../objects/writing/insert-batches.js";
import { insertRows } from "../../objects/writing/insert-line.js";
import type { NewRows } from "../../objects/writing/insert.js";
import { validValues } from "../../objects/writing/row-init.js";
import { groupOf, type InsertGroup, writePlanOf } from "../../objects/writing/write-plan.js";
import type { Core } from "../core.js";
import { foreignKeysOf } from "../reverses.js";
import { oneIn } from "../sides.js";
import type { Edge, Order } from "./order.js";

/** The checked values of rows, by column. */
export type ValuesOf = ReadonlyMap<StatefulRow, unknown[]>;

/** Checks new rows, and gives the values of those that wait for no other: the rest has keys to get before. */
export function checkNew(rows: ReadonlySet<StatefulRow>): ValuesOf {
  const values = new Map<StatefulRow, unknown[]>();
  for (const row of rows) {
    const isWaiting = foreignKeysOf(row[META]).some((relation) => {
      const one = oneIn(row, relation);
      return one !== null && rows.has(one);
    });
    if (!isWaiting) values.set(row, validValues(row));
  }
  return values;
}

/** Inserts rows, step by step: each of them with few statements. */
export async function insertAll(core: Core, order: Order, known: ValuesOf): Promise<void> {
  const open = new Map<StatefulRow, Edge[]>();
  for (const edge of order.loosened) open.set(edge.holder, [...(open.get(edge.holder) ?? []), edge]);
  for (const { meta, rows } of order.steps) {
    for (const [group, all] of grouped(meta, rows, known, open)) {
      for (const batch of await inBatches(core.view, group, all)) await insertRows(core.view, group, batch);
    }
  }
}

function grouped(
  meta: ModelMeta,
  rows: readonly StatefulRow[],
  known: ValuesOf,
  open: ReadonlyMap<StatefulRow, readonly Edge[]>,
): Map<InsertGroup, NewRows> {
  const plan = writePlanOf(meta);
  const groups = new Map<InsertGroup, NewRows>();
  for (const row of rows) {
    const values = known.get(row) ?? withoutKeys(row, open.get(row) ?? []);
    const group = withComputed(groupOf(plan, values), values, "flush");
    let all = groups.get(group);
    if (all === undefined) groups.set(group, (all = { rows: [], values: [], sqlTypes: null }));
    all.rows.push(row);
    all.values.push(values);
  }
  return groups;
}

/** The values of a row some of whose foreign keys are to be null as yet; it keeps what they lead to. */
function withoutKeys(row: StatefulRow, edges: readonly Edge[]): unknown[] {
  for (const { relation } of edges) {
    row[relation.rowSlot] = undefined;
    for (const column of relation.columns) if (column.relation === relation) row[column.property] = null;
  }
  try {
    return validValues(row);
  } finally {
    for (const { relation, awaited } of edges) {
      row[relation.rowSlot] = awaited;
      for (const column of relation.columns) if (column.relation === relation) row[column.property] = undefined;
    }
  }
}
