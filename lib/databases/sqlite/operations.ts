import { type OperationNode, ReferenceNode } from "kysely";
import { ConfigurationError } from "../../errors/index.js";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import { fold } from "../fold.js";
import { literalNode, sqlNode } from "../nodes.js";
import type { ArrayMembership, Operations, TextMatch, TextMatcher, TransformName } from "../ports/index.js";
import { sqliteJson } from "./json.js";

type Wrap = (node: OperationNode) => OperationNode;

const same = (value: string): string => value;
const folded: Wrap = (node) => sqlNode`dunder_fold(${node})`;

const MATCHERS: Readonly<Record<TextMatch, TextMatcher>> = {
  // What a function makes of a column says nothing of how many rows are equal: few, as with any other equality.
  iexact: { encode: fold, build: (lhs, parameter) => sqlNode`unlikely(${folded(lhs)} = ${parameter})` },
  contains: { encode: same, build: (lhs, parameter) => sqlNode`instr(${lhs}, ${parameter}) > 0` },
  icontains: { encode: fold, build: (lhs, parameter) => sqlNode`instr(${folded(lhs)}, ${parameter}) > 0` },
  startswith: { encode: same, build: startsWith },
  istartswith: { encode: fold, build: (lhs, parameter) => startsWith(folded(lhs), parameter) },
  endswith: { encode: same, build: endsWith },
  iendswith: { encode: fold, build: (lhs, parameter) => endsWith(folded(lhs), parameter) },
  regex: regexp(""),
  iregex: regexp("i"),
};

/**
 * LIKE would ignore the case of ASCII letters, and GLOB has a limit on patterns and is prepared anew for each. A plain
 * column is compared with the bounds of its prefix, too, which its index can serve; no text has the byte FF.
 */
function startsWith(lhs: OperationNode, parameter: OperationNode): OperationNode {
  const begins = sqlNode`substr(${lhs}, 1, length(${parameter})) = ${parameter}`;
  if (!ReferenceNode.is(lhs)) return begins;
  return sqlNode`(${lhs} >= ${parameter} AND ${lhs} < ${parameter} || CAST(X'FF' AS TEXT) AND ${begins})`;
}

function endsWith(lhs: OperationNode, parameter: OperationNode): OperationNode {
  return sqlNode`substr(${lhs}, length(${lhs}) - length(${parameter}) + 1) = ${parameter}`;
}

function regexp(flags: "" | "i"): TextMatcher {
  const flagsNode = literalNode(`'${flags}'`);
  return { encode: same, build: (lhs, parameter) => sqlNode`dunder_regexp(${parameter}, ${flagsNode}, ${lhs})` };
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
  folded,
  json: sqliteJson,
  transform,
  arrayMembership: (type) => (NOT_IN_JSON.has(type.storage) ? null : MEMBERSHIP),
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
