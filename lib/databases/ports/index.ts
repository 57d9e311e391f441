export type * from "./connection.js";
export type * from "./engine.js";
export type * from "./features.js";
export type * from "./functions.js";
export type * from "./json.js";
export type * from "./operations.js";
export type * from "./schema.js";
export type * from "./types.js";
