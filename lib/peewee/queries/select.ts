import { inspect } from "node:util";
import { FieldError } from "../../errors/index.js";
import type { ModelMeta } from "../../models/index.js";
import { ModelAlias, QUERY, type Query, readTotals, TOLD, type ToldDatabase } from "../../query/index.js";
import { compiledTotals } from "../../objects/reading/compiled.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { DATABASE } from "../../objects/querysets/refinable.js";
import { errorsOf } from "../../objects/rows/errors-of.js";
import type { CompiledSql } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { flag, readOptions } from "../options.js";
import { checkRelation } from "./join-path.js";
import { filteredRows, querysetOf } from "./build-select.js";
import { either } from "./conditions.js";
import { allRows, checkItems, columnsIn, expressionsIn, isOfTotals, namesIn, type SelectParts } from "./parts.js";

/** A SELECT, described in peewee's words; documented where it is typed. Each method gives another one. */
export class SelectQuery {
  readonly #parts: SelectParts;
  #built: QuerySetBase | null = null;

  constructor(parts: SelectParts) {
    this.#parts = parts;
  }

  static of(base: QuerySetBase, items: readonly unknown[]): SelectQuery {
    checkItems(`${base[QUERY].model.name}.select`, items);
    return new SelectQuery({ ...allRows(base, items), shape: shapeOf(items) });
  }

  /** The same with other parts. */
  #with(changed: Partial<SelectParts>): SelectQuery {
    return new SelectQuery({ ...this.#parts, ...changed });
  }

  #then(step: (queryset: QuerySetBase) => QuerySetBase): SelectQuery {
    return this.#with({ ends: [...this.#parts.ends, step] });
  }

