import { ConfigurationError } from "../../errors/index.js";
import { IndexPart, type SchemaContext } from "../../models/index.js";
import type { OwnIndex } from "../../types/model.js";
import { printable } from "../../util/printable.js";
import { onlyPostgres } from "../only-postgres.js";
import { checkFlags, checkKnown } from "../own-options.js";
import { checkedName, checkedSql, columnsOf, type IndexItem, itemSql, wholeItem } from "./index-items.js";

/** What every kind of index takes. */
export interface PostgresIndexOptions<Name extends string = string> {
  /** Unless given, made of the table's name and the fields'. An index of expressions needs one. */
  readonly name?: string;
  /** The rows that are in it, as an SQL condition, which reaches the database as written. */
  readonly where?: string;
  /** Other fields whose values stand in it, so that queries for them need not look at the table. */
  readonly include?: readonly Name[];
  /** Made without keeping writers waiting; not inside a transaction. */
  readonly concurrently?: boolean;
  /** Parameters of the kind of index: `{ fillfactor: 70 }`, `{ fastupdate: false }`. */
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly tablespace?: string;
}

/** What `btreeIndex` takes, too. */
export interface BtreeOptions<Name extends string = string> extends PostgresIndexOptions<Name> {
  readonly unique?: boolean;
  /** Of a unique one: false where NULLs are equal to each other (PostgreSQL 15). */
  readonly nullsDistinct?: boolean;
}

const COMMON = ["name", "where", "include", "concurrently", "with", "tablespace"];

type Method = "btree" | "gin" | "gist" | "spgist" | "brin" | "hash" | "bloom" | "hnsw" | "ivfflat";

interface Given {
  readonly method: Method;
  readonly items: readonly ReturnType<typeof wholeItem>[];
  readonly options: BtreeOptions;
  readonly label: string;
}

function indexOf(method: Method, label: string, own: readonly string[]) {
  return (on: unknown, options: BtreeOptions = {}): IndexPart => {
    const where = `${label}(fields)`;
    checkKnown(options, [...COMMON, ...own], where);
    checkFlags(options, ["concurrently", "unique", "nullsDistinct"], where);
    const list: readonly unknown[] = Array.isArray(on) ? on : [on];
    if (list.length === 0) throw new ConfigurationError(`${where}: an index is of one field at least.`);
    const items = list.map((item) => wholeItem(item, where));
    checkOptions(options, items, where);
    const given = { method, items, options, label };
    return new IndexPart((context) => [indexSql(given, context)]);
  };
}

function checkOptions(options: BtreeOptions, items: Given["items"], where: string): void {
  const { name, where: condition, include, with: settings } = options;
  if (name === undefined && items.some(({ field }) => field === undefined)) {
    throw new ConfigurationError(`${where}: an index of an expression needs a name: { name: "title_lower_idx" }.`);
  }
  if (condition !== undefined) checkedSql(condition, `${where}: where`);
  if (include !== undefined && !Array.isArray(include)) {
    throw new ConfigurationError(`${where}: include is a list of fields, got ${printable(include)}.`);
  }
  for (const [key, value] of Object.entries(settings ?? {})) {
    checkedName(key, `${where}: a parameter`);
    if (!/^[-\w.]+$/.test(String(value))) {
      throw new ConfigurationError(
        `${where}: the parameter "${key}" is a number, true, false or a word, got ${printable(value)}.`,
      );
    }
  }
}

