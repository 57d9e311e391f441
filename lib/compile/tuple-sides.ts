import type { OperationNode } from "kysely";
import type { ColumnMeta } from "../models/index.js";
import type { Compared } from "./compare.js";

/** Columns that are compared together, and for the form "e" what each is compared with. */
export interface TupleSides {
  readonly columns: readonly ColumnMeta[];
  readonly lhs: readonly OperationNode[];
  readonly rhs: readonly Compared[];
}
