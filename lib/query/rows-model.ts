import { FieldError } from "../errors/index.js";
import { type FieldOptions, plainKinds, ScalarField } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import type { ColumnMeta, FieldMeta, ModelMeta } from "../models/index.js";
import { changed } from "./query.js";
import { columnsHeld } from "./source.js";
import type { HeldTerm, PickedItem, Query, RawTerm } from "./tree.js";

/** A queryset's rows as what names lead into, and the query that gives these columns. */
export interface RowsModel {
  readonly meta: ModelMeta;
  readonly query: Query;
  readonly columns: readonly HeldTerm[];
}

const NO_OPTIONS: FieldOptions = Object.freeze({});
/** What stands in the place of a key where rows have none: NULL for no row. No field can have the name. */
const MARK = "row_";

/** The rows of a queryset as those of a model: instances with their annotations, or the values that were picked. */
export function rowsModel(query: Query, where: string): RowsModel {
  return query.picked === null ? modelOfInstances(query) : modelOfValues(query, where);
}

function modelOfInstances(query: Query): RowsModel {
  const { model } = query;
  const columns = columnsHeld(query);
  const added = columns.slice(model.columns.length).map((held, at) => columnOf(held, model.columns.length + at));
  const meta: ModelMeta = {
    ...model,
    columns: [...model.columns, ...added],
    fields: { ...model.fields, ...fieldsOf(added) },
    parent: null,
    memo: new Map(),
  };
  return { meta, query, columns };
}

function modelOfValues(query: Query, where: string): RowsModel {
  const picked = query.picked as NonNullable<Query["picked"]>;
  for (const item of picked.items) checkItem(query.model, item, picked.as, where);
  const mark: PickedItem = { name: MARK, value: { term: ONE, base: null } };
  const marked = changed(query, { picked: { as: picked.as, items: [...picked.items, mark] } });
  const columns = columnsHeld(marked);
  const meta = modelOf(query.model, columns.slice(0, -1), columns.at(-1) as HeldTerm);
  return { meta, query: marked, columns };
}

function checkItem(model: ModelMeta, { name, tuple }: PickedItem, as: string, where: string): void {
  if (as !== "objects") {
    throw new FieldError(`${model.name}: ${where} takes rows, or values under names: values(…), not valuesList(…).`);
  }
  if (tuple !== undefined) {
    throw new FieldError(
      `${model.name}: ${where}: "${tuple.name}" is a key of several columns. Name these: values({ x: F("…") }).`,
    );
  }
  if (!name.includes("__")) return;
  throw new FieldError(
    `${model.name}: ${where}: "${name}" would be a path. Give the value a name without underscores in a row: ` +
      `values({ x: F("${name}") }).`,
  );
}

/** What has these columns alone; one of them tells a row from none. */
export function modelOf(model: ModelMeta, held: readonly HeldTerm[], mark: HeldTerm): ModelMeta {
  const columns = held.map(columnOf);
  const key = held.indexOf(mark);
  return {
    ...model,
    ...{ columns, fields: fieldsOf(columns), relations: {}, oneOfs: [], kind: null, parent: null, version: null },
    ...{ primaryKey: [columns[key] ?? columnOf(mark, held.length)], ordering: [], memo: new Map() },
  };
}

/** The column of rows that are no table's. */
function columnOf({ name, column, of, operand, nullable }: HeldTerm, index: number): ColumnMeta {
  const { family, type } = operand;
  return {
    ...{ name: column, field: name, index, property: name, type, family, nullable },
    ...{ scalar: of?.scalar ?? scalarOf(operand), options: NO_OPTIONS },
    ...{ unique: false, primaryKey: false, generated: false, relation: null },
  };
}

function scalarOf({ scalar, family, type, convert }: Operand): ScalarField {
  return scalar ?? new ScalarField({ kind: family, family, type, convert }, NO_OPTIONS);
}

function fieldsOf(columns: readonly ColumnMeta[]): Readonly<Record<string, FieldMeta>> {
  const entries = columns.map((column): [string, FieldMeta] => {
    return [column.field, { type: "scalar", name: column.field, kind: column.scalar.kind, column }];
  });
  return Object.fromEntries(entries);
}

const ONE: RawTerm = Object.freeze({
  kind: "raw",
  // A value that Kysely writes out.
  template: Object.freeze({ kind: "ValueNode", value: 1, immediate: true }),
  ...{ parts: [], spelled: "1", nullable: false },
  operand: { ...plainKinds.integer, scalar: null },
} as const);
