import { decoderOf } from "../../compile/index.js";
import type { Decode, ManyResult, QueryResult, Row } from "../../databases/ports/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { atomic, currentBlock, isReady, makeReady, onRollback, run, runMany } from "../../execute/index.js";
import { type ColumnMeta, currentValue, META, type ModelMeta, ORIGIN, RAW } from "../../models/index.js";
import { type LinkKey, type Need, rowsOf, withLock } from "../../query/index.js";
import type { CompiledSql } from "../../types/index.js";
import { fetchByKeys } from "../reading/fetch-by-keys.js";
import type { Conflict } from "./conflict.js";
import { arrays, tuples } from "./insert-statement.js";
import { generatedKey, insertedRows, keepsSnapshot, snapshotSettings } from "./inserted-rows.js";
import { isVariant, refuseOther, refuseOthers } from "./other-variant.js";
import { identityOf, keyIn } from "../rows/link-keys.js";
import { ownRowsOf } from "../rows/own-rows.js";
import { forgetOnRollback, keyOf, type StatefulRow, takeOver } from "../rows/row-state.js";
import { frozenCopy } from "../rows/row-values.js";
import { sameValue } from "../rows/same-value.js";
import type { InsertGroup } from "./write-plan.js";

/** Rows of one group about to be inserted, and the checked values of each by column: what it will know as saved. */
export interface NewRows {
  readonly rows: object[];
  readonly values: unknown[][];
  /** The columns' types where the rows shall be sent as arrays, else null. */
  readonly sqlTypes: readonly string[] | null;
}

/**
 * Inserts rows into one table that all set the same columns, by one statement or one statement run for each. null where that is done
 * at once: a promise awaited costs a single row as much as checking its values.
 */
export function insertInto(database: DatabaseCore, group: InsertGroup, batch: NewRows): Promise<void> | null {
  if (!isReadyFor(database, group)) {
    return openAndInsert(database, group, batch);
  }
  const { features } = database.engine;
  const wanted = wantedFrom(group, batch.rows.length);
  const isKeyOnly = wanted.every(isToldById, group);
  const many = batch.rows.length > 1;
  const atOnce = many && features.executeMany === true;
  const toldById = isKeyOnly && (many ? atOnce : features.insertId);
  if (!toldById && wanted.length > 0 && !features.insertReturning) return insertAndRead(database, group, batch);
  forgetAllOnRollback(database, group, batch);
  const returning = toldById ? [] : wanted;
  const answer = atOnce ? sendMany : send;
  const sent = answer(database, group, batch, returning);
  if (sent instanceof Promise) return settleLater(database, group, batch, { returning, sent });
  settle(database, group, batch, { returning, ...sent });
  return null;
}

/** The one statement by which rows that all set the same columns would be inserted. */
export function insertSql(database: DatabaseCore, group: InsertGroup, { values }: NewRows): CompiledSql {
  const returning = database.engine.features.insertReturning ? wantedFrom(group, values.length) : [];
  const { statement, parameters } = tuples(database, group, { rows: values.length, returning }, values);
  return { sql: statement.sql, parameters };
}

/**
 * The same by an engine that does not tell with the insert what it makes of rows: that is read by another statement, in one
 * transaction with the insert, so that nobody can have changed the rows meanwhile or deleted them.
 */
async function insertAndRead(database: DatabaseCore, group: InsertGroup, batch: NewRows): Promise<void> {
  const key = batch.rows.length > 1 && group.conflict === undefined ? generatedKey(group) : undefined;
  if (currentBlock(database) === null) {
    return atomic(
      database,
      () => insertAndRead(database, group, batch),
      key === undefined ? {} : snapshotSettings(database),
    );
  }
  if (key !== undefined) return insertMany(database, group, batch, key);
  forgetAllOnRollback(database, group, batch);
  settle(database, group, batch, { returning: [], ...(await send(database, group, batch, [])) });
  await readBack(database, group, batch.rows);
}

/** Rows that leave their keys to the database, in a transaction: by one statement, if it can be read which are whose. */
async function insertMany(database: DatabaseCore, group: InsertGroup, batch: NewRows, key: ColumnMeta): Promise<void> {
  if (!(await keepsSnapshot(database, group))) {
    for (const [at, row] of batch.rows.entries()) {
      await insertInto(database, group, { rows: [row], values: [batch.values[at] as unknown[]], sqlTypes: null });
    }
    return;
  }
  forgetAllOnRollback(database, group, batch);
  const { insertId } = await sendOnce(database, group, batch, []);
  const count = batch.rows.length;
  const rows = insertId === null ? [] : await insertedRows(database, group, key, { first: insertId, count });
  settle(database, group, batch, { returning: group.made, rows, affected: count, insertIds: [] });
}

/** Storages of which two values that a unique index takes for the same are the same. */
const EXACT: ReadonlySet<string> = new Set(["integer", "smallInteger", "bigInteger"]);

