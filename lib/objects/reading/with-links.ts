import { alsoLoading, type Query, type RelatedTree } from "../../query/index.js";
import { linkColumns } from "../rows/link-keys.js";
import type { PrefetchTree } from "./prefetch-tree.js";

/** The query with the columns read by which relations are fetched along, where `only` or `defer` left some out. */
export function withLinks(query: Query, tree: PrefetchTree): Query {
  return query.loading === null ? query : loadingLinks(query, tree, query.related, "");
}

function loadingLinks(query: Query, tree: PrefetchTree, joined: RelatedTree | null, prefix: string): Query {
  let whole = query;
  for (const { relation, attribute, children } of tree.values()) {
    for (const { field } of linkColumns(relation).here) whole = loadingOne(whole, prefix, field);
    const branch = attribute === null ? joined?.get(relation.name) : undefined;
    if (branch !== undefined) whole = loadingLinks(whole, children, branch.children, `${prefix}${relation.name}__`);
  }
  return whole;
}

function loadingOne(query: Query, prefix: string, field: string): Query {
  const { loading } = query;
  const isWhole =
    loading?.method === "only" && prefix !== "" && ![...loading.paths].some((path) => path.startsWith(prefix));
  return isWhole ? query : alsoLoading(query, `${prefix}${field}`);
}
