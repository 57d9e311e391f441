import type { OperationNode } from "kysely";
import type { Query } from "../query/index.js";
import type { Compared } from "./compare.js";
import type { Scope } from "./scope.js";
import type { TupleSides } from "./tuple-sides.js";

/** What one condition is written with: its column, and where its slots begin. */
export interface ConditionContext {
  readonly scope: Scope;
  readonly timeZone: string | null;
  readonly lhs: OperationNode;
  /** Where that is several columns: each of them. */
  readonly tuple: TupleSides | null;
  /** What it is compared with, for the form "e". */
  readonly rhs: Compared | null;
  /** The upper bound, for a range of that form. */
  readonly high: Compared | null;
  /** True when the column can be NULL here. */
  readonly nullable: boolean;
  readonly base: number;
  /** Writes whether something is among the rows of a query. */
  among(lhs: OperationNode, query: Query, index: number): OperationNode;
}
