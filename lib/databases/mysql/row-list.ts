import type { ColumnType, Storage } from "../../fields/column-type.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { RowList } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

/** What JSON_TABLE reads a column's values as; storages that JSON cannot hold have none. */
const ITEMS: Readonly<Partial<Record<Storage, "bigint" | "double" | "text">>> = {
  integer: "bigint",
  smallInteger: "bigint",
  bigInteger: "bigint",
  duration: "bigint",
  boolean: "bigint",
  float: "double",
  // As a parameter would be, text is made what the column is when it is set.
  decimal: "text",
  string: "text",
  text: "text",
  uuid: "text",
  date: "text",
  time: "text",
  datetime: "text",
  json: "text",
};
/** Storages of keys that are compared alike, by the table's own index, whoever made it: text need not be. */
const KEYS: Readonly<Partial<Record<Storage, string>>> = {
  integer: "bigint",
  smallInteger: "bigint",
  bigInteger: "bigint",
  uuid: "char(36) CHARACTER SET ascii COLLATE ascii_bin",
};

/** Rows as one parameter of JSON, for servers that read it as a table; the first columns are those of a key. */
export function rowList(types: readonly ColumnType[], keys: number, flavour: Flavour): RowList | null {
  if (!flavour.jsonTables) return null;
  const text = `longtext CHARACTER SET utf8mb4 COLLATE ${flavour.binaryCollation}`;
  const items = types.map(({ storage }, at) => {
    if (at < keys) return KEYS[storage];
    return ITEMS[storage] === "text" ? text : ITEMS[storage];
  });
  if (items.includes(undefined)) return null;
  const columns = items.map((item, at) => literalNode(`c${at} ${item} PATH '$[${at}]' ERROR ON ERROR`));
  return {
    encode: (rows) => `[${rows.map((row) => `[${row.map(jsonItem).join(",")}]`).join(",")}]`,
    table: (parameter, name) =>
      sqlNode`JSON_TABLE(${parameter}, '$[*]' COLUMNS (${joinedNode(columns, ", ")})) AS ${name}`,
  };
}

/** JSON has no bigint of its own, but digits of any length. */
function jsonItem(value: unknown): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}
