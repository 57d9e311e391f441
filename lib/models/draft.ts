import { ConfigurationError } from "../errors/index.js";
import { plainKinds, ScalarField } from "../fields/index.js";
import type { FieldOptions, RelationDeclaration } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import { checkFieldName, checkIdentifier } from "./naming.js";
import type { Definition } from "./definition.js";

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A model on its way: its entries are known, its columns and relations are filled in. */
export interface Draft {
  readonly meta: Mutable<ModelMeta>;
  readonly entries: ReadonlyMap<string, ScalarField | RelationDeclaration>;
  readonly keyNames: readonly string[];
  readonly definition: Definition;
  /** What all models of its table declare together, where there are several; its columns are made once. */
  table: Draft | null;
}

let lastId = 0;

/** What a model declares, read as far as that goes without looking at other models. */
export function draftOf(model: ModelClass, definition: Definition, root: Draft | null = null): Draft {
  const name = model.name || definition.table;
  const entries = root === null ? entriesOf(name, definition) : variantEntries(name, definition, root);
  const { options } = definition;
  const declaredKeys = [...entries].filter(([, entry]) => isKey(entry)).map(([field]) => field);
  const { primaryKey } = options;
  if (primaryKey !== undefined && !(Array.isArray(primaryKey) && primaryKey.length > 0)) {
    throw new ConfigurationError(
      `${name}: the option primaryKey is a list of field names such as ["a", "b"], got ${printable(primaryKey)}.`,
    );
  }
  const keyNames = primaryKey ?? declaredKeys;
  checkKeys(name, keyNames, entries, primaryKey !== undefined && declaredKeys.length > 0);
  const meta: Mutable<ModelMeta> = {
    id: (lastId += 1),
    name,
    model,
    table: checkIdentifier(`${name}: table name`, definition.table),
    schema: options.schema === undefined ? null : checkIdentifier(`${name}: schema name`, options.schema),
    fields: {},
    columns: [],
    relations: {},
    primaryKey: [],
    ordering: Object.freeze([...(options.ordering ?? [])]),
    options,
    version: null,
    kind: null,
    memo: new Map(),
  };
  return { meta, entries, keyNames, definition, table: null };
}

/** What a variant declares, behind what its model does. Rows of the table that are not of it have its columns, too. */
function variantEntries(
  model: string,
  definition: Definition,
  root: Draft,
): Map<string, ScalarField | RelationDeclaration> {
  const entries = new Map(root.entries);
  if (definition.variant === null) return entries;
  for (const [name, entry] of declaredEntries(model, definition)) {
    if (entries.has(name)) {
      throw new ConfigurationError(`${model}.${name}: ${root.meta.name} has a field of this name. Leave it out here.`);
    }
    if (isKey(entry)) throw new ConfigurationError(`${model}.${name}: a variant has the primary key of its model.`);
    const { null: nullable, default: value, dbDefault } = ("options" in entry ? entry.options : {}) as FieldOptions;
    if ("options" in entry && nullable !== true && value === undefined && dbDefault === undefined) {
      throw new ConfigurationError(
        `${model}.${name}: a field of a variant needs { null: true } or a default, for rows of other variants have ` +
          `its column as well.`,
      );
    }
    entries.set(name, entry);
  }
  return entries;
}

/** What was declared, relation thunks called, with the `id` that is added where no key is declared. */
function entriesOf(model: string, definition: Definition): Map<string, ScalarField | RelationDeclaration> {
  const entries = declaredEntries(model, definition);
  const hasKey = definition.options.primaryKey !== undefined || [...entries.values()].some(isKey);
  if (hasKey) return entries;
  if (entries.has("id")) {
    throw new ConfigurationError(
      `${model}.id is no primary key, and no other is declared. Add { primaryKey: true } to it or to another field.`,
    );
  }
  return new Map([["id", new ScalarField(plainKinds.integer, { primaryKey: true })], ...entries]);
}

function declaredEntries(model: string, { declared }: Definition): Map<string, ScalarField | RelationDeclaration> {
  const entries = new Map<string, ScalarField | RelationDeclaration>();
  for (const [name, item] of Object.entries(declared)) {
    checkFieldName(model, name);
    const entry: unknown = typeof item === "function" ? (item as () => unknown)() : item;
    entries.set(name, checkEntry(model, name, entry, typeof item === "function"));
  }
  return entries;
}

function checkEntry(
  model: string,
  name: string,
  entry: unknown,
  fromThunk: boolean,
): ScalarField | RelationDeclaration {
  if (entry instanceof ScalarField) return entry;
  const relation = (entry as { relation?: unknown } | null | undefined)?.relation;
  if (typeof relation !== "string") {
    throw new ConfigurationError(
      `${model}.${name}: expected a field such as fields.integer(), got ${printable(entry)}.`,
    );
  }
  if (!fromThunk) {
    throw new ConfigurationError(
      `${model}.${name}: a relation is declared as a function, so that models may be circular: ` +
        `${name}: () => fields.${relation}(…).`,
    );
  }
  return entry as RelationDeclaration;
}

function isKey(entry: ScalarField | RelationDeclaration): boolean {
  return "options" in entry && entry.options.primaryKey === true;
}

function checkKeys(
  model: string,
  keys: readonly string[],
  entries: ReadonlyMap<string, ScalarField | RelationDeclaration>,
  twice: boolean,
): void {
  if (twice) {
    throw new ConfigurationError(
      `${model}: the primary key is declared twice, by { primaryKey: [${keys.join(", ")}] } and on a field. Keep one.`,
    );
  }
  for (const key of keys) {
    const entry = entries.get(key);
    if (entry === undefined || !("options" in entry)) {
      const names = [...entries.keys()];
      throw new ConfigurationError(
        `${model}: primaryKey names "${key}", which is no column of it.${didYouMean(key, names)} Fields: ${names.join(", ")}.`,
      );
    }
    if (entry.options.null === true) throw new ConfigurationError(`${model}.${key}: a primary key cannot be null.`);
  }
  if (keys.length > 1 && keys.some((key) => isKey(entries.get(key) as ScalarField))) {
    throw new ConfigurationError(
      `${model}: several fields say primaryKey: true. For a key of several columns write ` +
        `Model(table, fields, { primaryKey: [${keys.map((key) => `"${key}"`).join(", ")}] }).`,
    );
  }
}
