export { traceQueries, type TracingOptions } from "./trace-queries.js";
