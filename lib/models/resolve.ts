import { ConfigurationError } from "../errors/index.js";
import { plainKinds, ScalarField } from "../fields/index.js";
import type {
  FieldOptions,
  ForeignKeyDeclaration,
  ForeignKeyOptions,
  RelationDeclaration,
  ReverseDeclaration,
} from "../fields/index.js";
import { snakeCase } from "../util/names.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type {
  ColumnMeta,
  FieldMeta,
  ForeignKeyMeta,
  ModelClass,
  ModelMeta,
  RelationMeta,
  ReverseMeta,
} from "./meta.js";
import { checkFieldName, checkIdentifier } from "./naming.js";
import type { Definition } from "./options.js";

/** What resolving needs of the registry. */
export interface Registry {
  definitionOf(model: unknown, where: string): Definition;
  remember(model: ModelClass, meta: ModelMeta): void;
  known(model: object): ModelMeta | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A model on its way: its entries are known, its columns and relations are filled in. */
interface Draft {
  readonly meta: Mutable<ModelMeta>;
  readonly entries: ReadonlyMap<string, ScalarField | RelationDeclaration>;
  readonly keyNames: readonly string[];
}

let lastId = 0;

/**
 * Works out a model and, with it, every model that it reaches and that is not known yet. Relations may be circular, so
 * this goes in steps: first all declarations, then all columns, then the reverse sides, and only then is it kept.
 */
export function resolveModel(model: ModelClass, registry: Registry): ModelMeta {
  const drafts = new Map<object, Draft>();
  const first = draftOf(model, "The model", registry);
  drafts.set(model, first);
  for (const [, draft] of drafts) {
    for (const [name, entry] of draft.entries) {
      if (entry instanceof ScalarField) continue;
      const target = entry.target as ModelClass;
      if (registry.known(target) === undefined && !drafts.has(target)) {
        drafts.set(target, draftOf(target, `${draft.meta.name}.${name}`, registry));
      }
    }
  }
  const linker = new Linker(drafts, registry);
  for (const draft of drafts.values()) linker.linkColumns(draft);
  for (const draft of drafts.values()) linker.linkReverses(draft);
  for (const [cls, draft] of drafts) registry.remember(cls as ModelClass, freeze(draft));
  return first.meta;
}

function draftOf(model: ModelClass, where: string, registry: Registry): Draft {
  const definition = registry.definitionOf(model, where);
  const name = model.name || definition.table;
  const entries = entriesOf(name, definition);
  const { options } = definition;
  const declaredKeys = [...entries].filter(([, entry]) => isKey(entry)).map(([field]) => field);
  const keyNames = options.primaryKey ?? declaredKeys;
  checkKeys(name, keyNames, entries, options.primaryKey !== undefined && declaredKeys.length > 0);
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
    memo: new Map(),
  };
  return { meta, entries, keyNames };
}

