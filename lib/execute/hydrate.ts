import type { Extra, Layout } from "../compile/index.js";
import type { DatabaseCore } from "./database-core.js";
import type { Decode, Row } from "../databases/ports/index.js";
import { compileFunction, mayGenerate } from "../util/generate.js";
import { type ColumnMeta, type ModelMeta, ORIGIN, RAW, type RelationMeta } from "../models/index.js";

/** What rows read by one plan share. */
export interface RowOrigin {
  readonly database: DatabaseCore;
  readonly layout: Layout;
}

/** Makes an instance of a driver's row; null where a joined table had none. */
export type Reader = (row: Row) => object | null;

/** Makes an empty instance: by hand for most models, by its constructor for one whose class sets fields of its own. */
export type Blank = (meta: ModelMeta) => object;

/**
 * The reader of a layout: generated code that fills plain instances by position, or, where a runtime forbids that, a
 * loop that does the same. Layouts that are alike share one, whichever plan they belong to.
 */
export function readerOf(database: DatabaseCore, layout: Layout, blank: Blank | null): Reader {
  const known = readersOf(database);
  const key = signature(layout);
  let reader = known.get(key);
  if (reader === undefined) known.set(key, (reader = newReader(database, layout, blank)));
  return reader;
}

const readers = new WeakMap<DatabaseCore, { readonly engine: string; readonly known: Map<string, Reader> }>();

/** The readers of a database, until it moves to another engine. */
function readersOf(database: DatabaseCore): Map<string, Reader> {
  const engine = database.engine.label;
  let found = readers.get(database);
  if (found?.engine !== engine) readers.set(database, (found = { engine, known: new Map<string, Reader>() }));
  return found.known;
}

/** An engine decodes a model's columns one way, or not at all: rows that were written hold their values already. */
function signature({ meta, start, decoders, children, extras }: Layout): string {
  const below = children.map(({ relation, layout }) => `${relation.name}:${signature(layout)}`);
  const decoded = decoders.some((decode) => decode !== null);
  const annotated = extras.map(({ name, type }) => `%${name}:${type}`);
  return `${meta.id}${decoded ? "@" : "="}${start}(${below.join()})${annotated.join("")}`;
}

function newReader(database: DatabaseCore, layout: Layout, blank: Blank | null): Reader {
  const plan = planOf(database, layout, blank);
  if (blank !== null || !mayGenerate()) return loopReader(plan, blank ?? plainBlank);
  return generatedReader(plan);
}

/** A column or related row, and the property it goes to. */
interface ReadPlan {
  readonly origin: RowOrigin;
  readonly keys: readonly number[];
  readonly columns: readonly { readonly to: PropertyKey; readonly at: number; readonly decode: Decode | null }[];
  readonly children: readonly { readonly relation: RelationMeta; readonly read: Reader }[];
  readonly extras: readonly Extra[];
}

function planOf(database: DatabaseCore, layout: Layout, blank: Blank | null): ReadPlan {
  const { meta, start, decoders, extras } = layout;
  return {
    origin: Object.freeze({ database, layout }),
    keys: meta.primaryKey.map((column) => start + column.index),
    columns: meta.columns.map((column, index) => ({
      to: propertyOf(column),
      at: start + index,
      decode: decoders[index] ?? null,
    })),
    children: layout.children.map(({ relation, layout: below }) => ({
      relation,
      read: readerOf(database, below, blank),
    })),
    extras,
  };
}

/** The property under which a row keeps a column's value: the field's name, or the slot of a foreign key. */
export function propertyOf(column: ColumnMeta): PropertyKey {
  return column.relation === null ? column.field : column.relation.keySlot;
}

function plainBlank(meta: ModelMeta): object {
  return Object.create(meta.model.prototype as object) as object;
}

function loopReader(plan: ReadPlan, blank: Blank): Reader {
  const { origin, keys, columns, children, extras } = plan;
  const { meta } = origin.layout;
  const key = keys[0] as number;
  return (row) => {
    if (row[key] === null) return null;
    const target = blank(meta) as Record<PropertyKey, unknown>;
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
function generatedReader({ origin, keys, columns, children, extras }: ReadPlan): Reader {
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
    constructorOf(origin.layout.meta),
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
 * all rows of a model have one hidden class, wherever they come from.
 */
function constructorOf(meta: ModelMeta): unknown {
  let made = meta.memo.get("row constructor");
  if (made === undefined) {
    const names = meta.columns.map((_, index) => `n${index}`);
    const values = names.map((_, index) => `v${index}`);
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
    made = make(meta.columns.map(propertyOf), RAW, ORIGIN, meta.model.prototype);
    meta.memo.set("row constructor", made);
  }
  return made;
}
