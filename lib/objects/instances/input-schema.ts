import { FieldError, type Problem } from "../../errors/index.js";
import { fromJson, Refusal, refuse } from "../../fields/index.js";
import {
  type ColumnMeta,
  columnsOfField,
  declaredFields,
  declaredName,
  type ForeignKeyMeta,
  type ModelMeta,
  type OneOfMeta,
  type ScalarMeta,
} from "../../models/index.js";
import { kindGiven } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { addReference } from "../rows/references.js";
import { isRequired } from "../writing/row-init.js";
import { checkedValue } from "../rows/row-values.js";
import type { ColumnValues } from "../rows/same-value.js";

type Field = ScalarMeta | ForeignKeyMeta | OneOfMeta;
type Result = { readonly value: unknown } | { readonly issues: readonly Issue[] };
interface Issue {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

interface Options {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
  readonly partial?: boolean;
}

const OPTIONS = ["only", "except", "partial"];

/**
 * A schema of what a model's rows may be made of, by values from outside: a request's body, a file. It is one of
 * Standard Schema (https://standardschema.dev), version 1.
 */
export class InputSchema {
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #partial: boolean;

  constructor(meta: ModelMeta, options: unknown = {}) {
    const { only, except = [], partial = false } = checkedOptions(meta, options);
    const fields = givableFields(meta);
    checkNames(meta, fields, [...(only ?? []), ...except]);
    const chosen = fields.filter((field) => only?.includes(field.name) ?? !fillsItself(field));
    this.#fields = new Map(chosen.filter(({ name }) => !except.includes(name)).map((field) => [field.name, field]));
    this.#partial = partial;
  }

