import { MARIADB, MYSQL } from "../../databases/mysql/flavour.js";
import { quoteText } from "../../databases/mysql/schema.js";
import { mysqlTypes } from "../../databases/mysql/types.js";
import type { EngineTypes } from "../../databases/ports/index.js";
import { ConfigurationError } from "../../errors/index.js";
import { type ColumnType, plainKinds, Refusal, ScalarField } from "../../fields/index.js";
import { isFieldName } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { checkOptions } from "../options.js";

/** A server of the two, by the name that it goes by. */
export type Label = "MySQL" | "MariaDB";

/** A column, written for a server. */
type Clause = (name: string, label: Label) => string;

/** A column of `jsonTable` that is read in a way of its own. */
export class ColumnForm {
  readonly field: ScalarField;
  readonly nullable: boolean;
  readonly clause: Clause;
  /** True for the number of a row. */
  readonly isOrdinality: boolean;

  constructor(field: ScalarField, clause: Clause, { nullable = false, isOrdinality = false } = {}) {
    this.field = field;
    this.nullable = nullable;
    this.clause = clause;
    this.isOrdinality = isOrdinality;
    Object.freeze(this);
  }
}

/** Columns of what stands in a list within each row. */
export class NestedForm {
  readonly path: string;
  readonly columns: readonly TableColumn[];

  constructor(path: string, columns: readonly TableColumn[]) {
    this.path = path;
    this.columns = columns;
    Object.freeze(this);
  }
}

/** What stands in COLUMNS (…): a column under a name, or those of a list within. */
export type TableColumn = NestedForm | { readonly name: string; readonly form: ColumnForm };

