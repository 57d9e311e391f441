/** Questions to an engine with a safe default, so that nothing outside `databases/` asks for an engine's name. */
export interface Features {
  /** INSERT … RETURNING gives generated keys for every row. */
  readonly insertReturning: boolean;
  /** The driver tells the generated key of a single-row insert without RETURNING (`QueryResult.insertId`). */
  readonly insertId: boolean;
  /** One statement run for many rows costs less than a statement of many rows: see `Connection.executeMany`. */
  readonly executeMany?: boolean;
  /** Statements are answered before anything else of the process goes on, where that is asked for: `executeNow` (SQLite). */
  readonly answersAtOnce?: boolean;
  /** ON CONFLICT names the unique columns that it is about; else it is about all that a table has (MySQL). */
  readonly conflictTargets: boolean;
  /** ON CONFLICT names a constraint instead (PostgreSQL). */
  readonly conflictConstraints?: boolean;
  /** One INSERT may find rows that it has itself inserted or set (not PostgreSQL). */
  readonly conflictsInTurn: boolean;
  /** UPDATE/DELETE may select from their own target in a subquery; else it is wrapped in a derived table (MySQL). */
  readonly selfReferencingWrites: boolean;
  /** The values that UPDATE sets may be selected from its own table, as it was before; else they are selected beside it. */
  readonly readsWhatItUpdates: boolean;
  /** What stands beside is named by UPDATE … FROM (SQLite); else it is joined to the table (MySQL). */
  readonly updatesFrom?: boolean;
  /** UPDATE sets columns one after another, so that a later one reads what an earlier one was set to (MySQL). */
  readonly assignsInTurn: boolean;
  /** LIMIT inside an `IN (SELECT …)` subquery works; else it is wrapped in a derived table (MySQL). */
  readonly limitInSubquery: boolean;
  /** A list of tuples is `(a, b) IN ((1, 2), …)`; else `(a, b) IN (VALUES (1, 2), …)` (SQLite). */
  readonly listsOfTuples: boolean;
  /** ORDER BY takes NULLS FIRST and NULLS LAST; else a CASE says where they come (MySQL). */
  readonly ordersNulls: boolean;
  /** A query in FROM may name columns of queries further out (not MariaDB). */
  readonly outerInDerivedTables: boolean;
  /** JOIN LATERAL: a query in FROM may name columns of the tables before it (PostgreSQL, MySQL, not MariaDB). */
  readonly lateralJoins?: boolean;
  /** UNION only; INTERSECT and EXCEPT, too; or these with ALL, which keeps rows that are alike. */
  readonly setOperations: "union" | "distinct" | "all";
  /** WITH … AS MATERIALIZED, and NOT MATERIALIZED. */
  readonly materializedCtes: boolean;
  /** An insert of no columns is `DEFAULT VALUES`; else `() VALUES ()` (MySQL). */
  readonly defaultValues: boolean;
  /** Rows can be locked as they are read; else locks are left out, for there is nobody to lock them against (SQLite). */
  readonly rowLocks: boolean;
  /** A lock of what is not there keeps others from inserting it, who may hold one themselves (MySQL). */
  readonly locksAbsentRows?: boolean;
  /** A transaction goes on to see the rows that there were when it began to read, unless it locks them (MySQL). */
  readonly readsSnapshots?: boolean;
  /** REPLACE INTO, which deletes rows that are in the way (not PostgreSQL). */
  readonly replaces?: boolean;
  /** Settings of a session can be made for one transaction, and end with it (PostgreSQL). */
  readonly localSettings?: boolean;
  /** Whose one session it is, beside which there can be no other (PGlite). */
  readonly onlySession?: string;
  /** Rows that an outer join may come without can be locked; else only the others can (PostgreSQL). */
  readonly locksOptionalRows: boolean;
  /** Parameters at most in one statement. */
  readonly maxParameters: number;
  /** Bytes at most in one statement with its parameters, where a server takes no more than that (MySQL). */
  readonly maxStatementBytes?: number;
  /** A table's foreign keys may point at tables that do not exist yet (SQLite); else cycles are closed by ALTER TABLE. */
  readonly forwardReferences: boolean;
  /** CREATE TABLE and ALTER TABLE commit the transaction around them (MySQL). */
  readonly schemaEndsTransactions?: boolean;
  /** Foreign keys take ON DELETE SET DEFAULT (not MySQL). */
  readonly setsDefaults: boolean;
  /** A foreign key with ON DELETE SET NULL may stand in a CHECK, which is asked then, too (not MySQL). */
  readonly checksWhatIsSetNull: boolean;
  /** Indexes may be of those rows only of which a condition holds (not MySQL). */
  readonly partialIndexes?: boolean;
  /** Text without a length can be indexed and unique; else it needs a length to be a key of (MySQL). */
  readonly indexesUnboundedText: boolean;
  /** Table and column comments are written inside CREATE TABLE (MySQL), by COMMENT ON (PostgreSQL), or not at all. */
  readonly comments: "inline" | "statement" | "none";
}
