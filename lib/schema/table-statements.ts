import type { ColumnType } from "../fields/index.js";
import type { Engine } from "../databases/ports/index.js";
import type { ColumnMeta, ForeignKeyMeta, Link, ModelMeta, OneOfMeta } from "../models/index.js";
import {
  columnsOfField,
  ConstraintPart,
  type IndexOptions,
  IndexPart,
  type SchemaContext,
  declaredName,
  fieldOf,
  isGenericArm,
  isSameSet,
  linksOf,
  modelsOfTable,
  nameIn,
  schemaOf,
  uniqueKeys,
} from "../models/index.js";
import { ConfigurationError, NotSupportedError } from "../errors/index.js";
import { didYouMean } from "../util/suggest.js";
import { columnClause } from "./column-clause.js";

const MAX_NAME = 63;

/** A table's quoted name, with its schema where it has one. */
export function tableName(engine: Engine, meta: ModelMeta): string {
  const { quote } = engine.schema;
  const schema = schemaOf(meta);
  return schema === null ? quote(meta.table) : `${quote(schema)}.${quote(meta.table)}`;
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
): readonly string[] {
  for (const columns of keyedColumns(meta)) checkIndexable(engine, meta, columns);
  const clauses = {
    head: `CREATE TABLE ${safe ? "IF NOT EXISTS " : ""}${tableName(engine, meta)}`,
    columns: meta.columns.map((column) => columnClause(engine, meta, column)),
    constraints: constraintClauses(engine, meta, later),
    suffix: engine.schema.tableSuffix({ comment: meta.options.comment ?? null }),
    safe,
  };
  const own = meta.options.table?.parts.create?.(clauses, schemaContext(engine, meta));
  const { head, columns, constraints, suffix } = clauses;
  return own ?? [`${head} (${[...columns, ...constraints].join(", ")})${suffix}`];
}

/** DROP TABLE, or what a form of tables has for it. */
export function dropTableSql(engine: Engine, meta: ModelMeta, safe: boolean): readonly string[] {
  const own = meta.options.table?.parts.drop?.(safe, schemaContext(engine, meta));
  return own ?? [`DROP TABLE ${safe ? "IF EXISTS " : ""}${tableName(engine, meta)}`];
}

function constraintClauses(engine: Engine, meta: ModelMeta, later: ReadonlySet<ForeignKeyMeta>): string[] {
  const { quote } = engine.schema;
  const parts: string[] = [];
  if (meta.primaryKey.length > 1) {
    parts.push(`PRIMARY KEY (${meta.primaryKey.map((column) => quote(column.name)).join(", ")})`);
  }
  for (const relation of foreignKeys(meta)) {
    if (!later.has(relation)) parts.push(foreignKeyClause(engine, meta, relation));
  }
  for (const { columns } of foreignKeys(meta).filter(needsUnique)) {
    const name = generatedName(meta, columns, "uniq");
    parts.push(`CONSTRAINT ${quote(name)} UNIQUE (${columnList(engine, columns)})`);
  }
  for (const field of oneOfs(meta).filter(({ kind }) => kind === "oneOf")) parts.push(oneOfClause(engine, meta, field));
  for (const constraint of meta.options.constraints ?? []) {
    if (constraint instanceof ConstraintPart) parts.push(constraint.clause(schemaContext(engine, meta)));
    else if ("check" in constraint) parts.push(`CONSTRAINT ${quote(constraint.name)} CHECK (${constraint.check})`);
    else parts.push(uniqueClause(engine, meta, constraint));
  }
  return parts;
}

/** What the parts that extensions write are written with. */
export function schemaContext(engine: Engine, meta: ModelMeta): SchemaContext {
  const { quote, literal } = engine.schema;
  const columnsOf = (field: string, option: string) => columnsNamed(meta, [field], option);
  return {
    label: engine.label,
    engine: engine.name,
    model: meta.name,
    table: tableName(engine, meta),
    tableName: meta.table,
    schema: schemaOf(meta),
    quote,
    literal,
    columns: (field, option) => columnsOf(field, option).map(({ name }) => quote(name)),
    name: (fields, kind) => {
      const columns = fields.flatMap((field) => columnsOf(field, "indexes"));
      return generatedName(meta, columns, kind);
    },
  };
}

/** The columns of every key, unique constraint and index. */
function keyedColumns(meta: ModelMeta): (readonly ColumnMeta[])[] {
  const { constraints = [], indexes = [] } = meta.options;
  return [
    meta.primaryKey,
    meta.columns.filter((column) => column.unique || column.options.index === true),
    ...foreignKeys(meta).map(({ columns }) => columns),
    ...constraints.map((item) => ("unique" in item ? columnsNamed(meta, item.unique, "constraints") : [])),
    ...indexes.flatMap((item) =>
      item instanceof IndexPart ? [] : [columnsNamed(meta, "fields" in item ? item.fields : item, "indexes")],
    ),
  ];
}

