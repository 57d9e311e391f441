import { ConfigurationError } from "../errors/index.js";
import { membersOf, plainKinds, ScalarField } from "../fields/index.js";
import type { FieldOptions, ForeignKeyDeclaration, RelationDeclaration } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import { lowerFirst } from "../util/names.js";
import { isParentLink } from "./parent-link.js";
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

/** What a model has from the one that it extends, as far as that is known by then. */
export type Above = Pick<ModelMeta, "ordering"> & Pick<Draft, "keyNames">;

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
  return { meta: newMeta(name, model, definition), entries, keyNames, definition, table: null };
}

function newMeta(name: string, model: ModelClass, { table, options }: Definition): Mutable<ModelMeta> {
  return {
    id: (lastId += 1),
    name,
    model,
    table: checkIdentifier(`${name}: table name`, table),
    schema: options.schema === undefined ? null : checkIdentifier(`${name}: schema name`, options.schema),
    fields: {},
    columns: [],
    relations: {},
    primaryKey: [],
    ordering: Object.freeze([...(options.ordering ?? [])]),
    options,
    version: null,
    kind: null,
    oneOfs: [],
    parent: null,
    memo: new Map(),
  };
}

/** The same for a model that extends another one, of which it has the key: what it declares itself. */
export function childDraft(model: ModelClass, definition: Definition, { ordering, keyNames }: Above): Draft {
  const name = model.name || definition.table;
  const entries = childEntries(name, definition);
  const meta = newMeta(name, model, definition);
  if (definition.options.ordering === undefined) meta.ordering = ordering;
  return { meta, entries, keyNames, definition, table: null };
}

/** What was declared, and the link to the parent where none was. */
function childEntries(model: string, definition: Definition): Map<string, ScalarField | RelationDeclaration> {
  const entries = declaredEntries(model, definition);
  const parent = definition.parent as ModelClass;
  const key = [...entries].find(([, entry]) => isKey(entry));
  if (key !== undefined) {
    throw new ConfigurationError(`${model}.${key[0]}: rows of ${model} have the primary key of their ${parent.name}.`);
  }
  const [link, second] = [...entries].filter(([, entry]) => isParentLink(entry));
  if (second !== undefined)
    throw new ConfigurationError(`${model}.${second[0]}: ${link?.[0]} is its link to ${parent.name}.`);
  if (link !== undefined) return entries;
  const name = lowerFirst(parent.name);
  if (entries.has(name)) {
    throw new ConfigurationError(
      `${model}.${name}: its link to ${parent.name} has this name. Declare that by another one: ` +
        `link: () => fields.oneToOne(${parent.name}, { parentLink: true }).`,
    );
  }
  const implied: ForeignKeyDeclaration = { relation: "oneToOne", target: parent, options: { parentLink: true } };
  return new Map<string, ScalarField | RelationDeclaration>([[name, implied], ...entries]);
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
    const options = "options" in entry ? entry.options : "targets" in entry ? entry.settings : null;
    const { null: nullable, default: value, dbDefault } = (options ?? {}) as FieldOptions;
    if (options !== null && nullable !== true && value === undefined && dbDefault === undefined) {
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
    const checked = checkEntry(model, name, entry, typeof item === "function");
    entries.set(name, checked);
    if (checked instanceof ScalarField || !("targets" in checked) || checked.relation === "genericKey") continue;
    for (const [member, part] of membersOf(name, checked)) {
      checkFieldName(model, member === "id" ? name : member);
      entries.set(`${name}__${member}`, part);
    }
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
  return "options" in entry && "primaryKey" in entry.options && entry.options.primaryKey === true;
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
