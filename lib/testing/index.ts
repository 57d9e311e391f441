export { expectQueries, type ExpectQueriesOptions } from "./expect-queries.js";
