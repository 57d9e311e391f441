import { ConfigurationError } from "../errors/index.js";
import { Refusal, ScalarField } from "../fields/index.js";
import type {
  FieldOptions,
  ForeignKeyDeclaration,
  ForeignKeyOptions,
  RelationDeclaration,
  ReverseDeclaration,
} from "../fields/index.js";
import { printable } from "../util/printable.js";
import { snakeCase } from "../util/names.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft, Mutable } from "./draft.js";
import type { Family, FamilyColumns } from "./family.js";
import type {
  ColumnMeta,
  FieldMeta,
  ForeignKeyMeta,
  KindMeta,
  ModelClass,
  ModelMeta,
  RelationMeta,
  ReverseMeta,
} from "./meta.js";
import { checkIdentifier } from "./naming.js";

/** Models known before. */
export type Known = (model: object) => ModelMeta | undefined;

/** Fills in columns and relations, looking from one draft into another. */
export class Linker {
  readonly #drafts: ReadonlyMap<object, Draft>;
  readonly #known: Known;
  readonly #families = new Map<Family, FamilyColumns>();

  constructor(drafts: ReadonlyMap<object, Draft>, known: Known) {
    this.#drafts = drafts;
    this.#known = known;
  }

  linkColumns(draft: Draft): void {
    const { meta, keyNames } = draft;
    const { family } = draft.definition;
    const { columns, fields } = family === null ? this.#columnsOf(draft, draft.entries) : this.#sharedColumns(draft);
    meta.columns = columns;
    meta.fields = fields;
    meta.primaryKey = keyNames.map((key) => columns.find((column) => column.field === key) as ColumnMeta);
  }

