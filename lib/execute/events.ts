import type { QueryEvent, SlowQuery } from "../databases/options.js";
import type { QueryNode } from "../databases/ports/index.js";
import { callersLine } from "../util/own-frames.js";
import { readableSql } from "../util/readable-sql.js";
import { told } from "../util/told.js";
import type { DatabaseCore } from "./database-core.js";
import { observers, type Traced, type Within } from "./observers.js";
import type { Request } from "./request.js";
import { inside } from "./tracing.js";

/** What became of a statement. */
export interface Outcome {
  /** When it began, by `performance.now()`. */
  readonly start: number;
  readonly rows: number;
  readonly error: unknown;
  /** What was begun for those who trace. */
  readonly traced: Traced | null;
  /** The line that asked, where it is known. */
  readonly place?: string | null;
  /** The server that answered, where it is known to be one of several. */
  readonly node?: QueryNode | undefined;
}

/** True where a statement that began then is slow. */
export function isSlow({ options: { slowQueryThreshold } }: DatabaseCore, start: number): boolean {
  return slowQueryThreshold !== undefined && performance.now() - start >= slowQueryThreshold;
}

/** True when somebody wants to hear of statements; else no event is made. */
export function isObserved(database: DatabaseCore): boolean {
  return database.tellsQueries || observers.queries.size > 0 || observers.tracer !== null;
}

function nodeOf({ pool }: DatabaseCore, error: unknown): QueryEvent["node"] {
  return pool?.nodeOf?.(error) ?? null;
}

function placeOf(within: Within | null): Pick<QueryEvent, "transaction" | "depth"> {
  return within === null ? { transaction: null, depth: 0 } : { transaction: within.id, depth: within.depth };
}

export function report(
  database: DatabaseCore,
  { statement, parameters, model }: Request,
  within: Within | null,
  { start, rows, error, traced, place, node: answering }: Outcome,
): void {
  const { options } = database;
  const { sql } = statement;
  const durationMs = performance.now() - start;
  const node = answering ?? nodeOf(database, error);
  const event: QueryEvent = { sql, parameters, durationMs, rows, model, ...placeOf(within), error, node };
  traced?.end({ error, rows });
  if (options.onQuery !== undefined) told("onQuery", options.onQuery, event);
  for (const observer of observers.queries) observer(event, database);
  if (durationMs >= (options.slowQueryThreshold ?? Infinity)) reportSlow(database, event, place);
  echo(database, () => lineOf(event));
}

/** Does what begins or ends a transaction, and tells those who trace it or read along. */
export async function reportedControl(
  database: DatabaseCore,
  within: Within | null,
  control: string,
  work: () => void | Promise<void>,
): Promise<void> {
  const traced = observers.tracer?.statement({ statement: null, control }, database, within) ?? null;
  const start = performance.now();
  const report = (error: unknown): void => {
    traced?.end({ error });
    const outcome = error === null ? "" : `, failed: ${(error as Error).name}`;
    echo(database, () => `(${time(performance.now() - start)}${outcome}) ${control}${nameOf(within)}`);
  };
  try {
    await inside(traced, work);
  } catch (error) {
    report(error);
    throw error;
  }
  report(null);
}

function reportSlow({ options }: DatabaseCore, event: QueryEvent, line = callersLine()): void {
  const slow: SlowQuery = { ...event, place: line };
  if (options.onSlowQuery !== undefined) return told("onSlowQuery", options.onSlowQuery, slow);
  // This is what a threshold without a function is for.
  // eslint-disable-next-line no-console
  console.warn(`Slow query ${lineOf(event)}${slow.place === null ? "" : `\n  at ${slow.place}`}`);
}

function echo({ options: { echo: wanted } }: DatabaseCore, line: () => string): void {
  if (wanted === undefined || wanted === false) return;
  if (wanted === true) printLine(line());
  else told("echo", wanted, line());
}

function lineOf({ sql, parameters, durationMs, rows, error, transaction, depth }: QueryEvent): string {
  const values = parameters.length === 0 ? "" : ` -- ${count(parameters.length, "parameter")}`;
  const outcome = error === null ? count(rows, "row") : `failed: ${(error as Error).name}`;
  const within = transaction === null ? null : { id: transaction, depth };
  return `(${time(durationMs)}, ${outcome}) ${readableSql(sql)}${values}${nameOf(within)}`;
}

function nameOf(within: Pick<Within, "id" | "depth"> | null): string {
  if (within === null) return "";
  return ` -- transaction ${within.id}${within.depth === 0 ? "" : `, savepoint ${within.depth}`}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function time(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}

function printLine(line: string): void {
  // This is what echo is for.
  // eslint-disable-next-line no-console
  console.log(line);
}
