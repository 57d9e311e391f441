import type { Extra, Layout } from "../compile/index.js";
import type { DatabaseCore } from "./database-core.js";
import { partialPrototype } from "./partial.js";
import type { FetchMode } from "../databases/options.js";
import type { Decode, Row } from "../databases/ports/index.js";
import { compileFunction, mayGenerate } from "../util/generate.js";
import { type ModelMeta, ORIGIN, RAW, type RelationMeta } from "../models/index.js";

/** What rows read by one plan share. */
export interface RowOrigin {
  readonly database: DatabaseCore;
  readonly layout: Layout;
  /** What the rows of one result share; null where nobody asked to tell results apart. */
  readonly result: RowResult | null;
}

/** The rows that came together, for what is done about all of them when one is asked for more. */
export interface RowResult {
  readonly mode: FetchMode | null;
  /** For the mode "peers": held weakly, so that no row keeps the others. */
  readonly peers: readonly WeakRef<object>[];
  /** How many queries loaded something for one of them alone, by relation. */
  readonly loads: Map<object, number>;
}

/** An origin as of a row of some result. */
export function withResult(origin: RowOrigin, result: RowResult | null): RowOrigin {
  return origin.result === result ? origin : { database: origin.database, layout: origin.layout, result };
}

/** Makes an instance of a driver's row; null where a joined table had none. */
export type Reader = (row: Row) => object | null;

/** Makes an empty instance: by hand for most models, by its constructor for one whose class sets fields of its own. */
export type Blank = (meta: ModelMeta) => object;

/**
 * The reader of a layout: generated code that fills plain instances by position, or, where a runtime forbids that, a
 * loop that does the same. Layouts that are alike share one, whichever plan they belong to.
 */
export function readerOf(asked: DatabaseCore, layout: Layout, blank: Blank | null): Reader {
  // A unit of work takes rows over once they are read: they are read alike for all.
  const database = asked.unit === null ? asked : asked.origin;
  const known = readersOf(database);
  const key = signature(layout);
  let reader = known.get(key);
  if (reader === undefined) {
    if (known.size >= MOST_KEPT) known.clear();
    known.set(key, (reader = newReader(database, layout, blank)));
  }
  return reader;
}

/** Which columns are read, and under which names, may depend on what a program is asked for. */
const MOST_KEPT = 2000;

const readers = new WeakMap<DatabaseCore, { readonly engine: string; readonly known: Map<string, Reader> }>();

/** The readers of a database, until it moves to another engine. */
function readersOf(database: DatabaseCore): Map<string, Reader> {
  const engine = database.engine.label;
  let found = readers.get(database);
  if (found?.engine !== engine) readers.set(database, (found = { engine, known: new Map<string, Reader>() }));
  return found.known;
}

/** An engine decodes a model's columns one way, or not at all: rows that were written hold their values already. */
function signature({ meta, columns, leftOutBy, start, decoders, children, extras }: Layout): string {
  const below = children.map(({ relation, layout }) => `${relation.name}:${signature(layout)}`);
  const decoded = decoders.some((decode) => decode !== null);
  const annotated = extras.map(({ name, type }) => `%${name}:${type}`);
  const read = leftOutBy === null ? "" : `${leftOutBy} ${columns.map((column) => column.index).join()}`;
  return `${meta.id}${decoded ? "@" : "="}${start}${read}(${below.join()})${annotated.join("")}`;
}

function newReader(database: DatabaseCore, layout: Layout, blank: Blank | null): Reader {
  const own = newReaderOf(database, layout, blank);
  const { kind } = layout.meta;
  if (kind === null || kind.variants.size === 0) return own;
  const place = layout.columns.indexOf(kind.column);
  const decode = layout.decoders[place] ?? null;
  // Models of one table share its columns, so that what is read of a row stands in the same places for all of them.
  const others = [...kind.variants].map(
    ([value, meta]) => [value, readerOf(database, { ...layout, meta }, blank)] as const,
  );
  const readers = new Map<unknown, Reader>(others);
  return (row) => (readers.get(decoded(decode, row[layout.start + place])) ?? own)(row);
}

function newReaderOf(database: DatabaseCore, layout: Layout, blank: Blank | null): Reader {
  const plan = planOf(database, layout, blank);
  if (blank !== null) return loopReader(plan, blankWith(blank, plan));
  if (!mayGenerate()) return loopReader(plan, () => Object.create(plan.prototype) as object);
  return generatedReader(plan);
}

/** A column or related row, and the property it goes to. */
interface ReadPlan {
  readonly origin: RowOrigin;
  /** What rows are made with. */
  readonly prototype: object;
  readonly keys: readonly number[];
  readonly columns: readonly { readonly to: PropertyKey; readonly at: number; readonly decode: Decode | null }[];
  readonly children: readonly { readonly relation: RelationMeta; readonly read: Reader }[];
  readonly extras: readonly Extra[];
}

