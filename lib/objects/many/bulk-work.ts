import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, ValidationError } from "../../errors/index.js";
import { type ColumnMeta, META, type ModelMeta } from "../../models/index.js";
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

/** Rows to be inserted, and how. */
export interface BulkWork {
  readonly database: DatabaseCore;
  readonly meta: ModelMeta;
  readonly rows: readonly object[];
  /** Values of all rows. */
  readonly given: object | null;
  readonly asked: AskedConflict | null;
  readonly replaces: boolean;
  readonly options: BulkCreateOptions;
  /** The columns of which each row was given values, where it does not tell itself. */
  readonly givenOf?: readonly (readonly ColumnMeta[] | null)[];
}

export function withGiven(values: object, given: object | null): object {
  return given === null || META in values ? values : { ...values, ...given };
}

export function holdsOthers({ meta, method }: AskedConflict, at: number): FieldError {
  return new FieldError(
    `${meta.name}: ${method}(…): rows[${at}] holds rows to be made along with it, and may be there already itself. ` +
      `Make those first, and give their keys.`,
  );
}

/** Has what is wrong with a row tell which it is. */
export function numbered<T>(at: number, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    const problems = error.problems.map(({ field, message }) => ({ field, message: `in rows[${at}]: ${message}` }));
    throw new ValidationError(error.model, problems);
  }
}
