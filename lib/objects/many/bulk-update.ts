import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, ValidationError } from "../../errors/index.js";
import { atomic, currentBlock, isReady, makeReady } from "../../execute/index.js";
import { Expression } from "../../expressions/index.js";
import { areRowsOf, type ColumnMeta, currentValue, META, metaOfRow, type ModelMeta } from "../../models/index.js";
import { type Query, rowsOf, withLock } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { type Change, writerFor } from "../writing/bulk-update-writer.js";
import { fetchByKeys } from "../reading/fetch-by-keys.js";
import { isEmpty } from "../reading/fetch.js";
import { keepAllWritten } from "../writing/keep-written.js";
import { identityOf, keyIn } from "../rows/link-keys.js";
import { now, usualValues, validColumns } from "../writing/row-init.js";
import { isSaved, savedValue, type StatefulRow } from "../rows/row-state.js";
import { columnsNamed } from "../rows/row-values.js";
import { type SeenVersion, seenVersion, staleRow } from "../writing/row-version.js";
import { heard } from "../signals/signal.js";
import { updateComputed } from "./update-computed.js";
import { writePlanOf } from "../writing/write-plan.js";

export interface BulkUpdateOptions {
  /** Rows in one statement at most. */
  readonly batchSize?: number;
  /** Called after every statement, or turn of them. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => unknown;
}

/**
 * Sets columns of each row to values of its own, all in one transaction, and gives the number of rows matched: those of
 * the query alone. Everything is checked before the first statement.
 */
export async function bulkUpdate(
  database: DatabaseCore,
  query: Query,
  rows: unknown,
  names: unknown,
  options: BulkUpdateOptions,
): Promise<number> {
  const { model } = query;
  checkOptions(model, options);
  const columns = readColumns(model, names);
  const written = model.version === null ? columns : [...columns, model.version];
  const changes = readChanges(model, rows, columns);
  if (changes.length === 0 || isEmpty(query)) return 0;
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  const single = changes.filter(isComputed);
  const plain = single.length === 0 ? changes : changes.filter((change) => !isComputed(change));
  const writer = await writerFor({
    database,
    query,
    columns: written,
    batchSize: options.batchSize,
    rows: plain.length,
  });
  let [matched, done] = [0, 0];
  const told = async (count: number): Promise<void> => {
    done += count;
    await options.onProgress?.({ done, total: changes.length });
  };
  const first = plain.length === 0 ? 0 : writer.size(plain, 0);
  const work = async (): Promise<void> => {
    for (let start = 0; start < plain.length;) {
      const batch = plain.slice(start, start + (start === 0 ? first : writer.size(plain, start)));
      await checkVersions(database, model, batch);
      const found = await writer.write(batch);
      // Where a row was not there nobody can say which: all of the batch stay changed.
      if (found === batch.length) keepAllWritten(database, written, batch);
      matched += found;
      start += batch.length;
      await told(batch.length);
    }
    await checkVersions(database, model, single);
    for (const change of single) {
      matched += await updateComputed(database, query, written, change);
      await told(1);
    }
  };
  const isOne = single.length === 0 && first >= plain.length;
  const isWhole = isOne && model.version === null && options.onProgress === undefined;
  // One statement is a whole by itself; inside a transaction a part of it can be undone.
  if (isWhole && currentBlock(database) === null) await work();
  else await atomic(database, work, {});
  return matched;
}

/** The same, told of before and after: what receivers set of the rows is checked and saved with the rest. */
export async function bulkUpdateAloud(
  database: DatabaseCore,
  query: Query,
  rows: unknown,
  names: unknown,
  options: BulkUpdateOptions,
): Promise<number> {
  const { model } = query;
  checkOptions(model, options);
  readColumns(model, names);
  if (readKeys(model, rows).length === 0 || isEmpty(query)) return 0;
  const told = [...(rows as readonly object[])];
  const event = { fields: [...(names as readonly string[])] };
  const whole = async (): Promise<number> => {
    await heard.preBulkUpdate.sendRows(told, event);
    const matched = await bulkUpdate(database, query, rows, names, options);
    await heard.postBulkUpdate.sendRows(told, { ...event, matched });
    return matched;
  };
  return atomic(database, whole, {});
}

function isComputed({ values }: Change): boolean {
  return values.some((value) => typeof value === "object" && Expression.is(value));
}

/** Throws for a row that somebody else has written since it was read, where rows have versions; locks the others. */
async function checkVersions(database: DatabaseCore, model: ModelMeta, batch: readonly Change[]): Promise<void> {
  const { version, primaryKey } = model;
  if (version === null || batch.length === 0) return;
  const keys = batch.map(({ key }) => (primaryKey.length === 1 ? key[0] : key));
  const there = await fetchByKeys(database, withLock(rowsOf(model), {}), primaryKey, keys);
  const versions = new Map(there.map((row) => [identityOf(keyIn(row, primaryKey)), currentValue(row, version)]));
  for (const [at, { row }] of batch.entries()) {
    const seen = seenVersion(row);
    const stored = versions.get(identityOf(keys[at]));
    if (seen !== null && stored !== undefined && stored !== seen.seen) throw staleRow(row, seen, "updated");
  }
}

function readColumns(meta: ModelMeta, names: unknown): readonly ColumnMeta[] {
  const misuse = (text: string): FieldError => new FieldError(`${meta.name}: bulkUpdate(rows, fields): ${text}`);
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw misuse(`fields is a list of names, got ${printable(names)}.`);
  }
  if (names.length === 0) throw misuse("names no field to set.");
  const columns = [
    ...new Set(names.flatMap((name) => (name === "pk" ? meta.primaryKey : columnsNamed(meta, name, "bulkUpdate")))),
  ];
  const wrong = columns.find(({ primaryKey, options }) => primaryKey || options.generatedAs !== undefined);
  if (wrong === undefined) return columns.filter((column) => column !== meta.version);
  const why = wrong.primaryKey ? "part of the primary key, by which rows are known" : "computed by the database";
  throw misuse(`"${wrong.field}" is ${why}.`);
}

