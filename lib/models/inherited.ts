import type { ColumnMeta, FieldMeta, ForeignKeyMeta, ModelMeta } from "./meta.js";

/** The model in whose table a column is kept: the one itself, or that which it has it from. Keys are in every one. */
export function homeOf(meta: ModelMeta, column: ColumnMeta): ModelMeta {
  let home = meta;
  while (home.parent !== null && !column.primaryKey && column.index < home.parent.model.columns.length) {
    home = home.parent.model;
  }
  return home;
}

/** How a column is called in the model's own table, where that has it: every table of a line has the key. */
export function nameIn(meta: ModelMeta, column: ColumnMeta): string {
  if (meta.parent === null || !column.primaryKey) return column.name;
  return meta.parent.keyNames[meta.primaryKey.findIndex(({ index }) => index === column.index)] as string;
}

/** True for a field that a model has from the one that it extends. */
export function isFromParent({ parent }: ModelMeta, name: string): boolean {
  return parent !== null && Object.hasOwn(parent.model.fields, name);
}

/**
 * A model as its own table alone has it: the key, which points at the parent's, and what it declares itself. For most
 * models that is all there is.
 */
export function tableOnly(meta: ModelMeta): ModelMeta {
  const { parent } = meta;
  if (parent === null) return meta;
  const known = meta.memo.get("table") as ModelMeta | undefined;
  if (known !== undefined) return known;
  const { link, keyNames, model } = parent;
  const key = link.columns.map((column, at): ColumnMeta => {
    const { scalar } = column;
    const own = { name: keyNames[at] as string, field: link.name, options: {}, generated: false, unique: false };
    return { ...column, ...own, type: scalar.type, relation: link };
  });
  const own = meta.columns.slice(model.columns.length);
  const fields = Object.fromEntries(Object.entries(meta.fields).filter(([name]) => !isFromParent(meta, name)));
  const stored: ForeignKeyMeta = { ...link, column: key[0] as ColumnMeta, columns: key };
  const relations = Object.fromEntries(Object.entries(meta.relations).filter(([name]) => Object.hasOwn(fields, name)));
  const table: ModelMeta = {
    ...meta,
    columns: [...key, ...own],
    primaryKey: key,
    fields: { ...fields, [link.name]: stored },
    relations: { ...relations, [link.name]: stored },
    parent: null,
    memo: new Map(),
  };
  meta.memo.set("table", table);
  return table;
}

/** True where all the columns are in the model's own table. */
export function areOwn(meta: ModelMeta, columns: readonly ColumnMeta[]): boolean {
  return columns.every((column) => homeOf(meta, column) === meta);
}

/** Fields that were declared: all but links to parents that were not. */
export function declaredFields(meta: ModelMeta): FieldMeta[] {
  const all = Object.values(meta.fields);
  return meta.parent === null ? all : all.filter((field) => !isImplied(meta, field));
}

function isImplied({ parent }: ModelMeta, field: FieldMeta): boolean {
  if (parent === null) return false;
  return parent.link === field ? !parent.isDeclared : isImplied(parent.model, field);
}
