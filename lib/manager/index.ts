import "./sync.js";

export { SyncNotAllowedError } from "./allow-sync.js";
export type { DeleteInstanceOptions } from "../peewee/index.js";
export { Manager } from "./manager.js";
export type { SyncQuerySet } from "./types/sync.js";
