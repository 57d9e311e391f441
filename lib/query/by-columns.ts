import { type Lookup, lookupFor, type Operand } from "../lookups/index.js";
import type { ColumnMeta, ModelMeta } from "../models/index.js";
import { roundedLength } from "./list-length.js";
import { changed, queryOf } from "./query.js";
import type { ResolvedLookup, ResolvedPath } from "./resolve-path.js";
import type { Condition, PickedItem, Predicate, Query } from "./tree.js";

/** Values of several columns together. */
export type Tuple = readonly unknown[];

/** All rows of a model whose columns hold one of some tuples: asked by column, whatever fields declare them. */
export function rowsHolding(model: ModelMeta, columns: readonly ColumnMeta[], tuples: readonly Tuple[]): Query {
  const length = roundedLength(tuples);
  const [first, ...more] = columns as [ColumnMeta, ...ColumnMeta[]];
  const predicate: Predicate = more.length === 0 ? inList(first, length) : oneOfTuples(columns, length);
  const padded = Array.from({ length }, (_, index) => tuples[Math.min(index, tuples.length - 1)] as Tuple);
  const values = more.length === 0 ? [tuples.map(([value]) => value)] : padded.flat();
  return changed(queryOf(model), {
    key: `${model.id}^${indexesOf(columns)}:${length};`,
    values,
    filters: [{ predicate, base: 0 }],
    order: [],
    none: tuples.length === 0,
  });
}

/** The same rows in no order, each as a list of its values of some columns. */
export function withColumns(query: Query, columns: readonly ColumnMeta[]): Query {
  const items = columns.map((column, index): PickedItem => {
    const operand = operandOf(column);
    const term = { kind: "column", path: pathTo(column), operand, nullable: column.nullable } as const;
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

function inList(column: ColumnMeta, listLength: number): Condition {
  return { ...conditionOn(column, "in"), form: "l", slot: 0, listLength };
}

function oneOfTuples(columns: readonly ColumnMeta[], length: number): Predicate {
  const items = Array.from({ length }, (_, tuple): Predicate => {
    const parts = columns.map((column, index): Predicate => {
      return { ...conditionOn(column, "exact"), form: "v", slot: tuple * columns.length + index, listLength: 0 };
    });
    return { kind: "and", items: parts };
  });
  return items.length === 1 ? (items[0] as Predicate) : { kind: "or", items };
}

function conditionOn(column: ColumnMeta, name: "in" | "exact"): Omit<Condition, "form" | "slot" | "listLength"> {
  return { kind: "condition", lookup: lookupOn(column, name), lhs: null, rhs: null, query: null };
}

function lookupOn(column: ColumnMeta, name: "in" | "exact"): ResolvedLookup {
  const operand = operandOf(column);
  const key = `${column.field}__${name}`;
  return {
    ...{ key, shape: key, keyOfValue: `${key}:v,`, path: pathTo(column), operand },
    ...{ transforms: [], steps: null, rowsOf: null, rowKeys: null, lookup: lookupFor(operand.family, name) as Lookup },
  };
}

function pathTo(column: ColumnMeta): ResolvedPath {
  return { hops: [], multi: -1, column, several: null, relation: null };
}

function operandOf({ family, type, scalar }: ColumnMeta): Operand {
  return { family, type, convert: scalar.convert, scalar };
}
