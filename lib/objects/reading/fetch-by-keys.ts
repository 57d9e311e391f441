import type { DatabaseCore } from "../../execute/database-core.js";
import { isReady, makeReady } from "../../execute/index.js";
import { type ColumnMeta, isConstant, isKindColumn } from "../../models/index.js";
import { alsoLoading, type LinkKey, type Query, withKeys } from "../../query/index.js";
import { fetchRows, isEmpty } from "./fetch.js";
import { batchesOf, keysAtOnce } from "./key-batches.js";

/** Rows of a query that have one of some keys in some of their columns, asked for in as few statements as there can be. */
export async function fetchByKeys(
  database: DatabaseCore,
  query: Query,
  columns: readonly ColumnMeta[],
  keys: readonly LinkKey[],
): Promise<object[]> {
  const constant = columns.findIndex(isConstant);
  // Of a generic relation's keys those of other kinds are for others to find.
  if (constant >= 0)
    return fetchByKeys(
      database,
      query,
      columns.filter((_, at) => at !== constant),
      keysOf(columns, constant, keys),
    );
  const whole = columns.reduce((loading, column) => alsoLoading(loading, column.field), query);
  const counted = columns.filter((column) => !isKindColumn(column));
  return fetchInParts(database, whole, { columns: counted, keys, narrow: (some) => withKeys(whole, columns, some) });
}

/** The keys of the kind that stands in one of the columns, without it. */
function keysOf(columns: readonly ColumnMeta[], constant: number, keys: readonly LinkKey[]): LinkKey[] {
  const tuples = (keys as readonly (readonly unknown[])[]).filter(
    (key) => key[constant] === columns[constant]?.constant,
  );
  return tuples.map((key) => (key.length === 2 ? key[1 - constant] : key.filter((_, at) => at !== constant)));
}

interface Parts {
  /** What the keys are values of. */
  readonly columns: readonly ColumnMeta[];
  readonly keys: readonly LinkKey[];
  readonly narrow: (keys: readonly LinkKey[]) => Query;
}

/** Rows of a query narrowed by some of the keys at a time. */
export async function fetchInParts(
  database: DatabaseCore,
  query: Query,
  { columns, keys, narrow }: Parts,
): Promise<object[]> {
  if (isEmpty(query) || keys.length === 0) return [];
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  if (keys.length === 1) return fetchRows(database, narrow(keys));
  // Beside the query's own parameters, those of a slice among them.
  const size = keysAtOnce(database, columns, keys.length, query.values.length + 2);
  if (keys.length <= size) return fetchRows(database, narrow(keys));
  const found: object[] = [];
  for (const some of batchesOf(keys, size)) {
    for (const row of await fetchRows(database, narrow(some))) found.push(row);
  }
  return found;
}
