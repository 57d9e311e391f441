import { wholeLayout } from "../../compile/index.js";
import {
  type ColumnMeta,
  type ForeignKeyMeta,
  isOwnColumn,
  type ModelMeta,
  nameIn,
  ownColumns,
} from "../../models/index.js";
import type { Computed } from "./computed-columns.js";
import { compoundKeys } from "../rows/references.js";
import { blankFor } from "../rows/blank.js";
import type { Conflict } from "./conflict.js";

/** The names of one object of values, as columns. */
export interface Shape {
  readonly names: readonly string[];
  /** For each column the name under which its value is given, or null. */
  readonly sources: readonly (string | null)[];
}

/** New rows that leave the same columns to the database: one statement serves them all. */
export interface InsertGroup {
  readonly meta: ModelMeta;
  /** What the rows set. */
  readonly columns: readonly ColumnMeta[];
  /** What the database makes. */
  readonly made: readonly ColumnMeta[];
  /** Part of the keys of its plans. */
  readonly key: string;
  /** The key of the plan for one row, of which nothing comes back but an id. */
  readonly keyOfOne: string;
  /** What becomes of rows that are there already; without it they are an error. */
  readonly conflict?: Conflict;
  /** Rows that are in the way are deleted first. */
  readonly replaces?: boolean;
  /** What the database works out from expressions; such a row is a group by itself. */
  readonly computed?: Computed;
  /** What goes into the table of the model's parent before. Values stand in the same places for both. */
  readonly above?: InsertGroup;
}

/** How new rows of a model are written: what can be worked out once. */
export interface WritePlan {
  readonly meta: ModelMeta;
  /** False where the class has fields or a constructor of its own, which must run for every row made. */
  readonly isPlain: boolean;
  /** Columns whose values can be changed in place: what was saved of them is known from a copy. */
  readonly changeable: readonly number[];
  /** Columns set to the present time whenever a row is saved. */
  readonly stamped: readonly ColumnMeta[];
  /** Relations that have a column: a row given for one is kept. */
  readonly relations: readonly ForeignKeyMeta[];
  /** Columns that may be left to the database. */
  readonly open: readonly ColumnMeta[];
  readonly groups: Map<string, InsertGroup>;
  readonly shapes: Map<string, Shape | null>;
  latest: Shape | null;
  /** The names of values last given for a row that may be there already, as columns. */
  latestGiven: { readonly names: readonly string[]; readonly columns: readonly ColumnMeta[] } | null;
}

const MEMO = "write-plan";
/** Shapes kept of one model; programs that make objects of any names at random get no more. */
const SHAPES = 100;
const CHANGEABLE: ReadonlySet<string> = new Set(["datetime", "json", "binary", "custom"]);

export function writePlanOf(meta: ModelMeta): WritePlan {
  const known = meta.memo.get(MEMO) as WritePlan | undefined;
  if (known !== undefined) return known;
  const plan: WritePlan = {
    meta,
    isPlain: blankFor(wholeLayout(meta, [])) === null,
    changeable: meta.columns.filter(({ type }) => CHANGEABLE.has(type.storage)).map((column) => column.index),
    stamped: meta.columns.filter((column) => column.options.autoNow === true && isOwnColumn(meta, column)),
    relations: meta.columns.flatMap(({ relation }) => relation ?? []),
    open: meta.columns.filter(isMadeByDatabase),
    groups: new Map(),
    shapes: new Map(),
    latest: null,
    latestGiven: null,
  };
  meta.memo.set(MEMO, plan);
  return plan;
}

function isMadeByDatabase({ generated, options }: ColumnMeta): boolean {
  return generated || options.dbDefault !== undefined || options.generatedAs !== undefined;
}

/** The shape of an object of values; null for one that holds names other than those of columns that can be set. */
export function shapeOf(plan: WritePlan, values: object): Shape | null {
  const names = Object.keys(values);
  const { latest } = plan;
  if (latest !== null && isSameList(latest.names, names)) return latest;
  const key = names.join("\0");
  let shape = plan.shapes.get(key);
  if (shape === undefined) {
    shape = newShape(plan.meta, names);
    if (plan.shapes.size >= SHAPES) plan.shapes.clear();
    plan.shapes.set(key, shape);
  }
  if (shape !== null) plan.latest = shape;
  return shape;
}

export function isSameList(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

function newShape(meta: ModelMeta, names: readonly string[]): Shape | null {
  const settable = ownColumns(meta).filter((column) => column.options.generatedAs === undefined);
  if (compoundKeys(meta).some(({ name }) => names.includes(name))) return null;
  // Whether a relation to one of several models leads to a row is for the row to say.
  if (meta.oneOfs.length > 0) return null;
  if (!names.every((name) => settable.some((column) => column.field === name))) return null;
  return { names, sources: meta.columns.map(({ field }) => (names.includes(field) ? field : null)) };
}

/** The group of a row whose values are given by column, `undefined` for what is left to the database. */
export function groupOf(plan: WritePlan, values: readonly unknown[]): InsertGroup {
  let left = "";
  for (const column of plan.open) left += values[column.index] === undefined ? "-" : "+";
  let group = plan.groups.get(left);
  if (group === undefined) {
    const made = plan.open.filter((column) => values[column.index] === undefined);
    const columns = plan.meta.columns.filter((column) => !made.includes(column));
    const key = `insert ${plan.meta.id} ${left} `;
    group = { meta: plan.meta, columns, made, key, keyOfOne: `${key}1 0` };
    if (plan.meta.parent !== null) group = belowGroup(group, groupOf(writePlanOf(plan.meta.parent.model), values));
    plan.groups.set(left, group);
  }
  return group;
}

/** Of a group of rows of a model with a parent: what goes into its own table, behind what goes into the parent's. */
function belowGroup(group: InsertGroup, above: InsertGroup): InsertGroup {
  const { meta } = group;
  const isOwn = (column: ColumnMeta): boolean => column.index >= above.meta.columns.length;
  const key = meta.primaryKey.map((column): ColumnMeta => ({
    ...column,
    name: nameIn(meta, column),
    generated: false,
  }));
  return { ...group, columns: [...key, ...group.columns.filter(isOwn)], made: group.made.filter(isOwn), above };
}
