import type { ColumnMeta, RelationMeta } from "../models/index.js";
import type { Source } from "./sources.js";

/** Which columns of which tables a query's rows hold: the root's, then those of relations fetched along. */
export interface SelectedTree {
  readonly source: Source;
  /** Those of its columns that are read. */
  readonly columns: readonly ColumnMeta[];
  readonly children: readonly { readonly relation: RelationMeta; readonly tree: SelectedTree }[];
}

/** The columns of a tree in the order in which they are selected: each table's own, then its relations'. */
export function columnsOf(tree: SelectedTree): (readonly [Source, ColumnMeta])[] {
  const own = tree.columns.map((column) => [tree.source, column] as const);
  return [...own, ...tree.children.flatMap((child) => columnsOf(child.tree))];
}
