import type { AnyRelationMeta, ColumnMeta, ForeignKeyMeta, ModelMeta } from "../models/index.js";

/** The rows that a relation leads to from one row, changed in memory until they are written with all the rest. */
export interface HeldRows {
  add(given: readonly unknown[], throughDefaults: object): Promise<void>;
  /** Takes rows out, and gives their number. */
  remove(given: readonly unknown[]): Promise<number>;
  clear(): Promise<number>;
  set(given: readonly unknown[]): Promise<void>;
}

/** A row, as it is called in what is thrown. */
interface Named {
  toString(): string;
}

/** What a statement does to rows of a model, which ones being for the database to find out. */
export interface Changing {
  readonly meta: ModelMeta;
  /** The columns that it sets; null where it deletes rows. */
  readonly columns: readonly ColumnMeta[] | null;
  /** Of deleted rows: those that they extend, in the table of their model's parent, stay. */
  readonly keepsParents?: boolean;
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
  /** Changes rows by statements, of which objects in memory know afterwards. Gives what `work` gives. */
  write<T>(changing: Changing, work: () => T | Promise<T>): Promise<T>;
  /** What is thrown where something would be written past the unit: a row of its own, or rows of a model. */
  refusal(what: Named | string): Error;
}
