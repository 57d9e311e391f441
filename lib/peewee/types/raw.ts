import type { DatabaseLike } from "../../types/index.js";

/** Rows of a query of one's own, which was not run yet. */
export interface RawQuery<I, Row = I> {
  /** On another database. */
  using(database: DatabaseLike | string): RawQuery<I, Row>;
  /** Rows as plain objects, by the names of columns, with the driver's values. */
  dicts(): RawQuery<I, Record<string, unknown>>;
  /** Rows as lists. */
  tuples(): RawQuery<I, unknown[]>;
  /** Runs it. Rows of the model need all of its columns. */
  execute(): Promise<Row[]>;
  /** The first row; null where there is none. */
  first(): Promise<Row | null>;
  [Symbol.asyncIterator](): AsyncIterator<Row>;
}
