import type { OperationNode } from "kysely";
import type { ColumnType } from "../../fields/column-type.js";
import {
  at,
  type Call,
  type CallHooks,
  type Calls,
  commonCalls,
  numberNode,
  plainCall,
  replaceStrictly,
  typeAt,
} from "../common-calls.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { CallContext, Operations } from "../ports/index.js";
import { isDecimal, isWhole } from "../result-types.js";
import type { Flavour } from "./flavour.js";
import { asDatetime, decimalOf, timeText } from "./converted.js";
import { toJson } from "./json-values.js";
import { quoteText } from "./schema.js";
import { truncated } from "./truncate.js";

/** Digits after the point of a decimal that the server has at most. */
const MOST_SCALE = 30;
/** Digits that a quotient has beyond those of what is divided, by a setting of the server that is rarely touched. */
const QUOTIENT_DIGITS = 4;
/** From here on a float has no fraction, and does not fit a decimal with one. */
const NO_FRACTION = literalNode("1e16");

function toText(node: OperationNode, { storage, scale }: ColumnType): OperationNode {
  if (storage === "boolean") return sqlNode`CASE WHEN ${node} THEN 'true' WHEN NOT ${node} THEN 'false' END`;
  if (storage === "time") return timeText(node);
  if (storage === "datetime") return sqlNode`CAST(${asDatetime(node)} AS CHAR)`;
  return sqlNode`CAST(${storage === "decimal" ? decimalOf(node, scale ?? 0) : node} AS CHAR)`;
}

const PARSED: Readonly<Record<string, string>> = {
  integer: "SIGNED",
  bigInteger: "SIGNED",
  float: "DOUBLE",
  date: "DATE",
  time: "TIME(6)",
  datetime: "DATETIME(3)",
};

/** A float rounded as it is written, to digits behind the point or, below 0, before it. */
function roundedFloat(node: OperationNode, digits: number): OperationNode {
  const places = numberNode(digits);
  const exact = sqlNode`CAST(ROUND(${decimalOf(node, MOST_SCALE)}, ${places}) AS DOUBLE)`;
  return sqlNode`CASE WHEN ABS(${node}) < ${NO_FRACTION} THEN ${exact} ELSE ROUND(${node}, ${places}) END`;
}

export function mysqlHooks(operations: Operations): CallHooks {
  return {
    transform: (...call) => operations.transform(...call),
    json: operations.json,
    converted(node, from, to) {
      if (to.storage === "float") return from.storage === "float" ? node : sqlNode`CAST(${node} AS DOUBLE)`;
      return to.storage === "datetime" && from.storage === "date" ? asDatetime(node) : node;
    },
    // An instant out of range would be NULL, but in an UPDATE an error.
    shifted(moment, milliseconds) {
      const to = (text: string) => sqlNode`TIMESTAMPDIFF(MICROSECOND, ${moment}, '${literalNode(text)}') DIV 1000`;
      const fits = sqlNode`${milliseconds} BETWEEN ${to("0001-01-01")} AND ${to("9999-12-31 23:59:59.999")}`;
      const later = sqlNode`TIMESTAMPADD(MICROSECOND, ${milliseconds} * 1000, ${moment})`;
      return sqlNode`CASE WHEN ${fits} THEN ${asDatetime(later)} END`;
    },
    between: (moment, earlier) => sqlNode`(TIMESTAMPDIFF(MICROSECOND, ${earlier}, ${moment}) DIV 1000)`,
    rounded: (float) => sqlNode`CAST(${decimalOf(float, 0)} AS SIGNED)`,
    toText,
    toDecimal: (node, _, to) => decimalOf(node, to.scale ?? 0),
    toWhole: (node) => sqlNode`CAST(${decimalOf(node, 0)} AS SIGNED)`,
    ofBoolean: (node) => node,
    // The end itself: "$" would let a line feed follow.
    matches: (text, pattern) => sqlNode`${text} REGEXP ${literalNode(quoteText(`^(?:${pattern})\\z`))}`,
    parsed(text, to) {
      if (isDecimal(to)) return decimalOf(text, to.scale ?? 0);
      const type = PARSED[to.storage];
      return type === undefined ? sqlNode`LOWER(${text})` : sqlNode`CAST(${text} AS ${literalNode(type)})`;
    },
  };
}