/** A type of an extension's has a length, or the server says what it lacks. */
function isUnbounded({ storage, customSqlType }: ColumnType): boolean {
  return customSqlType === null && (storage === "text" || storage === "binary");
}

function checkIndexable(engine: Engine, meta: ModelMeta, columns: readonly ColumnMeta[]): void {
  if (engine.features.indexesUnboundedText) return;
  const column = columns.find(({ type }) => isUnbounded(type));
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

/** The foreign keys that the database is to know of. */
export function foreignKeys(meta: ModelMeta): ForeignKeyMeta[] {
  const relations = modelsOfTable(meta).flatMap((model) => Object.values(model.relations));
  return [...new Set(relations)].filter(
    (relation): relation is ForeignKeyMeta => relation.type === "foreignKey" && !isGenericArm(relation),
  );
}

function oneOfs(meta: ModelMeta): OneOfMeta[] {
  return [...new Set(modelsOfTable(meta).flatMap((model) => model.oneOfs))];
}

/** That of the columns for each of several models one holds a key, or at most one where there may be none. */
function oneOfClause(engine: Engine, meta: ModelMeta, { arms, nullable, columns }: OneOfMeta): string {
  const { quote } = engine.schema;
  const held = [...arms.values()].map(({ column }) => `CASE WHEN ${quote(column.name)} IS NULL THEN 0 ELSE 1 END`);
  const name = generatedName(meta, columns, "one_of");
  return `CONSTRAINT ${quote(name)} CHECK (${held.join(" + ")} ${nullable ? "<=" : "="} 1)`;
}

/** What each rule is in SQL; "protect" differs from "restrict" only where rows are collected in code. */
const ON_DELETE: Readonly<Record<Exclude<ForeignKeyMeta["onDelete"], object>, string>> = {
  cascade: "CASCADE",
  restrict: "RESTRICT",
  protect: "RESTRICT",
  "set null": "SET NULL",
  "set default": "SET DEFAULT",
  "do nothing": "NO ACTION",
};

/** A rule as far as the engine can keep it by itself; for what it cannot, rows that still point there stop a delete. */
function onDeleteSql({ features }: Engine, { name, onDelete, columns }: ForeignKeyMeta): string {
  if (typeof onDelete === "object") return ON_DELETE["do nothing"];
  // Of a relation to one of several models a check asks whether its columns are NULL.
  const isChecked = declaredName(name) !== name;
  if (isChecked && onDelete === "set null" && !features.checksWhatIsSetNull) return ON_DELETE["do nothing"];
  const isKept =
    onDelete !== "set default" ||
    (features.setsDefaults && columns.every((column) => column.field === name && hasKeptDefault(column)));
  return ON_DELETE[isKept ? onDelete : "do nothing"];
}

/** False where the default is a function, of which the database knows nothing. */
function hasKeptDefault({ options }: ColumnMeta): boolean {
  return options.default === undefined || options.dbDefault !== undefined;
}

function foreignKeyClause(engine: Engine, meta: ModelMeta, relation: ForeignKeyMeta): string {
  const name = foreignKeyName(engine, meta, relation);
  const links = linksInOrder(relation);
  const own = columnList(
    engine,
    links.map(({ here }) => here),
  );
  const target = links.map(({ there }) => engine.schema.quote(nameIn(relation.target, there))).join(", ");
  const table = engine.schema.indexesHaveSchemas
    ? engine.schema.quote(relation.target.table)
    : tableName(engine, relation.target);
  return (
    `CONSTRAINT ${name} FOREIGN KEY (${own}) REFERENCES ${table} (${target}) ` +
    `ON DELETE ${onDeleteSql(engine, relation)}`
  );
}

/** Pairs of columns as the target's key has them: an engine may look for an index that begins with them in that order. */
function linksInOrder(relation: ForeignKeyMeta): readonly Link[] {
  const links = linksOf(relation);
  const key = uniqueKeys(relation.target).find((columns) => isSameSet(columns, relation.targetColumns)) ?? [];
  return key.map((column) => links.find(({ there }) => there === column) as Link);
}

/** True for a foreign key that points at what is unique by an index only, which is made after its table. */
export function needsIndex({ target, targetColumns }: ForeignKeyMeta): boolean {
  const { options } = target;
  const { indexes: _, ...others } = options;
  return !uniqueKeys({ ...target, options: others }).some((columns) => isSameSet(columns, targetColumns));
}

/** The quoted name of a foreign key's constraint. */
export function foreignKeyName(engine: Engine, meta: ModelMeta, relation: ForeignKeyMeta): string {
  return engine.schema.quote(generatedName(meta, relation.columns, "fk"));
}

/** True for a foreign key that no two rows share, where neither its column nor the primary key says so. */
export function needsUnique({ unique, columns }: ForeignKeyMeta): boolean {
  const [first, ...more] = columns as readonly [ColumnMeta, ...ColumnMeta[]];
  return (
    unique && (more.length > 0 ? columns.some((column) => !column.primaryKey) : !first.unique && !first.primaryKey)
  );
}

/** ALTER TABLE for a foreign key that could not be declared with its table. */
export function addForeignKeySql(engine: Engine, meta: ModelMeta, relation: ForeignKeyMeta): string {
  return `ALTER TABLE ${tableName(engine, meta)} ADD ${foreignKeyClause(engine, meta, relation)}`;
}

/** Indexes that were asked for, and one for each foreign key, which its joins and cascades need. */
export function indexStatements(engine: Engine, meta: ModelMeta): string[] {
  const own = (meta.options.indexes ?? []).filter((index) => index instanceof IndexPart);
  return [
    ...indexesOf(meta)
      .filter(({ unique }) => !unique)
      .map((index) => indexSql(engine, meta, index)),
    ...own.flatMap((part) => part.statements(schemaContext(engine, meta))),
  ];
}

/** Unique indexes, which foreign keys of other tables may need. */
export function uniqueIndexStatements(engine: Engine, meta: ModelMeta): string[] {
  return indexesOf(meta)
    .filter(({ unique }) => unique)
    .map((index) => indexSql(engine, meta, index));
}

interface Index {
  readonly columns: readonly ColumnMeta[];
  readonly unique: boolean;
  readonly name: string;
  readonly where?: string | undefined;
}

export function indexesOf(meta: ModelMeta): Index[] {
  const single = meta.columns
    .filter((column) => column.options.index === true && !column.unique && !column.primaryKey)
    .map((column) => ({ columns: [column], unique: false, name: generatedName(meta, [column], "idx") }));
  const several = foreignKeys(meta)
    .filter(({ indexed, unique, columns }) => indexed && !unique && columns.length > 1 && !beginsKey(meta, columns))
    .map(({ columns }) => ({ columns, unique: false, name: generatedName(meta, columns, "idx") }));
  const generic = oneOfs(meta).flatMap(({ kind, columns, arms }) => {
    const [{ indexed, unique }] = [...arms.values()] as [ForeignKeyMeta];
    if (kind !== "generic" || !(indexed || unique)) return [];
    return [{ columns, unique, name: generatedName(meta, columns, unique ? "uniq" : "idx") }];
  });
  const declared = (meta.options.indexes ?? []).flatMap((index) => {
    if (index instanceof IndexPart) return [];
    const { fields, unique = false, name, where }: IndexOptions = "fields" in index ? index : { fields: index };
    const columns = columnsNamed(meta, fields, "indexes");
    return [{ columns, unique, name: name ?? generatedName(meta, columns, unique ? "uniq" : "idx"), where }];
  });
  return [...single, ...several, ...generic, ...declared];
}

/** True for columns with which the primary key begins: its index is theirs, too. */
function beginsKey({ primaryKey }: ModelMeta, columns: readonly ColumnMeta[]): boolean {
  return isSameSet(primaryKey.slice(0, columns.length), columns);
}

function indexSql(engine: Engine, meta: ModelMeta, { columns, unique, name, where }: Index): string {
  const { quote, indexesHaveSchemas } = engine.schema;
  const schema = indexesHaveSchemas ? schemaOf(meta) : null;
  const index = schema === null ? quote(name) : `${quote(schema)}.${quote(name)}`;
  const table = indexesHaveSchemas ? quote(meta.table) : tableName(engine, meta);
  if (where !== undefined && engine.features.partialIndexes !== true) {
    throw new NotSupportedError(
      `${meta.name}: ${engine.label} has no partial indexes: "${name}" is one, by its where.`,
      {
        hint: "Leave where out, for an index of all rows; a unique one can be of a column that is NULL in the others.",
      },
    );
  }
  const made = `CREATE ${unique ? "UNIQUE " : ""}INDEX ${index} ON ${table} (${columnList(engine, columns)})`;
  return where === undefined ? made : `${made} WHERE ${where}`;
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
  return names.flatMap((name) => {
    const field = fieldOf(meta, name);
    if (field !== undefined && !("many" in field)) return columnsOfField(field);
    const known = meta.columns.map((column) => column.field);
    throw new ConfigurationError(
      `${meta.name}: ${option} names "${name}", which is no column of it.${didYouMean(name, known)} ` +
        `Fields: ${known.join(", ")}.`,
    );
  });
}

/** A name that tells what it is, kept within every engine's limit by a hash of the rest. */
export function generatedName(meta: ModelMeta, columns: readonly ColumnMeta[], kind: string): string {
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
