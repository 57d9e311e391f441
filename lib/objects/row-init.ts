import { type Problem, ValidationError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import { Refusal } from "../fields/index.js";
import { type ColumnMeta, isOwnColumn, type KindMeta, META, type ModelMeta, ORIGIN, RAW } from "../models/index.js";
import { printable } from "../util/printable.js";
import { setForeignKey } from "./relations.js";
import { keyLookups, loadedColumns, type StatefulRow } from "./row-state.js";
import { checkedValue, type ColumnValues, currentValue, forColumn, frozenCopy, readValues } from "./row-values.js";

/** Fills a new row: values given, else defaults. Throws `ValidationError` for wrong values and missing ones. */
export function initialise(target: object, meta: ModelMeta, values: unknown): void {
  const row = target as StatefulRow;
  const problems: Problem[] = [];
  const given = readValues(meta, withoutNewRows(meta, values), `new ${meta.name}`, problems);
  for (const column of meta.columns) {
    const unsaved = unsavedRow(column, values);
    row[column.property] = given.has(column) ? given.get(column) : checkedDefault(meta, column, problems);
    if (problems.some((problem) => problem.field === column.field)) continue;
    if (unsaved !== null && column.relation !== null) setForeignKey(row, column.relation, unsaved);
    else if (row[column.property] === undefined && isRequired(column)) {
      problems.push({ field: column.field, message: "is required." });
    }
  }
  row[RAW] = null;
  row[ORIGIN] = null;
  for (const column of meta.columns) keepRow(row, column, values);
  const wrong = wrongKind(meta, meta.kind === null ? null : row[meta.kind.column.property]);
  if (wrong !== null) problems.push(wrong);
  if (problems.length > 0) throw new ValidationError(meta.name, problems);
}

/** Remembers the row that a relation was given, so that it need not be loaded again. */
function keepRow(row: StatefulRow, column: ColumnMeta, values: unknown): void {
  const value = column.relation === null ? null : valueOf(values, column.field);
  if (column.relation !== null && isRow(value)) row[column.relation.rowSlot] = value;
}

function valueOf(values: unknown, name: string): unknown {
  return (values as Record<string, unknown>)[name];
}

function isRow(value: unknown): value is StatefulRow {
  return value !== null && typeof value === "object" && META in value;
}

/** A row given to a relation that has no key yet: it may be saved before this one is. */
function unsavedRow(column: ColumnMeta, values: unknown): StatefulRow | null {
  const value = column.relation === null ? null : valueOf(values, column.field);
  return isRow(value) && value["pk"] === null ? value : null;
}

function withoutNewRows(meta: ModelMeta, values: unknown): unknown {
  if (values === null || typeof values !== "object") return values;
  const names = meta.columns.filter((column) => unsavedRow(column, values) !== null).map((column) => column.field);
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

/** Sets the key under its own name or names. */
export function setKey(row: object, key: unknown): void {
  const state = row as StatefulRow;
  for (const [name, value] of Object.entries(keyLookups(state[META], key))) state[name] = value;
}

/** Checks some columns of a row (all, unless told which) and gives back their values as they are to be written. */
export function validColumns(row: object, columns: readonly ColumnMeta[]): Map<ColumnMeta, unknown> {
  const meta = (row as StatefulRow)[META];
  const values = new Map<ColumnMeta, unknown>();
  const problems: Problem[] = [];
  for (const column of columns) {
    if (column.options.generatedAs !== undefined) continue;
    try {
      const value = currentValue(row, column);
      if (value === undefined) {
        refuseUnsavedRow(row as StatefulRow, column);
        if (isRequired(column)) problems.push({ field: column.field, message: "is required." });
      } else
        values.set(
          column,
          typeof value === "object" && Expression.is(value) ? forColumn(column, value) : checkedValue(column, value),
        );
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problems.push({ field: column.field, message: error.message });
    }
  }
  if (meta.kind !== null) addWrongKind(meta, meta.kind, values, problems);
  if (problems.length > 0) throw new ValidationError(meta.name, problems);
  return values;
}

function addWrongKind(meta: ModelMeta, { column }: KindMeta, values: ColumnValues, problems: Problem[]): void {
  const wrong = values.has(column) ? wrongKind(meta, values.get(column)) : null;
  if (wrong !== null) problems.push(wrong);
}

/** A row of a variant is of that variant. */
export function wrongKind({ name, kind }: ModelMeta, value: unknown): Problem | null {
  if (kind === null || kind.value === null || kind.value === value) return null;
  const message = `is ${printable(kind.value)} for every ${name}, got ${printable(value)}.`;
  return { field: kind.column.field, message };
}

function refuseUnsavedRow(row: StatefulRow, { relation }: ColumnMeta): void {
  const related = relation === null ? null : row[relation.rowSlot];
  if (related !== null && related !== undefined) {
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
