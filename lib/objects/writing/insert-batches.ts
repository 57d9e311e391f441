import type { DatabaseCore } from "../../execute/database-core.js";
import { currentBlock } from "../../execute/index.js";
import { arrayTypes } from "./array-insert.js";
import { conflictValues } from "./conflict.js";
import type { NewRows } from "./insert.js";
import type { InsertGroup } from "./write-plan.js";

/** More rows a statement win nothing. */
const BATCH = 500;
/** Rows written without letting anything else run in between, where the engine works in this very thread. */
export const AT_ONCE = 5000;
/** Up to here each number of rows has a statement of its own; above, only powers of two and the whole batch have. */
const EXACT = 64;

/** Cuts the rows of a group into pieces, each of which one statement can take. */
export async function inBatches(
  database: DatabaseCore,
  group: InsertGroup,
  all: NewRows,
  batchSize?: number,
): Promise<NewRows[]> {
  const sqlTypes = await arrayTypes(database, group, all.rows.length);
  const { maxRows = BATCH } = database.engine.operations.arrayInsert ?? {};
  const { rows, values } = all;
  const most = sqlTypes === null ? rowsAtOnce(database, group, rows.length, batchSize) : (batchSize ?? maxRows);
  const batches: NewRows[] = [];
  for (let start = 0; start < rows.length;) {
    const end =
      sqlTypes === null ? start + sizeFrom(database, values, start, most) : Math.min(start + most, rows.length);
    const isWhole = start === 0 && end === rows.length;
    batches.push({
      rows: isWhole ? rows : rows.slice(start, end),
      values: isWhole ? values : values.slice(start, end),
      sqlTypes,
    });
    start = end;
  }
  return batches;
}

/** How many of so many rows one statement may take; or, where a statement is run for each, one turn of them. */
function rowsAtOnce(database: DatabaseCore, group: InsertGroup, rows: number, batchSize = BATCH): number {
  const { columns, conflict } = group;
  const { executeMany, maxParameters } = database.engine.features;
  if (executeMany === true) return currentBlock(database) === null && rows <= AT_ONCE ? rows : batchSize;
  // Rows that leave everything to the database cannot be written several at a time.
  const room = maxParameters - (conflict === undefined ? 0 : conflictValues(conflict).length);
  return columns.length === 0 ? 1 : Math.min(batchSize, Math.floor(room / columns.length));
}

/** How many of the values from a place on one statement may take, `most` at most. */
export function sizeFrom(database: DatabaseCore, values: readonly unknown[][], start: number, most: number): number {
  const { executeMany, maxStatementBytes = Infinity } = database.engine.features;
  const left = values.length - start;
  if (executeMany === true) return Math.min(left, most);
  let size = left >= most ? most : fewShapes(left);
  if (maxStatementBytes === Infinity) return size;
  while (size > 1 && bytesOf(values, start, start + size) > maxStatementBytes) size = fewShapes(size >> 1);
  return size;
}

/** The same from the first on, where a statement's text does not depend on their number. */
export function fitting(database: DatabaseCore, values: readonly unknown[][]): number {
  const { maxStatementBytes = Infinity } = database.engine.features;
  let size = values.length;
  while (size > 1 && bytesOf(values, 0, size) > maxStatementBytes) size >>= 1;
  return size;
}

/** Statements of every length would push all others out of the caches: few lengths do for any number of rows. */
function fewShapes(rows: number): number {
  return rows <= EXACT ? rows : 2 ** Math.floor(Math.log2(rows));
}

/** About the bytes that values take on the wire, rather too many than too few. */
function bytesOf(values: readonly unknown[][], start: number, end: number): number {
  let bytes = 0;
  for (let at = start; at < end; at += 1) for (const value of values[at] as unknown[]) bytes += sizeOf(value);
  return bytes;
}

/** Bytes that a character may take. */
const WIDEST = 3;

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length * WIDEST;
  if (typeof value !== "object" || value === null || value instanceof Date) return 16;
  return value instanceof Uint8Array ? value.byteLength : (JSON.stringify(value) ?? "").length * WIDEST;
}
