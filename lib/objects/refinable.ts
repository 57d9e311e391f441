import { type FetchMode, fetchModes } from "../databases/options.js";
import { FieldError } from "../errors/index.js";
import type { DatabaseCore } from "../execute/index.js";
import { metaOf } from "../models/index.js";
import {
  QUERY,
  type Query,
  rowsOf,
  withAnnotations,
  withComment,
  withCombined,
  withCte,
  withDefer,
  withDistinct,
  withDistinctOn,
  withFilter,
  withJoin,
  withLimit,
  withLineage,
  withLock,
  withNone,
  withOnly,
  withOrder,
  withPicked,
  withRecursion,
  withRelated,
  withReverse,
  withSet,
  withSlice,
  withTimeZone,
} from "../query/index.js";
import { printable } from "../util/printable.js";
import { builtCondition } from "./build-condition.js";
import { addBalanced, addPrefetches, ALONG, type Along, NOTHING_ALONG, USING } from "./prefetch-tree.js";
import { withMoments, withSearch } from "./query-shortcuts.js";
import type { RelatedOwner } from "./related-owner.js";
import { checkDatabase, databaseOf } from "./routing.js";

/** Values that rows made through a queryset start with: the foreign key of a related manager. */
export type Given = Readonly<Record<string, unknown>>;

// Symbols, since classes of one's own extend this one, and any name may be theirs.
export const DATABASE: unique symbol = Symbol("dunder.database");
export const GIVEN_VALUES: unique symbol = Symbol("dunder.given");
export const REFINED: unique symbol = Symbol("dunder.refined");
export const OWNER: unique symbol = Symbol("dunder.owner");
export const OWNED: unique symbol = Symbol("dunder.owned");

/**
 * The half of a queryset that describes: each method reads what it was given and gives another queryset, with the query
 * refined. Nothing here runs.
 */
export class Refinable {
  readonly #model: unknown;
  #query: Query | null = null;
  #using: DatabaseCore | null = null;
  #given: Given | null = null;
  // Read for every query: a property costs nothing, where a getter is a call.
  /** What is to be fetched along. */
  [ALONG]: Along | null = null;
  /** The row whose related rows these are; null for a queryset of any others, and for one that was narrowed further. */
  [OWNER]: RelatedOwner | null = null;

  constructor(model: unknown) {
    this.#model = model;
  }

