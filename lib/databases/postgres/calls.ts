import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import {
  at,
  type Call,
  type CallHooks,
  type Calls,
  commonCalls,
  converted,
  numberNode,
  plainCall,
  typeAt,
} from "../common-calls.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { CallContext } from "../ports/index.js";
import { isDecimal, isText, isWhole, isWhole64, typeOf } from "../result-types.js";
import { byCodePoint } from "./collation.js";
import { jsonArray, jsonObject } from "./json-values.js";
import { postgresOperations } from "./operations.js";
import { quoteText } from "./schema.js";

/** Digits of a decimal of which no more is known. */
const PRECISION = 65;

/** PostgreSQL alone would go on before the year 1 and after the year 9999. */
const EARLIEST = literalNode("TIMESTAMPTZ '0001-01-01 00:00:00+00'");
const LATEST = literalNode("TIMESTAMPTZ '9999-12-31 23:59:59.999+00'");

/** Digits of a float as it is written, not of the binary number it is. */
const written = (node: OperationNode) => sqlNode`CAST(CAST(${node} AS text) AS numeric)`;
const round = (node: OperationNode, digits: number) => sqlNode`ROUND(${node}, ${numberNode(digits)})`;

function toNumeric(node: OperationNode, { storage }: ColumnType): OperationNode {
  if (storage === "decimal") return node;
  return storage === "float" ? written(node) : sqlNode`CAST(${node} AS numeric)`;
}

const PARSED: Readonly<Record<string, string>> = {
  integer: "bigint",
  bigInteger: "bigint",
  float: "double precision",
  date: "date",
  time: "time",
  uuid: "uuid",
};

export const postgresHooks: CallHooks = {
  transform: (...call) => postgresOperations.transform(...call),
  json: postgresOperations.json,
  converted(node, from, to) {
    if (to.storage === "float") return from.storage === "float" ? node : sqlNode`CAST(${node} AS double precision)`;
    if (isDecimal(to)) return isDecimal(from) ? node : sqlNode`CAST(${node} AS numeric)`;
    if (isWhole64(to)) return isWhole64(from) ? node : sqlNode`CAST(${node} AS bigint)`;
    if (to.storage === "datetime" && from.storage === "date") {
      return sqlNode`(CAST(${node} AS timestamp) AT TIME ZONE 'UTC')`;
    }
    return node;
  },
  shifted(moment, milliseconds) {
    const later = sqlNode`${moment} + ${milliseconds} * INTERVAL '1 millisecond'`;
    return sqlNode`CASE WHEN ${later} BETWEEN ${EARLIEST} AND ${LATEST} THEN ${later} END`;
  },
  between: (moment, earlier) => sqlNode`CAST(ROUND(EXTRACT(EPOCH FROM ${moment} - ${earlier}) * 1000) AS bigint)`,
  rounded: (float) => sqlNode`CAST(ROUND(${written(float)}) AS bigint)`,
  toText(node, from) {
    if (from.storage === "datetime") {
      return sqlNode`TO_CHAR(${node} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')`;
    }
    return sqlNode`CAST(${isDecimal(from) ? round(node, from.scale ?? 0) : node} AS text)`;
  },
  toDecimal: (node, from, to) => round(toNumeric(node, from), to.scale ?? 0),
  toWhole: (node, from) => sqlNode`CAST(ROUND(${toNumeric(node, from)}) AS bigint)`,
  ofBoolean: (node) => sqlNode`CAST(${node} AS integer)`,
  matches: (text, pattern) => sqlNode`${text} ~ ${literalNode(quoteText(`^(?:${pattern})$`))}`,
  parsed(text, to) {
    if (isDecimal(to)) return round(sqlNode`CAST(${text} AS numeric)`, to.scale ?? 0);
    if (to.storage === "datetime") return sqlNode`CAST(${text} AS timestamp) AT TIME ZONE 'UTC'`;
    return sqlNode`CAST(${text} AS ${literalNode(PARSED[to.storage] as string)})`;
  },
};

