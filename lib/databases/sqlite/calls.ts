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
import type { CallContext } from "../ports/index.js";
import { FLOAT, isDecimal } from "../result-types.js";
import { quoteText, toJson } from "./json-values.js";
import { sqliteOperations } from "./operations.js";
import { truncated } from "./truncate.js";

const scaleNode = ({ scale }: ColumnType) => numberNode(scale ?? 0);
const decimalOf = (node: OperationNode, type: ColumnType) => sqlNode`dunder_dec(${node}, ${scaleNode(type)})`;

export const sqliteHooks: CallHooks = {
  transform: (...call) => sqliteOperations.transform(...call),
  json: sqliteOperations.json,
  converted(node, from, to) {
    if (to.storage === "float") return from.storage === "float" ? node : sqlNode`CAST(${node} AS REAL)`;
    if (to.storage === "datetime" && from.storage === "date") return sqlNode`(${node} || ' 00:00:00.000')`;
    if (!isDecimal(to) || (isDecimal(from) && from.scale === to.scale)) return node;
    return decimalOf(node, to);
  },
  shifted: (moment, milliseconds) => sqlNode`dunder_shift(${moment}, ${milliseconds})`,
  between: (moment, earlier) => sqlNode`dunder_between(${moment}, ${earlier})`,
  rounded: (float) => sqlNode`CAST(dunder_round(${float}, 0) AS INTEGER)`,
  toText(node, { storage }) {
    if (storage === "float") return sqlNode`dunder_text(${node})`;
    if (storage === "boolean") return sqlNode`CASE WHEN ${node} THEN 'true' WHEN NOT ${node} THEN 'false' END`;
    return sqlNode`CAST(${node} AS TEXT)`;
  },
  toDecimal: (node, _, to) => decimalOf(node, to),
  toWhole: (node, from) =>
    isDecimal(from)
      ? sqlNode`CAST(dunder_dec(${node}, 0) AS INTEGER)`
      : sqlNode`CAST(dunder_round(${node}, 0) AS INTEGER)`,
  ofBoolean: (node) => node,
  matches: (text, pattern) => sqlNode`dunder_regexp(${quoteText(`^(?:${pattern})$`)}, '', ${text})`,
  parsed(text, to) {
    switch (to.storage) {
      case "integer":
      case "bigInteger":
        return sqlNode`CAST(${text} AS INTEGER)`;
      case "float":
        return sqlNode`CAST(${text} AS REAL)`;
      case "decimal":
        return decimalOf(text, to);
      case "time":
        return sqlNode`CASE WHEN instr(${text}, '.') THEN rtrim(rtrim(${text}, '0'), '.') ELSE ${text} END`;
      case "datetime":
        return sqlNode`strftime('%Y-%m-%d %H:%M:%f', ${text})`;
      case "uuid":
        return sqlNode`lower(${text})`;
      default:
        return text;
    }
  },
};

const common = commonCalls(sqliteHooks);

/** Decimals are texts: their arithmetic is that of functions of ours. */
function exact(name: string): Call {
  const open = literalNode(`dunder_dec_${name}`);
  return (args, context) =>
    isDecimal(context.result)
      ? sqlNode`${open}(${joinedNode(args, ", ")}, ${scaleNode(context.result)})`
      : (common[name] as Call)(args, context);
}

function extreme(name: "max" | "min"): Call {
  const open = literalNode(name);
  return (args, context) => {
    if (args.length === 1) return at(args, 0);
    if (!isDecimal(context.result)) return sqlNode`${open}(${joinedNode(args, ", ")})`;
    const keys = args.map((arg) => sqlNode`dunder_decimal(${arg})`);
    return sqlNode`dunder_dec_of_key(${open}(${joinedNode(keys, ", ")}), ${scaleNode(context.result)})`;
  };
}

function nullIf(args: readonly OperationNode[], context: CallContext): OperationNode {
  const [a, b] = [at(args, 0), at(args, 1)];
  if (!context.types.some(isDecimal)) return sqlNode`nullif(${a}, ${b})`;
  return sqlNode`CASE WHEN dunder_decimal(${a}) IS NOT dunder_decimal(${b}) THEN ${a} END`;
}

/** The next whole number; of decimals by a function of ours. */
function toWhole(name: "floor" | "ceil"): Call {
  const open = literalNode(name);
  return (args, context) => {
    const { storage } = typeAt(context, 0);
    if (storage === "decimal") return sqlNode`dunder_dec_${open}(${at(args, 0)})`;
    return storage === "float" ? sqlNode`${open}(${at(args, 0)})` : at(args, 0);
  };
}

function rounded(args: readonly OperationNode[], context: CallContext): OperationNode {
  const digits = numberNode(Number(context.options.digits ?? 0));
  return isDecimal(context.result)
    ? sqlNode`dunder_dec(${at(args, 0)}, ${digits})`
    : sqlNode`dunder_round(${at(args, 0)}, ${digits})`;
}

