export * from "./orm-error.js";
export * from "./validation-error.js";
export * from "./database-error.js";