  get "~standard"(): { version: 1; vendor: string; validate(value: unknown): Result } {
    return { version: 1, vendor: "dunder-orm", validate: (value) => this.#validate(value) };
  }

  #validate(input: unknown): Result {
    if (input === null || typeof input !== "object" || Array.isArray(input)) {
      return { issues: [{ message: `expected an object of values, got ${printable(input)}.`, path: [] }] };
    }
    const issues: Issue[] = [];
    const value: Record<string, unknown> = {};
    const found: ColumnValues = new Map();
    for (const [name, given] of Object.entries(input)) {
      const field = this.#fields.get(name);
      if (field === undefined) issues.push({ message: this.#unknown(name), path: [name] });
      else if (given !== undefined) {
        const problems: Problem[] = [];
        value[name] = readGiven(field, given, found, problems);
        issues.push(...problems.map(({ message }) => ({ message, path: [name] })));
      }
    }
    if (!this.#partial) issues.push(...this.#missing(input, found));
    return issues.length > 0 ? { issues } : { value };
  }

  #unknown(name: string): string {
    const names = [...this.#fields.keys()];
    return `is no field that can be given here.${didYouMean(name, names)} Fields: ${names.join(", ")}.`;
  }

  #missing(input: object, found: ColumnValues): Issue[] {
    return [...this.#fields.values()]
      .filter((field) => !isThere(input, field.name))
      .filter((field) => {
        if (field.type === "oneOf") return !field.nullable;
        return columnsOfField(field).some((column) => !found.has(column) && mustBeGiven(column));
      })
      .map(({ name }) => ({ message: "is required.", path: [name] }));
  }
}

function isThere(input: object, name: string): boolean {
  return Object.hasOwn(input, name) && (input as Record<string, unknown>)[name] !== undefined;
}

/** What no row can do without, and does not get by itself. */
function mustBeGiven(column: ColumnMeta): boolean {
  return isRequired(column) && !column.nullable && column.options.default === undefined;
}

/** Fields that values can be given for. */
function givableFields(meta: ModelMeta): Field[] {
  const { kind } = meta;
  const fixed = kind === null || kind.value === null ? null : kind.column;
  return declaredFields(meta).filter((field): field is Field => {
    // A relation to one of several models is given as a whole, not by its parts.
    if (declaredName(field.name) !== field.name) return false;
    if (field.type !== "scalar") return field.type === "foreignKey" || field.type === "oneOf";
    return field.column !== fixed && field.column.options.generatedAs === undefined;
  });
}

/** True where the database or the library has a value that nobody else should give. */
function fillsItself(field: Field): boolean {
  return columnsOfField(field).some(({ generated, options }) => {
    return generated || options.autoNow === true || options.autoNowAdd === true;
  });
}

/** Reads what one field is given; what is wrong with it is put with the problems. */
function readGiven(field: Field, given: unknown, found: ColumnValues, problems: Problem[]): unknown {
  try {
    if (field.type === "scalar") return readColumn(field.column, given, found);
    if (field.type === "oneOf") return readKind(field, given, found, problems);
    return readReference(field, given, found, problems);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    problems.push({ field: field.name, message: error.message });
    return undefined;
  }
}

function readColumn(column: ColumnMeta, given: unknown, found: ColumnValues): unknown {
  const value = checkedValue(column, fromJson(column.scalar, given));
  found.set(column, value);
  return value;
}

/** A relation by its key: rows do not come from outside, and an object would be values to make one of. */
function readReference(field: ForeignKeyMeta, given: unknown, found: ColumnValues, problems: Problem[]): unknown {
  const { columns, target } = field;
  const isObject = typeof given === "object" && given !== null && !(given instanceof Uint8Array);
  if (columns.length === 1) {
    if (isObject) refuse(`expected the key of a row of ${target.name}, got ${printable(given)}.`);
    return readColumn(columns[0] as ColumnMeta, given, found);
  }
  if (isObject && !Array.isArray(given))
    refuse(`expected the key of a row of ${target.name}, got ${printable(given)}.`);
  const parts: unknown = Array.isArray(given)
    ? given.map((part: unknown, at) => (columns[at] === undefined ? part : fromJson(columns[at].scalar, part)))
    : given;
  addReference(field, parts, found, problems);
  return parts;
}

/** A relation to one of several models by a key of its kind: `{ post: 3 }`. */
function readKind(field: OneOfMeta, given: unknown, found: ColumnValues, problems: Problem[]): unknown {
  if (given === null) return field.nullable ? null : refuse("cannot be null.");
  const { kind, arm, value } = kindGiven(field, given);
  if (arm.targetColumn.constant === undefined) return { [kind]: readReference(arm, value, found, problems) };
  const [, key] = arm.targetColumns as readonly [ColumnMeta, ColumnMeta];
  if (typeof value === "object") refuse(`expected the key of a row of ${arm.target.name}, got ${printable(value)}.`);
  return { [kind]: key.scalar.convert(fromJson(key.scalar, value)) };
}

function checkedOptions(meta: ModelMeta, options: unknown): Options {
  if (options === null || typeof options !== "object" || Array.isArray(options)) {
    throw new FieldError(`${meta.name}.inputSchema(…) takes an object of options, got ${printable(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) {
    const isRight = name === "partial" ? typeof value === "boolean" : Array.isArray(value);
    if (OPTIONS.includes(name) && (isRight || value === undefined)) continue;
    throw new FieldError(
      OPTIONS.includes(name)
        ? `${meta.name}.inputSchema({ ${name} }): expected ${name === "partial" ? "true or false" : "a list of field names"}, got ${printable(value)}.`
        : `${meta.name}.inputSchema(…) takes no option "${name}".${didYouMean(name, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  return options;
}

function checkNames(meta: ModelMeta, fields: readonly Field[], names: readonly unknown[]): void {
  const known = fields.map(({ name }) => name);
  for (const name of names) {
    if (typeof name === "string" && known.includes(name)) continue;
    throw new FieldError(
      `${meta.name}.inputSchema(…): ${printable(name)} is no field that values can be given for.` +
        `${didYouMean(String(name), known)} Fields: ${known.join(", ")}.`,
    );
  }
}

/** The schema of what a new row of a model takes. */
export function schemaOf(meta: ModelMeta): InputSchema {
  const known = meta.memo.get("input schema") as InputSchema | undefined;
  if (known !== undefined) return known;
  const schema = new InputSchema(meta);
  meta.memo.set("input schema", schema);
  return schema;
}
