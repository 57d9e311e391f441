import { didYouMean } from "../util/suggest.js";
import type { Storage } from "./column-type.js";

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
  /**
   * An SQL expression whose value the database keeps in this column. It reaches the database as written. As a list of
   * one, from an extension, it is worked out when it is read, and not kept.
   */
  readonly generatedAs?: string | readonly [virtual: string];
  readonly collation?: string;
}

const OF_ALL = [
  ..."primaryKey null default dbDefault unique index column choices validators".split(" "),
  ..."comment check generatedAs".split(" "),
];
const OF_TEXT = ["maxLength", "collation"];
const OF_MOMENTS = ["autoNow", "autoNowAdd"];
const OF_DECIMALS = ["precision", "scale"];
const BEYOND: Readonly<Partial<Record<Storage, readonly string[]>>> = {
  string: OF_TEXT,
  text: OF_TEXT,
  date: OF_MOMENTS,
  time: OF_MOMENTS,
  datetime: OF_MOMENTS,
  decimal: OF_DECIMALS,
  // Whoever makes a kind of their own knows what it is like.
  custom: [...OF_TEXT, ...OF_MOMENTS, ...OF_DECIMALS],
};

/** What other libraries call them. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map(
  Object.entries({
    null: "nullable allowNull allow_null blank",
    dbDefault: "server_default serverDefault defaultSql db_default defaultTo",
    column: "db_column columnName column_name field name",
    primaryKey: "primary pk isPrimary primary_key",
    index: "db_index indexed",
    choices: "enum values oneOf",
    validators: "min max minimum maximum minValue maxValue minLength min_length pattern regex validate",
    maxLength: "length max_length size",
    autoNow: "onUpdate auto_now updatedAt",
    autoNowAdd: "createdAt auto_now_add",
    generatedAs: "generated computed",
  }).flatMap(([name, others]) => others.split(" ").map((other) => [other, name])),
);

/** The options of fields whose values are held so. */
export function optionsOf(storage: Storage): readonly string[] {
  return [...OF_ALL, ...(BEYOND[storage] ?? [])];
}

/** What somebody may have meant by an option that there is not; ready to be joined to a message. */
export function meantByOption(name: string, known: readonly string[]): string {
  const here = ELSEWHERE.get(name);
  return here !== undefined && known.includes(here) ? ` Here it is "${here}".` : didYouMean(name, known);
}
