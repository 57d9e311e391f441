import type { ConstraintPart, IndexPart, TableForm } from "./schema-part.js";

/** An index over several columns, by field names. */
export interface IndexOptions {
  readonly fields: readonly string[];
  readonly unique?: boolean;
  readonly name?: string;
  /** The rows that are in it, as an SQL condition. */
  readonly where?: string;
}

/** A table constraint: rows unique together, or an SQL condition (which reaches the database as written). */
export type ConstraintOptions =
  { readonly unique: readonly string[]; readonly name?: string } | { readonly check: string; readonly name: string };

/** What `Model(table, fields, options)` takes as its third argument, as it is at run time. */
export interface ModelOptions {
  readonly database?: unknown;
  readonly ordering?: readonly string[];
  readonly primaryKey?: readonly string[];
  readonly indexes?: readonly (readonly string[] | IndexOptions | IndexPart)[];
  readonly constraints?: readonly (ConstraintOptions | ConstraintPart)[];
  readonly table?: TableForm;
  readonly schema?: string;
  readonly comment?: string;
  readonly abstract?: boolean;
  /** false: the table is somebody else's; `createTables` and `dropTables` leave it alone. */
  readonly managed?: boolean;
  /** The field that says of which variant a row is. */
  readonly discriminator?: string;
  /** The model that this one extends: its rows have a row in that one's table as well. */
  readonly parent?: unknown;
}
