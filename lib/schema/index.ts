export { createTables, dropTables, type TableOptions } from "./tables.js";
