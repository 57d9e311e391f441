import type { OperationNode } from "kysely";
import type { ColumnMeta } from "../models/index.js";
import type { Condition, ResolvedPath, Term } from "../query/index.js";
import type { Compared } from "./compare.js";

/** Columns that are compared together, and for the form "e" what each is compared with. */
export interface TupleSides {
  readonly columns: readonly ColumnMeta[];
  readonly lhs: readonly OperationNode[];
  readonly rhs: readonly Compared[];
}

/** The columns at the end of a path. */
export function columnsOf({ column, several }: Pick<ResolvedPath, "column" | "several">): readonly ColumnMeta[] {
  return several ?? [column];
}

/** The sides of a condition on several columns together; null for one on one. */
export function sidesOf(
  { lookup, rhs }: Condition,
  lhs: readonly OperationNode[],
  written: (term: Term) => Compared,
): TupleSides | null {
  if (!lookup.path?.several) return null;
  return { columns: lookup.path.several, lhs, rhs: rhs?.kind === "tuple" ? rhs.parts.map(written) : [] };
}
