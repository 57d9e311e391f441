import type { Engine } from "../databases/ports/index.js";
import type { ColumnMeta, ForeignKeyMeta, ModelMeta } from "../models/index.js";
import { fieldOf } from "../models/index.js";
import { ConfigurationError } from "../errors/index.js";
import { didYouMean } from "../util/suggest.js";
import { columnClause } from "./column-clause.js";

const MAX_NAME = 63;

/** A table's quoted name, with its schema where it has one. */
export function tableName(engine: Engine, meta: ModelMeta): string {
  const { quote } = engine.schema;
  return meta.schema === null ? quote(meta.table) : `${quote(meta.schema)}.${quote(meta.table)}`;
}

/**
 * CREATE TABLE with columns and constraints. Foreign keys named in `later` are left out, for the tables that they point
 * at do not exist yet.
 */
export function createTableSql(
  engine: Engine,
  meta: ModelMeta,
  safe: boolean,
  later: ReadonlySet<ForeignKeyMeta>,
): string {
  const { quote } = engine.schema;
  for (const columns of keyedColumns(meta)) checkIndexable(engine, meta, columns);
  const parts = meta.columns.map((column) => columnClause(engine, meta, column));
  if (meta.primaryKey.length > 1) {
    parts.push(`PRIMARY KEY (${meta.primaryKey.map((column) => quote(column.name)).join(", ")})`);
  }
  for (const relation of foreignKeys(meta)) {
    if (!later.has(relation)) parts.push(foreignKeyClause(engine, meta, relation));
  }
  for (const constraint of meta.options.constraints ?? []) {
    if ("check" in constraint) parts.push(`CONSTRAINT ${quote(constraint.name)} CHECK (${constraint.check})`);
    else parts.push(uniqueClause(engine, meta, constraint));
  }
  const head = `CREATE TABLE ${safe ? "IF NOT EXISTS " : ""}${tableName(engine, meta)}`;
  return `${head} (${parts.join(", ")})${engine.schema.tableSuffix({ comment: meta.options.comment ?? null })}`;
}

/** The columns of every key, unique constraint and index. */
function keyedColumns(meta: ModelMeta): (readonly ColumnMeta[])[] {
  const { constraints = [], indexes = [] } = meta.options;
  return [
    meta.primaryKey,
    meta.columns.filter((column) => column.unique || column.options.index === true),
    ...constraints.map((item) => ("unique" in item ? columnsNamed(meta, item.unique, "constraints") : [])),
    ...indexes.map((item) => columnsNamed(meta, "fields" in item ? item.fields : item, "indexes")),
  ];
}

function checkIndexable(engine: Engine, meta: ModelMeta, columns: readonly ColumnMeta[]): void {
  if (engine.features.indexesUnboundedText) return;
  const column = columns.find(({ type }) => type.storage === "text" || type.storage === "binary");
  if (column === undefined) return;
  throw new ConfigurationError(
    `${meta.name}.${column.field}: ${engine.label} cannot index a ${column.type.storage} column, which has no length. ` +
      `Declare it with fields.string({ maxLength }), or leave out the key, index or unique constraint.`,
  );
}

function uniqueClause(
  engine: Engine,
  meta: ModelMeta,
  constraint: { unique: readonly string[]; name?: string },
): string {
  const columns = columnsNamed(meta, constraint.unique, "constraints");
  const name = constraint.name ?? generatedName(meta, columns, "uniq");
  return `CONSTRAINT ${engine.schema.quote(name)} UNIQUE (${columnList(engine, columns)})`;
}

export function foreignKeys(meta: ModelMeta): ForeignKeyMeta[] {
  return [...new Set(meta.columns.flatMap(({ relation }) => relation ?? []))];
}

/** What each rule is in SQL; "protect" differs from "restrict" only where rows are collected in code. */
const ON_DELETE = {
  cascade: "CASCADE",
  restrict: "RESTRICT",
  protect: "RESTRICT",
  "set null": "SET NULL",
  "set default": "SET DEFAULT",
  "do nothing": "NO ACTION",
} as const;

