import { postgresSchema } from "../../databases/postgres/schema.js";
import { ConfigurationError } from "../../errors/index.js";
import type { SchemaContext } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { checkKnown } from "../own-options.js";

/** What an index is of: a field, or an expression in SQL, which reaches the database as written. */
export type IndexItem<Name extends string = string> =
  | Name
  | `-${Name}`
  | (({ readonly field: Name } | { readonly expression: string }) & {
      /** How its values are compared, where the type's usual way is not meant: "gin_trgm_ops". */
      readonly opclass?: string;
      readonly collation?: string;
      readonly desc?: boolean;
      readonly nulls?: "first" | "last";
    });

const ITEM = ["field", "expression", "opclass", "collation", "desc", "nulls"];

interface WholeItem {
  readonly field?: string;
  readonly expression?: string;
  readonly opclass?: string;
  readonly collation?: string;
  readonly desc?: boolean;
  readonly nulls?: "first" | "last";
}

export function wholeItem(given: unknown, where: string): WholeItem {
  if (typeof given === "string" && given !== "") {
    return given.startsWith("-") ? { field: given.slice(1), desc: true } : { field: given };
  }
  if (given === null || typeof given !== "object") {
    throw new ConfigurationError(`${where}: expected a field, or { expression: "…" }, got ${printable(given)}.`);
  }
  checkKnown(given, ITEM, where);
  return checkedItem(given, where);
}

function checkedItem(item: WholeItem, where: string): WholeItem {
  if ((item.field === undefined) === (item.expression === undefined)) {
    throw new ConfigurationError(`${where}: expected { field } or { expression }, one of the two.`);
  }
  const text = item.field ?? item.expression;
  if (typeof text !== "string" || text === "") {
    throw new ConfigurationError(`${where}: expected a name or SQL, got ${printable(text)}.`);
  }
  if (item.nulls !== undefined && item.nulls !== "first" && item.nulls !== "last") {
    throw new ConfigurationError(`${where}: nulls is "first" or "last", got ${printable(item.nulls)}.`);
  }
  return item;
}

/** `"title" COLLATE "C" gin_trgm_ops DESC NULLS LAST`, one for each of a field's columns. */
export function itemSql(item: WholeItem, context: SchemaContext, option: string): string[] {
  const { field, expression, opclass, collation, desc, nulls } = item;
  const columns = field === undefined ? [`(${expression})`] : context.columns(field, option);
  const rest = [
    ...(collation === undefined ? [] : [`COLLATE ${context.quote(collation)}`]),
    ...(opclass === undefined ? [] : [checkedName(opclass, `${context.model}: the opclass of an index`)]),
    ...(desc === true ? ["DESC"] : []),
    ...(nulls === undefined ? [] : [`NULLS ${nulls.toUpperCase()}`]),
  ];
  return columns.map((column) => [column, ...rest].join(" "));
}

/** A name that stands in SQL as it is: letters, digits and underscores, with its schema before it where it has one. */
export function checkedName(name: unknown, where: string): string {
  if (typeof name === "string" && /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name)) return name;
  throw new ConfigurationError(`${where} is a name of letters, digits and underscores, got ${printable(name)}.`);
}

/** Such a name, quoted, so that its letters stay as they are. */
export function quotedName(name: string): string {
  return name.split(".").map(postgresSchema.quote).join(".");
}

export function columnsOf(fields: readonly string[], context: SchemaContext, option: string): string {
  return fields.flatMap((field) => context.columns(field, option)).join(", ");
}

/** SQL as it was written, where it is any. */
export function checkedSql(sql: unknown, where: string): string {
  if (typeof sql === "string" && sql.trim() !== "") return sql;
  throw new ConfigurationError(`${where}: expected SQL, got ${printable(sql)}.`);
}