/** The server works with 30 digits behind the point at most; what would not fit is cut. */
function divided(common: Call): Call {
  return (args, context) => {
    const { scale } = context.result;
    if (!isDecimal(context.result) || scale === null) return common(args, context);
    const digits = Math.min(scale + QUOTIENT_DIGITS, MOST_SCALE);
    return sqlNode`ROUND(${decimalOf(at(args, 0), digits)} / NULLIF(${at(args, 1)}, 0), ${numberNode(scale)})`;
  };
}

/** MariaDB leaves nothing of -0.01 by 0.01 with a sign, which its text would show; added to zero, it has none. */
function remainder(common: Call): Call {
  return (args, context) => {
    const rest = common(args, context);
    return isDecimal(context.result) ? sqlNode`(${rest} + 0)` : rest;
  };
}

/** Bits come without a sign. */
const signed = (node: OperationNode) => sqlNode`CAST(${node} AS SIGNED)`;
const bits = (operator: string): Call => {
  const sign = literalNode(operator);
  return (args) => signed(sqlNode`${at(args, 0)} ${sign} ${at(args, 1)}`);
};

function shiftedRight([x, places]: readonly OperationNode[]): OperationNode {
  const [number, count] = [x as OperationNode, places as OperationNode];
  const kept = sqlNode`CASE WHEN ${number} < 0 THEN ~(~${number} >> ${count}) ELSE ${number} >> ${count} END`;
  return sqlNode`CASE WHEN ${count} >= 0 THEN ${signed(kept)} END`;
}

function rounded(args: readonly OperationNode[], context: CallContext): OperationNode {
  const [node, digits] = [at(args, 0), Number(context.options.digits ?? 0)];
  if (isDecimal(context.result)) return decimalOf(sqlNode`ROUND(${node}, ${numberNode(digits)})`, Math.max(digits, 0));
  return context.result.storage === "float"
    ? roundedFloat(node, digits)
    : sqlNode`ROUND(${node}, ${numberNode(digits)})`;
}

const toWhole = (name: string): Call => {
  const open = literalNode(name);
  return (args, context) => (isWhole(typeAt(context, 0)) ? at(args, 0) : sqlNode`${open}(${at(args, 0)})`);
};

const numbers: Calls = {
  bitAnd: bits("&"),
  bitOr: bits("|"),
  bitXor: bits("^"),
  bitLeft: (args, context) => sqlNode`CASE WHEN ${at(args, 1)} >= 0 THEN ${bits("<<")(args, context)} END`,
  bitRight: shiftedRight,
  round: rounded,
  ceil: toWhole("CEILING"),
  floor: toWhole("FLOOR"),
  sign: plainCall("SIGN"),
  random: () => literalNode("RAND()"),
};

function extreme(name: string): Call {
  const call = plainCall(name);
  return (args, context) => (args.length === 1 ? at(args, 0) : call(args, context));
}

function padded(name: string): Call {
  const open = literalNode(name);
  return (args) => {
    const [text, length, fill] = [at(args, 0), at(args, 1), args[2]];
    const filled = sqlNode`${open}(${text}, GREATEST(${length}, 0), ${fill ?? literalNode("' '")})`;
    if (fill === undefined) return filled;
    return sqlNode`CASE WHEN CHAR_LENGTH(${fill}) = 0 THEN LEFT(${text}, ${length}) ELSE ${filled} END`;
  };
}

