import type { AnyExpression } from "./expression.js";
import type { UpdateValues } from "./input.js";
import type { QuerySet } from "./query-set.js";
import type { Rows, SpecsOf } from "./specs.js";

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

/** What happens to new rows where others are there already that are alike in unique fields. */
export interface BulkConflict {
  /** They are left out, or set the row that is there, or take its place. */
  readonly action: "ignore" | "update" | "replace";
  /** As the caller said; null where that was left to what the rows give. */
  readonly uniqueFields: readonly string[] | null;
  readonly updateFields: readonly string[] | Readonly<Record<string, unknown>> | null;
}

/** New rows that are about to be inserted together, or were. */
export interface BulkCreateEvent<I> {
  readonly rows: readonly I[];
  /** null where rows that are there already are an error. */
  readonly conflict: BulkConflict | null;
}

/** Rows that are about to be saved together. */
export interface BulkUpdateEvent<I> {
  readonly rows: readonly I[];
  /** The fields that are saved of them, and nothing else. */
  readonly fields: readonly string[];
}

/** Rows that were saved together. */
export interface BulkUpdatedEvent<I> extends BulkUpdateEvent<I> {
  /** How many of all rows were found, those of other receivers' models among them. */
  readonly matched: number;
}

type Settable<V> = { -readonly [P in keyof V]: V[P] };

/** Values that a queryset's rows are about to be set to. */
export interface UpdateEvent<I> {
  /** The class whose queryset it is. */
  readonly model: { readonly name: string };
  /** The rows, not read yet; the same object before and after. */
  readonly queryset: QuerySet<I>;
  /** By field, expressions among them. What a receiver sets here is set in the rows, too. */
  readonly values: [SpecsOf<I>] extends [never]
    ? Record<string, unknown>
    : Settable<UpdateValues<SpecsOf<I>, I, AnyExpression>>;
}

/** Values that a queryset's rows were set to. */
export interface UpdatedEvent<I> extends UpdateEvent<I> {
  /** How many rows there were. */
  readonly matched: number;
}

interface RowEvents<I> {
  readonly save: SaveEvent<I>;
  readonly delete: DeleteEvent<I>;
  readonly bulkCreate: BulkCreateEvent<I>;
  readonly bulkUpdate: BulkUpdateEvent<I>;
  readonly bulkUpdated: BulkUpdatedEvent<I>;
  readonly update: UpdateEvent<I>;
  readonly updated: UpdatedEvent<I>;
}

/** Calls receivers with rows, or with what becomes of them. They may be asynchronous: each is awaited before the next. */
export interface RowSignal<Name extends keyof RowEvents<unknown>> {
  /**
   * Has a function called for the rows of a model, or of all models. Rows of classes that extend the model are among
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
