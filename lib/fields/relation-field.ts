import { ConfigurationError } from "../errors/index.js";
import { meantByOption } from "./options.js";
import { printable } from "../util/printable.js";
import { SetRule } from "./set-rule.js";

/** What happens to rows that point at a deleted one. */
export const onDeleteRules = ["cascade", "restrict", "protect", "set null", "set default", "do nothing"] as const;
export type OnDelete = (typeof onDeleteRules)[number] | SetRule;

export interface ForeignKeyOptions {
  readonly null?: boolean;
  readonly onDelete?: OnDelete;
  readonly column?: string;
  /** The fields of the target that it holds, where that is not the primary key; unique together. */
  readonly to?: string | readonly string[];
  /** The names of its columns, in the order of what they hold. */
  readonly columns?: readonly string[];
  readonly unique?: boolean;
  readonly index?: boolean;
  readonly primaryKey?: boolean;
  readonly comment?: string;
  readonly default?: unknown;
  /** Of a model with a parent: this is the relation to the row in the parent's table. */
  readonly parentLink?: boolean;
}

/** A foreign key as declared: `album: () => fields.foreignKey(Album, { onDelete: "cascade" })`. */
export interface ForeignKeyDeclaration {
  readonly relation: "foreignKey" | "oneToOne";
  readonly target: unknown;
  readonly options: ForeignKeyOptions;
}

/** The other side of a foreign key: `tracks: () => fields.hasMany(Track, "album")`. */
export interface ReverseDeclaration {
  readonly relation: "hasMany" | "hasOne";
  readonly target: unknown;
  /** The name of the foreign key on the target that this is the other side of. */
  readonly via: string;
}

const OPTIONS = "null onDelete column to columns unique index primaryKey comment default parentLink".split(" ");

export function declareForeignKey(
  relation: ForeignKeyDeclaration["relation"],
  target: unknown,
  options: ForeignKeyOptions = {},
): ForeignKeyDeclaration {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `fields.${relation}() takes no option "${unknown}".${meantByOption(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  if (options.onDelete !== undefined && !isRule(options.onDelete)) {
    throw new ConfigurationError(
      `fields.${relation}({ onDelete }): expected one of ${onDeleteRules.map((rule) => `"${rule}"`).join(", ")}, or ` +
        `set(value), got ${printable(options.onDelete)}.`,
    );
  }
  checkNames(relation, "to", typeof options.to === "string" ? [options.to] : options.to);
  checkNames(relation, "columns", options.columns);
  if (options.column !== undefined && options.columns !== undefined) {
    throw new ConfigurationError(`fields.${relation}(): give { column } for one column, or { columns } for several.`);
  }
  return Object.freeze({ relation, target, options });
}

function checkNames(relation: string, option: string, names: unknown): void {
  if (names === undefined) return;
  const list: readonly unknown[] = Array.isArray(names) ? (names as unknown[]) : [];
  const isSound = list.length > 0 && list.every((name) => typeof name === "string" && name !== "");
  if (!isSound) {
    throw new ConfigurationError(
      `fields.${relation}({ ${option} }): expected a list of names such as ["a", "b"], got ${printable(names)}.`,
    );
  }
  const twice = list.find((name, index) => list.indexOf(name) < index);
  if (twice !== undefined) {
    throw new ConfigurationError(`fields.${relation}({ ${option} }) names ${printable(twice)} twice.`);
  }
}

function isRule(rule: unknown): rule is OnDelete {
  return rule instanceof SetRule || (onDeleteRules as readonly unknown[]).includes(rule);
}

export function declareReverse(
  relation: ReverseDeclaration["relation"],
  target: unknown,
  via: string,
): ReverseDeclaration {
  if (typeof via !== "string") {
    throw new ConfigurationError(
      `fields.${relation}(Model, "field"): the second argument names the foreign key on the other model, ` +
        `got ${printable(via)}.`,
    );
  }
  return Object.freeze({ relation, target, via });
}
