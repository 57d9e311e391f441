import type { Form } from "../lookups/index.js";
import type { ModelMeta } from "../models/index.js";
import type { OrderTerm } from "./order.js";
import type { RelatedTree } from "./related.js";
import type { ResolvedLookup } from "./resolve-path.js";

/** One lookup with the place of its values among the query's slots. */
export interface Condition {
  readonly kind: "condition";
  readonly lookup: ResolvedLookup;
  readonly form: Form;
  /** The first of its slots, counted from the filter's own first slot. */
  readonly slot: number;
  /** For the form "l": its length rounded up to a power of two, which is part of the shape; else 0. */
  readonly listLength: number;
  /** The query whose rows `in` takes, for the form "query". */
  readonly query: Query | null;
}

export interface Combination {
  readonly kind: "and" | "or" | "xor";
  readonly items: readonly Predicate[];
}

export interface Negation {
  readonly kind: "not";
  readonly item: Predicate;
}

/** What a row must fulfil: a tree without values, which together with the slots says everything. */
export type Predicate = Condition | Combination | Negation;

/** One call of `filter` or `exclude`: its conditions may hold for one related row together. */
export interface Filter {
  readonly predicate: Predicate;
  /** Where its slots begin among the query's. */
  readonly base: number;
}

/**
 * What a queryset asks, as frozen data: a shape, and apart from it the values. `key` spells the shape; two queries of
 * the same key differ in values only and share one plan.
 */
export interface Query {
  readonly model: ModelMeta;
  readonly key: string;
  readonly values: readonly unknown[];
  readonly filters: readonly Filter[];
  /** null: the model's own ordering. Empty: none. */
  readonly order: readonly OrderTerm[] | null;
  readonly reversed: boolean;
  readonly distinct: boolean;
  /** Rows to take; null for all. Not part of the shape beyond whether there is one. */
  readonly limit: number | null;
  /** True for a limit that never varies, as that of `get`: it is part of the shape, and written out. */
  readonly fixed: boolean;
  /** Rows to skip; 0 for none. */
  readonly offset: number;
  readonly related: RelatedTree | null;
  /** The zone in which date parts are taken, by IANA name; null for the database's. */
  readonly timeZone: string | null;
  /** Every zone named in it or in a query inside it. */
  readonly zones: readonly string[];
  /** True for `none()`, and where conditions cannot hold: no row matches, and nothing is asked. */
  readonly none: boolean;
}
