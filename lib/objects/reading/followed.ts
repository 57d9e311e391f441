import type { DatabaseCore } from "../../execute/database-core.js";
import { fetchAlong } from "./fetch-along.js";
import type { Along } from "./prefetch-tree.js";
import { markResult } from "../rows/row-results.js";

/** Rows that were read, once everything is done that is to be done about them. */
export async function followed(
  database: DatabaseCore,
  rows: object[] | Promise<object[]>,
  along: Along | null,
): Promise<object[]> {
  const found = rows instanceof Promise ? await rows : rows;
  markResult(database, found, along?.mode ?? null);
  if (along !== null) await fetchAlong(database, found, along);
  return database.unit === null ? found : database.unit.meet(found);
}

/** Rows that are there, as those are given that have to be waited for. */
export function each(rows: readonly object[]): AsyncIterator<object> {
  const rest = rows[Symbol.iterator]();
  return { next: () => Promise.resolve(rest.next()) };
}
