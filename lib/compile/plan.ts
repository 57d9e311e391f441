import { createQueryId, type OperationNode, type RootOperationNode } from "kysely";
import type { Decode, Engine, Statement } from "../databases/ports/index.js";
import type { ColumnMeta, ModelMeta, RelationMeta } from "../models/index.js";
import type { Loading, Picked, PickedItem, Term } from "../query/index.js";
import type { ColumnType } from "../fields/index.js";
import { decoderOf } from "./scope.js";
import type { SelectedTree } from "./selected-tree.js";
import { checkTwins, type Twins } from "./with.js";
import { fillSlot, type Slot, type SlotValues } from "./slot.js";

/** Where a model's columns stand in a row of the driver's, and how each is read. */
export interface Layout {
  readonly meta: ModelMeta;
  /** The columns that are read, in the model's order: `meta.columns` itself where that is all of them. */
  readonly columns: readonly ColumnMeta[];
  /** What left the others out. */
  readonly leftOutBy: Loading["method"] | null;
  /** The place of the first column; the others follow. */
  readonly start: number;
  /** One for each of the columns; null where the driver's value is right as it is. */
  readonly decoders: readonly (Decode | null)[];
  readonly children: readonly { readonly relation: RelationMeta; readonly layout: Layout }[];
  /** What rows were annotated with, behind all columns. */
  readonly extras: readonly Extra[];
}

/** A value of a row under a name of its own. */
export interface Extra {
  readonly name: string;
  readonly at: number;
  readonly decode: Decode | null;
  /** Spells how it is decoded. */
  readonly type: string;
  /** True for what is no property of rows. */
  readonly hidden?: boolean;
  /** For the first of values that are one together. */
  readonly tuple?: PickedItem["tuple"];
}

/** The values of rows that are no instances, one after another. */
export interface RecordLayout {
  readonly as: Picked["as"];
  readonly items: readonly Extra[];
}

/** A statement compiled once for all queries of a shape: to run it is to fill its slots. */
export interface Plan {
  readonly statement: Statement;
  readonly slots: readonly Slot[];
  /** null where no rows of a model come back. */
  readonly layout: Layout | null;
  /** Values that must be alike, since the statement has them once. */
  readonly twins: readonly Twins[];
  /** null where rows are instances, or none come back. */
  readonly record: RecordLayout | null;
}

/** Turns nodes into a plan. */
export function compilePlan(
  engine: Engine,
  node: OperationNode,
  returned: {
    layout?: Layout | null;
    record?: RecordLayout | null;
    columns?: readonly ColumnMeta[];
    types?: readonly ColumnType[];
    twins?: readonly Twins[];
    rows: boolean;
  },
): Plan {
  const compiled = engine.createCompiler().compileQuery(node as RootOperationNode, createQueryId());
  const columns = returned.columns ?? (returned.layout ? layoutColumns(returned.layout) : []);
  const types = [...columns.map((column) => column.type), ...(returned.types ?? [])];
  const statement: Statement = Object.freeze({
    sql: compiled.sql,
    returnsRows: returned.rows,
    wideIntegers: types.some((type) => engine.types.isWide(type)),
    named: false,
  });
  return Object.freeze({
    statement,
    slots: compiled.parameters as readonly Slot[],
    twins: returned.twins ?? [],
    layout: returned.layout ?? null,
    record: returned.record ?? null,
  });
}

function layoutColumns(layout: Layout): ColumnMeta[] {
  return [...layout.columns, ...layout.children.flatMap((child) => layoutColumns(child.layout))];
}

/** The layout of rows that hold a model's columns and nothing else. */
export function wholeLayout(meta: ModelMeta, decoders: Layout["decoders"]): Layout {
  return Object.freeze({ meta, columns: meta.columns, leftOutBy: null, start: 0, decoders, children: [], extras: [] });
}

/** The layout of a selected tree, columns in the order in which `columnsOf` lists them. */
export function layoutOf(
  engine: Engine,
  tree: SelectedTree,
  { annotations, leftOutBy }: { annotations: readonly PickedItem[]; leftOutBy: Layout["leftOutBy"] },
  start = 0,
): Layout {
  const { columns } = tree;
  const { meta } = tree.source;
  let next = start + columns.length;
  const children = tree.children.map(({ relation, tree: below }) => {
    const layout = layoutOf(engine, below, { annotations: [], leftOutBy }, next);
    next = endOf(layout);
    return Object.freeze({ relation, layout });
  });
  const decoders = columns.map((column) => decoderOf(engine, column));
  return Object.freeze({
    meta,
    columns,
    leftOutBy: columns === meta.columns ? null : leftOutBy,
    start,
    decoders,
    children,
    extras: extrasOf(engine, annotations, next),
  });
}

/** Values one after another from a place on. */
export function extrasOf(engine: Engine, items: readonly PickedItem[], start: number): Extra[] {
  return items.map(({ name, value: { term }, tuple, hidden = false }, index) => {
    const { storage, scale } = term.operand.type;
    const type = `${storage}${scale ?? ""}`;
    return { name, at: start + index, decode: termDecoder(engine, term), type, tuple, hidden };
  });
}

/** How a term's value is read: as its column's, or as something worked out. */
function termDecoder(engine: Engine, term: Term): Decode | null {
  if (term.kind === "annotation") return termDecoder(engine, term.of.term);
  if (term.kind === "column") return decoderOf(engine, term.path.column);
  if (term.kind === "held" && term.of !== null) return decoderOf(engine, term.of);
  const { type } = term.operand;
  return type.customCodec === null ? engine.functions.decodeResult(type) : type.customCodec.fromDb;
}

function endOf(layout: Layout): number {
  const last = layout.children.at(-1);
  return last === undefined ? layout.start + layout.columns.length : endOf(last.layout);
}

/** The parameters of one run; of one of several, in a list of all, from a place on. */
export function bind(
  { slots, twins }: Plan,
  values: SlotValues,
  parameters = new Array<unknown>(slots.length),
  start = 0,
): unknown[] {
  if (twins.length > 0) checkTwins(twins, values.values);
  for (let index = 0; index < slots.length; index += 1) {
    parameters[start + index] = fillSlot(slots[index] as Slot, values);
  }
  return parameters;
}