const WHERE = "jsonTable(…)";
/** A path as SQL has it: keys, quoted where they are no words, indexes, and `*` for all of them. */
const PATH = /^\$(\.(\w+|\*|"[^"\\\p{Cc}]*")|\[(\d+|\*)\]|\*\*(?=[.[]))*$/u;

export function checkPath(path: unknown, where: string): string {
  if (typeof path === "string" && PATH.test(path)) return path;
  throw new ConfigurationError(
    `${where}: a path begins with $, and goes on by keys and indexes, such as '$.items[*]' and '$."first name"', got ` +
      `${printable(path)}.`,
  );
}

/** Reads what was declared: fields, columns read in ways of their own, and nested ones, by name. */
export function readColumns(given: unknown, where = WHERE): readonly TableColumn[] {
  const isObject = given !== null && typeof given === "object" && Object.getPrototypeOf(given) === Object.prototype;
  const entries: [string, unknown][] = isObject ? Object.entries(given) : [];
  if (entries.length === 0) {
    throw new ConfigurationError(
      `${where}: columns are fields by name, such as { sku: fields.string() }, got ${printable(given)}.`,
    );
  }
  return entries.map(([name, column]) => {
    if (column instanceof NestedForm) return column;
    if (!isFieldName(name)) {
      throw new ConfigurationError(
        `${where}: a column's name starts with a letter, and has letters, digits and single underscores, got ${printable(name)}.`,
      );
    }
    if (column instanceof ColumnForm) return { name, form: column };
    if (column instanceof ScalarField) return { name, form: valueForm(column, {}, `${where}: "${name}"`) };
    throw new ConfigurationError(
      `${where}: "${name}" is a field such as fields.string(), jsonColumn(…), jsonExists(…), ordinality() or ` +
        `nestedColumns(…), got ${printable(column)}.`,
    );
  });
}

/** The columns, those of lists within among them. No two have one name. */
export function flatColumns(columns: readonly TableColumn[]): readonly Exclude<TableColumn, NestedForm>[] {
  const flat = columns.flatMap((column) => (column instanceof NestedForm ? flatColumns(column.columns) : [column]));
  const taken = new Set<string>();
  for (const { name } of flat) {
    const known = taken.has(name.toLowerCase());
    if (known)
      throw new ConfigurationError(`${WHERE}: two columns are called "${name}". Names differ in more than case.`);
    taken.add(name.toLowerCase());
  }
  return flat;
}

/** The columns as SQL has them, between the brackets. */
export function columnsSql(columns: readonly TableColumn[], label: Label): string {
  const clauses = columns.map((column) => {
    if (!(column instanceof NestedForm)) return column.form.clause(`\`${column.name}\``, label);
    return `nested path ${quoteText(column.path)} columns (${columnsSql(column.columns, label)})`;
  });
  return clauses.join(", ");
}

/** A column of a value at a path. */
export function valueForm(field: ScalarField, options: object, where: string): ColumnForm {
  checkOptions(options, ["path", "onEmpty", "onError"], where);
  const { path, onEmpty, onError } = options as Readonly<Record<string, unknown>>;
  const own = path === undefined ? null : checkPath(path, where);
  const sqlType = sqlTypeOf(field, where);
  const empty = otherwiseOf(field, onEmpty, `${where}: onEmpty`);
  const failed = otherwiseOf(field, onError, `${where}: onError`);
  const clause: Clause = (name, label) => {
    const at = own ?? `$.${JSON.stringify(name.slice(1, -1))}`;
    return `${name} ${sqlType(label)} path ${quoteText(at)} ${empty(label)} on empty ${failed(label)} on error`;
  };
  return new ColumnForm(field, clause, { nullable: true });
}

/** Whether something stands at a path. */
export function existsForm(path: string): ColumnForm {
  const field = new ScalarField({ ...plainKinds.boolean }, {});
  return new ColumnForm(field, (name) => `${name} int exists path ${quoteText(path)}`);
}

/** The number of the row. */
export function ordinalityForm(): ColumnForm {
  const field = new ScalarField({ ...plainKinds.integer, generated: false }, {});
  return new ColumnForm(field, (name) => `${name} for ordinality`, { isOrdinality: true });
}

/** Storages whose values JSON has, texts among them. */
const READABLE: ReadonlySet<string> = new Set([
  ...["integer", "smallInteger", "bigInteger", "float", "decimal", "boolean", "json"],
  ...["string", "text", "uuid", "date", "time"],
]);

const TYPES: Readonly<Record<Label, EngineTypes>> = { MySQL: mysqlTypes(MYSQL), MariaDB: mysqlTypes(MARIADB) };

/** As a column is declared; but a text without a length, since MariaDB would cut what is longer. */
function declared(type: ColumnType, label: Label): string {
  return TYPES[label].sqlType(type.storage === "string" ? { ...type, storage: "text" } : type);
}

function sqlTypeOf(field: ScalarField, where: string): (label: Label) => string {
  const { type, options, hasDefault, kind } = field;
  if (type.customSqlType !== null || !READABLE.has(type.storage)) {
    throw new ConfigurationError(`${where}: JSON has no values of the kind "${kind}".`, {
      hint: "Read it as fields.text(), and make of it what it is: Cast(…), or in the program.",
    });
  }
  const isMore = hasDefault || options.primaryKey === true || options.unique === true;
  if (isMore || options.generatedAs !== undefined) {
    throw new ConfigurationError(`${where}: a column that is read has no default, and is no key.`, {
      hint: "jsonColumn(field, { onEmpty: { default: … } }) says what stands for nothing.",
    });
  }
  if (type.collation !== null && !/^\w+$/.test(type.collation)) {
    throw new ConfigurationError(`${where}: ${printable(type.collation)} is not the name of a collation.`);
  }
  return (label) => declared(type, label);
}

/** What is read in the place of a value: NULL, an error, or a value of the column's kind. */
function otherwiseOf(field: ScalarField, given: unknown, where: string): (label: Label) => string {
  if (given === undefined || given === "null") return () => "null";
  if (given === "error") return () => "error";
  const value = valueOf(field, defaultIn(given, where), where);
  // JSON for the one, and what is written into a column for the other.
  const plain = typeof value === "boolean" ? String(Number(value)) : String(value);
  const json = TEXTS.has(field.type.storage) || field.type.storage === "json" ? JSON.stringify(value) : String(value);
  const texts = { MySQL: json, MariaDB: field.type.storage === "json" ? json : plain };
  return (label) => `default ${quoteText(texts[label])}`;
}

/** Storages whose values are texts in JSON. */
const TEXTS: ReadonlySet<string> = new Set(["string", "text", "uuid", "date", "time"]);

function defaultIn(given: unknown, where: string): unknown {
  const value = given !== null && typeof given === "object" && "default" in given ? given.default : undefined;
  if (value !== undefined && value !== null) return value;
  throw new ConfigurationError(`${where} is "null", "error" or { default: value }, got ${printable(given)}.`);
}

function valueOf(field: ScalarField, value: unknown, where: string): unknown {
  try {
    return field.validate(value);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigurationError(`${where}: ${error.message}`, { cause: error });
  }
}