const common = commonCalls(postgresHooks);
const int4 = (node: OperationNode) => sqlNode`CAST(${node} AS integer)`;
/** A count of characters: GREATEST would make something of NULL. */
const count = (node: OperationNode) => sqlNode`CASE WHEN ${node} < 0 THEN 0 ELSE ${int4(node)} END`;

/** As many digits behind the point as the quotient can differ by from a half: no rounding before the rounding. */
function divided(args: readonly OperationNode[], context: CallContext): OperationNode {
  if (!isDecimal(context.result)) return (common.div as Call)(args, context);
  const [a, b] = [typeAt(context, 0), typeAt(context, 1)];
  const scale = context.result.scale ?? 0;
  const digits = scale + (a.scale ?? 0) + (isDecimal(b) ? (b.precision ?? PRECISION) : 19) + 1;
  const [dividend, divisor] = [toNumeric(at(args, 0), a), toNumeric(at(args, 1), b)];
  return round(sqlNode`${round(dividend, digits)} / NULLIF(${divisor}, 0)`, scale);
}

function remainder(args: readonly OperationNode[], context: CallContext): OperationNode {
  if (context.result.storage !== "float") return (common.mod as Call)(args, context);
  const [a, b] = converted(postgresHooks, args, context) as [OperationNode, OperationNode];
  return sqlNode`(${a} - ${b} * TRUNC(${a} / NULLIF(${b}, 0)))`;
}

/** By way of numeric: floats by themselves are rounded half to even. */
function rounded(args: readonly OperationNode[], context: CallContext): OperationNode {
  const digits = Number(context.options.digits ?? 0);
  const type = typeAt(context, 0);
  const node = round(toNumeric(at(args, 0), type), digits);
  if (isDecimal(context.result)) return node;
  return sqlNode`CAST(${node} AS ${literalNode(context.result.storage === "float" ? "double precision" : "bigint")})`;
}

/** NULL where an argument is, which these functions by themselves would skip. */
function extreme(name: string): Call {
  const open = literalNode(name);
  return (args, context) => {
    const alike = converted(postgresHooks, args, context);
    if (alike.length === 1) return at(alike, 0);
    if (context.types.every(isText)) alike[0] = byCodePoint(at(alike, 0), context.result);
    const list = joinedNode(alike, ", ");
    return sqlNode`CASE WHEN NUM_NULLS(${list}) = 0 THEN ${open}(${list}) END`;
  };
}

const shift = (operator: string, left: boolean): Call => {
  const sign = literalNode(operator);
  return (args, context) => {
    const [x, places] = [at(converted(postgresHooks, args.slice(0, 1), context), 0), at(args, 1)];
    const beyond = left ? literalNode("0") : sqlNode`CASE WHEN ${x} < 0 THEN -1 ELSE 0 END`;
    return sqlNode`CASE WHEN ${places} BETWEEN 0 AND 63 THEN ${x} ${sign} ${int4(places)} WHEN ${places} > 63 THEN ${beyond} END`;
  };
};

const hash =
  (name: string): Call =>
  (args) =>
    sqlNode`ENCODE(${literalNode(name)}(CONVERT_TO(${at(args, 0)}, 'UTF8')), 'hex')`;

