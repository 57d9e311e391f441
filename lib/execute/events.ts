import type { DatabaseCore } from "./database-core.js";
import type { QueryEvent } from "../databases/options.js";
import type { Request } from "./request.js";

/** True when somebody wants to hear of statements; else no event is made. */
export function isObserved({ options }: DatabaseCore): boolean {
  return options.onQuery !== undefined || (options.echo !== undefined && options.echo !== false);
}

export function report(
  { options }: DatabaseCore,
  { statement, parameters, model }: Request,
  durationMs: number,
  rows: number,
  error: unknown,
): void {
  options.onQuery?.({ sql: statement.sql, parameters, durationMs, rows, model, error });
  if (options.echo === undefined || options.echo === false) return;
  const print = options.echo === true ? printLine : options.echo;
  print(lineOf({ sql: statement.sql, parameters, durationMs, rows, model, error }));
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
