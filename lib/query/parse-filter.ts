import { FieldError } from "../errors/index.js";
import { Expression, QExpression } from "../expressions/index.js";
import { Refusal } from "../fields/index.js";
import { type Form, lookupFor, namesFor, type Operand, type Transform, transformFor } from "../lookups/index.js";
import { metaOfRow, type ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { spellShape } from "../util/json-shape.js";
import { asExpressions, type Asked, holdsExpression, readComparison } from "./compare.js";
import { readTupleComparison, withRowKeys } from "./compare-tuples.js";
import { deeper } from "./depth.js";
import { readJsonNames } from "./json-path.js";
import { roundedLength } from "./list-length.js";
import { namesOf } from "./names-of.js";
import { OPEN } from "./open.js";
import { checkTruth, placed } from "./place.js";
import { lookupsByKind } from "./one-of-value.js";
import { isSliced, queryWithin, shapeKey } from "./query.js";
import { keyTerm, transformTerm } from "./read-path.js";
import { queryIn, readTerm, toldAs } from "./read-term.js";
import { findHeld, noSuchHeld } from "./source.js";
import type { Taken, TermReader } from "./term-reader.js";
import { isOwnName, markOf, type ResolvedLookup, resolveLookup, termLookup } from "./resolve-path.js";
import type { Annotation, Filter, HeldTerm, Need, OuterTerm, PlacedTerm, Predicate, Query, Term } from "./tree.js";

/** What was said, read: a tree, its values in slots, and its part of the shape's key. */
export interface ParsedFilter {
  readonly predicate: Predicate | null;
  readonly slots: unknown[];
  readonly key: string;
  /** What queries among the values need of the database. */
  readonly needs: readonly Need[];
  /** Columns of queries around that it names. */
  readonly outer: readonly OuterTerm[];
}

/**
 * Reads the arguments of `filter`, `exclude` and `get`: objects of lookups and expressions; all must hold. `before` are
 * the slots of what it is to be one filter with.
 */
export function parseFilter(
  query: Query,
  args: readonly unknown[],
  method: string,
  before: readonly unknown[] = [],
): ParsedFilter {
  const reader = new Reader(query, method);
  reader.slots.push(...before);
  const items: Predicate[] = [];
  let key = "";
  for (const arg of args) key += Expression.is(arg) ? reader.readArgument(arg, items) : reader.readWhere(arg, items);
  return { predicate: allOf(items), slots: reader.slots, key, needs: reader.needs, outer: reader.outer };
}

function allOf(items: readonly Predicate[]): Predicate | null {
  return items.length > 1 ? { kind: "and", items } : (items[0] ?? null);
}

/** Reads conditions and the expressions in them for one call of a method; all their values go to one list of slots. */
export class Reader implements TermReader {
  readonly slots: unknown[] = [];
  readonly needs: Need[] = [];
  readonly outer: OuterTerm[] = [];
  readonly model: ModelMeta;
  readonly annotations: readonly Annotation[];
  readonly filters: readonly Filter[];
  readonly method: string;
  readonly grouped: boolean;
  depth = 0;
  meetsNew = false;
  readonly held: readonly HeldTerm[] | null;

  constructor({ named, annotations, filters, picked, source }: Query, method: string, grouped = picked !== null) {
    this.model = named;
    this.filters = filters;
    this.grouped = grouped;
    this.held = source?.isOfValues ? source.columns : null;
    this.annotations = annotations;
    this.method = method;
  }

  /** Reads `{ name__iexact: "x", … }` and gives its key; the conditions are added to `items`. */
  readWhere(where: unknown, items: Predicate[]): string {
    this.#checkWhere(where);
    let key = "";
    for (const name of Object.keys(where as object)) {
      key += this.#readLookup(name, (where as Record<string, unknown>)[name], items);
    }
    return key;
  }

  /** Reads an expression that stands as a condition. */
  readArgument(expression: Expression, items: Predicate[]): string {
    const condition = QExpression.is(expression) ? expression : new QExpression("boolean", { subject: expression });
    const [item, key] = this.readCondition(condition);
    if (item !== null) items.push(item);
    return key;
  }

  #readLookup(name: string, value: unknown, items: Predicate[]): string {
    const annotated = this.held !== null || this.annotations.length > 0 ? this.#annotated(name) : null;
    const asked = annotated ?? { lookup: resolveLookup(this.model, name, this.method), lhs: null };
    const isPlain = typeof value !== "object" && asked.lookup.operand !== OPEN;
    return isPlain ? this.readValue(asked, value, items) : this.#readAsked(asked, value, items);
  }

  /** A lookup with its value; the condition is added to `items`. */
  #readAsked(asked: Asked, given: unknown, items: Predicate[]): string {
    const { lookup, lhs } = asked;
    if (lookup.oneOf?.field.kind === "oneOf" && given !== null) return this.#readOneOf(lookup, given, items);
    if (lookup.byKey !== undefined && holdsExpression(given)) return this.#readLookup(lookup.byKey, given, items);
    const value = lookup.operand === OPEN ? asExpressions(lookup, given) : given;
    if (typeof value === "object" && value !== null) {
      const query = Array.isArray(value) ? null : this.#subquery(lookup, value);
      if (query !== null) return this.#readMembership(lookup, lhs, withRowKeys(query, lookup), items);
      if (holdsExpression(value)) return this.#readComparison(asked, value, items);
    }
    return this.readValue(asked, value, items);
  }

  /** A relation with columns for each of several models: that of the kind that is given decides which is compared. */
  #readOneOf({ lookup, oneOf, key }: ResolvedLookup, given: unknown, items: Predicate[]): string {
    const { field, path } = oneOf as NonNullable<ResolvedLookup["oneOf"]>;
    let read: readonly (readonly [string, unknown])[];
    try {
      read = lookupsByKind(field, lookup.name, given);
    } catch (error) {
      throw this.#told(error, key);
    }
    const any: Predicate[] = [];
    const keys = read.map(([behind, value]) => this.#readLookup(`${path}__${behind}`, value, any));
    items.push(any.length === 1 ? (any[0] as Predicate) : { kind: "or", items: any });
    return `${path}?(${keys.join("")})`;
  }

  readValue({ lookup, lhs }: Asked, value: unknown, items: Predicate[]): string {
    const slot = lookup.steps === null ? this.slots.length : this.takeSteps(lookup);
    const first = this.slots.length;
    const form = this.#prepare(lookup, value);
    const listLength = form === "l" ? roundedLength(this.slots[first] as unknown[]) : 0;
    // Where nothing is bound, nothing of the value decides on the SQL.
    const json = this.slots.length === first ? undefined : lookup.lookup.shapeOf?.(value);
    items.push({ kind: "condition", lookup, lhs, rhs: null, form, json, slot, listLength, query: null });
    if (form === "v" && json === undefined) return lookup.keyOfValue;
    return `${lookup.shape}:${form}${listLength || ""}${json === undefined ? "" : spellShape(json)},`;
  }

  /** Steps into JSON stand in a slot before the value; gives the place of a condition's first slot. */
  takeSteps({ steps }: ResolvedLookup): number {
    const slot = this.slots.length;
    if (steps !== null) this.slots.push(steps);
    return slot;
  }

  /** `in` with a queryset. Nothing is in none(): it is not written, so its values have no place. */
  #readMembership(lookup: ResolvedLookup, lhs: PlacedTerm | null, query: Query, items: Predicate[]): string {
    const { slot, query: held } = query.none
      ? { slot: this.slots.length, query: null }
      : this.#taken(query, lookup.key);
    const form = held === null ? "never" : "query";
    items.push({ kind: "condition", lookup, lhs, rhs: null, form, slot, listLength: 0, query: held });
    return `${lookup.shape}:${held === null ? form : `(${shapeKey(held)})`},`;
  }

  #taken(query: Query, key: string): Taken {
    try {
      return this.takeQuery(query);
    } catch (error) {
      throw this.#told(error, key);
    }
  }

  /** A lookup of an annotation: `n__gt`. The model's own names come first. */
  #annotated(name: string): { readonly lookup: ResolvedLookup; readonly lhs: PlacedTerm } | null {
    const [head = "", ...rest] = namesOf(this.model, name, this.method);
    const isOwn = this.held === null && isOwnName(this.model, head);
    const annotation = isOwn ? undefined : this.annotations.find((item) => item.name === head);
    if (annotation === undefined) return this.held === null ? null : this.#heldLookup(this.held, name);
    const { term, base } = annotation;
    return this.#lookupOf({ term, base }, rest, name, head);
  }

  #heldLookup(held: readonly HeldTerm[], name: string): { readonly lookup: ResolvedLookup; readonly lhs: PlacedTerm } {
    const found = findHeld(held, name);
    if (found === null) throw noSuchHeld(this.model, held, name, this.method);
    return this.#lookupOf({ term: found.term, base: null }, found.rest, name, found.term.name);
  }

  /** Transforms and a lookup behind a term. */
  #lookupOf(
    placed: PlacedTerm,
    names: readonly string[],
    key: string,
    head = "",
  ): { lookup: ResolvedLookup; lhs: PlacedTerm } {
    let { term } = placed;
    if (term.operand.family === "json") return this.#jsonLookupOf(placed, names, key, head);
    let index = 0;
    const transforms: Transform[] = [];
    for (; index < names.length; index += 1) {
      const transform = transformFor(term.operand.family, names[index] as string);
      if (transform === undefined) break;
      transforms.push(transform);
      term = transformTerm(transform, term);
    }
    const name = names[index] ?? "exact";
    const lookup = lookupFor(term.operand.family, name);
    if (lookup === undefined || index + 1 < names.length) throw this.#noLookup(key, name, term.operand);
    return {
      lookup: termLookup(key, lookup, term.operand, key + markOf(transforms, lookup)),
      lhs: { term, base: placed.base },
    };
  }

  /** Steps into JSON behind a term stand in this reader's slots, whatever place the term's own have. */
  #jsonLookupOf(placed: PlacedTerm, names: readonly string[], key: string, head: string) {
    const { steps, lookup, shape } = readJsonNames(names, `${this.method}({ ${key} })`);
    const { term, base } = placed;
    const { operand, nullable } = term;
    const resolved = termLookup(key, lookup, operand, head + shape);
    if (steps.length === 0) return { lookup: resolved, lhs: placed };
    const of: Term = base === null ? term : { kind: "annotation", name: head, of: placed, operand, nullable };
    return { lookup: resolved, lhs: { term: keyTerm(this, of, steps), base: null } };
  }

  #noLookup(key: string, name: string, operand: Operand): FieldError {
    const { lookups, transforms } = namesFor(operand.family);
    return new FieldError(
      `${this.model.name}: there is no lookup or transform "${name}" in ${this.method}({ ${key} }).` +
        `${didYouMean(name, [...lookups, ...transforms])} Lookups: ${lookups.join(", ")}.`,
    );
  }

  #readComparison(asked: Asked, value: unknown, items: Predicate[]): string {
    try {
      const read = asked.lookup.operand.parts === undefined ? readComparison : readTupleComparison;
      const [predicate, key] = read(this, asked, value);
      items.push(predicate);
      return key;
    } catch (error) {
      throw this.#told(error, asked.lookup.key);
    }
  }

  #checkWhere(where: unknown): void {
    if (where !== null && typeof where === "object" && !Array.isArray(where) && metaOfRow(where) === null) {
      const prototype: unknown = Object.getPrototypeOf(where);
      if (prototype === Object.prototype || prototype === null) return;
    }
    throw new FieldError(
      `${this.model.name}: ${this.method}(…) takes an object of lookups such as { pk: 1 } and Q expressions, ` +
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
    return new FieldError(`${this.model.name}: ${this.method}({ ${key} }): ${error.message}`, { cause: error });
  }

  /** The query of a queryset that a lookup is given, as it is or in `Subquery(…)`. */
  #subquery(lookup: ResolvedLookup, value: object): Query | null {
    const isSaid = Expression.is(value) && value.said.kind === "subquery" && lookup.lookup.name === "in";
    const query = queryWithin(isSaid ? (value.said as { queryset: unknown }).queryset : value);
    if (query === null) return null;
    const problem = subqueryProblem(lookup, query);
    if (problem !== null) {
      throw new FieldError(`${this.model.name}: ${this.method}({ ${lookup.key} }): ${problem}`);
    }
    return query;
  }

  takeQuery(query: Query): Taken {
    const slot = this.slots.length;
    for (const value of query.values) this.slots.push(value);
    this.needs.push(...query.needs);
    if (isSliced(query)) this.slots.push(query.limit, query.offset);
    // What it names of the query around may be this one's; what lies beyond is for that one's surroundings to know.
    for (const term of query.outer) if (term.levels > 1) this.outer.push({ ...term, levels: term.levels - 1 });
    return { slot, query: query.outer.length === 0 ? query : placed(query, this) };
  }

  /** Reads a condition; an empty one asks nothing and gives null. */
  readCondition(condition: QExpression): [Predicate | null, string] {
    return deeper(this, () => this.#readConnected(condition));
  }

  #readConnected(condition: QExpression): [Predicate | null, string] {
    switch (condition.connector) {
      case "where": {
        const items: Predicate[] = [];
        const key = this.readWhere(condition.where, items);
        return [allOf(items), `(${key})`];
      }
      case "compare":
        return this.#readCompared(condition);
      case "exists":
        return this.#readExists(condition);
      case "boolean":
        return this.#readBoolean(condition.subject as Expression);
      default:
        return this.#readCombined(condition.connector, condition.items);
    }
  }

  #readCombined(connector: "and" | "or" | "xor" | "not", held: readonly QExpression[]): [Predicate | null, string] {
    const items: Predicate[] = [];
    let key = "";
    for (const item of held) {
      const [predicate, part] = this.readCondition(item);
      if (predicate !== null) items.push(predicate);
      key += part;
    }
    return [join(connector, items), `${connector}(${key})`];
  }

  /** `F("a").gt(3)`, `F("a").eq(F("b"))`. */
  #readCompared({ compared }: QExpression): [Predicate, string] {
    if (compared === null) throw new Error("A comparison compares something.");
    const { said } = compared.left;
    if (said.kind === "path") {
      // The same as the lookup of that path, and read as one: it may lead to many rows.
      const items: Predicate[] = [];
      const key = this.#readLookup(`${said.path}__${compared.lookup}`, compared.right, items);
      return [items[0] as Predicate, `(${key})`];
    }
    try {
      const [term, termKey] = readTerm(this, compared.left);
      const { lookup, lhs } = this.#lookupOf({ term, base: null }, [compared.lookup], compared.lookup);
      const items: Predicate[] = [];
      const key = this.#readAsked({ lookup, lhs }, compared.right, items);
      return [items[0] as Predicate, `(${termKey}${key})`];
    } catch (error) {
      throw toldAs(error, this.model, `${this.method}(…)`);
    }
  }

  #readExists({ subject }: QExpression): [Predicate, string] {
    try {
      const query = queryIn(subject, "Exists");
      if (query.none) return [{ kind: "or", items: [] }, "exists()"];
      return [{ kind: "exists", ...this.takeQuery(query) }, `exists(${shapeKey(query)})`];
    } catch (error) {
      throw toldAs(error, this.model, `${this.method}(…)`);
    }
  }

  #readBoolean(subject: Expression): [Predicate, string] {
    try {
      const [term, key] = readTerm(this, subject);
      checkTruth(term);
      return [{ kind: "truth", term }, `(${key})`];
    } catch (error) {
      throw toldAs(error, this.model, `${this.method}(…)`);
    }
  }
}

function join(connector: "and" | "or" | "xor" | "not", items: readonly Predicate[]): Predicate | null {
  const [first] = items;
  if (first === undefined) return null;
  if (connector === "not") return { kind: "not", item: first };
  return items.length === 1 ? first : { kind: connector, items };
}

function subqueryProblem(lookup: ResolvedLookup, query: Query): string | null {
  if (lookup.operand.family === "json") return "JSON is not compared with a queryset's rows. Give a list of values.";
  if (lookup.lookup.name !== "in") return "a queryset can only be the value of the lookup `in`.";
  if (query.picked !== null) {
    const wanted = lookup.operand.parts?.length ?? 1;
    if (query.picked.items.length === wanted) return null;
    return wanted === 1
      ? 'a queryset for `in` has one value a row: name one, as in .values("name").'
      : `a queryset for this \`in\` has ${wanted} values a row, as the key has: name them in .values(…), or give rows.`;
  }
  if (lookup.rowsOf === null) return "a queryset of rows can only be compared with a relation or a primary key.";
  if (lookup.rowsOf.table !== query.model.table || lookup.rowsOf.schema !== query.model.schema) {
    return `expected a queryset of ${lookup.rowsOf.name}, got one of ${query.model.name}.`;
  }
  return null;
}
