import { bind, compileInsertFrom } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError } from "../../errors/index.js";
import { isReady, makeReady, run } from "../../execute/index.js";
import { type ColumnMeta, META, type ModelMeta } from "../../models/index.js";
import { QUERY, type Query, shapeKey, valuesOf } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { isEmpty } from "../reading/fetch.js";
import { defaultOf, isRequired } from "./row-init.js";
import { columnsNamed, readValues } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";

/** Inserts what a query gives as new rows, in one statement, and gives their number. */
export async function insertFrom(
  database: DatabaseCore,
  meta: ModelMeta,
  source: unknown,
  { fields, given }: { readonly fields: unknown; readonly given: object | null },
): Promise<number> {
  const query = checkSource(meta, source);
  const columns = readColumns(meta, query, fields);
  const constants = constantsFor(meta, columns, given);
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.needs)) await makeReady(database, query.needs);
  const places = (list: Iterable<ColumnMeta>): string => [...list].map(({ index }) => index).join();
  const key = `insert from ${meta.id} ${places(columns)} ${places(constants.keys())} ${shapeKey(query)}`;
  const shape = { meta, query, columns, constants: [...constants.keys()] };
  const plan = database.plans.get(key, () => compileInsertFrom(database, shape));
  const values = [...valuesOf(query), ...constants.values()];
  const parameters = bind(plan, { values, limit: query.limit, offset: query.offset });
  const { affected } = await run(database, { statement: plan.statement, parameters, model: meta.name });
  return affected;
}

function misuse(meta: ModelMeta, text: string): FieldError {
  return new FieldError(`${meta.name}: insertFrom(queryset, fields): ${text}`);
}

function checkSource(meta: ModelMeta, source: unknown): Query {
  const isQuery = source !== null && typeof source === "object" && !(META in source) && QUERY in source;
  if (!isQuery) throw misuse(meta, `takes a queryset of values, got ${printable(source)}.`);
  const query = (source as { readonly [QUERY]: Query })[QUERY];
  if (query.picked !== null) return query;
  throw misuse(meta, `is given whole rows of ${query.model.name}. Say what is taken of them: queryset.values("…").`);
}

/** The columns that the query's values are for, each of a kind that can hold them. */
function readColumns(meta: ModelMeta, { picked }: Query, fields: unknown): readonly ColumnMeta[] {
  const items = picked?.items ?? [];
  const names: unknown = fields ?? [...new Set(items.map(({ name, tuple }) => tuple?.name ?? name))];
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw misuse(meta, `fields is a list of names, got ${printable(names)}.`);
  }
  const columns = names.flatMap((name) => (name === "pk" ? meta.primaryKey : columnsNamed(meta, name, "insertFrom")));
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw misuse(meta, `"${twice.field}" is named twice.`);
  if (columns.length !== items.length) {
    throw misuse(
      meta,
      `${columns.length} columns for ${items.length} values (${items.map(({ name }) => name).join(", ")}).`,
    );
  }
  columns.forEach((column, at) => {
    const { name, value } = items[at] as (typeof items)[number];
    const { family, type } = value.term.operand;
    if (column.options.generatedAs !== undefined) throw misuse(meta, `"${column.field}" is computed by the database.`);
    if (family === column.family || type.storage === "custom") return;
    throw misuse(
      meta,
      `"${column.field}" is a ${column.family}, and "${name}" a ${family}. Use Cast to make them alike.`,
    );
  });
  return columns;
}

/** What other columns have in all rows: what the queryset says, and defaults; those that a function makes are of one row. */
function constantsFor(meta: ModelMeta, columns: readonly ColumnMeta[], given: object | null): ColumnValues {
  const constants: ColumnValues = readValues(meta, given ?? {}, "insertFrom");
  for (const column of columns) constants.delete(column);
  for (const column of meta.columns) {
    if (columns.includes(column) || constants.has(column) || !isRequired(column)) continue;
    const value = typeof column.options.default === "function" ? undefined : defaultOf(meta, column);
    if (value !== undefined) constants.set(column, value);
    else throw misuse(meta, `"${column.field}" needs a value for each row. Name it among the fields.`);
  }
  return constants;
}
