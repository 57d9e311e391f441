import type { Rows } from "./specs.js";

/** What is known of any row. */
export interface AnyRow {
  readonly pk: unknown;
  toString(): string;
}

/** A row that is about to be saved, or was. */
export interface SaveEvent<I> {
  readonly row: I;
  /** True for an INSERT. */
  readonly created: boolean;
  /** The fields that `save({ only })` and `update({ … })` name; null for all that changed. */
  readonly only: readonly string[] | null;
}

/** A row that is about to be deleted, or was. */
export interface DeleteEvent<I> {
  readonly row: I;
}

/** Rows that are about to be tied to a row or untied from it by a many-to-many relation, or were. */
export interface ManyToManyEvent {
  readonly action: "preAdd" | "postAdd" | "preRemove" | "postRemove" | "preClear" | "postClear";
  /** The row whose relation it is. */
  readonly row: AnyRow;
  /** The relation's name on that row. */
  readonly relation: string;
  /** What the others are known by, their keys as a rule; null where all are taken out (`clear()`). */
  readonly keys: readonly unknown[] | null;
}

interface RowEvents<I> {
  readonly save: SaveEvent<I>;
  readonly delete: DeleteEvent<I>;
}

/** Calls receivers with rows. They may be asynchronous: each is awaited before the next. */
export interface RowSignal<Name extends keyof RowEvents<unknown>> {
  /**
   * Has a function called with every row of a model, or of all models. Rows of classes that extend the model are among
   * them. Connecting it twice is connecting it once. What it gives disconnects it.
   */
  connect<C>(model: C, receiver: (event: RowEvents<Rows<C>>[Name]) => unknown): () => void;
  connect(receiver: (event: RowEvents<AnyRow>[Name]) => unknown): () => void;
  /** Disconnects a function from whatever it is connected to; false if that was nothing. */
  disconnect(receiver: unknown): boolean;
}

/** Calls receivers with changes of many-to-many relations. */
export interface ManyToManySignal {
  /** Has a function called for a model between, or for all. */
  connect(through: unknown, receiver: (event: ManyToManyEvent) => unknown): () => void;
  connect(receiver: (event: ManyToManyEvent) => unknown): () => void;
  /** Disconnects a function from whatever it is connected to; false if that was nothing. */
  disconnect(receiver: unknown): boolean;
}
