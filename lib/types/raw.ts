/** Kysely's `sql` tag with what it holds; that of any version. */
export interface RawSql {
  toOperationNode(): object;
}

/** The rows that SQL of one's own gives. Nothing is asked until they are wanted. */
export interface RawRows<Row> {
  all(): Promise<Row[]>;
  /** The first row, or null. All are fetched, unless the SQL has a limit. */
  first(): Promise<Row | null>;
  [Symbol.asyncIterator](): AsyncIterator<Row>;
}
