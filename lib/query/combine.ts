import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { askedJoins } from "./named-relations.js";
import { changed, isSliced, queryWithin, shapeKey } from "./query.js";
import { joined } from "./refine.js";
import { asksWindow } from "./term.js";
import type { Filter, Predicate, Query } from "./tree.js";

const NO_FILTERS: readonly Filter[] = Object.freeze([]);

/** One of two querysets of a model as a condition beside the other; everything but which rows there are is the first's. */
export function withCombined(left: Query, other: unknown, method: "or" | "and"): Query {
  const right = queryAmong(left.model, other, method);
  checkJoins(left, method);
  checkAlike(left, right, method);
  const values = valuesOf(left);
  // A relation that was given a name is joined by values of the query that names it: the first's begin the statement.
  const isApart = right.named !== right.model;
  const theirs = isApart && !right.none ? member(right, values.length) : conditionOf(right, values.length);
  return changed(left, {
    key: `${shapeKey(left)}{${method} ${shapeKey(right)}};`,
    values: joined(values, valuesOf(right)),
    filters: method === "and" ? both(left, theirs) : either(conditionOf(left, 0), theirs),
    needs: joined(left.needs, right.needs),
    outer: joined(left.outer, right.outer),
    source: keepsSource(left, method) ? left.source : null,
    ...{ distinctOn: null, limit: null, fixed: false, offset: 0 },
    none: method === "and" ? left.none || right.none : left.none && right.none,
  });
}

/** True for a query whose conditions alone tell which rows it has, whatever stands beside them. */
function isPlain(query: Query): boolean {
  const { source, distinctOn, filters } = query;
  if (isSliced(query) || source !== null || distinctOn !== null) return false;
  return !filters.some((at) => asksWindow(at.predicate));
}

/** True where the first goes on being read from where it is, narrowed by the other. */
function keepsSource(left: Query, method: "or" | "and"): boolean {
  if (isSliced(left) || !isPlain(changed(left, { source: null }))) return false;
  return left.source === null || (method === "and" && left.source.kind !== "set");
}

/** A query's values as another takes them in: those of a slice come last. */
export function valuesOf(query: Query): readonly unknown[] {
  return isSliced(query) ? [...query.values, query.limit, query.offset] : query.values;
}

/** The query of a queryset of the same model. */
function queryAmong(model: ModelMeta, given: unknown, method: string): Query {
  const query = queryWithin(given);
  if (query === null) {
    throw new FieldError(`${model.name}: ${method}(…) takes a queryset of ${model.name}, got ${printable(given)}.`);
  }
  if (isSameModel(query.model, model)) return query;
  throw new FieldError(
    `${model.name}: ${method}(…) takes a queryset of ${model.name}, got one of ${query.model.name}. ` +
      `Rows of several models come together by union(…) of their values(…).`,
  );
}

export function isSameModel(one: ModelMeta, other: ModelMeta): boolean {
  return one.table === other.table && one.schema === other.schema;
}

/** A join goes on saying which rows there are, whatever stands beside its query's conditions. */
function checkJoins(left: Query, method: "or" | "and"): void {
  if (askedJoins(left).length === 0 || (method === "and" && isPlain(left))) return;
  throw new FieldError(
    `${left.model.name}: ${method}(…) says anew which rows there are, and cannot follow a join(…). Join after it, or ` +
      `name the rows by key: objects.filter({ pk__in: joined }).${method}(…).`,
  );
}

function checkSchema(left: Query, right: Query, method: "or" | "and"): void {
  if (left.schema === right.schema || right.schema === null) return;
  throw new FieldError(
    `${left.model.name}: ${method}(…) combines querysets of the same schema. Call withSchema(…) after it, or union(…) ` +
      `instead.`,
  );
}

function checkAlike(left: Query, right: Query, method: "or" | "and"): void {
  const { name } = left.model;
  checkSchema(left, right, method);
  const isLost = !keepsSource(left, method) && left.source !== null && left.annotations.length > 0;
  if (isLost || left.source?.isOfValues || right.source?.isOfValues) {
    throw new FieldError(`${name}: ${method}(…) combines rows alone. Annotate and pick values after it.`);
  }
  if (left.distinct !== right.distinct) {
    throw new FieldError(
      `${name}: ${method}(…) combines querysets which are both distinct() or both not. Call distinct() after it.`,
    );
  }
  if (spelled(left) !== spelled(right)) {
    throw new FieldError(
      `${name}: ${method}(…) combines querysets of the same values(…). Call values(…) after it, or union(…) instead.`,
    );
  }
  if (left.groups === null && right.groups === null) return;
  throw new FieldError(`${name}: ${method}(…) cannot combine groups. Combine the rows first, then group them.`);
}

function spelled({ picked }: Query): string {
  return picked === null ? "" : `${picked.as}:${picked.items.map(({ name }) => name).join()}`;
}

/** What a row must fulfil to be one of a query's; null for nothing. */
function conditionOf(query: Query, slot: number): Predicate | null {
  if (query.none) return { kind: "or", items: [] };
  if (!isPlain(query)) return member(query, slot);
  const { filters, timeZone } = query;
  return filters.length === 0 ? null : { kind: "side", filters, base: slot, timeZone };
}

/** Being among the rows of a query by itself. */
function member(query: Query, slot: number): Predicate {
  return { kind: "member", query: changed(query, { picked: null }), slot };
}

function either(mine: Predicate | null, theirs: Predicate | null): readonly Filter[] {
  if (mine === null || theirs === null) return NO_FILTERS;
  return [{ predicate: { kind: "or", items: [mine, theirs] }, base: 0 }];
}

function both(left: Query, theirs: Predicate | null): readonly Filter[] {
  const mine = keepsSource(left, "and") ? left.filters : [{ predicate: conditionOf(left, 0) as Predicate, base: 0 }];
  return theirs === null ? mine : [...mine, { predicate: theirs, base: 0 }];
}
