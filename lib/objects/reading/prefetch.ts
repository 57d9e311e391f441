import { FieldError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { META, metaOfRow } from "../../models/index.js";
import type { PrefetchRows } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { fetchAlong } from "./fetch-along.js";
import { addPrefetches, NOTHING_ALONG } from "./prefetch-tree.js";
import { databaseOfRow, type StatefulRow } from "../rows/row-state.js";

async function prefetchRows(rows: unknown, ...paths: unknown[]): Promise<unknown> {
  if (!Array.isArray(rows)) throw new FieldError(`prefetch(rows, …) takes a list of rows, got ${printable(rows)}.`);
  const [first] = rows as readonly StatefulRow[];
  if (first === undefined) return rows;
  const meta = metaOfRow(first);
  const other = rows.find((row) => meta === null || metaOfRow(row) !== meta) as unknown;
  if (meta === null || other !== undefined) {
    throw new FieldError(`prefetch(rows, …) takes rows of one model, got ${printable(other)}.`);
  }
  const tree = addPrefetches(first[META], NOTHING_ALONG, paths, "prefetch");
  const byDatabase = new Map<DatabaseCore, StatefulRow[]>();
  for (const row of rows as readonly StatefulRow[]) {
    const database = databaseOfRow(row);
    const others = byDatabase.get(database);
    if (others === undefined) byDatabase.set(database, [row]);
    else others.push(row);
  }
  for (const [database, some] of byDatabase) {
    await fetchAlong(database, some, { tree, mode: null });
    database.unit?.meet(some);
  }
  return rows;
}

/**
 * Does for rows that are there already what `prefetchRelated` does for those of a queryset. What a row has already is not
 * fetched again, unless a `Prefetch` asks for it by a queryset of its own.
 *
 * @example
 * ```ts
 * const albums = await prefetch(await Album.objects.all(), "tracks", "artist");
 * albums[0].tracks.length;
 * ```
 * @throws FieldError for what are no rows of one model, and as `prefetchRelated` does.
 */
export const prefetch = prefetchRows as unknown as PrefetchRows;
