import type { OperationNode } from "kysely";
import type { ColumnType, Storage } from "../../fields/column-type.js";
import { likeMatchers, type Match } from "../common-texts.js";
import { joinedNode, literalNode, sqlNode } from "../nodes.js";
import type { ConflictClause, Operations, TextMatch, TextMatcher, TransformName } from "../ports/index.js";
import type { Flavour } from "./flavour.js";
import { mysqlJson } from "./json.js";
import { longList } from "./json-list.js";
import { lockClause } from "./lock.js";
import { rowList } from "./row-list.js";
import { inZone } from "./time-zones.js";

const DOTTED_I = literalNode("'i\u0307'");
/** The largest number of rows: MySQL takes no OFFSET without a LIMIT. */
const ALL_ROWS = literalNode("18446744073709551615");
/** Digits a decimal may have. */
const PRECISION = 65;
/** What the row that was to be inserted is called. */
const INCOMING = literalNode("`dunder_incoming`");

const holds: Match = (lhs, text) => sqlNode`INSTR(${lhs}, ${text}) > 0`;
const begins: Match = (lhs, text) => sqlNode`LEFT(${lhs}, CHAR_LENGTH(${text})) = ${text}`;
const ends: Match = (lhs, text) => sqlNode`RIGHT(${lhs}, CHAR_LENGTH(${text})) = ${text}`;

function textMatchers(flavour: Flavour): Readonly<Record<TextMatch, TextMatcher>> {
  const binary = literalNode(flavour.binaryCollation);
  // The collation of our own columns, so that their indexes serve, and case counts whatever a foreign column's is.
  const like = (lhs: OperationNode, parameter: OperationNode) =>
    sqlNode`${lhs} LIKE (${parameter} COLLATE ${binary}) ESCAPE '!'`;
  /** The SQL of `fold`. */
  const folded = (node: OperationNode) =>
    sqlNode`REPLACE(REPLACE(LOWER(${cased(node, flavour)}), 'ς', 'σ'), ${DOTTED_I}, 'i') COLLATE ${binary}`;
  const equalFolded = (lhs: OperationNode, parameter: OperationNode) =>
    sqlNode`${folded(lhs)} = (${parameter} COLLATE ${binary})`;
  const plain = (node: OperationNode) => sqlNode`CONVERT(${node} USING utf8mb4) COLLATE ${binary}`;
  // What is NULL whatever the row, such as an aggregate of nothing else, is binary to MySQL, which takes no regular
  // expression for that.
  const regexp = (lhs: OperationNode, parameter: OperationNode) =>
    sqlNode`${flavour.isMariadb ? lhs : plain(lhs)} REGEXP ${parameter}`;
  // By itself the column's collation would decide on case.
  const pattern = (flags: string): TextMatcher => ({
    encode: (text) => `${flags}${text}`,
    build: regexp,
    match: (lhs, text) => regexp(lhs, sqlNode`CONCAT('${literalNode(flags)}', ${text}) COLLATE ${binary}`),
  });
  return {
    ...likeMatchers({ like, folded, plain, equalFolded, holds, begins, ends }),
    regex: pattern("(?-i)"),
    iregex: pattern("(?i)"),
  };
}

/** The binary collation knows the case of letters of an old Unicode only, and a foreign column may not be utf8mb4. */
function cased(node: OperationNode, { casingCollation }: Flavour): OperationNode {
  return sqlNode`CONVERT(${node} USING utf8mb4) COLLATE ${literalNode(casingCollation)}`;
}

type Transform = (node: OperationNode, source: Storage) => OperationNode;

