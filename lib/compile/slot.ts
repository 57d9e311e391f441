import type { Encode } from "../databases/ports/index.js";

/** Where a parameter of a plan comes from when the plan runs. */
export interface Slot {
  /** Which of the query's values; LIMIT and OFFSET stand for the query's own slice. */
  readonly index: number;
  /** For a list spelled out: which of its items; a shorter list repeats its last one. -1 for the value as a whole. */
  readonly item: number;
  /** null: bound as it is. */
  readonly encode: Encode | null;
}

export const LIMIT = -1;
export const OFFSET = -2;
/** Of a slot that gives its value by itself. */
export const CONSTANT = -3;

/** The values a plan is run with. */
export interface SlotValues {
  readonly values: readonly unknown[];
  readonly limit: number | null;
  readonly offset: number;
}

/** What is bound for a slot. */
export function fillSlot(slot: Slot, from: SlotValues): unknown {
  if (slot.index === CONSTANT) return slot.encode?.(null);
  let value: unknown;
  if (slot.index >= 0) value = from.values[slot.index];
  else value = slot.index === LIMIT ? from.limit : from.offset;
  if (slot.item >= 0) {
    const list = value as readonly unknown[];
    value = list[Math.min(slot.item, list.length - 1)];
  }
  return slot.encode === null || value === null ? value : slot.encode(value);
}
