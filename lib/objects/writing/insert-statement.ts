import {
  type ArrayInsertShape,
  bind,
  compileArrayInsert,
  compileInsert,
  type ConflictShape,
  type InsertShape,
  type Plan,
} from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { ColumnMeta } from "../../models/index.js";
import { conflictValues } from "./conflict.js";
import type { InsertGroup } from "./write-plan.js";

/** A statement, and the parameters that it is run with: once, or those of each run one after another. */
type Prepared = Pick<Plan, "statement"> & { readonly parameters: unknown[] };

/** An insert of so many rows, and the parameters of any number of them. */
export function tuples(
  database: DatabaseCore,
  group: InsertGroup,
  { rows, returning }: Pick<InsertShape, "rows" | "returning">,
  values: readonly unknown[][],
): Prepared {
  const { meta, columns, key, keyOfOne, computed, replaces } = group;
  const planKey = rows === 1 && returning.length === 0 ? keyOfOne : `${key}${rows} ${returning.length}`;
  const base = rows * columns.length + (computed?.values.length ?? 0);
  const plan = database.plans.get(planKey, () => {
    const conflict = conflictShape(group, base);
    return compileInsert(database, {
      meta,
      columns,
      rows,
      returning,
      conflict,
      replaces,
      computed: computed?.columns ?? [],
    });
  });
  if (computed !== undefined) {
    const own = columns.map((column) => values[0]?.[column.index]);
    const all = { values: [...own, ...computed.values, ...valuesBehind(group)], limit: null, offset: 0 };
    return { statement: plan.statement, parameters: bind(plan, all) };
  }
  const behind = plan.slots.length === base ? [] : boundBehind(group, plan, base);
  return { statement: plan.statement, parameters: inTurn(group, plan, { rows, behind }, values) };
}

/** The rows' values one after another, and behind those of each statement what is bound behind its rows. */
function inTurn(
  { columns }: InsertGroup,
  { slots }: Plan,
  { rows, behind }: { readonly rows: number; readonly behind: readonly unknown[] },
  values: readonly unknown[][],
): unknown[] {
  const width = columns.length;
  const parameters = new Array<unknown>(values.length * width + (values.length / rows) * behind.length);
  let next = 0;
  for (let at = 0; at < values.length; at += 1) {
    const row = values[at] as unknown[];
    for (let index = 0; index < width; index += 1) {
      const value = row[(columns[index] as ColumnMeta).index];
      const encode = slots[index]?.encode ?? null;
      parameters[next++] = encode === null || value === null ? value : encode(value);
    }
    if ((at + 1) % rows === 0) for (const value of behind) parameters[next++] = value;
  }
  return parameters;
}

function conflictShape({ conflict }: InsertGroup, base: number): ConflictShape | undefined {
  if (conflict === undefined) return undefined;
  const { target, taken, plain, computed, limits, method } = conflict;
  const { indexWhere, constraint } = limits;
  const behind = base + plain.size + computed.values.length;
  const where = limits.where === null ? null : { term: limits.where.term, base: behind };
  const set = { taken, plain: [...plain.keys()], computed: computed.columns, where };
  return { target, indexWhere, constraint, ...set, base, method };
}

function valuesBehind({ conflict }: InsertGroup): unknown[] {
  return conflict === undefined ? [] : conflictValues(conflict);
}

function boundBehind(group: InsertGroup, plan: Plan, base: number): unknown[] {
  const slots = plan.slots.slice(base).map((slot) => (slot.index < 0 ? slot : { ...slot, index: slot.index - base }));
  return bind({ ...plan, slots }, { values: valuesBehind(group), limit: null, offset: 0 });
}

/** An insert of any number of rows as arrays, one a column. */
export function arrays(
  database: DatabaseCore,
  group: InsertGroup,
  { sqlTypes, returning }: Pick<ArrayInsertShape, "sqlTypes" | "returning">,
  values: readonly unknown[][],
): Prepared {
  const { meta, columns, key } = group;
  const plan = database.plans.get(`${key}${sqlTypes.join()} ${returning.length}`, () =>
    compileArrayInsert(database, {
      meta,
      columns,
      sqlTypes,
      returning,
      conflict: conflictShape(group, columns.length),
    }),
  );
  const lists = columns.map(({ index }) => values.map((row) => row[index]));
  const all = { values: [...lists, ...valuesBehind(group)], limit: null, offset: 0 };
  return { statement: plan.statement, parameters: bind(plan, all) };
}
