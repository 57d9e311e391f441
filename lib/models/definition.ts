import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { type Family, newFamily, type Variant } from "./family.js";
import type { ModelClass } from "./meta.js";
import type { ModelOptions } from "./options.js";

/** The static under which a class made by `Model(…)` keeps what was declared. */
export const DEFINITION = Symbol("dunder.definition");

const KNOWN =
  "database ordering primaryKey indexes constraints table schema comment abstract managed discriminator parent".split(
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
  /** The model that it extends by a table of its own. */
  readonly parent: ModelClass | null;
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
  const parent = parentOf(table, options);
  // A frozen copy would have a shape of its own in V8's memory for every model; nobody but us gets to see this one.
  const family = options.discriminator === undefined ? null : newFamily(options.discriminator);
  return Object.freeze({
    ...{ table, declared: { ...declared }, options: Object.freeze({ ...options }) },
    ...{ family, variant: null, parent },
  });
}

/** The class that the option `parent` names. */
function parentOf(table: string, options: ModelOptions): ModelClass | null {
  if (!("parent" in options)) return null;
  const { parent } = options;
  const where = `Model("${table}", fields, { parent })`;
  if (typeof parent !== "function" || !(DEFINITION in parent)) {
    const hint = parent === undefined ? " Declare the parent's class first, and import its module." : "";
    throw new ConfigurationError(`${where}: expected a class made with Model(…), got ${printable(parent)}.${hint}`);
  }
  const { family, options: above } = parent[DEFINITION] as Definition;
  const other = ["primaryKey", "discriminator", "abstract"].find((name) => name in options);
  if (other !== undefined) {
    throw new ConfigurationError(`${where} goes with no option "${other}".${WHY_NOT[other] ?? ""}`);
  }
  if (family !== null || above.abstract === true) {
    throw new ConfigurationError(
      `${where}: ${parent.name} ${family === null ? "is abstract: it has no table" : "has variants, or is one: their rows are in one table"}. ` +
        `Extend a model that has a table for itself.`,
    );
  }
  return parent as unknown as ModelClass;
}

const WHY_NOT: Readonly<Record<string, string>> = {
  primaryKey: " Its rows have the primary key of their parent's.",
  discriminator: " Rows that are in one table are of variants of its model.",
};
