import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { snakeCase } from "../util/names.js";
import { didYouMean } from "../util/suggest.js";
import { textKind } from "./kinds.js";
import { refuse } from "./refusal.js";
import type { ForeignKeyDeclaration, OnDelete } from "./relation-field.js";
import { ScalarField } from "./scalar-field.js";

/** What `fields.oneOf(models, { … })` and `fields.generic(models, { … })` take, as it is at run time. */
export interface OneOfOptions {
  readonly null?: boolean;
  readonly onDelete?: OnDelete;
  readonly index?: boolean;
  readonly unique?: boolean;
  /** Of `oneOf`: the names of its columns, by kind. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Of `generic`: the names of its two columns. */
  readonly typeColumn?: string;
  readonly idColumn?: string;
}

/** A relation to a row of one of several models, as declared. */
export interface OneOfDeclaration {
  readonly relation: "oneOf" | "generic";
  /** The models by the names of their kinds. */
  readonly targets: Readonly<Record<string, unknown>>;
  readonly settings: OneOfOptions;
}

/** The column of a generic relation that holds the keys of its targets, whichever it is. */
export interface GenericKeyDeclaration {
  readonly relation: "genericKey";
  readonly targets: OneOfDeclaration["targets"];
  readonly options: { readonly null: boolean; readonly column: string };
}

/** One of the models that a generic relation leads to. */
export interface GenericArmDeclaration {
  readonly relation: "genericArm";
  readonly target: unknown;
  readonly kind: string;
  /** The name of the relation. */
  readonly of: string;
  readonly settings: OneOfOptions;
}

const RULES = ["cascade", "restrict", "protect", "set null", "do nothing"];
const SHARED = "null onDelete index unique".split(" ");
const OPTIONS = { oneOf: [...SHARED, "columns"], generic: [...SHARED, "typeColumn", "idColumn"] };
/** Names by which the columns of a relation are reached, or what every model has. */
const TAKEN = { oneOf: ["pk"], generic: ["pk", "type", "id"] };

export function declareOneOf(
  relation: OneOfDeclaration["relation"],
  targets: unknown,
  settings: OneOfOptions = {},
): OneOfDeclaration {
  const where = `fields.${relation}(models, options)`;
  if (targets === null || typeof targets !== "object" || Object.keys(targets).length === 0) {
    throw new ConfigurationError(
      `${where}: expected models by the names of their kinds, such as { post: Post, photo: Photo }, got ${printable(targets)}.`,
    );
  }
  const unknown = Object.keys(settings).find((name) => !OPTIONS[relation].includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${where} takes no option "${unknown}".${didYouMean(unknown, OPTIONS[relation])} Options: ${OPTIONS[relation].join(", ")}.`,
    );
  }
  const kinds = Object.keys(targets);
  const taken = kinds.find((kind) => TAKEN[relation].includes(kind));
  if (taken !== undefined) {
    throw new ConfigurationError(
      `${where}: no kind can be called "${taken}", since lookups mean something else by it.`,
    );
  }
  const problem = problemOf(settings, kinds);
  if (problem !== null) throw new ConfigurationError(`${where}: ${problem}`);
  return Object.freeze({ relation, targets: targets as OneOfDeclaration["targets"], settings });
}

function problemOf({ onDelete, null: nullable = false, columns = {} }: OneOfOptions, kinds: readonly string[]) {
  if (onDelete !== undefined && !(RULES as readonly unknown[]).includes(onDelete)) {
    return `onDelete is one of ${RULES.map((rule) => `"${rule}"`).join(", ")}, got ${printable(onDelete)}.`;
  }
  if (onDelete === "set null" && !nullable) return `onDelete: "set null" needs { null: true }.`;
  const stray = Object.keys(columns).find((kind) => !kinds.includes(kind));
  return stray === undefined
    ? null
    : `columns names the kind "${stray}", which there is not.${didYouMean(stray, kinds)} Kinds: ${kinds.join(", ")}.`;
}

type Member = ScalarField | ForeignKeyDeclaration | GenericKeyDeclaration | GenericArmDeclaration;

/** What a relation to one of several models is made of: its columns, and a foreign key for each of the models. */
export function membersOf(name: string, { relation, targets, settings }: OneOfDeclaration): [string, Member][] {
  const nullable = settings.null ?? false;
  const onDelete = settings.onDelete ?? (nullable ? "set null" : "cascade");
  const kinds = Object.entries(targets);
  if (relation === "oneOf") {
    const { columns = {}, index = true, unique = false } = settings;
    return kinds.map(([kind, target]) => {
      const column = columns[kind];
      const options = { null: true, onDelete, index, ...(column !== undefined && { column }) };
      return [kind, { relation: unique ? "oneToOne" : "foreignKey", target, options }];
    });
  }
  const { typeColumn = `${snakeCase(name)}_type`, idColumn = `${snakeCase(name)}_id` } = settings;
  return [
    ["type", kindField(Object.keys(targets), { null: nullable, column: typeColumn })],
    ["id", { relation: "genericKey", targets, options: { null: nullable, column: idColumn } }],
    ...kinds.map(([kind, target]): [string, Member] => {
      return [kind, { relation: "genericArm", target, kind, of: name, settings: { ...settings, onDelete } }];
    }),
  ];
}

/** Room for kinds to come, so that a further one is no change of the table. */
const SHORTEST = 50;

function kindField(
  kinds: readonly string[],
  options: { readonly null: boolean; readonly column: string },
): ScalarField {
  const maxLength = Math.max(SHORTEST, ...kinds.map((kind) => kind.length));
  const all = { ...options, choices: kinds, maxLength };
  const convert = (value: unknown) => {
    if (kinds.includes(value as string)) return value;
    return refuse(`${printable(value)} is no kind of row here. Kinds: ${kinds.join(", ")}.`);
  };
  return new ScalarField({ ...textKind("string", all), convert }, all);
}
