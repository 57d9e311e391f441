// What the programs here import, until lib/index.ts exports it.
import type { FieldsFactory, ManagerFactory, ModelFactory, QFactory, QuerySetClass } from "../../lib/types/index.js";

export declare const fields: FieldsFactory;
export declare const Model: ModelFactory;
export declare const manager: ManagerFactory;
export declare const Q: QFactory;
export declare const QuerySet: QuerySetClass;
export type QuerySet<I> = import("../../lib/types/index.js").QuerySet<I>;
export type * from "../../lib/types/index.js";
