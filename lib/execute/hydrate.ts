import type { Layout } from "../compile/index.js";
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
 * loop that does the same.
 */
export function readerOf(database: DatabaseCore, layout: Layout, blank: Blank | null): Reader {
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
}

function planOf(database: DatabaseCore, layout: Layout, blank: Blank | null): ReadPlan {
  const { meta, start, decoders } = layout;
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
  const { origin, keys, columns, children } = plan;
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
 * Writes a constructor that assigns every property in one go, so that all rows have one hidden class. The text holds
 * positions only; names, symbols and converters are handed in, so that nothing of a model becomes code.
 */
function generatedReader({ origin, keys, columns, children }: ReadPlan): Reader {
  const assignments = columns.map(({ at, decode }, index) => {
    const read = decode === null ? `r[${at}]` : `r[${at}] === null ? null : d[${index}](r[${at}])`;
    return `this[n${index}] = ${read};`;
  });
  const names = columns.map((_, index) => `n${index} = names[${index}]`);
  const links = children.map((_, index) => `link(this, relations[${index}], readers[${index}](r));`);
  const text = `
    const ${[...names, "d = decoders"].join(", ")};
    function Row(r) { ${assignments.join("\n")} this[RAW] = r; this[ORIGIN] = origin; ${links.join("\n")} }
    Row.prototype = prototype;
    return (r) => r[${keys[0]}] === null ? null : new Row(r);`;
  const parameters = ["names", "decoders", "relations", "readers", "link", "RAW", "ORIGIN", "origin", "prototype"];
  const make = compileFunction<(...args: unknown[]) => Reader>(parameters, text);
  return make(
    columns.map((column) => column.to),
    columns.map((column) => column.decode),
    children.map((child) => child.relation),
    children.map((child) => child.read),
    link,
    RAW,
    ORIGIN,
    origin,
    origin.layout.meta.model.prototype,
  );
}
