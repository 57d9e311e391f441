import type { AnyRelationMeta } from "../../models/index.js";
import type { StatefulRow } from "../rows/row-state.js";

/** How `set` works. */
export interface SetOptions {
  /** Takes all out first, instead of only what is not in the list. */
  readonly clear: boolean;
  readonly throughDefaults: object;
}

/** The rows that a relation leads to from one row, to be changed. */
export interface RelatedRows {
  /** Takes rows in; those that are in it already are not added again. */
  add(given: readonly unknown[], throughDefaults: object): Promise<void>;
  /** Takes rows out, and gives the number of rows written for it; those that are not in it do not matter. */
  remove(given: readonly unknown[]): Promise<number>;
  clear(): Promise<number>;
  /** Has the relation lead to these rows and to no others. */
  set(given: readonly unknown[], options: SetOptions): Promise<void>;
}

/** What a row has fetched of a relation is not true any more. */
export function forgetRelated(row: object, relation: AnyRelationMeta): void {
  (row as StatefulRow)[relation.rowSlot] = undefined;
}
