import type { ColumnType, Storage } from "../../fields/column-type.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { ArrayMembership } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

/** Shorter lists are spelled out, which lets the optimizer look at their values. */
const LONG = 1024;

type ItemType = (type: ColumnType, flavour: Flavour) => string;

const text: ItemType = (_, { binaryCollation }) => `longtext CHARACTER SET utf8mb4 COLLATE ${binaryCollation}`;

/** What JSON_TABLE reads a list's items as; kinds that JSON cannot hold exactly have none. */
const ITEM_TYPES: Readonly<Partial<Record<Storage, ItemType>>> = {
  integer: () => "bigint",
  smallInteger: () => "bigint",
  bigInteger: () => "bigint",
  duration: () => "bigint",
  boolean: () => "bigint",
  decimal: ({ scale }) => `decimal(65, ${scale ?? 30})`,
  string: text,
  text,
  uuid: () => "char(36) CHARACTER SET ascii COLLATE ascii_bin",
  date: () => "date",
  time: () => "time(6)",
  datetime: () => "datetime(3)",
};

/** A list too long for a statement's parameters, as one parameter of JSON. */
export function longList(type: ColumnType, length: number, flavour: Flavour): ArrayMembership | null {
  const items = length > LONG && flavour.jsonTables ? ITEM_TYPES[type.storage]?.(type, flavour) : undefined;
  if (items === undefined) return null;
  return {
    encode: (values) => `[${values.map(jsonItem).join(",")}]`,
    build: (lhs, parameter) =>
      sqlNode`${lhs} IN (SELECT item FROM JSON_TABLE(${parameter}, '$[*]' COLUMNS (item ${literalNode(items)} PATH '$')) AS list)`,
  };
}

/** JSON has no bigint of its own, but digits of any length. */
function jsonItem(value: unknown): string {
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}
