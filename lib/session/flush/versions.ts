import type { DatabaseCore } from "../../execute/index.js";
import { currentValue, type ModelMeta } from "../../models/index.js";
import { fetchByKeys } from "../../objects/reading/fetch-by-keys.js";
import { identityOf, keyIn } from "../../objects/rows/link-keys.js";
import type { StatefulRow } from "../../objects/rows/row-state.js";
import { type SeenVersion, seenVersion, staleRow } from "../../objects/writing/row-version.js";
import { rowsOf, withLock } from "../../query/index.js";

/** Throws for a row that somebody else has written since it was read, where rows have versions; locks the others. */
export async function checkVersions(
  database: DatabaseCore,
  meta: ModelMeta,
  rows: readonly StatefulRow[],
  what: "updated" | "deleted",
): Promise<void> {
  const { version, primaryKey } = meta;
  if (version === null || rows.length === 0) return;
  const keys = rows.map((row) => keyIn(row, primaryKey));
  const there = await fetchByKeys(database, withLock(rowsOf(meta), {}), primaryKey, keys);
  const versions = new Map(there.map((row) => [identityOf(keyIn(row, primaryKey)), currentValue(row, version)]));
  for (const [at, row] of rows.entries()) {
    const seen = seenVersion(row) as SeenVersion;
    const stored = versions.get(identityOf(keys[at] ?? null));
    if (stored !== undefined && stored !== seen.seen) throw staleRow(row, seen, what);
  }
}

/** The version that a row has once it is written. */
export function nextVersion(row: StatefulRow): number {
  return (seenVersion(row) as SeenVersion).seen + 1;
}
