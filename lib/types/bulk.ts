import type { UpdateInput } from "./input.js";
import type { SpecsOf } from "./specs.js";

/** The fields of a model by name, and its primary key. */
export type FieldName<I> = (keyof SpecsOf<I> & string) | "pk";

/** How far a bulk write is. */
export interface BulkProgress {
  readonly done: number;
  readonly total: number;
}

/** What bulk writes have in common. */
export interface BulkOptions {
  /** Rows in one statement at most; unless given, as many as suit the engine. */
  readonly batchSize?: number;
  /** Called after every statement, or turn of them, and awaited. What it throws undoes all. */
  readonly onProgress?: (progress: BulkProgress) => unknown;
}

/** How a row is told from those that are there already, and what these are set to. */
export interface UpsertOptions<I, Updates = UpdateInput<I>> {
  /** Fields unique together. Not needed where rows give values of one unique key only. */
  readonly uniqueFields?: readonly FieldName<I>[];
  /** Fields that take the new row's values, or an object of values and expressions; unless given, all that the row gives. */
  readonly updateFields?: readonly FieldName<I>[] | Updates;
}

/** How `bulkCreate` goes about it. */
export interface BulkCreateOptions<I, Updates = UpdateInput<I>> extends BulkOptions, UpsertOptions<I, Updates> {
  /** Leaves out rows that are alike in unique fields, any or those named, with rows that are there. */
  readonly ignoreConflicts?: boolean;
  /** Sets fields of rows that are there already. */
  readonly updateConflicts?: boolean;
}
