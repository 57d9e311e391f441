import { FieldError, ValidationError } from "../../errors/index.js";
import { type ColumnMeta, META } from "../../models/index.js";
import type { AskedConflict, ConflictOptions } from "../writing/read-conflict.js";

export interface BulkCreateOptions extends ConflictOptions {
  /** Rows in one statement at most; unless given, as many as suit the engine: 500, or 1000 on PostgreSQL. */
  readonly batchSize?: number;
  /** Called after every statement, or turn of them. */
  readonly onProgress?: (progress: Progress) => unknown;
}

/** How far it is. */
interface Progress {
  readonly done: number;
  readonly total: number;
}

/** The columns of which rows were given values; null for a row that tells itself. */
export type GivenOf = readonly (readonly ColumnMeta[] | null)[];

export function withGiven(values: object, given: object | null): object {
  return given === null || META in values ? values : { ...values, ...given };
}

export function holdsOthers({ meta, method }: AskedConflict, at: number): FieldError {
  return new FieldError(
    `${meta.name}: ${method}(…): rows[${at}] holds rows to be made along with it, and may be there already itself. ` +
      `Make those first, and give their keys.`,
  );
}

/** What is wrong with a row, telling which it is. */
export function numbered(error: unknown, at: number): unknown {
  if (!(error instanceof ValidationError)) return error;
  const problems = error.problems.map(({ field, message }) => ({ field, message: `in rows[${at}]: ${message}` }));
  return new ValidationError(error.model, problems);
}
