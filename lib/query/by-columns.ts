import { type Lookup, lookupFor, tupleLookup } from "../lookups/index.js";
import type { ColumnMeta, ModelMeta } from "../models/index.js";
import { roundedLength } from "./list-length.js";
import { columnOperand, ownPath } from "./own-columns.js";
import { changed, queryOf } from "./query.js";
import type { ResolvedLookup } from "./resolve-path.js";
import type { PickedItem, Query } from "./tree.js";

/** Values of several columns together. */
export type Tuple = readonly unknown[];

/** All rows of a model whose columns hold one of some tuples: asked by column, whatever fields declare them. */
export function rowsHolding(model: ModelMeta, columns: readonly ColumnMeta[], tuples: readonly Tuple[]): Query {
  const listLength = roundedLength(tuples);
  const condition = { kind: "condition", lookup: oneOf(columns), lhs: null, rhs: null, query: null } as const;
  return changed(queryOf(model), {
    // Apart from the key that `withKeys` makes of the same columns.
    key: `${model.id}^(${indexesOf(columns)}):${listLength};`,
    values: columns.map((_, at) => tuples.map((tuple) => tuple[at])),
    filters: [{ predicate: { ...condition, form: "l", slot: 0, listLength }, base: 0 }],
    order: [],
    none: tuples.length === 0,
  });
}

/** The same rows in no order, each as a list of its values of some columns. */
export function withColumns(query: Query, columns: readonly ColumnMeta[]): Query {
  const items = columns.map((column, index): PickedItem => {
    const operand = columnOperand(column);
    const term = { kind: "column", path: ownPath([column]), operand, nullable: column.nullable } as const;
    return { name: `c${index}`, value: { term, base: null } };
  });
  const key = `${query.key}^=${indexesOf(columns)};`;
  return changed(query, {
    ...{ key, picked: { as: "lists", items }, order: [], reversed: false },
    ...{ related: null, loading: null, lock: null, distinct: false },
  });
}

function indexesOf(columns: readonly ColumnMeta[]): string {
  return columns.map(({ index }) => index).join();
}

function oneOf(columns: readonly ColumnMeta[]): ResolvedLookup {
  const [first] = columns as [ColumnMeta];
  const operand = columnOperand(first);
  const key = `${columns.map(({ field }) => field).join()}__in`;
  const lookup = (columns.length === 1 ? lookupFor(operand.family, "in") : tupleLookup("in")) as Lookup;
  return {
    ...{ key, shape: key, keyOfValue: `${key}:v,`, path: ownPath(columns), operand, lookup },
    ...{ transforms: [], steps: null, rowsOf: null, rowKeys: null },
  };
}