/**
 * What the database knows better of rows than we do: of one that may have been there already, all but what is set to
 * the new row's own values.
 */
function wantedFrom({ meta, columns, made, conflict }: InsertGroup, rows: number): readonly ColumnMeta[] {
  if (conflict === undefined) return made;
  const { action, taken, target, limits } = conflict;
  if (action === "ignore") return [];
  // Of one row an answer tells whether it was written; of many nobody can say which were.
  if (limits.where !== null) return rows === 1 ? meta.columns : [];
  const isAlike = (column: ColumnMeta): boolean => target.includes(column) && EXACT.has(column.type.storage);
  return meta.columns.filter((column) => !columns.includes(column) || !(taken.includes(column) || isAlike(column)));
}

/** Whether an id tells a column, asked of rows of a group: that of a row which was there already is nobody's to tell. */
function isToldById(this: InsertGroup, column: ColumnMeta): boolean {
  return column.generated && this.conflict === undefined;
}

function isReadyFor(database: DatabaseCore, group: InsertGroup): boolean {
  if (group.computed === undefined && group.conflict === undefined) return database.isConnected;
  return isReady(database, needsOf(group));
}

/** What the expressions in it need of a database. */
function needsOf({ computed, conflict }: InsertGroup): readonly Need[] {
  return [...(computed?.needs ?? []), ...(conflict?.computed.needs ?? []), ...(conflict?.limits.where?.needs ?? [])];
}

async function openAndInsert(database: DatabaseCore, group: InsertGroup, batch: NewRows): Promise<void> {
  await makeReady(database, needsOf(group));
  await insertInto(database, group, batch);
}

async function settleLater(
  database: DatabaseCore,
  group: InsertGroup,
  batch: NewRows,
  { returning, sent }: { readonly returning: readonly ColumnMeta[]; readonly sent: Promise<ManyResult> },
): Promise<void> {
  settle(database, group, batch, { returning, ...(await sent) });
}

/** Has rows forget what is written of them now, should the transaction around be undone. */
export function forgetAllOnRollback(
  database: DatabaseCore,
  { meta, made }: InsertGroup,
  { rows, values }: NewRows,
): void {
  if (currentBlock(database) === null) return;
  const { unsaved } = ownRowsOf(database, meta);
  const ours = rows.filter((row, at) => (row as StatefulRow)[RAW] === values[at]);
  rows.forEach((row, at) => {
    if ((row as StatefulRow)[RAW] !== values[at]) forgetOnRollback(row, database);
  });
  onRollback(database, () => {
    for (const row of ours as StatefulRow[]) {
      row[RAW] = null;
      row[ORIGIN] = unsaved;
      for (const column of made) row[column.property] = undefined;
    }
  });
}

function sendOnce(
  database: DatabaseCore,
  group: InsertGroup,
  { sqlTypes, values }: NewRows,
  returning: readonly ColumnMeta[],
): QueryResult | Promise<QueryResult> {
  const prepared =
    sqlTypes === null
      ? tuples(database, group, { rows: values.length, returning }, values)
      : arrays(database, group, { sqlTypes, returning }, values);
  return run(database, { ...prepared, model: group.meta.name });
}

function send(
  database: DatabaseCore,
  group: InsertGroup,
  batch: NewRows,
  returning: readonly ColumnMeta[],
): ManyResult | Promise<ManyResult> {
  const answer = sendOnce(database, group, batch, returning);
  const isOne = batch.values.length === 1;
  return answer instanceof Promise ? answer.then((result) => toldBy(result, isOne)) : toldBy(answer, isOne);
}

/** A count of ids from the first of several would be a guess. */
function toldBy({ rows, insertId, affected }: QueryResult, isOne: boolean): ManyResult {
  return { rows, affected, insertIds: isOne && insertId !== null ? [insertId] : [] };
}

function sendMany(
  database: DatabaseCore,
  group: InsertGroup,
  { values }: NewRows,
  returning: readonly ColumnMeta[],
): Promise<ManyResult> {
  const prepared = tuples(database, group, { rows: 1, returning }, values);
  return runMany(database, { ...prepared, model: group.meta.name }, values.length);
}

/** True where a row that is there may stay as it is. */
function mayLeaveOut(conflict: Conflict | undefined): boolean {
  return conflict !== undefined && (conflict.action === "ignore" || conflict.limits.where !== null);
}

