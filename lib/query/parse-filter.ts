import { FieldError } from "../errors/index.js";
import { QExpression } from "../expressions/index.js";
import { Refusal } from "../fields/index.js";
import type { Form } from "../lookups/index.js";
import { metaOfRow, type ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { columnLookups, tupleList, tupleLookup } from "./composite-key.js";
import { isSliced, QUERY, shapeKey } from "./query.js";
import { type ResolvedLookup, resolveLookup } from "./resolve-path.js";
import type { Predicate, Query } from "./tree.js";

/** What was said, read: a tree, its values in slots, and its part of the shape's key. */
export interface ParsedFilter {
  readonly predicate: Predicate | null;
  readonly slots: unknown[];
  readonly key: string;
  /** Time zones named by queries among the values. */
  readonly zones: readonly string[];
}

/** Reads the arguments of `filter`, `exclude` and `get`: one object of lookups, then Q expressions; all must hold. */
export function parseFilter(meta: ModelMeta, args: readonly unknown[], method: string): ParsedFilter {
  const reader = new FilterReader(meta, method);
  const items: Predicate[] = [];
  let key = "";
  for (const arg of args) {
    if (QExpression.is(arg)) {
      const [item, part] = reader.readExpression(arg);
      if (item !== null) items.push(item);
      key += part;
    } else {
      key += reader.readWhere(arg, items);
    }
  }
  return { predicate: allOf(items), slots: reader.slots, key, zones: reader.zones };
}

function allOf(items: readonly Predicate[]): Predicate | null {
  return items.length > 1 ? { kind: "and", items } : (items[0] ?? null);
}

class FilterReader {
  readonly slots: unknown[] = [];
  readonly zones: string[] = [];
  readonly #meta: ModelMeta;
  readonly #method: string;

  constructor(meta: ModelMeta, method: string) {
    this.#meta = meta;
    this.#method = method;
  }

  /** Reads `{ name__iexact: "x", … }` and gives its key; the conditions are added to `items`. */
  readWhere(where: unknown, items: Predicate[]): string {
    this.#checkWhere(where);
    let key = "";
    for (const name of Object.keys(where as object)) {
      const value = (where as Record<string, unknown>)[name];
      const tuple = tupleLookup(this.#meta, name);
      key += tuple === null ? this.#readLookup(name, value, items) : this.#readTuple(tuple, name, value, items);
    }
    return key;
  }

  #readLookup(name: string, value: unknown, items: Predicate[]): string {
    const lookup = resolveLookup(this.#meta, name, this.#method);
    const slot = this.slots.length;
    const asked = this.#subquery(lookup, value);
    const query = asked?.none ? null : asked;
    const form = asked === null ? this.#prepare(lookup, value) : asked.none ? "never" : "query";
    const listLength = form === "l" ? roundedLength(this.slots[slot] as unknown[]) : 0;
    items.push({ kind: "condition", lookup, form, slot, listLength, query });
    if (form === "v") return lookup.keyOfValue;
    return `${name}:${query === null ? form : `(${shapeKey(query)})`}${listLength || ""},`;
  }

  /** A composite key is asked of its columns: all must be equal, for one of the keys. */
  #readTuple(how: "one" | "not" | "any", name: string, value: unknown, items: Predicate[]): string {
    const alternatives: Predicate[] = [];
    let key = "";
    for (const where of this.#tuples(how, name, value)) {
      const columns: Predicate[] = [];
      key += `(${this.readWhere(where, columns)})`;
      alternatives.push({ kind: "and", items: columns });
    }
    const any: Predicate = { kind: "or", items: alternatives };
    items.push(how === "not" ? { kind: "not", item: any } : any);
    return `${name}:${key},`;
  }

  #tuples(how: "one" | "not" | "any", name: string, value: unknown): Record<string, unknown>[] {
    try {
      const keys = how === "any" ? tupleList(value) : [value];
      return keys.map((item) => columnLookups(this.#meta, item));
    } catch (error) {
      throw this.#told(error, name);
    }
  }

  #checkWhere(where: unknown): void {
    if (where !== null && typeof where === "object" && !Array.isArray(where) && metaOfRow(where) === null) {
      const prototype: unknown = Object.getPrototypeOf(where);
      if (prototype === Object.prototype || prototype === null) return;
    }
    throw new FieldError(
      `${this.#meta.name}: ${this.#method}(…) takes an object of lookups such as { pk: 1 } and Q expressions, ` +
        `got ${printable(where)}.`,
    );
  }

  #prepare(lookup: ResolvedLookup, value: unknown): Form {
    try {
      return lookup.lookup.prepare(value, lookup.operand, this.slots);
    } catch (error) {
      throw this.#told(error, lookup.key);
    }
  }

  /** Says of a refused value where it stood. */
  #told(error: unknown, key: string): unknown {
    if (!(error instanceof Refusal)) return error;
    return new FieldError(`${this.#meta.name}: ${this.#method}({ ${key} }): ${error.message}`, { cause: error });
  }

  #subquery(lookup: ResolvedLookup, value: unknown): Query | null {
    if (value === null || typeof value !== "object") return null;
    const query = (value as { [QUERY]?: Query })[QUERY];
    if (query === undefined) return null;
    const problem = subqueryProblem(lookup, query);
    if (problem !== null) {
      throw new FieldError(`${this.#meta.name}: ${this.#method}({ ${lookup.key} }): ${problem}`);
    }
    // Nothing is in none(): it is not written, so its values have no place.
    if (query.none) return query;
    this.slots.push(...query.values);
    this.zones.push(...query.zones);
    if (isSliced(query)) this.slots.push(query.limit, query.offset);
    return query;
  }

  /** Reads a Q; an empty one asks nothing and gives null. */
  readExpression(expression: QExpression): [Predicate | null, string] {
    if (expression.connector === "where") {
      const items: Predicate[] = [];
      const key = this.readWhere(expression.where, items);
      return [allOf(items), `(${key})`];
    }
    const items: Predicate[] = [];
    let key = "";
    for (const item of expression.items) {
      const [predicate, part] = this.readExpression(item);
      if (predicate !== null) items.push(predicate);
      key += part;
    }
    return [join(expression.connector, items), `${expression.connector}(${key})`];
  }
}

/** A list's length is part of the shape only as a power of two: some engines need it spelled out. */
function roundedLength(list: readonly unknown[]): number {
  return 2 ** Math.ceil(Math.log2(list.length));
}

function join(connector: "and" | "or" | "xor" | "not", items: readonly Predicate[]): Predicate | null {
  const [first] = items;
  if (first === undefined) return null;
  if (connector === "not") return { kind: "not", item: first };
  return items.length === 1 ? first : { kind: connector, items };
}

function subqueryProblem(lookup: ResolvedLookup, query: Query): string | null {
  if (lookup.lookup.name !== "in") return "a queryset can only be the value of the lookup `in`.";
  if (lookup.rowsOf === null) return "a queryset of rows can only be compared with a relation or a primary key.";
  if (lookup.rowsOf.table !== query.model.table || lookup.rowsOf.schema !== query.model.schema) {
    return `expected a queryset of ${lookup.rowsOf.name}, got one of ${query.model.name}.`;
  }
  return null;
}
