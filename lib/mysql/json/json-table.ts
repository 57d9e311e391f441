import { sql } from "kysely";
import { quoteText } from "../../databases/mysql/schema.js";
import { ConfigurationError } from "../../errors/index.js";
import { Expression } from "../../expressions/index.js";
import { refuse, ScalarField } from "../../fields/index.js";
import { operandOfKind, type OwnFunctionDefinition } from "../../functions/index.js";
import { type Parts, targetOf } from "../../json/own-call.js";
import { newMark, type Operand } from "../../lookups/index.js";
import { checkAliasName, RowsAlias } from "../../query/index.js";
import type { AnyExpression, Typed } from "../../types/expression.js";
import type { ModelAlias } from "../../types/join.js";
import { printable } from "../../util/printable.js";
import { onlyMysql } from "../only-mysql.js";
import {
  checkPath,
  columnsSql,
  existsForm,
  flatColumns,
  NestedForm,
  ordinalityForm,
  readColumns,
  valueForm,
} from "./table-columns.js";
import type { JsonColumnOptions, JsonTableColumn, JsonTableRow, NestedColumns, Read, ValueIn } from "./table-types.js";

const result = operandOfKind("json", null);

const definition: OwnFunctionDefinition = Object.freeze({
  name: "jsonTable",
  arity: [1, 1] as const,
  operand: ([of]: readonly Operand[]) =>
    of?.family === "json"
      ? result
      : refuse(`jsonTable works on JSON, and this is a ${String(of?.family)}. Name a field of JSON.`),
  compile: ({ args, engine, label, options }: Parts & { readonly engine: string }) => {
    onlyMysql(
      { name: engine, label },
      "jsonTable(…)",
      "On SQLite JsonEach and JsonTree of dunder-orm/sqlite are such tables; PostgreSQL's are SQL of one's own: objects.raw(sql).",
    );
    return sql`json_table(${args[0]}, ${sql.raw(options[label] as string)})`;
  },
  mark: newMark(),
});

/**
 * JSON as a table, to be joined: `JSON_TABLE`. A row for each place that the path leads to, with columns of the declared
 * kinds, NULL where a row has no such value. From there on names lead into its rows as into a relation to one row. MySQL,
 * and MariaDB from 10.6 on.
 *
 * @example
 * ```ts no-run
 * const item = jsonTable("item", "data__items", "$[*]", { sku: fields.string(), at: ordinality() });
 * await Track.objects.join(item, {}).filter({ item__sku: "x-1" }).values("id", "item__at").all();
 * // SELECT … FROM `track` JOIN JSON_TABLE(json_extract(`track`.`data`, '$."items"'), '$[*]' COLUMNS
 * //   (`sku` longtext … PATH '$."sku"' …, `at` FOR ORDINALITY)) AS t1 ON true WHERE t1.`sku` = 'x-1'
 * ```
 * @throws ConfigurationError for what is no path and no column; FieldError, where it is joined, for what is no JSON; when it
 *   runs, NotSupportedError on other engines.
 */
export function jsonTable<const Name extends string, const C extends object>(
  name: Name,
  of: string | AnyExpression,
  path: string,
  columns: C,
): ModelAlias<JsonTableRow<C>, Name> {
  const checked = checkAliasName(name, "jsonTable(name, …)");
  const at = checkPath(path, `jsonTable("${checked}")`);
  const read = readColumns(columns, `jsonTable("${checked}")`);
  const flat = flatColumns(read);
  const counted = read.find((column) => !(column instanceof NestedForm) && column.form.isOrdinality);
  const key = counted === undefined || counted instanceof NestedForm ? ROW : counted.name;
  const all = key === ROW ? [{ name: ROW, form: ordinalityForm() }, ...read] : read;
  const written = (label: "MySQL" | "MariaDB") => `${quoteText(at)} columns (${columnsSql(all, label)})`;
  const options = { MySQL: written("MySQL"), MariaDB: written("MariaDB") };
  const call = new Expression({ kind: "own", definition, args: [targetOf(of, "jsonTable")], options });
  const held = flat.map(({ name: column, form: { field, nullable } }) => ({ name: column, field, nullable }));
  return new RowsAlias(checked, { kind: "function", call, columns: held, key }) as never;
}

/** The number of a row where nobody asks for it; no field can have the name. */
const ROW = "row_";

/**
 * A column of `jsonTable` that is read somewhere else than at the key of its name, or that says what stands for nothing.
 *
 * @example
 * ```ts
 * jsonColumn(fields.integer(), { path: "$.quantity", onEmpty: { default: 1 }, onError: "error" });
 * // `n` int PATH '$.quantity' DEFAULT '1' ON EMPTY ERROR ON ERROR
 * ```
 * @throws ConfigurationError for what is no field of a kind that JSON has, and for other options.
 */
export function jsonColumn<S extends object>(
  field: S,
  options: JsonColumnOptions<ValueIn<S>> = {},
): JsonTableColumn<Read<S>> {
  if (field instanceof ScalarField) return valueForm(field, options, "jsonColumn(…)") as never;
  throw new ConfigurationError(`jsonColumn(field, options): expected a field, got ${printable(field)}.`);
}

/** A column of `jsonTable` that says whether something stands at a path, if only null: `jsonExists("$.discount")`. */
export function jsonExists(path: string): JsonTableColumn<Typed<boolean, false, "boolean">> {
  return existsForm(checkPath(path, "jsonExists(path)")) as never;
}

/** A column of `jsonTable` that counts its rows from 1 upwards, in the order of the JSON: `FOR ORDINALITY`. */
export function ordinality(): JsonTableColumn<Typed<number, false, "number">> {
  return ordinalityForm() as never;
}

/**
 * Columns of what stands in a list within each row of `jsonTable`: a row that has several in it comes as often, one that
 * has none once, with NULL in these columns. What the member is called does not matter.
 *
 * @example
 * ```ts
 * const columns = { sku: fields.string(), tags: nestedColumns("$.tags[*]", { tag: jsonColumn(fields.string(), { path: "$" }) }) };
 * // COLUMNS (`sku` … PATH '$."sku"' …, NESTED PATH '$.tags[*]' COLUMNS (`tag` … PATH '$' …))
 * ```
 */
export function nestedColumns<const C extends object>(path: string, columns: C): NestedColumns<C> {
  const where = "nestedColumns(path, columns)";
  return new NestedForm(checkPath(path, where), readColumns(columns, where)) as never;
}