function substr([text, from, length]: readonly OperationNode[]): OperationNode {
  const [x, start] = [text as OperationNode, from as OperationNode];
  if (length === undefined) return sqlNode`SUBSTRING(${x}, GREATEST(${start}, 1))`;
  return sqlNode`SUBSTRING(${x}, GREATEST(${start}, 1), GREATEST(${length} + LEAST(${start}, 1) - 1, 0))`;
}

function texts(flavour: Flavour): Calls {
  const binary = literalNode(flavour.binaryCollation);
  const utf8 = (node: OperationNode) => sqlNode`CONVERT(${node} USING utf8mb4)`;
  const sha2 =
    (bitsOf: number): Call =>
    (args) =>
      sqlNode`SHA2(${utf8(at(args, 0))}, ${numberNode(bitsOf)})`;
  return {
    concat: (args) =>
      sqlNode`CONCAT(${joinedNode(
        args.map((arg) => sqlNode`COALESCE(${arg}, '')`),
        ", ",
      )})`,
    substr,
    left: (args) => sqlNode`LEFT(${at(args, 0)}, ${at(args, 1)})`,
    right: (args) => sqlNode`RIGHT(${at(args, 0)}, ${at(args, 1)})`,
    lpad: padded("LPAD"),
    rpad: padded("RPAD"),
    reverse: plainCall("REVERSE"),
    repeat: plainCall("REPEAT"),
    strIndex: (args) => sqlNode`LOCATE(${utf8(at(args, 1))} COLLATE ${binary}, ${at(args, 0)})`,
    chr: (args) => {
      const bytes = sqlNode`UNHEX(LPAD(HEX(${at(args, 0)}), 8, '0'))`;
      const character = sqlNode`CONVERT(CONVERT(${bytes} USING utf32) USING utf8mb4) COLLATE ${binary}`;
      return sqlNode`CASE WHEN ${at(args, 0)} BETWEEN 1 AND 55295 OR ${at(args, 0)} BETWEEN 57344 AND 1114111 THEN ${character} END`;
    },
    ord: (args) => sqlNode`CAST(CONV(HEX(CONVERT(LEFT(${at(args, 0)}, 1) USING utf32)), 16, 10) AS SIGNED)`,
    md5: (args) => sqlNode`MD5(${utf8(at(args, 0))})`,
    sha1: (args) => sqlNode`SHA1(${utf8(at(args, 0))})`,
    ...{ sha224: sha2(224), sha256: sha2(256), sha384: sha2(384), sha512: sha2(512) },
    collate: (args, { result }) => sqlNode`(${utf8(at(args, 0))}) COLLATE ${literalNode(`\`${result.collation}\``)}`,
  };
}

function json(flavour: Flavour): Calls {
  const values = (args: readonly OperationNode[], { types }: CallContext) =>
    args.map((arg, index) => toJson(arg, types[index] as ColumnType, flavour));
  return {
    jsonObject: (args, context) => {
      const keys = context.options.keys as readonly string[];
      const items = values(args, context).map(
        (value, index) => sqlNode`${literalNode(quoteText(keys[index] as string))}, ${value}`,
      );
      return plainCall("JSON_OBJECT")(items, context);
    },
    jsonArray: (args, context) => plainCall("JSON_ARRAY")(values(args, context), context),
  };
}

export function mysqlCalls(flavour: Flavour, operations: Operations): Calls {
  const hooks = mysqlHooks(operations);
  const common = commonCalls(hooks);
  return {
    ...common,
    replace: replaceStrictly,
    ...numbers,
    ...texts(flavour),
    ...json(flavour),
    div: divided(common.div as Call),
    mod: remainder(common.mod as Call),
    greatest: extreme("GREATEST"),
    least: extreme("LEAST"),
    nullIf: (args) => sqlNode`NULLIF(${at(args, 0)}, ${at(args, 1)})`,
    now: () => literalNode("UTC_TIMESTAMP(3)"),
    trunc: (args, context) => truncated(at(args, 0), typeAt(context, 0).storage, context, operations),
  };
}
