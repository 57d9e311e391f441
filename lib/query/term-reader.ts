import type { QExpression } from "../expressions/index.js";
import type { ModelMeta } from "../models/index.js";
import type { Annotation, Filter, HeldTerm, OuterTerm, Predicate, Query, Term } from "./tree.js";

/** Whoever reads an expression: it knows the model and what its rows were annotated with, and collects the values. */
export interface TermReader {
  readonly model: ModelMeta;
  readonly annotations: readonly Annotation[];
  /** Where rows are no instances of the model, all that can be named of them; else null. */
  readonly held: readonly HeldTerm[] | null;
  readonly method: string;
  /** True where aggregates are over groups of rows, or all of them. */
  readonly grouped: boolean;
  /** Those that an aggregate comes after. */
  readonly filters: readonly Filter[];
  readonly slots: unknown[];
  /** True where rows that are there already meet new ones, whose values can be named. */
  readonly meetsNew: boolean;
  /** How deep what is read now stands in what was given. */
  depth: number;
  /** Reads a condition; null where it asks nothing. */
  readCondition(condition: QExpression): [Predicate | null, string];
  /** Takes in another query: its values, and what it needs. */
  takeQuery(query: Query): Taken;
  /** Notes a column of a query around. */
  readonly outer: OuterTerm[];
}

/** A query as it stands within another one, and the place of its first slot. */
export interface Taken {
  readonly query: Query;
  readonly slot: number;
}

/** A term and its part of the shape's key. */
export type ReadTerm = readonly [term: Term, key: string];

/** Whoever reads a path. */
export type PathReader = Pick<TermReader, "model" | "annotations" | "held" | "method" | "slots">;
