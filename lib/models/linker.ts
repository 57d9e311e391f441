import { ConfigurationError } from "../errors/index.js";
import { ScalarField, SetRule } from "../fields/index.js";
import type {
  FieldOptions,
  ForeignKeyDeclaration,
  ForeignKeyOptions,
  OnDelete,
  RelationDeclaration,
  ReverseDeclaration,
} from "../fields/index.js";
import { snakeCase } from "../util/names.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft, Mutable } from "./draft.js";
import type {
  ColumnMeta,
  FieldMeta,
  ForeignKeyMeta,
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

  constructor(drafts: ReadonlyMap<object, Draft>, known: Known) {
    this.#drafts = drafts;
    this.#known = known;
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
    meta.primaryKey = keyNames.map((key) => columns.find((column) => column.field === key) as ColumnMeta);
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
    checkRule(`${model}.${name}`, onDelete, options);
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

  linkReverses({ meta, entries }: Draft): void {
    const fields = meta.fields as Record<string, FieldMeta>;
    for (const [name, entry] of entries) {
      if (entry instanceof ScalarField) continue;
      if (isForeignKey(entry)) {
        const field = fields[name] as Mutable<ForeignKeyMeta>;
        field.targetColumn = field.target.primaryKey[0] as ColumnMeta;
        field.targetColumns = Object.freeze([field.targetColumn]);
        Object.freeze(field);
      } else {
        fields[name] = Object.freeze(this.#reverse(meta, name, entry));
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
    return this.#known(model) ?? this.#draft(model).meta;
  }

  #draft(model: ModelClass): Draft {
    return this.#drafts.get(model) as Draft;
  }
}

function checkRule(where: string, rule: OnDelete, { null: nullable = false, default: value }: ForeignKeyOptions): void {
  if (nullable) return;
  if (rule === "set null") throw new ConfigurationError(`${where}: onDelete: "set null" needs { null: true }.`);
  if (rule === "set default" && (value === undefined || value === null)) {
    throw new ConfigurationError(`${where}: onDelete: "set default" needs a default, or { null: true }.`);
  }
  if (rule instanceof SetRule && rule.onDeleteSet === null) {
    throw new ConfigurationError(`${where}: onDelete: set(null) needs { null: true }.`);
  }
}

function foreignKeyColumnOptions(options: ForeignKeyOptions): FieldOptions {
  const { default: value, onDelete, index, comment } = options;
  // ON DELETE SET DEFAULT is the database's doing, so it must know the default as well, as far as that is a value.
  const isKept = onDelete === "set default" && typeof value !== "function";
  const given = value === undefined ? {} : { default: value, ...(isKept && { dbDefault: value }) };
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
