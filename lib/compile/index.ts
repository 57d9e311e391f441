export { compileCount, compileExists, compileRows, selectNode } from "./compile-query.js";
export { compileDelete, compileInsert, compileUpdate, type InsertShape } from "./compile-write.js";
export { bind, type Layout, type Plan } from "./plan.js";
export { PlanCache, type PlanStats } from "./plan-cache.js";
export { decoderOf } from "./scope.js";