function indexSql({ method, items, options, label }: Given, context: SchemaContext): string {
  onlyPostgres(context.engine, `${context.model}: ${label}(…)`);
  const { where, include = [], concurrently, with: settings = {}, tablespace, unique, nullsDistinct } = options;
  const named = items.flatMap(({ field }) => field ?? []);
  const name = options.name ?? context.name(named, unique === true ? "uniq" : "idx");
  const parameters = Object.entries(settings).map(([key, value]) => `${key} = ${value}`);
  return [
    `CREATE ${unique === true ? "UNIQUE " : ""}INDEX ${concurrently === true ? "CONCURRENTLY " : ""}${context.quote(name)}`,
    `ON ${context.table} USING ${method}`,
    `(${items.flatMap((item) => itemSql(item, context, "indexes")).join(", ")})`,
    ...(include.length === 0 ? [] : [`INCLUDE (${columnsOf(include, context, "indexes")})`]),
    ...(nullsDistinct === false ? ["NULLS NOT DISTINCT"] : []),
    ...(parameters.length === 0 ? [] : [`WITH (${parameters.join(", ")})`]),
    ...(tablespace === undefined ? [] : [`TABLESPACE ${context.quote(tablespace)}`]),
    ...(where === undefined ? [] : [`WHERE ${where}`]),
  ].join(" ");
}

// Of the entries of a list each gives the names of its own.
type NamesIn<X> = X extends readonly (infer I)[]
  ? NamesIn<I>
  : X extends `-${infer F}`
    ? F
    : X extends string
      ? X
      : FieldIn<X>;
type FieldIn<X> = X extends { readonly field: infer F extends string } ? F : never;
type MakeIndex<Options> = <const X extends IndexItem | readonly IndexItem[], const Name extends string = never>(
  on: X,
  options?: Options & { readonly include?: readonly Name[] },
) => OwnIndex<NamesIn<X> | Name>;

/**
 * An index that finds values by what they are made of: lists, JSON, texts to search in, and with the opclass
 * "gin_trgm_ops" texts by parts of them.
 *
 * @example
 * ```ts
 * class Page extends Model("page", { tags: arrayField(fields.text()), title: fields.string() }, {
 *   indexes: [ginIndex("tags"), ginIndex({ field: "title", opclass: "gin_trgm_ops" }, { name: "page_title_trgm" })],
 * }) {}
 * // CREATE INDEX "page_tags_idx" ON "page" USING gin ("tags")
 * // CREATE INDEX "page_title_trgm" ON "page" USING gin ("title" gin_trgm_ops)
 * ```
 * @throws ConfigurationError for what is no index; NotSupportedError by createTables on other engines.
 */
export const ginIndex = indexOf("gin", "ginIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** An index of ranges, of places, of texts to search in; what exclusion constraints are kept by. */
export const gistIndex = indexOf("gist", "gistIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** An index of what falls into parts that do not overlap: addresses of networks, ranges, beginnings of texts. */
export const spGistIndex = indexOf("spgist", "spGistIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** A very small index of the least and the greatest value in each part of a table that is in about that order. */
export const brinIndex = indexOf("brin", "brinIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** An index by which values are found that are equal, of one field only. */
export const hashIndex = indexOf("hash", "hashIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** An index of many fields of which any are asked for; the extension "bloom" has it. */
export const bloomIndex = indexOf("bloom", "bloomIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** An index by which the nearest places are found, nearly always; of the extension "vector". It needs an opclass. */
export const hnswIndex = indexOf("hnsw", "hnswIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/** Another one, which is quicker to make once the rows are there. */
export const ivfflatIndex = indexOf("ivfflat", "ivfflatIndex", []) as unknown as MakeIndex<PostgresIndexOptions>;
/**
 * The usual kind of index, where it is of expressions, in an order, partial, covering, or unique in its own way.
 *
 * @example
 * ```ts
 * class Page extends Model("page", { slug: fields.string(), title: fields.string(), out: fields.boolean() }, {
 *   indexes: [
 *     btreeIndex("slug", { unique: true, where: "out", include: ["title"] }),
 *     btreeIndex({ expression: "lower(title)" }, { name: "page_title_lower" }),
 *   ],
 * }) {}
 * // CREATE UNIQUE INDEX "page_slug_uniq" ON "page" USING btree ("slug") INCLUDE ("title") WHERE out
 * ```
 */
export const btreeIndex = indexOf("btree", "btreeIndex", [
  "unique",
  "nullsDistinct",
]) as unknown as MakeIndex<BtreeOptions>;