/** What was declared, relation thunks called, with the `id` that is added where no key is declared. */
function entriesOf(model: string, definition: Definition): Map<string, ScalarField | RelationDeclaration> {
  const entries = new Map<string, ScalarField | RelationDeclaration>();
  for (const [name, declared] of Object.entries(definition.declared)) {
    checkFieldName(model, name);
    const entry: unknown = typeof declared === "function" ? (declared as () => unknown)() : declared;
    entries.set(name, checkEntry(model, name, entry, typeof declared === "function"));
  }
  const hasKey = definition.options.primaryKey !== undefined || [...entries.values()].some(isKey);
  if (hasKey) return entries;
  if (entries.has("id")) {
    throw new ConfigurationError(
      `${model}.id is no primary key, and no other is declared. Add { primaryKey: true } to it or to another field.`,
    );
  }
  return new Map([["id", new ScalarField(plainKinds.integer, { primaryKey: true })], ...entries]);
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

/** Fills in columns and relations, looking from one draft into another. */
class Linker {
  readonly #drafts: ReadonlyMap<object, Draft>;
  readonly #registry: Registry;

  constructor(drafts: ReadonlyMap<object, Draft>, registry: Registry) {
    this.#drafts = drafts;
    this.#registry = registry;
  }

  linkColumns({ meta, entries, keyNames }: Draft): void {
    const columns: ColumnMeta[] = [];
    const fields: Record<string, FieldMeta> = {};
    for (const [name, entry] of entries) {
      if (entry instanceof ScalarField) {
        const column = scalarColumn(name, entry, columns.length, keyNames);
        columns.push(column);
        fields[name] = Object.freeze({ type: "scalar", name, kind: entry.kind, column });
      } else if (isForeignKey(entry)) {
        const field = this.#foreignKey(meta.name, name, entry, columns.length, keyNames);
        columns.push(field.column);
        fields[name] = field;
      } else {
        // Held open here, so that fields keep their declared order; linkReverses puts the relation in.
        fields[name] = undefined as never;
      }
    }
    checkColumnNames(meta.name, columns);
    meta.columns = columns;
    meta.fields = fields;
    meta.primaryKey =
      keyNames.length === 0
        ? columns.filter((column) => column.primaryKey)
        : keyNames.map((key) => columns.find((column) => column.field === key) as ColumnMeta);
  }

  #foreignKey(
    model: string,
    name: string,
    declared: ForeignKeyDeclaration,
    index: number,
    keyNames: readonly string[],
  ): ForeignKeyMeta {
    const { options } = declared;
    const scalar = this.#keyScalar(declared.target as ModelClass, `${model}.${name}`, new Set());
    const nullable = options.null ?? false;
    const primaryKey = keyNames.includes(name);
    const onDelete = options.onDelete ?? (nullable ? "set null" : "cascade");
    if (onDelete === "set null" && !nullable) {
      throw new ConfigurationError(`${model}.${name}: onDelete: "set null" needs { null: true }.`);
    }
    const field: Mutable<ForeignKeyMeta> = {
      type: "foreignKey",
      name,
      kind: declared.relation,
      column: undefined as never,
      target: this.#metaOf(declared.target as ModelClass),
      targetColumn: undefined as never,
      nullable,
      onDelete,
      keySlot: Symbol(`${name} key`),
      rowSlot: Symbol(`${name} row`),
    };
    const column: ColumnMeta = {
      name: checkIdentifier(`${model}.${name}: column name`, options.column ?? `${snakeCase(name)}_id`),
      field: name,
      index,
      type: scalar.type,
      family: scalar.family,
      scalar,
      options: foreignKeyColumnOptions(options),
      nullable,
      unique: declared.relation === "oneToOne" || options.unique === true,
      primaryKey,
      generated: false,
      relation: field,
    };
    field.column = Object.freeze(column);
    return field;
  }

  /** The scalar behind a model's key; a key that is itself a foreign key has the one of the key it points at. */
  #keyScalar(model: ModelClass, where: string, seen: Set<object>): ScalarField {
    const known = this.#registry.known(model);
    const keyNames = known ? known.primaryKey.map((column) => column.field) : this.#draft(model).keyNames;
    if (keyNames.length !== 1) {
      throw new ConfigurationError(
        `${where}: ${model.name} has a key of several columns (${keyNames.join(", ")}), which a foreign key of one ` +
          `column cannot hold.`,
      );
    }
    if (known) return (known.primaryKey[0] as ColumnMeta).scalar;
    const entry = this.#draft(model).entries.get(keyNames[0] as string);
    if (entry instanceof ScalarField) return entry;
    if (seen.has(model)) throw new ConfigurationError(`${where}: the keys of these models only point at each other.`);
    return this.#keyScalar((entry as ForeignKeyDeclaration).target as ModelClass, where, seen.add(model));
  }

  linkReverses({ meta, entries }: Draft): void {
    const fields = meta.fields as Record<string, FieldMeta>;
    for (const [name, entry] of entries) {
      if (entry instanceof ScalarField) continue;
      if (isForeignKey(entry)) {
        const field = fields[name] as Mutable<ForeignKeyMeta>;
        field.targetColumn = this.#columnsOf(field.target)[0] as ColumnMeta;
        Object.freeze(field);
      } else {
        fields[name] = Object.freeze(this.#reverse(meta, name, entry));
      }
      (meta.relations as Record<string, RelationMeta>)[name] = fields[name] as RelationMeta;
    }
  }

  #columnsOf(target: ModelMeta): readonly ColumnMeta[] {
    return target.primaryKey;
  }

  #reverse(meta: ModelMeta, name: string, entry: ReverseDeclaration): ReverseMeta {
    const target = this.#metaOf(entry.target as ModelClass);
    const via = Object.hasOwn(target.fields, entry.via) ? target.fields[entry.via] : undefined;
    const here = `${meta.name}.${name} (fields.${entry.relation}(${target.name}, "${entry.via}"))`;
    if (via?.type !== "foreignKey") {
      const keys = Object.values(target.fields)
        .filter((field) => field?.type === "foreignKey")
        .map((field) => field.name);
      throw new ConfigurationError(
        `${here}: ${target.name} has no foreign key "${entry.via}".${didYouMean(entry.via, keys)} ` +
          `Foreign keys of ${target.name}: ${keys.join(", ") || "none"}.`,
      );
    }
    if (via.target !== meta && !(via.target.table === meta.table && isSubclass(meta.model, via.target.model))) {
      throw new ConfigurationError(
        `${here}: ${target.name}.${via.name} points at ${via.target.name}, not at ${meta.name}. ` +
          `Point the two sides at each other.`,
      );
    }
    const many = entry.relation === "hasMany";
    if (!many && !via.column.unique) {
      throw new ConfigurationError(
        `${here}: several rows of ${target.name} may point at one ${meta.name}. Declare ${target.name}.${via.name} ` +
          `with fields.oneToOne(…), or use fields.hasMany here.`,
      );
    }
    return { type: "reverse", name, kind: entry.relation, many, target, via, rowSlot: Symbol(`${name} row`) };
  }

  #metaOf(model: ModelClass): ModelMeta {
    return this.#registry.known(model) ?? this.#draft(model).meta;
  }

  #draft(model: ModelClass): Draft {
    return this.#drafts.get(model) as Draft;
  }
}

