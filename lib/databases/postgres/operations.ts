import { type OperationNode, ValueNode } from "kysely";
import type { Storage } from "../../fields/column-type.js";
import { likeMatchers, type Match, ofBoth } from "../common-texts.js";
import { literalNode, sqlNode } from "../nodes.js";
import { onConflictClause } from "../on-conflict.js";
import type { ArrayMembership, Operations, TextMatch, TextMatcher, TransformName } from "../ports/index.js";
import { arrayInsert } from "./array-insert.js";
import { arrayLiteral } from "./array-literal.js";
import { byCodePoint } from "./collation.js";
import { postgresJson } from "./json.js";
import { lockClause } from "./lock.js";
import { quoteText } from "./schema.js";

/** Case of all of Unicode's letters, whatever the database's own locale is (in "C", only ASCII has case). */
const unicode = (node: OperationNode) => sqlNode`(${node}) COLLATE "und-x-icu"`;

/** The SQL of `fold`. Its result is compared by code point again. */
const folded = (lhs: OperationNode) =>
  sqlNode`replace(translate(lower(${unicode(lhs)}), 'ς', 'σ'), ${DOTTED_I}, 'i') COLLATE "C"`;
const DOTTED_I = literalNode("'i\u0307'");

const like = (lhs: OperationNode, parameter: OperationNode) => sqlNode`${lhs} LIKE ${parameter} ESCAPE '!'`;
const asItIs = (text: string) => text;

/** By code point, whatever the collations of the two. */
const plain = (node: OperationNode) => sqlNode`(${node}) COLLATE "C"`;
const holds: Match = (lhs, text) => sqlNode`strpos(${lhs}, ${text}) > 0`;
const begins: Match = (lhs, text) => sqlNode`left(${lhs}, length(${text})) = ${text}`;
const ends: Match = (lhs, text) => sqlNode`right(${lhs}, length(${text})) = ${text}`;

const MATCHERS: Readonly<Record<TextMatch, TextMatcher>> = {
  ...likeMatchers({
    like,
    folded,
    plain,
    equalFolded: (lhs, parameter) => sqlNode`${folded(lhs)} = ${parameter}`,
    ...{ holds, begins, ends },
  }),
  regex: {
    encode: asItIs,
    build: (lhs, parameter) => sqlNode`${unicode(lhs)} ~ ${parameter}`,
    match: ofBoth(unicode, (lhs, pattern) => sqlNode`${lhs} ~ ${pattern}`),
  },
  iregex: {
    encode: asItIs,
    build: (lhs, parameter) => sqlNode`${unicode(lhs)} ~* ${parameter}`,
    match: ofBoth(unicode, (lhs, pattern) => sqlNode`${lhs} ~* ${pattern}`),
  },
};

/** The part of `EXTRACT` that a transform reads, where it reads one as it is. */
const PARTS: Readonly<Partial<Record<TransformName, string>>> = {
  year: "YEAR",
  iso_year: "ISOYEAR",
  quarter: "QUARTER",
  month: "MONTH",
  week: "WEEK",
  day: "DAY",
  iso_week_day: "ISODOW",
  hour: "HOUR",
  minute: "MINUTE",
};

const extract = (part: string, source: OperationNode) => sqlNode`EXTRACT(${literalNode(part)} FROM ${source})`;

/** Types in which the least number of a storage has an absolute value. */
const WIDER: Readonly<Partial<Record<Storage, OperationNode>>> = {
  smallInteger: literalNode("::integer"),
  integer: literalNode("::bigint"),
  bigInteger: literalNode("::numeric"),
};

const OTHERS: Readonly<Partial<Record<TransformName, (node: OperationNode, source: Storage) => OperationNode>>> = {
  week_day: (node) => sqlNode`(${extract("DOW", node)} + 1)::int`,
  second: (node) => sqlNode`floor(${extract("SECOND", node)})::int`,
  date: (node) => sqlNode`(${node})::date`,
  time: (node) => sqlNode`(${node})::time(3)`,
  length: (node) => sqlNode`length(${node})`,
  lower: (node) => sqlNode`lower(${unicode(node)}) COLLATE "C"`,
  upper: (node) => sqlNode`upper(${unicode(node)}) COLLATE "C"`,
  trim: (node) => sqlNode`trim(${node})`,
  abs: (node, source) => sqlNode`abs(${node}${WIDER[source] ?? literalNode("")})`,
};

function transform(name: TransformName, lhs: OperationNode, source: Storage, timeZone: string | null): OperationNode {
  const node = source === "datetime" ? inZone(lhs, timeZone ?? "UTC") : lhs;
  const part = PARTS[name];
  return part === undefined ? OTHERS[name]!(node, source) : sqlNode`${extract(part, node)}::int`;
}

// Literal text rather than a parameter, so that an expression in GROUP BY is the same as in SELECT.
function inZone(lhs: OperationNode, timeZone: string): OperationNode {
  return sqlNode`(${lhs} AT TIME ZONE ${literalNode(quoteText(timeZone))})`;
}

const MEMBERSHIP: ArrayMembership = {
  encode: arrayLiteral,
  build: (lhs, parameter) => sqlNode`${lhs} = ANY(${parameter})`,
};

export const postgresOperations: Operations = {
  textMatcher: (match) => MATCHERS[match],
  json: postgresJson,
  transform,
  // Of lists, no list can be bound.
  arrayMembership: ({ customSqlType }) => (customSqlType?.("postgres").includes("[]") === true ? null : MEMBERSHIP),
  arrayInsert,
  onConflict: onConflictClause,
  incoming: (column) => sqlNode`excluded.${column}`,
  parameter: (node) => node,
  sortKey: (node, type) => (ValueNode.is(node) ? node : byCodePoint(node, type)),
  isDistinctFrom: (lhs, rhs) => sqlNode`${lhs} IS DISTINCT FROM ${rhs}`,
  lock: lockClause,
  random: () => literalNode("random()"),
  encodeCount: null,
  limit: (limit, offset) => ({ ...(limit !== null && { limit }), ...(offset !== null && { offset }) }),
};
