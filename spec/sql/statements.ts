import { compileCount, compileDelete, compileExists, compileInsert, compileUpdate } from "../../lib/compile/index.js";
import type { Plan } from "../../lib/compile/index.js";
import { type ColumnMeta, metaOf, type ModelMeta } from "../../lib/models/index.js";
import { QUERY, type Query } from "../../lib/query/index.js";
import type { TestDatabase } from "./databases.js";

/** A statement to be compiled, and what its plan is run with. */
export interface Plannable {
  readonly plan: (database: TestDatabase) => Plan;
  readonly run: { readonly values: readonly unknown[]; readonly limit: number | null; readonly offset: number };
}

/** The query of a queryset. */
function queryIn(queryset: object): Query {
  return (queryset as { [QUERY]: Query })[QUERY];
}

export function count(queryset: object): Plannable {
  const query = queryIn(queryset);
  return { plan: (database) => compileCount(database, query), run: query };
}

export function exists(queryset: object): Plannable {
  const query = { ...queryIn(queryset), limit: 1 };
  return { plan: (database) => compileExists(database, query), run: query };
}

export function deletion(queryset: object): Plannable {
  const query = queryIn(queryset);
  return { plan: (database) => compileDelete(database, query), run: query };
}

export function update(queryset: object, values: Readonly<Record<string, unknown>>): Plannable {
  const query = queryIn(queryset);
  const columns = columnsOf(query.model, Object.keys(values));
  return {
    plan: (database) => compileUpdate(database, query, columns),
    run: { ...query, values: [...query.values, ...Object.values(values)] },
  };
}

export function insert(
  model: unknown,
  rows: readonly Readonly<Record<string, unknown>>[],
  returning: string[],
): Plannable {
  const meta = metaOf(model);
  const columns = columnsOf(meta, Object.keys(rows[0] ?? {}));
  const shape = { meta, columns, rows: rows.length, returning: columnsOf(meta, returning) };
  return {
    plan: (database) => compileInsert(database, shape),
    run: { values: rows.flatMap((row) => Object.values(row)), limit: null, offset: 0 },
  };
}

function columnsOf(meta: ModelMeta, names: readonly string[]): ColumnMeta[] {
  return names.map((name) => meta.columns.find((column) => column.field === name) as ColumnMeta);
}
