import { type ColumnMeta, columnsOfField, fieldOf, type ModelMeta } from "../models/index.js";
import { foreignKeys, generatedName, needsUnique } from "./table-statements.js";

interface NamedKey {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The columns of a unique key that an engine names in an error: MySQL calls that of one column as the column. */
export function columnsOfUnique(meta: ModelMeta, name: string): readonly string[] | undefined {
  if (name === "PRIMARY") return names(meta.primaryKey);
  const column = meta.columns.find((known) => known.unique && known.name === name);
  return column === undefined ? namedKeys(meta).find((key) => key.name === name)?.columns : [column.name];
}

/** The name of the unique key that has these columns, where `createTables` gives it one. */
export function nameOfUnique(meta: ModelMeta, columns: readonly string[]): string | undefined {
  return namedKeys(meta).find((key) => key.columns.join() === columns.join())?.name;
}

function namedKeys(meta: ModelMeta): NamedKey[] {
  const { constraints = [], indexes = [] } = meta.options;
  const declared = [
    ...constraints.flatMap((item) => ("unique" in item ? [{ fields: item.unique, name: item.name }] : [])),
    ...indexes.flatMap((item) => ("fields" in item && item.unique === true ? [item] : [])),
  ];
  return [
    ...declared.map(({ fields, name }) =>
      keyNamed(
        meta,
        fields.flatMap((field) => columnsNamed(meta, field)),
        name,
      ),
    ),
    ...foreignKeys(meta)
      .filter(needsUnique)
      .map(({ columns }) => keyNamed(meta, columns, undefined)),
  ];
}

function keyNamed(meta: ModelMeta, columns: readonly ColumnMeta[], name: string | undefined): NamedKey {
  return { name: name ?? generatedName(meta, columns, "uniq"), columns: names(columns) };
}

function columnsNamed(meta: ModelMeta, name: string): readonly ColumnMeta[] {
  const field = fieldOf(meta, name);
  return field === undefined || "many" in field ? [] : columnsOfField(field);
}

function names(columns: readonly ColumnMeta[]): string[] {
  return columns.map(({ name }) => name);
}
