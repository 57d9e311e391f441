import type { DatabaseCore } from "../execute/database-core.js";
import { FieldError, ValidationError } from "../errors/index.js";
import { atomic, propertyOf } from "../execute/index.js";
import { META, metaOfRow, type ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { insertBatch, type PendingRow } from "./insert.js";
import { newRow } from "./new-row.js";
import { validColumns } from "./row-init.js";

export interface BulkCreateOptions {
  /** Rows in one statement at most; unless given, as many as the engine's limit on parameters allows, up to 500. */
  readonly batchSize?: number;
}

/** More rows a statement win nothing, and each number of rows is a statement to prepare. */
const BATCH = 500;

/**
 * Inserts many rows with few statements, in one transaction, and gives them in the order they were given. Every row is
 * checked before the first is sent.
 */
export async function bulkCreate(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly object[],
  options: BulkCreateOptions & { readonly given: object | null },
): Promise<object[]> {
  checkArguments(meta, rows, options);
  if (rows.length === 0) return [];
  const pending = rows.map((values, index) => pendingRow(database, meta, values, index, options.given));
  if (!database.isConnected) await database.open();
  const batches = groupedByColumns(pending).flatMap((group) => {
    const width = group[0]?.values.size ?? 0;
    // Rows that leave everything to the database cannot be written several at a time.
    const most = width === 0 ? 1 : Math.floor(database.engine.features.maxParameters / width);
    return inBatches(group, Math.min(options.batchSize ?? BATCH, most));
  });
  const [first] = batches;
  if (batches.length === 1 && first !== undefined) await insertBatch(database, first);
  else await insertAll(database, batches);
  return pending.map(({ row }) => row);
}

function pendingRow(
  database: DatabaseCore,
  meta: ModelMeta,
  values: object,
  index: number,
  given: object | null,
): PendingRow {
  try {
    const row = META in values ? values : newRow(meta, { ...values, ...given }, database);
    const valid = validColumns(row, meta.columns);
    for (const [column, value] of valid) (row as Record<PropertyKey, unknown>)[propertyOf(column)] = value;
    return { row, values: valid };
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const problems = error.problems.map(({ field, message }) => ({ field, message: `in rows[${index}]: ${message}` }));
    throw new ValidationError(error.model, problems);
  }
}

async function insertAll(database: DatabaseCore, batches: readonly (readonly PendingRow[])[]): Promise<void> {
  await atomic(
    database,
    async () => {
      for (const batch of batches) await insertBatch(database, batch);
    },
    {},
  );
}

/** Rows that leave different columns to the database cannot share a statement. */
function groupedByColumns(pending: readonly PendingRow[]): PendingRow[][] {
  const groups = new Map<string, PendingRow[]>();
  for (const item of pending) {
    const key = [...item.values.keys()].map((column) => column.index).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}

const OPTIONS = ["batchSize", "given"];

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
  const stranger = rows.map(metaOfRow).find((other) => other !== null && other.table !== meta.table);
  if (stranger) throw new FieldError(`${meta.name}: bulkCreate(rows) was given a row of ${stranger.name}.`);
  if (batchSize !== undefined && !(Number.isInteger(batchSize) && batchSize > 0)) {
    throw new FieldError(`${meta.name}: batchSize is a whole number above 0, got ${printable(batchSize)}.`);
  }
}
