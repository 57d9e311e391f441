import type { DatabaseCore } from "../execute/database-core.js";
import { FieldError, ValidationError } from "../errors/index.js";
import { atomic } from "../execute/index.js";
import { areRowsOf, type ColumnMeta, META, metaOfRow, type ModelMeta, RAW, tableKey } from "../models/index.js";
import { printable } from "../util/printable.js";
import { withComputed } from "./computed.js";
import { inBatches } from "./insert-batches.js";
import type { NewRows } from "./insert.js";
import { insertRows } from "./insert-line.js";
import { holdsNewRows } from "./nested-input.js";
import { newRow, rowOf, valuesByColumn } from "./new-row.js";
import { validValues } from "./row-init.js";
import type { StatefulRow } from "./row-state.js";
import { groupOf, type InsertGroup, type WritePlan, writePlanOf } from "./write-plan.js";

export interface BulkCreateOptions {
  /** Rows in one statement at most; unless given, as many as suit the engine: 500, or 1000 on PostgreSQL. */
  readonly batchSize?: number;
}

/** What those ask for that create rows as part of something else. */
interface Internal {
  /** Values of all rows. */
  readonly given: object | null;
  /** Columns unique together: rows whose values of these are there already are left out, and keys are not told. */
  readonly unlessThere?: readonly ColumnMeta[] | undefined;
}

/**
 * Inserts many rows with few statements, in one transaction, and gives them in the order they were given. Every row is
 * checked before the first is sent. null, and nothing done, where values hold other rows to be made along with theirs.
 */
export async function bulkCreate(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  options: BulkCreateOptions & Internal,
): Promise<object[] | null> {
  checkArguments(meta, rows, options);
  if (rows.length === 0) return [];
  const made = new Array<object>(rows.length);
  const groups = groupedRows(database, meta, rows, options, made);
  if (groups === null) return null;
  if (!database.isConnected) await database.open();
  const batches: [InsertGroup, NewRows][] = [];
  for (const [group, all] of groups) {
    for (const batch of await inBatches(database, group, all, options.batchSize)) batches.push([group, batch]);
  }
  const [first] = batches;
  if (batches.length === 1 && first !== undefined) await insertRows(database, ...first);
  else await insertAll(database, batches);
  return made;
}

/** Rows that leave different columns to the database cannot share a statement. */
function groupedRows(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  { given, unlessThere }: Internal,
  made: object[],
): Map<InsertGroup, NewRows> | null {
  const plan = writePlanOf(meta);
  const groups = new Map<InsertGroup, NewRows>();
  const narrower = leavingOut();
  for (let at = 0; at < rows.length; at += 1) {
    const values = rows[at] as object;
    const pending = pendingRow(database, plan, given === null || META in values ? values : { ...values, ...given }, at);
    if (pending === null) return null;
    const [row, found] = pending;
    const usual = groupOf(plan, found);
    // Values that were read at once are no expressions.
    const told = (row as StatefulRow)[RAW] === found ? usual : withComputed(usual, found, "bulkCreate");
    const group = unlessThere === undefined ? told : narrower(told, unlessThere);
    let all = groups.get(group);
    if (all === undefined) groups.set(group, (all = { rows: [], values: [], sqlTypes: null }));
    all.rows.push((made[at] = row));
    all.values.push(found);
  }
  return groups;
}

/** A row and its values by column: one of a plain object's values, or a row that was given. null for values with rows inside. */
function pendingRow(database: DatabaseCore, plan: WritePlan, values: object, at: number): [object, unknown[]] | null {
  const isRow = META in values;
  const found = isRow ? null : valuesByColumn(plan, values);
  if (found !== null) return [rowOf(plan, database, found, values), found];
  if (!isRow && holdsNewRows(plan.meta, values)) return null;
  try {
    const row = isRow ? values : newRow(plan.meta, { ...values }, database);
    return [row, validValues(row)];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const problems = error.problems.map(({ field, message }) => ({ field, message: `in rows[${at}]: ${message}` }));
    throw new ValidationError(error.model, problems);
  }
}

async function insertAll(database: DatabaseCore, batches: readonly (readonly [InsertGroup, NewRows])[]): Promise<void> {
  await atomic(
    database,
    async () => {
      for (const [group, batch] of batches) await insertRows(database, group, batch);
    },
    {},
  );
}

/** A group of which rows that are there already are left out; nobody can tell then which row an answer is of. */
function leavingOut(): (group: InsertGroup, unlessThere: readonly ColumnMeta[]) => InsertGroup {
  const made = new Map<InsertGroup, InsertGroup>();
  return (group, unlessThere) => {
    const key = `${group.key}unless ${unlessThere.map(({ index }) => index).join()} `;
    const known = made.get(group) ?? { ...group, made: [], key, keyOfOne: `${key}1 0`, unlessThere };
    made.set(group, known);
    return known;
  };
}

const OPTIONS = ["batchSize", "given", "unlessThere"];

function checkArguments(meta: ModelMeta, rows: unknown, options: BulkCreateOptions): void {
  const { batchSize } = options;
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new FieldError(`${meta.name}: bulkCreate takes no option "${unknown}". Options: batchSize.`);
  }
  if (!Array.isArray(rows)) {
    throw new FieldError(`${meta.name}: bulkCreate(rows) takes a list of objects, got ${printable(rows)}.`);
  }
  const wrong = rows.findIndex((row) => row === null || typeof row !== "object" || Array.isArray(row));
  if (wrong >= 0) {
    throw new FieldError(`${meta.name}: bulkCreate(rows): row ${wrong} is ${printable(rows[wrong])}, not an object.`);
  }
  const stranger = metaOfRow(rows.find((row) => !isOf(metaOfRow(row) ?? meta, meta)));
  if (stranger !== null) throw new FieldError(`${meta.name}: bulkCreate(rows) was given a row of ${stranger.name}.`);
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new FieldError(`${meta.name}: batchSize is a whole number above 0, got ${printable(batchSize)}.`);
  }
}

/** A row of a model that extends this one has a place in another table, too. */
function isOf(given: ModelMeta, meta: ModelMeta): boolean {
  return areRowsOf(given, meta) && tableKey(given) === tableKey(meta);
}
