export * from "./orm-error.js";
export * from "./validation-error.js";
export * from "./database-error.js";
export * from "./blocked-error.js";
export type * from "./blocker.js";
