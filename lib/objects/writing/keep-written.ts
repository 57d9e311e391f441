import type { DatabaseCore } from "../../execute/database-core.js";
import { currentBlock, onRollback, type RowOrigin, withResult } from "../../execute/index.js";
import { type ColumnMeta, currentValue, META, type ModelMeta, ORIGIN, RAW } from "../../models/index.js";
import { ownRowsOf } from "../rows/own-rows.js";
import { isSaved, savedValue, type StatefulRow } from "../rows/row-state.js";
import { frozenCopy } from "../rows/row-values.js";

/** A row, and what was written of it: one value for each of some columns. */
interface Written {
  readonly row: StatefulRow;
  readonly values: readonly unknown[];
}

/** The same as `keepWritten` for many rows of which the same columns were written. */
export function keepAllWritten(
  database: DatabaseCore,
  columns: readonly ColumnMeta[],
  written: readonly Written[],
): void {
  if (currentBlock(database) !== null) forgetAll(database, written);
  let meta: ModelMeta | null = null;
  let saved: RowOrigin | null = null;
  let origin: RowOrigin | null = null;
  for (const { row, values } of written) {
    if (row[META] !== meta || saved === null) {
      meta = row[META];
      origin = saved = ownRowsOf(database, meta).saved;
    }
    const raw = savedValues(row, meta);
    for (let at = 0; at < columns.length; at += 1) {
      const column = columns[at] as ColumnMeta;
      if (meta.columns[column.index] === column) raw[column.index] = frozenCopy(values[at]);
      if (column === meta.version) row[column.property] = values[at];
    }
    row[RAW] = raw;
    // Rows that came together still know so.
    const result = row[ORIGIN]?.result ?? null;
    if (origin?.result !== result) origin = withResult(saved, result);
    row[ORIGIN] = origin;
  }
}

/** What is in the database of a row, by column; of one that nobody has read or saved, what it has. */
function savedValues(row: StatefulRow, { columns }: ModelMeta): unknown[] {
  const { [RAW]: raw, [ORIGIN]: origin } = row;
  if (!isSaved(row)) return columns.map((column) => frozenCopy(currentValue(row, column)));
  if (!raw || !origin || origin.layout.columns !== columns) return columns.map((column) => savedValue(row, column));
  const { start, decoders } = origin.layout;
  const values = new Array<unknown>(columns.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = raw[start + at];
    const decode = decoders[at];
    values[at] = decode && value !== null && value !== undefined ? decode(value) : value;
  }
  return values;
}

/** Has rows forget it again, should the transaction around be undone. */
function forgetAll(database: DatabaseCore, written: readonly Written[]): void {
  const before = written.map(({ row }) => {
    const { version } = row[META];
    return { row, raw: row[RAW] ?? null, origin: row[ORIGIN] ?? null, seen: version && row[version.property] };
  });
  onRollback(database, () => {
    for (const { row, raw, origin, seen } of before) {
      row[RAW] = raw;
      row[ORIGIN] = origin;
      const { version } = row[META];
      if (version !== null) row[version.property] = seen;
    }
  });
}
