import { ConfigurationError } from "../errors/index.js";
import { ScalarField, SetRule } from "../fields/index.js";
import type {
  FieldOptions,
  ForeignKeyDeclaration,
  ForeignKeyOptions,
  GenericArmDeclaration,
  GenericKeyDeclaration,
  OnDelete,
  RelationDeclaration,
} from "../fields/index.js";
import { snakeCase } from "../util/names.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft, Mutable } from "./draft.js";
import {
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  type ModelClass,
  type ModelMeta,
  type ScalarMeta,
} from "./meta.js";
import { checkIdentifier } from "./naming.js";
import { declaredName, genericArm, genericKeyField } from "./one-of.js";
import { isParentLink, linkToParent } from "./parent-link.js";

/** Models known before. */
export type Known = (model: object) => ModelMeta | undefined;

/** A column whose place among its model's columns is not known yet. */
type NewColumn = Mutable<ColumnMeta>;

/** A foreign key as declared, and where, for messages. */
interface Declared {
  readonly draft: Draft;
  readonly name: string;
  readonly entry: ForeignKeyDeclaration;
  readonly where: string;
}

/** The same, as far as it tells which columns of its target it holds. */
interface Pointing {
  readonly entry: { readonly target: unknown; readonly options: Pick<ForeignKeyOptions, "to"> };
  readonly where: string;
}

/**
 * Makes fields and their columns when they are asked for: a foreign key's columns are like those that they point at,
 * which may be those of a foreign key themselves.
 */
export class KeyColumns {
  readonly #drafts: ReadonlyMap<object, Draft>;
  readonly #known: Known;
  readonly #made = new Map<Draft, Map<string, FieldMeta>>();
  readonly #open = new Set<object>();

  constructor(drafts: ReadonlyMap<object, Draft>, known: Known) {
    this.#drafts = drafts;
    this.#known = known;
  }

  /** The field of a draft; null for the side of a relation that has no column. */
  field(draft: Draft, name: string): FieldMeta | null {
    const { family, parent } = draft.definition;
    if (parent !== null && !draft.entries.has(name)) return this.#inherited(parent, name);
    const linked = family?.linked ?? null;
    // Of a table of several models, what all of them declare is made once.
    return linked === null ? this.#fieldOf(draft.table ?? draft, name) : (linked.fields[name] ?? null);
  }

  #inherited(parent: ModelClass, name: string): FieldMeta | null {
    const known = this.#known(parent);
    return known === undefined ? this.field(this.#draft(parent), name) : (fieldOf(known, name) ?? null);
  }

