export * from "./errors/index.js";
export type * from "./types/index.js";
export { fields, JsonNull, set } from "./fields/index.js";
export { Q } from "./objects/builders/q.js";
export * from "./objects/builders/expressions.js";
export * from "./objects/builders/extend.js";
export { Database, type DatabaseStats, type OnCommitOptions } from "./objects/instances/database.js";
export { DatabaseProxy } from "./objects/instances/database-proxy.js";
export { sharedDatabase } from "./objects/instances/shared-database.js";
export type { PlanStats } from "./compile/index.js";
export { manager } from "./objects/querysets/manager.js";
export { Model } from "./objects/instances/model.js";
export { prefetch } from "./objects/reading/prefetch.js";
export { Prefetch } from "./objects/reading/prefetch-tree.js";
export { QuerySet } from "./objects/querysets/query-set.js";
export {
  m2mChanged,
  postBulkCreate,
  postBulkUpdate,
  postDelete,
  postSave,
  postUpdate,
  preBulkCreate,
  preBulkUpdate,
  preDelete,
  preSave,
  preUpdate,
} from "./objects/signals/signals.js";
export { setDefaultDatabase } from "./objects/rows/routing.js";
export { setRouter } from "./objects/rows/routers.js";
export type {
  AtomicOptions,
  LimitOptions,
  ManualTransaction,
  Savepoint,
  Transaction,
  TransactionOptions,
} from "./execute/index.js";
export type { DatabaseOptions, FetchMode, LoadLoop, QueryEvent, SlowQuery } from "./databases/options.js";
export type {
  ConnectionConfig,
  NodeState,
  PoolEvent,
  PoolOptions,
  PoolStats,
  QueryNode,
  RemovalReason,
} from "./databases/ports/index.js";
export type {
  Failover,
  NodeEvent,
  ReadYourWrites,
  ReplicaConfig,
  ReplicaOptions,
} from "./databases/replica-options.js";
export type { TableOptions } from "./schema/index.js";