function transforms(flavour: Flavour): Readonly<Record<TransformName, Transform>> {
  const binary = literalNode(flavour.binaryCollation);
  return {
    year: (node) => sqlNode`YEAR(${node})`,
    // Mode 3 counts weeks as ISO 8601 does.
    iso_year: (node) => sqlNode`(YEARWEEK(${node}, 3) DIV 100)`,
    quarter: (node) => sqlNode`QUARTER(${node})`,
    month: (node) => sqlNode`MONTH(${node})`,
    week: (node) => sqlNode`WEEK(${node}, 3)`,
    day: (node) => sqlNode`DAYOFMONTH(${node})`,
    week_day: (node) => sqlNode`DAYOFWEEK(${node})`,
    iso_week_day: (node) => sqlNode`(WEEKDAY(${node}) + 1)`,
    hour: (node) => sqlNode`HOUR(${node})`,
    minute: (node) => sqlNode`MINUTE(${node})`,
    second: (node) => sqlNode`SECOND(${node})`,
    date: (node) => sqlNode`DATE(${node})`,
    time: (node) => sqlNode`TIME(${node})`,
    length: (node) => sqlNode`CHAR_LENGTH(${node})`,
    lower: (node) => sqlNode`LOWER(${cased(node, flavour)}) COLLATE ${binary}`,
    upper: (node) => sqlNode`UPPER(${cased(node, flavour)}) COLLATE ${binary}`,
    trim: (node) => sqlNode`TRIM(${node})`,
    // Of the least integer it would overflow.
    abs: (node, source) =>
      source === "bigInteger" ? sqlNode`ABS(CAST(${node} AS DECIMAL(20)))` : sqlNode`ABS(${node})`,
  };
}

/** A decimal is bound as text, which the server would compare as a double. */
function asDecimal(node: OperationNode, { scale }: ColumnType): OperationNode {
  return sqlNode`CAST(${node} AS DECIMAL(${literalNode(`${PRECISION}, ${scale ?? 30}`)}))`;
}

/** INSERT IGNORE would leave out rows of foreign keys to nothing, too, and cut texts that are too long. */
function onDuplicateKey({ assignments, column }: ConflictClause, { rowAlias }: Flavour): OperationNode {
  if (assignments.length === 0) return sqlNode`ON DUPLICATE KEY UPDATE ${column} = ${column}`;
  const alias = rowAlias ? sqlNode`AS ${INCOMING} ` : literalNode("");
  return sqlNode`${alias}ON DUPLICATE KEY UPDATE ${joinedNode(assignments, ", ")}`;
}

export function mysqlOperations(flavour: Flavour): Operations {
  const matchers = textMatchers(flavour);
  const byName = transforms(flavour);
  return {
    textMatcher: (match) => matchers[match],
    json: mysqlJson(flavour),
    transform: (name: TransformName, lhs: OperationNode, source: Storage, timeZone: string | null) =>
      byName[name](
        source === "datetime" && timeZone !== null && timeZone !== "UTC" ? inZone(lhs, timeZone) : lhs,
        source,
      ),
    arrayMembership: (type, length) => longList(type, length, flavour),
    rowList: (types, keys) => rowList(types, keys, flavour),
    onConflict: (clause) => onDuplicateKey(clause, flavour),
    incoming: (column) => (flavour.rowAlias ? sqlNode`${INCOMING}.${column}` : sqlNode`VALUES(${column})`),
    parameter: (node, type) => (type.storage === "decimal" ? asDecimal(node, type) : node),
    sortKey: (node) => node,
    isDistinctFrom: (lhs, rhs) => sqlNode`NOT (${lhs} <=> ${rhs})`,
    lock: (clause) => lockClause(flavour, clause),
    // MariaDB called it otherwise, as long as it had no RETURNING.
    snapshot: (table) =>
      sqlNode`select ${literalNode(flavour.isMariadb ? "@@tx_isolation" : "@@transaction_isolation")} = 'REPEATABLE-READ', (select 1 from ${table} limit 1)`,
    random: () => literalNode("RAND()"),
    // A bigint goes as an integer; LIMIT takes nothing else.
    encodeCount: (rows) => BigInt(rows as number),
    limit: (limit, offset) => ({ limit: limit ?? ALL_ROWS, ...(offset !== null && { offset }) }),
  };
}
