import { bind, compileDelete, compileUpdate, type ComputedColumn } from "../compile/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import { isReady, makeReady, run } from "../execute/index.js";
import { FieldError } from "../errors/index.js";
import type { Expression } from "../expressions/index.js";
import { refuse } from "../fields/index.js";
import type { ColumnMeta } from "../models/index.js";
import { holdsWindow, type Query, Reader, readTerm, type ReadTerm, shapeKey, toldAs } from "../query/index.js";
import { statementOf } from "./commented.js";
import { isEmpty } from "./fetch.js";
import { columnNamed, type ColumnValues } from "./row-values.js";

/** Sets columns of all rows of a query; gives the number of rows matched. */
export async function updateRows(
  database: DatabaseCore,
  query: Query,
  values: ColumnValues,
  computed: Computed = NOTHING,
): Promise<number> {
  if (isEmpty(query)) return 0;
  const { zones } = computed;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  if (!isReady(database, zones)) await makeReady(database, zones);
  const columns: ColumnMeta[] = [...values.keys()];
  const key = `update ${columns.map((column) => column.index).join()} ${computed.key} ${shapeKey(query)}`;
  const plan = database.plans.get(key, () => compileUpdate(database, query, columns, computed.columns));
  const all = [...query.values, ...values.values(), ...computed.values];
  const parameters = bind(plan, { values: all, limit: null, offset: 0 });
  const { affected } = await run(database, {
    statement: statementOf(plan, query),
    parameters,
    model: query.model.name,
  });
  return affected;
}

/** Columns set to what is worked out for each row, and the values in it. */
export interface Computed {
  readonly columns: readonly ComputedColumn[];
  readonly values: readonly unknown[];
  readonly zones: readonly string[];
  readonly key: string;
}

const NOTHING: Computed = { columns: [], values: [], zones: [], key: "" };

/** Reads those values of an update that are expressions. Their slots come after the query's own and `given` others. */
export function readComputed(query: Query, values: Readonly<Record<string, unknown>>, given: number): Computed {
  const reader = new Reader(query, "update");
  const base = query.values.length + given;
  let key = "";
  const columns = Object.entries(values).map(([name, expression]) => {
    const column = columnNamed(query.model, name, "update");
    if (column.options.generatedAs !== undefined) {
      throw new FieldError(`${query.model.name}.${name} is computed by the database, and cannot be set.`);
    }
    const [term, part] = readValue(reader, expression as Expression, name);
    key += `${name}=${part}`;
    return { column, value: { term, base } };
  });
  return { columns, values: reader.slots, zones: reader.zones, key };
}

function readValue(reader: Reader, expression: Expression, name: string): ReadTerm {
  try {
    const read = readTerm(reader, expression);
    return holdsWindow(read[0]) ? refuse("what is worked out over a window cannot be set.") : read;
  } catch (error) {
    throw toldAs(error, reader.model, `update({ ${name} })`);
  }
}

/** Deletes all rows of a query; gives their number, not counting what the database deletes along with them. */
export async function deleteRows(database: DatabaseCore, query: Query): Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  const plan = database.plans.get(`delete ${shapeKey(query)}`, () => compileDelete(database, query));
  const parameters = bind(plan, query);
  const { affected } = await run(database, {
    statement: statementOf(plan, query),
    parameters,
    model: query.model.name,
  });
  return affected;
}
