import type { ColumnType, Storage } from "../../fields/column-type.js";
import { overNode, windowCall } from "../common-windows.js";
import { decimalOfScale } from "../decimal-text.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { Decode, Functions } from "../ports/index.js";
import { postgresAggregate } from "./aggregates.js";
import { postgresCalls } from "./calls.js";
import { postgresTypes } from "./types.js";

/** Types of values that stand on their own; without one PostgreSQL takes them for text, or for what stands beside. */
const TYPES: Readonly<Record<Exclude<Storage, "custom">, string>> = {
  integer: "bigint",
  smallInteger: "bigint",
  bigInteger: "bigint",
  duration: "bigint",
  float: "double precision",
  decimal: "numeric",
  boolean: "boolean",
  string: "text",
  text: "text",
  uuid: "uuid",
  date: "date",
  time: "time",
  datetime: "timestamptz",
  json: "jsonb",
  binary: "bytea",
};

/** Functions and aggregates in PostgreSQL's words. */
export const postgresFunctions: Functions = {
  call: (name, args, context) => (postgresCalls[name] as (typeof postgresCalls)[string])(args, context),
  aggregate: postgresAggregate,
  over: overNode,
  window: windowCall,
  literal: (parameter, { storage }) =>
    storage === "custom" ? parameter : sqlNode`CAST(${parameter} AS ${literalNode(TYPES[storage])})`,
  encodeLiteral: (type) => postgresTypes.encoder(type),
  decodeResult,
};

function decodeResult(type: ColumnType): Decode | null {
  const { storage, scale } = type;
  if (storage === "decimal") return (value) => decimalOfScale(value, scale ?? 0);
  if (storage === "float") return (value) => Number(value) + 0;
  if (storage === "datetime") return readDatetime;
  return postgresTypes.decoder(type);
}

const read = postgresTypes.decoder({ storage: "datetime" } as ColumnType) as Decode;

/** Other engines have no instant beyond the year 9999 or before the year 1, and say NULL. */
function readDatetime(value: unknown): unknown {
  const text = value as string;
  return text[4] === "-" && !text.endsWith("BC") ? read(text) : null;
}