function foreignKeyColumnOptions(options: ForeignKeyOptions): FieldOptions {
  const { default: value, onDelete, index, comment } = options;
  // ON DELETE SET DEFAULT is the database's doing, so it must know the default as well.
  const given = value === undefined ? {} : { default: value, ...(onDelete === "set default" && { dbDefault: value }) };
  return { ...given, index: index ?? true, ...(comment !== undefined && { comment }) };
}

function isForeignKey(entry: RelationDeclaration): entry is ForeignKeyDeclaration {
  return entry.relation === "foreignKey" || entry.relation === "oneToOne";
}

function isSubclass(model: ModelClass, other: ModelClass): boolean {
  return model === other || Object.prototype.isPrototypeOf.call(other, model);
}

function scalarColumn(name: string, scalar: ScalarField, index: number, keyNames: readonly string[]): ColumnMeta {
  const { options } = scalar;
  const primaryKey = keyNames.includes(name);
  const given = options.default !== undefined || options.dbDefault !== undefined;
  return Object.freeze({
    name: checkIdentifier(`${name}: column name`, options.column ?? snakeCase(name)),
    field: name,
    index,
    type: scalar.type,
    family: scalar.family,
    scalar,
    options,
    nullable: options.null ?? false,
    unique: options.unique ?? false,
    primaryKey,
    generated: primaryKey && keyNames.length === 1 && scalar.generated && !given,
    relation: null,
  });
}

function checkColumnNames(model: string, columns: readonly ColumnMeta[]): void {
  const seen = new Map<string, string>();
  for (const column of columns) {
    const other = seen.get(column.name.toLowerCase());
    if (other !== undefined) {
      throw new ConfigurationError(
        `${model}: "${other}" and "${column.field}" are both kept in column "${column.name}". ` +
          `Give one of them { column: "…" }.`,
      );
    }
    seen.set(column.name.toLowerCase(), column.field);
  }
}

function freeze({ meta }: Draft): ModelMeta {
  Object.freeze(meta.fields);
  Object.freeze(meta.columns);
  Object.freeze(meta.relations);
  Object.freeze(meta.primaryKey);
  return Object.freeze(meta);
}
