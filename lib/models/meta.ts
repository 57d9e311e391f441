import type { ColumnType, FieldOptions, LookupFamily, OnDelete, ScalarField } from "../fields/index.js";
import type { ModelOptions } from "./options.js";

/** A model's class, as far as the folders left of `objects/` need to know it. */
export type ModelClass = (abstract new (...args: never[]) => object) & { readonly name: string };

/** One column of a table. A foreign key's column has the type of the key that it points at. */
export interface ColumnMeta {
  /** The column's name in the database. */
  readonly name: string;
  /** The field that declares it; foreign keys may share it. */
  readonly field: string;
  /** Its place among the model's columns. */
  readonly index: number;
  /** The property under which a row keeps its value: the field's name, or a symbol for a foreign key's. */
  readonly property: PropertyKey;
  readonly type: ColumnType;
  readonly family: LookupFamily;
  /** Kind, converter and rules of its values; for a foreign key those of the key it points at. */
  readonly scalar: ScalarField;
  /** What was declared of the column itself; for a foreign key not the options of the key it points at. */
  readonly options: FieldOptions;
  readonly nullable: boolean;
  readonly unique: boolean;
  readonly primaryKey: boolean;
  /** The database makes a value when none is given: an integer key of its own. */
  readonly generated: boolean;
  /** The foreign key that declares it. */
  readonly relation: ForeignKeyMeta | null;
  /** What stands in the place of a column of a generic relation's target: the name of its kind, for every row. */
  readonly constant?: string;
}

export interface ScalarMeta {
  readonly type: "scalar";
  readonly name: string;
  readonly kind: string;
  readonly column: ColumnMeta;
}

/** A foreign key or the forward side of a one-to-one relation. */
export interface ForeignKeyMeta {
  readonly type: "foreignKey";
  readonly name: string;
  readonly kind: "foreignKey" | "oneToOne";
  /** The first of its columns: the only one, but for a key of several. */
  readonly column: ColumnMeta;
  /** The columns that hold the key. */
  readonly columns: readonly ColumnMeta[];
  readonly target: ModelMeta;
  /** The first of the target's columns that the key holds. */
  readonly targetColumn: ColumnMeta;
  /** The columns of the target that the key holds, in the order of its own. */
  readonly targetColumns: readonly ColumnMeta[];
  readonly nullable: boolean;
  /** No two rows have the same key. */
  readonly unique: boolean;
  /** Its columns have an index. */
  readonly indexed: boolean;
  readonly onDelete: OnDelete;
  /** The property under which a row keeps the related row, once there is one. */
  readonly rowSlot: symbol;
}

/** The side of a relation that has no column: many rows, or at most one, that point here. */
export interface ReverseMeta {
  readonly type: "reverse";
  readonly name: string;
  readonly kind: "hasMany" | "hasOne";
  readonly many: boolean;
  /** The model whose rows point here. */
  readonly target: ModelMeta;
  /** Its foreign key. */
  readonly via: ForeignKeyMeta;
  /** For hasOne: the property under which a row keeps the related row, once it was fetched. */
  readonly rowSlot: symbol;
}

/** A relation of many rows to many: the rows of a third model each tie two together. */
export interface ManyToManyMeta {
  readonly type: "manyToMany";
  readonly name: string;
  readonly kind: "manyToMany";
  readonly many: true;
  readonly target: ModelMeta;
  /** The model whose rows tie two together. */
  readonly through: ModelMeta;
  /** True where that was made for this field, or for the one that this is the other side of. */
  readonly isAutomatic: boolean;
  /** True for the side that was declared with `{ reverse }`. */
  readonly isReverse: boolean;
  /** True for a model's relation to itself that is kept in both directions. */
  readonly isSymmetrical: boolean;
  /** The steps of a path along it: to rows of the third model, and from each of these to the target. */
  readonly hops: readonly [ReverseMeta, ForeignKeyMeta];
  /** The first step of the way back: from the target to rows of the third model. */
  readonly back: ReverseMeta;
  /** The property under which a row keeps the related rows, once they were fetched. */
  readonly rowSlot: symbol;
}

/** A relation to a row of one of several models. It has a foreign key to each of them, by `<name>__<kind>`. */
export interface OneOfMeta {
  readonly type: "oneOf";
  readonly name: string;
  /** "oneOf" has columns for each of the models, of which one holds a key; "generic" has one for the kind, and one key. */
  readonly kind: "oneOf" | "generic";
  /** The foreign keys by kind. */
  readonly arms: ReadonlyMap<string, ForeignKeyMeta>;
  readonly columns: readonly ColumnMeta[];
  readonly nullable: boolean;
}

/** What one step of a path is: many-to-many relations are two. */
export type RelationMeta = ForeignKeyMeta | ReverseMeta;
export type AnyRelationMeta = RelationMeta | ManyToManyMeta;
export type FieldMeta = ScalarMeta | AnyRelationMeta | OneOfMeta;

/** What a model is among those whose rows are in one table. */
export interface KindMeta {
  /** The column that says of which variant a row is. */
  readonly column: ColumnMeta;
  /** What it holds for rows of this model; null for the model that the others vary. */
  readonly value: string | number | null;
  /** The model that the others vary. */
  readonly root: ModelMeta;
  /** Of that model: the others by the value of the column. Empty for any other. */
  readonly variants: ReadonlyMap<unknown, ModelMeta>;
}