  #fieldOf(draft: Draft, name: string): FieldMeta | null {
    let made = this.#made.get(draft);
    if (made === undefined) this.#made.set(draft, (made = new Map<string, FieldMeta>()));
    const before = made.get(name);
    if (before !== undefined) return before;
    const entry = draft.entries.get(name);
    const field = entry === undefined ? null : this.#newField(draft, name, entry);
    if (field !== null) made.set(name, field);
    return field;
  }

  #newField(draft: Draft, name: string, entry: ScalarField | RelationDeclaration): FieldMeta | null {
    if (entry instanceof ScalarField) return scalarField(name, entry, draft);
    if (isForeignKey(entry)) return this.#foreignKey(draft, name, entry);
    if (entry.relation === "genericKey") return this.#genericKey(draft, name, entry);
    return entry.relation === "genericArm" ? this.#genericArm(draft, name, entry) : null;
  }

  #genericKey(draft: Draft, name: string, entry: GenericKeyDeclaration): FieldMeta {
    const where = `${draft.meta.name}.${declaredName(name)}`;
    const targets = Object.entries(entry.targets as Readonly<Record<string, ModelClass>>).map(([kind, target]) => {
      const key = this.#targetColumns({ where, entry: { target, options: {} } });
      return { kind, name: this.metaOf(target).name, key };
    });
    return genericKeyField(where, name, entry, targets);
  }

  #genericArm(draft: Draft, name: string, entry: GenericArmDeclaration): ForeignKeyMeta {
    const target = entry.target as ModelClass;
    const where = `${draft.meta.name}.${entry.of}`;
    const [key] = this.#targetColumns({ where, entry: { target, options: {} } }) as [ColumnMeta];
    const type = columnOf(this.field(draft, `${entry.of}__type`));
    const id = columnOf(this.field(draft, `${entry.of}__id`));
    return genericArm(entry, { name, type, id, target: this.metaOf(target), key });
  }

  /** How a model's own table calls the columns of the key by which it points at its parent's. */
  linkNames(draft: Draft, { name, columns }: ForeignKeyMeta): readonly string[] {
    const entry = draft.entries.get(name) as ForeignKeyDeclaration;
    return columnNames({ draft, name, entry, where: `${draft.meta.name}.${name}` }, columns);
  }

  metaOf(model: ModelClass): ModelMeta {
    return this.#known(model) ?? this.#draft(model).meta;
  }

  #draft(model: ModelClass): Draft {
    return this.#drafts.get(model) as Draft;
  }

  #foreignKey(draft: Draft, name: string, entry: ForeignKeyDeclaration): ForeignKeyMeta {
    const { options } = entry;
    const declared = { draft, name, entry, where: `${draft.meta.name}.${name}` };
    const targetColumns = this.#targetColumns(declared);
    if (isParentLink(entry)) {
      const target = this.metaOf(entry.target as ModelClass);
      const { parent } = draft.definition;
      return linkToParent(declared.where, name, entry, { target, columns: targetColumns, parent });
    }
    const names = columnNames(declared, targetColumns);
    const field: Mutable<ForeignKeyMeta> = {
      type: "foreignKey",
      name,
      kind: entry.relation,
      column: undefined as never,
      columns: undefined as never,
      target: this.metaOf(entry.target as ModelClass),
      targetColumn: targetColumns[0] as ColumnMeta,
      targetColumns: Object.freeze(targetColumns),
      nullable: options.null ?? false,
      unique: entry.relation === "oneToOne" || options.unique === true,
      indexed: options.index ?? true,
      onDelete: undefined as never,
      rowSlot: Symbol(`${name} row`),
    };
    const columns = names.map((column, at) => {
      const target = targetColumns[at] as ColumnMeta;
      return (
        this.#sharedColumn(declared, column, target, names.length) ?? newColumn(column, target, at, declared, field)
      );
    });
    field.columns = Object.freeze(columns);
    field.column = columns[0] as ColumnMeta;
    field.unique ||= columns.length === 1 && field.column.unique;
    checkDefault(declared, columns);
    field.onDelete = onDeleteOf(declared, columns);
    return field;
  }

  /** The columns of the target that a foreign key holds: those of the fields it names, or of the primary key. */
  #targetColumns({ where, entry }: Pointing): ColumnMeta[] {
    const model = entry.target as ModelClass;
    const { to } = entry.options;
    const known = this.#known(model);
    if (known !== undefined && to === undefined) return [...known.primaryKey];
    const names = to === undefined ? this.#draft(model).keyNames : typeof to === "string" ? [to] : to;
    if (this.#open.has(entry)) {
      throw new ConfigurationError(`${where}: the keys of these models only point at each other.`);
    }
    this.#open.add(entry);
    const columns = names.flatMap((name) => this.#columnsNamed(model, name, where));
    this.#open.delete(entry);
    return columns;
  }

  #columnsNamed(model: ModelClass, name: string, where: string): readonly ColumnMeta[] {
    const known = this.#known(model);
    const field = this.#inherited(model, name);
    const columns = field === null ? [] : columnsOfField(field);
    if (columns.length > 0) return columns;
    const names =
      known === undefined
        ? [...this.#draft(model).entries].flatMap(([field, entry]) =>
            entry instanceof ScalarField || isForeignKey(entry) ? [field] : [],
          )
        : Object.values(known.fields).flatMap((field) => (field.type === "reverse" ? [] : [field.name]));
    throw new ConfigurationError(
      `${where}: to names "${name}", which is no column of ${model.name}.${didYouMean(name, names)} ` +
        `Columns: ${names.join(", ")}.`,
    );
  }

  /** The column of another field that a foreign key names as one of its own. */
  #sharedColumn(declared: Declared, column: string, target: ColumnMeta, number: number): ColumnMeta | null {
    const { draft, name, entry, where } = declared;
    const { options } = entry;
    if (options.column !== column && options.columns?.includes(column) !== true) return null;
    const owner = ownerOf(draft, name, column, number);
    const field = owner === null ? null : this.field(draft, owner);
    const shared = field === null ? undefined : columnsOfField(field).find((one) => one.name === column);
    if (shared === undefined) return null;
    checkAlike(where, shared, target);
    return shared;
  }
}

