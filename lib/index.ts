export * from "./errors/index.js";
export type * from "./types/index.js";
export { fields, JsonNull, set } from "./fields/index.js";
export { Q } from "./objects/q.js";
export * from "./objects/expressions.js";
export * from "./objects/extend.js";
export { Database, type DatabaseStats, type OnCommitOptions } from "./objects/database.js";
export type { PlanStats } from "./compile/index.js";
export { manager } from "./objects/manager.js";
export { Model } from "./objects/model.js";
export { prefetch } from "./objects/prefetch.js";
export { Prefetch } from "./objects/prefetch-tree.js";
export { QuerySet } from "./objects/query-set.js";
export { m2mChanged, postDelete, postSave, preDelete, preSave } from "./objects/signals.js";
export { setDefaultDatabase } from "./objects/routing.js";
export type {
  AtomicOptions,
  LimitOptions,
  ManualTransaction,
  Savepoint,
  Transaction,
  TransactionOptions,
} from "./execute/index.js";
export type { DatabaseOptions, FetchMode, LoadLoop, QueryEvent, SlowQuery } from "./databases/options.js";
export type { ConnectionConfig, PoolOptions } from "./databases/ports/index.js";
export type { TableOptions } from "./schema/index.js";
