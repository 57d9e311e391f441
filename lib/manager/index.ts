import "./sync.js";

export { SyncNotAllowedError } from "./allow-sync.js";
export { Manager } from "./manager.js";
export type { SyncQuerySet } from "./sync-types.js";
