export { compileCount, compileExists, compileRows, selectNode } from "./compile-query.js";
export { compileArrayUpdate, compileBulkUpdate, compileListUpdate } from "./compile-bulk-update.js";
export { compileInsertFrom } from "./compile-insert-from.js";
export { compileRaw } from "./compile-raw.js";
export {
  type ArrayInsertShape,
  compileArrayInsert,
  compileDelete,
  compileInsert,
  compileInserted,
  compileSnapshot,
  compileUpdate,
  type InsertShape,
} from "./compile-write.js";
export type { ComputedColumn } from "./assignments.js";
export type { ConflictShape } from "./conflict.js";
export { bind, type Extra, type Layout, type Plan, type RecordLayout, wholeLayout } from "./plan.js";
export { PlanCache, type Plans, type PlanStats } from "./plan-cache.js";
export { decoderOf } from "./scope.js";
export { compileTotals } from "./totals.js";
