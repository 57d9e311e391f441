export { currentBlock } from "./context.js";
export { type Blank, propertyOf, type Reader, readerOf, type RowOrigin } from "./hydrate.js";
export { isReady, makeReady } from "./ready.js";
export { run } from "./run.js";
export { type Stamp, stampOf } from "./stamp.js";
export { streamRows } from "./stream.js";
export { atomic, type AtomicOptions, onCommit, onRollback } from "./transactions.js";
export { DatabaseCore } from "./database-core.js";
export { kyselyOf } from "./kysely.js";
