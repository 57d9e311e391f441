import type { DatabaseCore } from "../../execute/database-core.js";
import { Refusal } from "../../fields/index.js";
import { type ColumnMeta, META, type ModelMeta, ORIGIN } from "../../models/index.js";
import { ownRowsOf } from "../rows/own-rows.js";
import { defaultOf, isOfKind, isRequired } from "../writing/row-init.js";
import type { ModelRow } from "./row.js";
import type { StatefulRow } from "../rows/row-state.js";
import { checkedValue, frozenCopy } from "../rows/row-values.js";
import { shapeOf, type WritePlan } from "../writing/write-plan.js";

/** A new row of a model that will be saved to a database, whichever its model's is. */
export function newRow(meta: ModelMeta, values: object, database: DatabaseCore): ModelRow {
  const Class = meta.model as unknown as new (values: object) => ModelRow;
  const row = new Class(values);
  (row as unknown as StatefulRow)[ORIGIN] = ownRowsOf(database, meta).unsaved;
  return row;
}

/**
 * The values of a new row by column, checked as its constructor and its insertion would; `undefined` is left to the
 * database. null where only these can say what is wrong, or must run because the class does more than most.
 */
export function valuesByColumn(plan: WritePlan, values: object): unknown[] | null {
  const shape = plan.isPlain ? shapeOf(plan, values) : null;
  if (shape === null) return null;
  const { columns } = plan.meta;
  const found = new Array<unknown>(columns.length);
  try {
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as ColumnMeta;
      const value = valueFor(plan.meta, column, shape.sources[index] ?? null, values);
      if (value === undefined && isRequired(column)) return null;
      found[index] = value;
    }
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
  const { kind } = plan.meta;
  if (kind !== null && !isOfKind(plan.meta, found[kind.column.index])) return null;
  return found;
}

function valueFor(meta: ModelMeta, column: ColumnMeta, source: string | null, values: object): unknown {
  const given = source === null ? undefined : (values as Record<string, unknown>)[source];
  const value = given === undefined ? defaultOf(meta, column) : given;
  return value === undefined ? undefined : checkedValue(column, value);
}

/**
 * A row of such values, as it will be once it is saved: nobody must see it before. Of values that can be changed in
 * place, what is saved is a copy.
 */
export function rowOf(plan: WritePlan, database: DatabaseCore, found: unknown[], values: object): object {
  const row = ownRowsOf(database, plan.meta).make(found) as StatefulRow;
  for (const index of plan.changeable) found[index] = frozenCopy(found[index]);
  for (const relation of plan.relations) {
    const given = Object.hasOwn(values, relation.name) ? (values as Record<string, unknown>)[relation.name] : null;
    if (given !== null && typeof given === "object" && META in given) row[relation.rowSlot] = given;
  }
  return row;
}
