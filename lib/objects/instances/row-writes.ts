import { FieldError, NotLoadedError, ValidationError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { atomic, currentBlock } from "../../execute/index.js";
import { Expression } from "../../expressions/index.js";
import {
  type ColumnMeta,
  currentValue,
  declaredName,
  fieldOf,
  META,
  type ModelMeta,
  ORIGIN,
  RAW,
} from "../../models/index.js";
import { rowsOf, type Query, withFilter, withOnly } from "../../query/index.js";
import type { DeleteResult, SaveOptions } from "../../types/index.js";
import { readComputed, splitComputed, withComputed } from "../writing/computed.js";
import { NOTHING } from "../writing/computed-columns.js";
import { didYouMean } from "../../util/suggest.js";
import { printable } from "../../util/printable.js";
import { readDeleteOptions } from "../deleting/delete-options.js";
import type { DeletePolicy } from "../deleting/delete-graph.js";
import { deleteCascading, previewDelete } from "../deleting/deleting.js";
import { errorsOf } from "../rows/errors-of.js";
import { anyRows, fetchRows } from "../reading/fetch.js";
import { insertRow } from "../writing/insert-line.js";
import { loadSparse } from "../relations/loads.js";
import { now, validColumns, validValues } from "../writing/row-init.js";
import {
  changedColumns,
  databaseOfRow,
  forgetOnRollback,
  isSaved,
  keyLookups,
  keyOf,
  loadedColumns,
  knownBy,
  lookupsOf,
  markSaved,
  missingColumns,
  savedValue,
  type StatefulRow,
  takeColumns,
  takeOver,
} from "../rows/row-state.js";
import { columnsNamed, readValues } from "../rows/row-values.js";
import { keepNext, seenVersion, staleRow, withVersion } from "../writing/row-version.js";
import { connections, heard, savesAloud } from "../signals/signal.js";
import type { ColumnValues } from "../rows/same-value.js";
import { setColumn } from "../rows/references.js";
import { databaseTold, readUsing, saveThere, splitUsing } from "./save-elsewhere.js";
import { updateRows } from "../writing/update-line.js";
import { groupOf, writePlanOf } from "../writing/write-plan.js";

/** Inserts a new row; of one that is in the database it updates what changed. */
export async function saveRow(target: object, options: SaveOptions): Promise<void> {
  const row = target as StatefulRow;
  const meta = row[META];
  refuseSparse(row, "save");
  if (options.using !== undefined) {
    const { using, ...own } = options;
    return saveThere(row, databaseTold(row, using, "save"), own, saveRow);
  }
  const named = onlyColumns(meta, options);
  const inserts =
    options.forceInsert === true || (!isSaved(row) && options.forceUpdate !== true && named === undefined);
  if (connections === 0 || !savesAloud(meta)) {
    return (inserts ? insertNew(row) : updateChanged(row, named, options.forceUpdate === true)) ?? undefined;
  }
  const event = { row, created: inserts, only: options.only ?? null };
  const aloud = async (): Promise<void> => {
    await heard.preSave.send(meta, event);
    await (inserts ? insertNew(row) : updateChanged(row, named, options.forceUpdate === true));
    await heard.postSave.send(meta, event);
  };
  await atomic(databaseOfRow(row, "write"), aloud, {});
}

/** Inserts a new row, whatever its class's own `save` does beside; null where that is done at once. */
export function insertNew(row: StatefulRow): Promise<void> | null {
  const meta = row[META];
  const values = validValues(row);
  const group = withComputed(groupOf(writePlanOf(meta), values), values, "save");
  return insertRow(databaseOfRow(row, "write"), group, row, values);
}

const SAVE_OPTIONS = ["forceInsert", "forceUpdate", "only", "using"];

function onlyColumns(meta: ModelMeta, options: SaveOptions): ColumnMeta[] | undefined {
  const { forceInsert, forceUpdate } = options;
  const only: unknown = options.only;
  const unknown = Object.keys(options).find((name) => !SAVE_OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new FieldError(
      `${meta.name}.save takes no option "${unknown}".${didYouMean(unknown, SAVE_OPTIONS)} ` +
        `Options: ${SAVE_OPTIONS.join(", ")}.`,
    );
  }
  if (only !== undefined && !Array.isArray(only)) {
    throw new FieldError(`${meta.name}.save: only is a list of field names, got ${printable(only)}.`);
  }
  if (forceInsert === true && (forceUpdate === true || only !== undefined)) {
    throw new FieldError(`${meta.name}.save: forceInsert goes with neither forceUpdate nor only.`);
  }
  return only === undefined
    ? undefined
    : [...new Set(only.flatMap((name) => columnsNamed(meta, String(name), "save")))];
}

/** Not an asynchronous function: a promise awaited costs as much as what is done here. */
function updateChanged(
  row: StatefulRow,
  only: readonly ColumnMeta[] | undefined,
  always: boolean,
): Promise<void> | undefined {
  const { version } = row[META];
  const columns = (only ?? columnsToUpdate(row, always)).filter(
    (column) => column.options.generatedAs === undefined && column !== version,
  );
  if (columns.length === 0) return undefined;
  const saved = isSaved(row);
  if (saved) refuseUnset(row, columns);
  const values = validColumns(row, withAutoNow(row, columns, only === undefined));
  const key = saved ? savedKey(row) : keyOf(row);
  if (key === null) throw new FieldError(`${row[META].name}.save: a row without a primary key cannot be updated.`);
  for (const [column, value] of values) {
    row[column.property] = value;
    if (!saved && column.primaryKey) values.delete(column);
  }
  return values.size === 0 ? undefined : updateByKey(row, rowQuery(row[META], key), values);
}

/** A row that is saved has a value of every column: `undefined` says nothing to write, and would be passed over. */
function refuseUnset(row: StatefulRow, columns: readonly ColumnMeta[]): void {
  const problems = columns.flatMap((column) => {
    const value = currentValue(row, column);
    const isKey = column.primaryKey && value === null;
    if (value !== undefined && !isKey) return [];
    const message = column.primaryKey
      ? "is the key of a saved row, which keeps it. row.clone() makes a new row like this one."
      : "was set to undefined. Set it to a value, or to null.";
    return [{ field: declaredName(column.field), message }];
  });
  if (problems.length > 0) throw new ValidationError(row[META].name, problems);
}

async function updateByKey(row: StatefulRow, byKey: Query, values: ColumnValues): Promise<void> {
  const database = databaseOfRow(row, "write");
  const version = row[META].version === null ? null : seenVersion(row);
  if (version !== null) values.set(version.column, version.seen + 1);
  const query = version === null ? byKey : withVersion(byKey, version);
  const [plain, expressions] = splitComputed(values);
  // Where reading it back fails, what was written is undone: an expression done twice is not what was asked for.
  if (expressions !== null && currentBlock(database) === null) {
    return atomic(database, () => updateByKey(row, byKey, values), {});
  }
  const computed = expressions === null ? NOTHING : readComputed(query, expressions, plain.size, "save");
  const matched = await updateRows(database, query, plain, computed);
  if (matched === 0) throw await whyNotUpdated(row, database, byKey);
  forgetOnRollback(row, database);
  if (version !== null) keepNext(row, version, database);
  markSaved(row, database, expressions === null ? values : await readComputedBack(row, database, values));
}

async function whyNotUpdated(row: StatefulRow, database: DatabaseCore, byKey: Query): Promise<Error> {
  const version = seenVersion(row);
  if (version !== null && (await anyRows(database, byKey))) return staleRow(row, version, "updated");
  return new (errorsOf(row[META]).DoesNotExist)(
    `${row.toString()} could not be updated: no row has its key. It was deleted, or never inserted; ` +
      `save({ forceInsert: true }) inserts it.`,
  );
}

/** What the database worked out, so that the next save does not work it out again. */
export async function readComputedBack(
  row: StatefulRow,
  database: DatabaseCore,
  values: ColumnValues,
): Promise<ColumnValues> {
  const [fresh] = await fetchRows(database, rowQuery(row[META], keyOf(row)));
  if (fresh === undefined) return values;
  const known: ColumnValues = new Map(values);
  for (const [column, value] of values) {
    if (!Expression.is(value)) continue;
    putValue(row, column, currentValue(fresh, column));
    known.set(column, currentValue(fresh, column));
  }
  return known;
}

/** Sets a column's value; a row that was loaded for it before is not its row any more. */
function putValue(row: StatefulRow, column: ColumnMeta, value: unknown): void {
  row[column.property] = value;
  if (column.relation !== null) row[column.relation.rowSlot] = undefined;
}

/** Those that changed. Told to update where nothing is new, it writes what there is: the row may be gone. */
function columnsToUpdate(row: StatefulRow, always: boolean): readonly ColumnMeta[] {
  if (!isSaved(row)) return row[META].columns;
  const changed = changedColumns(row);
  return always && changed.length === 0 ? loadedColumns(row).filter((column) => !column.primaryKey) : changed;
}

function savedKey(row: StatefulRow): unknown {
  const parts = row[META].primaryKey.map((column) => savedValue(row, column));
  return parts.length === 1 ? parts[0] : parts;
}

function withAutoNow(row: StatefulRow, columns: readonly ColumnMeta[], all: boolean): readonly ColumnMeta[] {
  const stamped = writePlanOf(row[META]).stamped.filter((column) => all || columns.includes(column));
  if (stamped.length === 0) return columns;
  for (const column of stamped) row[column.property] = now(column);
  return [...new Set([...columns, ...stamped])];
}

/** Sets fields and saves them, and nothing else that changed. */
export async function updateRow(target: object, values: object): Promise<void> {
  const row = target as StatefulRow;
  const meta = row[META];
  refuseSparse(row, "update");
  const given = readValues(meta, values, "update");
  for (const [column, value] of given) {
    if (Expression.is(value)) putValue(row, column, value);
    else if (column.relation !== null) setColumn(row, column, value);
    else row[column.property] = value;
  }
  for (const [name, value] of Object.entries(values)) {
    const type = fieldOf(meta, name)?.type;
    const isRelated = (type === "foreignKey" || type === "oneOf") && value !== undefined && !Expression.is(value);
    if (isRelated) row[name] = value;
  }
  if (given.size === 0) return;
  await saveRow(row, { only: [...given.keys(), ...writePlanOf(meta).stamped].map((column) => column.field) });
}

/**
 * Deletes a row and does about those that point at it what their foreign keys say, or what a policy has them do instead.
 */
export async function deleteRow(target: object, options: unknown, policy?: DeletePolicy): Promise<DeleteResult> {
  const row = target as StatefulRow;
  const meta = row[META];
  const lookups = lookupsOf(row);
  if (lookups === null)
    throw new FieldError(`${meta.name}.delete: this row has no primary key: it was never saved, or it was deleted.`);
  const { database, rest } = splitUsing(row, options, "delete");
  const { dryRun, keepParents } = readDeleteOptions(meta, rest, ["dryRun", "keepParents"]);
  const byKey = withFilter(rowsOf(meta), [lookups], "pk");
  const version = versionOf(row);
  const query = version === null ? byKey : withVersion(byKey, version);
  const isKnown = version === null && knownBy(row) === meta.primaryKey;
  const deleted = {
    query,
    key: isKnown ? query.values : null,
    keepsParents: keepParents,
    row,
    policy,
  };
  if (dryRun) return previewDelete(database, deleted);
  const result = await deleteCascading(database, deleted);
  if (version !== null && result.total === 0 && (await anyRows(database, byKey))) {
    throw staleRow(row, version, "deleted");
  }
  // Deleted elsewhere, it is still where it is from.
  if (rest === options || row[ORIGIN]?.database === database) forgetKey(row, database);
  return result;
}

/** Of a sparse row no version was seen. */
function versionOf(row: StatefulRow): ReturnType<typeof seenVersion> {
  return row["isSparse"] === true ? null : seenVersion(row);
}

/** A row that was deleted is new again, unless the transaction is undone. */
function forgetKey(row: StatefulRow, database: DatabaseCore): void {
  forgetOnRollback(row, database);
  row[RAW] = null;
  const generated = row[META].primaryKey.find((column) => column.generated);
  if (generated !== undefined) row[generated.property] = undefined;
}

/** Reads a row again, into the same object. */
export async function refreshRow(target: object, options: unknown): Promise<void> {
  const row = target as StatefulRow;
  const database = readUsing(row, options, "refresh");
  if (row["isSparse"] === true && database === databaseOfRow(row)) return loadSparse(row);
  refuseSparse(row, "refresh({ using })");
  takeOver(row, await readByKey(row, { database, method: "refresh" }));
}

/** Reads, in one query, fields of a row that were left out: all of them, or those named. */
export async function loadMissing(target: object, names: readonly unknown[]): Promise<void> {
  const row = target as StatefulRow;
  const meta = row[META];
  const named = names.flatMap((name) => namedColumns(meta, name));
  const missing = missingColumns(row).filter((column) => named.length === 0 || named.includes(column));
  if (missing.length === 0) return;
  takeColumns(row, await readByKey(row, { database: databaseOfRow(row), method: "load" }, missing), missing);
}

function namedColumns(meta: ModelMeta, name: unknown): readonly ColumnMeta[] {
  if (typeof name === "string") return columnsNamed(meta, name, "load");
  throw new FieldError(`${meta.name}.load(…) takes names of fields, got ${printable(name)}.`);
}

async function readByKey(
  row: StatefulRow,
  { database, method }: { readonly database: DatabaseCore; readonly method: string },
  columns: readonly ColumnMeta[] | null = null,
): Promise<object> {
  const meta = row[META];
  const lookups = lookupsOf(row);
  if (lookups === null)
    throw new FieldError(`${meta.name}.${method}: this row has no primary key: it was never saved, or it was deleted.`);
  const whole = withFilter(rowsOf(meta), [lookups], "pk");
  const query = columns === null ? whole : withOnly(whole, fieldsWith(meta, columns));
  const [fresh] = await fetchRows(database, query);
  if (fresh === undefined) {
    throw new (errorsOf(meta).DoesNotExist)(`${row.toString()} is not in the database any more.`);
  }
  return fresh;
}

/** The fields which together have some columns. */
function fieldsWith({ fields }: ModelMeta, columns: readonly ColumnMeta[]): string[] {
  const owners = new Set(columns.map((column) => column.field));
  return Object.keys(fields).filter((name) => owners.has(name));
}

function rowQuery(meta: ModelMeta, key: unknown): Query {
  return withFilter(rowsOf(meta), [keyLookups(meta, key)], "pk");
}

function refuseSparse(row: StatefulRow, method: string): void {
  if (row["isSparse"] !== true) return;
  throw new NotLoadedError(`${row.toString()}: ${method} needs the whole row. Load it first: await row.load().`);
}
