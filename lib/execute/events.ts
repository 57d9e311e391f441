import type { DatabaseCore } from "./database-core.js";
import type { QueryEvent } from "../databases/options.js";
import { observers } from "./observers.js";
import type { Request } from "./request.js";

/** True when somebody wants to hear of statements; else no event is made. */
export function isObserved({ options }: DatabaseCore): boolean {
  return observers.size > 0 || options.onQuery !== undefined || (options.echo !== undefined && options.echo !== false);
}

export function report(
  database: DatabaseCore,
  { statement, parameters, model }: Request,
  durationMs: number,
  rows: number,
  error: unknown,
): void {
  const { options } = database;
  const event: QueryEvent = { sql: statement.sql, parameters, durationMs, rows, model, error };
  options.onQuery?.(event);
  for (const observer of observers) observer(event, database);
  if (options.echo === undefined || options.echo === false) return;
  const print = options.echo === true ? printLine : options.echo;
  print(lineOf(event));
}

function lineOf({ sql, parameters, durationMs, rows, error }: QueryEvent): string {
  const values = parameters.length === 0 ? "" : ` -- ${parameters.length} parameters`;
  const outcome = error === null ? `${rows} rows` : `failed: ${(error as Error).name}`;
  return `(${durationMs.toFixed(1)} ms, ${outcome}) ${sql}${values}`;
}

function printLine(line: string): void {
  // This is what echo is for.
  // eslint-disable-next-line no-console
  console.log(line);
}