const hash =
  (name: string): Call =>
  (args) =>
    sqlNode`dunder_hash(${quoteText(name)}, ${at(args, 0)})`;
const HASHES = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

const texts: Calls = {
  concat: (args) =>
    sqlNode`(${joinedNode(
      args.map((arg) => sqlNode`coalesce(${arg}, '')`),
      " || ",
    )})`,
  substr: ([text, from, length]) => {
    const [x, start] = [text as OperationNode, from as OperationNode];
    if (length === undefined) return sqlNode`substr(${x}, max(${start}, 1))`;
    return sqlNode`substr(${x}, max(${start}, 1), max(${length} + min(${start}, 1) - 1, 0))`;
  },
  left: (args) => sqlNode`substr(${at(args, 0)}, 1, max(${at(args, 1)}, 0))`,
  right: (args) =>
    sqlNode`CASE WHEN ${at(args, 1)} <= 0 THEN substr(${at(args, 0)}, 1, 0) ELSE substr(${at(args, 0)}, - ${at(args, 1)}) END`,
  lpad: (args) => sqlNode`dunder_lpad(${at(args, 0)}, ${at(args, 1)}, ${args[2] ?? literalNode("' '")})`,
  rpad: (args) => sqlNode`dunder_rpad(${at(args, 0)}, ${at(args, 1)}, ${args[2] ?? literalNode("' '")})`,
  reverse: plainCall("dunder_reverse"),
  repeat: plainCall("dunder_repeat"),
  strIndex: plainCall("instr"),
  chr: (args) =>
    sqlNode`CASE WHEN ${at(args, 0)} BETWEEN 1 AND 55295 OR ${at(args, 0)} BETWEEN 57344 AND 1114111 THEN char(${at(args, 0)}) END`,
  ord: plainCall("unicode"),
  ...Object.fromEntries(HASHES.map((name) => [name, hash(name)])),
  collate: (args, { result }) => sqlNode`${at(args, 0)} COLLATE ${literalNode(`"${result.collation}"`)}`,
};

const numbers: Calls = {
  ...Object.fromEntries(["add", "sub", "mul", "div", "mod"].map((name) => [name, exact(name)])),
  neg: (args, context) =>
    isDecimal(context.result)
      ? sqlNode`dunder_dec_sub(0, ${at(args, 0)}, ${scaleNode(context.result)})`
      : (common.neg as Call)(args, context),
  abs: (args, context) =>
    isDecimal(context.result) ? sqlNode`ltrim(${at(args, 0)}, '-')` : (common.abs as Call)(args, context),
  bitXor: (args) => sqlNode`((${at(args, 0)} | ${at(args, 1)}) - (${at(args, 0)} & ${at(args, 1)}))`,
  bitLeft: (args) => sqlNode`CASE WHEN ${at(args, 1)} >= 0 THEN ${at(args, 0)} << ${at(args, 1)} END`,
  bitRight: (args) => sqlNode`CASE WHEN ${at(args, 1)} >= 0 THEN ${at(args, 0)} >> ${at(args, 1)} END`,
  round: rounded,
  ceil: toWhole("ceil"),
  floor: toWhole("floor"),
  sign: (args, context) => {
    const type = typeAt(context, 0);
    return sqlNode`sign(${isDecimal(type) ? sqliteHooks.converted(at(args, 0), type, FLOAT) : at(args, 0)})`;
  },
  // 53 random bits, as many as a float has.
  random: () => literalNode("(((random() >> 11) & 9007199254740991) / 9007199254740992.0)"),
};

export const sqliteCalls: Calls = {
  ...common,
  replace: replaceStrictly,
  ...texts,
  ...numbers,
  // The remainder of floats is a function; that of whole numbers would go wrong beyond 2^53 in it.
  mod: (args, context) => {
    if (context.result.storage !== "float" && !isDecimal(context.result)) {
      return sqlNode`(${at(args, 0)} % ${at(args, 1)})`;
    }
    return exact("mod")(args, context);
  },
  greatest: extreme("max"),
  least: extreme("min"),
  nullIf,
  now: () => literalNode("strftime('%Y-%m-%d %H:%M:%f', 'now')"),
  trunc: (args, context) => truncated(at(args, 0), typeAt(context, 0).storage, context),
  jsonObject: (args, context) => {
    const keys = context.options.keys as readonly string[];
    const items = args.map(
      (arg, index) => sqlNode`${quoteText(keys[index] as string)}, ${toJson(arg, typeAt(context, index))}`,
    );
    return sqlNode`json_object(${items.length === 0 ? literalNode("") : joinedNode(items, ", ")})`;
  },
  jsonArray: (args, context) => {
    const items = args.map((arg, index) => toJson(arg, typeAt(context, index)));
    return sqlNode`json_array(${items.length === 0 ? literalNode("") : joinedNode(items, ", ")})`;
  },
};
