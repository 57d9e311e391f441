import type { ColumnMeta, FieldMeta, ModelClass } from "./meta.js";

/** One of the models that a table's rows may be of: what `Animal.variant("dog", fields)` declared. */
export interface Variant {
  /** What the discriminator holds. */
  readonly value: string | number;
  /** The class of its rows: the one that extends what `variant(…)` gave, once that is seen. */
  model: ModelClass;
}

/** The columns and fields of all models of a table. */
export interface FamilyColumns {
  readonly columns: readonly ColumnMeta[];
  readonly primaryKey: readonly ColumnMeta[];
  readonly fields: Record<string, FieldMeta>;
}

/** A model with a discriminator, and its variants. */
export interface Family {
  readonly discriminator: string;
  /** The model that they vary; null as long as there is no variant. */
  root: ModelClass | null;
  readonly variants: Variant[];
  /** Set when the models are first used: from then on there can be no further variant. */
  linked: FamilyColumns | null;
}

export function newFamily(discriminator: string): Family {
  return { discriminator, root: null, variants: [], linked: null };
}
