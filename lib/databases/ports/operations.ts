import type { OperationNode } from "kysely";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import type { JsonOperations } from "./json.js";
import type { Encode } from "./types.js";

/** Text lookups whose SQL differs by engine. */
export type TextMatch =
  "iexact" | "contains" | "icontains" | "startswith" | "istartswith" | "endswith" | "iendswith" | "regex" | "iregex";

/** Transforms whose SQL differs by engine. */
export type TransformName =
  | "year"
  | "iso_year"
  | "quarter"
  | "month"
  | "week"
  | "day"
  | "week_day"
  | "iso_week_day"
  | "hour"
  | "minute"
  | "second"
  | "date"
  | "time"
  | "length"
  | "lower"
  | "upper"
  | "trim"
  | "abs";

/** A text lookup: `build` gets the column and a parameter which is bound to `encode(value)`. */
export interface TextMatcher {
  encode(value: string): unknown;
  build(lhs: OperationNode, parameter: OperationNode): OperationNode;
  /** The same with a text that is worked out for each row. Nothing in it is a wildcard, except to a regular expression. */
  match(lhs: OperationNode, text: OperationNode): OperationNode;
}

/** `in` through one parameter for a list of any length: `encode` gets the list's values, each encoded already. */
export interface ArrayMembership {
  encode(values: readonly unknown[]): unknown;
  build(lhs: OperationNode, parameter: OperationNode): OperationNode;
}

/** Rows to be inserted as one array a column: one statement, and few parameters, for any number of rows. */
export interface ArrayInsert {
  /** Rows at most in one statement. */
  readonly maxRows: number;
  /** A query for name and SQL type of each column of a table, which it is told by its name as it stands in SQL. */
  readonly columnTypes: string;
  /** False for a type of which no array can be bound. */
  takes(sqlType: string): boolean;
  /** A column's values, encoded one by one already, as one parameter. */
  encode(values: readonly unknown[]): unknown;
  /** `select … from unnest($1::integer[], $2::text[]) …`: the rows, in the order of the arrays. */
  rows(arrays: readonly OperationNode[], sqlTypes: readonly string[]): OperationNode;
  /** The same as a table of this name, whose columns are c0, c1 and so on. */
  table(arrays: readonly OperationNode[], sqlTypes: readonly string[], name: OperationNode): OperationNode;
}

/** Rows as one parameter, for an engine that has no arrays. */
export interface RowList {
  /** Rows of values, each encoded already. */
  encode(rows: readonly (readonly unknown[])[]): unknown;
  /** The rows as a table of this name, whose columns are c0, c1 and so on. */
  table(parameter: OperationNode, name: OperationNode): OperationNode;
}

/** What an INSERT does about rows that are there already. */
export interface ConflictClause {
  /** Columns unique together by which rows are told apart; empty for any that are. */
  readonly target: readonly OperationNode[];
  /** The condition of the partial index that these are unique by, and the constraint that is named in their place. */
  readonly indexWhere: OperationNode | null;
  readonly constraint: OperationNode | null;
  /** `column = value` each; empty where the rows that are there stay as they are. */
  readonly assignments: readonly OperationNode[];
  /** Rows of which this does not hold stay as they are. */
  readonly where: OperationNode | null;
  /** A column to set to itself, for an engine that must set one. */
  readonly column: OperationNode;
}

/** What a lock of rows is written with. */
export interface LockClause {
  readonly strength: "update" | "noKeyUpdate" | "share";
  readonly wait: "wait" | "nowait" | "skip";
  /** Aliases of the tables whose rows are locked; null for all. */
  readonly tables: readonly OperationNode[] | null;
}

/** The small pieces of SQL in which engines differ, as Kysely nodes. */
export interface Operations {
  textMatcher(match: TextMatch): TextMatcher;
  readonly json: JsonOperations;
  /**
   * The value of a transform. `source` is the storage it is applied to; `timeZone` an IANA name, or null for UTC,
   * which matters to parts of a "datetime" only.
   */
  transform(name: TransformName, lhs: OperationNode, source: Storage, timeZone: string | null): OperationNode;
  /** null where a list of that many items, rounded up, must be spelled out as `(?, ?, …)`. */
  arrayMembership(type: ColumnType, length: number): ArrayMembership | null;
  /** Absent where tuples are as quick. */
  readonly arrayInsert?: ArrayInsert;
  /** Rows that an UPDATE joins, a key's columns first; null where one of these types is not to be had so. */
  rowList?(types: readonly ColumnType[], keys: number): RowList | null;
  /** The end of an INSERT that sets columns of rows that are there already, or leaves these as they are. */
  onConflict(clause: ConflictClause): OperationNode;
  /** In that, what the row that was to be inserted has in a column. */
  incoming(column: OperationNode): OperationNode;
  /** Wraps a parameter so that it is compared as the column's type (MySQL decimals), else gives it back. */
  parameter(node: OperationNode, type: ColumnType): OperationNode;
  /** Wraps a column or parameter so that `<`, `>` and ORDER BY follow its meaning (SQLite decimals), else gives it back. */
  sortKey(node: OperationNode, type: ColumnType): OperationNode;
  /** `lhs` differs from `rhs`, where NULL differs from every value: `IS DISTINCT FROM`. */
  isDistinctFrom(lhs: OperationNode, rhs: OperationNode): OperationNode;
  /** The end of a SELECT that locks its rows, where `Features.rowLocks`; throws `NotSupportedError` for what it lacks. */
  lock?(clause: LockClause): OperationNode;
  /**
   * A query from which on a transaction sees a table as it is now; its one row says whether it does, so far as the server's
   * settings decide on that. Where there is no RETURNING, `Features.insertId` and this tell the keys of many rows.
   */
  snapshot?(table: OperationNode): OperationNode;
  /** `ORDER BY` in random order. */
  random(): OperationNode;
  /** How the numbers of LIMIT and OFFSET are bound; null: as they are. */
  readonly encodeCount: Encode | null;
  /** What stands behind LIMIT and OFFSET; either may be null, not both. */
  limit(limit: OperationNode | null, offset: OperationNode | null): { limit?: OperationNode; offset?: OperationNode };
}
