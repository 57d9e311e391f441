export { berkeleydb, type BerkeleyOptions } from "./berkeleydb.js";
