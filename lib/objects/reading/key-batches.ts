import type { DatabaseCore } from "../../execute/database-core.js";
import type { ColumnMeta } from "../../models/index.js";

/** So many keys of several columns at once, since each is a condition of its own. */
const MOST_TUPLES = 256;
/** So many values where a server limits the bytes of a statement. */
const MOST_VALUES = 2 ** 16;
/** So many keys of rows to be changed: more win nothing, and MySQL still looks each of so many up in an index. */
const MOST_CHANGED = 1000;

/** How many of some keys one statement can take, beside other parameters of its own; a power of two, or no limit. */
export function keysAtOnce(
  { engine }: DatabaseCore,
  columns: readonly ColumnMeta[],
  wanted: number,
  otherValues: number,
): number {
  const { maxParameters, maxStatementBytes } = engine.features;
  const [column] = columns as readonly [ColumnMeta];
  const most = maxStatementBytes === undefined ? Infinity : MOST_VALUES;
  const rounded = 2 ** Math.ceil(Math.log2(Math.min(wanted, most)));
  if (columns.length === 1 && engine.operations.arrayMembership(column.type, rounded) !== null) return most;
  const room = Math.floor((maxParameters - otherValues) / columns.length);
  return 2 ** Math.floor(Math.log2(Math.min(room, columns.length === 1 ? most : MOST_TUPLES)));
}

/** Cuts keys of rows to be changed into pieces that one statement can take, with values for those columns. */
export function inBatches<K>(
  database: DatabaseCore,
  columns: readonly ColumnMeta[],
  keys: readonly K[],
): Iterable<readonly K[]> {
  return batchesOf(keys, Math.min(MOST_CHANGED, keysAtOnce(database, columns, keys.length, columns.length)));
}

/** Pieces of a list, of one size but for the last. */
export function* batchesOf<K>(keys: readonly K[], size: number): Generator<readonly K[]> {
  if (keys.length <= size) yield keys;
  else for (let start = 0; start < keys.length; start += size) yield keys.slice(start, start + size);
}
