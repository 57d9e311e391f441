import { type OperationNode, OrderByItemNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { Nulls } from "../expressions/index.js";

/** One of the keys that an item of ORDER BY has. */
export interface SortKey {
  readonly node: OperationNode;
  readonly descending: boolean;
  /** Where NULLs come, for engines that can be told; null where it does not matter, or was seen to otherwise. */
  readonly nulls: Nulls | null;
}

/** One item of ORDER BY. For SELECT DISTINCT its column must be selected, too. */
export interface Ordered {
  readonly node: OrderByItemNode;
  readonly column: OperationNode;
  /** A column of the root, which rows of instances hold. */
  readonly own: boolean;
  /** Named by its place among what is selected. */
  readonly placed: boolean;
  /** Of JSON, which is ordered by several keys: SELECT DISTINCT selects them, and names them by their places. */
  readonly keys?: readonly SortKey[];
}

/** An item ordered by several keys. */
export function jsonOrdered(keys: readonly SortKey[], column: OperationNode): Ordered {
  return { node: itemOf(keys), column, own: false, placed: false, keys };
}

/** The order where the columns of some items are selected behind `selected` others: keys go by their places there. */
export function placed(order: readonly Ordered[], behind: readonly Ordered[], selected: number): readonly Ordered[] {
  let place = selected;
  return order.map((item) => {
    if (!behind.includes(item)) return item;
    const places = item.keys?.map((key) => ({ ...key, node: literalNode(String((place += 1))) }));
    if (places === undefined) place += 1;
    return places === undefined ? item : { ...item, node: itemOf(places) };
  });
}

/** Keys one after another, as one item. */
export function itemOf(keys: readonly SortKey[]): OrderByItemNode {
  return OrderByItemNode.create(joinedNode(keys.map(sortedNode), ", "));
}

export function sortedNode({ node, descending, nulls }: SortKey): OperationNode {
  const sorted = descending ? sqlNode`${node} desc` : node;
  return nulls === null ? sorted : sqlNode`${sorted} nulls ${literalNode(nulls)}`;
}

/** The place of a row by an order. */
export function placeIn(rank: "row_number" | "dense_rank", order: readonly OperationNode[]): OperationNode {
  const by = order.length === 0 ? literalNode("") : sqlNode`order by ${joinedNode(order, ", ")}`;
  return sqlNode`${literalNode(rank)}() over (${by})`;
}
