import type { LimitOptions } from "../../execute/index.js";
import type { QueryOf } from "../../types/where.js";

/** Rows of a model: its manager, or a queryset. */
export interface CopySource {
  sql(): { readonly sql: string };
}

/** How rows are copied into a table. */
export interface CopyOptions<Name extends string = string> extends LimitOptions {
  /** The fields that are written; unless given, those that the first row, or a default, has values for. */
  readonly fields?: readonly Name[];
}

/** How CSV is written or read. */
export interface CsvOptions extends LimitOptions {
  /** The first line has the names of the columns. */
  readonly header?: boolean;
  /** What stands between values: a comma unless given. */
  readonly delimiter?: string;
  /** What stands for NULL: nothing, without quotes, unless given. */
  readonly null?: string;
}

interface Creates<R> {
  bulkCreate(rows: readonly R[]): unknown;
}

export type CopyRows = <Q extends CopySource & QueryOf<unknown>>(
  objects: Q,
  rows: Iterable<RowOf<Q>> | AsyncIterable<RowOf<Q>>,
  options?: CopyOptions,
) => Promise<number>;

type RowOf<Q> = Q extends Creates<infer R> ? R : never;