/** What a model is that extends another one by a table of its own. */
export interface ParentMeta {
  readonly model: ModelMeta;
  /** From a row to that which it has in the parent's table. Its columns are the key itself. */
  readonly link: ForeignKeyMeta;
  /** How the columns of the key are called in the model's own table, in their order. */
  readonly keyNames: readonly string[];
  /** True where the link was declared, and so is a field like others. */
  readonly isDeclared: boolean;
}

/** Everything known about a model, frozen when it is first used. */
export interface ModelMeta {
  /** Unique in this process; part of every plan's key. */
  readonly id: number;
  /** The class's name, for messages. */
  readonly name: string;
  readonly model: ModelClass;
  readonly table: string;
  readonly schema: string | null;
  /** Fields by name, in declared order. */
  readonly fields: Readonly<Record<string, FieldMeta>>;
  readonly columns: readonly ColumnMeta[];
  readonly relations: Readonly<Record<string, AnyRelationMeta>>;
  readonly primaryKey: readonly ColumnMeta[];
  /** Counts how often a row was written; null where nothing does. */
  readonly version: ColumnMeta | null;
  readonly ordering: readonly string[];
  readonly options: ModelOptions;
  /** null where all rows of the table are of one model. */
  readonly kind: KindMeta | null;
  /** Its relations to a row of one of several models; for most there are none. */
  readonly oneOfs: readonly OneOfMeta[];
  /** null for a model that extends no other. Columns are those of the parent, in its order, and then its own. */
  readonly parent: ParentMeta | null;
  /** What later stages worked out for this model once and keep with it, by a name of theirs. */
  readonly memo: Map<string, unknown>;
}

/** The fields and "pk": what may stand first in a path. */
export function namesIn(meta: ModelMeta): string[] {
  return [...Object.keys(meta.fields), "pk"];
}

/** A field by name, own declarations only: `constructor` and `__proto__` are no fields. */
export function fieldOf(meta: ModelMeta, name: string): FieldMeta | undefined {
  return Object.hasOwn(meta.fields, name) ? meta.fields[name] : undefined;
}

/** The columns that are fields of the model: all, but for those that only another variant of its table has. */
export function ownColumns(meta: ModelMeta): readonly ColumnMeta[] {
  return meta.kind === null ? meta.columns : meta.columns.filter((column) => isOwnColumn(meta, column));
}

export function isOwnColumn(meta: ModelMeta, { field }: ColumnMeta): boolean {
  return meta.kind === null || Object.hasOwn(meta.fields, field);
}

/** True for a column that counts how often its row was written. */
export function isVersion({ scalar, relation }: ColumnMeta): boolean {
  return scalar.kind === "version" && relation === null;
}

/** All models that a table's rows are of, the one that the others vary first. */
export function modelsOfTable(meta: ModelMeta): readonly ModelMeta[] {
  const root = meta.kind?.root ?? meta;
  return [root, ...(root.kind?.variants.values() ?? [])];
}

/** True where rows of a model are rows of another one: of the same table, and not of another variant; or of a parent. */
export function areRowsOf(meta: ModelMeta, other: ModelMeta): boolean {
  if (meta.table !== other.table || meta.schema !== other.schema) {
    return meta.parent !== null && areRowsOf(meta.parent.model, other);
  }
  const kind = other.kind?.value ?? null;
  return kind === null || meta.kind?.value === kind;
}

/** The columns of a field; none for the side of a relation that has no column. */
export function columnsOfField(field: FieldMeta): readonly ColumnMeta[] {
  if ("many" in field) return [];
  return field.type === "scalar" ? [field.column] : field.columns;
}

/** True for a foreign key of one column that is nobody else's: as most are. */
export function isPlainKey(relation: ForeignKeyMeta): boolean {
  return relation.columns.length === 1 && relation.column.relation === relation;
}

/** True for a foreign key that holds the primary key of its target, in that one's order. */
export function holdsPrimaryKey({ target, targetColumns }: ForeignKeyMeta): boolean {
  const { primaryKey } = target;
  return targetColumns.length === primaryKey.length && targetColumns.every((column, at) => column === primaryKey[at]);
}

/** The name by which a lookup reaches a column of a model's own: a field's, or of a key of several a path to the part. */
export function pathTo(column: ColumnMeta): string {
  const { relation, field } = column;
  if (relation === null || relation.columns.length === 1) return field;
  return `${field}__${pathTo(relation.targetColumns[relation.columns.indexOf(column)] as ColumnMeta)}`;
}

/** The key of a model that has one column for it; composite keys have none. */
export function singleKey(meta: ModelMeta): ColumnMeta | null {
  return meta.primaryKey.length === 1 ? (meta.primaryKey[0] ?? null) : null;
}

/** Columns that are equal where two rows are related. */
export interface Link {
  /** Of the model that has the relation. */
  readonly here: ColumnMeta;
  /** Of the model that it leads to. */
  readonly there: ColumnMeta;
}

/** What ties the rows of a relation together, one pair for each column of its key. */
export function linksOf(relation: RelationMeta): readonly Link[] {
  const { columns, targetColumns } = relation.type === "foreignKey" ? relation : relation.via;
  return columns.map((column, index) => {
    const target = targetColumns[index] as ColumnMeta;
    return relation.type === "foreignKey" ? { here: column, there: target } : { here: target, there: column };
  });
}
