import type { OperationNode } from "kysely";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { ArrayInsert } from "../ports/index.js";
import { arrayLiteral } from "./array-literal.js";

/**
 * `INSERT … SELECT … FROM unnest(…)`, in arrays of the columns' own types as they are in the database: a type that we
 * would name ourselves need not be the one of a table that somebody else made, nor cut or round as a column does.
 */
export const arrayInsert: ArrayInsert = {
  maxRows: 1000,
  // A typmod of -1, unlike none, keeps "character" and "bit" from meaning one character and one bit.
  columnTypes:
    "select attname::text, format_type(atttypid, -1) from pg_attribute " +
    "where attrelid = to_regclass($1) and attnum > 0 and not attisdropped",
  // An array of arrays falls apart into their elements, and a box has commas of its own.
  takes: (sqlType) => !sqlType.endsWith("[]") && sqlType !== "box",
  encode: arrayLiteral,
  rows(arrays, sqlTypes) {
    const names = namesOf(arrays);
    return sqlNode`select ${names} from ${unnested(arrays, sqlTypes)} with ordinality as r(${names}, n) order by n`;
  },
  table: (arrays, sqlTypes, name) => sqlNode`${unnested(arrays, sqlTypes)} as ${name}(${namesOf(arrays)})`,
};

function unnested(arrays: readonly OperationNode[], sqlTypes: readonly string[]): OperationNode {
  const casts = arrays.map((array, index) => sqlNode`${array}::${literalNode(sqlTypes[index] as string)}[]`);
  return sqlNode`unnest(${joinedNode(casts, ", ")})`;
}

function namesOf(arrays: readonly OperationNode[]): OperationNode {
  return literalNode(arrays.map((_, index) => `c${index}`).join(", "));
}
