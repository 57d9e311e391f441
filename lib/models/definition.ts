import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { type Family, newFamily, type Variant } from "./family.js";
import type { ModelOptions } from "./options.js";

/** The static under which a class made by `Model(…)` keeps what was declared. */
export const DEFINITION = Symbol("dunder.definition");

const KNOWN = "database ordering primaryKey indexes constraints schema comment abstract managed discriminator".split(
  " ",
);

/** What one call of `Model(…)` declared, before any class or relation is looked at. */
export interface Definition {
  readonly table: string;
  readonly declared: Readonly<Record<string, unknown>>;
  readonly options: ModelOptions;
  /** The models of one table, where a field says which of them a row is of. */
  readonly family: Family | null;
  /** Which of them this is; null for the model that they vary. */
  readonly variant: Variant | null;
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
  const family = options.discriminator === undefined ? null : newFamily(options.discriminator);
  return Object.freeze({
    ...{ table, declared: { ...declared }, options: Object.freeze({ ...options }) },
    ...{ family, variant: null },
  });
}