/** The field that has a column by its name, for a foreign key that names it, too: fields of one column come first. */
function ownerOf({ entries }: Draft, name: string, column: string, number: number): string | null {
  const others = [...entries].filter(([field]) => field !== name);
  const scalar = others.find(([field, entry]) => entry instanceof ScalarField && scalarName(field, entry) === column);
  if (scalar !== undefined || number === 1) return scalar?.[0] ?? null;
  const keys = others.filter((pair): pair is [string, ForeignKeyDeclaration] => isForeignKey(pair[1]));
  const single = keys.find(([field, { options }]) => {
    return options.columns === undefined && (options.column ?? `${snakeCase(field)}_id`) === column;
  });
  if (single !== undefined) return single[0];
  const order = [...entries.keys()];
  const before = keys.find(([field, { options }]) => {
    return options.columns?.includes(column) === true && order.indexOf(field) < order.indexOf(name);
  });
  return before?.[0] ?? null;
}

export function isForeignKey(entry: ScalarField | RelationDeclaration): entry is ForeignKeyDeclaration {
  return !(entry instanceof ScalarField) && (entry.relation === "foreignKey" || entry.relation === "oneToOne");
}

function columnOf(field: FieldMeta | null): ColumnMeta {
  return (field as ScalarMeta).column;
}

function scalarName(name: string, { options }: ScalarField): string {
  return options.column ?? snakeCase(name);
}

function checkAlike(where: string, shared: ColumnMeta, target: ColumnMeta): void {
  const isAlike =
    shared.type.storage === target.type.storage &&
    (shared.type.customCodec === null) === (target.type.customCodec === null);
  if (isAlike) return;
  throw new ConfigurationError(
    `${where}: column "${shared.name}" holds a ${shared.type.storage}, as ${shared.field} declares it, and cannot hold ` +
      `${target.field} of its target, a ${target.type.storage}. Declare both alike.`,
  );
}

/** The names of a foreign key's columns: those given, or its own with those that they hold. */
function columnNames({ name, entry, where }: Declared, targets: readonly ColumnMeta[]): readonly string[] {
  const { column, columns, to } = entry.options;
  const isPlain = to === undefined && targets.length === 1;
  const names =
    columns ??
    (column === undefined
      ? targets.map((target) => `${columnPrefix(name)}_${isPlain ? "id" : target.name}`)
      : [column]);
  if (names.length === targets.length) {
    for (const one of names) checkIdentifier(`${where}: column name`, one);
    return names;
  }
  const held = targets.map((target) => target.name).join(", ");
  throw new ConfigurationError(
    `${where}: its target's key has ${targets.length} columns (${held}), and ${names.length} of its own are named ` +
      `(${names.join(", ")}). Name one for each: { columns: [${targets.map((target) => `"${target.name}"`).join(", ")}] }.`,
  );
}

/** "target_post" for what a relation to one of several models has for a kind: "target__post". */
function columnPrefix(name: string): string {
  return snakeCase(name).replace("__", "_");
}

