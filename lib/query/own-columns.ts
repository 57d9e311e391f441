import type { Operand } from "../lookups/index.js";
import type { ColumnMeta } from "../models/index.js";
import type { ResolvedPath } from "./resolve-path.js";

/** What a column's values are, as lookups and terms know it. */
export function columnOperand({ family, type, scalar }: ColumnMeta): Operand {
  return { family, type, convert: scalar.convert, scalar };
}

/** The path to columns of the query's own rows, of several together where there are several. */
export function ownPath(columns: readonly ColumnMeta[]): ResolvedPath {
  const several = columns.length === 1 ? null : columns;
  return { hops: [], multi: -1, column: columns[0] as ColumnMeta, several, relation: null };
}