  get [QUERY](): Query {
    return (this.#query ??= this[OWNER] === null ? rowsOf(metaOf(this.#model)) : this[OWNER].query);
  }

  get [DATABASE](): DatabaseCore {
    return this.#using ?? databaseOf(this[QUERY].model);
  }

  get [USING](): DatabaseCore | null {
    return this.#using;
  }

  get [GIVEN_VALUES](): Given | null {
    return this[OWNER] === null ? this.#given : this[OWNER].given;
  }

  /** The same queryset with another query, and where it is given another database or other values. */
  [REFINED](query: Query, using = this.#using, along = this[ALONG]): this {
    const next = new (this.constructor as new (model: unknown) => this)(this.#model);
    next.#using = using;
    next[ALONG] = along;
    next.#query = query;
    next.#given = this[OWNER] === null ? this.#given : this[OWNER].given;
    return next;
  }

  /** A queryset, of a class that extends this one's, for the rows that belong to one row. */
  [OWNED](owner: RelatedOwner, database: DatabaseCore, Class: new (model: unknown) => this): this {
    const next = new Class(this.#model);
    next.#using = database;
    next[ALONG] = this[ALONG];
    next[OWNER] = owner;
    return next;
  }

  filter(...where: unknown[]): this {
    return where.length === 0 ? this : this[REFINED](withFilter(this[QUERY], where, "filter"));
  }

  exclude(...where: unknown[]): this {
    return where.length === 0 ? this : this[REFINED](withFilter(this[QUERY], where, "exclude", true));
  }

  where(build: unknown): this {
    const { model } = this[QUERY];
    return this[REFINED](withFilter(this[QUERY], [builtCondition(model.name, build)], "where"));
  }

  or(other: unknown): this {
    return this[REFINED](withCombined(this[QUERY], other, "or"));
  }

  and(other: unknown): this {
    return this[REFINED](withCombined(this[QUERY], other, "and"));
  }

  orderBy(...paths: unknown[]): this {
    return this[REFINED](withOrder(this[QUERY], paths));
  }

  reverse(): this {
    return this[REFINED](withReverse(this[QUERY]));
  }

  distinct(...on: unknown[]): this {
    return this[REFINED](on.length === 0 ? withDistinct(this[QUERY]) : withDistinctOn(this[QUERY], on));
  }

  limit(rows: number): this {
    return this[REFINED](withLimit(this[QUERY], rows));
  }

  offset(rows: number): this {
    return this[REFINED](withSlice(this[QUERY], rows, null, "offset"));
  }

  slice(from: number, to?: number): this {
    return this[REFINED](withSlice(this[QUERY], from, to ?? null, "slice"));
  }

  selectRelated(...paths: unknown[]): this {
    return this[REFINED](withRelated(this[QUERY], paths));
  }

  prefetchRelated(...paths: unknown[]): this {
    const query = this[QUERY];
    refusePicked(query, "prefetchRelated");
    const tree = addPrefetches(query.model, this[ALONG]?.tree ?? NOTHING_ALONG, paths, "prefetchRelated");
    return this[REFINED](query, this.#using, { mode: null, ...this[ALONG], tree });
  }

  fetchRelated(...paths: unknown[]): this {
    const query = this[QUERY];
    refusePicked(query, "fetchRelated");
    const { tree, joined } = addBalanced(query.model, this[ALONG]?.tree ?? NOTHING_ALONG, paths, "fetchRelated");
    const whole = joined.length === 0 ? query : withRelated(query, joined);
    return this[REFINED](whole, this.#using, { mode: null, ...this[ALONG], tree });
  }

  fetchMode(mode: unknown): this {
    const query = this[QUERY];
    refusePicked(query, "fetchMode");
    return this[REFINED](query, this.#using, {
      tree: NOTHING_ALONG,
      ...this[ALONG],
      mode: checkMode(query.model.name, mode),
    });
  }

  annotate(values: unknown): this {
    return this[REFINED](withAnnotations(this[QUERY], values, "annotate"));
  }

  alias(values: unknown): this {
    return this[REFINED](withAnnotations(this[QUERY], values, "alias"));
  }

  join(handle: unknown, on: unknown, options?: unknown): this {
    return this[REFINED](withJoin(this[QUERY], handle, on, options));
  }

  values(...names: unknown[]): this {
    return this[REFINED](withPicked(this[QUERY], "objects", names, "values"));
  }

  valuesList(...names: unknown[]): this {
    const last = names.at(-1);
    const hasOptions = last !== null && typeof last === "object" && Object.keys(last).join() === "flat";
    const flat = hasOptions && (last as { flat: unknown }).flat === true;
    return this[REFINED](
      withPicked(this[QUERY], flat ? "flat" : "lists", hasOptions ? names.slice(0, -1) : names, "valuesList"),
    );
  }

  dates(...args: unknown[]): this {
    return this[REFINED](withMoments(this[QUERY], "dates", args));
  }

  datetimes(...args: unknown[]): this {
    return this[REFINED](withMoments(this[QUERY], "datetimes", args));
  }

  only(...names: unknown[]): this {
    return this[REFINED](withOnly(this[QUERY], names));
  }

  defer(...names: unknown[]): this {
    return this[REFINED](withDefer(this[QUERY], names));
  }

  union(...others: unknown[]): this {
    return this[REFINED](withSet(this[QUERY], others, "union"));
  }

  intersection(...others: unknown[]): this {
    return this[REFINED](withSet(this[QUERY], others, "intersection"));
  }

  difference(...others: unknown[]): this {
    return this[REFINED](withSet(this[QUERY], others, "difference"));
  }

  asCte(name: unknown, options?: unknown): this {
    return this[REFINED](withCte(this[QUERY], name, options));
  }

  recursive(relation: unknown, options?: unknown): this {
    return this[REFINED](withRecursion(this[QUERY], relation, options));
  }

  ancestorsOf(...given: unknown[]): this {
    return this[REFINED](withLineage(this[QUERY], "ancestorsOf", given));
  }

  descendantsOf(...given: unknown[]): this {
    return this[REFINED](withLineage(this[QUERY], "descendantsOf", given));
  }

  search(term: unknown, ...fields: unknown[]): this {
    return this[REFINED](withSearch(this[QUERY], term, fields));
  }

  comment(text: unknown): this {
    return this[REFINED](withComment(this[QUERY], text));
  }

  selectForUpdate(options?: unknown): this {
    return this[REFINED](withLock(this[QUERY], options));
  }

  using(database: unknown): this {
    return this[REFINED](this[QUERY], checkDatabase(database, `${this[QUERY].model.name}: using(db)`));
  }

  inTimeZone(name: unknown): this {
    return this[REFINED](withTimeZone(this[QUERY], name));
  }

  none(): this {
    return this[REFINED](withNone(this[QUERY]));
  }
}

function refusePicked({ model, picked }: Query, method: string): void {
  if (picked === null) return;
  throw new FieldError(`${model.name}: ${method}(…) is about rows, and cannot follow values(…), which gives none.`);
}

function checkMode(model: string, mode: unknown): FetchMode {
  if ((fetchModes as readonly unknown[]).includes(mode)) return mode as FetchMode;
  const modes = fetchModes.map((name) => `"${name}"`).join(", ");
  throw new FieldError(`${model}: fetchMode(…) takes one of ${modes}, got ${printable(mode)}.`);
}
