import { type OperationNode, ReferenceNode } from "kysely";
import { ConfigurationError } from "../../errors/index.js";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import { fold } from "../fold.js";
import { literalNode, sqlNode } from "../nodes.js";
import { onConflictClause } from "../on-conflict.js";
import type { ArrayMembership, Operations, TextMatch, TextMatcher, TransformName } from "../ports/index.js";
import { sqliteJson } from "./json.js";

type Wrap = (node: OperationNode) => OperationNode;

const same = (value: string): string => value;
const folded: Wrap = (node) => sqlNode`dunder_fold(${node})`;

const MATCHERS: Readonly<Record<TextMatch, TextMatcher>> = {
  // What a function makes of a column says nothing of how many rows are equal: few, as with any other equality.
  iexact: ignoringCase((lhs, text) => sqlNode`unlikely(${lhs} = ${text})`),
  contains: { encode: same, build: holds, match: holds },
  icontains: ignoringCase(holds),
  startswith: { encode: same, build: startsWith, match: begins },
  istartswith: ignoringCase(begins),
  endswith: { encode: same, build: endsWith, match: endsWith },
  iendswith: ignoringCase(endsWith),
  regex: regexp(""),
  iregex: regexp("i"),
};

type Match = TextMatcher["match"];

function ignoringCase(match: Match): TextMatcher {
  return {
    encode: fold,
    build: (lhs, parameter) => match(folded(lhs), parameter),
    match: (lhs, text) => match(folded(lhs), folded(text)),
  };
}

function holds(lhs: OperationNode, text: OperationNode): OperationNode {
  return sqlNode`instr(${lhs}, ${text}) > 0`;
}

function begins(lhs: OperationNode, text: OperationNode): OperationNode {
  return sqlNode`substr(${lhs}, 1, length(${text})) = ${text}`;
}

/**
 * LIKE would ignore the case of ASCII letters, and GLOB has a limit on patterns and is prepared anew for each. A plain
 * column is compared with the bounds of its prefix, too, which its index can serve; no text has the byte FF.
 */
function startsWith(lhs: OperationNode, parameter: OperationNode): OperationNode {
  if (!ReferenceNode.is(lhs)) return begins(lhs, parameter);
  return sqlNode`(${lhs} >= ${parameter} AND ${lhs} < ${parameter} || CAST(X'FF' AS TEXT) AND ${begins(lhs, parameter)})`;
}

function endsWith(lhs: OperationNode, text: OperationNode): OperationNode {
  return sqlNode`substr(${lhs}, length(${lhs}) - length(${text}) + 1) = ${text}`;
}

function regexp(flags: "" | "i"): TextMatcher {
  const flagsNode = literalNode(`'${flags}'`);
  const match: Match = (lhs, pattern) => sqlNode`dunder_regexp(${pattern}, ${flagsNode}, ${lhs})`;
  return { encode: same, build: match, match };
}

const TRANSFORMS: Readonly<Record<TransformName, (node: OperationNode, source: Storage) => OperationNode>> = {
  year: (node) => part("%Y", node),
  iso_year: (node) => part("%G", node),
  quarter: (node) => sqlNode`((${part("%m", node)} + 2) / 3)`,
  month: (node) => part("%m", node),
  week: (node) => part("%V", node),
  day: (node) => part("%d", node),
  week_day: (node) => sqlNode`(${part("%w", node)} + 1)`,
  iso_week_day: (node) => part("%u", node),
  hour: (node) => part("%H", node),
  minute: (node) => part("%M", node),
  second: (node) => part("%S", node),
  date: (node) => sqlNode`strftime('%Y-%m-%d', ${node})`,
  time: (node, source) => (source === "time" ? node : sqlNode`rtrim(rtrim(strftime('%H:%M:%f', ${node}), '0'), '.')`),
  length: (node) => sqlNode`length(${node})`,
  lower: (node) => sqlNode`dunder_lower(${node})`,
  upper: (node) => sqlNode`dunder_upper(${node})`,
  trim: (node) => sqlNode`trim(${node})`,
  abs: (node, source) => {
    // abs() would make an inexact number of a decimal's text, and overflows at the least integer.
    if (source === "decimal") return sqlNode`ltrim(${node}, '-')`;
    if (source !== "bigInteger") return sqlNode`abs(${node})`;
    return sqlNode`CASE WHEN ${node} < -9223372036854775807 THEN 9223372036854775808.0 ELSE abs(${node}) END`;
  },
};

function part(format: string, node: OperationNode): OperationNode {
  return sqlNode`CAST(strftime(${literalNode(`'${format}'`)}, ${node}) AS INTEGER)`;
}

const NOT_LOCAL: ReadonlySet<TransformName> = new Set(["length", "lower", "upper", "trim", "abs"]);

function transform(name: TransformName, lhs: OperationNode, source: Storage, timeZone: string | null): OperationNode {
  const isLocal = timeZone !== null && source === "datetime" && !NOT_LOCAL.has(name);
  return TRANSFORMS[name](isLocal ? sqlNode`dunder_local(${lhs}, ${zoneNode(timeZone)})` : lhs, source);
}

function zoneNode(timeZone: string): OperationNode {
  if (/^[A-Za-z0-9_+/-]+$/.test(timeZone)) return literalNode(`'${timeZone}'`);
  throw new ConfigurationError(`${JSON.stringify(timeZone)} is no time zone.`, {
    hint: 'Use an IANA name such as "Europe/Berlin".',
  });
}

/** Texts and integers come out of JSON exactly as columns hold them; floats, bytes and custom values might not. */
const NOT_IN_JSON: ReadonlySet<Storage> = new Set(["float", "binary", "json", "custom"]);

const MEMBERSHIP: ArrayMembership = {
  encode: (values) => `[${values.map(jsonElement).join(",")}]`,
  build: (lhs, parameter) => sqlNode`${lhs} IN (SELECT value FROM json_each(${parameter}))`,
};

function jsonElement(value: unknown): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

export const sqliteOperations: Operations = {
  textMatcher: (match) => MATCHERS[match],
  json: sqliteJson,
  transform,
  arrayMembership: (type) => (NOT_IN_JSON.has(type.storage) ? null : MEMBERSHIP),
  onConflict: onConflictClause,
  incoming: (column) => sqlNode`excluded.${column}`,
  parameter: (node) => node,
  sortKey: (node, type: ColumnType) => (type.storage === "decimal" ? sqlNode`dunder_decimal(${node})` : node),
  isDistinctFrom: (lhs, rhs) => sqlNode`${lhs} IS NOT ${rhs}`,
  random: () => sqlNode`random()`,
  encodeCount: null,
  limit: (limit, offset) => ({
    limit: limit === null ? literalNode("-1") : unpeeked(limit),
    ...(offset && { offset }),
  }),
};

/**
 * SQLite looks at the value of a bare LIMIT parameter when it prepares, and therefore prepares again whenever another
 * one is bound, which costs more than most queries. It does not look into an expression.
 */
function unpeeked(limit: OperationNode): OperationNode {
  return sqlNode`${limit} + 0`;
}
