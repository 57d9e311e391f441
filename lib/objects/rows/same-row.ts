import { type ColumnMeta, META, metaOfRow, valueIn } from "../../models/index.js";
import { keyOf, knownBy, type StatefulRow } from "./row-state.js";
import { sameValue } from "./same-value.js";

/** True for rows of the same table with the same key; a sparse row may be known by something else than its key. */
export function isSameRow(one: object, other: unknown): boolean {
  const mine = metaOfRow(one);
  const theirs = metaOfRow(other);
  if (mine === null || theirs === null || mine.table !== theirs.table || mine.schema !== theirs.schema) return false;
  if (one === other) return true;
  const rows = [one, other as object] as const;
  const sparse = rows.find((row) => !knowsKey(row));
  if (sparse === undefined) {
    const key = keyOf(one);
    return key !== null && sameValue(key, keyOf(other as object));
  }
  const rest = sparse === one ? rows[1] : one;
  const columns = knownBy(sparse);
  return knows(rest, columns) && columns.every((column) => isAlike(valueIn(sparse, column), valueIn(rest, column)));
}

function knowsKey(row: object): boolean {
  return knows(row, (row as StatefulRow)[META].primaryKey);
}

function knows(row: object, columns: readonly ColumnMeta[]): boolean {
  if ((row as StatefulRow)["isSparse"] !== true) return true;
  const known = knownBy(row).map(({ name }) => name);
  return columns.every(({ name }) => known.includes(name));
}

function isAlike(one: unknown, other: unknown): boolean {
  return one !== null && one !== undefined && sameValue(one, other);
}
