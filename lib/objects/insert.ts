import { bind, compileInsert, decoderOf, type InsertShape } from "../compile/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import type { QueryResult } from "../databases/ports/index.js";
import { propertyOf, run } from "../execute/index.js";
import { type ColumnMeta, META, type ModelMeta, RAW } from "../models/index.js";
import { queryOf, withFilter } from "../query/index.js";
import { fetchRows } from "./fetch.js";
import { forgetOnRollback, keyLookups, keyOf, markSaved, type StatefulRow, takeOver } from "./row-state.js";
import type { ColumnValues } from "./row-values.js";

/** One row about to be inserted, with its values checked. */
export interface PendingRow {
  readonly row: object;
  readonly values: ColumnValues;
}

/** Inserts a row and gives it what the database made of it: its key, its defaults. */
export async function insertRow(database: DatabaseCore, pending: PendingRow): Promise<void> {
  await insertBatch(database, [pending]);
}

/** Inserts rows that all set the same columns, by one statement. */
export async function insertBatch(database: DatabaseCore, batch: readonly PendingRow[]): Promise<void> {
  if (!database.isConnected) await database.open();
  const first = batch[0] as PendingRow;
  const meta = (first.row as StatefulRow)[META];
  const columns = [...first.values.keys()];
  const made = meta.columns.filter((column) => !first.values.has(column) && isMadeByDatabase(column));
  const returning = isToldByInsertId(database, batch, made) || !database.engine.features.insertReturning ? [] : made;
  for (const { row } of batch) forgetOnRollback(row, database);
  const result = await send(database, { meta, columns, rows: batch.length, returning }, batch);
  if (returning.length > 0) takeReturned(database, batch, returning, result);
  else takeInsertId(batch, meta, result);
  for (const { row, values } of batch) {
    (row as StatefulRow)[RAW] = null;
    markSaved(row, database, values);
  }
  if (returning.length === 0 && made.some((column) => !column.generated)) await readBack(database, meta, batch);
}

/** A single row's generated key comes back by itself where the engine has insert ids, which costs less than RETURNING. */
function isToldByInsertId(database: DatabaseCore, batch: readonly PendingRow[], made: readonly ColumnMeta[]): boolean {
  return database.engine.features.insertId && batch.length === 1 && made.length === 1 && made[0]?.generated === true;
}

function isMadeByDatabase(column: ColumnMeta): boolean {
  const { dbDefault, generatedAs } = column.options;
  return column.generated || dbDefault !== undefined || generatedAs !== undefined;
}

function send(
  database: DatabaseCore,
  shape: InsertShape,
  batch: readonly PendingRow[],
): QueryResult | Promise<QueryResult> {
  const { meta, columns, rows, returning } = shape;
  const key = `insert ${meta.id} ${columns.map((column) => column.index).join()} ${rows} ${returning.length}`;
  const plan = database.plans.get(key, () => compileInsert(database, shape));
  const values = batch.flatMap((pending) => columns.map((column) => pending.values.get(column)));
  const parameters = bind(plan, { values, limit: null, offset: 0 });
  return run(database, { statement: plan.statement, parameters, model: meta.name });
}

function takeReturned(
  database: DatabaseCore,
  batch: readonly PendingRow[],
  returning: readonly ColumnMeta[],
  { rows }: QueryResult,
): void {
  const decoders = returning.map((column) => decoderOf(database.engine, column));
  batch.forEach(({ row }, at) => {
    returning.forEach((column, index) => {
      const value = rows[at]?.[index] ?? null;
      const decode = decoders[index] ?? null;
      (row as StatefulRow)[propertyOf(column)] = decode === null || value === null ? value : decode(value);
    });
  });
}

/** Without RETURNING only a single row's generated key is known: a count of ids would be a guess. */
function takeInsertId(batch: readonly PendingRow[], meta: ModelMeta, { insertId }: QueryResult): void {
  const generated = meta.columns.find((column) => column.generated);
  const [only, ...others] = batch;
  if (generated === undefined || only === undefined || others.length > 0 || insertId === null) return;
  if (!only.values.has(generated)) {
    (only.row as StatefulRow)[propertyOf(generated)] = generated.scalar.convert(insertId);
  }
}

/** Reads rows again whose columns the database filled in without telling. */
async function readBack(database: DatabaseCore, meta: ModelMeta, batch: readonly PendingRow[]): Promise<void> {
  for (const { row } of batch) {
    const key = keyOf(row);
    if (key === null) continue;
    const [fresh] = await fetchRows(database, withFilter(queryOf(meta), [keyLookups(meta, key)], "create"));
    if (fresh !== undefined) takeOver(row, fresh);
  }
}
