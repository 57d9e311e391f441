import type { FetchMode } from "../../databases/options.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { type RowOrigin, type RowResult, withResult } from "../../execute/index.js";
import { ORIGIN } from "../../models/index.js";
import type { StatefulRow } from "./row-state.js";

/** Tells rows that came together of each other, and of the mode that they load more in, where that matters. */
export function markResult(database: DatabaseCore, rows: readonly object[], mode: FetchMode | null): void {
  if (rows.length === 0 || (mode === null && !database.tellsResults)) return;
  mark(rows as readonly StatefulRow[], mode ?? database.options.fetchMode ?? "one");
}

function mark(rows: readonly StatefulRow[], mode: FetchMode): void {
  const origin = rows[0]?.[ORIGIN];
  if (origin === null || origin === undefined) return;
  const peers = mode === "peers" ? rows.map((row) => new WeakRef<object>(row)) : [];
  const result: RowResult = { mode, peers, loads: new Map() };
  const marked = withResult(origin, result);
  for (const row of rows) row[ORIGIN] = row[ORIGIN] === origin ? marked : withResult(row[ORIGIN] as RowOrigin, result);
  for (const { relation } of origin.layout?.children ?? []) {
    const joined = rows.flatMap((row) => (row[relation.rowSlot] as StatefulRow | null) ?? []);
    mark(joined, mode);
  }
}

/** How a row loads what it has not. */
export function modeOf({ database, result }: RowOrigin): FetchMode {
  return result?.mode ?? database.options.fetchMode ?? "one";
}

/** The rows that came together and are still in use. */
export function peersOf({ peers }: RowResult): StatefulRow[] {
  return peers.flatMap((peer) => (peer.deref() as StatefulRow | undefined) ?? []);
}
