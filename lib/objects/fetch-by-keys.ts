import type { DatabaseCore } from "../execute/database-core.js";
import { isReady, makeReady } from "../execute/index.js";
import { type ColumnMeta, isConstant, isKindColumn } from "../models/index.js";
import { alsoLoading, type LinkKey, type Query, withKeys } from "../query/index.js";
import { fetchRows, isEmpty } from "./fetch.js";

/** So many tuples at once, since each is a condition of its own. */
const MOST_TUPLES = 256;
/** So many values where a server limits the bytes of a statement. */
const MOST_VALUES = 2 ** 16;

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
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  if (keys.length === 1) return fetchRows(database, narrow(keys));
  const size = keysAtOnce(database, query, columns, keys.length);
  if (keys.length <= size) return fetchRows(database, narrow(keys));
  const found: object[] = [];
  for (let start = 0; start < keys.length; start += size) {
    for (const row of await fetchRows(database, narrow(keys.slice(start, start + size)))) found.push(row);
  }
  return found;
}

function keysAtOnce({ engine }: DatabaseCore, query: Query, columns: readonly ColumnMeta[], wanted: number): number {
  const { maxParameters, maxStatementBytes } = engine.features;
  const [column] = columns as readonly [ColumnMeta];
  const most = maxStatementBytes === undefined ? Infinity : MOST_VALUES;
  const rounded = 2 ** Math.ceil(Math.log2(Math.min(wanted, most)));
  if (columns.length === 1 && engine.operations.arrayMembership(column.type, rounded) !== null) return most;
  // Beside the query's own parameters, those of a slice among them.
  const room = Math.floor((maxParameters - query.values.length - 2) / columns.length);
  return 2 ** Math.floor(Math.log2(Math.min(room, columns.length === 1 ? most : MOST_TUPLES)));
}
