import type { ColumnType } from "../../fields/column-type.js";

/** The parts of DDL in which engines differ, as SQL text made from names that were checked and quoted already. */
export interface SchemaOperations {
  /** Quotes an identifier, doubling the quote inside it. */
  readonly quote: (identifier: string) => string;
  /** A literal for DEFAULT and CHECK clauses, where parameters cannot stand. The value is encoded already. */
  readonly literal: (value: unknown) => string;
  /** Type and clauses of an integer primary key that the database generates: "integer PRIMARY KEY AUTOINCREMENT". */
  generatedKey(type: ColumnType): { readonly sqlType: string; readonly inlinePrimaryKey: boolean };
  /** What follows the closing parenthesis of CREATE TABLE: "" or " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 …". */
  tableSuffix(options: { readonly comment: string | null }): string;
  /** " COMMENT '…'" where comments stand inline, else "". */
  inlineComment(comment: string): string;
  /** Whether it is an index's name that a schema stands before, and no table's in ON or REFERENCES: both are in the same one. */
  readonly indexesHaveSchemas: boolean;
  /** A query for the names of the tables in a schema, or in the one that unqualified names mean. */
  tablesSql(schema: string | null): string;
  /** `ALTER TABLE … DROP CONSTRAINT …`; both names are quoted already. */
  dropForeignKey(table: string, name: string): string;
  /** Puts off foreign keys to the transaction's end, so that tables which point at each other can be dropped one by one. */
  readonly deferForeignKeys?: string;
  /** "GENERATED ALWAYS AS (…) STORED" */
  generatedAs(expression: string): string;
  /** The same for a column that is worked out when it is read; absent where there are none. */
  virtualAs?(expression: string): string;
}
