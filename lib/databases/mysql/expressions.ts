import { type OperationNode, RawNode } from "kysely";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import { decimalOfScale } from "../decimal-text.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { Decode, Encode, Functions, Operations } from "../ports/index.js";
import { isWhole } from "../result-types.js";
import { mysqlAggregates } from "./aggregates.js";
import { mysqlCalls, mysqlHooks } from "./calls.js";
import { decimalOf } from "./converted.js";
import type { Flavour } from "./flavour.js";
import { asJson } from "./json-values.js";
import { mysqlTypes } from "./types.js";
import { mysqlWindows } from "./windows.js";

/** Types of values that stand on their own. Texts are what they are, and take the collation beside them. */
const TYPES: Readonly<Partial<Record<Storage, string>>> = {
  integer: "SIGNED",
  smallInteger: "SIGNED",
  bigInteger: "SIGNED",
  duration: "SIGNED",
  boolean: "SIGNED",
  float: "DOUBLE",
  date: "DATE",
  time: "TIME(6)",
  datetime: "DATETIME(3)",
  // Beside NULL MySQL would take them for text.
  binary: "BINARY",
};

/** Functions and aggregates in the words of MySQL and MariaDB. */
export function mysqlFunctions(flavour: Flavour, operations: Operations): Functions {
  const calls = mysqlCalls(flavour, operations);
  const types = mysqlTypes(flavour);
  return {
    call: (name, args, context) => (calls[name] as (typeof calls)[string])(args, context),
    aggregate: mysqlAggregates(flavour, mysqlHooks(operations)),
    ...mysqlWindows(flavour),
    literal(parameter, type) {
      if (type.storage === "decimal") return decimalOf(parameter, type.scale ?? 0);
      if (type.storage === "json") return asJson(parameter, flavour);
      if (isNull(parameter) && TEXTS.has(type.storage)) return NO_TEXT;
      const name = TYPES[type.storage];
      return name === undefined ? parameter : sqlNode`CAST(${parameter} AS ${literalNode(name)})`;
    },
    // Plain numbers would travel as floats.
    encodeLiteral: (type) => (isWhole(type) || type.storage === "boolean" ? toInteger : types.encoder(type)),
    decodeResult: (type) => decodeResult(type, types.decoder(type)),
  };
}

const toInteger: Encode = (value) => BigInt(value as number | bigint | boolean);

const TEXTS: ReadonlySet<Storage> = new Set(["string", "text", "uuid"]);
/** A NULL that is a text. Of plain NULL and bound values together MySQL makes bytes, before it knows these. */
const NO_TEXT = literalNode("NULLIF('', '')");

function isNull(node: OperationNode): boolean {
  return RawNode.is(node) && node.sqlFragments[0] === "null";
}

/** A text that came as bytes: where SQL of somebody else puts a plain NULL beside bound values. */
const textOf: Decode = (value) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value);

function decodeResult({ storage, scale }: ColumnType, decoder: Decode | null): Decode | null {
  if (TEXTS.has(storage)) return textOf;
  if (storage === "decimal") return (value) => decimalOfScale(value, scale ?? 0);
  return storage === "float" ? (value) => Number(value) + 0 : decoder;
}
