import { createQueryId, type OperationNode, type RootOperationNode } from "kysely";
import type { Decode, Engine, Statement } from "../databases/ports/index.js";
import type { ColumnMeta, ModelMeta, RelationMeta } from "../models/index.js";
import { decoderOf } from "./scope.js";
import type { SelectedTree } from "./select.js";
import { fillSlot, type Slot, type SlotValues } from "./slot.js";

/** Where a model's columns stand in a row of the driver's, and how each is read. */
export interface Layout {
  readonly meta: ModelMeta;
  /** The place of the model's first column; the others follow in the model's order. */
  readonly start: number;
  /** One for each column; null where the driver's value is right as it is. */
  readonly decoders: readonly (Decode | null)[];
  readonly children: readonly { readonly relation: RelationMeta; readonly layout: Layout }[];
}

/** A statement compiled once for all queries of a shape: to run it is to fill its slots. */
export interface Plan {
  readonly statement: Statement;
  readonly slots: readonly Slot[];
  /** null where no rows of a model come back. */
  readonly layout: Layout | null;
}

/** Turns nodes into a plan. */
export function compilePlan(
  engine: Engine,
  node: OperationNode,
  returned: { layout?: Layout | null; columns?: readonly ColumnMeta[]; rows: boolean },
): Plan {
  const compiled = engine.createCompiler().compileQuery(node as RootOperationNode, createQueryId());
  const columns = returned.columns ?? (returned.layout ? layoutColumns(returned.layout) : []);
  const statement: Statement = Object.freeze({
    sql: compiled.sql,
    returnsRows: returned.rows,
    wideIntegers: columns.some((column) => engine.types.isWide(column.type)),
    named: false,
  });
  return Object.freeze({ statement, slots: compiled.parameters as readonly Slot[], layout: returned.layout ?? null });
}

function layoutColumns(layout: Layout): ColumnMeta[] {
  return [...layout.meta.columns, ...layout.children.flatMap((child) => layoutColumns(child.layout))];
}

/** The layout of a selected tree, columns in the order in which `columnsOf` lists them. */
export function layoutOf(engine: Engine, tree: SelectedTree, start = 0): Layout {
  const { meta } = tree.source;
  let next = start + meta.columns.length;
  const children = tree.children.map(({ relation, tree: below }) => {
    const layout = layoutOf(engine, below, next);
    next = endOf(layout);
    return Object.freeze({ relation, layout });
  });
  return Object.freeze({ meta, start, decoders: meta.columns.map((column) => decoderOf(engine, column)), children });
}

function endOf(layout: Layout): number {
  const last = layout.children.at(-1);
  return last === undefined ? layout.start + layout.meta.columns.length : endOf(last.layout);
}

/** The parameters of one run. */
export function bind(plan: Plan, values: SlotValues): unknown[] {
  const { slots } = plan;
  const parameters = new Array<unknown>(slots.length);
  for (let index = 0; index < slots.length; index += 1) {
    parameters[index] = fillSlot(slots[index] as Slot, values);
  }
  return parameters;
}