  get #meta(): ModelMeta {
    return this.#parts.base[QUERY].model;
  }

  // What a lookup, a subquery and other querysets take one by.
  get [QUERY](): Query {
    return this.queryset()[QUERY];
  }

  get [TOLD](): ToldDatabase | null {
    return this.queryset()[TOLD];
  }

  queryset(): QuerySetBase {
    return (this.#built ??= querysetOf(this.#parts));
  }

  /** The same rows as values: what an insert can be made of. */
  values(): QuerySetBase {
    return (this.#parts.isCombined ? this : this.#with({ shape: "dicts" })).queryset();
  }

  select(...items: unknown[]): SelectQuery {
    this.#refuseCombined("select");
    checkItems(`${this.#meta.name}.select`, items);
    return this.#with({ items, shape: shapeOf(items) });
  }

  selectExtend(...items: unknown[]): SelectQuery {
    this.#refuseCombined("selectExtend");
    checkItems(`${this.#meta.name}.selectExtend`, items);
    return this.#with({ items: [...this.#parts.items, ...items] });
  }

  where(...conditions: unknown[]): SelectQuery {
    this.#refuseCombined("where");
    return this.#with({ where: [...this.#parts.where, ...conditions] });
  }

  orwhere(...conditions: unknown[]): SelectQuery {
    this.#refuseCombined("orwhere");
    const { where } = this.#parts;
    if (conditions.length === 0) return this;
    return this.#with({ where: where.length === 0 ? conditions : [either(where, conditions)] });
  }

  join(given: unknown, on?: unknown, options?: unknown): SelectQuery {
    this.#refuseCombined("join");
    if (given instanceof ModelAlias) return this.#joining((queryset) => queryset.join(given, on, options));
    return this.#relationJoin(given, on);
  }

  #joining(step: (queryset: QuerySetBase) => QuerySetBase, loads: readonly string[] = []): SelectQuery {
    const { joins, loads: before } = this.#parts;
    return this.#with({ joins: [...joins, step], loads: [...before, ...loads] });
  }

  #relationJoin(path: unknown, options: unknown): SelectQuery {
    const where = `${this.#meta.name}.select(…).join`;
    if (typeof path !== "string") {
      throw new FieldError(`${where}(…) takes the name of a relation or Model.alias(name), got ${printable(path)}.`);
    }
    const { left, load } = readOptions(where, options, ["left", "load"]);
    checkRelation(where, this.#meta, path);
    const isInner = !flag(where, "left", left);
    const loads = flag(where, "load", load);
    const kept = (queryset: QuerySetBase): QuerySetBase =>
      isInner ? queryset.filter({ [`${path}__isnull`]: false }) : queryset;
    return loads ? this.#joining((queryset) => kept(queryset).selectRelated(path), [path]) : this.#joining(kept);
  }

  groupBy(...groups: unknown[]): SelectQuery {
    this.#refuseCombined("groupBy");
    checkItems(`${this.#meta.name}.select(…).groupBy`, groups);
    if (groups.length === 0) {
      throw new FieldError(
        `${this.#meta.name}: groupBy(…) takes what rows are grouped by. For all of them together select aggregates alone.`,
      );
    }
    return this.#with({ groups, shape: "dicts" });
  }

  having(...conditions: unknown[]): SelectQuery {
    this.#refuseCombined("having");
    return this.#with({ having: [...this.#parts.having, ...conditions] });
  }

  orderBy(...order: unknown[]): SelectQuery {
    return this.#with({ order });
  }

  orderByExtend(...order: unknown[]): SelectQuery {
    return this.#with({ order: [...(this.#parts.order ?? []), ...order] });
  }

  limit(rows: number): SelectQuery {
    return this.#with({ limit: rows });
  }

  offset(rows: number): SelectQuery {
    return this.#with({ offset: rows });
  }

  paginate(page: number, size = 20): SelectQuery {
    const isNumber = Number.isSafeInteger(page) && Number.isSafeInteger(size) && size > 0;
    if (!isNumber) {
      throw new FieldError(
        `${this.#meta.name}: paginate(page, size) takes whole numbers, got ${printable(page)} and ${printable(size)}.`,
      );
    }
    return this.#with({ limit: size, offset: Math.max(page - 1, 0) * size });
  }

  distinct(...on: unknown[]): SelectQuery {
    return this.#then((queryset) => queryset.distinct(...on));
  }

  forUpdate(options?: unknown): SelectQuery {
    return this.#then((queryset) => queryset.selectForUpdate(options));
  }

  using(database: unknown): SelectQuery {
    return this.#with({ base: this.#parts.base.using(database) });
  }

  union(...others: unknown[]): SelectQuery {
    return this.#combined("union", others);
  }

  unionAll(...others: unknown[]): SelectQuery {
    return this.#combined("union", [...others, { all: true }]);
  }

  intersect(...others: unknown[]): SelectQuery {
    return this.#combined("intersection", others);
  }

  except(...others: unknown[]): SelectQuery {
    return this.#combined("difference", others);
  }

  #combined(method: "union" | "intersection" | "difference", others: readonly unknown[]): SelectQuery {
    const given = others.map((other) => (other instanceof SelectQuery ? other.queryset() : other));
    const base = this.queryset()[method](...given);
    const { shape } = this.#parts;
    return new SelectQuery({ ...allRows(base, []), shape, isCombined: true });
  }

  dicts(): SelectQuery {
    this.#refuseCombined("dicts");
    return this.#with({ shape: "dicts" });
  }

  tuples(): SelectQuery {
    this.#refuseCombined("tuples");
    return this.#with({ shape: "tuples" });
  }

  objects(make?: unknown): SelectQuery {
    this.#refuseCombined("objects");
    if (make === undefined) {
      if (this.#parts.groups === null) return this.#with({ shape: "rows" });
      throw new FieldError(`${this.#meta.name}: groups of rows are no rows: objects(make) makes something of each.`);
    }
    if (typeof make !== "function") {
      throw new FieldError(`${this.#meta.name}: objects(make) takes a function of each row, got ${printable(make)}.`);
    }
    return this.#with({ shape: make as SelectParts["shape"] & ((row: never) => unknown) });
  }

  sql(): CompiledSql {
    if (!isOfTotals(this.#parts)) return this.queryset().sql();
    const rows = filteredRows(this.#parts);
    return compiledTotals(rows[DATABASE], readTotals(rows[QUERY], expressionsIn(this.#parts.items)));
  }

  async execute(): Promise<unknown[]> {
    const { shape } = this.#parts;
    if (isOfTotals(this.#parts)) return [this.#shaped(await this.#totals())];
    const rows = await this.queryset().all();
    return typeof shape === "function" ? rows.map((row) => shape(row as Record<string, unknown>)) : rows;
  }

  #totals(): Promise<object> {
    return filteredRows(this.#parts).aggregate(expressionsIn(this.#parts.items));
  }

  #shaped(row: object): unknown {
    const { shape, items } = this.#parts;
    if (typeof shape === "function") return shape(row as Record<string, unknown>);
    return shape === "tuples" ? columnsIn(items).map((name) => (row as Record<string, unknown>)[name]) : row;
  }

  async *iterator(options?: { chunkSize?: number }): AsyncGenerator {
    const { shape } = this.#parts;
    if (isOfTotals(this.#parts)) {
      yield* await this.execute();
      return;
    }
    for await (const row of this.queryset().iterator(options)) {
      yield typeof shape === "function" ? shape(row as Record<string, unknown>) : row;
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.iterator();
  }

  async get(): Promise<unknown> {
    const [row] = (await this.first(1)) as unknown[];
    if (row !== undefined) return row;
    throw new (errorsOf(this.#meta).DoesNotExist)(`No ${this.#meta.name} matches the select.`);
  }

  async getOrNone(): Promise<unknown> {
    return this.first();
  }

  async first(rows?: number): Promise<unknown> {
    const found = isOfTotals(this.#parts) ? await this.execute() : await this.#atMost(rows ?? 1).execute();
    return rows === undefined ? (found[0] ?? null) : found;
  }

  /** The same, but no more rows than so many. */
  #atMost(rows: number): SelectQuery {
    const { limit } = this.#parts;
    return this.#with({ limit: typeof limit === "number" && limit < rows ? limit : rows });
  }

  async scalar(): Promise<unknown> {
    return (await this.#scalars(1))[0] ?? null;
  }

  async scalars(): Promise<unknown[]> {
    return this.#scalars();
  }

  async #scalars(rows?: number): Promise<unknown[]> {
    const flat = this.#parts.isCombined ? this : this.#with({ shape: "tuples" });
    const found = (await (
      rows === undefined || isOfTotals(this.#parts) ? flat : flat.#atMost(rows)
    ).execute()) as object[];
    return found.map((row) => (Object.values(row) as unknown[])[0]);
  }

  async count(options?: unknown): Promise<number> {
    const where = `${this.#meta.name}.select(…).count`;
    const clears = flag(where, "clearLimit", readOptions(where, options, ["clearLimit"]).clearLimit);
    if (isOfTotals(this.#parts)) return 1;
    return (clears ? this.#with({ limit: null, offset: null }) : this).queryset().count();
  }

  async exists(): Promise<boolean> {
    return this.queryset().exists();
  }

  toString(): string {
    return `a SELECT of ${this.#meta.name}, not run yet`;
  }

  [inspect.custom](): string {
    return `[${this.toString()}: await ….execute()]`;
  }

  #refuseCombined(method: string): void {
    if (!this.#parts.isCombined) return;
    throw new FieldError(`${this.#meta.name}: ${method}(…) comes before union, intersect and except.`);
  }
}

/** Expressions alone are no row. */
function shapeOf(items: readonly unknown[]): SelectParts["shape"] {
  return items.length > 0 && namesIn(items).length === 0 ? "dicts" : "rows";
}