  /** The columns of entries, and the fields; for those without a column a place is held open. */
  #columnsOf({ meta, keyNames }: Draft, entries: Draft["entries"]): FamilyColumns {
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
    return { columns, fields };
  }

  /** All models of a table share its columns, those of the variants last, and each has its own of the fields. */
  #sharedColumns(draft: Draft): FamilyColumns {
    const family = draft.definition.family as Family;
    const root = this.#metaOf(family.root ?? draft.meta.model);
    let all = family.linked ?? this.#families.get(family);
    if (all === undefined) {
      all = this.#columnsOf(draft, this.#allEntries(draft, family));
      this.#families.set(family, all);
    }
    draft.meta.kind = kindOf(draft, family, all, root, (model) => this.#metaOf(model));
    refuseHidden(draft, all);
    const fields = Object.fromEntries([...draft.entries.keys()].map((name) => [name, all.fields[name] as FieldMeta]));
    return { columns: all.columns, fields };
  }

  #allEntries(root: Draft, { variants }: Family): Draft["entries"] {
    const entries = new Map(root.entries);
    const owners = new Map<string, string>();
    for (const { model } of variants) {
      const draft = this.#draft(model);
      for (const [name, entry] of draft.entries) {
        if (root.entries.has(name)) continue;
        const owner = owners.get(name);
        // A field that is spread into several variants is the same one.
        if (owner !== undefined && !(entry instanceof ScalarField && entries.get(name) === entry)) {
          throw new ConfigurationError(
            `${draft.meta.name}.${name}: ${owner} has a field of this name, and their rows are in one table. ` +
              `Name it otherwise, or declare it with ${root.meta.name}.`,
          );
        }
        entries.set(name, entry);
        owners.set(name, draft.meta.name);
      }
    }
    return entries;
  }

  /** Keeps what was linked of tables with several models, for classes of them that are met later. */
  keepFamilies(): void {
    for (const [family, all] of this.#families) family.linked = all;
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
      columns: undefined as never,
      target: this.#metaOf(declared.target as ModelClass),
      targetColumn: undefined as never,
      targetColumns: undefined as never,
      nullable,
      onDelete,
      rowSlot: Symbol(`${name} row`),
    };
    const column: ColumnMeta = {
      name: checkIdentifier(`${model}.${name}: column name`, options.column ?? `${snakeCase(name)}_id`),
      field: name,
      index,
      property: Symbol(`${name} key`),
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
    field.columns = Object.freeze([column]);
    return field;
  }

  /** The scalar behind a model's key; a key that is itself a foreign key has the one of the key it points at. */
  #keyScalar(model: ModelClass, where: string, seen: Set<object>): ScalarField {
    const known = this.#known(model);
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

  linkReverses({ meta, entries, definition: { family } }: Draft): void {
    const fields = meta.fields as Record<string, FieldMeta>;
    const shared = family === null ? null : (family.linked ?? this.#families.get(family))?.fields;
    for (const [name, entry] of entries) {
      if (entry instanceof ScalarField) continue;
      if (isForeignKey(entry)) {
        const field = fields[name] as Mutable<ForeignKeyMeta>;
        // Models of one table share their foreign keys.
        if (!Object.isFrozen(field)) {
          field.targetColumn = field.target.primaryKey[0] as ColumnMeta;
          field.targetColumns = Object.freeze([field.targetColumn]);
          Object.freeze(field);
        }
      } else {
        fields[name] = shared?.[name] ?? Object.freeze(this.#reverse(meta, name, entry));
        if (shared) shared[name] = fields[name];
      }
      (meta.relations as Record<string, RelationMeta>)[name] = fields[name] as RelationMeta;
    }
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
    if (via.target !== meta && !isSameTable(via.target, meta)) {
      throw new ConfigurationError(
        `${here}: ${target.name}.${via.name} points at ${via.target.name}, not at ${meta.name}. ` +
          `Point the two sides at each other.`,
      );
    }
    if (isInherited(target, via.name)) {
      throw new ConfigurationError(
        `${here}: ${via.name} is a field of ${(target.kind as KindMeta).root.name}, whose rows of other kinds point here ` +
          `by it as well. Name that model here, or declare the foreign key with ${target.name}.`,
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
    return this.#known(model) ?? this.#draft(model).meta;
  }

  #draft(model: ModelClass): Draft {
    return this.#drafts.get(model) as Draft;
  }
}

/** What a model of a table of several is among them. */
function kindOf(
  { meta, definition: { variant } }: Draft,
  { discriminator, variants, root: varied }: Family,
  { fields }: FamilyColumns,
  root: ModelMeta,
  metaOf: (model: ModelClass) => ModelMeta,
): KindMeta {
  const field = Object.hasOwn(fields, discriminator) ? fields[discriminator] : undefined;
  if (field?.type !== "scalar") {
    const names = Object.keys(fields);
    throw new ConfigurationError(
      `${root.name}: discriminator names "${discriminator}", which is no field with a value.` +
        `${didYouMean(discriminator, names)} Fields: ${names.join(", ")}.`,
    );
  }
  const { column } = field;
  const { default: value, dbDefault } = column.options;
  if (!column.nullable && value === undefined && dbDefault === undefined) {
    throw new ConfigurationError(
      `${root.name}.${discriminator}: the discriminator needs a default, or { null: true }: what rows of no variant have.`,
    );
  }
  for (const other of variants) checkKind(column, other.value, `${root.name}.variant`);
  const isRoot = meta.model === varied;
  const all = isRoot ? variants.map((other) => [other.value, metaOf(other.model)] as const) : [];
  return Object.freeze({ column, value: variant?.value ?? null, root, variants: new Map<unknown, ModelMeta>(all) });
}

/** Rows hold the columns of all kinds, which must not stand before a member of their class. */
function refuseHidden({ meta, entries }: Draft, { columns }: FamilyColumns): void {
  const prototype = meta.model.prototype as object;
  const hidden = columns.find(({ field, relation }) => relation === null && !entries.has(field) && field in prototype);
  if (hidden === undefined) return;
  throw new ConfigurationError(
    `${meta.name}.${hidden.field}: the class has a member of the name of another variant's field, and rows of a table ` +
      `have the columns of all its variants. Name one of them otherwise.`,
  );
}

function checkKind({ field, scalar }: ColumnMeta, value: unknown, where: string): void {
  try {
    if (scalar.validate(value) === value) return;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigurationError(`${where}(${printable(value)}): ${field} cannot hold that: ${error.message}`);
  }
  throw new ConfigurationError(`${where}(${printable(value)}): ${field} would hold it in another form.`);
}

/** True for a field that a variant has from the model that it varies. */
function isInherited({ kind }: ModelMeta, name: string): boolean {
  return kind !== null && kind.value !== null && Object.hasOwn(kind.root.fields, name);
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

/** True for classes that extend what one call of `Model(…)` gave: they have the same rows. */
function isSameTable(one: ModelMeta, other: ModelMeta): boolean {
  return one.options === other.options;
}

function scalarColumn(name: string, scalar: ScalarField, index: number, keyNames: readonly string[]): ColumnMeta {
  const { options } = scalar;
  const primaryKey = keyNames.includes(name);
  const given = options.default !== undefined || options.dbDefault !== undefined;
  return Object.freeze({
    name: checkIdentifier(`${name}: column name`, options.column ?? snakeCase(name)),
    field: name,
    index,
    property: name,
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
