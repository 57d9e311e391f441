import type { Problem } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { Refusal, refuse } from "../../fields/index.js";
import {
  areRowsOf,
  type ColumnMeta,
  currentValue,
  type ForeignKeyMeta,
  heldValue,
  isGenericArm,
  isPlainKey,
  metaOfRow,
  type ModelMeta,
} from "../../models/index.js";
import { keyParts } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { type ColumnValues, sameValue } from "./same-value.js";

// Foreign keys of several columns, or of one that another field has, too. What they are set to is set by column, and
// columns may be set by others: so the row that one was given counts only as long as the columns say the same.

type Holder = Record<PropertyKey, unknown>;

/** The foreign keys of a model that are more than a column of their own. */
export function compoundKeys(meta: ModelMeta): readonly ForeignKeyMeta[] {
  const known = meta.memo.get("compound keys") as readonly ForeignKeyMeta[] | undefined;
  if (known !== undefined) return known;
  const found = Object.values(meta.relations).flatMap((relation) =>
    relation.type === "foreignKey" && !isPlainKey(relation) ? [relation] : [],
  );
  meta.memo.set("compound keys", found);
  return found;
}

/** Adds what a foreign key sets its columns to; what they are set to already must be the same. */
export function addReference(relation: ForeignKeyMeta, value: unknown, found: ColumnValues, problems: Problem[]): void {
  try {
    for (const [column, part] of referenceValues(relation, value)) {
      if (found.has(column) && !sameValue(found.get(column), part)) refuse(conflict(column, part, found.get(column)));
      found.set(column, part);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push({ field: relation.name, message: error.message });
  }
}

/** The same for a row that lacks some of its key: what it has must be what the columns are set to. */
export function addUnsaved(relation: ForeignKeyMeta, related: object, found: ColumnValues, problems: Problem[]): void {
  for (const column of relation.columns) {
    const held = heldValue(related, relation, column) ?? undefined;
    if (held === undefined || !found.has(column) || sameValue(found.get(column), held)) continue;
    problems.push({ field: relation.name, message: conflict(column, held, found.get(column)) });
  }
}

function conflict({ name }: ColumnMeta, part: unknown, other: unknown): string {
  return (
    `says that column "${name}" is ${printable(part)}, and another value given here that it is ${printable(other)}. ` +
    `Give one of them, or the same in both.`
  );
}

/** What a foreign key sets its columns to, for a row, a key or null. Throws a `Refusal`. */
function referenceValues(relation: ForeignKeyMeta, value: unknown): ColumnValues {
  if (value === null) return noReference(relation);
  if (typeof value === "object" && Expression.is(value)) {
    return refuse("is set to a row or a key, not to an expression, since it shares columns or has several.");
  }
  const parts = keyParts(value, relation.target, relation.targetColumns);
  return new Map(relation.columns.map((column, at) => [column, parts[at]]));
}

/** Any column that is null means no reference: those of its own, else those it shares which may be null. */
function noReference(relation: ForeignKeyMeta): ColumnValues {
  if (!relation.nullable) return refuse("cannot be null.");
  const open = relation.columns.filter((column) => column.nullable);
  const own = open.filter((column) => column.relation === relation);
  return new Map((own.length > 0 ? own : open).map((column) => [column, null]));
}

/** Sets a row's columns to what a foreign key is set to. Throws a `Refusal`. */
export function assignReference(row: object, relation: ForeignKeyMeta, value: unknown): void {
  if (isUnsavedFor(relation, value)) return assignUnsaved(row as Holder, relation, value);
  const values =
    value === undefined
      ? relation.columns.filter((column) => column.relation === relation).map((column) => [column, undefined] as const)
      : referenceValues(relation, value);
  for (const [column, part] of values) setColumn(row, column, part);
  (row as Holder)[relation.rowSlot] = metaOfRow(value) === null ? undefined : value;
}

/** True for a row of the target that lacks some of its key as yet. */
export function isUnsavedFor(relation: ForeignKeyMeta, value: unknown): value is object {
  const meta = metaOfRow(value);
  const { columns, target } = relation;
  if (meta === null || !areRowsOf(meta, target)) return false;
  return columns.some((column) => {
    const held = heldValue(value as object, relation, column);
    return held === undefined || held === null;
  });
}

/** What is known of its key is set at once; the rest is taken from the row when it is saved. */
function assignUnsaved(row: Holder, relation: ForeignKeyMeta, related: object): void {
  for (const column of relation.columns) {
    const held = heldValue(related, relation, column);
    if (held !== undefined && held !== null) setColumn(row, column, held);
    else if (column.relation === relation || isGenericArm(relation)) row[column.property] = undefined;
  }
  row[relation.rowSlot] = related;
}

/** Sets a column, and has a foreign key of that column alone forget the row that it was given. */
export function setColumn(target: object, column: ColumnMeta, value: unknown): void {
  const row = target as Holder;
  const { relation } = column;
  if (relation !== null && isPlainKey(relation) && !sameValue(currentValue(row, column), value)) {
    row[relation.rowSlot] = undefined;
  }
  row[column.property] = value;
}

/**
 * The row that a foreign key was given, as long as its columns say the same; else what was taken from that row stays, and
 * the row is forgotten.
 */
export function settledRow(row: object, relation: ForeignKeyMeta): object | null {
  const holder = row as Holder;
  const related = holder[relation.rowSlot] ?? null;
  if (related === null || relation.columns.every((column) => agrees(holder, relation, column, related))) return related;
  for (const column of relation.columns) {
    if (column.relation === relation) holder[column.property] = currentValue(row, column);
  }
  holder[relation.rowSlot] = undefined;
  return null;
}

/** Of its own columns a foreign key takes the values from the row that it was given, unless they are null. */
function agrees(row: Holder, relation: ForeignKeyMeta, column: ColumnMeta, related: object): boolean {
  const held = heldValue(related, relation, column) ?? null;
  const own = column.relation === relation ? row[column.property] : currentValue(row, column);
  if (column.relation === relation && own !== null) return true;
  return held === null || own === undefined || sameValue(own, held);
}

/** Gives shared columns that have no value yet that of a row which was saved after it was assigned. */
export function takeShared(row: object, meta: ModelMeta): void {
  for (const relation of compoundKeys(meta)) {
    const related = settledRow(row, relation);
    if (related === null) continue;
    for (const column of relation.columns) {
      if (column.relation === relation || currentValue(row, column) !== undefined) continue;
      (row as Holder)[column.property] = heldValue(related, relation, column) ?? undefined;
    }
  }
}

/** The values of a foreign key's columns; null where one is null, undefined where one is not known. */
export function keyValues(row: object, relation: ForeignKeyMeta): readonly unknown[] | null | undefined {
  const values = relation.columns.map((column) => currentValue(row, column));
  if (values.includes(null)) return null;
  return values.includes(undefined) ? undefined : values;
}
