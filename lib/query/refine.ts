import { FieldError } from "../errors/index.js";
import { checkIdentifier } from "../models/index.js";
import { Expression, OrderExpression } from "../expressions/index.js";
import { printable } from "../util/printable.js";
import { isTimeZone } from "../util/time-zone.js";
import { resolveOrder } from "./order.js";
import { parseFilter, Reader } from "./parse-filter.js";
import { changed, isSliced } from "./query.js";
import { readSort, toldAs } from "./read-term.js";
import { addRelated } from "./related.js";
import { isOwnName, leadsIntoJson } from "./resolve-path.js";
import { refuseSet } from "./source.js";
import type { Filter, OrderTerm, Predicate, Query, Term } from "./tree.js";

const NO_ORDER: readonly OrderTerm[] = Object.freeze([]);

/** The query narrowed by what `filter` (or, negated, `exclude`) was given. */
export function withFilter(query: Query, args: readonly unknown[], method: string, negated = false): Query {
  refuseSliced(query, method);
  if (query.source !== null) refuseSet(query, method);
  const last = query.filters.at(-1);
  if (last?.isOpen === true && !negated) return withinFilter(query, last, args, method);
  const parsed = parseFilter(query, args, method);
  if (parsed.predicate === null) return query;
  const predicate: Predicate = negated ? { kind: "not", item: parsed.predicate } : parsed.predicate;
  return changed(query, {
    key: `${query.key}${negated ? "!" : "&"}${parsed.key};`,
    values: joined(query.values, parsed.slots),
    filters: joined(query.filters, [{ predicate, base: query.values.length }]),
    needs: joined(query.needs, parsed.needs),
    outer: joined(query.outer, parsed.outer),
    none: query.none || isNever(predicate),
  });
}

/** The query with an open filter that asks for more, of the same related rows. */
function withinFilter(query: Query, open: Filter, args: readonly unknown[], method: string): Query {
  const { predicate, slots, key, needs, outer } = parseFilter(query, args, method, query.values.slice(open.base));
  if (predicate === null) return query;
  const items = [open.predicate, predicate].flatMap((item) => (item.kind === "and" ? item.items : [item]));
  return changed(query, {
    key: `${query.key}&${key};`,
    values: [...query.values.slice(0, open.base), ...slots],
    filters: [...query.filters.slice(0, -1), { predicate: { kind: "and", items }, base: open.base }],
    needs: joined(query.needs, needs),
    outer: joined(query.outer, outer),
    none: query.none || isNever(predicate),
  });
}

/** Two lists as one, which is one of them where the other is empty. */
export function joined<T>(before: readonly T[], after: readonly T[]): readonly T[] {
  if (after.length === 0) return before;
  return before.length === 0 ? after : [...before, ...after];
}

/** True where no row can match, whatever the rows hold: an empty `in`, a whole number equal to 0.5. */
function isNever(predicate: Predicate): boolean {
  if (predicate.kind === "condition") return predicate.form === "never";
  if (predicate.kind === "and") return predicate.items.some(isNever);
  return predicate.kind === "or" && predicate.items.every(isNever);
}

export function withOrder(query: Query, names: readonly unknown[], method = "orderBy"): Query {
  refuseSliced(query, method);
  if (!names.every((name) => isPlainOrder(query, name))) return withOrderTerms(query, names, method);
  const order: OrderTerm[] = [];
  for (const name of names) order.push(...resolveOrder(query.named, name, method));
  refuseMultiplied(query, order, method);
  return changed(query, { key: `${query.key}<${names.join(",")};`, order, reversed: false });
}

/** An order of which something is worked out. */
function withOrderTerms(query: Query, names: readonly unknown[], method: string): Query {
  const reader = new Reader(query, method);
  const base = query.values.length;
  const order: OrderTerm[] = [];
  let key = "";
  for (const name of names) {
    if (isPlainOrder(query, name)) {
      order.push(...resolveOrder(query.named, name, method));
      key += `${String(name)},`;
    } else {
      const [sort, part] = pickedOrder(query, name) ?? readOrder(reader, name);
      order.push({ kind: "term", sort, base });
      key += `(${part}),`;
    }
  }
  return changed(query, {
    key: `${query.key}<${key};`,
    values: joined(query.values, reader.slots),
    needs: joined(query.needs, reader.needs),
    outer: joined(query.outer, reader.outer),
    order,
    reversed: false,
  });
}

/** The order of what was picked out of JSON: named again it would be bound again, and engines could not tell it is the same. */
function pickedOrder({ picked }: Query, item: unknown): ReturnType<typeof readSort> | null {
  if (typeof item !== "string") return null;
  const descending = item.startsWith("-");
  const name = item.replace(/^[-+]/, "");
  const value = picked?.items.find((other) => other.name === name)?.value;
  if (value?.term.kind !== "key") return null;
  const { operand, nullable } = value.term;
  const term: Term = { kind: "annotation", name, of: value, operand, nullable };
  return [{ term, descending, nulls: null }, `A${item};`];
}

