import type { OperationNode } from "kysely";
import type { ColumnMeta } from "../models/index.js";
import type { PickedItem, Predicate, Term } from "../query/index.js";
import type { OuterQuery, Scope } from "./scope.js";
import type { Source, Sources } from "./sources.js";

/** A query that is written as the table of one around it, which sees what becomes a column of it. */
export interface Exports {
  column(source: Source, column: ColumnMeta): OperationNode;
  /** null for what the query around writes itself. */
  term(term: Term, base: number, scope: number): OperationNode | null;
  condition(predicate: Predicate, base: number, scope: number): OperationNode | null;
}

/** What conditions of one query are written with. */
export interface WhereContext {
  readonly scope: Scope;
  readonly sources: Sources;
  readonly timeZone: string | null;
  /** Where the query's slots begin among the statement's: above 0 inside another query. */
  readonly base: number;
  readonly outer: OuterQuery | null;
  /** True where aggregates over groups are over different rows, which must not be joined to each other. */
  readonly mixed: boolean;
  /** What rows are grouped by; null where they are not. */
  readonly groups: readonly PickedItem[] | null;
  /** null where the query itself is written, not one around it. */
  readonly exports: Exports | null;
}
