// Stands for "dunder-orm" where programs are checked against its types alone, which takes a fraction of the time: what
// lib/index.ts exports, without what is behind it. `tsc -p .` checks the accepted programs against lib/index.ts.
import type * as types from "../../lib/types/index.js";
import type { FieldsFactory, ManagerFactory, ModelFactory, QFactory, QuerySetClass } from "../../lib/types/index.js";

export declare const fields: FieldsFactory;
export declare const Model: ModelFactory;
export declare const manager: ManagerFactory;
export declare const Q: QFactory;
export declare const QuerySet: QuerySetClass;
export type QuerySet<I> = types.QuerySet<I>;
export type * from "../../lib/types/index.js";