function planOf(database: DatabaseCore, layout: Layout, blank: Blank | null): ReadPlan {
  const { meta, start, decoders, extras } = layout;
  return {
    origin: Object.freeze({ database, layout, result: null }),
    prototype: prototypeOf(layout),
    keys: meta.primaryKey.map((column) => start + layout.columns.indexOf(column)),
    columns: layout.columns.map((column, index) => ({
      to: column.property,
      at: start + index,
      decode: decoders[index] ?? null,
    })),
    children: layout.children.map(({ relation, layout: below }) => ({
      relation,
      read: readerOf(database, below, blank),
    })),
    extras: extras.filter(({ hidden }) => hidden !== true),
  };
}

function prototypeOf({ meta, columns, leftOutBy }: Layout): object {
  if (leftOutBy === null) return meta.model.prototype as object;
  return partialPrototype(meta, {
    columns: meta.columns.filter((column) => !columns.includes(column)),
    method: leftOutBy,
  });
}

/** Makes rows by their constructor, with another prototype than its own where columns are left out. */
function blankWith(blank: Blank, { origin, prototype }: ReadPlan): () => object {
  const { meta, leftOutBy } = origin.layout;
  if (leftOutBy === null) return () => blank(meta);
  return () => Object.setPrototypeOf(blank(meta), prototype) as object;
}

function loopReader(plan: ReadPlan, blank: () => object): Reader {
  const { origin, keys, columns, children, extras } = plan;
  const key = keys[0] as number;
  return (row) => {
    if (row[key] === null) return null;
    const target = blank() as Record<PropertyKey, unknown>;
    for (const { to, at, decode } of columns) {
      const value = row[at];
      target[to] = decode === null || value === null ? value : decode(value);
    }
    target[RAW] = row;
    target[ORIGIN] = origin;
    for (const { relation, read } of children) link(target, relation, read(row));
    for (const { name, at, decode } of extras) target[name] = decoded(decode, row[at]);
    return target;
  };
}

/** Puts a fetched row where its relation's accessor looks for it; a one-to-one row knows its other side, too. */
function link(target: Record<PropertyKey, unknown>, relation: RelationMeta, related: object | null): void {
  target[relation.rowSlot] = related;
  if (relation.type === "reverse" && related !== null) {
    (related as Record<PropertyKey, unknown>)[relation.via.rowSlot] = target;
  }
}

/**
 * Writes a function that takes a row apart. The text holds positions only; names, symbols and converters are handed in,
 * so that nothing of a model becomes code.
 */
function generatedReader(plan: ReadPlan): Reader {
  const { origin, keys, columns, children, extras } = plan;
  const values = columns.map(({ at, decode }, index) =>
    decode === null ? `r[${at}]` : `r[${at}] === null ? null : d[${index}](r[${at}])`,
  );
  const made = `new Row(${[...values, "r", "origin"].join(", ")})`;
  const links = children.map((_, index) => `link(row, relations[${index}], readers[${index}](r));`);
  extras.forEach(({ at }, index) => links.push(`row[names[${index}]] = decoded(decoders[${index}], r[${at}]);`));
  const text = `return (r) => {
    if (r[${keys[0]}] === null) return null;
    ${links.length === 0 ? `return ${made};` : `const row = ${made}; ${links.join(" ")} return row;`}
  };`;
  const make = compileFunction<(...args: unknown[]) => Reader>(
    ["Row", "d", "relations", "readers", "link", "origin", "names", "decoders", "decoded"],
    text,
  );
  return make(
    constructorOf(plan),
    columns.map((column) => column.decode),
    children.map((child) => child.relation),
    children.map((child) => child.read),
    link,
    origin,
    extras.map(({ name }) => name),
    extras.map(({ decode }) => decode),
    decoded,
  );
}

function decoded(decode: Decode | null, value: unknown): unknown {
  return decode === null || value === null ? value : decode(value);
}

/**
 * The constructor of a model's rows. It takes all values and sets every property in one go; since there is only one,
 * all rows of a model have one hidden class, wherever they come from. Rows without some of the columns have another.
 */
function constructorOf({ origin, prototype, columns }: ReadPlan): unknown {
  const { meta, leftOutBy } = origin.layout;
  if (leftOutBy !== null) return newConstructor(columns, prototype);
  let made = meta.memo.get("row constructor");
  if (made === undefined) meta.memo.set("row constructor", (made = newConstructor(columns, prototype)));
  return made;
}

function newConstructor(columns: ReadPlan["columns"], prototype: object): unknown {
  const names = columns.map((_, index) => `n${index}`);
  const values = columns.map((_, index) => `v${index}`);
  const text = `
    const [${names.join(", ")}] = names;
    function Row(${[...values, "raw", "origin"].join(", ")}) {
      ${names.map((name, index) => `this[${name}] = v${index};`).join("\n")}
      this[RAW] = raw;
      this[ORIGIN] = origin;
    }
    Row.prototype = prototype;
    return Row;`;
  const make = compileFunction<(...args: unknown[]) => unknown>(["names", "RAW", "ORIGIN", "prototype"], text);
  return make(
    columns.map((column) => column.to),
    RAW,
    ORIGIN,
    prototype,
  );
}
