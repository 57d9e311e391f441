import type { DatabaseCore } from "../execute/database-core.js";
import type { ColumnMeta } from "../models/index.js";
import type { Tuple } from "../query/index.js";

/** Keys in one statement: more win nothing, and MySQL still looks each of so many up in an index. */
const KEYS = 1000;
/** Keys of several columns in one statement: these are spelled out on every engine. */
const TUPLES = 128;

/** Cuts keys into pieces that one statement can take. */
export function* inBatches(
  { engine }: DatabaseCore,
  columns: readonly ColumnMeta[],
  tuples: readonly Tuple[],
): Generator<readonly Tuple[]> {
  const most = columns.length === 1 ? KEYS : TUPLES;
  const size = Math.min(most, Math.floor(engine.features.maxParameters / columns.length));
  if (tuples.length <= size) yield tuples;
  else for (let start = 0; start < tuples.length; start += size) yield tuples.slice(start, start + size);
}
