import type { OperationNode, ValuesNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import type { Operations } from "../databases/ports/index.js";
import { sqliteOperations } from "../databases/sqlite/operations.js";
import { outerOrder } from "../databases/sqlite/drivers/outer-order.js";
import type { SqliteLacks } from "../databases/sqlite/face.js";
import { lacking, limitNamed } from "../databases/sqlite/lacking.js";

const NODES: Readonly<Record<string, string>> = {
  ReturningNode: "RETURNING",
  WithNode: "common table expressions (WITH)",
  OnConflictNode: "upserts (ON CONFLICT)",
  OverNode: "window functions",
};

/** The SQL of 2011, SQLite 3.7.6: what ours has used of what came since. */
export const LACKS: SqliteLacks = {
  driver: "BerkeleyDB",
  readOnlyTransactions: true,
  features: {
    insertReturning: false,
    answersAtOnce: false,
    conflictTargets: false,
    partialIndexes: false,
    updatesFrom: false,
    ordersNulls: false,
    materializedCtes: false,
    maxParameters: 999,
  },
  operations: {
    // A list is written out, since there is no JSON to put it into.
    arrayMembership: () => null,
    transform,
  },
  schema: {
    generatedAs: () => refuse("generated columns"),
    virtualAs: () => refuse("generated columns"),
    deferForeignKeys: undefined,
    dropForeignKey: () => refuse("dropping of tables that point at each other"),
  },
  missing,
  // Conditions are 1, 0 or NULL there.
  reword: (text) => text.replaceAll(/\bis( not)? true\b/gi, "is$1 1").replaceAll("unlikely(", "("),
  texts: [
    [/\bjson(?:_\w+)?\s*\(|->>?/i, "JSON"],
    [/\bover\s*\(/i, "window functions"],
    [/\bfilter\s*\(\s*where/i, "FILTER of aggregates"],
    [/^\s*with\b/i, "common table expressions (WITH)"],
    [/\bon conflict\b/i, "upserts (ON CONFLICT)"],
    [/\breturning\b/i, "RETURNING"],
    [/\bnulls (?:first|last)\b/i, "NULLS FIRST and NULLS LAST"],
    [/\bin \(values\b/i, "lists of tuples"],
    [/^ inner join $/, "updates by values of related rows"],
    [/^ ORDER BY $/, "ordered aggregates"],
    [/%[GVu]/, "ISO weeks, their days and their years (week, iso_week_day, iso_year)"],
  ],
};

/** What is no node, and a syntax error there: what stands in the statement that is newer. */
const NEWER: readonly (readonly [text: RegExp, feature: string])[] = [
  [/\busing fts5\b/i, "FTS5"],
  [/\)\s*(?:strict|without rowid)\b/i, "forms of tables (STRICT, WITHOUT ROWID)"],
  [/^create\s+(?:unique\s+)?index\b[^]*\)\s*where\b/i, "partial indexes"],
  [/^create\s+(?:unique\s+)?index\b[^(]*\([^)]*\(/i, "indexes of expressions"],
  [/\bas\s*\([^]*\)\s*(?:stored|virtual)\b/i, "generated columns"],
  [/\bset\s*\(/i, "row values"],
];

/** The name of what a statement has that this SQLite takes for an error of syntax; else the same error. */
export function syntaxNamed(error: unknown, sql: string): unknown {
  if (!/syntax error|^expressions prohibited/.test((error as Error).message)) return limitNamed(LACKS.driver, error);
  const feature = NEWER.find(([text]) => text.test(sql))?.[1];
  return feature === undefined ? error : lacking(LACKS.driver, feature);
}

/** The absolute value of the least integer is a text, which is more than any number: a float would be rounded to others. */
function transform(...[name, node, source, timeZone]: Parameters<Operations["transform"]>): OperationNode {
  if (name !== "abs" || source !== "bigInteger") return sqliteOperations.transform(name, node, source, timeZone);
  return sqlNode`CASE WHEN ${node} < -9223372036854775807 THEN '9223372036854775808' ELSE abs(${node}) END`;
}

function missing(node: OperationNode): string | null {
  if (node.kind === "ValuesNode" && (node as ValuesNode).values.length > 1) return "VALUES of several rows";
  if (node.kind === "TupleNode") return "row values";
  return NODES[node.kind] ?? outerOrder(node);
}

function refuse(feature: string): never {
  throw lacking(LACKS.driver, feature);
}
