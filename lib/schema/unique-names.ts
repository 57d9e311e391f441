import type { Engine } from "../databases/ports/index.js";
import { type ColumnMeta, columnsOfField, fieldOf, IndexPart, type ModelMeta, tableOnly } from "../models/index.js";
import { foreignKeys, generatedName, indexesOf, needsUnique, schemaContext } from "./table-statements.js";

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

/** The names of the indexes that `createTables` makes on MySQL, where keys of all kinds are some. */
export function indexNames(engine: Engine, meta: ModelMeta): readonly string[] {
  const table = tableOnly(meta.kind?.root ?? meta);
  const context = schemaContext(engine, table);
  const parts = (table.options.indexes ?? []).flatMap((index) => {
    return index instanceof IndexPart && index.named !== null ? [index.named(context)] : [];
  });
  const found = [
    "PRIMARY",
    ...table.columns.filter((column) => column.unique).map((column) => column.name),
    ...namedKeys(table).map(({ name }) => name),
    ...indexesOf(table).map(({ name }) => name),
    ...foreignKeys(table).map(({ columns }) => generatedName(table, columns, "fk")),
    ...parts,
  ];
  return [...new Set(found)];
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
