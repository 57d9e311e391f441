import { type FetchMode, fetchModes } from "../../databases/options.js";
import { FieldError } from "../../errors/index.js";
import { type DatabaseCore, inSchemaOf } from "../../execute/index.js";
import { isEarly, metaOf, metaOnceDeclared } from "../../models/index.js";
import {
  QUERY,
  type Query,
  rowsOf,
  TOLD,
  type ToldDatabase,
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
  withSchema,
  withTimeZone,
} from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { withBuilt } from "../builders/build-condition.js";
import { declaredLater, described, type Later, settle } from "./declared-later.js";
import { addBalanced, addPrefetches, ALONG, type Along, NOTHING_ALONG, USING } from "../reading/prefetch-tree.js";
import { withMoments, withSearch } from "./query-shortcuts.js";
import type { RelatedOwner } from "../relations/related-owner.js";
import { checkNamed, databaseFor, type Named, type Operation, toldDatabase } from "../rows/named-database.js";
import { databaseOf } from "../rows/routing.js";

/** Values that rows made through a queryset start with: the foreign key of a related manager. */
export type Given = Readonly<Record<string, unknown>>;

// Symbols, since classes of one's own extend this one, and any name may be theirs.
export const DATABASE: unique symbol = Symbol("dunder.database");
export const CHANGED_IN: unique symbol = Symbol("dunder.changed-in");
export const WRITTEN_TO: unique symbol = Symbol("dunder.written-to");
export const GIVEN_VALUES: unique symbol = Symbol("dunder.given");
export const REFINED: unique symbol = Symbol("dunder.refined");
export const OWNER: unique symbol = Symbol("dunder.owner");
export const NAME: unique symbol = Symbol("dunder.name");
export const OWNED: unique symbol = Symbol("dunder.owned");
export const AGAIN: unique symbol = Symbol("dunder.again");

type Step<A, B, C> = (query: Query, a: A, b: B, c: C) => Query;

/**
 * The half of a queryset that describes: each method reads what it was given and gives another queryset, with the query
 * refined. Nothing here runs.
 */
export class Refinable {
  readonly #model: unknown;
  #query: Query | null = null;
  #using: Named | null = null;
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
    return (this.#query ??= this[OWNER] === null ? this.#started() : this[OWNER].query);
  }

