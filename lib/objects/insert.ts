import {
  type ArrayInsertShape,
  bind,
  compileArrayInsert,
  compileInsert,
  decoderOf,
  type InsertShape,
  type Plan,
} from "../compile/index.js";
import type { ManyResult, QueryResult, Row } from "../databases/ports/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { currentBlock, isReady, makeReady, onRollback, run, runMany } from "../execute/index.js";
import { type ColumnMeta, META, type ModelMeta, ORIGIN, RAW } from "../models/index.js";
import { rowsOf, withFilter } from "../query/index.js";
import { fetchRows } from "./fetch.js";
import { ownRowsOf } from "./own-rows.js";
import { forgetOnRollback, keyLookups, keyOf, type StatefulRow, takeOver } from "./row-state.js";
import { frozenCopy } from "./row-values.js";
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
  if (!(group.computed === undefined ? database.isConnected : isReady(database, group.computed.zones))) {
    return openAndInsert(database, group, batch);
  }
  const { features } = database.engine;
  forgetAllOnRollback(database, group, batch);
  const isKeyOnly = group.made.every((column) => column.generated);
  const many = batch.rows.length > 1;
  const atOnce = many && features.executeMany === true;
  const toldById = isKeyOnly && (many ? atOnce : features.insertId);
  const returning = toldById || !features.insertReturning ? [] : group.made;
  const answer = atOnce ? sendMany : send;
  const sent = answer(database, group, batch, returning);
  if (sent instanceof Promise) return settleLater(database, group, batch, { returning, sent });
  settle(database, group, batch, { returning, ...sent });
  return returning.length === 0 && !isKeyOnly ? readBack(database, group, batch.rows) : null;
}

async function openAndInsert(database: DatabaseCore, group: InsertGroup, batch: NewRows): Promise<void> {
  await makeReady(database, group.computed?.zones ?? []);
  await insertInto(database, group, batch);
}

async function settleLater(
  database: DatabaseCore,
  group: InsertGroup,
  batch: NewRows,
  { returning, sent }: { readonly returning: readonly ColumnMeta[]; readonly sent: Promise<ManyResult> },
): Promise<void> {
  settle(database, group, batch, { returning, ...(await sent) });
  const isTold = returning.length > 0 || group.made.every((column) => column.generated);
  if (!isTold) await readBack(database, group, batch.rows);
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

function send(
  database: DatabaseCore,
  group: InsertGroup,
  batch: NewRows,
  returning: readonly ColumnMeta[],
): ManyResult | Promise<ManyResult> {
  const { sqlTypes, values } = batch;
  const prepared =
    sqlTypes === null
      ? tuples(database, group, { rows: values.length, returning }, values)
      : arrays(database, group, { sqlTypes, returning }, values);
  const answer = run(database, { ...prepared, model: group.meta.name });
  const isOne = values.length === 1;
  return answer instanceof Promise ? answer.then((result) => toldBy(result, isOne)) : toldBy(answer, isOne);
}

/** A count of ids from the first of several would be a guess. */
function toldBy({ rows, insertId }: QueryResult, isOne: boolean): ManyResult {
  return { rows, insertIds: isOne && insertId !== null ? [insertId] : [] };
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

type Prepared = Pick<Plan, "statement"> & { readonly parameters: unknown[] };

/** A statement of so many rows, and the parameters of any number of them. */
function tuples(
  database: DatabaseCore,
  { meta, columns, key, keyOfOne, computed, unlessThere }: InsertGroup,
  { rows, returning }: Pick<InsertShape, "rows" | "returning">,
  values: readonly unknown[][],
): Prepared {
  const planKey = rows === 1 && returning.length === 0 ? keyOfOne : `${key}${rows} ${returning.length}`;
  const plan = database.plans.get(planKey, () =>
    compileInsert(database, { meta, columns, rows, returning, unlessThere, computed: computed?.columns ?? [] }),
  );
  if (computed !== undefined) {
    const own = columns.map((column) => values[0]?.[column.index]);
    const all = { values: [...own, ...computed.values], limit: null, offset: 0 };
    return { statement: plan.statement, parameters: bind(plan, all) };
  }
  const width = columns.length;
  const parameters = new Array<unknown>(values.length * width);
  let next = 0;
  for (const row of values) {
    for (let index = 0; index < width; index += 1) {
      const value = row[(columns[index] as ColumnMeta).index];
      const encode = plan.slots[index]?.encode ?? null;
      parameters[next++] = encode === null || value === null ? value : encode(value);
    }
  }
  return { statement: plan.statement, parameters };
}

function arrays(
  database: DatabaseCore,
  { meta, columns, key, unlessThere }: InsertGroup,
  { sqlTypes, returning }: Pick<ArrayInsertShape, "sqlTypes" | "returning">,
  values: readonly unknown[][],
): Prepared {
  const plan = database.plans.get(`${key}${sqlTypes.join()} ${returning.length}`, () =>
    compileArrayInsert(database, { meta, columns, sqlTypes, returning, unlessThere }),
  );
  const lists = columns.map(({ index }) => values.map((row) => row[index]));
  return { statement: plan.statement, parameters: bind(plan, { values: lists, limit: null, offset: 0 }) };
}

/** Gives rows what the database made, and marks them as saved. */
function settle(
  database: DatabaseCore,
  { meta, made }: InsertGroup,
  { rows, values }: NewRows,
  { returning, rows: returned, insertIds }: ManyResult & { readonly returning: readonly ColumnMeta[] },
): void {
  const { saved } = ownRowsOf(database, meta);
  const decoders = returning.map((column) => decoderOf(database.engine, column));
  // A trigger may have left rows out, and then nobody can say which answer is whose.
  const told = returned.length === rows.length ? returning : [];
  const key = insertIds.length > 0 ? made.find((column) => column.generated) : undefined;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as StatefulRow;
    const known = values[at] as unknown[];
    if (key !== undefined) row[key.property] = known[key.index] = key.scalar.convert(insertIds[at]);
    for (let index = 0; index < told.length; index += 1) {
      const column = told[index] as ColumnMeta;
      const value = (returned[at] as Row)[index] ?? null;
      const decode = decoders[index] ?? null;
      const decoded = (row[column.property] = decode === null || value === null ? value : decode(value));
      known[column.index] = frozenCopy(decoded);
    }
    row[RAW] = known;
    row[ORIGIN] = saved;
  }
}

/** Reads rows again whose columns the database filled in without telling. */
export async function readBack(database: DatabaseCore, { meta }: InsertGroup, rows: readonly object[]): Promise<void> {
  for (const row of rows) {
    const key = keyOf(row);
    // Of a model with a parent it is read once all of it is there.
    if (key === null || isPartial(row as StatefulRow, meta)) continue;
    const [fresh] = await fetchRows(database, withFilter(rowsOf(meta), [keyLookups(meta, key)], "create"));
    if (fresh !== undefined) takeOver(row, fresh);
  }
}

function isPartial({ [META]: { parent, columns } }: StatefulRow, meta: ModelMeta): boolean {
  return parent !== null && columns.length > meta.columns.length;
}
