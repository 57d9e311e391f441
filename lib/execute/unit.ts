import type { AnyRelationMeta, ForeignKeyMeta, ModelMeta } from "../models/index.js";

/** The rows that a relation leads to from one row, changed in memory until they are written with all the rest. */
export interface HeldRows {
  add(given: readonly unknown[], throughDefaults: object): Promise<void>;
  /** Takes rows out, and gives their number. */
  remove(given: readonly unknown[]): Promise<number>;
  clear(): Promise<number>;
  set(given: readonly unknown[]): Promise<void>;
}

/**
 * What stands between a database and those who ask it where rows are part of a unit of work: it has one object for each
 * row, holds what was changed, and writes it before anything is asked.
 */
export interface Unit {
  /** True where a statement may be sent at once: the transaction is open, and nothing is to be written before. */
  readonly isReady: boolean;
  /** Sees to that. */
  prepare(): Promise<void>;
  /** Rows that were just read, as the objects that there are for them. */
  meet(rows: readonly object[]): object[];
  /** The object for the row that a foreign key points at; `make` makes one of which only the key is known. */
  standIn(relation: ForeignKeyMeta, key: readonly unknown[], make: () => object): object;
  /** Keeps the rows that a relation was found to lead to from a row, and gives them as they are held. */
  keep(row: object, relation: AnyRelationMeta, found: readonly object[]): object[];
  /** The rows that a relation leads to from a row, to be changed. */
  held(row: object, relation: AnyRelationMeta, method: string): HeldRows;
  /** Makes new rows part of the unit, and writes them. */
  insert(meta: ModelMeta, values: readonly object[]): Promise<object[]>;
  /** What is thrown where something would be written past the unit. */
  refusal(what: string): Error;
}