function newColumn(
  column: string,
  target: ColumnMeta,
  at: number,
  { draft, name, entry, where }: Declared,
  relation: ForeignKeyMeta,
): NewColumn {
  const { options } = entry;
  const isWhole = relation.targetColumns.length === 1;
  const { scalar } = target;
  return {
    name: checkIdentifier(`${where}: column name`, column),
    field: name,
    index: -1,
    property: Symbol(`${name} key`),
    type: scalar.type,
    family: scalar.family,
    scalar,
    options: columnOptions(options, isWhole ? null : at),
    nullable: options.null ?? false,
    unique: isWhole && relation.unique,
    primaryKey: draft.keyNames.includes(name),
    generated: false,
    relation,
  };
}

/** What a foreign key's options say of a column: of the only one, or of that at a place among several. */
function columnOptions(options: ForeignKeyOptions, at: number | null): FieldOptions {
  const { default: whole, onDelete, index, comment } = options;
  const value = at === null || whole === undefined ? whole : partOf(whole, at);
  // ON DELETE SET DEFAULT is the database's doing, so it must know the default as well, as far as that is a value.
  const isKept = onDelete === "set default" && typeof value !== "function";
  const given = value === undefined ? {} : { default: value, ...(isKept && { dbDefault: value }) };
  const noted = comment !== undefined && (at ?? 0) === 0 ? { comment } : {};
  return at === null ? { ...given, index: index ?? true, ...noted } : { ...given, ...noted };
}

function partOf(whole: unknown, at: number): unknown {
  return typeof whole === "function" ? () => (whole as () => unknown[])()[at] : (whole as unknown[])[at];
}

function checkDefault({ where, name, entry }: Declared, columns: readonly ColumnMeta[]): void {
  const { default: value } = entry.options;
  if (value === undefined) return;
  if (columns.some((column) => column.relation?.name !== name)) {
    throw new ConfigurationError(`${where}: a foreign key that shares a column can have no default of its own.`);
  }
  const isTuple = typeof value === "function" || (Array.isArray(value) && value.length === columns.length);
  if (columns.length === 1 || isTuple) return;
  throw new ConfigurationError(
    `${where}: its default is a list of ${columns.length} values, one for each column: ` +
      `${columns.map((column) => column.name).join(", ")}.`,
  );
}

function onDeleteOf({ where, entry }: Declared, columns: readonly ColumnMeta[]): ForeignKeyMeta["onDelete"] {
  const { null: nullable = false, onDelete } = entry.options;
  const firm = columns.find((column) => !column.nullable);
  const open = columns.find((column) => column.nullable);
  if (!nullable && open !== undefined) {
    throw new ConfigurationError(
      `${where}: its column "${open.name}", which ${open.field} declares, may be null, and then there is no reference. ` +
        `Give it { null: true }.`,
    );
  }
  if (nullable && open === undefined) {
    throw new ConfigurationError(
      `${where}: { null: true } needs a column that may be null, and ${columns.map((column) => column.field).join(", ")} may not.`,
    );
  }
  const rule = onDelete ?? (nullable ? "set null" : "cascade");
  checkRule(where, rule, entry.options);
  if (rule !== "set null" || firm === undefined) return rule;
  throw new ConfigurationError(
    `${where}: onDelete: "set null" sets all of its columns, and "${firm.name}", which ${firm.field} declares, cannot be ` +
      `null. Give another onDelete, such as "restrict" or "cascade".`,
  );
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

function scalarField(name: string, scalar: ScalarField, { keyNames }: Draft): FieldMeta {
  const { options } = scalar;
  const primaryKey = keyNames.includes(name);
  const given = options.default !== undefined || options.dbDefault !== undefined;
  const column: NewColumn = {
    name: checkIdentifier(`${name}: column name`, scalarName(name, scalar)),
    field: name,
    index: -1,
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
  };
  return Object.freeze({ type: "scalar", name, kind: scalar.kind, column });
}