/** The keys of rows that can be updated. */
function readKeys(meta: ModelMeta, rows: unknown): (readonly unknown[])[] {
  if (Array.isArray(rows)) return rows.map((row: unknown, at) => checkedKey(meta, row, at));
  throw new FieldError(`${meta.name}: bulkUpdate(rows, fields) takes a list of rows, got ${printable(rows)}.`);
}

/** The last of changes to the same row counts. */
function readChanges(meta: ModelMeta, rows: unknown, columns: readonly ColumnMeta[]): Change[] {
  const keys = readKeys(meta, rows);
  const changes = new Map<unknown, Change>();
  for (const [at, key] of keys.entries()) {
    const row = (rows as readonly StatefulRow[])[at] as StatefulRow;
    const values = checkedValues(row, columns, at);
    for (let place = 0; place < columns.length; place += 1) {
      const { property } = columns[place] as ColumnMeta;
      if (!Object.is(row[property], values[place])) row[property] = values[place];
    }
    // The row itself has it once it is written.
    if (row[META].version !== null) values.push((seenVersion(row) as SeenVersion).seen + 1);
    changes.set(identityOf(key.length === 1 ? key[0] : key), { row, key, values });
  }
  return [...changes.values()];
}

function checkedKey(meta: ModelMeta, row: unknown, at: number): readonly unknown[] {
  const misuse = (text: string): FieldError =>
    new FieldError(`${meta.name}: bulkUpdate(rows, fields): rows[${at}] ${text}`);
  const own = metaOfRow(row);
  if (own === null) throw misuse(`is ${printable(row)}, not a row of ${meta.name}.`);
  if (!areRowsOf(own, meta)) throw misuse(`is a row of ${own.name}.`);
  const state = row as StatefulRow;
  if (state["isSparse"] === true) throw misuse("is not loaded. Load it first: await row.load().");
  const { primaryKey } = meta;
  const valueOf = isSaved(state) ? savedValue : currentValue;
  const key = new Array<unknown>(primaryKey.length);
  let isKnown = true;
  for (let part = 0; part < key.length; part += 1) {
    const value = (key[part] = valueOf(state, primaryKey[part] as ColumnMeta));
    if (value === null || value === undefined) isKnown = false;
  }
  if (isKnown) return key;
  throw misuse("has no primary key: it was never saved, or it was deleted. bulkCreate([…]) saves new rows.");
}

function checkedValues(row: StatefulRow, columns: readonly ColumnMeta[], at: number): unknown[] {
  for (const column of writePlanOf(row[META]).stamped) {
    if (columns.includes(column)) row[column.property] = now(column);
  }
  const usual = usualValues(row, columns);
  if (usual !== null) return usual;
  try {
    const values = validColumns(row, columns);
    // What the database would make of it when the row is inserted, nobody can say of one that is there.
    const unset = columns.find((column) => !values.has(column));
    if (unset === undefined) return columns.map((column) => values.get(column));
    throw new ValidationError(row[META].name, [{ field: unset.field, message: "has no value." }]);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const problems = error.problems.map(({ field, message }) => ({ field, message: `in rows[${at}]: ${message}` }));
    throw new ValidationError(error.model, problems);
  }
}

const KNOWN = ["batchSize", "onProgress"];

function checkOptions(meta: ModelMeta, options: BulkUpdateOptions): void {
  const { batchSize, onProgress } = options;
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new FieldError(
      `${meta.name}: bulkUpdate takes no option "${unknown}".${didYouMean(unknown, KNOWN)} Options: ${KNOWN.join(", ")}.`,
    );
  }
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new FieldError(`${meta.name}: batchSize is a whole number above 0, got ${printable(batchSize)}.`);
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new FieldError(`${meta.name}: onProgress is a function, got ${printable(onProgress)}.`);
  }
}
