import type { StatefulRow } from "../objects/rows/row-state.js";
import type { Changes } from "./changes.js";
import type { Frame } from "./frame.js";

/** What a flush wrote of an object. */
export interface LogEntry {
  readonly action: "insert" | "update" | "delete";
  readonly changes: Changes;
}

const logs = new WeakMap<object, LogEntry[]>();

/** What was written of an object, the earliest first. */
export function logOf(row: object): readonly LogEntry[] {
  return [...(logs.get(row) ?? [])];
}

export function note(frame: Frame, row: StatefulRow, action: LogEntry["action"], changes: Changes): void {
  if (action === "update" && Object.keys(changes).length === 0) return;
  const entry = { action, changes };
  const log = logs.get(row);
  if (log === undefined) logs.set(row, [entry]);
  else log.push(entry);
  frame.logged.push([row, entry]);
}

/** What was undone was not written. */
export function unlog(frame: Frame): void {
  for (const [row, entry] of frame.logged.reverse()) {
    const log = logs.get(row);
    const place = log?.lastIndexOf(entry as LogEntry) ?? -1;
    if (place >= 0) log?.splice(place, 1);
  }
}
