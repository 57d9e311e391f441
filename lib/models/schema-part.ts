import type { ColumnType } from "../fields/index.js";

/** What a part of a table's schema is written with. */
export interface SchemaContext {
  /** The engine, for messages: "SQLite"; and by name: "sqlite", "postgres", "mysql". */
  readonly label: string;
  readonly engine: string;
  /** The model's name, for messages. */
  readonly model: string;
  /** The table, quoted, with its schema where it has one. */
  readonly table: string;
  /** The table's name as it is, and that of its schema. */
  readonly tableName: string;
  readonly schema: string | null;
  quote(name: string): string;
  /** A value as SQL has it, in a statement that takes no parameters. */
  literal(value: unknown): string;
  /** The columns of a field, quoted; throws `ConfigurationError` for a name that is no field's. */
  columns(field: string, option: string): readonly string[];
  /** A name for something of these fields, short enough for every engine: `note_title_idx`. */
  name(fields: readonly string[], kind: string): string;
}

/** An index that an extension writes: one of a model's `indexes`. */
export class IndexPart {
  /** Statements that make it once the table is there; throws `NotSupportedError` on an engine that lacks it. */
  readonly statements: (context: SchemaContext) => readonly string[];
  /** Its name, where whoever asks for indexes by name may ask for it. */
  readonly named: ((context: SchemaContext) => string) | null;

  constructor(
    statements: (context: SchemaContext) => readonly string[],
    named: ((context: SchemaContext) => string) | null = null,
  ) {
    this.statements = statements;
    this.named = named;
    Object.freeze(this);
  }
}

/** A constraint that an extension writes: one of a model's `constraints`. */
export class ConstraintPart {
  /** Its clause in CREATE TABLE; throws `NotSupportedError` on an engine that lacks it. */
  readonly clause: (context: SchemaContext) => string;

  constructor(clause: (context: SchemaContext) => string) {
    this.clause = clause;
    Object.freeze(this);
  }
}

/** CREATE TABLE as it would be, for a form that changes it. */
export interface TableClauses {
  /** `CREATE TABLE IF NOT EXISTS "note"` */
  readonly head: string;
  /** Columns and constraints. */
  readonly columns: readonly string[];
  readonly constraints: readonly string[];
  /** What follows the bracket, from its space on. */
  readonly suffix: string;
  readonly safe: boolean;
}

/** What changes a table itself: a model's option `table`. Each part throws `NotSupportedError` where it cannot be. */
export interface TableFormParts {
  /** Says how the table is made, where that is not one CREATE TABLE of its clauses. */
  readonly create?: (clauses: TableClauses, context: SchemaContext) => readonly string[];
  /** Says how it is dropped, where that is not one DROP TABLE. */
  readonly drop?: (safe: boolean, context: SchemaContext) => readonly string[];
}

export class TableForm {
  readonly parts: TableFormParts;

  constructor(parts: TableFormParts) {
    this.parts = parts;
    Object.freeze(this);
  }
}

/** What a part that columns need is written with. */
export type NeededContext = Pick<SchemaContext, "label" | "engine" | "quote" | "literal">;

/** What a query about such a part found: its rows. */
export type FoundRows = readonly (readonly unknown[])[];

/** How such a part is asked about, made and dropped. Each throws `NotSupportedError` on an engine that lacks it. */
export interface NeededParts {
  /** What it is, by kind and name: parts of one name are one. */
  readonly name: string;
  /** Tells it from another of its name, which cannot be there beside it. */
  readonly form: string;
  /** A SELECT that says whether it is there, and how. */
  readonly find: (context: NeededContext) => string;
  /** Statements that make it; throws `ConfigurationError` where another of its name is there. */
  readonly create: (found: FoundRows, context: NeededContext) => readonly string[];
  /** Statements that drop it, where nothing needs it any more. */
  readonly drop: (found: FoundRows, context: NeededContext) => readonly string[];
}

/** What columns need that is the database's own, and no table's: a type. Made before their tables, dropped after them. */
export class NeededPart {
  readonly parts: NeededParts;

  constructor(parts: NeededParts) {
    this.parts = parts;
    Object.freeze(this);
  }
}

const needed = new WeakMap<ColumnType, readonly NeededPart[]>();

/** Says what columns of a type need. */
export function needsParts(type: ColumnType, parts: readonly NeededPart[]): void {
  needed.set(type, parts);
}

/** What columns of a type need: nothing, for most. */
export function partsNeededBy(type: ColumnType): readonly NeededPart[] {
  return needed.get(type) ?? [];
}
