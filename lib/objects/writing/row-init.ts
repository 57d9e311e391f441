import { type Problem, ValidationError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { Refusal } from "../../fields/index.js";
import {
  type ColumnMeta,
  currentValue,
  declaredName,
  type ForeignKeyMeta,
  isOwnColumn,
  type KindMeta,
  META,
  metaOfRow,
  type ModelMeta,
  ORIGIN,
  RAW,
} from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { type Extended, EXTENDED, extendedIn, isThere, valueThere } from "../rows/extended-row.js";
import { addMissingKinds, withKinds } from "../rows/one-of.js";
import { addUnsaved, compoundKeys, isUnsavedFor, setColumn, takeShared } from "../rows/references.js";
import { setForeignKey } from "../relations/relations.js";
import { loadedColumns, type StatefulRow } from "../rows/row-state.js";
import { checkedValue, forColumn, frozenCopy, readValues } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";

/** Fills a new row: values given, else defaults. Throws `ValidationError` for wrong values and missing ones. */
export function initialise(target: object, meta: ModelMeta, said: unknown): void {
  const row = target as StatefulRow;
  const problems: Problem[] = [];
  const values = meta.oneOfs.length === 0 ? said : withKinds(meta, said, problems);
  const given = readValues(meta, withoutNewRows(meta, values), `new ${meta.name}`, problems);
  fill(row, given, meta.parent === null ? null : extendedIn(meta, values), problems);
  const assigned = new Set<ColumnMeta>();
  for (const relation of unsavedRows(meta, values)) {
    const related = valueOf(values, relation.name) as object;
    addUnsaved(relation, related, given, problems);
    setForeignKey(row, relation, related);
    for (const column of relation.columns) assigned.add(column);
  }
  for (const column of meta.columns) {
    if (assigned.has(column) || problems.some((problem) => problem.field === column.field)) continue;
    if (row[column.property] === undefined && isAsked(row, column)) {
      problems.push({ field: column.field, message: "is required." });
    }
  }
  row[RAW] = null;
  row[ORIGIN] = null;
  settle(row, meta, values, problems);
  if (problems.length > 0) throw new ValidationError(meta.name, onceEach(problems));
}

/** Sets every column: to what was given, else to what a row that is extended has, else to a default. */
function fill(row: StatefulRow, given: ColumnValues, extended: Extended | null, problems: Problem[]): void {
  const meta = row[META];
  if (extended !== null) row[EXTENDED] = extended.model;
  for (const column of meta.columns) {
    if (given.has(column)) row[column.property] = given.get(column);
    else if (extended !== null && isThere(row, column)) row[column.property] = valueThere(extended, column);
    else row[column.property] = checkedDefault(meta, column, problems);
  }
}

/** Remembers the rows that relations were given, so that they need not be loaded again, and looks at the whole. */
function settle(row: StatefulRow, meta: ModelMeta, values: unknown, problems: Problem[]): void {
  for (const relation of foreignKeysOf(meta)) {
    const value = valueOf(values, relation.name);
    if (metaOfRow(value) !== null) row[relation.rowSlot] = value;
  }
  if (meta.kind !== null) addWrongKind(meta, meta.kind, row[meta.kind.column.property], problems);
  if (meta.oneOfs.length > 0) addMissingKinds(row, meta, problems, meta.columns);
}

function foreignKeysOf({ relations }: ModelMeta): ForeignKeyMeta[] {
  return Object.values(relations).filter((relation) => relation.type === "foreignKey");
}

function valueOf(values: unknown, name: string): unknown {
  return (values as Record<string, unknown>)[name];
}

/** Relations that were given a row which has no key yet: it may be saved before this one is. */
function unsavedRows(meta: ModelMeta, values: unknown): readonly ForeignKeyMeta[] {
  return foreignKeysOf(meta).filter((relation) => isUnsavedFor(relation, valueOf(values, relation.name)));
}

function withoutNewRows(meta: ModelMeta, values: unknown): unknown {
  if (values === null || typeof values !== "object") return values;
  const names = unsavedRows(meta, values).map(({ name }) => name);
  if (names.length === 0) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

function checkedDefault(meta: ModelMeta, column: ColumnMeta, problems: Problem[]): unknown {
  try {
    return defaultOf(meta, column);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push({ field: column.field, message: `its default cannot be kept: ${error.message}` });
    return undefined;
  }
}

/** The value of a column that none was given for; `undefined` leaves it to the database. */
export function defaultOf(meta: ModelMeta, column: ColumnMeta): unknown {
  const { options } = column;
  const ofKind = meta.kind === null ? undefined : defaultOfKind(meta, meta.kind, column);
  if (ofKind !== undefined) return ofKind;
  if (options.autoNow === true || options.autoNowAdd === true) return now(column);
  if (options.default !== undefined) {
    const value: unknown =
      typeof options.default === "function" ? (options.default as () => unknown)() : options.default;
    return value === null ? null : column.scalar.convert(frozenCopy(value));
  }
  if (options.dbDefault !== undefined || options.generatedAs !== undefined || column.generated) return undefined;
  return column.nullable ? null : undefined;
}

/** What a variant's rows have by being that; what only rows of another variant have is as empty as it can be. */
function defaultOfKind(meta: ModelMeta, kind: KindMeta, column: ColumnMeta): unknown {
  if (column === kind.column && kind.value !== null) return kind.value;
  return column.nullable && !isOwnColumn(meta, column) ? null : undefined;
}

/** The present moment as a column of dates, times or datetimes holds it. */
export function now(column: ColumnMeta): unknown {
  const moment = new Date();
  if (column.family === "date") return moment.toISOString().slice(0, 10);
  if (column.family === "time") return column.scalar.convert(moment.toISOString().slice(11, 23));
  return moment;
}

/** True for a column that neither the row nor the database has a value for by itself. */
export function isRequired(column: ColumnMeta): boolean {
  const { options } = column;
  return !column.generated && options.dbDefault === undefined && options.generatedAs === undefined;
}

/** The same for a new row, which may extend one that has a value. */
function isAsked(row: StatefulRow, column: ColumnMeta): boolean {
  return isRequired(column) && !isThere(row, column);
}

/** Sets the key, part by part. */
export function setKey(row: object, key: unknown): void {
  const { primaryKey } = (row as StatefulRow)[META];
  const parts: unknown[] = primaryKey.length === 1 ? [key] : (key as unknown[]);
  primaryKey.forEach((column, at) => {
    const { relation, field } = column;
    if (relation !== null && relation.columns.length > 1) setColumn(row, column, parts[at]);
    else (row as StatefulRow)[field] = parts[at];
  });
}

/** Checks some columns of a row (all, unless told which) and gives back their values as they are to be written. */
export function validColumns(row: object, columns: readonly ColumnMeta[]): Map<ColumnMeta, unknown> {
  const meta = (row as StatefulRow)[META];
  takeShared(row, meta);
  const values = new Map<ColumnMeta, unknown>();
  const problems: Problem[] = [];
  for (const column of columns) {
    if (column.options.generatedAs !== undefined) continue;
    try {
      const value = currentValue(row, column);
      if (value === undefined) refuseMissing(row as StatefulRow, column);
      else
        values.set(
          column,
          typeof value === "object" && Expression.is(value) ? forColumn(column, value) : checkedValue(column, value),
        );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push({ field: column.field, message: error.message });
    }
  }
  if (meta.kind !== null) addWrongKindIn(meta, meta.kind, values, problems);
  if (meta.oneOfs.length > 0) addMissingKinds(row, meta, problems, columns);
  if (problems.length > 0) throw new ValidationError(meta.name, onceEach(problems));
  return values;
}

/**
 * The same as a list, one value for each of the columns; null where only `validColumns` can say what is wrong, or where
 * the columns hang together.
 */
export function usualValues(row: object, columns: readonly ColumnMeta[]): unknown[] | null {
  const meta = (row as StatefulRow)[META];
  if (meta.kind !== null || meta.oneOfs.length > 0 || compoundKeys(meta).length > 0) return null;
  const values = new Array<unknown>(columns.length);
  try {
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] as ColumnMeta;
      const value = currentValue(row, column);
      if (value === undefined || column.options.generatedAs !== undefined) return null;
      values[at] = typeof value === "object" && Expression.is(value) ? value : checkedValue(column, value);
    }
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
  return values;
}

/** A field of several columns has one problem, not one for each. */
function onceEach(found: readonly Problem[]): Problem[] {
  const problems = found.map(({ field, message }) => ({ field: field === null ? null : declaredName(field), message }));
  return problems.filter(({ field, message }, at) => {
    return problems.findIndex((other) => other.field === field && other.message === message) === at;
  });
}

function addWrongKindIn(
  meta: ModelMeta,
  kind: KindMeta,
  values: ReadonlyMap<ColumnMeta, unknown>,
  problems: Problem[],
): void {
  if (values.has(kind.column)) addWrongKind(meta, kind, values.get(kind.column), problems);
}

function addWrongKind(meta: ModelMeta, { column }: KindMeta, value: unknown, problems: Problem[]): void {
  if (isOfKind(meta, value)) return;
  const message = `is ${printable(meta.kind?.value)} for every ${meta.name}, got ${printable(value)}.`;
  problems.push({ field: column.field, message });
}

/** False for a discriminator by which a row would be no row of the model: those of a variant are of that variant. */
export function isOfKind({ kind }: ModelMeta, value: unknown): boolean {
  return kind === null || kind.value === null || kind.value === value;
}

function refuseMissing(row: StatefulRow, column: ColumnMeta): void {
  if (column.primaryKey && isThere(row, column)) {
    throw new Refusal("is that of a row which is not saved yet. Save it first.");
  }
  refuseUnsavedRow(row, column);
  if (isAsked(row, column)) throw new Refusal("is required.");
}

function refuseUnsavedRow(row: StatefulRow, column: ColumnMeta): void {
  const { relation } = column;
  // The columns of a generic relation are no foreign key's own.
  if (relation === null && row[META].oneOfs.length === 0) return;
  for (const { rowSlot, columns } of relation === null ? compoundKeys(row[META]) : [relation]) {
    const related = row[rowSlot];
    if (!columns.includes(column) || related === null || related === undefined) continue;
    throw new Refusal(`is a ${(related as StatefulRow)[META].name} that is not saved yet. Save it first.`);
  }
}

/** The values of a row that is about to be inserted, by column, as they are now; converted, the row holds them, too. */
export function validValues(row: object): unknown[] {
  const state = row as StatefulRow;
  const { columns } = state[META];
  const values = new Array<unknown>(columns.length).fill(undefined);
  for (const [column, value] of validColumns(row, columns)) {
    state[column.property] = value;
    values[column.index] = frozenCopy(value);
  }
  return values;
}

export function validateRow(row: object): void {
  validColumns(row, loadedColumns(row));
}