/** True for the name of a field, or of nothing: what names an annotation is read as an expression. */
function isPlainOrder({ named: model, annotations, source }: Query, name: unknown): boolean {
  if (source?.isOfValues) return name === "?";
  if (typeof name !== "string") return !Expression.is(name) && !OrderExpression.is(name);
  if (name.includes("__") && leadsIntoJson(model, name.replace(/^[-+]/, ""))) return false;
  if (annotations.length === 0) return true;
  const [head = ""] = name.replace(/^[-+]/, "").split("__");
  return isOwnName(model, head) || !annotations.some((annotation) => annotation.name === head);
}

/** A set's rows come once each, whatever they are ordered by. */
function refuseMultiplied({ model, source }: Query, order: readonly OrderTerm[], method: string): void {
  if (source?.kind !== "set" || !order.some((term) => term.kind === "path" && term.path.multi >= 0)) return;
  throw new FieldError(
    `${model.name}: ${method}(…) of a union, an intersection or a difference cannot go by many related rows.`,
  );
}

function readOrder(reader: Reader, name: unknown): ReturnType<typeof readSort> {
  try {
    return readSort(reader, name);
  } catch (error) {
    throw toldAs(error, reader.model, `${reader.method}(…)`);
  }
}

export function withReverse(query: Query): Query {
  refuseSliced(query, "reverse");
  return changed(query, { key: `${query.key}~;`, reversed: !query.reversed });
}

export function withDistinct(query: Query): Query {
  refuseSliced(query, "distinct");
  if (query.source !== null) refuseSet(query, "distinct");
  if (query.distinct) return query;
  return changed(query, { key: `${query.key}D;`, distinct: true, distinctOn: null });
}

export function withRelated(query: Query, paths: readonly unknown[]): Query {
  if (query.source !== null) refuseSet(query, "selectRelated");
  const related = addRelated(query.model, query.related, paths);
  return changed(query, { key: `${query.key}+${paths.join(",")};`, related });
}

export function withTimeZone(query: Query, timeZone: unknown): Query {
  if (!isTimeZone(timeZone)) {
    throw new FieldError(
      `${query.model.name}: inTimeZone(…) takes the IANA name of a time zone such as "Europe/Paris", ` +
        `got ${printable(timeZone)}.`,
    );
  }
  return changed(query, { key: `${query.key}@${timeZone};`, timeZone, needs: [...query.needs, timeZone] });
}

/** Looks for the tables of models in a schema, unless they name one of their own. */
export function withSchema(query: Query, schema: unknown): Query {
  const checked = checkIdentifier(`${query.model.name}: withSchema(name): schema name`, schema as string);
  return changed(query, { key: `${query.key}S${JSON.stringify(checked)};`, schema: checked });
}

export function withNone(query: Query): Query {
  return changed(query, { key: `${query.key}0;`, none: true });
}

/** So many rows at most; no number is no limit, and nobody means that by calling this. */
export function withLimit(query: Query, rows: number): Query {
  checkBound(query, rows, "limit");
  return withSlice(query, 0, rows, "limit");
}

/** A slice of what the query would give: bounds count from its own first row, and never reach beyond its last. */
export function withSlice(query: Query, from: number, to: number | null, method: string): Query {
  checkBound(query, from, method);
  if (to !== null) checkBound(query, to, method);
  const room = query.limit === null ? null : Math.max(query.limit - from, 0);
  const wanted = to === null ? null : Math.max(to - from, 0);
  const limit = room === null || wanted === null ? (wanted ?? room) : Math.min(room, wanted);
  return changed(query, { limit, fixed: false, offset: query.offset + from });
}

/** The first rows only, so many as never varies from call to call: then the plan needs no parameter for it. */
export function withFirst(query: Query, rows: number): Query {
  return isSliced(query) ? withSlice(query, 0, rows, "first") : changed(query, { limit: rows, fixed: true });
}

/** In no order, where that does not change which rows there are. */
export function withoutOrder(query: Query): Query {
  const ordered = query.order === null ? query.model.ordering.length > 0 : query.order.length > 0;
  if (!ordered || isSliced(query) || query.distinctOn !== null) return query;
  return changed(query, { key: `${query.key}<;`, order: NO_ORDER, reversed: false });
}

function checkBound(query: Query, bound: unknown, method: string): void {
  if (typeof bound === "number" && Number.isSafeInteger(bound) && bound >= 0) return;
  throw new FieldError(
    `${query.model.name}: ${method}(…) takes whole numbers from 0 upwards, got ${printable(bound)}.` +
      (typeof bound === "number" && bound < 0 ? " For rows from the end, use reverse() or last()." : ""),
  );
}

/** What changes which rows there are, or their order, comes before a slice of them. */
export function refuseSliced(query: Query, method: string, instead = `Call ${method}(…) first, then slice.`): void {
  if (query.limit === null && query.offset === 0) return;
  throw new FieldError(`${query.model.name}: ${method}(…) cannot follow limit, offset or slice. ${instead}`);
}
