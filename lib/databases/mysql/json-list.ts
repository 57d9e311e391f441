import type { ColumnType } from "../../fields/column-type.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { ArrayMembership } from "../ports/index.js";
import type { Flavour } from "./flavour.js";

/** Shorter lists are spelled out, which lets the optimizer look at their values. */
const LONG = 1024;

/** What JSON_TABLE reads a list's items as; kinds that JSON cannot hold exactly have none. */
function itemType({ storage, scale }: ColumnType, { binaryCollation }: Flavour): string | null {
  switch (storage) {
    case "integer":
    case "smallInteger":
    case "bigInteger":
    case "duration":
    case "boolean":
      return "bigint";
    case "decimal":
      return `decimal(65, ${scale ?? 30})`;
    case "string":
    case "text":
      return `longtext CHARACTER SET utf8mb4 COLLATE ${binaryCollation}`;
    case "uuid":
      return "char(36) CHARACTER SET ascii COLLATE ascii_bin";
    case "date":
      return "date";
    case "time":
      return "time(6)";
    case "datetime":
      return "datetime(3)";
    default:
      return null;
  }
}

/** A list too long for a statement's parameters, as one parameter of JSON. */
export function longList(type: ColumnType, length: number, flavour: Flavour): ArrayMembership | null {
  const items = length > LONG ? itemType(type, flavour) : null;
  if (items === null) return null;
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
