import { bind, compileCount, compileExists, compileRows, type Plan } from "../compile/index.js";
import type { DatabaseCore } from "../execute/database-core.js";
import type { QueryResult } from "../databases/ports/index.js";
import { isReady, makeReady, type Reader, readerOf, run } from "../execute/index.js";
import { type Query, shapeKey } from "../query/index.js";
import { blankFor } from "./blank.js";

const readers = new WeakMap<Plan, Reader>();

/** The instances of a query's rows. */
export async function fetchRows(database: DatabaseCore, query: Query): Promise<object[]> {
  if (isEmpty(query)) return [];
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  const plan = rowsPlan(database, query);
  const { rows } = await send(database, plan, query);
  const read = readerFor(database, plan);
  const found = new Array<object>(rows.length);
  for (let index = 0; index < rows.length; index += 1) found[index] = read(rows[index] as []) as object;
  return found;
}

export function rowsPlan(database: DatabaseCore, query: Query): Plan {
  return database.plans.get(`rows ${shapeKey(query)}`, () => compileRows(database, query));
}

/** The reader of a plan's rows, made once. */
export function readerFor(database: DatabaseCore, plan: Plan): Reader {
  const known = readers.get(plan);
  if (known !== undefined) return known;
  if (plan.layout === null) throw new Error("Only plans that select rows of a model have a reader.");
  const reader = readerOf(database, plan.layout, blankFor(plan.layout));
  readers.set(plan, reader);
  return reader;
}

export async function countRows(database: DatabaseCore, query: Query): Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  const plan = database.plans.get(`count ${shapeKey(query)}`, () => compileCount(database, query));
  const { rows } = await send(database, plan, query);
  return Number(rows[0]?.[0]);
}

export async function anyRows(database: DatabaseCore, query: Query): Promise<boolean> {
  if (isEmpty(query)) return false;
  if (!isReady(database, query.zones)) await makeReady(database, query.zones);
  const first = { ...query, limit: 1 };
  const plan = database.plans.get(`exists ${shapeKey(first)}`, () => compileExists(database, first));
  const { rows } = await send(database, plan, first);
  return rows.length > 0;
}

/** True where it is known without asking that there is no row. */
export function isEmpty(query: Query): boolean {
  return query.none || query.limit === 0;
}

function send(database: DatabaseCore, plan: Plan, query: Query): QueryResult | Promise<QueryResult> {
  return run(database, {
    statement: plan.statement,
    parameters: bind(plan, query),
    model: query.model.name,
  });
}
