import { isDeepStrictEqual } from "node:util";
import type { ColumnMeta } from "../../models/index.js";

/** Values by column, checked and converted: what is about to be written. */
export type ColumnValues = Map<ColumnMeta, unknown>;

export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return isDeepStrictEqual(a, b);
}