function foreignKeyClause(engine: Engine, meta: ModelMeta, relation: ForeignKeyMeta): string {
  const { quote } = engine.schema;
  const name = foreignKeyName(engine, meta, relation);
  const target = `${tableName(engine, relation.target)} (${quote(relation.targetColumn.name)})`;
  return (
    `CONSTRAINT ${name} FOREIGN KEY (${quote(relation.column.name)}) REFERENCES ${target} ` +
    `ON DELETE ${ON_DELETE[relation.onDelete]}`
  );
}

/** The quoted name of a foreign key's constraint. */
export function foreignKeyName(engine: Engine, meta: ModelMeta, relation: ForeignKeyMeta): string {
  return engine.schema.quote(generatedName(meta, [relation.column], "fk"));
}

/** ALTER TABLE for a foreign key that could not be declared with its table. */
export function addForeignKeySql(engine: Engine, meta: ModelMeta, relation: ForeignKeyMeta): string {
  return `ALTER TABLE ${tableName(engine, meta)} ADD ${foreignKeyClause(engine, meta, relation)}`;
}

/** Indexes that were asked for, and one for each foreign key, which its joins and cascades need. */
export function indexStatements(engine: Engine, meta: ModelMeta): string[] {
  const single = meta.columns
    .filter((column) => column.options.index === true && !column.unique && !column.primaryKey)
    .map((column) => ({ columns: [column], unique: false, name: generatedName(meta, [column], "idx") }));
  const declared = (meta.options.indexes ?? []).map((index) => {
    const { fields, unique = false, name } = "fields" in index ? index : { fields: index };
    const columns = columnsNamed(meta, fields, "indexes");
    return { columns, unique, name: name ?? generatedName(meta, columns, unique ? "uniq" : "idx") };
  });
  return [...single, ...declared].map(({ columns, unique, name }) => {
    return `CREATE ${unique ? "UNIQUE " : ""}INDEX ${engine.schema.quote(name)} ON ${tableName(engine, meta)} (${columnList(engine, columns)})`;
  });
}

/** COMMENT ON statements, for engines where comments do not stand in CREATE TABLE. */
export function commentStatements(engine: Engine, meta: ModelMeta): string[] {
  if (engine.features.comments !== "statement") return [];
  const { quote, literal } = engine.schema;
  const table = tableName(engine, meta);
  const own =
    meta.options.comment === undefined ? [] : [`COMMENT ON TABLE ${table} IS ${literal(meta.options.comment)}`];
  const columns = meta.columns.filter((column) => column.options.comment !== undefined);
  return [
    ...own,
    ...columns.map(
      (column) => `COMMENT ON COLUMN ${table}.${quote(column.name)} IS ${literal(column.options.comment)}`,
    ),
  ];
}

function columnList(engine: Engine, columns: readonly ColumnMeta[]): string {
  return columns.map((column) => engine.schema.quote(column.name)).join(", ");
}

function columnsNamed(meta: ModelMeta, names: readonly string[], option: string): ColumnMeta[] {
  return names.map((name) => {
    const field = fieldOf(meta, name);
    if (field !== undefined && field.type !== "reverse") return field.column;
    const known = meta.columns.map((column) => column.field);
    throw new ConfigurationError(
      `${meta.name}: ${option} names "${name}", which is no column of it.${didYouMean(name, known)} ` +
        `Fields: ${known.join(", ")}.`,
    );
  });
}

/** A name that tells what it is, kept within every engine's limit by a hash of the rest. */
function generatedName(meta: ModelMeta, columns: readonly ColumnMeta[], kind: string): string {
  const name = `${meta.table}_${columns.map((column) => column.name).join("_")}_${kind}`;
  if (Buffer.byteLength(name) <= MAX_NAME) return name;
  // Asked for here, where hardly any model comes by: it is among the slowest of Node's modules to load.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${Buffer.from(name)
    .subarray(0, MAX_NAME - 20)
    .toString()
    .replace(/\uFFFD/g, "")}_${hash}_${kind}`;
}
