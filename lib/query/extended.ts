import type { ModelMeta } from "../models/index.js";
import { changed, queryOf, shapeKey } from "./query.js";
import type { Condition, Predicate, Query } from "./tree.js";

/** The rows of a parent that those of a query extend. */
export function extendedBy(query: Query, parent: ModelMeta): Query {
  const { values, needs, none, comment } = query;
  return changed(queryOf(parent), {
    ...{ key: `${parent.id}^of ${shapeKey(query)};`, order: [], values, needs, none, comment },
    filters: [{ predicate: { kind: "member", query: changed(query, { order: [], related: null }), slot: 0 }, base: 0 }],
  });
}

/** The query whose rows are extended where a query asks for nothing but that; else null. */
export function extending({ filters: [first, second] }: Query): Query | null {
  return second === undefined && first?.predicate.kind === "member" && first.predicate.slot + first.base === 0
    ? first.predicate.query
    : null;
}

/** True where which rows a query is about depends on nothing but their keys. */
export function asksKeysOnly({ filters }: Query): boolean {
  return filters.every(({ predicate }) => isOfKey(predicate));
}

function isOfKey(predicate: Predicate): boolean {
  if (predicate.kind === "and") return predicate.items.every(isOfKey);
  return predicate.kind === "condition" && isPlain(predicate) && isAboutKey(predicate);
}

function isPlain({ lhs, rhs, query }: Condition): boolean {
  return lhs === null && rhs === null && query === null;
}

function isAboutKey({ lookup: { path } }: Condition): boolean {
  return (
    path !== null && path.hops.length === 0 && (path.several ?? [path.column]).every(({ primaryKey }) => primaryKey)
  );
}
