import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

/** An index over several columns, by field names. */
export interface IndexOptions {
  readonly fields: readonly string[];
  readonly unique?: boolean;
  readonly name?: string;
}

/** A table constraint: rows unique together, or an SQL condition (which reaches the database as written). */
export type ConstraintOptions =
  { readonly unique: readonly string[]; readonly name?: string } | { readonly check: string; readonly name: string };

/** What `Model(table, fields, options)` takes as its third argument, as it is at run time. */
export interface ModelOptions {
  readonly database?: unknown;
  readonly ordering?: readonly string[];
  readonly primaryKey?: readonly string[];
  readonly indexes?: readonly (readonly string[] | IndexOptions)[];
  readonly constraints?: readonly ConstraintOptions[];
  readonly schema?: string;
  readonly comment?: string;
  readonly abstract?: boolean;
  /** false: the table is somebody else's; `createTables` and `dropTables` leave it alone. */
  readonly managed?: boolean;
}

/** The static under which a class made by `Model(…)` keeps what was declared. */
export const DEFINITION = Symbol("dunder.definition");

const KNOWN = "database ordering primaryKey indexes constraints schema comment abstract managed".split(" ");

/** What one call of `Model(…)` declared, before any class or relation is looked at. */
export interface Definition {
  readonly table: string;
  readonly declared: Readonly<Record<string, unknown>>;
  readonly options: ModelOptions;
}

export function defineModel(table: string, declared: object, options: ModelOptions = {}): Definition {
  if (typeof table !== "string" || table === "") {
    throw new ConfigurationError(`Model(table, fields): expected the table's name, got ${printable(table)}.`);
  }
  if (declared === null || typeof declared !== "object") {
    throw new ConfigurationError(
      `Model("${table}", fields): expected an object of fields, got ${printable(declared)}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `Model("${table}") takes no option "${unknown}".${didYouMean(unknown, KNOWN)} Options: ${KNOWN.join(", ")}.`,
    );
  }
  // A frozen copy would have a shape of its own in V8's memory for every model; nobody but us gets to see this one.
  return Object.freeze({ table, declared: { ...declared }, options: Object.freeze({ ...options }) });
}
