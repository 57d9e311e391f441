import { FieldError } from "../errors/index.js";
import { type Lookup, lookupFor } from "../lookups/index.js";
import type { ColumnMeta } from "../models/index.js";
import { amongKeys, type LinkKey } from "./among-keys.js";
import { orderOf } from "./order.js";
import { columnOperand, ownPath } from "./own-columns.js";
import { changed, isSliced } from "./query.js";
import { joined } from "./refine.js";
import { type ResolvedLookup, termLookup } from "./resolve-path.js";
import { rowNumber } from "./row-number.js";
import { refuseSet } from "./source.js";
import { asksWindow } from "./term.js";
import type { Filter, Query, Term } from "./tree.js";

/**
 * The query with the rows alone whose columns hold one of some keys, none of which may be NULL. A slice is taken of the
 * rows of each key.
 */
export function withKeys(query: Query, columns: readonly ColumnMeta[], keys: readonly LinkKey[]): Query {
  refuseSet(query, "Prefetch");
  const parts = isSliced(query) ? topOfEach(query, columns) : query;
  const base = parts.values.length;
  const exact = columns.map((column) => lookupOf(column, "exact"));
  const among = columns.map((column) => lookupOf(column, "in"));
  const { predicate, values, length } = amongKeys(exact, among, keys);
  return changed(parts, {
    key: `${parts.key}^${columns.map((column) => column.index).join()}:${length};`,
    values: joined(parts.values, values),
    filters: joined(parts.filters, [{ predicate, base }]),
  });
}

const lookups = { exact: new WeakMap<ColumnMeta, ResolvedLookup>(), in: new WeakMap<ColumnMeta, ResolvedLookup>() };

function lookupOf(column: ColumnMeta, name: "exact" | "in"): ResolvedLookup {
  const known = lookups[name].get(column);
  if (known !== undefined) return known;
  const path = ownPath([column]);
  const lookup = { ...termLookup(column.field, lookupFor("number", name) as Lookup, columnOperand(column)), path };
  lookups[name].set(column, lookup);
  return lookup;
}

const above = lookupFor("number", "gt") as Lookup;
const upTo = lookupFor("number", "lte") as Lookup;

/** A slice as a condition on each row's number among those with the same key. */
function topOfEach(query: Query, columns: readonly ColumnMeta[]): Query {
  refuseCombined(query);
  const { limit, offset } = query;
  const parts = columns.map((column): Term => {
    return { kind: "column", path: ownPath([column]), operand: columnOperand(column), nullable: column.nullable };
  });
  const term = rowNumber(query, parts, orderOf(query));
  const filters: Filter[] = [];
  const values: unknown[] = [];
  const add = (lookup: Lookup, value: number) => {
    const asked = termLookup("slice", lookup, term.operand);
    const lhs = { term, base: null };
    const shared = { rhs: null, slot: 0, listLength: 0, query: null, lhs } as const;
    filters.push({
      predicate: { kind: "condition", lookup: asked, form: "v", ...shared },
      base: query.values.length + values.length,
    });
    values.push(value);
  };
  if (offset > 0) add(above, offset);
  if (limit !== null) add(upTo, offset + limit);
  return changed(query, {
    key: `${query.key}top${offset > 0 ? "O" : ""}${limit === null ? "" : "L"};`,
    values: joined(query.values, values),
    filters: joined(query.filters, filters),
    ...{ limit: null, offset: 0, fixed: false },
  });
}

function refuseCombined({ model, distinct, distinctOn, filters }: Query): void {
  const what =
    distinct || distinctOn !== null
      ? "is distinct"
      : filters.some(({ predicate }) => asksWindow(predicate))
        ? "was filtered by a window"
        : null;
  if (what === null) return;
  throw new FieldError(
    `${model.name}: a slice of each row's related rows cannot be taken of a queryset that ${what}. ` +
      `Name the rows by key: objects.filter({ pk__in: these }).limit(…).`,
  );
}
