import { bind, compileCount, compileExists, compileRows, compileTotals, type Plan } from "../../compile/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import type { QueryResult, Row } from "../../databases/ports/index.js";
import { checkLock, isReady, makeReady, type Reader, readerOf, recordReaderOf, run } from "../../execute/index.js";
import { type Query, shapeKey, type Totals, withFirst } from "../../query/index.js";
import { blankFor } from "../rows/blank.js";
import { statementOf } from "./commented.js";
import { emptyTotals } from "./empty-totals.js";

const readers = new WeakMap<Plan, Reader>();

/**
 * The instances of a query's rows; without a promise where the driver answers without one, for each promise costs as
 * much as reading a row. Callers are `async`, so that what is thrown here is a rejection there.
 */
export function fetchRows(database: DatabaseCore, query: Query): object[] | Promise<object[]> {
  if (isEmpty(query)) return [];
  if (!isReady(database, query.needs)) return readyThen(database, query, () => fetchRows(database, query));
  if (query.lock !== null) checkLock(database, query);
  const plan = rowsPlan(database, query);
  return after(send(database, plan, query), ({ rows }) => readAll(database, plan, rows));
}

function readAll(database: DatabaseCore, plan: Plan, rows: readonly Row[]): object[] {
  const read = readerFor(database, plan);
  const found = new Array<object>(rows.length);
  for (let index = 0; index < rows.length; index += 1) found[index] = read(rows[index] as Row) as object;
  return found;
}

export function rowsPlan(database: DatabaseCore, query: Query): Plan {
  return database.plans.get(shapeKey(query), () => compileRows(database, query));
}

/** The reader of a plan's rows, made once: of instances, or of what the query picked. */
export function readerFor(database: DatabaseCore, plan: Plan): Reader {
  const known = readers.get(plan);
  if (known !== undefined) return known;
  const reader = newReader(database, plan);
  readers.set(plan, reader);
  return reader;
}

function newReader(database: DatabaseCore, { layout, record }: Plan): Reader {
  if (layout !== null) return readerOf(database, layout, blankFor(layout));
  if (record === null) throw new Error("Only plans that select rows have a reader.");
  return recordReaderOf(record) as Reader;
}

/** What is worked out over all rows of a query together. */
export function totalsOf(database: DatabaseCore, totals: Totals): object | Promise<object> {
  const { query } = totals;
  const known = emptyTotals(totals);
  if (known !== null) return known;
  if (!isReady(database, query.needs)) return readyThen(database, query, () => totalsOf(database, totals));
  const plan = totalsPlan(database, totals);
  return after(send(database, plan, query), ({ rows }) => readerFor(database, plan)(rows[0] as Row) as object);
}

export function totalsPlan(database: DatabaseCore, totals: Totals): Plan {
  return database.plans.get(`totals ${shapeKey(totals.query)}`, () => compileTotals(database, totals));
}

export function countRows(database: DatabaseCore, query: Query): number | Promise<number> {
  if (isEmpty(query)) return 0;
  if (!isReady(database, query.needs)) return readyThen(database, query, () => countRows(database, query));
  const plan = database.plans.get(`count ${shapeKey(query)}`, () => compileCount(database, query));
  return after(send(database, plan, query), ({ rows }) => Number(rows[0]?.[0]));
}

export function anyRows(database: DatabaseCore, query: Query): boolean | Promise<boolean> {
  if (isEmpty(query)) return false;
  if (!isReady(database, query.needs)) return readyThen(database, query, () => anyRows(database, query));
  const first = withFirst(query, 1);
  const plan = database.plans.get(`exists ${shapeKey(first)}`, () => compileExists(database, first));
  return after(send(database, plan, first), ({ rows }) => rows.length > 0);
}

/** Works on an answer: at once, where it is there. */
function after<T>(answer: QueryResult | Promise<QueryResult>, work: (result: QueryResult) => T): T | Promise<T> {
  return answer instanceof Promise ? awaited(answer, work) : work(answer);
}

// Awaited rather than handed to `then`, so that the stack of an error leads back to the caller.
async function awaited<T>(answer: Promise<QueryResult>, work: (result: QueryResult) => T): Promise<T> {
  return work(await answer);
}

async function readyThen<T>(database: DatabaseCore, query: Query, work: () => T | Promise<T>): Promise<T> {
  await makeReady(database, query.needs);
  return work();
}

/** True where it is known without asking that there is no row. */
export function isEmpty(query: Query): boolean {
  return query.none || query.limit === 0;
}

function send(database: DatabaseCore, plan: Plan, query: Query): QueryResult | Promise<QueryResult> {
  return run(database, {
    statement: query.comment === null ? plan.statement : statementOf(plan, query),
    parameters: bind(plan, query),
    model: query.model.name,
  });
}
