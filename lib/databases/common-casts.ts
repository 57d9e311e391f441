import type { OperationNode } from "kysely";
import type { ColumnType, Storage } from "../fields/column-type.js";
import { sqlNode } from "./nodes.js";
import type { CallContext, Operations } from "./ports/index.js";
import { FLOAT, isText, isWhole, typeOf } from "./result-types.js";

/** What `cast` needs of an engine. */
export interface CastHooks {
  readonly transform: Operations["transform"];
  readonly json: Operations["json"];
  /** The same number as one of another type that can hold it; a date as its midnight in UTC; others as they are. */
  converted(node: OperationNode, from: ColumnType, to: ColumnType): OperationNode;
  /** Anything but a text as a text. */
  toText(node: OperationNode, from: ColumnType): OperationNode;
  /** A number as a decimal, rounded half away from zero. */
  toDecimal(node: OperationNode, from: ColumnType, to: ColumnType): OperationNode;
  /** A float or decimal as a whole number of 64 bits, rounded half away from zero. */
  toWhole(node: OperationNode, from: ColumnType): OperationNode;
  /** true as 1 */
  ofBoolean(node: OperationNode): OperationNode;
  matches(text: OperationNode, pattern: string): OperationNode;
  /** A text that matches the pattern of what it is read as. */
  parsed(text: OperationNode, to: ColumnType): OperationNode;
}

const LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
const DAY = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
const DATE = `(?!0000)([0-9]{4}-${DAY}|${LEAP_YEAR}-02-29)`;
const CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]";
const WHOLE = "[+-]?[0-9]{1,18}";
const DIGITS = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)";

/** How a text spells a value of a type; no engine makes anything of one that does not without an error or a guess. */
const PATTERNS: Readonly<Partial<Record<Storage, string>>> = {
  integer: WHOLE,
  bigInteger: WHOLE,
  decimal: DIGITS,
  float: `${DIGITS}([eE][+-]?[0-9]{1,2})?`,
  date: DATE,
  time: `${CLOCK}([.][0-9]{1,6})?`,
  datetime: `${DATE}[ T]${CLOCK}([.][0-9]{1,3})?`,
  uuid: "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
};

export function casts(hooks: CastHooks) {
  const cast = (args: readonly OperationNode[], { types, result, timeZone }: CallContext): OperationNode => {
    const [node, from] = [args[0] as OperationNode, types[0] as ColumnType];
    if (from.storage === "json" && result.storage !== "json") return ofJson(node, result, timeZone);
    if (isText(result)) return isText(from) ? node : hooks.toText(node, from);
    if (isText(from)) return ofText(hooks, node, result);
    if (from.storage === "datetime" && (result.storage === "date" || result.storage === "time")) {
      return hooks.transform(result.storage, node, from.storage, timeZone);
    }
    if (from.storage === result.storage && from.storage !== "decimal") return hooks.converted(node, from, result);
    if (result.storage === "boolean") return sqlNode`(${hooks.converted(node, from, FLOAT)} <> 0)`;
    return toNumber(hooks, node, from, result);
  };
  /** JSON's own text, number or boolean goes on to be what is asked for; JSON of another type is NULL. */
  const ofJson = (node: OperationNode, result: ColumnType, timeZone: string | null): OperationNode => {
    const { json } = hooks;
    const context = { result, options: {}, timeZone };
    if (result.storage === "boolean") return json.boolean(node);
    if (NUMERIC.has(result.storage)) return cast([json.float(node)], { ...context, types: [FLOAT] });
    return cast([json.text(node)], { ...context, types: [TEXT] });
  };
  return cast;
}

const TEXT = typeOf("text");
const NUMERIC: ReadonlySet<Storage> = new Set(["integer", "smallInteger", "bigInteger", "float", "decimal"]);

function ofText(hooks: CastHooks, node: OperationNode, to: ColumnType): OperationNode {
  const pattern = PATTERNS[to.storage];
  if (pattern === undefined) return node;
  return sqlNode`CASE WHEN ${hooks.matches(node, pattern)} THEN ${hooks.parsed(node, to)} END`;
}

function toNumber(hooks: CastHooks, node: OperationNode, from: ColumnType, to: ColumnType): OperationNode {
  const { storage } = from;
  if (storage === "boolean") return hooks.converted(hooks.ofBoolean(node), typeOf("smallInteger"), to);
  if (to.storage === "decimal") return hooks.toDecimal(node, from, to);
  if (isWhole(to) && (storage === "float" || storage === "decimal" || storage === "custom")) {
    return hooks.toWhole(node, from);
  }
  return hooks.converted(node, from, to);
}
