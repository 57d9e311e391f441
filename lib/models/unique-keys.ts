import { type ColumnMeta, columnsOfField, fieldOf, type ModelMeta } from "./meta.js";

/** Columns that tell a model's rows apart: its primary key, unique fields, unique constraints and unique indexes. */
export function uniqueKeys(meta: ModelMeta): (readonly ColumnMeta[])[] {
  const { constraints = [], indexes = [] } = meta.options;
  const named = [
    ...constraints.flatMap((item) => ("unique" in item ? [item.unique] : [])),
    // Of a partial one only some rows are told apart.
    ...indexes.flatMap((item) => {
      return "fields" in item && item.unique === true && item.where === undefined ? [item.fields] : [];
    }),
  ];
  return [
    ...(meta.parent === null ? [] : uniqueKeys(meta.parent.model)),
    meta.primaryKey,
    ...Object.values(meta.fields).flatMap(uniqueField),
    ...named.map((names) => names.flatMap((name) => columnsNamed(meta, name))),
  ];
}

function uniqueField(field: ModelMeta["fields"][string] | null): (readonly ColumnMeta[])[] {
  if (field === null || "many" in field) return [];
  if (field.type === "oneOf") return [];
  if (field.type === "foreignKey") return field.unique ? [field.columns] : [];
  return field.column.unique ? [[field.column]] : [];
}

function columnsNamed(meta: ModelMeta, name: string): readonly ColumnMeta[] {
  const field = fieldOf(meta, name);
  return field === undefined ? [] : columnsOfField(field);
}

/** True for the same columns, in whatever order. */
export function isSameSet(one: readonly ColumnMeta[], other: readonly ColumnMeta[]): boolean {
  return one.length === other.length && one.every((column) => other.includes(column));
}
