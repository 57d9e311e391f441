import type { Rows } from "../../types/specs.js";
import type { ANN, MODEL, ROW } from "../../types/phantoms.js";

// What is asked may be a queryset, or a model, for all of its rows.
/** The rows that something is about. */
export type InstanceOf<S> = S extends { readonly [MODEL]: infer I } ? I : Rows<S>;
/** The rows that come of it. */
export type RowFrom<S> = S extends { readonly [ROW]: infer R } ? R : Rows<S>;
/** What its rows were annotated with. */
export type AnnotationsOf<S> = S extends { readonly [ANN]: infer A } ? A : {};

/** A query that is run by `execute()`, on a database that it can be told. */
export interface RunnableQuery<R> {
  using(database: never): { execute(): Promise<R> };
}
