import { type OperationNode, OrderByItemNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../databases/nodes.js";
import type { SortKey } from "./terms.js";

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

function itemOf(keys: readonly SortKey[]): OrderByItemNode {
  const items = keys.map(({ node, descending }) => (descending ? sqlNode`${node} desc` : node));
  return OrderByItemNode.create(joinedNode(items, ", "));
}