  /** What the model is called, which may not be wholly declared yet. */
  get [NAME](): string {
    return String((this.#model as { readonly name?: unknown } | null | undefined)?.name);
  }

  /** The query that this starts with: that of all rows, unless it was described before it could be made. */
  #started(): Query {
    const later = declaredLater.get(this);
    if (later === undefined) return rowsOf(metaOf(this.#model));
    const made = settle(later) as this;
    this.#using = made.#using;
    this[ALONG] = made[ALONG];
    return made[QUERY];
  }

  /** The same, where the model is wholly declared; else it throws what `isEarly` tells. */
  get #declared(): Query {
    if (this.#query === null && this[OWNER] === null) metaOnceDeclared(this.#model);
    return this[QUERY];
  }

  /** The database that rows are read from. Those that are to be locked are to be written. */
  get [DATABASE](): DatabaseCore {
    // Which may come to know of a database, where this was described early.
    const { lock } = this[QUERY];
    return this.#chosen(lock === null ? "read" : "write");
  }

  /** The database that rows are written to, without asking a unit of work that they may be part of. */
  get [WRITTEN_TO](): DatabaseCore {
    const database = this.#chosen("write");
    if (database.unit !== null) throw database.unit.refusal(this[NAME]);
    return database;
  }

  /** The database that rows are written to: a unit of work that they are part of is to be asked. */
  get [CHANGED_IN](): DatabaseCore {
    return this.#chosen("write");
  }

  #chosen(operation: Operation): DatabaseCore {
    const { model, schema } = this[QUERY];
    const database =
      this.#using === null
        ? databaseOf(model, operation)
        : databaseFor(this.#using, operation, `${model.name}: using(…)`);
    return schema === null ? database : inSchemaOf(database, schema);
  }

  /** The database that it was told, or told a schema of. */
  get [USING](): DatabaseCore | null {
    return this.#using === null && this[QUERY].schema === null ? null : this[DATABASE];
  }

  /** What a query around has to be asked of. */
  get [TOLD](): ToldDatabase | null {
    return this.#using === null ? null : toldDatabase(this.#using, this[NAME]);
  }

  get [GIVEN_VALUES](): Given | null {
    return this[OWNER] === null ? this.#given : this[OWNER].given;
  }

  /** The same queryset with another query, and where it is given another database or other values. */
  [REFINED](query: Query | null, using = this.#using, along = this[ALONG]): this {
    const next = new (this.constructor as new (model: unknown) => this)(this.#model);
    next.#using = using;
    next[ALONG] = along;
    next.#query = query;
    next.#given = this[OWNER] === null ? this.#given : this[OWNER].given;
    return next;
  }

  /** The same queryset over again, be it described or to be described. */
  [AGAIN](): this {
    const next = this[REFINED](this[OWNER] === null ? this.#query : this[QUERY]);
    const later = declaredLater.get(this);
    if (later !== undefined) declaredLater.set(next, later);
    return next;
  }

  /** The same queryset with its query refined: now, or when the classes that its model reaches are declared. */
  #refine<A, B, C>(step: Step<A, B, C>, a?: A, b?: B, c?: C): this {
    try {
      return this[REFINED](step(this.#query ?? this.#declared, a as A, b as B, c as C));
    } catch (error) {
      if (!isEarly(error)) throw error;
      return this.#later(() => this[REFINED](step(this[QUERY], a as A, b as B, c as C)));
    }
  }

  /** The same for what is more than a query. */
  #refineBy(make: (query: Query) => this): this {
    try {
      return make(this.#query ?? this.#declared);
    } catch (error) {
      if (!isEarly(error)) throw error;
      return this.#later(() => make(this[QUERY]));
    }
  }

  #later(make: Later["make"]): this {
    const next = this[REFINED](null, null, null);
    declaredLater.set(next, { make, described: described() });
    return next;
  }

  /** A queryset, of a class that extends this one's, for the rows that belong to one row. */
  [OWNED](owner: RelatedOwner, database: Named, Class: new (model: unknown) => this): this {
    const next = new Class(this.#model);
    next.#using = database;
    // Worked out first, where it was described early: what is fetched along is a part of that.
    void this[QUERY];
    next[ALONG] = this[ALONG];
    next[OWNER] = owner;
    return next;
  }

  filter(...where: unknown[]): this {
    return where.length === 0 ? this : this.#refine(withFilter, where, "filter");
  }

  exclude(...where: unknown[]): this {
    return where.length === 0 ? this : this.#refine(withFilter, where, "exclude", true);
  }

  where(build: unknown): this {
    return this.#refine(withBuilt, build);
  }

  or(other: unknown): this {
    return this.#refine(withCombined, other, "or");
  }

  and(other: unknown): this {
    return this.#refine(withCombined, other, "and");
  }

  orderBy(...paths: unknown[]): this {
    return this.#refine(withOrder, paths);
  }

  reverse(): this {
    return this.#refine(withReverse);
  }

  distinct(...on: unknown[]): this {
    return on.length === 0 ? this.#refine(withDistinct) : this.#refine(withDistinctOn, on);
  }

  limit(rows: number): this {
    return this.#refine(withLimit, rows);
  }

  offset(rows: number): this {
    return this.#refine(withSlice, rows, null, "offset");
  }

  slice(from: number, to?: number): this {
    return this.#refine(withSlice, from, to ?? null, "slice");
  }

  selectRelated(...paths: unknown[]): this {
    return this.#refine(withRelated, paths);
  }

  prefetchRelated(...paths: unknown[]): this {
    return this.#refineBy((query) => {
      refusePicked(query, "prefetchRelated");
      const tree = addPrefetches(query.model, this[ALONG]?.tree ?? NOTHING_ALONG, paths, "prefetchRelated");
      return this[REFINED](query, this.#using, { mode: null, ...this[ALONG], tree });
    });
  }

  fetchRelated(...paths: unknown[]): this {
    return this.#refineBy((query) => {
      refusePicked(query, "fetchRelated");
      const { tree, joined } = addBalanced(query.model, this[ALONG]?.tree ?? NOTHING_ALONG, paths, "fetchRelated");
      const whole = joined.length === 0 ? query : withRelated(query, joined);
      return this[REFINED](whole, this.#using, { mode: null, ...this[ALONG], tree });
    });
  }

  fetchMode(mode: unknown): this {
    return this.#refineBy((query) => {
      refusePicked(query, "fetchMode");
      const checked = checkMode(query.model.name, mode);
      return this[REFINED](query, this.#using, { tree: NOTHING_ALONG, ...this[ALONG], mode: checked });
    });
  }

  annotate(values: unknown): this {
    return this.#refine(withAnnotations, values, "annotate");
  }

  alias(values: unknown): this {
    return this.#refine(withAnnotations, values, "alias");
  }

  join(handle: unknown, on: unknown, options?: unknown): this {
    return this.#refine(withJoin, handle, on, options);
  }

  values(...names: unknown[]): this {
    return this.#refine(withPicked, "objects", names, "values");
  }

  valuesList(...names: unknown[]): this {
    const last = names.at(-1);
    const hasOptions = last !== null && typeof last === "object" && Object.keys(last).join() === "flat";
    const flat = hasOptions && (last as { flat: unknown }).flat === true;
    return this.#refine(withPicked, flat ? "flat" : "lists", hasOptions ? names.slice(0, -1) : names, "valuesList");
  }

  dates(...args: unknown[]): this {
    return this.#refine(withMoments, "dates", args);
  }

  datetimes(...args: unknown[]): this {
    return this.#refine(withMoments, "datetimes", args);
  }

  only(...names: unknown[]): this {
    return this.#refine(withOnly, names);
  }

  defer(...names: unknown[]): this {
    return this.#refine(withDefer, names);
  }

  union(...others: unknown[]): this {
    return this.#refine(withSet, others, "union");
  }

  intersection(...others: unknown[]): this {
    return this.#refine(withSet, others, "intersection");
  }

  difference(...others: unknown[]): this {
    return this.#refine(withSet, others, "difference");
  }

  asCte(name: unknown, options?: unknown): this {
    return this.#refine(withCte, name, options);
  }

  recursive(relation: unknown, options?: unknown): this {
    return this.#refine(withRecursion, relation, options);
  }

  ancestorsOf(...given: unknown[]): this {
    return this.#refine(withLineage, "ancestorsOf", given);
  }

  descendantsOf(...given: unknown[]): this {
    return this.#refine(withLineage, "descendantsOf", given);
  }

  search(term: unknown, ...fields: unknown[]): this {
    return this.#refine(withSearch, term, fields);
  }

  comment(text: unknown): this {
    return this.#refine(withComment, text);
  }

  selectForUpdate(options?: unknown): this {
    return this.#refine(withLock, options);
  }

  using(database: unknown): this {
    return this.#refineBy((query) => {
      return this[REFINED](query, checkNamed(database, `${query.model.name}: using(db)`));
    });
  }

  withSchema(name: unknown): this {
    return this.#refine(withSchema, name);
  }

  inTimeZone(name: unknown): this {
    return this.#refine(withTimeZone, name);
  }

  none(): this {
    return this.#refine(withNone);
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