/** Gives rows what the database made, and marks them as saved. */
function settle(
  database: DatabaseCore,
  { meta, made, conflict }: InsertGroup,
  { rows, values }: NewRows,
  { returning, rows: returned, insertIds }: ManyResult & { readonly returning: readonly ColumnMeta[] },
): void {
  const { saved, unsaved } = ownRowsOf(database, meta);
  if (returned.length === 0 && mayLeaveOut(conflict)) {
    // Which of them are in the database now, nobody has said.
    for (const row of rows as StatefulRow[]) setState(row, null, unsaved);
    return;
  }
  const decoders = returning.map((column) => decoderOf(database.engine, column));
  // A trigger may have left rows out, and then nobody can say which answer is whose.
  const told = returned.length === rows.length ? returning : [];
  checkVariant(meta, conflict, told, (at) => returned.map((row) => decodedBy(decoders[at] ?? null, row[at])));
  const key = insertIds.length > 0 ? made.find((column) => column.generated) : undefined;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as StatefulRow;
    const known = values[at] as unknown[];
    if (key !== undefined) row[key.property] = known[key.index] = key.scalar.convert(insertIds[at]);
    for (let index = 0; index < told.length; index += 1) {
      const column = told[index] as ColumnMeta;
      const decoded = decodedBy(decoders[index] ?? null, (returned[at] as Row)[index]);
      if (conflict !== undefined) forgetRelatedBy(row, column, decoded);
      row[column.property] = decoded;
      known[column.index] = frozenCopy(decoded);
    }
    setState(row, known, saved);
  }
}

function checkVariant(
  meta: ModelMeta,
  conflict: Conflict | undefined,
  told: readonly ColumnMeta[],
  valuesAt: (place: number) => readonly unknown[],
): void {
  if (conflict === undefined || !isVariant(meta)) return;
  const place = told.findIndex((column) => column === meta.kind?.column);
  if (place >= 0) refuseOther(meta, conflict, valuesAt(place));
}

function setState(row: StatefulRow, raw: readonly unknown[] | null, origin: StatefulRow[typeof ORIGIN]): void {
  row[RAW] = raw;
  row[ORIGIN] = origin;
}

function decodedBy(decode: Decode | null, value: unknown = null): unknown {
  return decode === null || value === null ? value : decode(value);
}

/** The row that was given for a foreign key may not be the one that it holds. */
function forgetRelatedBy(row: StatefulRow, { relation, property }: ColumnMeta, stored: unknown): void {
  if (relation !== null && !sameValue(stored, row[property])) row[relation.rowSlot] = undefined;
}

/** Reads rows again whose columns the database filled in without telling. */
export async function readBack(
  database: DatabaseCore,
  group: InsertGroup,
  rows: readonly object[],
  columns = madeIn(group),
): Promise<void> {
  const { meta, conflict } = group;
  if (conflict !== undefined) return readByTarget(database, meta, conflict, rows);
  // Of a model with a parent it is read once all of it is there.
  const whole = rows.filter((row) => keyOf(row) !== null && !isPartial(row as StatefulRow, meta));
  const { primaryKey } = meta;
  const fresh = await fetchByKeys(database, rowsOf(meta), primaryKey, keysIn(whole, primaryKey));
  for (const [row, found] of pairsOf(whole, primaryKey, fresh)) takeMade(row, columns, found);
}

/** The columns that the database fills in, in each of the tables that the rows are in. */
function madeIn({ made, above }: InsertGroup): readonly ColumnMeta[] {
  return above === undefined ? made : [...madeIn(above), ...made];
}

function takeMade(row: object, columns: readonly ColumnMeta[], fresh: object): void {
  const known = (row as StatefulRow)[RAW] as unknown[];
  for (const column of columns) {
    const value = currentValue(fresh, column);
    (row as StatefulRow)[column.property] = value;
    known[column.index] = frozenCopy(value);
  }
}

function keysIn(rows: readonly object[], columns: readonly ColumnMeta[]): LinkKey[] {
  return rows.map((row) => keyIn(row, columns)).filter((key) => key !== null);
}

function isPartial({ [META]: { parent, columns } }: StatefulRow, meta: ModelMeta): boolean {
  return parent !== null && columns.length > meta.columns.length;
}

/**
 * Reads rows again by the columns that tell them apart from those which were there already: locked, since a
 * transaction that began earlier would not see what somebody else has inserted meanwhile.
 */
async function readByTarget(
  database: DatabaseCore,
  meta: ModelMeta,
  conflict: Conflict,
  rows: readonly object[],
): Promise<void> {
  const { target } = conflict;
  const fresh = await fetchByKeys(database, withLock(rowsOf(meta), {}), target, keysIn(rows, target));
  const pairs = pairsOf(rows, target, fresh);
  for (const [row, found] of pairs) takeOver(row, found);
  const told = new Set(pairs.map(([row]) => row));
  const missing = rows.filter((row) => !told.has(row));
  await refuseOthers(database, meta, conflict, keysIn(missing, target));
}

/** Rows, and what was read of each, told by some of their columns. */
function pairsOf(
  rows: readonly object[],
  columns: readonly ColumnMeta[],
  fresh: readonly object[],
): [row: object, fresh: object][] {
  const byKey = new Map(fresh.map((row) => [identityOf(keyIn(row, columns)), row]));
  return rows.flatMap((row): [object, object][] => {
    // The database may find equal what we do not: letters in upper and in lower case.
    const found = byKey.get(identityOf(keyIn(row, columns))) ?? (rows.length === 1 ? fresh[0] : undefined);
    return found === undefined ? [] : [[row, found]];
  });
}