const texts: Calls = {
  concat: plainCall("CONCAT"),
  substr: ([text, from, length]) =>
    length === undefined
      ? sqlNode`SUBSTR(${text as OperationNode}, ${int4(from as OperationNode)})`
      : sqlNode`SUBSTR(${text as OperationNode}, ${int4(from as OperationNode)}, ${count(length)})`,
  left: (args) => sqlNode`LEFT(${at(args, 0)}, ${count(at(args, 1))})`,
  right: (args) => sqlNode`RIGHT(${at(args, 0)}, ${count(at(args, 1))})`,
  lpad: (args) => sqlNode`LPAD(${at(args, 0)}, ${int4(at(args, 1))}, ${args[2] ?? literalNode("' '")})`,
  rpad: (args) => sqlNode`RPAD(${at(args, 0)}, ${int4(at(args, 1))}, ${args[2] ?? literalNode("' '")})`,
  reverse: plainCall("REVERSE"),
  repeat: (args) => sqlNode`REPEAT(${at(args, 0)}, ${int4(at(args, 1))})`,
  strIndex: plainCall("STRPOS"),
  chr: (args) =>
    sqlNode`CASE WHEN ${at(args, 0)} BETWEEN 1 AND 55295 OR ${at(args, 0)} BETWEEN 57344 AND 1114111 THEN CHR(${int4(at(args, 0))}) END`,
  ord: (args) => sqlNode`NULLIF(ASCII(${at(args, 0)}), 0)`,
  md5: plainCall("MD5"),
  // PostgreSQL has it in its extension pgcrypto only.
  sha1: (args) => sqlNode`ENCODE(DIGEST(${at(args, 0)}, 'sha1'), 'hex')`,
  ...Object.fromEntries(["sha224", "sha256", "sha384", "sha512"].map((name) => [name, hash(name)])),
  collate: (args, { result }) => sqlNode`(${at(args, 0)}) COLLATE ${literalNode(`"${result.collation}"`)}`,
};

const toWhole = (name: string): Call => {
  const open = literalNode(name);
  return (args, context) =>
    isWhole(typeAt(context, 0)) ? at(converted(postgresHooks, args, context), 0) : sqlNode`${open}(${at(args, 0)})`;
};

const numbers: Calls = {
  div: divided,
  mod: remainder,
  bitXor: (args, context) => {
    const [a, b] = converted(postgresHooks, args, context) as [OperationNode, OperationNode];
    return sqlNode`(${a} # ${b})`;
  },
  bitLeft: shift("<<", true),
  bitRight: shift(">>", false),
  round: rounded,
  ceil: toWhole("CEIL"),
  floor: toWhole("FLOOR"),
  sign: (args, context) =>
    sqlNode`CAST(SIGN(${at(args, 0)}) AS ${literalNode(context.result.storage === "bigInteger" ? "bigint" : "integer")})`,
  // So small a power of e that it is 0 would be an error.
  exp: (args, context) => {
    const x = postgresHooks.converted(at(args, 0), typeAt(context, 0), typeOf("float"));
    return sqlNode`CASE WHEN ${x} < -745 THEN 0 ELSE EXP(${x}) END`;
  },
  pi: () => literalNode("PI()"),
  random: () => literalNode("RANDOM()"),
};

function truncated(args: readonly OperationNode[], context: CallContext): OperationNode {
  const [node, part] = [at(args, 0), context.options.part as string];
  const { storage } = typeAt(context, 0);
  if (storage === "datetime" && (part === "date" || part === "time")) {
    return postgresOperations.transform(part, node, storage, context.timeZone);
  }
  const unit = literalNode(`'${part}'`);
  if (storage === "time") return sqlNode`CAST(DATE_TRUNC(${unit}, CAST(${node} AS interval)) AS time)`;
  if (storage === "date") return sqlNode`CAST(DATE_TRUNC(${unit}, CAST(${node} AS timestamp)) AS date)`;
  return sqlNode`DATE_TRUNC(${unit}, ${node}, ${literalNode(quoteText(context.timeZone ?? "UTC"))})`;
}

export const postgresCalls: Calls = {
  ...common,
  ...texts,
  ...numbers,
  greatest: extreme("GREATEST"),
  least: extreme("LEAST"),
  nullIf: plainCall("NULLIF"),
  now: () => literalNode("DATE_TRUNC('milliseconds', STATEMENT_TIMESTAMP())"),
  trunc: truncated,
  jsonObject,
  jsonArray,
};
