/** A check of one's own on top of the field's: gives a sentence saying what is wrong, or nothing. */
export type Validator = (value: never) => string | null | undefined | void;

/** Options every scalar field takes, as they are at run time; `lib/types` has the same with exact value types. */
export interface FieldOptions {
  readonly primaryKey?: boolean;
  /** NULL allowed. */
  readonly null?: boolean;
  /** A value, or a function called for each row, used when none is given. */
  readonly default?: unknown;
  /** A default kept by the database: a value, written into the column's definition. */
  readonly dbDefault?: unknown;
  readonly unique?: boolean;
  readonly index?: boolean;
  /** The column's name where it is not the field's in snake_case. */
  readonly column?: string;
  readonly choices?: readonly unknown[];
  readonly validators?: readonly Validator[];
  readonly maxLength?: number;
  readonly precision?: number;
  readonly scale?: number;
  /** Set to the present time whenever the row is saved. */
  readonly autoNow?: boolean;
  /** Set to the present time when the row is created. */
  readonly autoNowAdd?: boolean;
  readonly comment?: string;
  /** An SQL condition for the column's CHECK constraint. It reaches the database as written. */
  readonly check?: string;
  /** An SQL expression whose value the database keeps in this column. It reaches the database as written. */
  /** A list of one, from an extension: worked out when it is read, and not kept. */
  readonly generatedAs?: string | readonly [virtual: string];
  readonly collation?: string;
}

const KNOWN = [
  ..."primaryKey null default dbDefault unique index column choices validators maxLength".split(" "),
  ..."precision scale autoNow autoNowAdd comment check generatedAs collation".split(" "),
] as const;

export const knownOptions: readonly string[] = KNOWN;
