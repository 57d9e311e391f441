import type { ModelMeta } from "../models/index.js";
import type { Query, ToldDatabase } from "./tree.js";

/** The property under which anything that can be asked for rows keeps its query, so that `in` can take it. */
export const QUERY: unique symbol = Symbol("dunder.query");

/** The property under which it keeps the database that it was told; null for none. */
export const TOLD: unique symbol = Symbol("dunder.told");

const NO_HINTS: Query["hints"] = Object.freeze([]);

/** All rows of a model. */
export function queryOf(model: ModelMeta): Query {
  const known = model.memo.get("query") as Query | undefined;
  if (known !== undefined) return known;
  const query: Query = Object.freeze({
    model,
    named: model,
    source: null,
    key: `${model.id}`,
    values: Object.freeze([]),
    filters: Object.freeze([]),
    order: null,
    reversed: false,
    distinct: false,
    distinctOn: null,
    limit: null,
    fixed: false,
    offset: 0,
    related: null,
    loading: null,
    lock: null,
    hints: NO_HINTS,
    comment: null,
    annotations: Object.freeze([]),
    picked: null,
    groups: null,
    outer: Object.freeze([]),
    timeZone: null,
    schema: null,
    needs: Object.freeze([]),
    none: false,
  });
  model.memo.set("query", query);
  return query;
}

/**
 * A query that differs from another in some respects. Its members are spelled out: an object spread of so many adds them
 * one by one, and takes seven times as long.
 */
export function changed(query: Query, change: Partial<Query>): Query {
  const copy: Query = {
    model: query.model,
    named: query.named,
    source: query.source,
    key: query.key,
    values: query.values,
    filters: query.filters,
    order: query.order,
    reversed: query.reversed,
    distinct: query.distinct,
    distinctOn: query.distinctOn,
    limit: query.limit,
    fixed: query.fixed,
    offset: query.offset,
    related: query.related,
    loading: query.loading,
    lock: query.lock,
    hints: query.hints,
    comment: query.comment,
    annotations: query.annotations,
    picked: query.picked,
    groups: query.groups,
    outer: query.outer,
    timeZone: query.timeZone,
    schema: query.schema,
    needs: query.needs,
    none: query.none,
  };
  return Object.assign(copy, change);
}

/** Which rows a query is about, as far as its conditions tell. */
export function rowsAlone(query: Query): Query {
  return changed(query, {
    ...{ order: [], picked: null, related: null, distinct: false, distinctOn: null },
    ...{ limit: null, offset: 0, fixed: false },
  });
}

/** The same rows, and those that a slice had left out. */
export function withoutSlice(query: Query): Query {
  return changed(query, { limit: null, offset: 0, fixed: false });
}

export function isSliced(query: Query): boolean {
  return query.limit !== null || query.offset > 0;
}

/** The whole key of a query's shape; how many rows it takes and skips are values, that it does so is shape. */
export function shapeKey(query: Query): string {
  if (query.limit === null && query.offset === 0) return query.key;
  if (query.fixed) return `${query.key}F${query.limit}`;
  return `${query.key}${query.limit === null ? "" : "L"}${query.offset === 0 ? "" : "O"}`;
}

/** The query of a queryset that is to stand inside another one; null for what is no queryset. */
export function queryWithin(given: unknown): Query | null {
  const asked = given as { readonly [QUERY]?: Query; readonly [TOLD]?: ToldDatabase | null } | null | undefined;
  const query = asked?.[QUERY];
  if (query === undefined) return null;
  const told = asked?.[TOLD] ?? null;
  return told === null ? query : changed(query, { needs: [...query.needs, told] });
}
