import type { OperationNode } from "kysely";
import type { Query } from "../query/index.js";
import type { Scope } from "./scope.js";

/** What one condition is written with: its column, and where its slots begin. */
export interface ConditionContext {
  readonly scope: Scope;
  readonly timeZone: string | null;
  readonly lhs: OperationNode;
  /** What it is compared with, for the form "e". */
  readonly rhs: { readonly node: OperationNode; readonly nullable: boolean } | null;
  /** True when the column can be NULL here. */
  readonly nullable: boolean;
  readonly base: number;
  /** Writes the rows of a query for IN. */
  rowsOf(query: Query, index: number): OperationNode;
}
